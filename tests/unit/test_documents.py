"""What a file says it is, before anybody opens it."""

import pytest

from cabinet.domain import documents
from cabinet.domain.documents import DocumentUnreadable, FileFormat, format_of, joined, split

JPEG, HEIC = b"\xff\xd8\xff\xe0rest", b"\0\0\0\x1cftypheic"


@pytest.mark.parametrize("name", ["a.jpg", "A.JPG", "скан паспорта.jpeg", "a.tar.jpg", ".jpg", "a.jpg "])
def test_a_photograph_of_any_name(name: str) -> None:
    assert format_of(name, JPEG) is FileFormat.JPEG


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1"])
def test_heic_has_brands(brand: bytes) -> None:
    assert format_of("a.heif", b"\0\0\0\x1cftyp" + brand) is FileFormat.HEIC


def test_the_cap_itself_is_taken_and_one_byte_more_is_not() -> None:
    whole = JPEG.ljust(documents.MOST_BYTES, b"\0")
    assert format_of("a.jpg", whole) is FileFormat.JPEG
    with pytest.raises(documents.DocumentTooLarge):
        format_of("a.jpg", whole + b"\0")


@pytest.mark.parametrize("name", ["a.png", "a.jpg.exe", "jpg", "a.jpg\0", "a.jpg/", "x" * 997 + ".jpg"])
def test_a_name_that_promises_otherwise(name: str) -> None:
    with pytest.raises(documents.DocumentFormatDiffers):
        format_of(name, JPEG)


@pytest.mark.parametrize("pages", [(b"a",), (b"a", b"bb" * 70_000, b"\0\0\0\1")])
def test_pages_are_joined_and_split(pages: tuple[bytes, ...]) -> None:
    assert split(joined(pages)) == pages


@pytest.mark.parametrize("whole", [b"\0", b"\0\0\0\0", b"\0\0\0\2a", b"\0\0\0\1ab", b"\xff\xff\xff\xff"])
def test_what_was_never_joined_is_not_split(whole: bytes) -> None:
    with pytest.raises(DocumentUnreadable):
        split(whole)
