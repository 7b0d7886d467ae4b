"""What every table knows of a person: what the person may take along, and what becomes of it at the end.

`RULES` names every table. A new table joins it, or the tests fail: whoever adds one decides what it means
for the person (152-ФЗ, ст. 14 and 21).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, and_, delete, or_, update
from sqlmodel import Field, Session, SQLModel, col, select

from cabinet.domain.payments import PaymentStatus
from cabinet.persistence.payments import Payment
from cabinet.persistence.types import BigId, instant
from cabinet.persistence.users import User, UserSession

BATCH: Final = 500
_ERASED: Final = "erased"


class AccountDeletion(SQLModel, table=True):
    """A person's wish that the cabinet be erased; once it is, the row proves it.

    Attributes:
        told_at: when the person was reminded that the end is near.
    """

    __tablename__ = "account_deletions"

    user_id: int = Field(primary_key=True, foreign_key="users.id", sa_type=BigId)
    asked_at: datetime = instant()
    due_at: datetime = instant(index=True)
    told_at: datetime | None = instant(default=None)
    erased_at: datetime | None = instant(default=None)


class End(StrEnum):
    """What erasing does to the person's rows of a table."""

    DELETE = "delete"
    BLANK = "blank"  # the row stays, what it says of the person goes
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Person:
    """Whose rows are meant; `login` is the one they have now: a former one may be somebody else's."""

    id: int
    login: str
    devices: Sequence[str]


@dataclass(frozen=True, slots=True)
class Page:
    """Some hundreds of rows; `last` is the key to go on from, None at the end."""

    rows: list[dict[str, Any]]
    last: Any


Whose = Callable[[Table, Person], ColumnElement[bool]]


def by_user(table: Table, person: Person) -> ColumnElement[bool]:
    """Rows that refer to the person."""
    return bool_(table.c.user_id == person.id)


def bool_(condition: Any) -> ColumnElement[bool]:  # noqa: ANN401 - SQLAlchemy types comparisons loosely
    """A comparison, as the type checker wants it."""
    found: ColumnElement[bool] = condition
    return found


def _own(table: Table, person: Person) -> ColumnElement[bool]:
    return bool_(table.c.id == person.id)


# Where a bare number is a user's; in other buckets it is an account's.
_BY_USER: Final = ("%user%", "%.device", "second_step.%")


def _counted(table: Table, person: Person) -> ColumnElement[bool]:
    numbered = or_(*(table.c.bucket.like(x) for x in _BY_USER))
    by_id = and_(numbered, table.c.subject.in_([str(person.id), f"enrol:{person.id}"]))
    return or_(table.c.subject.in_([person.login, *person.devices]), by_id)


def _of_requests(table: Table, person: Person) -> ColumnElement[bool]:
    requests = table_of("pin_requests")
    mine = select(requests.c.id).where(requests.c.user_id == person.id)
    return bool_(table.c.request_id.in_(mine))


# Deeds of a browser that was not signed in yet, about the very user.
_BEFORE_SIGN_IN: Final = ("user.registered", "user.confirmed")


