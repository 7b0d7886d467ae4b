"""A program of its own: opens one hostile file and says its pages as fresh JPEGs. Run as `python -I` by path.

It knows nothing of the portal: no settings, no keys, no database, an empty environment. Once its libraries
are loaded it gives up all that it could do harm with: memory, time, files, new processes and, where the
system lets it, the network. It reads the file from its input and answers on its output:

    `+` and, for each page, four bytes of length and a JPEG; or `-` and the name of the broken rule.
"""

import contextlib
import ctypes
import io
import math
import os
import resource
import sys
from collections.abc import Iterator

import pi_heif
import pypdfium2
from PIL import Image, ImageOps, JpegImagePlugin, PngImagePlugin

MEMORY = 640 * 2**20  # bytes beside what the libraries take: 40 megapixels need 500
SECONDS = 20  # of the processor
MOST_PAGES = 10
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 3600  # pixels of a cleaned page: an A4 sheet at 300 dots an inch
_PDF_SIDE = 2400
_PDF_SCALE = 200 / 72
_QUALITY = 85
_FORMATS = {"jpeg": "JPEG", "png": "PNG", "heic": "HEIF"}
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # sched.h
_DIE_WITH_PARENT, _DUMPABLE, _NO_NEW_PRIVILEGES = 1, 4, 38  # sys/prctl.h
_PASSWORD = 4  # fpdfview.h: FPDF_ERR_PASSWORD
_WIDE = ("I;16", "I;16B", "I;16L", "I")


class Refused(Exception):
    """The file breaks the rule of that name."""


def confine() -> bool:
    """Give up what opening a picture does not need; False where the system knows how and does not let us.

    What the system does not know is left out.
    """
    alone = True
    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "linux":
        for option, value in ((_DIE_WITH_PARENT, 9), (_DUMPABLE, 0), (_NO_NEW_PRIVILEGES, 1)):
            libc.prctl(option, value, 0, 0, 0)
        if libc.unshare(_NEW_NETWORK):  # for root; anybody else needs a user namespace of their own
            alone = not libc.unshare(_NEW_USER | _NEW_NETWORK)
    os.nice(10)
    limits = {
        resource.RLIMIT_AS: _address_space() + MEMORY,
        resource.RLIMIT_CPU: SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 16,
        resource.RLIMIT_NPROC: 0,
    }
    for limit, most in limits.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))
    return alone


def _address_space() -> int:
    """Bytes that the interpreter and the libraries have mapped already."""
    with contextlib.suppress(OSError), open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[0]) * resource.getpagesize()
    return 0


def pages_of(kind: str, data: bytes) -> Iterator[bytes]:
    """JPEGs without anything but pixels.

    Raises:
        Refused: by the name of the rule.
    """
    if kind == "pdf":
        yield from _pdf_pages(data)
    else:
        yield _photograph(kind, data)


def _photograph(kind: str, data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=[_FORMATS[kind]]) as image:
        if image.width * image.height > MOST_PIXELS:
            raise Refused("too_detailed")
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2.0)
        image.load()
        return _jpeg(_upright(image))


def _upright(image: Image.Image) -> Image.Image:
    """Turned as its EXIF says; an EXIF that cannot be read turns nothing."""
    with contextlib.suppress(Exception):
        return ImageOps.exif_transpose(image)
    return image


def _jpeg(image: Image.Image) -> bytes:
    plain = _rgb(image)
    plain.info = {}  # comments would be written again
    written = io.BytesIO()
    plain.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode in _WIDE:
        return image.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        paper = Image.new("RGB", image.size, "white")
        drawn = image.convert("RGBA")
        paper.paste(drawn, mask=drawn.getchannel("A"))
        return paper
    return image.convert("RGB")


def _pdf_pages(data: bytes) -> Iterator[bytes]:
    document = pypdfium2.PdfDocument(data)
    if not 0 < len(document) <= MOST_PAGES:
        raise Refused("too_long" if len(document) else "broken")
    for number in range(len(document)):
        page = document[number]
        longest = max(page.get_size())
        if not math.isfinite(longest) or longest <= 0:
            raise Refused("broken")
        scale = min(_PDF_SCALE, _PDF_SIDE / longest)
        bitmap = page.render(scale=scale, may_draw_forms=False)
        yield _jpeg(bitmap.to_pil())
        bitmap.close()
        page.close()


def _answer(kind: str, data: bytes) -> bytes:
    try:
        pages = b"".join(len(page).to_bytes(4, "big") + page for page in pages_of(kind, data))
    except Refused as rule:
        return b"-" + str(rule).encode()
    except MemoryError:
        return b"-too_heavy"
    except pypdfium2.PdfiumError as error:
        return b"-locked" if getattr(error, "err_code", 0) == _PASSWORD else b"-broken"
    except Exception:  # noqa: BLE001 - a hostile file may raise anything in any library
        return b"-broken"
    return b"+" + pages


def main() -> None:
    """Open what is on the input as the format of the first argument."""
    pi_heif.options.DECODE_THREADS = 1
    pi_heif.options.THUMBNAILS = False
    pi_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # counted here, before anything is decoded
    Image.preinit()
    _ = JpegImagePlugin, PngImagePlugin
    data = sys.stdin.buffer.read()
    alone = confine()
    sys.stdout.buffer.write(_answer(sys.argv[1], data) if sys.argv[1] != "nothing" else b"+" * alone)


if __name__ == "__main__":
    main()
