"""Files as people with bad phones and bad intentions send them, made here, each with what must become of it."""

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image

from cabinet.domain.documents import MOST_BYTES

CANARY = b"KANAREJKA-7f3a"
CLEANED = "cleaned"
"""Taken, and nothing of it is left but pixels."""
REFUSED = "refused"
"""By any of the rules: which of them is the library's own affair."""

_PHOTO_HEIC = base64.b64decode(
    b"AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    b"ACJpbG9jAAAAAERAAAEAAQAAAAABegABAAAAAAAAAG0AAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    b"AAAAAAABAAAA1mlwcnAAAAC3aXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    b"AAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoBQgYWW6kkprm4CGgwIAAAMAMgAAAwACEGIAAQAHRAHBcrBiQAAAABNjb2xy"
    b"bmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAACgAAAAYAAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAAHVt"
    b"ZGF0AAAAaSgBrwtR7kAzxwGf06X9+67B1//6Djv44xB4umzGLnkp/XlaXkdf89sUC8z7d5nGN4P0Q7v/2lCrzEyZe3R/xfzzudSt"
    b"OOHxNUHg4z0m1S1kAyNhhAnN5Lgjri73cRmhmOrnVv6pjKqtgA=="
)


@dataclass(frozen=True)
class HostileFile:
    """A file; `outcome` is CLEANED, REFUSED or the code of the one rule that it breaks."""

    name: str
    make: Callable[[], bytes]
    outcome: str
    title: str


def picture(kind: str, size: tuple[int, int] = (64, 48), mode: str = "RGB", **save: object) -> bytes:
    """A red and white picture in a format and mode of Pillow's."""
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    made = io.BytesIO()
    image.convert(mode).save(made, kind, **save)  # type: ignore[arg-type]
    return made.getvalue()


def jpeg() -> bytes:
    return picture("JPEG")


def png() -> bytes:
    return picture("PNG")


def heic() -> bytes:
    return _PHOTO_HEIC


def pdf(pages: int = 1, box: str = "0 0 200 100", extra: str = "", page: str = "", more: str = "") -> bytes:
    """A PDF by hand: `extra` goes into its catalogue, `page` into each page, `more` after all objects."""
    kids = " ".join(f"{10 + n} 0 R" for n in range(pages))
    objects = {1: f"<< /Type /Catalog /Pages 2 0 R {extra} >>"}
    objects[2] = f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>"
    for n in range(pages):
        objects[10 + n] = f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] {page} >>"
    body = "".join(f"{number} 0 obj\n{text}\nendobj\n" for number, text in objects.items())
    return f"%PDF-1.7\n{body}{more}trailer\n<< /Root 1 0 R >>\n%%EOF\n".encode()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width: int, height: int, data: bytes, *chunks: bytes, depth: int = 8, colour: int = 2) -> bytes:
    """A PNG that says its size and holds whatever."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    ends = png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + ends


def bomb(size: int) -> bytes:
    """Zeros that unpack to so many bytes."""
    packer, packed = zlib.compressobj(9), bytearray()
    for _ in range(size // 2**20):
        packed += packer.compress(bytes(2**20))
    return bytes(packed + packer.flush())


def jpeg_saying(width: int, height: int) -> bytes:
    """A JPEG whose header lies about its size."""
    whole = jpeg()
    at = whole.index(b"\xff\xc0") + 5
    return whole[:at] + struct.pack(">HH", height, width) + whole[at + 4 :]


def heic_saying(width: int, height: int) -> bytes:
    """A HEIC whose header lies about its size."""
    at = _PHOTO_HEIC.index(b"ispe") + 8
    return _PHOTO_HEIC[:at] + struct.pack(">II", width, height) + _PHOTO_HEIC[at + 8 :]


def with_exif() -> bytes:
    """A photograph with a place, a script and a canary in its EXIF and comment, lying on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "<script>alert(1)</script>" + CANARY.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (56.0, 51.0, 0.0), 3: "E", 4: (53.0, 12.0, 0.0)})
    return picture("JPEG", exif=exif, comment=b"comment " + CANARY)


def with_chunks() -> bytes:
    """A PNG with text, XMP and a profile."""
    chunks = (
        png_chunk(b"tEXt", b"Comment\0" + CANARY),
        png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(CANARY)),
        png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x>" + CANARY + b"</x>"),
        png_chunk(b"eXIf", b"II*\0" + CANARY),
    )
    return png_of(2, 1, zlib.compress(b"\0" + bytes(6)), *chunks)


def animated(kind: str) -> bytes:
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "green", "blue")]
    made = io.BytesIO()
    frames[0].save(made, kind, save_all=True, append_images=frames[1:])
    return made.getvalue()


def archive(name: str = "word/document.xml", size: int = 100) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, bytes(size))
    return made.getvalue()


