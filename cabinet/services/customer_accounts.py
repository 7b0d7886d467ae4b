"""Connecting лицевые счета: finding one by number, basic access, extended access by a proof."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, Self

from cabinet.domain import limits, pins
from cabinet.domain.errors import Conflict, InputError, TooMany
from cabinet.domain.forms import FieldMissing, text_of
from cabinet.domain.identity import account_number, masked_address, serial_key, spaced_number
from cabinet.domain.limits import Limit
from cabinet.domain.money import Money
from cabinet.domain.period import local_day
from cabinet.domain.permissions import AccessLevel, Actor, Permission
from cabinet.domain.pins import AccessProofMissing, AccessProofWrong, ProofKind
from cabinet.persistence.customer_accounts import LEGACY_KIND, PIN_KIND, CustomerAccount, LinkedAccount
from cabinet.persistence.suppliers import Supplier
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.services.deps import Deps, hashing
from cabinet.services.notifications import queue_message
from cabinet.texts import amounts

_ACCOUNT_LIMITS: Final[dict[ProofKind, tuple[Limit, ...]]] = {
    ProofKind.PIN: (limits.PIN_ACCOUNT_HOUR, limits.PIN_ACCOUNT_DAY),
    ProofKind.SERIAL: (limits.SERIAL_ACCOUNT_DAY, limits.SERIAL_ACCOUNT_EVER),
}
ALIAS_LENGTH: Final = 60
UNDO: Final = timedelta(days=1)


class SupplierNeeded(Conflict):
    """The supplier is to be chosen in НАСТРОЙКИ first."""

    code = "supplier.needed"


class AccountUnknown(InputError):
    """The supplier has no account of that number."""

    code = "account.unknown"
    field = "number"


class AliasLong(InputError):
    """The account's own name is too long; fact `most`."""

    code = "alias.long"
    field = "alias"


@dataclass(frozen=True, slots=True)
class AccountPreview:
    """What anybody who knows the number may see of an account."""

    number: str = ""
    shown_number: str = ""
    supplier: str = ""
    masked_address: str = ""
    due: str = ""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account of the user's own; the address is masked in basic access.

    Attributes:
        due: what is owed in words, on the list of accounts only.
    """

    id: str = ""
    number: str = ""
    bare_number: str = ""
    name: str = ""
    address: str = ""
    supplier: str = ""
    extended: bool = False
    due: str = ""
    alias: str = ""


@dataclass(frozen=True, slots=True)
class LinkAccount:
    """A wish to connect an account; `proof` opens extended access, None asks for basic."""

    number: str
    proof_kind: ProofKind | None
    proof: str

    @classmethod
    def parse(cls, form: dict[str, Any], number: str) -> Self:
        """Of the page's form and the number that was found before.

        Raises:
            FieldMissing: neither access is chosen.
            AccessProofMissing: extended access without a serial number or PIN.
        """
        access = text_of(form, "access")
        if access == "basic":
            return cls(number, None, "")
        if access != "extended":
            raise FieldMissing(field="access")
        kind = next((x for x in ProofKind if x == text_of(form, "proof_kind")), None)
        if kind is None:
            raise FieldMissing(field="proof_kind")
        proof = text_of(form, kind)
        if not proof.strip():
            raise AccessProofMissing(field=kind, kind=kind)
        return cls(number, kind, proof)


def find_account(deps: Deps, actor: Actor, typed: str) -> AccountPreview:
    """Find an account of the user's supplier by its number; the address comes masked.

    Raises:
        SupplierNeeded: none is chosen yet.
        AccountNumberMalformed, AccountUnknown: not such a number, no such account.
        TooMany: 30 an hour per user, 120 per address.
    """
    actor.require(Permission.ACCOUNT_LINK)
    with deps.snapshot() as tx:
        number = account_number(typed, _supplier_of(tx, actor).account_pattern)
    with deps.transaction() as tx:
        tx.attempts.reserve(limits.LOOKUP_USER, actor.user, deps.clock.now())
        tx.attempts.reserve(limits.LOOKUP_ADDRESS, actor.visitor.network, deps.clock.now())
    with deps.snapshot() as tx:
        supplier = _supplier_of(tx, actor)
        account = tx.customer_accounts.find_by_number(supplier.id or 0, number)
        if account is None:
            raise AccountUnknown
        return AccountPreview(
            number=number,
            shown_number=spaced_number(number),
            supplier=supplier.name,
            masked_address=_masked(account),
            due=amounts.balance(_balance_for_basic(deps, tx, account, supplier)),
        )


@hashing
def link_account(deps: Deps, actor: Actor, command: LinkAccount) -> AccountRow:
    """Connect an account: basic at once, extended when the proof is right.

    A try at a proof is counted before it is checked. A wrong proof, a locked account and an account
    that does not exist are one answer, in the same time. The owners who have access already keep it
    and are told when guessing is stopped.

    Raises:
        SupplierNeeded, AccountUnknown: as `find_account`.
        AccessProofWrong: the one answer; fact `kind`.
        TooMany: this user or address has tried too often today.
    """
    actor.require(Permission.ACCOUNT_LINK)
    if command.proof_kind is not None:
        _check_proof(deps, actor, command, command.proof_kind)
    level = AccessLevel.BASIC if command.proof_kind is None else AccessLevel.EXTENDED
    now = deps.clock.now()
    with deps.transaction() as tx:
        account = _account_of(tx, actor, command.number)
        if account is None:
            raise AccountUnknown
        account_id = account.id or 0
        owners = tx.customer_accounts.list_owners(account_id)
        tx.customer_accounts.link(actor, account_id, level, now)
        tx.audit.record(actor, now, "account.linked", account_id, level=level.name.lower())
        if level is AccessLevel.EXTENDED and actor.user not in owners:
            _tell(deps, tx, owners, "access_opened", account)
        return _row(tx.customer_accounts.get_for(actor, account_id))


def list_accounts(deps: Deps, actor: Actor) -> list[AccountRow]:
    """The user's accounts, first connected first, to choose from."""
    actor.require(Permission.ACCOUNT_VIEW)
    with deps.snapshot() as tx:
        return [_row(found) for found in tx.customer_accounts.list_for(actor)]


