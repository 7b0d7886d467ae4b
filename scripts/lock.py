"""`requirements*.txt` from `requirements*.in`, pinned with hashes; `--check` only tells whether they agree.

`--outdated` tells what the index that packages come from has newer, and changes nothing.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
_COMPILE = ("pip", "compile", "-q", "--generate-hashes", "--universal", "--python-version", "3.11")
_NAMELESS = ("--no-emit-index-url", "--no-emit-find-links")
_CONSTRAINTS: dict[str, tuple[str, ...]] = {
    "requirements": (),
    "requirements-dev": ("-c", "requirements.txt"),
}


def write() -> None:
    """Compiles both files; a pin that still fits stays."""
    for name, constraints in _CONSTRAINTS.items():
        words = [BIN / "uv", *_COMPILE, *_NAMELESS, *constraints, f"{name}.in", "-o", f"{name}.txt"]
        subprocess.run(words, cwd=ROOT, check=True)


def wanted(name: str) -> list[Requirement]:
    """What an `.in` file asks for."""
    lines = (line.partition("#")[0].strip() for line in (ROOT / f"{name}.in").read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def pinned(name: str, folder: Path = ROOT) -> dict[str, str]:
    """What a `.txt` file pins: version by name."""
    lines = (folder / f"{name}.txt").read_text().splitlines()
    pins = (Requirement(line.rstrip("\\ ")) for line in lines if line[:1].isalnum())
    return {pin.name: str(pin.specifier).removeprefix("==") for pin in pins}


def disagreements() -> list[str]:
    """What is asked for and not pinned so, and what the two files pin differently."""
    base, dev = pinned("requirements"), pinned("requirements-dev")
    unmet = [
        f"{name}.txt does not pin {asked}"
        for name, pins in (("requirements", base), ("requirements-dev", dev))
        for asked in wanted(name)
        if asked.name not in pins or pins[asked.name] not in asked.specifier
    ]
    apart = [
        f"{name} is pinned as {v} and as {dev.get(name)}" for name, v in base.items() if dev.get(name) != v
    ]
    return unmet + apart


def outdated() -> list[str]:
    """What would be pinned another version of today; whatever an `.in` file holds fast is left."""
    name = "requirements-dev"  # the other is a part of it
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        words = [BIN / "uv", *_COMPILE, *_NAMELESS, f"{name}.in", "-o", fresh / f"{name}.txt"]
        subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        newest = pinned(name, fresh)
    return [f"{x} {v} -> {newest[x]}" for x, v in pinned(name).items() if newest.get(x, v) != v]


def main() -> int:
    """0 when the files agree; of `--outdated`, when everything is the newest."""
    if "--outdated" in sys.argv:
        older = outdated()
        print("\n".join(older) or "everything that is pinned is the newest")
        return 1 if older else 0
    if "--check" not in sys.argv:
        write()
    found = disagreements()
    for line in found:
        print(f"{line}: run `make lock`", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
