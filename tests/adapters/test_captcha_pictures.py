import io
import statistics
import time

import pytest
from PIL import Image

from cabinet.adapters.captcha_pictures import HEIGHT, PAPER, WIDTH, WarpedPictures
from cabinet.domain.human_check import ALPHABET, new_answer
from cabinet.ports import Pictures
from tests.fakes import FakePictures

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(params=[WarpedPictures, FakePictures])
def pictures(request: pytest.FixtureRequest) -> Pictures:
    made: Pictures = request.param()
    return made


def test_a_picture_is_a_png_of_at_most_15_kb(pictures: Pictures) -> None:
    drawn = [pictures.draw(new_answer()) for _ in range(30)]
    assert all(x.startswith(PNG) and len(x) <= 15_000 for x in drawn)


def test_one_answer_is_never_drawn_alike(pictures: Pictures) -> None:
    assert len({pictures.draw("AEHKPC") for _ in range(10)}) == 10


def test_nothing_of_the_answer_is_written_in_the_file() -> None:
    assert b"AEHKPC" not in WarpedPictures().draw("AEHKPC")
    assert not Image.open(io.BytesIO(WarpedPictures().draw("AEHKPC"))).info


@pytest.mark.parametrize("answer", [ALPHABET[:6], ALPHABET[6:12], ALPHABET[-6:]])
def test_all_characters_lie_inside_the_picture_on_light_paper(answer: str) -> None:
    for _ in range(20):
        shades = Image.open(io.BytesIO(WarpedPictures().draw(answer))).convert("L")
        assert shades.size == (WIDTH, HEIGHT)
        ink = shades.point([255 if level < 128 else 0 for level in range(256)])
        left, top, right, bottom = ink.getbbox() or (0, 0, 0, 0)
        assert left > 0
        assert top > 0
        assert right < WIDTH
        assert bottom < HEIGHT
        assert max(count for count, _ in shades.getcolors() or []) == shades.histogram()[PAPER]


def test_drawing_does_not_hold_a_thread_for_long() -> None:
    pictures = WarpedPictures()
    pictures.draw("AEHKPC")
    times = []
    for _ in range(15):
        start = time.thread_time()
        pictures.draw(new_answer())
        times.append(time.thread_time() - start)
    assert statistics.median(times) < 0.06  # 15 ms on a quiet machine