def list_accounts_with_dues(deps: Deps, actor: Actor) -> list[AccountRow]:
    """The same, and what each of them owes."""
    actor.require(Permission.ACCOUNT_VIEW)
    with deps.snapshot() as tx:
        return [
            replace(_row(found), due=amounts.balance(visible_balance(deps, tx, found)))
            for found in tx.customer_accounts.list_for(actor)
        ]


def get_account(deps: Deps, actor: Actor, account_id: int) -> AccountRow:
    """One of the user's accounts.

    Raises:
        NotFound: not the actor's.
    """
    actor.require(Permission.ACCOUNT_VIEW)
    with deps.snapshot() as tx:
        return _row(tx.customer_accounts.get_for(actor, account_id))


def rename_account(deps: Deps, actor: Actor, account_id: int, typed: str) -> AccountRow:
    """Give an account a name of the user's own; an empty one gives the address back.

    Raises:
        AliasLong: more than sixty characters.
        NotFound: not the actor's account.
    """
    actor.require(Permission.ACCOUNT_LINK)
    alias = " ".join("".join(x if x.isprintable() else " " for x in typed).split())
    if len(alias) > ALIAS_LENGTH:
        raise AliasLong(most=ALIAS_LENGTH)
    with deps.transaction() as tx:
        found = tx.customer_accounts.get_for(actor, account_id)
        found.link.alias = alias
        tx.audit.record(actor, deps.clock.now(), "account.renamed", account_id)
        return _row(found)


def unlink_account(deps: Deps, actor: Actor, account_id: int) -> None:
    """Take an account out of the cabinet; for a day it can be brought back as it was.

    Raises:
        NotFound: not the actor's account.
    """
    actor.require(Permission.ACCOUNT_LINK)
    with deps.transaction() as tx:
        tx.customer_accounts.get_for(actor, account_id).link.unlinked_at = deps.clock.now()
        tx.audit.record(actor, deps.clock.now(), "account.unlinked", account_id)


def list_unlinked_accounts(deps: Deps, actor: Actor) -> list[AccountRow]:
    """The accounts that can still be brought back, last taken out first."""
    actor.require(Permission.ACCOUNT_VIEW)
    with deps.snapshot() as tx:
        found = tx.customer_accounts.list_unlinked(actor, deps.clock.now() - UNDO)
        return [_row(one) for one in found]


def restore_account(deps: Deps, actor: Actor, account_id: int) -> None:
    """Bring an account back at the access it had.

    Raises:
        NotFound: it was not taken out by this user within a day.
    """
    actor.require(Permission.ACCOUNT_LINK)
    with deps.transaction() as tx:
        tx.customer_accounts.restore(actor, account_id, deps.clock.now() - UNDO)
        tx.audit.record(actor, deps.clock.now(), "account.restored", account_id)


def shown_address(found: LinkedAccount) -> str:
    """How the account is called: its street and house, masked in basic access."""
    return found.account.short_address if found.level is AccessLevel.EXTENDED else _masked(found.account)


def visible_balance(deps: Deps, tx: UnitOfWork, found: LinkedAccount) -> Money | None:
    """What the account owes; None in basic access of a supplier that does not show it."""
    if found.level is AccessLevel.EXTENDED:
        return tx.journal.balance(found.account.id or 0)
    return _balance_for_basic(deps, tx, found.account, found.supplier)


