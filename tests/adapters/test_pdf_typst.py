"""PDF files: what is put in can be read, searched and copied out, whatever people are called."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from cabinet.adapters import pdf_typst
from cabinet.adapters.pdf_typst import TypstPdf
from cabinet.ports import Facts, Heading, Note, Paper, Part, Standout, Table

MADE_AT = datetime(2026, 11, 20, 12, 0, tzinfo=timezone(timedelta(hours=4)))
PAGE_WIDTH = 595.3  # A4, points
MARGIN = 56.7  # 20 mm


def _paper(*parts: Part, title: str = "Выписка") -> Paper:
    return Paper(title, "ООО «Газ»", MADE_AT, parts)


def _read(*parts: Part, title: str = "Выписка") -> PdfReader:
    return PdfReader(io.BytesIO(TypstPdf().make(_paper(*parts, title=title))))


def _text(reader: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


def _one_line(reader: PdfReader) -> str:
    return re.sub(r"\s+", " ", _text(reader))


def test_every_part_is_text_that_can_be_copied() -> None:
    text = _one_line(
        _read(
            Heading("Начисления"),
            Facts([("Адрес", "ул. Песочная, 86-12"), ("Ӟеч-а", "Ӝӵӥ")]),
            Table(("Период", "Начислено, ₽"), [("Октябрь 2026", "1\u202f234,56")], right=(1,)),
            Note("Сделано 20 ноября."),
            Standout("PIN-код", "4821 9930"),
        )
    )
    for words in (
        "Выписка",
        "Начисления",
        "ул. Песочная, 86-12",
        "Ӟеч-а Ӝӵӥ",
        "Период Начислено, ₽",
        "Октябрь 2026 1 234,56",
        "Сделано 20 ноября.",
        "PIN-код 4821 9930",
    ):
        assert words in text


def test_a_screen_reader_finds_language_title_and_tags() -> None:
    reader = _read(Table(("Период",), [("Октябрь",)]), title="Выписка № 1")
    root = reader.root_object
    assert root["/Lang"].startswith("ru")
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Выписка № 1"
    assert reader.metadata.author == "ООО «Газ»"
    assert {"/H1", "/Table", "/TH", "/TD"} <= _tags(root["/StructTreeRoot"])


def _tags(node: object) -> set[object]:
    found: set[object] = set()
    waiting = [node]
    while waiting:
        here = waiting.pop()
        here = here.get_object() if hasattr(here, "get_object") else here
        if isinstance(here, list):
            waiting.extend(here)
        elif isinstance(here, dict):
            found.add(here.get("/S"))
            waiting.append(here.get("/K"))
    return found


def test_the_fonts_are_inside_the_file() -> None:
    reader = _read(Note("Текст"))
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert "/FontFile2" in descriptor
        assert "GolosText" in descriptor["/FontName"]


def test_long_names_wrap_inside_the_page() -> None:
    long_name = "Константинопольская-Римская-Корсакова Анна-Мария Александровна " * 4
    endless = "Ж" * 300
    reader = _read(
        Facts([("Владелец", long_name), (endless, endless)]),
        Table(("Название", "Сумма"), [(endless, "1,00"), (long_name, "2,00")], right=(1,)),
        title=long_name,
    )
    assert "Корсакова Анна-Мария Александровна" in _one_line(reader)
    assert _text(reader).count("Ж") == 900
    for page in reader.pages:
        page.extract_text(visitor_text=_inside)


def _inside(text: str, _cm: object, tm: list[float], _font: object, size: float) -> None:
    if text.strip():
        assert tm[4] + len(text.strip()) * size * 0.4 < PAGE_WIDTH - MARGIN + size


def test_the_head_of_a_table_stands_on_every_page() -> None:
    reader = _read(Table(("Период", "Сумма"), [(str(n), "1,00") for n in range(120)]))
    assert len(reader.pages) > 2
    for number, page in enumerate(reader.pages, 1):
        text = page.extract_text()
        assert "Период" in text
        assert f"{number} из {len(reader.pages)}" in text


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "я" * 10_000,
        "\ud800",
        '#read("/etc/passwd")',
        "$x^2$ *b* @a <b> `c` \\ // /* */",
        "😀",
        "א",
        "a\u0301",
        "\x00\x07\ufeff\u202e",
    ],
)
def test_whatever_is_put_in_stays_words(hostile: str) -> None:
    parts = (
        Heading(hostile or "-"),
        Facts([(hostile, hostile)]),
        Table((hostile,), [(hostile,)]),
        Note(hostile),
        Standout(hostile, hostile),
    )
    text = _text(_read(*parts, title=hostile or "-"))
    assert "root:" not in text
    assert "\u202e" not in text


def test_markup_is_shown_as_it_was_written() -> None:
    assert '#read("/x") $y$ *b*' in _one_line(_read(Note('#read("/x") $y$ *b*')))


def test_a_letter_that_the_font_lacks_is_a_question_mark() -> None:
    assert "Дача ? у реки" in _one_line(_read(Note("Дача 😀 у реки")))


def test_the_same_paper_is_the_same_file_and_threads_do_not_meet() -> None:
    papers = [_paper(Note(f"Лист {number % 8}")) for number in range(64)]
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(TypstPdf().make, papers))
    assert len(set(made)) == 8
    assert "Лист 5" in _text(PdfReader(io.BytesIO(made[5])))


def test_the_file_tells_when_it_was_made() -> None:
    reader = _read(Note("-"))
    assert reader.metadata is not None
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.astimezone(UTC) == MADE_AT.astimezone(UTC)


@pytest.mark.parametrize("name", ["regular", "bold"])
def test_the_list_of_letters_is_the_fonts_own(name: str) -> None:
    letters = TTFont(pdf_typst._DATA / f"golos-{name}.ttf").getBestCmap()
    assert {ord(letter) for letter in pdf_typst._letters()} <= set(letters)
    assert {"Ё", "ӵ", "₽", "№", "m", "\u202f"} <= pdf_typst._letters()


def test_a_real_clock_in_a_named_zone_is_told() -> None:
    at = datetime(2026, 11, 20, 8, 0, 1, 234567, tzinfo=ZoneInfo("Europe/Samara"))
    made = TypstPdf().make(Paper("Выписка", "ООО «Газ»", at, [Note("Сделано.")]))
    told = PdfReader(io.BytesIO(made)).metadata
    assert told
    assert told.creation_date == at.replace(microsecond=0)
