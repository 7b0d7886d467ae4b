"""Practice worlds: a whole portal of one's own, in a folder, thrown away after.

The one place that says in which world a browser is. A world has its own database, bank and mailbox, so nothing that
is done in it can reach a table, a letter or a payment of the real one.
"""

import re
import secrets
import shutil
import tempfile
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from cabinet.adapters.acquirer_demo import DemoAcquirer
from cabinet.adapters.clock_practice import PracticeClock
from cabinet.adapters.documents_nowhere import NowhereVault
from cabinet.adapters.mail_outbox import OutboxMail
from cabinet.adapters.sms_outbox import OutboxSms
from cabinet.domain.codes import digest
from cabinet.domain.errors import Busy, PracticeOver
from cabinet.domain.period import BillingPeriod
from cabinet.domain.permissions import Actor, Visitor
from cabinet.domain.pins import ALPHABET, LENGTH
from cabinet.domain.practice import Start
from cabinet.persistence.engine import Kin
from cabinet.persistence.unit_of_work import snapshots, transactions
from cabinet.services import notifications, practice, sessions
from cabinet.services.deps import Deps
from cabinet.texts import training as texts

LIFETIME: Final = timedelta(days=1)
OPEN: Final = 64  # worlds whose databases stay open
MOST: Final = 2000  # worlds at once
SPARED: Final = timedelta(hours=1)  # a lesson takes minutes: an older world makes room when there is no other
_MIGRATIONS: Final = Path(__file__).resolve().parents[1] / "alembic" / "versions"
# The second in which it was begun, so that the oldest sorts first; a cookie and scripts take all of it for a word.
_NAME: Final = re.compile(r"(\d{10})_[0-9a-f]{32}")
_DATABASE, _BANK, _OUTBOX = "world.db", "bank.db", "outbox"
_PIN: Final = re.compile(rf": ([{ALPHABET}]{{{LENGTH}}})\.")


@dataclass(frozen=True)
class PracticeWorld:
    """One world; its name is no secret, its session's token is."""

    name: str
    deps: Deps
    bank: DemoAcquirer
    outbox: Path
    engine: Engine

    def open_mailbox(self) -> Path:
        """The settlement centre answers what waits, all letters are delivered; the folder of letters and messages."""
        practice.answer_requests(self.deps)
        notifications.deliver_due(self.deps)
        return self.outbox

    def pin(self) -> str:
        """The PIN of the last letter that brought one; "" before."""
        letters = sorted(self.outbox.glob("mail/*.eml"), reverse=True)
        return next((found[1] for found in (_PIN.search(_text(x)) for x in letters) if found), "")

    def request(self) -> str:
        """The token of the link to its last request for a PIN; "" before."""
        return practice.find_request(self.deps)


