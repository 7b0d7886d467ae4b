"""What becomes of files that strangers send: refused with words, or cleaned; never kept as they came."""

import io
import resource
import time
from pathlib import Path

import pytest
from PIL import Image

from cabinet.adapters.document_opener import LONGEST_SIDE
from cabinet.adapters.documents_subprocess import SECONDS, SubprocessCleaner
from cabinet.domain import documents
from cabinet.domain.documents import DocumentBroken, DocumentRefused, DocumentTooHeavy, FileFormat
from cabinet.texts import errors
from tests import hostile_files
from tests.adapters.local_api import bounded
from tests.fakes import FakeCleaner
from tests.hostile_files import CANARY, CLEANED, REFUSED, HostileFile

HOSTILE = list(hostile_files.files())
CLEANER = SubprocessCleaner()


def clean(data: bytes, name: str = "a.jpg") -> list[Image.Image]:
    """The pages, opened."""
    pages = CLEANER.clean(data, documents.format_of(name, data))
    return [Image.open(io.BytesIO(page)) for page in pages]


def is_red(image: Image.Image, x: float, y: float) -> bool:
    colour = image.convert("RGB").getpixel((int(x * image.width), int(y * image.height)))
    assert isinstance(colour, tuple)
    return colour[0] > 200 and colour[1] < 60


def test_there_are_enough_of_them() -> None:
    assert len(HOSTILE) >= 60
    assert len({one.title for one in HOSTILE}) == len(HOSTILE)


@pytest.mark.parametrize("one", HOSTILE, ids=lambda one: one.title)
def test_a_hostile_file_is_refused_in_words_or_cleaned(one: HostileFile) -> None:
    data, begun = one.make(), time.monotonic()
    if one.outcome != CLEANED:
        with pytest.raises(DocumentRefused) as refusal:
            CLEANER.clean(data, documents.format_of(one.name, data))
        assert one.outcome in {REFUSED, refusal.value.code}
        assert errors.of(refusal.value.code, refusal.value.field, refusal.value.facts)
    else:
        pages = CLEANER.clean(data, documents.format_of(one.name, data))
        assert 0 < len(pages) <= documents.MOST_PAGES
        assert not any(part in page for page in pages for part in (CANARY, b"<script", b"Exif", data))
        assert max(max(Image.open(io.BytesIO(page)).size) for page in pages) <= LONGEST_SIDE
    assert time.monotonic() - begun < SECONDS + 5


def test_memory_stays_bounded() -> None:
    for one in HOSTILE:
        if one.title in {"PNG of four pixels and a gigabyte", "PDF that unpacks to a gigabyte"}:
            test_a_hostile_file_is_refused_in_words_or_cleaned(one)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 1000 * 1024


def test_a_photograph_lying_on_its_side_is_turned_and_loses_what_it_knew() -> None:
    sent = hostile_files.with_exif()
    assert CANARY in sent
    (page,) = clean(sent)
    assert page.size == (48, 64)  # of 64 × 48
    assert is_red(page, 0.9, 0.1)
    assert not is_red(page, 0.1, 0.1)
    assert (page.format, dict(page.getexif()), "comment" in page.info) == ("JPEG", {}, False)


@pytest.mark.parametrize("mode", ["RGB", "CMYK"])
def test_colours_stay(mode: str) -> None:
    (page,) = clean(hostile_files.picture("JPEG", mode=mode))
    assert is_red(page, 0.1, 0.1)
    assert not is_red(page, 0.9, 0.9)


def test_sixteen_bits_of_grey_become_eight() -> None:
    made = io.BytesIO()
    Image.new("I;16", (20, 20), 128 * 256).save(made, "PNG")
    (page,) = clean(made.getvalue(), "a.png")
    assert page.convert("L").getpixel((10, 10)) == pytest.approx(128, abs=3)


def test_what_is_transparent_becomes_paper() -> None:
    made = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(made, "PNG")
    (page,) = clean(made.getvalue(), "a.png")
    assert page.getpixel((10, 10)) == (255, 255, 255)


def test_a_photograph_of_forty_megapixels_becomes_one_that_is_read_easily() -> None:
    (page,) = clean(hostile_files.picture("JPEG", (8000, 5000)))
    assert page.size == (3600, 2250)


def test_heic_of_a_telephone_is_opened() -> None:
    (page,) = clean(hostile_files.heic(), "IMG_0001.HEIC")
    assert page.size == (160, 96)
    assert is_red(page, 0.1, 0.1)


