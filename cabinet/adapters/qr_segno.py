"""QR codes by segno, as the outline of their dark modules."""

import segno

from cabinet.ports import QrDrawing


class SegnoQr:
    """Draws with medium error correction and the quiet zone of four modules that ISO/IEC 18004 asks for."""

    def draw(self, text: str) -> QrDrawing:
        """The drawing of a text."""
        code = segno.make(text, micro=False, error="m")
        border = code.default_border_size
        runs = [
            f"M{x + border} {y + border}h{length}v1h-{length}z"
            for y, row in enumerate(code.matrix)
            for x, length in _runs(row)
        ]
        return QrDrawing(len(code.matrix) + 2 * border, "".join(runs))


def _runs(row: bytearray) -> list[tuple[int, int]]:
    """Where dark modules begin in a row, and how many follow one another."""
    found: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and found and sum(found[-1]) == x:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((x, 1))
    return found
