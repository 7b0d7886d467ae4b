"""The whole path of a letter, by real servers: SMTP → Dovecot → the worker → a request with a clean document → the answer."""

import asyncio
import io
import os
import re
import signal
import smtplib
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import count
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import select

from cabinet import worker
from cabinet.adapters.documents_encrypted_disk import EncryptedDisk
from cabinet.adapters.documents_subprocess import SubprocessCleaner
from cabinet.adapters.mail_smtp import SmtpMail, SmtpServer
from cabinet.adapters.mailbox_imap import ImapMailbox, ImapServer
from cabinet.commands import doctor
from cabinet.domain.permissions import OperatorRole
from cabinet.domain.pins import AccessProofWrong
from cabinet.persistence.customer_accounts import ExtendedAccessNeeded
from cabinet.persistence.pin_requests import PinRequest
from cabinet.services import notifications, request_review
from cabinet.services.customer_accounts import LinkAccount, link_account
from cabinet.services.deps import Deps
from cabinet.services.pin_letters import read_letters
from cabinet.services.readings import get_meter
from cabinet.settings import Settings
from cabinet.worker import LONGEST_MAILBOX_PAUSE, MAILBOX_PAUSE, MailboxLane
from tests import dovecot, hostile_files, hostile_letters
from tests.adapters.smtp_server import SmtpServerHere
from tests.dovecot import ImapServerHere
from tests.factories import ACCOUNT, operator, with_supplier
from tests.fakes import VISITOR, FakeMailbox, World
from tests.processes import die_with_parent, poll
from tests.requests import approve

ROOT = Path(__file__).resolve().parents[2]
CANARY = b"KANAREJKA-5c21"
LAUNCH = 90
_users = count(1)


@pytest.fixture
def user() -> str:
    return f"secretary{next(_users)}@example.ru"


@pytest.fixture
def supplier_mail(imap_server: ImapServerHere, user: str) -> Iterator[SmtpServerHere]:
    """The supplier's mail server: what comes by SMTP is there by IMAP."""
    with SmtpServerHere(data_size_limit=2**26).serving() as server:

        def deliver() -> None:
            seen = b"Return-Path: <anna@example.ru>\r\nAuthentication-Results: mx.example.ru; dkim=pass\r\n"
            dovecot.deliver(imap_server.maildir(user), seen + server.post.envelopes[-1][1])

        server.post.on_data = deliver
        yield server


@pytest.fixture
def subscriber_mail() -> Iterator[SmtpServerHere]:
    with SmtpServerHere().serving() as server:
        yield server


@pytest.fixture
def deps(
    izhevsk: World, imap_server: ImapServerHere, user: str, subscriber_mail: SmtpServerHere, tmp_path: Path
) -> Deps:
    """The portal with everything real but its clock and its SMS."""
    return replace(
        izhevsk.deps,
        mailbox=ImapMailbox(
            ImapServer.parse(f"{imap_server.url(user)}?authserv=mx.example.ru"), imap_server.trust()
        ),
        mail=SmtpMail(SmtpServer.parse(subscriber_mail.url), "Газ <kabinet@example.ru>", izhevsk.clock),
        cleaner=SubprocessCleaner(),
        vault=EncryptedDisk(tmp_path / "documents", tmp_path / "keys", b"k" * 32),
    )


def post(server: SmtpServerHere, letter: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=30) as client:
        client.sendmail("anna@example.ru", ["secretary@example.ru"], re.sub(rb"\r?\n", b"\r\n", letter))


def photo_with_canary() -> bytes:
    """A photograph that says where it was taken, and something behind its end."""
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    Image.new("RGB", (900, 600), "olive").save(file, "JPEG", exif=exif)
    return file.getvalue() + CANARY


def requests(deps: Deps) -> list[PinRequest]:
    with deps.snapshot() as tx:
        return list(tx.session.exec(select(PinRequest)))