def test_pages_of_a_pdf_come_at_two_hundred_dots_an_inch() -> None:
    pages = clean(hostile_files.pdf(3, "0 0 595 842"), "scan.PDF")
    assert [page.size for page in pages] == [(1653, 2339)] * 3


@pytest.fixture
def opener(tmp_path: Path) -> Path:
    return tmp_path / "opener.py"


def test_a_program_that_hangs_is_killed_in_time(opener: Path) -> None:
    opener.write_text("import os, time\nos.fork()\nwhile True: time.sleep(1)\n")
    with bounded(5), pytest.raises(DocumentTooHeavy):
        SubprocessCleaner(0.5, opener).clean(b"x" * 10**6, FileFormat.JPEG)


def test_a_program_that_never_stops_talking_is_cut_off(opener: Path) -> None:
    opener.write_text("import sys\nwhile True: sys.stdout.buffer.write(bytes(65536))\n")
    with bounded(15), pytest.raises(DocumentTooHeavy):
        SubprocessCleaner(14, opener).clean(b"", FileFormat.JPEG)


@pytest.mark.parametrize(
    "answer",
    [
        *(b"", b"+", b"-", b"-nonsense", b"?", b"+\0\0\0\4html", b"+\xff\xff\xff\xff", b"+\0\0\0\0"),
        b"+" + b"\0\0\0\5\xff\xd8\xff\xff\xd9" * 11,
    ],
)
def test_only_jpegs_are_believed(opener: Path, answer: bytes) -> None:
    opener.write_text(f"import sys\nsys.stdin.buffer.read()\nsys.stdout.buffer.write({answer!r})\n")
    with pytest.raises(DocumentBroken):
        SubprocessCleaner(10, opener).clean(b"x", FileFormat.JPEG)


@pytest.mark.parametrize(
    ("refused", "confined"), [((), True), ((0x40000000,), True), ((0x40000000, 0x50000000), False)]
)
def test_a_process_that_may_not_give_up_the_network_is_known(
    opener: Path, refused: tuple[int, ...], confined: bool
) -> None:
    """Root gives it up at once, anybody else in a user namespace; a container may refuse both."""
    program = Path(CLEANER._opener)
    opener.write_text(
        f"""
import ctypes, runpy, sys
class Libc:
    def prctl(self, *_): return 0
    def unshare(self, what): return -(what in {refused})
opener = runpy.run_path({str(program)!r})
ctypes.CDLL = lambda *_, **__: Libc()
sys.stdout.buffer.write(b"+" * opener["confine"]())
"""
    )
    assert SubprocessCleaner(20, opener).is_confined() is confined


def test_a_program_that_crashes_is_a_broken_file(opener: Path) -> None:
    opener.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    with pytest.raises(DocumentBroken):
        SubprocessCleaner(10, opener).clean(b"x", FileFormat.JPEG)


def test_the_program_gets_no_settings_and_gives_up_files_and_processes(
    opener: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CABINET_DOCUMENTS_KEY", CANARY.decode())
    program = Path(CLEANER._opener).with_name("document_opener.py")
    opener.write_text(
        f"""
import os, runpy, socket, sys
opener = runpy.run_path({str(program)!r})
assert "CANARY" not in str(os.environ) and not any(x.startswith("CABINET") for x in os.environ), "environment"
assert os.getcwd() == "/" and not any("cabinet" in x for x in sys.modules), "place"
opener["confine"]()
left = []
try:
    with open(os.path.dirname(__file__) + "/written", "wb") as file: file.write(b"x"); file.flush()
    left.append("files")
except OSError: pass
try: bytearray(2**31); left.append("memory")
except MemoryError: pass
if sys.platform == "linux":
    try: socket.create_connection(("127.0.0.1", 1), 1)
    except ConnectionRefusedError: left.append("network")
    except OSError: pass
sys.stdout.buffer.write(b"-locked" if not left else b"-too_long")
"""
    )
    with pytest.raises(documents.DocumentLocked):
        SubprocessCleaner(10, opener).clean(b"", FileFormat.JPEG)


@pytest.mark.parametrize("cleaner", [CLEANER, FakeCleaner()], ids=["subprocess", "fake"])
def test_every_cleaner_gives_jpegs_and_names_the_rule(cleaner: SubprocessCleaner | FakeCleaner) -> None:
    assert len(cleaner.clean(hostile_files.pdf(3), FileFormat.PDF)) == 3
    (page,) = cleaner.clean(hostile_files.jpeg(), FileFormat.JPEG)
    assert page.startswith(b"\xff\xd8\xff")
    with pytest.raises(DocumentBroken):
        cleaner.clean(hostile_files.jpeg()[:50] + b"DocumentBroken", FileFormat.JPEG)