class PracticeWorlds:
    """All the worlds of a portal, each a folder; a token names one and opens its session.

    Args:
        folder: where they lie.
        real: the portal's own dependencies, of which worlds share what holds no data and reaches nobody.
    """

    def __init__(self, folder: Path, real: Deps) -> None:
        self._folder = folder
        self._real = real
        self._lock = threading.Lock()
        self._building = threading.Lock()
        self._kin = Kin()
        self._open: OrderedDict[str, PracticeWorld] = OrderedDict()

    def who(
        self, visitor: Visitor, practised: str, session: str, *, present: bool = True
    ) -> tuple[Deps, Actor]:
        """Who asks and in which world: while there is a practice token, the real one is out of reach.

        Args:
            visitor: the browser.
            practised: its practice token, or "".
            session: its session in the portal itself, or "".
            present: somebody is there; what a page asks by itself does not prolong the session.

        Raises:
            PracticeOver: as `visit`.
        """
        if not practised:
            return self._real, sessions.identify(self._real, visitor, session, present=present)
        world, actor = self.visit(practised, visitor)
        return world.deps, actor

    def begin(self, start: Start, visitor: Visitor) -> str:
        """Make a world and sign the browser in there; gives the token.

        Raises:
            BrowserUnknown: a browser without a device cookie.
            Busy: too many were begun within the hour.
        """
        begun = self._real.clock.now()
        template = self._template(start, begun)
        self._make_room(begun)
        name = f"{int(begun.timestamp()):010d}_{secrets.token_hex(16)}"
        folder = self._folder / name
        folder.mkdir(mode=0o700)
        try:
            shutil.copyfile(template, folder / _DATABASE)
            return f"{name}.{practice.open_world(self._world(name).deps, visitor)}"
        except BaseException:
            self._remove(folder)
            raise

    def visit(self, token: str, visitor: Visitor) -> tuple[PracticeWorld, Actor]:
        """A world and its subscriber, for a browser with its token.

        Raises:
            PracticeOver: there is no such world, or the token opens no session there.
        """
        name, _, session = token.partition(".")
        if not _NAME.fullmatch(name) or not (self._folder / name / _DATABASE).exists():
            raise PracticeOver
        world = self._world(name)
        actor = sessions.identify(world.deps, visitor, session)
        if actor.user_id is None:
            raise PracticeOver
        return world, actor

    def end(self, token: str) -> bool:
        """Throw the world away whose session the token opens; whether there was one."""
        try:
            world, _ = self.visit(token, Visitor("", ""))
        except PracticeOver:
            return False
        self._remove(self._folder / world.name)
        return True

    def sweep(self) -> int:
        """Throw away what was begun a day ago, and old templates; how many worlds went."""
        now = self._real.clock.now()
        late = [x for x in self._folder.glob("*/") if _begun(x) < now - LIFETIME]
        for folder in late:
            self._remove(folder)
        present = {self._template_path(start, now) for start in Start}
        for path in set(self._folder.glob("template-*.db")) - present:
            path.unlink(missing_ok=True)
        return len(late)

    def close(self) -> None:
        """Close every open database."""
        with self._lock:
            worlds = [*self._open.values()]
            self._open.clear()
        for world in worlds:
            world.engine.dispose()

    def _world(self, name: str) -> PracticeWorld:
        with self._lock:
            world = self._open.pop(name, None) or self._make(self._folder / name, _begun(self._folder / name))
            self._open[name] = world
            over = self._open.popitem(last=False)[1] if len(self._open) > OPEN else None
        if over:
            over.engine.dispose()
        return world

    def _remove(self, folder: Path) -> None:
        with self._lock:
            world = self._open.pop(folder.name, None)
        if world:
            world.engine.dispose()
        shutil.rmtree(folder, ignore_errors=True)

    def _make(self, folder: Path, begun: datetime) -> PracticeWorld:
        """Every port is chosen here: what holds data or reaches anybody is the world's own."""
        clock = PracticeClock(self._real.clock, begun)
        engine = self._kin.make_engine(f"sqlite:///{folder / _DATABASE}")
        key = bytes.fromhex(digest(self._real.secret_key, "practice", "key"))
        bank = DemoAcquirer(folder / _BANK, self._real.address)
        outbox = folder / _OUTBOX
        deps = Deps(
            uploads=folder / "uploads",
            transaction=transactions(engine),
            snapshot=snapshots(engine),
            clock=clock,
            secret_key=key,
            address=self._real.address,
            passwords=self._real.passwords,
            common_passwords=self._real.common_passwords,
            passkeys=self._real.passkeys,
            mail=OutboxMail(outbox / "mail", texts.SENDER, clock),
            sms=OutboxSms(outbox / "sms", clock),
            acquirer=bank,
            pictures=self._real.pictures,
            speech=self._real.speech,
            proofs=self._real.proofs,
            cleaner=self._real.cleaner,
            vault=NowhereVault(),
            pdf=self._real.pdf,
            seal=self._real.seal,
            qr_codes=self._real.qr_codes,
            human_check_policy=self._real.human_check_policy,
        )
        return PracticeWorld(folder.name, deps, bank, outbox, engine)

    def _make_room(self, now: datetime) -> None:
        """When all places are taken the oldest world goes, unless somebody may still be in its lesson."""
        worlds = [x for x in self._folder.iterdir() if _NAME.fullmatch(x.name)]
        if len(worlds) < MOST:
            return
        oldest = min(worlds)
        if now - _begun(oldest) < SPARED:
            raise Busy
        self._remove(oldest)

    def _template(self, start: Start, now: datetime) -> Path:
        """A furnished database of this month, made at its first use."""
        path = self._template_path(start, now)
        with self._building:
            if not path.exists():
                self._build(path, start, now)
        return path

    def _template_path(self, start: Start, now: datetime) -> Path:
        return self._folder / f"template-{start.value}-{BillingPeriod.of(now.date())}-{_schema()}.db"

    def _build(self, path: Path, start: Start, now: datetime) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        from cabinet.persistence.migrations import migrate  # noqa: PLC0415 - Alembic is slow to load

        migrate(f"sqlite:///{folder / _DATABASE}")
        world = self._make(folder, now)
        practice.furnish_world(world.deps, Actor.system(), start)
        world.engine.dispose()
        (folder / _DATABASE).replace(path)
        shutil.rmtree(folder)


def _schema() -> str:
    """The number of the newest migration."""
    return max(x.name for x in _MIGRATIONS.glob("*.py")).partition("_")[0]


def _text(letter: Path) -> str:
    message = message_from_bytes(letter.read_bytes(), policy=policy.default)
    body = message.get_body(("plain",))
    return str(body.get_content()) if body else ""


def _begun(folder: Path) -> datetime:
    """When a world was begun; of what is no world, the leavings of a template, when it was last written to."""
    found = _NAME.fullmatch(folder.name)
    return datetime.fromtimestamp(int(found[1]) if found else folder.stat().st_mtime, UTC)
