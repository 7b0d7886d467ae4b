"""How well programs read the human check's picture, and what drawing it costs."""

import io
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageFilter

from benchmarks import Row
from cabinet.adapters.captcha_pictures import WarpedPictures
from cabinet.domain.human_check import ALPHABET, new_answer, normal_answer

PICTURES = 500
PAGE_MODES = (7, 8, 13)  # tesseract's: a line, a word, a raw line
Clean = Callable[[Image.Image], Image.Image]


def run() -> list[Row]:
    """Tesseract's best way and all ways together, over 500 pictures; size and time of drawing."""
    answers = [new_answer() for _ in range(PICTURES)]
    drawn, milliseconds = draw(answers)
    kilobytes = max(len(picture) for picture in drawn) / 1000
    rows = [
        Row(
            "captcha: drawing, median",
            f"{statistics.median(milliseconds):.1f} ms",
            "≤ 30 ms",
            ok=statistics.median(milliseconds) <= 30,
        ),
        Row("captcha: largest picture", f"{kilobytes:.1f} kB", "≤ 15 kB", ok=kilobytes <= 15),
    ]
    if not shutil.which("tesseract"):
        return [*rows, Row("captcha: read by tesseract", "tesseract-ocr is not installed", "≤ 2 %", ok=False)]
    read = read_by_tesseract(drawn, answers)
    best_way, best = max(read.items(), key=lambda item: len(item[1]))
    together = set[int]().union(*read.values())
    return [
        *rows,
        rate(f"captcha: read by tesseract, its best way ({best_way})", len(best)),
        rate(f"captcha: read by any of {len(read)} ways", len(together)),
    ]


def rate(name: str, solved: int) -> Row:
    share = solved / PICTURES
    return Row(name, f"{solved} of {PICTURES} = {share:.1%}", "≤ 2 %", ok=share <= 0.02)


def draw(answers: list[str]) -> tuple[list[bytes], list[float]]:
    pictures = WarpedPictures()
    drawn, milliseconds = [], []
    for answer in answers:
        start = time.perf_counter()
        drawn.append(pictures.draw(answer))
        milliseconds.append((time.perf_counter() - start) * 1000)
    return drawn, milliseconds


def twice(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.LANCZOS)


def black_and_white(picture: Image.Image) -> Image.Image:
    return twice(picture).point([255 if level > 128 else 0 for level in range(256)])


def cuts_closed(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.MinFilter(3)).filter(ImageFilter.MaxFilter(3))


def without_strokes(size: int) -> Clean:
    """Ink thinner than `size` pixels removed, the rest as it was."""
    return lambda p: black_and_white(
        p.filter(ImageFilter.MaxFilter(size)).filter(ImageFilter.MinFilter(size))
    )


# Those that ever read one; median, dilation and thinner or thicker strokes read none of 500.
WAYS: dict[str, Clean] = {
    "as it is": twice,
    "ink eroded": lambda p: twice(p).filter(ImageFilter.MaxFilter(5)),
    "strokes of 3 px removed": without_strokes(3),
    "strokes of 5 px removed": without_strokes(5),
    "cuts closed, strokes removed": lambda p: without_strokes(5)(cuts_closed(p)),
}


def read_by_tesseract(drawn: list[bytes], answers: list[str]) -> dict[str, set[int]]:
    """Which pictures each way of cleaning and each page mode reads."""
    pictures = [Image.open(io.BytesIO(png)).convert("L") for png in drawn]
    read = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, clean in WAYS.items():
            files = []
            for number, picture in enumerate(pictures):
                files.append(f"{folder}/{number}.png")
                clean(picture).save(files[-1])
            for mode in PAGE_MODES:
                texts = tesseract(files, mode)
                read[f"{name}, psm {mode}"] = {
                    number for number, text in enumerate(texts) if normal_answer(text) == answers[number]
                }
    return read


def tesseract(files: list[str], mode: int) -> list[str]:
    """The text of every picture, told that nothing but the alphabet may occur; "" where the program itself dies."""
    separator = "\f"
    settings = (f"tessedit_char_whitelist={ALPHABET}", f"page_separator={separator}")
    listed = Path(files[0]).with_name("list.txt")
    listed.write_text("\n".join(files))
    call = ["tesseract", str(listed), "-", "--psm", str(mode), "--dpi", "150"]
    for setting in settings:
        call += ["-c", setting]
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    done = subprocess.run(call, capture_output=True, text=True, check=False, env=environment)
    if done.returncode < 0:  # a signal: some picture made it divide by zero, and what it had read is lost
        half = len(files) // 2
        return tesseract(files[:half], mode) + tesseract(files[half:], mode) if half else [""]
    done.check_returncode()
    texts = done.stdout.split(separator)[: len(files)]
    assert len(texts) == len(files)
    return texts
