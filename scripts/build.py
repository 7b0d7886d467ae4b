"""The front end, built once: `python scripts/build.py`; nothing to do when the sources have not changed.

A finished build is a folder `dist/<hash of the sources>` that appears by one rename, and `dist/current`
names it. A build that was interrupted leaves only a folder `….part`, which the next one removes.
"""

import argparse
import contextlib
import fcntl
import hashlib
import logging
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
CURRENT = DIST / "current"
# Floors that no page can see: changing them changes no page.
_UNSEEN = {"services", "adapters", "persistence", "api", "commands"}
_SOURCES = ("requirements.txt", "rxconfig.py", "scripts/build.py", "scripts/finish_build.py")
_KEEP = 2  # finished builds: the current one and the one before


def source_files(root: Path = ROOT) -> list[Path]:
    """Every file that the built pages depend on, sorted."""
    python = [p for p in (root / "cabinet").rglob("*.py") if p.relative_to(root).parts[1] not in _UNSEEN]
    named = [root / name for name in _SOURCES]
    assets = (root / "assets").rglob("*")
    return sorted(p for p in (*python, *named, *assets) if p.is_file() and "external" not in p.parts)


def source_hash(root: Path = ROOT) -> str:
    """The name of a build: hex digits over the sources, a dash, and over the locked npm packages.

    Apart, because the bundler may complete its lock during the build.
    """
    return f"{_hash(root, source_files(root))}-{lock_hash(root)}"


def lock_hash(root: Path = ROOT) -> str:
    """Hex digits over the locked npm packages."""
    return _hash(root, sorted((root / "reflex.lock").glob("*")))


def _hash(root: Path, files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def current_build(dist: Path = DIST) -> Path | None:
    """The folder of the finished build, or None."""
    with contextlib.suppress(FileNotFoundError):
        folder = dist / (dist / "current").read_text().strip()
        return folder if folder.is_dir() else None
    return None


def say(text: str) -> None:
    """One line of progress."""
    print(text, flush=True)


@contextlib.contextmanager
def _alone(dist: Path) -> Iterator[None]:
    """Two builds at once wait for each other."""
    dist.mkdir(exist_ok=True)
    with (dist / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _prepare_environment() -> None:
    """Reflex stays quiet, stays inside the project and finds the JavaScript runtime of the venv."""
    os.environ.update(
        PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        REFLEX_TELEMETRY_ENABLED="false",
        REFLEX_CHECK_LATEST_VERSION="false",
        REFLEX_DIR=str(DIST / "reflex"),
        REFLEX_ENV_MODE="prod",
    )


def _export() -> Path:
    """Runs Reflex's compiler and bundler in this process.

    Returns:
        The folder with the exported files.
    """
    from reflex.utils import export, js_runtimes, prerequisites, registry  # noqa: PLC0415, the environment comes first
    from reflex_base import constants  # noqa: PLC0415
    from reflex_base.environment import environment  # noqa: PLC0415

    # Without NPM_CONFIG_REGISTRY Reflex measures two registries, seconds where one is out of reach.
    registry.average_latency = lambda registry, attempts=3: 1  # noqa: ARG005
    # An old Node of the system is no matter: bun runs the build.
    logging.getLogger(js_runtimes.__name__).setLevel(logging.ERROR)
    environment.REFLEX_COMPILE_CONTEXT.set(constants.CompileContext.EXPORT)
    prerequisites.initialize_reflex_user_directory()
    prerequisites.initialize_frontend_dependencies()
    export.export(zipping=False, frontend=True, backend=False)
    return prerequisites.get_web_dir() / constants.Dirs.STATIC


def bundle(source: Path, target: Path, *external: str) -> None:
    """One of our scripts with what it imports, without comments and long names; `external` stay imports."""
    bun = Path(sys.executable).with_name("bun")
    words = [bun, "build", source, "--minify", "--target=browser", f"--outfile={target}"]
    subprocess.run([*words, *(f"--external={x}" for x in external)], check=True, capture_output=True)


def _publish(part: Path, name: str) -> None:
    """Makes a finished folder the current one, and removes old ones."""
    target = DIST / name
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)
    pointer = DIST / "current.part"
    pointer.write_text(name + "\n")
    pointer.replace(CURRENT)
    builds = [p for p in DIST.iterdir() if p.is_dir() and p.name != "reflex"]
    for old in sorted(builds, key=lambda p: p.stat().st_mtime, reverse=True)[_KEEP:]:
        shutil.rmtree(old, ignore_errors=True)


def build(*, force: bool = False) -> bool:
    """Builds when the sources changed.

    Returns:
        Whether a build was made.
    """
    with _alone(DIST):
        name = source_hash()
        if not force and (found := current_build()) and found.name == name:
            return False
        started = time.monotonic()
        say("Front end: compiling the pages (once; under a minute)")
        os.chdir(ROOT)
        _prepare_environment()
        sys.path[:0] = [str(ROOT)]
        exported = _export()
        from scripts import finish_build  # noqa: PLC0415, needs the path above

        name = f"{name.partition('-')[0]}-{lock_hash()}"
        part = DIST / f"{name}.part"
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(exported, part)
        say("Front end: finishing and compressing")
        public = exported.parents[1] / "public"  # below it lie the packages that a script imports
        for script in public.glob("*.js"):
            bundle(script, part / script.name, "/training.js")
        finish_build.finish(part)
        _publish(part, name)
        say(f"Front end: ready in {time.monotonic() - started:.0f} s")
        return True


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="build even when nothing changed")
    if not build(force=parser.parse_args().force):
        say("Front end: unchanged")


if __name__ == "__main__":
    main()
