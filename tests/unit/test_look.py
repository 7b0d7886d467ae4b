"""The numbers of the look: weights of files, contrasts of colours, sizes of type."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from scripts import build

ASSETS = Path(__file__).parents[2] / "assets"
STYLES = sorted((ASSETS / "styles").glob("*.css"))
CSS = "\n".join(path.read_text() for path in STYLES)
SCRIPT = (ASSETS / "cabinet.js").read_text()
FONT = ASSETS / "fonts" / "golos.woff2"

# What is drawn on what, and the ratio that the design promises: light, dark.
PAIRS = [
    ("ink", "ground", 15.0, 15.0),
    ("ink-2", "ground", 7.0, 9.0),
    ("hint", "ground", 5.1, 9.0),
    ("hint", "surface", 5.1, 8.0),
    ("primary", "surface", 7.5, 8.5),
    ("primary", "primary-tint", 6.5, 7.0),
    ("on-primary", "primary", 7.5, 9.0),
    ("on-primary", "primary-hover", 9.0, 9.0),
    ("ink", "primary-tint", 7.0, 7.0),
    ("ok", "ok-tint", 5.5, 7.0),
    ("error", "error-tint", 5.5, 7.0),
    ("error", "ground", 5.5, 9.0),
    ("warn", "warn-tint", 6.5, 7.0),
    ("training", "training-tint", 6.0, 7.0),
    ("field", "surface", 3.0, 3.0),
    ("on-amber", "amber", 8.5, 8.5),
    ("on-wheel", "wheel", 14.5, 14.5),
    ("on-wheel", "wheel-red", 6.4, 6.4),
    ("ghost", "wheel", 4.5, 4.5),
    ("ghost-red", "wheel-red", 4.5, 4.5),
]


def gzipped(*paths: Path) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


def tokens(selector: str) -> dict[str, str]:
    block = CSS.split(selector + " {", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))


LIGHT = tokens("\n:root")
DARK = LIGHT | tokens('\n:root[data-theme="dark"]')


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_all_styles_together_weigh_at_most_16_kb_gzipped() -> None:
    assert 0 < gzipped(*STYLES) <= 16 * 1024


def test_our_script_weighs_at_most_4_kb_gzipped_as_it_is_served(tmp_path: Path) -> None:
    served = tmp_path / "cabinet.js"
    build.bundle(ASSETS / "cabinet.js", served, "/training.js")
    assert 0 < gzipped(served) <= 4 * 1024


def test_the_desks_own_script_weighs_at_most_2_and_a_half_kb_gzipped() -> None:
    assert 0 < gzipped(ASSETS / "desk.js") <= 2.5 * 1024


def test_the_one_font_weighs_at_most_51_kb_and_carries_its_licence() -> None:
    assert [path.name for path in (ASSETS / "fonts").glob("*.woff2")] == ["golos.woff2"]
    assert FONT.stat().st_size <= 51_000
    assert "SIL OPEN FONT LICENSE" in (ASSETS / "fonts" / "OFL.txt").read_text()


def test_the_font_has_every_sign_that_the_portal_writes() -> None:
    russian = "".join(map(chr, range(0x410, 0x450))) + "Ёё"
    signs = "\u00a0\u2009\u202f\u2011«»–—…•·×−²³№₽‹›≈≠✓✕→ӜӝӞӟӤӥӦӧӴӵ"
    ascii_signs = "".join(map(chr, range(0x20, 0x7F)))
    known = TTFont(FONT).getBestCmap()
    assert [sign for sign in russian + signs + ascii_signs if ord(sign) not in known] == []


def test_the_font_keeps_its_weights_and_tabular_figures() -> None:
    font = TTFont(FONT)
    weight = font["fvar"].axes[0]
    assert (weight.axisTag, weight.minValue, weight.maxValue) == ("wght", 400, 900)
    assert "tnum" in {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}


@pytest.mark.parametrize(("text", "ground", "light", "dark"), PAIRS)
def test_colours_contrast_as_designed(text: str, ground: str, light: float, dark: float) -> None:
    assert contrast(LIGHT[text], LIGHT[ground]) >= light
    assert contrast(DARK[text], DARK[ground]) >= dark


def test_the_dark_theme_is_the_same_by_the_system_and_by_choice() -> None:
    by_system = CSS.split(':root:not([data-theme="light"]) {', 1)[1].split("}", 1)[0]
    by_choice = CSS.split('\n:root[data-theme="dark"] {', 1)[1].split("}", 1)[0]
    assert by_system.split() == by_choice.split()


def test_no_text_is_smaller_than_16_px_and_sizes_are_rem() -> None:
    sizes = re.findall(r"font-size: ([^;]+);", CSS)
    fixed = [size for size in sizes if not size.startswith(("max(16px", "clamp(1.25rem"))]
    allowed = re.compile(r"(\d+(?:\.\d+)?)rem|150%|200%|11pt")
    assert fixed
    assert [size for size in fixed if not allowed.fullmatch(size)] == []
    assert min(float(size[:-3]) for size in fixed if size.endswith("rem")) >= 1


def test_there_are_no_gradients_and_one_shadow() -> None:
    assert "gradient(" not in CSS
    assert set(re.findall(r"box-shadow: var\(--(\w+)\)", CSS)) == {"shadow"}


def test_transitions_are_quick_and_of_transform_and_background_only() -> None:
    moved = re.findall(r"transition: ([^;]+);", CSS)
    assert {rule.split()[0] for rule in moved} <= {"transform", "opacity", "background-color", "none"}
    assert int(re.findall(r"--quick: (\d+)ms", CSS)[0]) <= 160
    assert "prefers-reduced-motion: reduce" in CSS


def test_the_focus_ring_is_of_the_design() -> None:
    assert (LIGHT["focus"], LIGHT["halo"]) == ("#13212b", "#ffc83d")
    assert ":focus-visible { outline: 3px solid var(--focus); outline-offset: 0; box-shadow: 0 0 0 6px" in CSS


def test_the_script_evaluates_nothing_and_calls_nobody() -> None:
    script = SCRIPT.replace('import("/training.js")', "", 1)  # the coach, in practice worlds only
    script = script.replace(
        'fetch("/api/session/alive")', "", 1
    )  # our own word on whether the session goes on
    assert re.findall(r"\b(eval|Function|fetch|XMLHttpRequest|import|innerHTML)\b", script) == []
    assert "http" not in SCRIPT


def test_the_manifest_names_files_that_are_there() -> None:
    manifest = json.loads((ASSETS / "manifest.webmanifest").read_text())
    assert manifest["lang"] == "ru"
    assert [
        icon["src"] for icon in manifest["icons"] if not (ASSETS / icon["src"].lstrip("/")).is_file()
    ] == []
    assert manifest["background_color"].lower() == LIGHT["ground"]
