"""docs/asvs.md points at what is there: a mend that moves a module or renames a test takes its row along."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "asvs.md"
_NAMED = re.compile(r"`([\w./*-]+?\.(?:py|js|md|toml|yaml|txt)|[\w.-]+(?:/[\w.-]+)*/)(?:::(\w+))?`")
_REQUIREMENTS = re.compile(r"(\d+\.\d+\.)(\d+)(?:–(\d+))? \(([123])\)")
_VERDICTS = ("by the operator", "not applicable", "NOT MET")


def _fault(path: str, name: str) -> str:
    """What is wrong with one mention; "" when it stands."""
    found = ROOT / path
    if not found.exists():
        return f"{path} is not there"
    if not name:
        return ""
    defined = re.search(
        rf"^\s*(?:(?:async )?def|class|(?:export )?function) {name}\b|^{name}\b.*=",
        found.read_text(),
        re.MULTILINE,
    )
    return "" if defined else f"{path} has no {name}"


def _rows() -> list[list[str]]:
    """The cells of every line of a table."""
    lines = PAGE.read_text().splitlines()
    return [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]


def _verdicts() -> dict[str, tuple[str, str]]:
    """Every requirement's level and what its row begins with: a verdict, or it is met."""
    found: dict[str, tuple[str, str]] = {}
    for number, met, *_ in (row for row in _rows() if len(row) > 1 and _REQUIREMENTS.match(row[0])):
        verdict = next((x for x in _VERDICTS if met.startswith(x)), "met")
        for section, first, last, level in _REQUIREMENTS.findall(number):
            for place in range(int(first), int(last or first) + 1):
                assert f"{section}{place}" not in found
                found[f"{section}{place}"] = (verdict, level)
    return found


def test_every_module_and_test_that_is_named_exists() -> None:
    named = _NAMED.findall(PAGE.read_text())
    assert len(named) > 200
    assert sorted({fault for path, name in named if (fault := _fault(path, name))}) == []


def test_a_mention_of_nothing_is_a_fault() -> None:
    assert _fault("cabinet/nothing.py", "") == "cabinet/nothing.py is not there"
    assert _fault("tests/unit/test_asvs.py", "test_nothing") == "tests/unit/test_asvs.py has no test_nothing"
    assert _fault("tests/unit/test_asvs.py", "test_a_mention_of_nothing_is_a_fault") == ""


def test_the_head_counts_what_the_rows_say() -> None:
    counted = Counter(_verdicts().values())
    told = {row[0]: [int(x) for x in row[1:]] for row in _rows() if row[0] in {"met", "of", *_VERDICTS}}
    for verdict in ("met", *_VERDICTS):
        levels = [counted[verdict, level] for level in "123"]
        assert told[verdict] == [*levels, sum(levels)], verdict
    assert told["of"] == [sum(told[x][i] for x in ("met", *_VERDICTS)) for i in range(4)]


def test_what_is_not_met_is_listed_at_the_head() -> None:
    head = PAGE.read_text().partition("## What is not met")[2].partition("\n## ")[0]
    listed = set(re.findall(r"\d+\.\d+\.\d+", head))
    assert listed == {number for number, (verdict, _) in _verdicts().items() if verdict == "NOT MET"}
