import io

import pytest
import segno

from cabinet.adapters.qr_segno import SegnoQr
from cabinet.adapters.seal_aesgcm import AesGcmSeal

KEY = bytes(range(32))


def test_a_secret_comes_back_and_is_not_seen_in_between() -> None:
    seal = AesGcmSeal(KEY)
    sealed = seal.seal(b"a secret of somebody", "totp of user 1")
    assert b"secret" not in sealed
    assert seal.open(sealed, "totp of user 1") == b"a secret of somebody"
    assert sealed != seal.seal(b"a secret of somebody", "totp of user 1")


def test_another_owner_another_key_and_a_changed_byte_open_nothing() -> None:
    sealed = AesGcmSeal(KEY).seal(b"a secret", "totp of user 1")
    assert AesGcmSeal(KEY).open(sealed, "totp of user 2") is None
    assert AesGcmSeal(bytes(32)).open(sealed, "totp of user 1") is None
    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        assert AesGcmSeal(KEY).open(bytes(changed), "totp of user 1") is None


@pytest.mark.parametrize("sealed", [b"", b"x", b"x" * 12, b"x" * 27])
def test_what_was_never_sealed_opens_nothing(sealed: bytes) -> None:
    assert AesGcmSeal(KEY).open(sealed, "totp of user 1") is None


@pytest.mark.parametrize("text", ["x", "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ", "Газ дома " * 20])
def test_the_drawing_is_the_code_module_by_module(text: str) -> None:
    drawing = SegnoQr().draw(text)
    rows = [[0] * drawing.side for _ in range(drawing.side)]
    for part in drawing.path.split("M")[1:]:
        at, _, length = part.partition("h")
        x, y = (int(number) for number in at.split())
        for step in range(int(length.partition("v")[0])):
            rows[y][x + step] = 1
    drawn = io.StringIO()
    segno.make(text, micro=False, error="m").save(drawn, kind="txt", border=4)
    assert rows == [[int(x) for x in line] for line in drawn.getvalue().split()]
