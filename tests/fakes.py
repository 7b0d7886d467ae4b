"""Hand-written fakes of the ports, and dependencies made of them."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Dialect, Engine

from cabinet.adapters.acquirer_demo import DemoAcquirer
from cabinet.adapters.common_passwords_file import ListedPasswords
from cabinet.adapters.letters import Mailbox
from cabinet.adapters.passkeys_webauthn import WebauthnPasskeys
from cabinet.adapters.passwords_bcrypt import BcryptPasswords
from cabinet.adapters.pdf_typst import TypstPdf
from cabinet.adapters.proof_altcha import AltchaProofs
from cabinet.adapters.qr_segno import SegnoQr
from cabinet.adapters.seal_aesgcm import AesGcmSeal
from cabinet.domain import documents
from cabinet.domain.documents import FileFormat
from cabinet.domain.human_check import HumanCheckPolicy
from cabinet.domain.permissions import Visitor
from cabinet.persistence.engine import make_engine
from cabinet.persistence.unit_of_work import snapshots, transactions
from cabinet.ports import Letter, MailboxUnavailable, Sms, Undelivered
from cabinet.services.deps import Deps

NOON = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
_THAT_DAY = NOON.date()
VISITOR = Visitor("device-of-anna", "192.0.2.1", "test browser")


class FakeClock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        """The instant it stands at."""
        return self.at

    def move(self, **by: float) -> None:
        """Move it forward."""
        self.at += timedelta(**by)


@dataclass
class FakeMail:
    """A mailbox that may refuse: for good (`refusing`), or for now (`failing`)."""

    letters: list[Letter] = field(default_factory=list)
    failing: bool = False
    refusing: bool = False

    def send(
        self,
        letter: Letter,
        stopping: Callable[[], bool] = lambda: False,  # noqa: ARG002 - the port's signature
    ) -> None:
        """Keep the letter, once per key."""
        Mailbox.recipient(letter.to)
        _refuse(self.failing, self.refusing)
        if letter.key not in {x.key for x in self.letters}:
            self.letters.append(letter)

    def to(self, address: str) -> list[Letter]:
        """What came to an address."""
        return [x for x in self.letters if x.to == address]


@dataclass
class FakeSms:
    """A phone that may refuse: for good (`refusing`), or for now (`failing`)."""

    messages: list[Sms] = field(default_factory=list)
    failing: bool = False
    refusing: bool = False

    def send(self, sms: Sms) -> None:
        """Keep the message, once per key."""
        _refuse(self.failing, self.refusing)
        if sms.key not in {x.key for x in self.messages}:
            self.messages.append(sms)


def _refuse(failing: bool, refusing: bool) -> None:
    if failing or refusing:
        raise Undelivered("down", retryable=not refusing)


@dataclass
class FakeMailbox:
    """A mailbox of letters by uid that may be away; `on_step` runs before each step of a conversation."""

    name: str = "desk@fake/INBOX"
    supplier: str = ""
    authenticator: str = ""
    letters: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    answered: set[int] = field(default_factory=set)
    came_on: dict[int, date] = field(default_factory=dict)
    validity: int = 7
    down: bool = False
    reads: list[int] = field(default_factory=list)
    most_read: int = 0
    said_sizes: dict[int, int] = field(default_factory=dict)
    on_step: Callable[[str, int], None] = lambda _step, _uid: None

    def put(self, letter: bytes, came_on: date = _THAT_DAY) -> int:
        """Deliver a letter; its uid."""
        uid = max(self.letters, default=0) + 1
        self.letters[uid], self.came_on[uid] = letter, came_on
        return uid

    @contextlib.contextmanager
    def open(self, stopping: Callable[[], bool] = lambda: False) -> Iterator["FakeFolder"]:
        """The folder."""
        self.refuse_if_down()
        yield FakeFolder(self, stopping)

    def refuse_if_down(self) -> None:
        """No server, no answer."""
        if self.down:
            raise MailboxUnavailable("down")


@dataclass
class FakeFolder:
    """The folder of a `FakeMailbox`."""

    box: FakeMailbox
    stopping: Callable[[], bool]

    @property
    def validity(self) -> int:
        """As the mailbox has it."""
        return self.box.validity

    def list_unread(self, since: date) -> list[int]:
        """Ascending."""
        self._step("list", 0)
        return sorted(x for x in self.box.letters if x not in self.box.seen and self.box.came_on[x] >= since)

    def size(self, uid: int) -> int | None:
        """Of the bytes."""
        self._step("size", uid)
        if uid not in self.box.letters:
            return None
        return self.box.said_sizes.get(uid, len(self.box.letters[uid]))

    def read(self, uid: int, most: int) -> bytes | None:
        """The beginning of the bytes."""
        self._step("read", uid)
        self.box.reads.append(uid)
        self.box.most_read = max(self.box.most_read, most)
        return self.box.letters[uid][:most] if uid in self.box.letters else None

    def mark(self, uid: int, *, read: bool) -> None:
        """Remember the mark."""
        self._step("mark", uid)
        if uid in self.box.letters:
            self.box.answered.add(uid)
            self.box.seen |= {uid} if read else set()

    def _step(self, step: str, uid: int) -> None:
        self.box.refuse_if_down()
        if self.stopping():
            raise MailboxUnavailable("stopping")
        self.box.on_step(step, uid)


@dataclass
class FakePictures:
    """A painter who remembers the answers and draws nothing."""

    answers: list[str] = field(default_factory=list)

    def draw(self, answer: str) -> bytes:
        """A picture's signature and its number."""
        self.answers.append(answer)
        return b"\x89PNG\r\n\x1a\n" + str(len(self.answers)).encode()


