"""Every branch of the ways in is taken by a test: sign-in, codes, the human check, second factors (100 %, or it fails)."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVICES = (
    *("sign_in", "sessions", "confirmations", "human_check", "second_factors", "totp", "recovery_codes"),
    *("reauthentication", "registration", "password_reset", "password_change"),
)
DOMAIN = ("codes", "human_check", "passwords", "sign_in", "second_factors", "totp")
TESTS = (
    *("ended_access", "entrance_attacks", "human_check", "login_change", "operators", "passkeys"),
    *("password_change", "reauthentication", "recovery_codes", "registration", "sessions", "sign_in"),
    *("totp", "training"),
)
UNITS = ("codes", "human_check", "passwords", "second_factors", "totp")


def main() -> int:
    """0 when the tests pass and no branch is left out; on SQLite alone, for the branches are the same."""
    files = [f"cabinet/services/{x}.py" for x in SERVICES] + [f"cabinet/domain/{x}.py" for x in DOMAIN]
    tests = [f"tests/services/test_{x}.py" for x in TESTS] + [f"tests/unit/test_{x}.py" for x in UNITS]
    tests.append("tests/persistence/test_doctor.py")
    coverage = [sys.executable, "-m", "coverage"]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "COVERAGE_FILE": str(Path(folder) / "coverage")}
        run = [*coverage, "run", "--branch", "-m", "pytest", "-q", "-k", "not postgresql", *tests]
        ran = subprocess.run(run, cwd=ROOT, env=environment, check=False)
        report = [*coverage, "report", "-m", f"--include={','.join(files)}", "--fail-under=100"]
        told = subprocess.run(report, cwd=ROOT, env=environment, check=False)
    return ran.returncode or told.returncode


if __name__ == "__main__":
    sys.exit(main())
