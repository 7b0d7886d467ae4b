"""PINs at the counter: finding the account, issuing, printing. Every step is in the audit."""

from dataclasses import dataclass
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from cabinet.domain import account_search, limits
from cabinet.domain.errors import Conflict, InputError
from cabinet.domain.forms import FieldMissing, FormStale, Parser, text_of
from cabinet.domain.identity import NOBODY, Login, LoginKind, LoginMalformed, spaced_number
from cabinet.domain.permissions import Actor, Permission
from cabinet.domain.pins import PinDelivery, ShownDocuments, new_pin, normalised
from cabinet.persistence.access_pins import PinIssue
from cabinet.persistence.customer_accounts import PIN_KIND, CustomerAccount
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.ports import Facts, Heading, Note, Paper, Standout
from cabinet.services.access_pins import replace_pin
from cabinet.services.deps import Deps, hashing
from cabinet.services.notifications import queue_message
from cabinet.texts import dates
from cabinet.texts import desk_pins as words

MOST: Final = words.MOST
_KEY: Final = 64


class PinMailMalformed(InputError):
    """Not an e-mail address: a PIN goes to no telephone."""

    code = "pin.mail_malformed"
    field = "email"


class PinNotThis(Conflict):
    """It is not the PIN that holds for the account."""

    code = "pin.not_this"


class PinPrinted(Conflict):
    """Its slip was made once already."""

    code = "pin.printed_before"


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """An account of the supplier's in a list."""

    id: str
    number: str
    owner: str
    address: str


@dataclass(frozen=True, slots=True)
class DeskAccount:
    """An account as the counter sees it; `key` is of the form that issues a PIN for it."""

    id: str = ""
    number: str = ""
    owner: str = ""
    address: str = ""
    last_pin: str = ""
    links: str = ""


@dataclass(frozen=True, slots=True)
class IssueAtDesk:
    """A wish to issue a PIN in person; `email` is None when it is printed; `key` is the form's."""

    account_id: int
    key: str
    shown: ShownDocuments
    email: Login | None

    @classmethod
    def parse(cls, form: dict[str, Any], account_id: int, key: str) -> Self:
        """Of the page's form.

        Raises:
            FormStale: the page was loaded anew meanwhile.
            Several: the checklist is not done, or the address is malformed.
        """
        if not key or text_of(form, "key", _KEY) != key:
            raise FormStale
        parser = Parser()
        shown = next((x for x in ShownDocuments if x == text_of(form, "shown")), None)
        parser.need(present=shown is not None, problem=FieldMissing(field="shown"))
        parser.need(present=text_of(form, "checked") == "on", problem=FieldMissing(field="checked"))
        delivery = next((x for x in PinDelivery if x == text_of(form, "delivery")), None)
        parser.need(present=delivery is not None, problem=FieldMissing(field="delivery"))
        mailed = delivery is PinDelivery.MAIL
        email = parser.take(lambda: _email(text_of(form, "email")), NOBODY) if mailed else None
        parser.finish()
        return cls(account_id, key, shown or ShownDocuments.PASSPORT, email)


@dataclass(frozen=True, slots=True)
class IssuedPin:
    """What an issue did.

    Attributes:
        pin: to be shown this once; "" when it was sent, or when the form has issued one before.
        sent_to: the address it went to, masked.
        again: the same form has issued one before: nothing was done.
    """

    account_id: str = ""
    pin: str = ""
    sent_to: str = ""
    again: bool = False


def find_accounts(deps: Deps, actor: Actor, typed: str) -> list[FoundAccount]:
    """At most twenty accounts of the operator's supplier that begin with what was typed.

    Raises:
        SearchShort: less than two letters or digits.
        TooMany: 300 an hour.
    """
    actor.require(Permission.ACCOUNT_FIND)
    query = account_search.parse(typed)
    with deps.transaction() as tx:
        now = deps.clock.now()
        tx.attempts.reserve(limits.DESK_SEARCH, actor.user, now)
        found = tx.desk_accounts.find(actor, query, MOST)
        how = "number" if query.number else "words"
        tx.audit.record(actor, now, "desk.searched", how=how, found=len(found))
        return [_found(x) for x in found]


def _found(account: CustomerAccount) -> FoundAccount:
    return FoundAccount(
        id=str(account.id),
        number=spaced_number(account.number),
        owner=account.owner or words.NO_NAME,
        address=account.address,
    )


def view_account(deps: Deps, actor: Actor, account_id: int) -> DeskAccount:
    """An account for the checklist.

    Raises:
        NotFound: none of the operator's supplier.
        TooMany: 300 an hour.
    """
    actor.require(Permission.ACCOUNT_FIND)
    with deps.transaction() as tx:
        now = deps.clock.now()
        tx.attempts.reserve(limits.DESK_VIEW, actor.user, now)
        account = tx.desk_accounts.get_for(actor, account_id)
        tx.audit.record(actor, now, "desk.account_viewed", account_id=account_id)
        return _row(tx, account)


