"""PINs that the desk issues, beside those that registers bring."""

from datetime import datetime
from typing import Final

from sqlmodel import Field, Session, SQLModel, col, select

from cabinet.persistence.customer_accounts import PIN_KIND, AccessPin, CustomerAccounts
from cabinet.persistence.types import instant, key, refers

# The PIN that the register told last, kept while the desk's own newer one holds: the supplier's next
# full register repeats it, and a revoked PIN must not come back with it.
TOLD_KIND: Final = "told"


class PinIssue(SQLModel, table=True):
    """A PIN that was issued at a counter: to whom it went and what was shown for it, never the PIN.

    Attributes:
        form_key: of the operator's form, so that a double click issues one.
        user_id: the operator.
    """

    __tablename__ = "pin_issues"

    id: int | None = key()
    form_key: str = Field(max_length=64, unique=True)
    customer_account_id: int = refers("customer_accounts.id")
    user_id: int = refers("users.id", index=False)
    shown: str = Field(max_length=24)
    delivery: str = Field(max_length=8)
    issued_at: datetime = instant()


class AccessPins:
    """The repository of issued PINs."""

    def __init__(self, session: Session) -> None:
        self._accounts = CustomerAccounts(session)
        self._session = session

    def issue(self, account_id: int, bcrypt_hash: str, now: datetime) -> None:
        """Store the desk's new PIN; the former one is revoked for good. Of two at once the later one holds.

        Raises:
            NotFound: the import that brought the account was undone meanwhile.
        """
        self._accounts.hold(account_id, alone=True)
        former = self._accounts.replace_pin(account_id, PIN_KIND, bcrypt_hash, now)
        if former and not self._accounts.find_pin(account_id, TOLD_KIND):
            self._session.add(
                AccessPin(customer_account_id=account_id, kind=TOLD_KIND, bcrypt_hash=former, issued_at=now)
            )
            self._session.flush()

    def add_issue(self, issue: PinIssue) -> None:
        """Remember an issue at a counter."""
        self._session.add(issue)
        self._session.flush()

    def find_issue(self, form_key: str) -> PinIssue | None:
        """What a form has done already."""
        return self._session.exec(select(PinIssue).where(PinIssue.form_key == form_key)).one_or_none()

    def find_last_issue(self, account_id: int) -> PinIssue | None:
        """The issue at a counter that the account's PIN comes from; None when it comes from elsewhere."""
        newest = select(PinIssue).where(PinIssue.customer_account_id == account_id)
        issue = self._session.exec(newest.order_by(col(PinIssue.id).desc()).limit(1)).one_or_none()
        issued_at = self.last_issued_at(account_id)
        return issue if issue and issued_at and issue.issued_at >= issued_at else None

    def last_issued_at(self, account_id: int) -> datetime | None:
        """When the PIN that holds was issued, by the desk or by a register; None without one."""
        return self._session.exec(
            select(AccessPin.issued_at).where(
                AccessPin.customer_account_id == account_id, col(AccessPin.kind) == PIN_KIND
            )
        ).one_or_none()
