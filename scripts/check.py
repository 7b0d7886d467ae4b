"""Every check that is not a test, in one go: what failed is shown whole, what passed is one line."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CHECKS = {
    "format": [BIN / "ruff", "format", "--check", "."],
    "lint": [BIN / "ruff", "check", "."],
    "types": [BIN / "mypy"],
    "layers": [BIN / "lint-imports"],
    "migrations": [sys.executable, "scripts/check.py", "--migrations"],
    "requirements": [sys.executable, "scripts/lock.py", "--check"],
    "settings page": [sys.executable, "scripts/make_settings_page.py", "--check"],
}


def check_migrations() -> None:
    """Alembic's own comparison of the tables with the migrations, on an empty database."""
    sys.path.insert(0, str(ROOT))
    from alembic import command  # noqa: PLC0415

    from cabinet.persistence import migrations  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/check.db"
        migrations.migrate(url)
        command.check(migrations.alembic_config(url))


def main() -> int:
    """0 when every check passed."""
    if "--migrations" in sys.argv:
        check_migrations()
        return 0
    failed = 0
    for name, words in CHECKS.items():
        started = time.monotonic()
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        verdict = "ok" if done.returncode == 0 else "FAILED"
        print(f"{name:<14} {verdict} ({time.monotonic() - started:.1f} s)", flush=True)
        if done.returncode:
            failed += 1
            print(done.stdout, done.stderr, sep="\n", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
