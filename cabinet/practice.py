"""Practice worlds: a whole portal of one's own, in a folder, thrown away after.

The one place that says in which world a browser is. A world has its own database, bank and mailbox, so nothing that
is done in it can reach a table, a letter or a payment of the real one.
"""

import re
import secrets
import shutil
import tempfile
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from cabinet.adapters.acquirer_demo import DemoAcquirer
from cabinet.adapters.clock_practice import PracticeClock
from cabinet.adapters.documents_encrypted_disk import EncryptedDisk
from cabinet.adapters.mail_outbox import OutboxMail
from cabinet.adapters.sms_outbox import OutboxSms
from cabinet.domain.codes import digest
from cabinet.domain.errors import Busy, PracticeOver
from cabinet.domain.period import BillingPeriod
from cabinet.domain.permissions import Actor, Visitor
from cabinet.domain.pins import ALPHABET, LENGTH
from cabinet.domain.practice import Start
from cabinet.persistence.engine import make_engine
from cabinet.persistence.unit_of_work import snapshots, transactions
from cabinet.services import notifications, practice, sessions
from cabinet.services.deps import Deps
from cabinet.texts import training as texts

LIFETIME: Final = timedelta(days=1)
OPEN: Final = 64  # worlds whose databases stay open
MOST: Final = 2000  # worlds at once
_MIGRATIONS: Final = Path(__file__).resolve().parents[1] / "alembic" / "versions"
_NAME: Final = re.compile(r"[0-9a-f]{32}")
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

    def inbox(self) -> Path:
        """The folder of its letters and messages: requests are answered, all letters delivered."""
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
        self._clock = PracticeClock(real.clock)
        self._lock = threading.Lock()
        self._building = threading.Lock()
        self._open: OrderedDict[str, PracticeWorld] = OrderedDict()

    def begin(self, start: Start, visitor: Visitor) -> str:
        """Make a world and sign the browser in there; gives the token, "" to a browser without a device cookie.

        Raises:
            Busy: too many are open.
        """
        name = secrets.token_hex(16)
        folder = self._folder / name
        template = self._template(start)
        self._make_room()
        folder.mkdir(mode=0o700)
        shutil.copyfile(template, folder / _DATABASE)
        session = practice.open_world(self._world(name).deps, visitor)
        if not session:
            self._remove(folder)
            return ""
        return f"{name}.{session}"

    def find(self, token: str) -> PracticeWorld | None:
        """The world that a token names; None when it is over or there never was one."""
        name = token.partition(".")[0]
        if not _is_name(name) or not (self._folder / name / _DATABASE).exists():
            return None
        return self._world(name)

    def enter(self, token: str, visitor: Visitor) -> tuple[Deps, Actor]:
        """A world's dependencies and its subscriber, for a browser with its token.

        Raises:
            PracticeOver: there is no such world, or the token opens no session there.
        """
        world = self.find(token)
        actor = sessions.identify(world.deps, visitor, token.partition(".")[2]) if world else None
        if world is None or actor is None or actor.user_id is None:
            raise PracticeOver
        return world.deps, actor

    def end(self, token: str) -> None:
        """Throw the world away whose session the token opens."""
        with suppress(PracticeOver):
            self.enter(token, Visitor("", ""))
            self._remove(self._folder / token.partition(".")[0])

    def sweep(self) -> int:
        """Throw away what was begun a day ago, and old templates; how many worlds went."""
        limit = time.time() - LIFETIME.total_seconds()
        late = [x for x in self._folder.glob("*/") if x.stat().st_mtime < limit]
        for folder in late:
            self._remove(folder)
        present = {self._template_path(start) for start in Start}
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
            world = self._open.pop(name, None) or self._make(self._folder / name)
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

    def _make(self, folder: Path) -> PracticeWorld:
        """Every port is chosen here: what holds data or reaches anybody is the world's own."""
        engine = make_engine(f"sqlite:///{folder / _DATABASE}", durable=False)
        key = bytes.fromhex(digest(self._real.secret_key, "practice", "key"))
        bank = DemoAcquirer(folder / _BANK, self._real.address)
        outbox = folder / _OUTBOX
        deps = Deps(
            uploads=folder / "uploads",
            transaction=transactions(engine),
            snapshot=snapshots(engine),
            clock=self._clock,
            secret_key=key,
            address=self._real.address,
            passwords=self._real.passwords,
            common_passwords=self._real.common_passwords,
            passkeys=self._real.passkeys,
            mail=OutboxMail(outbox / "mail", texts.SENDER, self._clock),
            sms=OutboxSms(outbox / "sms", self._clock),
            acquirer=bank,
            pictures=self._real.pictures,
            speech=self._real.speech,
            proofs=self._real.proofs,
            cleaner=self._real.cleaner,
            vault=EncryptedDisk(folder / "documents", key),
            pdf=self._real.pdf,
            seal=self._real.seal,
            qr_codes=self._real.qr_codes,
            human_check_policy=self._real.human_check_policy,
        )
        return PracticeWorld(folder.name, deps, bank, outbox, engine)

    def _make_room(self) -> None:
        if sum(1 for _ in self._folder.glob("*/")) >= MOST:
            raise Busy

    def _template(self, start: Start) -> Path:
        """A furnished database of this month, made at its first use."""
        path = self._template_path(start)
        with self._building:
            if not path.exists():
                self._build(path, start)
        return path

    def _template_path(self, start: Start) -> Path:
        period = BillingPeriod.of(self._clock.now().date())
        return self._folder / f"template-{start.value}-{period}-{_schema()}.db"

    def _build(self, path: Path, start: Start) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        from cabinet.persistence.migrations import migrate  # noqa: PLC0415 - Alembic is slow to load

        migrate(f"sqlite:///{folder / _DATABASE}")
        world = self._make(folder)
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


def _is_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text))