def _done(table: Table, person: Person) -> ColumnElement[bool]:
    before = and_(
        table.c.user_id.is_(None), table.c.object_id == person.id, table.c.action.in_(_BEFORE_SIGN_IN)
    )
    return or_(table.c.user_id == person.id, before)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a table means for a person.

    Attributes:
        why: the reason, for whoever asks: why it stays, or why it is not given out.
        blanks: the columns that are emptied, with what they get; `{id}` becomes the user's number.
        file: where the export tells of it; "" where there is nothing to tell.
        columns: what the export takes out of the rows as they are; never a hash or a secret.
    """

    end: End
    why: str = ""
    whose: Whose = by_user
    blanks: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""
    columns: Sequence[str] = ()


_REGISTER: Final = Rule(
    End.KEEP, "the supplier's register: it is about a supplier's account, not about who signs in"
)
_REGISTER_SHOWN: Final = Rule(End.KEEP, _REGISTER.why, file="accounts.json")
_SECRET: Final = Rule(End.DELETE, "one-time codes, kept as digests that tell the person nothing")
_NOBODY: Final = Rule(End.KEEP, "knows of no person")

RULES: Final[dict[str, Rule]] = {
    "users": Rule(
        End.BLANK,
        "payments and the audit refer to the row, which is nobody's any more",
        _own,
        {
            "login_kind": "email",
            "login": _ERASED + ":{id}",
            "password_hash": "",
            "supplier_id": None,
            "consent_address": "",
            "second_step_always": False,
        },
        file="profile.json",
    ),
    "account_deletions": Rule(
        End.KEEP,
        "proves that the wish was fulfilled",
        file="deletion.json",
        columns=("asked_at", "due_at", "told_at"),
    ),
    "account_links": Rule(End.DELETE, file="accounts.json"),
    "sessions": Rule(
        End.DELETE,
        file="sessions.json",
        columns=("created_at", "last_seen_at", "expires_at", "revoked_at", "address", "agent", "remember"),
    ),
    "passkeys": Rule(
        End.DELETE, file="passkeys.json", columns=("name", "created_at", "used_at", "synced", "counter")
    ),
    "totp_secrets": Rule(End.DELETE, file="authenticators.json", columns=("created_at", "confirmed_at")),
    "recovery_codes": Rule(End.DELETE, file="recovery_codes.json", columns=("created_at", "used_at")),
    "audit_events": Rule(
        End.BLANK,
        "that something was done stays for whoever must prove it; where from goes",
        _done,
        {"address": "", "details": {}},
        file="security_events.json",
        columns=("at", "action", "object_id", "address", "details"),
    ),
    "outbox": Rule(
        End.DELETE,
        file="messages.json",
        columns=("created_at", "sent_at", "channel", "to", "template"),
    ),
    "payments": Rule(
        End.BLANK,
        "accounting papers are kept for five years (402-ФЗ, ст. 29), without the person",
        blanks={"confirmation_url": ""},
        file="payments.json",
        columns=(
            *("id", "customer_account_id", "created_at", "finished_at", "amount_kopecks"),
            *("status", "acquirer", "acquirer_payment_id"),
        ),
    ),
    "notice_settings": Rule(End.DELETE, file="notice_settings.json", columns=("kind", "wanted")),
    "reminders": Rule(
        End.DELETE, file="reminders.json", columns=("at", "customer_account_id", "kind", "mark")
    ),
    "request_documents": Rule(
        End.DELETE,
        "the scan itself is shredded with its key, after the decision or here",
        _of_requests,
        file="request_documents.json",
        columns=("added_at", "pages", "size"),
    ),
    "pin_requests": Rule(
        End.DELETE,
        "what operators decided stays in the audit",
        file="pin_requests.json",
        columns=(
            *("created_at", "sent_at", "decided_at", "status", "number", "claimed_address", "phone", "email"),
            *("document_kind", "reason", "consent_version", "address"),
        ),
    ),
    "training_progress": Rule(
        End.DELETE, file="training.json", columns=("lesson", "way", "reached", "finished", "at")
    ),
    "readings": Rule(
        End.KEEP, "what the dial showed belongs to the supplier's accounts", file="readings.json"
    ),
    "confirmations": _SECRET,
    "sign_in_tickets": _SECRET,
    "pending_sign_ins": _SECRET,
    "passkey_challenges": _SECRET,
    "attempts": Rule(
        End.DELETE,
        "tries that are counted, for two days at most; for longer only those at an account, of nobody",
        _counted,
    ),
    "human_challenges": Rule(End.KEEP, "of a browser, not of a person; gone in minutes"),
    "inbox": Rule(End.KEEP, "a provider's notice of a message; it empties itself when it has been read"),
    "operators": Rule(End.KEEP, "an operator is the supplier's own, and has no cabinet to erase"),
    "pin_letters": Rule(
        End.KEEP, "that a letter was looked at, and nothing of what it says; gone in three months"
    ),
    "pin_issues": Rule(End.KEEP, "an operator's deed about a supplier's account"),
    "journal_transactions": Rule(End.KEEP, "money: append-only, knows accounts and no persons"),
    "journal_entries": Rule(End.KEEP, "money: append-only, knows accounts and no persons"),
    "customer_accounts": _REGISTER_SHOWN,
    "meters": _REGISTER_SHOWN,
    "charges": Rule(End.KEEP, _REGISTER.why, file="charges.json"),
    "outside_payments": Rule(End.KEEP, _REGISTER.why, file="outside_payments.json"),
    "access_pins": _REGISTER,
    "registers": _REGISTER,
    "register_changes": _REGISTER,
    "register_exports": _REGISTER,
    "register_rejects": _REGISTER,
    "suppliers": _NOBODY,
    "supplier_policies": _NOBODY,
    "supplier_values": _NOBODY,
    "prices": _NOBODY,
}


def table_of(name: str) -> Table:
    """A table of this database."""
    return SQLModel.metadata.tables[name]


class Deletions:
    """The repository of wishes to be erased."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, user_id: int, *, lock: bool = False) -> AccountDeletion | None:
        """The user's wish, fulfilled or not."""
        statement = select(AccountDeletion).where(AccountDeletion.user_id == user_id)
        return self._session.exec(statement.with_for_update() if lock else statement).one_or_none()

    def add(self, deletion: AccountDeletion) -> None:
        """Store a wish."""
        self._session.add(deletion)
        self._session.flush()

    def undo(self, user_id: int) -> bool:
        """Take a wish back that has not been fulfilled; whether there was one."""
        gone = self._session.exec(
            delete(AccountDeletion).where(
                col(AccountDeletion.user_id) == user_id, col(AccountDeletion.erased_at).is_(None)
            )
        )
        return gone.rowcount == 1

    def list_due(self, now: datetime, again_since: datetime) -> list[int]:
        """Users to erase now, and those erased lately: what was under way then is erased too."""
        unfulfilled, lately = (
            col(AccountDeletion.erased_at).is_(None),
            col(AccountDeletion.erased_at) > again_since,
        )
        statement = select(AccountDeletion.user_id).where(
            AccountDeletion.due_at <= now, or_(unfulfilled, lately)
        )
        return list(self._session.exec(statement.order_by(col(AccountDeletion.due_at))))

    def list_to_tell(self, due_before: datetime) -> list[int]:
        """Users who have not been reminded and whose end comes before that moment."""
        statement = select(AccountDeletion.user_id).where(
            AccountDeletion.due_at <= due_before,
            col(AccountDeletion.told_at).is_(None),
            col(AccountDeletion.erased_at).is_(None),
        )
        return list(self._session.exec(statement))


