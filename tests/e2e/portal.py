"""The served portal of an e2e run: its process, and the letters and messages that it sent."""

import email
import email.policy
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import httpx

from tests.processes import die_with_parent, free_port, poll

ROOT = Path(__file__).resolve().parents[2]
ANSWER = "верно"  # what the human check accepts in this run
_START, _STOP, _MESSAGE = 60, 20, 20  # seconds
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")


@dataclass
class Portal:
    """One running portal with its own data."""

    url: str
    data_dir: Path
    process: subprocess.Popen[bytes]
    log: Path
    start_cost: float
    """Seconds of CPU until it was ready; 0 where the system does not tell."""
    _read: set[Path] = field(default_factory=set)

    def mail(self, to: str) -> str:
        """The text of the next unread letter to the address; waits for it."""
        return poll(lambda: self._next_mail(to), _MESSAGE, f"a letter to {to}")

    def sms(self, to: str) -> str:
        """The next unread message to the number, +7…; waits for it."""
        return poll(lambda: self._next_sms(to), _MESSAGE, f"a message to {to}")

    def message(self, to: str) -> str:
        """The next unread letter or message, by what the login is."""
        return self.mail(to) if "@" in to else self.sms(to)

    def code(self, to: str) -> str:
        """The six digits of the next unread letter or message."""
        text = self.message(to)
        found = _CODE.search(text)
        assert found, text
        return found.group()

    def link(self, to: str) -> str:
        """The first address of this portal in the next unread letter or message."""
        text = self.message(to)
        found = re.search(rf"{re.escape(self.url)}[^\s\"'<>]*", text)
        assert found, text
        return found.group()

    def _unread(self, folder: str, pattern: str) -> Iterator[Path]:
        files = sorted((self.data_dir / "outbox" / folder).glob(pattern))
        return (path for path in files if path not in self._read)

    def _next_mail(self, to: str) -> str:
        for path in self._unread("mail", "*.eml"):
            letter = email.message_from_bytes(
                path.read_bytes(), _class=EmailMessage, policy=email.policy.default
            )
            if to.casefold() in str(letter["To"]).casefold():
                self._read.add(path)
                body = letter.get_body(("plain", "html"))
                return str(body.get_content()) if body else ""
        return ""

    def _next_sms(self, to: str) -> str:
        for path in self._unread("sms", "*.json"):
            message = json.loads(path.read_text())
            if message["to"] == to:
                self._read.add(path)
                return str(message["text"])
        return ""

    def command(self, *words: str) -> str:
        """Runs `python -m cabinet …` on the same data; its output."""
        return run_command(self.data_dir, self.url, *words)


def environment(
    data_dir: Path, url: str, public: str = "", more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The settings of an e2e portal: nothing of the developer's own; `public` is its address behind a proxy."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CABINET_")}
    return {
        **own,
        "CABINET_ENV": "test",
        "CABINET_DATA_DIR": str(data_dir),
        "CABINET_PORT": url.rpartition(":")[2],
        "CABINET_PUBLIC_URL": public or url,
        "CABINET_HUMAN_CHECK": f"test:{ANSWER}",
        "CABINET_BCRYPT_COST": "4",
        "PYTHONUTF8": "1",
        **(more or {}),
    }


def run_command(data_dir: Path, url: str, *words: str) -> str:
    """Runs `python -m cabinet …`; fails the test with its output when it fails."""
    call = [sys.executable, "-m", "cabinet", *words]
    done = subprocess.run(
        call,
        cwd=ROOT,
        env=environment(data_dir, url),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@contextmanager
def serving(
    data_dir: Path, *, demo: bool = True, public: str = "", more: Mapping[str, str] | None = None
) -> Iterator[Portal]:
    """A migrated portal that answers; stopped by SIGTERM at the end, as a supervisor would.

    Args:
        data_dir: an empty folder.
        demo: with the demo supplier.
        public: its address behind a proxy.
        more: settings of this portal's own.
    """
    url = f"http://localhost:{free_port()}"
    run_command(data_dir, url, "migrate")
    if demo:
        run_command(data_dir, url, "demo", "load")
    log = data_dir / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "cabinet", "serve"],
            cwd=ROOT,
            env=environment(data_dir, url, public, more),
            stdout=output,
            stderr=output,
            preexec_fn=die_with_parent,
        )
    try:
        poll(lambda: _ready(url, process, log), _START, "the portal is ready")
        yield Portal(url, data_dir, process, log, cpu_seconds(process.pid))
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, and SIGKILL where that is not enough."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(_STOP)


def cpu_seconds(pid: int) -> float:
    """What a process has used: a measure that a busy machine changes little."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _ready(url: str, process: subprocess.Popen[bytes], log: Path) -> bool:
    if process.poll() is not None:
        raise RuntimeError(log.read_text())
    try:
        return httpx.get(f"{url}/api/health/ready", timeout=2).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
