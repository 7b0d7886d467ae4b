"""PINs of the supplier: issued by the desk, shown once, stored as a hash."""

from dataclasses import dataclass

from cabinet.domain.errors import InputError, NotFound
from cabinet.domain.identity import account_number
from cabinet.domain.permissions import Actor, Permission
from cabinet.domain.pins import new_pin
from cabinet.domain.registers import SupplierUnknown
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services.deps import Deps


class PinAccountUnknown(NotFound):
    """The supplier has no such account; for the desk only; fact `account`."""

    code = "pin.account_unknown"


@dataclass(frozen=True, slots=True)
class IssuePin:
    """For which account: the supplier's code and the number as it was typed."""

    supplier: str
    account: str


def issue_pin(deps: Deps, actor: Actor, command: IssuePin) -> str:
    """Issue a new PIN and give it, this once; the former one is revoked.

    Raises:
        SupplierUnknown, PinAccountUnknown: there is none.
    """
    actor.require(Permission.PIN_ISSUE)
    pin = new_pin()
    hashed = deps.passwords.hash_plain(pin)
    with deps.transaction() as tx:
        account_id = _find_account(tx, actor, command)
        now = deps.clock.now()
        tx.access_pins.issue(account_id, hashed, now)
        tx.audit.record(actor, now, "pin.issued", account_id)
    return pin


def _find_account(tx: UnitOfWork, actor: Actor, command: IssuePin) -> int:
    supplier = tx.suppliers.find_by_code(command.supplier)
    if supplier is None or supplier.id is None or not actor.serves(supplier.id):
        raise SupplierUnknown(supplier=command.supplier)
    try:
        number = account_number(command.account, supplier.account_pattern)
    except InputError as exc:
        raise PinAccountUnknown(account=command.account) from exc
    account = tx.customer_accounts.find_by_number(supplier.id, number)
    if account is None or account.id is None:
        raise PinAccountUnknown(account=command.account)
    return account.id