def test_from_a_letter_to_the_pin(
    izhevsk: World, deps: Deps, supplier_mail: SmtpServerHere, subscriber_mail: SmtpServerHere, tmp_path: Path
) -> None:
    words = hostile_letters.WORDS.replace("3700 0001 5838", ACCOUNT)
    izhevsk.clock.at = _today()
    post(supplier_mail, hostile_letters.good(words=words, files={"паспорт.jpg": photo_with_canary()}))
    post(supplier_mail, hostile_letters.good(subject="Показания", words="Показания 01240", files={}))
    assert read_letters(deps) == 1
    (request,) = requests(deps)
    assert (request.number, request.email, request.authentication) == (
        ACCOUNT,
        "anna@example.ru",
        "dkim=pass",
    )
    notifications.deliver_due(deps)
    (answer,) = subscriber_mail.post.letters()
    assert answer["To"] == "anna@example.ru"
    assert answer["Auto-Submitted"] == "auto-generated"
    assert f"000\u00a0{request.id:03}" in _text(answer)
    _review(izhevsk, deps, request.id or 0)
    notifications.deliver_due(deps)
    (letter,) = [x for x in subscriber_mail.post.letters()[1:] if "Пин-код для" in str(x["Subject"])]
    assert letter["To"] == "anna@example.ru"
    pin = re.search(r": ([1-9a-z]{8})\.", _text(letter))
    assert pin, _text(letter)
    _opens_extended_access(izhevsk, deps, pin[1].upper())
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and CANARY in path.read_bytes()]
    assert deps.mailbox
    with deps.mailbox.open() as folder:
        assert folder.list_unread(_today().date().replace(day=1)) == [2]


def _opens_extended_access(izhevsk: World, deps: Deps, typed: str) -> None:
    """Whoever has the letter connects the account and sees its readings; a guess and the basic access do not."""
    anna = with_supplier(izhevsk)
    basic = link_account(deps, anna, LinkAccount.parse({"access": "basic"}, ACCOUNT))
    with pytest.raises(ExtendedAccessNeeded):
        get_meter(deps, anna, int(basic.id))
    proof = {"access": "extended", "proof_kind": "pin", "pin": typed}
    with pytest.raises(AccessProofWrong):
        link_account(deps, anna, LinkAccount.parse(proof | {"pin": "22222222"}, ACCOUNT))
    opened = link_account(deps, anna, LinkAccount.parse(proof, ACCOUNT))
    assert get_meter(deps, anna, int(opened.id)).serial_number


def _today() -> datetime:
    return datetime.now(UTC)


def _text(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    return str(body.get_content())


def _review(izhevsk: World, deps: Deps, request_id: int) -> None:
    """Two operators look at the page, which is a picture of its own, and approve."""
    olga = operator(izhevsk, visitor=replace(VISITOR, device="device-of-olga"))
    petr = operator(
        izhevsk, "petr@example.ru", OperatorRole.SENIOR, replace(VISITOR, device="device-of-petr")
    )
    row = request_review.claim(deps, olga, request_id)
    page = request_review.open_document(deps, olga, request_id, int(row.documents[0].id), 0)
    with Image.open(io.BytesIO(page)) as picture:
        assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (900, 600), {})
    assert CANARY not in page
    assert not request_review.approve(deps, olga, request_id)
    assert approve(deps, petr, request_id)


def test_hostile_letters_by_real_servers_do_no_harm(
    deps: Deps, supplier_mail: SmtpServerHere, izhevsk: World
) -> None:
    izhevsk.clock.at = _today()
    hostile = {
        **hostile_letters.LACKING,
        **hostile_letters.NOT_REQUESTS,
        "50 MB": lambda: hostile_letters.of_size(50 * 2**20),
        "a locked PDF": lambda: hostile_letters.good(files={"a.pdf": hostile_files.pdf_locked()}),
        "a picture of 900 megapixels": lambda: hostile_letters.good(files={"a.png": _huge_png()}),
    }
    for number, make in enumerate(hostile.values()):
        letter = make().replace(b"anna@example.ru", f"anna{number}@example.ru".encode())
        if b"\n" in letter and max(map(len, letter.split(b"\n"))) < 900:
            post(supplier_mail, letter)
        else:  # what no SMTP server would take may lie in a mailbox all the same
            supplier_mail.post.envelopes.append(("secretary@example.ru", letter))
            supplier_mail.post.on_data()
    assert len(hostile) >= 20
    answered = read_letters(deps)
    assert answered == len(hostile_letters.LACKING) + 3
    assert requests(deps) == []
    post(supplier_mail, hostile_letters.good())
    assert read_letters(deps) == 1


def _huge_png() -> bytes:
    """A PNG whose head promises 30 000 × 30 000."""
    file = io.BytesIO()
    Image.new("1", (8, 8)).save(file, "PNG")
    head = bytearray(file.getvalue())
    head[16:24] = (30_000).to_bytes(4, "big") * 2
    return bytes(head)