def pdf_with_stream(dictionary: str, stream: bytes, content: bytes = b"/X Do") -> bytes:
    """A page that draws one stream object."""
    page = "/Resources << /XObject << /X 90 0 R >> >> /Contents 91 0 R"
    head = f"90 0 obj\n<< {dictionary} /Length {len(stream)} >>\nstream\n".encode()
    drawn = b"\nendstream\nendobj\n91 0 obj\n<< /Length %d >>\nstream\n%b\nendstream\nendobj\n"
    whole = pdf(page=page)
    at = whole.index(b"trailer")
    return whole[:at] + head + stream + drawn % (len(content), content) + whole[at:]


def pdf_pages_loop() -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 /Parent 3 0 R >>\nendobj\n"
        b"3 0 obj\n<< /Type /Pages /Kids [2 0 R] /Count 1 /Parent 2 0 R >>\nendobj\n"
        b"trailer\n<< /Root 1 0 R >>\n%%EOF\n"
    )


def pdf_deep(depth: int = 100_000) -> bytes:
    return pdf(extra="/Deep " + "[" * depth + "]" * depth)


def pdf_locked() -> bytes:
    """Encrypted by a password that is not empty (standard handler, revision 2, wrong keys)."""
    key = "<" + "41" * 32 + ">"
    encrypt = f"<< /Filter /Standard /V 1 /R 2 /O {key} /U {key} /P -4 >>"
    return pdf().replace(b"/Root 1 0 R", f"/Root 1 0 R /Encrypt {encrypt} /ID [<01> <01>]".encode())


def pdf_image_bomb() -> bytes:
    dictionary = "/Type /XObject /Subtype /Image /Width 50000 /Height 50000 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode"
    return pdf_with_stream(dictionary, bomb(256 * 2**20), b"200 0 0 100 0 0 cm /X Do")


def pdf_flate_chain() -> bytes:
    """Deflated four times over: a few bytes that unpack to a gigabyte."""
    packed = bomb(1024 * 2**20)
    for _ in range(3):
        packed = zlib.compress(packed, 9)
    filters = " ".join(["/FlateDecode"] * 4)
    dictionary = f"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Filter [{filters}]"
    return pdf_with_stream(dictionary, packed)


def pdf_form_loop() -> bytes:
    """A form that draws itself."""
    dictionary = "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 90 0 R >> >>"
    return pdf_with_stream(dictionary, b"/X Do /X Do")


def pdf_endless_drawing() -> bytes:
    """A shading of a million steps drawn ten thousand times."""
    path = b"0 0 m " + b"200 100 l 0 50 l " * 20_000 + b"B*\n"
    return pdf_with_stream("/Type /XObject /Subtype /Form /BBox [0 0 200 100]", path, b"/X Do " * 2000)


TIFF = b"II*\0" + struct.pack("<IH", 8, 2) + struct.pack("<HHIIHHII", 256, 4, 1, 90_000, 257, 4, 1, 90_000)
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>fetch('//evil')</script></svg>"
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
EXE = b"MZ\x90\0" + bytes(200)
GIF = b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + b"\x80\0\0" + bytes(6) + b"\x3b"
LAUNCH = "/OpenAction << /S /Launch /F (calc.exe) >>"
SCRIPT = "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\); this.exportDataObject\\({cName:'x'}\\)) >>"
URI = "/OpenAction << /S /URI /URI (http://127.0.0.1:1/) >> /AA << /WC << /S /URI /URI (http://a/) >> >>"
EMBEDDED = "/Names << /EmbeddedFiles << /Names [(x.exe) << /Type /Filespec /F (x.exe) >>] >> >>"
XFA = "/AcroForm << /XFA (<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>) /Fields [] >>"


def one(title: str, name: str, make: Callable[[], bytes], outcome: str) -> HostileFile:
    return HostileFile(name, make, outcome, title)


def files() -> Iterator[HostileFile]:
    """All of them."""
    for some in (_of_each_format, _names, _other_formats, _pictures, _pdfs):
        yield from some()


