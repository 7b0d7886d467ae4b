"""Pictures of the human check: overlapping, warped characters that people read and OCR does not.

Programs that read text first cut it into letters. So the letters touch and lean over each other, the whole
line is bent by two waves, and a few strokes of the same ink and weight run through it: there is nothing
to cut along. The light paper-like ground is part of the picture, so it looks the same in the dark theme.
"""

import io
import math
import secrets
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont

WIDTH: Final = 320
HEIGHT: Final = 112
PAPER: Final = 0xF6
INK: Final = 0x2A

_random = secrets.SystemRandom()
_GRID: Final = 16  # pixels of one warped tile
_LEVELS: Final = 16  # shades kept in the file


class WarpedPictures:
    """The `Pictures` port, drawn with Pillow and the font that comes with it (Aileron, CC0)."""

    def draw(self, answer: str) -> bytes:
        """PNG of `WIDTH` × `HEIGHT` pixels, at most 15 KB, different at every call.

        Args:
            answer: Latin capitals and digits, six by the domain's rule.
        """
        ink = _line_of_glyphs(answer)
        _scratch(ink)
        ink = _bend(ink)
        return _as_png(ink)


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):  # pragma: no cover - Pillow's wheels have FreeType
        message = "Pillow was built without FreeType"
        raise TypeError(message)
    return font


def _glyph(character: str) -> Image.Image:
    """One character, white on black, cropped; of random size, weight, slant and turn."""
    font = _font(_random.choice((58, 62, 66)))
    tile = Image.new("L", (120, 120))
    ImageDraw.Draw(tile).text(
        (60, 60), character, 255, font, anchor="mm", stroke_width=_random.choice((0.5, 1, 1.5))
    )
    slant = _random.uniform(-0.12, 0.12)
    tile = tile.transform(
        tile.size, Image.Transform.AFFINE, (1, slant, -60 * slant, 0, 1, 0), Image.Resampling.BICUBIC
    )
    tile = tile.rotate(_random.uniform(-15, 15), Image.Resampling.BICUBIC)
    return tile.crop(tile.getbbox())


def _line_of_glyphs(answer: str) -> Image.Image:
    """All characters in one line, each laid a little over the one before it."""
    glyphs = [_glyph(character) for character in answer]
    overlaps = [_random.randint(1, 5) for _ in glyphs[1:]]
    width = sum(glyph.width for glyph in glyphs) - sum(overlaps)
    ink = Image.new("L", (WIDTH, HEIGHT))
    x = max(8, (WIDTH - width) // 2)
    for glyph, overlap in zip(glyphs, [*overlaps, 0], strict=True):
        y = (HEIGHT - glyph.height) // 2 + _random.randint(-8, 8)
        ink.paste(255, (x, y), glyph)
        x += glyph.width - overlap
    return ink


def _scratch(ink: Image.Image) -> None:
    """Waving strokes across the whole line: two of ink, one that cuts through to the paper."""
    pen = ImageDraw.Draw(ink)
    for colour, width in ((255, 5), (255, 4), (0, 2)):
        middle = _random.uniform(0.38, 0.62) * HEIGHT
        bend = _wave(swing=20, length=(120, 220))
        pen.line([(x, middle + bend[x]) for x in range(10, WIDTH - 9, 3)], colour, width, joint="curve")


def _bend(ink: Image.Image) -> Image.Image:
    """The picture pulled along two crossing waves, tile by tile."""
    shift_y = _wave(swing=5, length=(90, 140))
    shift_x = _wave(swing=3, length=(50, 80))

    def source(x: int, y: int) -> tuple[float, float]:
        return x + shift_x[y], y + shift_y[x]

    mesh = []
    for left in range(0, WIDTH, _GRID):
        for top in range(0, HEIGHT, _GRID):
            right, bottom = min(left + _GRID, WIDTH), min(top + _GRID, HEIGHT)
            corners = (
                *source(left, top),
                *source(left, bottom),
                *source(right, bottom),
                *source(right, top),
            )
            mesh.append(((left, top, right, bottom), corners))
    return ink.transform(ink.size, Image.Transform.MESH, mesh, Image.Resampling.BICUBIC)


def _wave(swing: float, length: tuple[float, float]) -> list[float]:
    """Displacement in pixels for every coordinate of the longer side."""
    period = _random.uniform(*length)
    phase = _random.uniform(0, math.tau)
    height = _random.uniform(0.7, 1.0) * swing
    return [height * math.sin(phase + math.tau * at / period) for at in range(max(WIDTH, HEIGHT) + 1)]


def _as_png(ink: Image.Image) -> bytes:
    shades = ink.point(
        [PAPER - round(level / 255 * (_LEVELS - 1)) * (PAPER - INK) // (_LEVELS - 1) for level in range(256)]
    )
    file = io.BytesIO()
    shades.quantize(_LEVELS).save(file, "PNG", compress_level=6)
    return file.getvalue()
