"""What the browser loads: style, font, and our own JavaScript above that of an empty Reflex app."""

import gzip
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import Row
from scripts import build

ROOT = Path(__file__).resolve().parent.parent
MODULE = re.compile(r"/assets/[\w.\[\]-]+\.js")
KB = 1000
EMPTY_CONFIG = """import reflex as rx
from reflex_base.plugins.sitemap import SitemapPlugin
config = rx.Config(app_name="empty", frontend_compression_formats=[], disable_plugins=[SitemapPlugin],
    show_built_with_reflex=False, telemetry_enabled=False)
"""
EMPTY_APP = """import reflex as rx
class Empty(rx.State):
    n: int = 0
    @rx.event
    def more(self): self.n += 1
def index(): return rx.el.button(Empty.n, on_click=Empty.more)
app = rx.App(toaster=None)
app.add_page(index, route="/")
"""
EXPORT = "import sys; sys.path[:0] = [{root!r}, '.']; from scripts import build; build._prepare_environment(); print(build._export())"


def squeezed(path: Path) -> int:
    """Bytes after gzip, the measure of the goals."""
    return len(gzip.compress(path.read_bytes(), 9))


def scripts_of(page: Path, folder: Path) -> int:
    """Gzipped bytes of every module that a page asks for at once."""
    names = set(MODULE.findall(page.read_text()))
    return sum(squeezed(folder / name.lstrip("/")) for name in names)


def empty_app() -> int:
    """The same of the smallest Reflex app, built beside."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "empty").mkdir()
        (folder / "rxconfig.py").write_text(EMPTY_CONFIG)
        (folder / "empty/__init__.py").touch()
        (folder / "empty/empty.py").write_text(EMPTY_APP)
        shutil.copytree(ROOT / "reflex.lock", folder / "reflex.lock")
        words = [sys.executable, "-c", EXPORT.format(root=str(ROOT))]
        done = subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True)
        exported = folder / done.stdout.strip().splitlines()[-1]
        return scripts_of(exported / "index.html", exported)


def run() -> list[Row]:
    """Sizes of the current build."""
    build.build()
    folder = build.current_build()
    assert folder
    css = sum(squeezed(path) for path in folder.glob("assets/*.css"))
    fonts = [path.stat().st_size for path in folder.rglob("*.woff2")]
    own = sum(squeezed(path) for path in folder.glob("cabinet.js"))
    base = empty_app()
    pages = {page: scripts_of(page, folder) + own - base for page in folder.rglob("index.html")}
    heaviest = max(pages, key=lambda page: pages[page])
    name = "/" + heaviest.parent.relative_to(folder).as_posix().strip(".")
    above = pages[heaviest]
    return [
        Row("style sheets, gzip", f"{css / KB:.1f} kB", "≤ 16 kB", ok=css <= 16 * KB),
        Row(
            "fonts",
            f"{len(fonts)}, {sum(fonts) / KB:.1f} kB",
            "1, ≤ 51 kB",
            ok=len(fonts) == 1 and fonts[0] <= 51 * KB,
        ),
        Row(
            f"JavaScript above an empty Reflex app, heaviest page {name}",
            f"{above / KB:.1f} kB",
            "≤ 20 kB",
            ok=above <= 20 * KB,
        ),
        Row("JavaScript of an empty Reflex app", f"{base / KB:.1f} kB", "≤ 154 kB", ok=base <= 154 * KB),
    ]