@dataclass
class FakeSpeech:
    """A speaker who remembers the words and says nothing."""

    spoken: list[tuple[str, ...]] = field(default_factory=list)

    def speak(self, words: Sequence[str]) -> bytes:
        """An empty WAV's beginning and its number."""
        self.spoken.append(tuple(words))
        return b"RIFF\0\0\0\0WAVE" + str(len(self.spoken)).encode()


JPEG = b"\xff\xd8\xff" + bytes(40) + b"\xff\xd9"


@dataclass
class FakeCleaner:
    """A cleaner that opens nothing: files that end with the name of a rule break it."""

    cleaned: list[bytes] = field(default_factory=list)

    def clean(self, data: bytes, kind: FileFormat) -> tuple[bytes, ...]:  # noqa: ARG002 - the port's signature
        """As many pages as a PDF says, or one."""
        for refusal in (documents.DocumentBroken, documents.DocumentTooDetailed, documents.DocumentLocked):
            if data.endswith(refusal.__name__.encode()):
                raise refusal
        self.cleaned.append(data)
        return (JPEG,) * max(1, data.count(b"/MediaBox"))


@dataclass
class FakeVault:
    """A vault in memory whose keys are names."""

    clock: FakeClock
    kept: dict[str, tuple[str, bytes, tuple[bytes, ...], datetime]] = field(default_factory=dict)

    def seal(self, document: str, request: str, pages: Sequence[bytes]) -> bytes:
        """Keep them."""
        key = f"key of {document}".encode()
        self.kept[document] = (request, key, tuple(pages), self.clock.now())
        return key

    def open(self, document: str, request: str, wrapped_key: bytes) -> tuple[bytes, ...]:
        """Give them to whoever knows all three."""
        kept = self.kept.get(document)
        if not kept or kept[:2] != (request, wrapped_key):
            raise documents.DocumentUnreadable
        return kept[2]

    def shred(self, document: str) -> None:
        """Forget them."""
        self.kept.pop(document, None)

    def list_before(self, moment: datetime) -> list[str]:
        """By the fake clock."""
        return sorted(name for name, kept in self.kept.items() if kept[3] < moment)


class Exploding:
    """A port of the real portal that no practice world may touch."""

    def __call__(self, *_given: object) -> Any:
        """Called."""
        raise AssertionError("the real portal was touched")

    def __getattr__(self, name: str) -> Any:
        """Asked."""
        raise AssertionError(f"the real portal was touched: {name}")


@dataclass
class World:
    """Dependencies, and the fakes inside them to look at."""

    deps: Deps
    clock: FakeClock
    mail: FakeMail
    sms: FakeSms
    bank: DemoAcquirer
    pictures: FakePictures
    speech: FakeSpeech
    engine: Engine
    cleaner: FakeCleaner
    vault: FakeVault

    def dispose(self) -> None:
        """Close the database's connections."""
        self.engine.dispose()


_dialects: dict[str, Dialect] = {}
_compiled: dict[Any, Any] = {}


def _quick_engine(database_url: str) -> Engine:
    """An engine that knows the SQL which the engines before it have compiled: a third of most tests' work."""
    engine = make_engine(database_url)
    if engine.dialect.name not in _dialects:
        with engine.connect():  # a dialect knows its server's version only after a connection
            _dialects[engine.dialect.name] = engine.dialect
    engine.dialect = _dialects[engine.dialect.name]
    return engine.execution_options(compiled_cache=_compiled)


def make_world(database_url: str, folder: Path) -> World:
    """Dependencies on a migrated database, with fakes at the edges and cheap password hashes."""
    engine = _quick_engine(database_url)
    clock, mail, sms = FakeClock(), FakeMail(), FakeSms()
    pictures, speech = FakePictures(), FakeSpeech()
    cleaner, vault = FakeCleaner(), FakeVault(clock)
    bank = DemoAcquirer(folder / "bank.db", "http://localhost:3000")
    deps = Deps(
        uploads=folder / "uploads",
        transaction=transactions(engine),
        snapshot=snapshots(engine),
        clock=clock,
        secret_key=b"a key for tests only",
        address="http://localhost:3000",
        passwords=BcryptPasswords(b"pepper", 4),
        common_passwords=ListedPasswords(),
        passkeys=WebauthnPasskeys("http://localhost:3000"),
        mail=mail,
        sms=sms,
        acquirer=bank,
        pictures=pictures,
        speech=speech,
        proofs=AltchaProofs(b"a key for tests only", tries=4),
        pdf=TypstPdf(),
        seal=AesGcmSeal(b"a seal for tests, of 32 letters!"),
        qr_codes=SegnoQr(),
        human_check_policy=HumanCheckPolicy(always_task=True),
        cleaner=cleaner,
        vault=vault,
    )
    return World(deps, clock, mail, sms, bank, pictures, speech, engine, cleaner, vault)
