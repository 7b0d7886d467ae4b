"""PINs of the supplier: issued by the desk, shown once, stored as a hash."""

from dataclasses import dataclass

from cabinet.domain import limits
from cabinet.domain.errors import InputError, NotFound
from cabinet.domain.identity import account_number, spaced_number
from cabinet.domain.permissions import Actor, Permission
from cabinet.domain.pins import new_pin
from cabinet.domain.registers import SupplierUnknown
from cabinet.persistence.customer_accounts import CustomerAccount
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services.deps import Deps
from cabinet.services.notifications import queue_message


class PinAccountUnknown(NotFound):
    """The supplier has no such account; for the desk only; fact `account`."""

    code = "pin.account_unknown"


@dataclass(frozen=True, slots=True)
class IssuePin:
    """For which account: the supplier's code and the number as it was typed."""

    supplier: str
    account: str


def issue_pin(deps: Deps, actor: Actor, command: IssuePin) -> str:
    """Issue a new PIN and give it, this once; the former one is revoked, whoever has linked the account is told.

    Raises:
        SupplierUnknown, PinAccountUnknown: there is none.
    """
    actor.require(Permission.PIN_ISSUE)
    pin = new_pin()
    hashed = deps.passwords.hash_plain(pin)
    with deps.transaction() as tx:
        account = _find_account(tx, actor, command)
        replace_pin(deps, tx, account, hashed)
        tx.audit.record(actor, deps.clock.now(), "pin.issued", account_id=account.id)
    return pin


def replace_pin(deps: Deps, tx: UnitOfWork, account: CustomerAccount, hashed: str) -> None:
    """Store an account's new PIN, whoever issues it: guesses at the former one close nothing, its owners are told."""
    account_id = account.id or 0
    tx.access_pins.issue(account_id, hashed, deps.clock.now())
    for limit in (limits.PIN_ACCOUNT_HOUR, limits.PIN_ACCOUNT_DAY):
        tx.attempts.clear(limit, account_id)
    number = spaced_number(account.number)
    for user_id in tx.customer_accounts.list_owners(account_id):
        queue_message(deps, tx, tx.users.get(user_id).as_login, "pin_issued", account=number)


def _find_account(tx: UnitOfWork, actor: Actor, command: IssuePin) -> CustomerAccount:
    supplier = tx.suppliers.find_by_code(command.supplier)
    if supplier is None or supplier.id is None or not actor.serves(supplier.id):
        raise SupplierUnknown(supplier=command.supplier)
    try:
        number = account_number(command.account, supplier.account_pattern)
    except InputError as exc:
        raise PinAccountUnknown(account=command.account) from exc
    account = tx.customer_accounts.find_by_number(supplier.id, number)
    if account is None:
        raise PinAccountUnknown(account=command.account)
    return account