def _row(tx: UnitOfWork, account: CustomerAccount) -> DeskAccount:
    zone = ZoneInfo(tx.suppliers.get(account.supplier_id).timezone)
    issued = tx.access_pins.last_issued_at(account.id or 0)
    return DeskAccount(
        id=str(account.id),
        number=spaced_number(account.number),
        owner=account.owner or words.NO_NAME,
        address=account.address,
        last_pin=dates.moment(issued.astimezone(zone)) if issued else words.NO_PIN,
        links=words.links(tx.desk_accounts.count_links(account.id or 0)),
    )


@hashing
def issue_at_desk(deps: Deps, actor: Actor, command: IssueAtDesk) -> IssuedPin:
    """Issue a PIN: the former one is revoked, whoever has linked the account is told.

    The same form issues one only, however often it is sent.

    Raises:
        NotFound: no such account of the operator's supplier.
    """
    actor.require(Permission.PIN_ISSUE)
    pin = new_pin()
    hashed = deps.passwords.hash_plain(pin)
    with deps.transaction() as tx:
        account = tx.desk_accounts.get_for(actor, command.account_id, lock=True)
        if tx.access_pins.find_issue(command.key):
            return IssuedPin(str(account.id), again=True)
        if command.email:
            number = spaced_number(account.number)
            queue_message(
                deps, tx, command.email, "access_pin", supplier_id=actor.supplier, pin=pin, account=number
            )
        replace_pin(deps, tx, account, hashed)
        _remember(deps, tx, actor, command)
    if command.email:
        return IssuedPin(str(command.account_id), sent_to=command.email.masked)
    return IssuedPin(str(command.account_id), pin=pin)


def _remember(deps: Deps, tx: UnitOfWork, actor: Actor, command: IssueAtDesk) -> None:
    now = deps.clock.now()
    delivery = PinDelivery.MAIL if command.email else PinDelivery.PRINT
    issue = PinIssue(
        form_key=command.key,
        customer_account_id=command.account_id,
        user_id=actor.user,
        shown=command.shown,
        delivery=delivery,
        issued_at=now,
    )
    tx.access_pins.add_issue(issue)
    tx.audit.record(
        actor,
        now,
        "pin.issued",
        issue.id,
        account_id=command.account_id,
        shown=command.shown.value,
        delivery=delivery.value,
    )


def print_slip(deps: Deps, actor: Actor, account_id: int, pin: str) -> bytes:
    """The slip for the PIN that this operator has just issued and seen, as PDF, once; a refusal is remembered.

    Raises:
        NotFound: no such account of the operator's supplier.
        PinNotThis: that is not the PIN that holds, or it was not shown to this operator.
        PinPrinted: it was printed.
    """
    actor.require(Permission.PIN_ISSUE)
    now = deps.clock.now()
    with deps.transaction() as tx:
        account = tx.desk_accounts.get_for(actor, account_id)
        tx.attempts.reserve(limits.DESK_VIEW, actor.user, now)
        stored = tx.customer_accounts.find_pin(account_id, PIN_KIND)
        supplier = tx.suppliers.get(actor.supplier)
    try:
        _count_print(deps, actor, account_id, holds=deps.passwords.verify_plain(normalised(pin), stored))
    except (PinNotThis, PinPrinted) as refusal:
        with deps.transaction() as tx:
            tx.audit.record(actor, now, "pin.print_refused", account_id=account_id, code=refusal.code)
        raise
    local = now.astimezone(ZoneInfo(supplier.timezone))
    parts = _slip(deps, account, normalised(pin), dates.moment(local))
    return deps.pdf.make(Paper(words.SLIP_TITLE, supplier.name, local, parts))


def _count_print(deps: Deps, actor: Actor, account_id: int, *, holds: bool) -> None:
    """The audit is what counts: a slip that did not come out is replaced by another PIN's."""
    with deps.transaction() as tx:
        tx.desk_accounts.get_for(actor, account_id, lock=True)  # of two clicks one prints
        issue = tx.access_pins.find_last_issue(account_id)
        if not holds or issue is None or (issue.user_id, issue.delivery) != (actor.user, PinDelivery.PRINT):
            raise PinNotThis
        if tx.audit.list_about(actor, "pin.printed", issue.id, account_id):
            raise PinPrinted
        tx.audit.record(actor, deps.clock.now(), "pin.printed", issue.id, account_id=account_id)


def _slip(deps: Deps, account: CustomerAccount, pin: str, at: str) -> list[Facts | Heading | Note | Standout]:
    facts = [(words.NUMBER, spaced_number(account.number)), (words.ADDRESS, account.address)]
    steps = [Note(f"{n}. {x.format(address=deps.address)}") for n, x in enumerate(words.SLIP_STEPS, 1)]
    return [
        Facts([*facts, (words.ISSUED, at)]),
        Standout(words.LAST_PIN, pin),
        Heading(words.SLIP_STEPS_TITLE),
        *steps,
        Note(words.SLIP_KEEP),
        Note(words.SLIP_FORMER),
    ]


def _email(typed: str) -> Login:
    try:
        login = Login.parse(typed)
    except LoginMalformed as exc:
        raise PinMailMalformed from exc
    if login.kind is not LoginKind.EMAIL:
        raise PinMailMalformed
    return login
