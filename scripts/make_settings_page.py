"""`docs/settings.md` from `cabinet/settings.py`; `--check` only tells whether they agree."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "settings.md"
sys.path.insert(0, str(ROOT))

from pydantic import SecretStr  # noqa: E402
from pydantic.fields import FieldInfo  # noqa: E402

from cabinet.settings import Settings  # noqa: E402

_HEAD = """# Settings

Environment variables with the prefix `CABINET_`, or lines of a file `.env` in the working directory.
This page is made from `cabinet/settings.py` by `make docs`.

| Variable | Default | Meaning |
|---|---|---|
"""


def default_of(field: FieldInfo) -> str:
    """The default as one would write it."""
    value = field.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    text = str(getattr(value, "value", value))
    return f"`{text}`" if text else "empty"


def page() -> str:
    """The whole page."""
    rows = (
        f"| `CABINET_{name.upper()}` | {default_of(field)} | {(field.description or '').replace('|', chr(92) + '|')} |"
        for name, field in Settings.model_fields.items()
    )
    return _HEAD + "\n".join(rows) + "\n"


def main() -> int:
    """0 when the page on disk is the page of the code."""
    if "--check" not in sys.argv:
        PAGE.write_text(page())
        return 0
    if PAGE.exists() and PAGE.read_text() == page():
        return 0
    print("docs/settings.md differs from cabinet/settings.py: run `make docs`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
