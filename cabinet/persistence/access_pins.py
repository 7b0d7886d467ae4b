"""PINs that the desk issues, beside those that registers bring."""

from datetime import datetime
from typing import Final

from sqlmodel import Session

from cabinet.persistence.customer_accounts import PIN_KIND, AccessPin, CustomerAccounts

# The PIN that the register told last, kept while the desk's own newer one holds: the supplier's next
# full register repeats it, and a revoked PIN must not come back with it.
TOLD_KIND: Final = "told"


class AccessPins:
    """The repository of issued PINs."""

    def __init__(self, session: Session) -> None:
        self._accounts = CustomerAccounts(session)
        self._session = session

    def issue(self, account_id: int, bcrypt_hash: str, now: datetime) -> None:
        """Store the desk's new PIN; the former one is revoked for good."""
        former = self._accounts.find_pin(account_id, PIN_KIND)
        if former and not self._accounts.find_pin(account_id, TOLD_KIND):
            self._session.add(
                AccessPin(customer_account_id=account_id, kind=TOLD_KIND, bcrypt_hash=former, issued_at=now)
            )
        self._accounts.replace_pin(account_id, PIN_KIND, bcrypt_hash, now)
