"""What people want to be told of, and what they have been reminded of already."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import ColumnElement, Integer, String, UniqueConstraint, cast, exists, extract, literal
from sqlmodel import Field, Session, SQLModel, col, select

from cabinet.domain.notices import NoticeKind
from cabinet.domain.permissions import AccessLevel
from cabinet.persistence.customer_accounts import AccountLink, CustomerAccount
from cabinet.persistence.meters import Meter, Reading
from cabinet.persistence.types import instant, key, refers
from cabinet.persistence.users import User


class NoticeSetting(SQLModel, table=True):
    """A choice that somebody has made; without a row the default holds."""

    __tablename__ = "notice_settings"
    __table_args__ = (UniqueConstraint("user_id", "kind"),)

    id: int | None = key()
    user_id: int = refers("users.id", index=False)
    kind: str = Field(max_length=16)
    wanted: bool


class Reminder(SQLModel, table=True):
    """A reminder that was given, or was not wanted: unique, so that it is never given twice.

    `mark` is what it was about: «open:2026-11», or `verification_mark`.
    """

    __tablename__ = "reminders"
    __table_args__ = (UniqueConstraint("user_id", "customer_account_id", "kind", "mark"),)

    id: int | None = key()
    user_id: int = refers("users.id", index=False)
    customer_account_id: int = refers("customer_accounts.id")
    kind: str = Field(max_length=16)
    mark: str = Field(max_length=24)
    at: datetime = instant()


class Notices:
    """The repository of choices and reminders.

    Whom to remind is asked in batches; another worker at the same work passes over the links that one holds.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def choices_of(self, user_id: int) -> dict[str, bool]:
        """By kind, what the user has chosen."""
        rows = self._session.exec(select(NoticeSetting).where(NoticeSetting.user_id == user_id))
        return {row.kind: row.wanted for row in rows}

    def choose(self, user_id: int, wanted: Mapping[NoticeKind, bool]) -> None:
        """Store the user's choices. Lock the user before: two forms sent at once wait for each other."""
        rows = self._session.exec(select(NoticeSetting).where(NoticeSetting.user_id == user_id))
        known = {row.kind: row for row in rows}
        for kind, choice in wanted.items():
            row = known.get(kind) or NoticeSetting(user_id=user_id, kind=kind, wanted=choice)
            row.wanted = choice
            self._session.add(row)
        self._session.flush()

    def remember(self, user_id: int, account_id: int, kind: NoticeKind, mark: str, now: datetime) -> None:
        """The reminder is given, or not wanted: either way its time is over."""
        self._session.add(
            Reminder(user_id=user_id, customer_account_id=account_id, kind=kind, mark=mark, at=now)
        )

    def list_without_reading(
        self, supplier_id: int, period: str, mark: str, most: int
    ) -> list[tuple[User, CustomerAccount]]:
        """Who sees the readings of an account that has a meter but no reading of the period, not yet reminded."""
        metered = exists().where(col(Meter.customer_account_id) == col(CustomerAccount.id))
        sent = metered.where(
            col(Reading.meter_id) == col(Meter.id),
            col(Reading.period) == period,
            col(Reading.cancelled_at).is_(None),
        )
        reminded = _reminded(NoticeKind.READINGS, literal(mark))
        statement = (
            select(User, CustomerAccount)
            .join(AccountLink, col(AccountLink.user_id) == col(User.id))
            .join(CustomerAccount, col(CustomerAccount.id) == col(AccountLink.customer_account_id))
            .where(metered, ~sent, ~reminded, *_readers_of(supplier_id))
            .order_by(col(AccountLink.id))
            .limit(most)
            .with_for_update(of=AccountLink, skip_locked=True)
        )
        return list(self._session.exec(statement))

    def list_verifications(
        self, supplier_id: int, first: date, last: date, most: int
    ) -> list[tuple[User, CustomerAccount, Meter]]:
        """Who sees the readings of a meter whose verification is due in these days, not yet reminded of it."""
        year = cast(cast(extract("year", col(Meter.verification_due_on)), Integer), String)
        reminded = _reminded(NoticeKind.VERIFICATION, cast(col(Meter.id), String) + ":" + year)
        statement = (
            select(User, CustomerAccount, Meter)
            .join(AccountLink, col(AccountLink.user_id) == col(User.id))
            .join(CustomerAccount, col(CustomerAccount.id) == col(AccountLink.customer_account_id))
            .join(Meter, col(Meter.customer_account_id) == col(CustomerAccount.id))
            .where(col(Meter.verification_due_on).between(first, last))
            .where(~reminded, *_readers_of(supplier_id))
            .order_by(col(AccountLink.id))
            .limit(most)
            .with_for_update(of=AccountLink, skip_locked=True)
        )
        return list(self._session.exec(statement))


def verification_mark(meter: Meter) -> str:
    """«17:2027»: a meter and the year in which its verification is due."""
    return f"{meter.id}:{meter.verification_due_on.year if meter.verification_due_on else ''}"


def _readers_of(supplier_id: int) -> list[ColumnElement[bool]]:
    """People who may sign in and have extended access to a supplier's accounts."""
    return [
        col(CustomerAccount.supplier_id) == supplier_id,
        col(AccountLink.level) == int(AccessLevel.EXTENDED),
        col(AccountLink.unlinked_at).is_(None),
        col(User.confirmed_at).is_not(None),
        col(User.blocked_at).is_(None),
    ]


def _reminded(kind: NoticeKind, mark: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(
        col(Reminder.user_id) == col(User.id),
        col(Reminder.customer_account_id) == col(CustomerAccount.id),
        col(Reminder.kind) == kind,
        col(Reminder.mark) == mark,
    )
