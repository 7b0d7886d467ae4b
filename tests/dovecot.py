"""A private IMAP server (Dovecot) for one test process: unprivileged, on a free port, letters in its own folder."""

import base64
import grp
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote

import trustme

from tests.processes import die_with_parent, free_port, poll

ADVICE = "Dovecot is not installed: `make test` installs it where it may, or: apt-get install dovecot-imapd"
PASSWORD = "пароль:@/ %"  # of everybody: each test has a user of its own
_START = 30  # seconds
_numbers = count(1)

_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
mail_location = maildir:{folder}/mail/%u
namespace inbox {{
  inbox = yes
  separator = /
}}
disable_plaintext_auth = yes
ssl = required
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
login_trusted_networks =
mail_max_userip_connections = 100
first_valid_uid = 0
passdb {{
  driver = static
  args = password={{PLAIN.b64}}{password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


def find_program() -> Path:
    """`dovecot`: Debian keeps it out of people's PATH.

    Raises:
        FileNotFoundError: with what to install.
    """
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if not found:
        raise FileNotFoundError(ADVICE)
    return Path(found)


@dataclass
class ImapServerHere:
    """The running server; `authority` signed its certificate, for the name `localhost`."""

    folder: Path
    imap: int
    imaps: int
    authority: trustme.CA

    master: int = 0

    def trust(self) -> ssl.SSLContext:
        """The client's side of TLS."""
        return trusting(self.authority)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Meanwhile nobody answers, old conversations included; the system still takes connections."""
        mine = [self.master, *_children(self.master)]
        for process in mine:
            os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in mine:
                os.kill(process, signal.SIGCONT)

    def maildir(self, user: str) -> Path:
        """The user's letters."""
        return self.folder / "mail" / user

    def url(self, user: str, folder: str = "INBOX", scheme: str = "imaps") -> str:
        """As the setting has it."""
        port = self.imaps if scheme == "imaps" else self.imap
        return f"{scheme}://{quote(user)}:{quote(PASSWORD, safe='')}@localhost:{port}/{quote(folder)}"


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """The client's side of TLS, which believes that authority."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def _children(process: int) -> list[int]:
    said = subprocess.run(["pgrep", "-P", str(process)], capture_output=True, text=True, check=False).stdout
    return [int(one) for one in said.split()]


@contextmanager
def server(place: Path | None = None) -> Iterator[ImapServerHere]:
    """The server, as nobody when the tests run as root, gone at the end."""
    program = find_program()
    folder = Path(tempfile.mkdtemp(prefix="cabinet-imap-", dir=place))
    here = ImapServerHere(folder, free_port(), free_port(), trustme.CA())
    root = os.geteuid() == 0
    owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
    _prepare(here, owner)
    run: list[str | Path] = [program, "-F", "-c", folder / "dovecot.conf"]
    try:
        process = subprocess.Popen(
            run,
            cwd="/",
            user=owner.pw_uid if root else None,
            group=owner.pw_gid if root else None,
            extra_groups=[] if root else None,
            preexec_fn=die_with_parent,
        )
        try:
            here.master = process.pid
            poll(lambda: _answers(here, process), _START, "Dovecot starts")
            yield here
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(here: ImapServerHere, owner: pwd.struct_passwd) -> None:
    """Certificate, settings, and an owner for all of it."""
    certificate = here.authority.issue_cert("localhost")
    certificate.cert_chain_pems[0].write_to_path(here.folder / "certificate.pem")
    certificate.private_key_pem.write_to_path(here.folder / "key.pem")
    settings = _CONFIG.format(
        folder=here.folder,
        user=owner.pw_name,
        group=grp.getgrgid(owner.pw_gid).gr_name,
        uid=owner.pw_uid,
        gid=owner.pw_gid,
        imap=here.imap,
        imaps=here.imaps,
        password=base64.b64encode(PASSWORD.encode()).decode(),
    )
    (here.folder / "dovecot.conf").write_text(settings)
    (here.folder / "mail").mkdir()
    for path in (here.folder, *here.folder.iterdir()):
        shutil.chown(path, owner.pw_uid, owner.pw_gid)


def _answers(here: ImapServerHere, process: subprocess.Popen[bytes]) -> bool:
    if process.poll() is not None:
        raise RuntimeError((here.folder / "log").read_text())
    try:
        with socket.create_connection(("127.0.0.1", here.imap), 5) as probe:
            return probe.recv(4) == b"* OK"
    except OSError:
        return False


def deliver(maildir: Path, letter: bytes) -> None:
    """Put a letter into a Maildir as a mail server does: written aside, then renamed."""
    for name in ("tmp", "new", "cur"):
        (maildir / name).mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        for path in (maildir, *maildir.iterdir()):
            shutil.chown(path, "nobody")
    name = f"{next(_numbers):09}.{os.getpid()}.tests"
    written = maildir / "tmp" / name
    written.write_bytes(letter)
    written.rename(maildir / "new" / name)
