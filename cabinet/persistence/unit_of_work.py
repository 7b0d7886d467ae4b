"""One transaction and the repositories that live in it. Nobody else commits."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Engine
from sqlmodel import Session

from cabinet.persistence.access_pins import AccessPins
from cabinet.persistence.attempts import Attempts
from cabinet.persistence.audit import Audit
from cabinet.persistence.challenges import Challenges
from cabinet.persistence.charges import Charges
from cabinet.persistence.customer_accounts import CustomerAccounts
from cabinet.persistence.desk_accounts import DeskAccounts
from cabinet.persistence.engine import for_reading
from cabinet.persistence.inbox import Inbox
from cabinet.persistence.journal import Journal, Outbox
from cabinet.persistence.meters import Meters, Readings
from cabinet.persistence.notices import Notices
from cabinet.persistence.operators import Operators
from cabinet.persistence.passkeys import PasskeyChallenges, Passkeys
from cabinet.persistence.payments import Payments
from cabinet.persistence.personal_data import Deletions, PersonalData
from cabinet.persistence.pin_letters import PinLetters
from cabinet.persistence.pin_requests import Documents, PinRequests, written_suppliers
from cabinet.persistence.register_changes import RegisterChange  # noqa: F401 - a table
from cabinet.persistence.register_exports import RegisterExports
from cabinet.persistence.registers import Registers
from cabinet.persistence.second_factors import SecondFactors
from cabinet.persistence.suppliers import Suppliers
from cabinet.persistence.training import Training
from cabinet.persistence.users import Confirmations, Sessions, Users, ended_sessions


class UnitOfWork:
    """The repositories of one open transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.access_pins = AccessPins(session)
        self.attempts = Attempts(session)
        self.audit = Audit(session)
        self.challenges = Challenges(session)
        self.charges = Charges(session)
        self.confirmations = Confirmations(session)
        self.deletions = Deletions(session)
        self.customer_accounts = CustomerAccounts(session)
        self.desk_accounts = DeskAccounts(session)
        self.documents = Documents(session)
        self.inbox = Inbox(session)
        self.journal = Journal(session)
        self.meters = Meters(session)
        self.notices = Notices(session)
        self.operators = Operators(session)
        self.outbox = Outbox(session)
        self.passkey_challenges = PasskeyChallenges(session)
        self.passkeys = Passkeys(session)
        self.payments = Payments(session)
        self.pin_letters = PinLetters(session)
        self.pin_requests = PinRequests(session)
        self.personal_data = PersonalData(session)
        self.readings = Readings(session)
        self.register_exports = RegisterExports(session)
        self.registers = Registers(session)
        self.second_factors = SecondFactors(session)
        self.sessions = Sessions(session)
        self.suppliers = Suppliers(session)
        self.training = Training(session)
        self.users = Users(session)


Transaction = Callable[[], AbstractContextManager[UnitOfWork]]
Told = Callable[[frozenset[int]], None]


def _nobody(_numbers: frozenset[int]) -> None:
    """Nobody listens."""


def transactions(engine: Engine, queues_moved: Told = _nobody, sessions_ended: Told = _nobody) -> Transaction:
    """A factory of transactions: committed when the block ends, undone when it raises.

    Args:
        engine: the database.
        queues_moved: told after a commit which suppliers' requests it has written.
        sessions_ended: told after a commit which sessions it has ended.
    """

    @contextmanager
    def begin() -> Iterator[UnitOfWork]:
        with Session(engine, expire_on_commit=False) as session:
            with session.begin():
                yield UnitOfWork(session)
            if moved := written_suppliers(session):
                queues_moved(moved)
            if ended := ended_sessions(session):
                sessions_ended(ended)

    return begin


def snapshots(engine: Engine) -> Transaction:
    """A factory of read-only transactions, each of one state of the database; none waits for a writer."""
    reading = for_reading(engine)

    @contextmanager
    def begin() -> Iterator[UnitOfWork]:
        with Session(reading, expire_on_commit=False, autoflush=False) as session:
            yield UnitOfWork(session)

    return begin