def _check_proof(deps: Deps, actor: Actor, command: LinkAccount, kind: ProofKind) -> None:
    """Reserve, compare outside any transaction, give the reservation back when right."""
    with deps.transaction() as tx:
        account = _account_of(tx, actor, command.number)
        _reserve_own(deps, tx, actor)
        left = _reserve_account(deps, tx, account, kind)
        stored = _proofs(tx, account, kind)
    if not _fits(deps, kind, command.proof, stored) or left is None:
        if account and left == 0:
            _warn_owners(deps, account)
        raise AccessProofWrong(field=kind, kind=kind)
    with deps.transaction() as tx:
        _release(tx, actor, account, kind)


def _reserve_own(deps: Deps, tx: UnitOfWork, actor: Actor) -> None:
    tx.attempts.reserve(limits.PROOF_USER_DAY, actor.user, deps.clock.now())
    tx.attempts.reserve(limits.PROOF_ADDRESS_DAY, actor.visitor.network, deps.clock.now())


def _reserve_account(
    deps: Deps, tx: UnitOfWork, account: CustomerAccount | None, kind: ProofKind
) -> int | None:
    """How often the account may be guessed at after this try; None when it may not be this time."""
    if account is None:
        return None
    try:
        return min(
            tx.attempts.reserve(limit, account.id or 0, deps.clock.now()) for limit in _ACCOUNT_LIMITS[kind]
        )
    except TooMany:
        return None


def _warn_owners(deps: Deps, account: CustomerAccount) -> None:
    """The last allowed try was wrong: somebody guesses."""
    with deps.transaction() as tx:
        _tell(deps, tx, tx.customer_accounts.list_owners(account.id or 0), "guessing_locked", account)


def _release(tx: UnitOfWork, actor: Actor, account: CustomerAccount | None, kind: ProofKind) -> None:
    tx.attempts.release(limits.PROOF_USER_DAY, actor.user)
    tx.attempts.release(limits.PROOF_ADDRESS_DAY, actor.visitor.network)
    for limit in _ACCOUNT_LIMITS[kind] if account else ():
        tx.attempts.release(limit, account.id or 0)  # type: ignore[union-attr]


def _proofs(tx: UnitOfWork, account: CustomerAccount | None, kind: ProofKind) -> list[str]:
    """What the proof is compared with: keys of serial numbers, or the PIN's and the old password's hash."""
    if account is None:
        return [] if kind is ProofKind.SERIAL else ["", ""]
    if kind is ProofKind.SERIAL:
        return [meter.serial_key for meter in tx.meters.list_of(account.id or 0)]
    return [tx.customer_accounts.find_pin(account.id or 0, x) for x in (PIN_KIND, LEGACY_KIND)]


def _fits(deps: Deps, kind: ProofKind, typed: str, stored: list[str]) -> bool:
    """Compare; for a PIN always the same three bcrypt checks, whatever is there."""
    if kind is ProofKind.SERIAL:
        return serial_key(typed) in stored
    pin_hash, legacy_hash = stored
    fits = [
        deps.passwords.verify_plain(pins.normalised(typed), pin_hash),
        deps.passwords.verify_plain(pins.as_typed(typed), legacy_hash),
        deps.passwords.verify_plain(pins.normalised(typed), legacy_hash),
    ]
    return any(fits)


def _supplier_of(tx: UnitOfWork, actor: Actor) -> Supplier:
    supplier_id = tx.users.get_for(actor).supplier_id
    if supplier_id is None:
        raise SupplierNeeded
    return tx.suppliers.get(supplier_id)


def _account_of(tx: UnitOfWork, actor: Actor, number: str) -> CustomerAccount | None:
    return tx.customer_accounts.find_by_number(_supplier_of(tx, actor).id or 0, number)


def _tell(deps: Deps, tx: UnitOfWork, users: list[int], template: str, account: CustomerAccount) -> None:
    for user_id in users:
        queue_message(deps, tx, tx.users.get(user_id).as_login, template, account=account.number)


def _masked(account: CustomerAccount) -> str:
    return masked_address(account.locality, account.street, account.house)


def _balance_for_basic(
    deps: Deps, tx: UnitOfWork, account: CustomerAccount, supplier: Supplier
) -> Money | None:
    policy = tx.suppliers.policy_on(supplier.id or 0, local_day(deps.clock.now(), supplier.timezone))
    return tx.journal.balance(account.id or 0) if policy.basic_shows_due else None


def _row(found: LinkedAccount) -> AccountRow:
    account, extended = found.account, found.level is AccessLevel.EXTENDED
    return AccountRow(
        id=str(account.id),
        number=spaced_number(account.number),
        bare_number=account.number,
        name=found.link.alias or shown_address(found),
        address=account.address if extended else _masked(account),
        supplier=found.supplier.name,
        extended=extended,
        alias=found.link.alias,
    )