class PersonalData:
    """The repository of everything about one person, by the table of rules."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def person(self, user_id: int) -> Person:
        """Whose rows to look for."""
        login = self._session.exec(select(User.login).where(User.id == user_id)).one()
        devices = self._session.exec(select(UserSession.device).where(UserSession.user_id == user_id))
        return Person(user_id, login, sorted(set(filter(None, devices))))

    def has_open_payment(self, user_id: int) -> bool:
        """Whether the bank still has a word to say."""
        opened = (PaymentStatus.CREATED, PaymentStatus.PENDING)
        statement = select(Payment.id).where(Payment.user_id == user_id, col(Payment.status).in_(opened))
        return self._session.exec(statement.limit(1)).one_or_none() is not None

    def own_page(self, name: str, person: Person, after: Any = None) -> Page:  # noqa: ANN401 - a key of any type
        """The next of the person's rows as the table's rule gives them out, after a key, and the last key."""
        table, rule = table_of(name), RULES[name]
        return self._page(table, rule.whose(table, person), rule.columns, after)

    def page_of(self, name: str, owner: Mapping[str, int], columns: Sequence[str], after: Any = None) -> Page:  # noqa: ANN401 - a key of any type
        """The next rows of an account or a meter. Ask for the account by `get_for` before."""
        table = table_of(name)
        condition = and_(*(table.c[column] == value for column, value in owner.items()))
        return self._page(table, condition, columns, after)

    def _page(
        self,
        table: Table,
        condition: ColumnElement[bool],
        columns: Sequence[str],
        after: Any,  # noqa: ANN401 - a key of any type
    ) -> Page:
        (number,) = table.primary_key.columns
        statement = select(number.label("_key"), *(table.c[column] for column in columns)).where(condition)
        if after is not None:
            statement = statement.where(number > after)
        found = self._session.execute(statement.order_by(number).limit(BATCH)).all()
        rows = [dict(zip(columns, row[1:], strict=True)) for row in found]
        return Page(rows, found[-1][0] if len(found) == BATCH else None)

    def erase(self, person: Person, now: datetime) -> None:
        """Do to every table what its rule says; twice is once."""
        for name, rule in RULES.items():
            table = table_of(name)
            if rule.end is End.DELETE:
                self._session.execute(delete(table).where(rule.whose(table, person)))
            elif rule.end is End.BLANK:
                blanks = {column: _filled(value, person) for column, value in rule.blanks.items()}
                self._session.execute(update(table).where(rule.whose(table, person)).values(blanks))
        users = table_of("users")
        self._session.execute(update(users).where(users.c.id == person.id).values(blocked_at=now))


def _filled(value: Any, person: Person) -> Any:  # noqa: ANN401 - whatever the column holds
    return value.replace("{id}", str(person.id)) if isinstance(value, str) else value
