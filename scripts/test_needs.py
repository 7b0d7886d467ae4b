"""The browsers, the database server and the mail server of the tests: found, or installed where that is allowed, or named.

With the word `bench` also what the benchmarks attack with.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHELLS = ("chromium-headless-shell",)  # Chromium without windows: a third faster
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSER = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
FIREFOXES = ("firefox-esr", "firefox")
MAC_FIREFOX = Path("/Applications/Firefox.app/Contents/MacOS/firefox")


def find_browser() -> str | None:
    """The path of a Chromium or Chrome on this machine."""
    return _find(BROWSERS, MAC_BROWSER)


def find_shell() -> str | None:
    """The path of a Chromium that has no windows, or else of any."""
    return _find(SHELLS, MAC_BROWSER) or find_browser()


def find_firefox() -> str | None:
    """The path of a Firefox on this machine."""
    return _find(FIREFOXES, MAC_FIREFOX)


def _find(names: tuple[str, ...], on_mac: Path) -> str | None:
    found = (shutil.which(name) for name in names)
    return next((path for path in found if path), str(on_mac) if on_mac.exists() else None)


def has_postgres() -> bool:
    """Whether a PostgreSQL server can be started."""
    return bool(shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


def has_dovecot() -> bool:
    """Whether an IMAP server can be started."""
    return bool(shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"))


def missing(*, bench: bool) -> dict[str, str]:
    """What is not there: Debian's package and the words for people who install it themselves."""
    needs = {}
    if find_shell() is None:
        needs[SHELLS[0]] = "Chromium or Chrome (macOS: brew install --cask google-chrome)"
    if bench and find_browser() is None:
        needs["chromium"] = "Chromium or Chrome with its windows, for Lighthouse"
    if find_firefox() is None:
        needs["firefox-esr"] = "Firefox (macOS: brew install --cask firefox)"
    if not has_postgres():
        needs["postgresql"] = "PostgreSQL's server (macOS: brew install postgresql@17)"
    if not has_dovecot():
        needs["dovecot-imapd"] = "Dovecot's IMAP server (macOS: brew install dovecot)"
    if bench and not shutil.which("tesseract"):
        needs["tesseract-ocr"] = "Tesseract (macOS: brew install tesseract)"
    return needs


def _privilege() -> list[str] | None:
    """The words before an installing command, or None where it is not allowed."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    allowed = sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0
    return [sudo, "-n"] if sudo and allowed else None


def install(packages: list[str]) -> None:
    """By apt-get, when there is one and it is allowed."""
    privilege = _privilege()
    apt = shutil.which("apt-get")
    if apt is None or privilege is None:
        return
    print(f"Tests: installing {', '.join(packages)}", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*privilege, apt, "update", "-q"], env=quiet, check=False, stdout=subprocess.DEVNULL)
    install = [*privilege, apt, "install", "-y", "-q", "--no-install-recommends", *packages]
    subprocess.run(install, env=quiet, check=False, stdout=subprocess.DEVNULL)


def main() -> int:
    """0 when everything is there."""
    bench = "bench" in sys.argv[1:]
    if needs := missing(bench=bench):
        install(list(needs))
    if needs := missing(bench=bench):
        print("The tests need what is not on this machine:", file=sys.stderr)
        for package, words in needs.items():
            print(f"  {words}; Debian and Ubuntu: sudo apt-get install {package}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