WORKER = """
import os, signal, sys
from cabinet import container
from cabinet.adapters.mailbox_imap import ImapFolder
from cabinet.services import pin_letters

def die(*_args, **_more):
    os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[1]:
    setattr(ImapFolder, sys.argv[1], die)
print(pin_letters.read_letters(container.build(container.settings())))
"""


@pytest.fixture
def run(
    demo_url: str, imap_server: ImapServerHere, user: str, tmp_path: Path
) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """A worker of its own that looks into the mailbox once, and dies at a step of the conversation."""
    imap_server.authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "SSL_CERT_FILE": str(tmp_path / "authority.pem"),
        "CABINET_ENV": "test",
        "CABINET_DATABASE_URL": demo_url,
        "CABINET_DATA_DIR": str(tmp_path / "var"),
        "CABINET_MAILBOX_URL": imap_server.url(user),
    }

    def worker_that_dies_at(step: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", WORKER, step],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=LAUNCH,
            preexec_fn=die_with_parent,
            check=False,
        )

    return worker_that_dies_at


def test_a_worker_killed_between_the_request_and_the_mark_leaves_one_request(
    run: Callable[[str], subprocess.CompletedProcess[str]], supplier_mail: SmtpServerHere, izhevsk: World
) -> None:
    deps = izhevsk.deps
    post(supplier_mail, hostile_letters.good())
    assert run("mark").returncode == -signal.SIGKILL
    assert len(requests(deps)) == 1
    again = run("")
    assert (again.returncode, again.stdout.strip()) == (0, "0"), again.stderr
    assert run("mark").returncode == 0  # there is nothing left to be marked
    assert len(requests(deps)) == 1
    with deps.snapshot() as tx:
        assert tx.outbox.count_waiting() == 1


# The worker's lane, and what the operator is told.


def test_the_worker_reads_letters_beside_its_other_work(
    deps: Deps, supplier_mail: SmtpServerHere, subscriber_mail: SmtpServerHere, izhevsk: World
) -> None:
    izhevsk.clock.at = _today()
    post(supplier_mail, hostile_letters.good())

    async def work() -> None:
        async with worker.running(deps):
            await asyncio.to_thread(poll, lambda: len(subscriber_mail.post.envelopes) == 1, 60)

    asyncio.run(work())
    assert len(requests(deps)) == 1


def test_the_lane_looks_once_a_minute_and_less_often_while_nobody_answers(
    izhevsk: World, caplog: pytest.LogCaptureFixture
) -> None:
    box = FakeMailbox()
    now = [0.0]
    looks: list[float] = []
    box.on_step = lambda _step, _uid: looks.append(now[0])
    lane = MailboxLane(replace(izhevsk.deps, mailbox=box), asyncio.Event(), lambda: now[0])

    def pass_time(seconds: int) -> None:
        for _ in range(seconds):
            lane(0)
            now[0] += 1

    pass_time(200)
    assert looks == [0, MAILBOX_PAUSE, 2 * MAILBOX_PAUSE, 3 * MAILBOX_PAUSE]
    box.down = True
    pass_time(7200)
    assert 10 <= caplog.text.count("the mailbox is tried again") <= 16
    box.down = False
    looks.clear()
    pass_time(int(LONGEST_MAILBOX_PAUSE) + 61)
    assert len(looks) >= 1


def settings(url: str, tmp_path: Path, database_url: str = "") -> Settings:
    return Settings(env="test", data_dir=tmp_path / "var", database_url=database_url, mailbox_url=url)


def test_doctor_tells_whether_the_mailbox_lets_us_in(
    demo_url: str, imap_server: ImapServerHere, user: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imap_server.authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    assert doctor.check_mailbox(settings("", tmp_path, demo_url)) == ""
    assert "CERTIFICATE" in doctor.check_mailbox(settings(imap_server.url(user), tmp_path, demo_url))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    assert doctor.check_mailbox(settings(imap_server.url(user), tmp_path, demo_url)) == ""
    wrong = imap_server.url(user).replace("@localhost", "unlikely-1234@localhost")
    fault = doctor.check_mailbox(settings(wrong, tmp_path, demo_url))
    assert "AUTHENTICATIONFAILED" in fault
    assert "unlikely-1234" not in fault
    fault = doctor.check_mailbox(settings(f"{imap_server.url(user)}?supplier=perm", tmp_path, demo_url))
    assert "supplier" in fault