def _of_each_format() -> Iterator[HostileFile]:
    for name, make in (("a.jpg", jpeg), ("a.png", png), ("a.heic", heic), ("a.pdf", pdf)):
        kind = name[2:]
        yield one(f"{kind}: nothing", name, lambda: b"", "document.empty")
        yield one(f"{kind}: its first 12 bytes", name, lambda make=make: make()[:12], REFUSED)
        yield one(f"{kind}: half of it", name, lambda make=make: make()[: len(make()) // 2], REFUSED)
        yield one(
            f"{kind}: garbage after the magic",
            name,
            lambda make=make: make()[:12] + bytes(range(256)) * 64,
            REFUSED,
        )
        yield one(
            f"{kind}: one byte over the cap",
            name,
            lambda make=make: make().ljust(MOST_BYTES + 1, b"\0"),
            "document.too_large",
        )
        yield one(f"{kind} called txt", "a.txt", make, "document.format_differs")
        yield one(f"{kind} called html", f"{name}.html", make, "document.format_differs")
        yield one(f"{kind} with HTML behind", name, lambda make=make: make() + HTML + CANARY, CLEANED)
        yield one(
            f"{kind} with an archive behind",
            name,
            lambda make=make: make() + archive(CANARY.decode()),
            CLEANED,
        )


def _names() -> Iterator[HostileFile]:
    yield one("a JPEG called png", "a.png", jpeg, "document.format_differs")
    yield one("a PNG called pdf", "a.pdf", png, "document.format_differs")
    yield one("a PDF called jpg", "a.jpg", pdf, "document.format_differs")
    yield one("no extension", "photo", jpeg, "document.format_differs")
    yield one("no name", "", jpeg, "document.format_differs")
    yield one("a name turned around", "photo\u202egpj.exe", jpeg, "document.format_differs")
    yield one("a name with NUL", "photo.jpg\0.exe", jpeg, "document.format_differs")
    yield one("a name of 10 000 characters", "a" * 10_000 + ".jpg", jpeg, "document.format_differs")
    yield one("a name that climbs", "../../../etc/passwd.jpg", jpeg, CLEANED)
    yield one("a name with a drive", "C:\\Windows\\a.JPG", jpeg, CLEANED)


def _other_formats() -> Iterator[HostileFile]:
    for title, name, data in (
        ("SVG", "a.svg", SVG), ("SVG called png", "a.png", SVG), ("HTML called jpg", "a.jpg", HTML),
        ("EXE called pdf", "a.pdf", EXE), ("TIFF of 90 000 squared", "a.tiff", TIFF), ("TIFF called jpg", "a.jpg", TIFF),
        ("GIF of 65 535 squared", "a.gif", GIF), ("GIF called jpg", "a.jpg", GIF), ("GIF and JPEG in one", "a.jpg", GIF + jpeg()),
        ("GIF and script in one", "a.gif", b"GIF89a/*" + HTML), ("PostScript", "a.pdf", b"%!PS-Adobe-3.0\n(%PDF-1.4) run"),
        ("HTML before a PDF", "a.pdf", HTML + pdf()), ("a line before a PDF", "a.pdf", b"\n" + pdf()),
        ("ZIP", "a.zip", archive()), ("DOCX called pdf", "a.pdf", archive()), ("a bomb of an archive", "a.jpg", archive(size=2**24)),
        ("AVIF", "a.heic", b"\0\0\0\x1cftypavif" + bytes(40)), ("MP4", "a.heic", b"\0\0\0\x1cftypisom" + bytes(40)),
        ("WEBP", "a.jpg", b"RIFF\0\0\0\0WEBPVP8 "), ("BMP", "a.jpg", b"BM" + bytes(60)), ("JPEG 2000", "a.jpg", b"\0\0\0\x0cjP  \r\n\x87\n"),
        ("EPS in disguise", "a.png", b"\xc5\xd0\xd3\xc6" + bytes(60)), ("zeros", "a.jpg", bytes(5000)), ("a text", "a.pdf", b"pdf"),
    ):  # fmt: skip
        yield one(title, name, lambda data=data: data, "document.format_unknown")


def _pictures() -> Iterator[HostileFile]:
    huge = "document.too_detailed"
    yield one("PNG of 50 000 squared", "a.png", lambda: png_of(50_000, 50_000, bomb(2**26)), huge)
    yield one("PNG of 2^31 wide", "a.png", lambda: png_of(2**31 - 1, 2**31 - 1, b""), huge)
    yield one("PNG of nothing wide", "a.png", lambda: png_of(0, 5, b""), REFUSED)
    yield one("PNG one pixel over", "a.png", lambda: png_of(40_000_001, 1, b"x"), huge)
    yield one(
        "PNG of 40 megapixels of zeros", "a.png", lambda: png_of(8000, 5000, bomb(116 * 2**20)), CLEANED
    )
    yield one(
        "PNG of 16-bit colours, 40 megapixels",
        "a.png",
        lambda: png_of(8000, 5000, bomb(229 * 2**20 + 2**20), depth=16, colour=6),
        REFUSED,
    )
    yield one("PNG of four pixels and a gigabyte", "a.png", lambda: png_of(2, 2, bomb(2**30)), CLEANED)
    yield one(
        "PNG with a text bomb",
        "a.png",
        lambda: png_of(2, 1, zlib.compress(bytes(7)), png_chunk(b"zTXt", b"a\0\0" + bomb(2**28))),
        REFUSED,
    )
    yield one(
        "PNG with a profile bomb",
        "a.png",
        lambda: png_of(2, 1, zlib.compress(bytes(7)), png_chunk(b"iCCP", b"a\0\0" + bomb(2**28))),
        REFUSED,
    )
    yield one("PNG with wrong sums", "a.png", lambda: png()[:40] + b"\xff" + png()[41:], REFUSED)
    yield one("JPEG of 65 000 squared", "a.jpg", lambda: jpeg_saying(65_000, 65_000), huge)
    yield one("JPEG that ends too early for its size", "a.jpg", lambda: jpeg_saying(6000, 6000), CLEANED)
    yield one("HEIC of 50 000 squared", "a.heic", lambda: heic_saying(50_000, 50_000), REFUSED)
    yield one("HEIC of 2^32 squared", "a.heic", lambda: heic_saying(2**32 - 1, 2**32 - 1), REFUSED)
    yield one("HEIC of 40 megapixels in 480 bytes", "a.heic", lambda: heic_saying(8000, 5000), REFUSED)
    yield one("a photograph with a place, a script and a comment", "a.jpg", with_exif, CLEANED)
    yield one("PNG with texts", "a.png", with_chunks, CLEANED)
    yield one("JPEG in CMYK", "a.jpg", lambda: picture("JPEG", mode="CMYK"), CLEANED)
    yield one("JPEG in grey", "a.jpg", lambda: picture("JPEG", mode="L"), CLEANED)
    yield one("progressive JPEG", "a.jpeg", lambda: picture("JPEG", progressive=True), CLEANED)
    yield one(
        "JPEG with a broken EXIF",
        "a.jpg",
        lambda: picture("JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + CANARY),
        CLEANED,
    )
    for mode in ("1", "L", "LA", "P", "RGBA", "I;16"):
        yield one(f"PNG of mode {mode}", "a.png", lambda mode=mode: picture("PNG", mode=mode), CLEANED)
    yield one("moving PNG", "a.png", lambda: animated("PNG"), CLEANED)
    yield one("several JPEGs in one", "a.jpg", lambda: animated("MPO"), CLEANED)


def _pdfs() -> Iterator[HostileFile]:
    yield one("PDF of eleven pages", "a.pdf", lambda: pdf(11), "document.too_long")
    yield one("PDF of ten pages", "a.pdf", lambda: pdf(10), CLEANED)
    yield one("PDF of 10 000 pages", "a.pdf", lambda: pdf(10_000), "document.too_long")
    yield one(
        "PDF that says it has 2 billion pages",
        "a.pdf",
        lambda: pdf().replace(b"/Count 1", b"/Count 2000000000"),
        CLEANED,
    )
    yield one("PDF without pages", "a.pdf", lambda: pdf(0), REFUSED)
    yield one("PDF whose pages hold themselves", "a.pdf", pdf_pages_loop, REFUSED)
    yield one("PDF 100 000 deep", "a.pdf", pdf_deep, CLEANED)
    yield one("PDF under a password", "a.pdf", pdf_locked, "document.locked")
    yield one("PDF with a script", "a.pdf", lambda: pdf(extra=SCRIPT), CLEANED)
    yield one("PDF that starts a program", "a.pdf", lambda: pdf(extra=LAUNCH), CLEANED)
    yield one("PDF that opens an address", "a.pdf", lambda: pdf(extra=URI), CLEANED)
    yield one(
        "PDF with a file inside",
        "a.pdf",
        lambda: pdf(extra=EMBEDDED, more="% " + CANARY.decode() + "\n"),
        CLEANED,
    )
    yield one("PDF with an XFA form", "a.pdf", lambda: pdf(extra=XFA), CLEANED)
    yield one("PDF of a million inches", "a.pdf", lambda: pdf(box="0 0 72000000 72000000"), CLEANED)
    yield one("PDF of a hair's width", "a.pdf", lambda: pdf(box="0 0 0.0001 100000"), CLEANED)
    yield one("PDF of no size", "a.pdf", lambda: pdf(box="0 0 0 0"), CLEANED)
    yield one("PDF of no number's size", "a.pdf", lambda: pdf(box="0 0 1e400 nan"), CLEANED)
    yield one("PDF of a negative size", "a.pdf", lambda: pdf(box="100 100 -100 -100"), CLEANED)
    yield one("PDF with a picture of 50 000 squared", "a.pdf", pdf_image_bomb, CLEANED)
    yield one("PDF that unpacks to a gigabyte", "a.pdf", pdf_flate_chain, "document.too_heavy")
    yield one("PDF that draws itself", "a.pdf", pdf_form_loop, "document.too_heavy")
    yield one("PDF that draws without end", "a.pdf", pdf_endless_drawing, "document.too_heavy")
