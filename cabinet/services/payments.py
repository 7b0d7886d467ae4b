"""Paying: an order that is made once, a bank that may be late, twice or wrong, and the journal."""

import logging
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from cabinet.domain import limits
from cabinet.domain.errors import NotFound
from cabinet.domain.forms import FormStale, Parser, id_of, text_of
from cabinet.domain.identity import spaced_number
from cabinet.domain.money import ZERO, Money
from cabinet.domain.payments import (
    PaymentFinal,
    PaymentMismatch,
    PaymentStatus,
    checked_amount,
    payment_entries,
)
from cabinet.domain.permissions import AccessLevel, Actor, Permission
from cabinet.persistence.payments import Payment
from cabinet.persistence.unit_of_work import UnitOfWork
from cabinet.ports import AcquirerPayment, AcquirerUnclear, PaymentOrder
from cabinet.services.customer_accounts import shown_address, visible_balance
from cabinet.services.deps import Deps
from cabinet.services.notices import tell_user
from cabinet.texts import amounts, dates
from cabinet.texts import payments as words

_log = logging.getLogger(__name__)

RECONCILE_AFTER: Final = timedelta(seconds=20)
ABANDONED_AFTER: Final = timedelta(days=1)
_OPEN: Final = (PaymentStatus.CREATED, PaymentStatus.PENDING)


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment in the history, or on the page that the bank returns to."""

    id: str = ""
    account_id: str = ""
    amount: str = ""
    at: str = ""
    status: str = ""
    status_words: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class PayFormRow:
    """The page of payment before paying; `amount` is prefilled with the debt."""

    account_id: str = ""
    title: str = ""
    number: str = ""
    supplier: str = ""
    due: str = ""
    amount: str = ""
    history: list[PaymentRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StartPayment:
    """A wish to pay; `key` is the form's, so that a double click pays once."""

    account_id: int
    amount: Money
    key: str

    @classmethod
    def parse(cls, form: dict[str, Any]) -> Self:
        """Of the page's form.

        Raises:
            Several: not a sum, or out of range.
            FormStale: no key.
        """
        parser = Parser()
        amount = parser.take(lambda: checked_amount(Money.parse(text_of(form, "amount", 40))), ZERO, "amount")
        parser.finish()
        key = text_of(form, "key", 64)
        if not key:
            raise FormStale
        return cls(id_of(text_of(form, "account")), amount, key)


def get_pay_form(deps: Deps, actor: Actor, account_id: int) -> PayFormRow:
    """What is due for an account and what was paid; basic access sees its own payments only.

    Extended access sees what others have paid too, and never who they are.

    Raises:
        NotFound: not the actor's account.
    """
    actor.require(Permission.PAYMENT_MAKE)
    with deps.snapshot() as tx:
        found = tx.customer_accounts.get_for(actor, account_id)
        owed = visible_balance(deps, tx, found)
        extended = found.level is AccessLevel.EXTENDED
        zone = ZoneInfo(found.supplier.timezone)
        history = [_payment_row(x, zone) for x in tx.payments.list_of(actor, account_id, others=extended)]
        if extended:
            history += _outside_rows(tx, account_id)
    return PayFormRow(
        account_id=str(account_id),
        title=found.link.alias or shown_address(found),
        number=spaced_number(found.account.number),
        supplier=found.supplier.name,
        due=amounts.balance(owed),
        amount=str(owed).replace("\u00a0", "") if owed and owed > ZERO else "",
        history=history,
    )


def start_payment(deps: Deps, actor: Actor, command: StartPayment) -> str:
    """Order a payment and give the bank's address to go to.

    The payment is committed with its idempotency key before the bank is called; the same form again
    goes to the same payment. When the bank does not answer, the payment stays open and is asked about
    later: nobody is told that it failed.

    Raises:
        NotFound: not the actor's account.
        AcquirerUnclear: the bank does not answer; nothing is charged yet.
        PaymentFinal: this form has paid already.
    """
    actor.require(Permission.PAYMENT_MAKE)
    payment, description = _order(deps, actor, command)
    _refuse_ended(payment)
    if payment.confirmation_url:
        return payment.confirmation_url
    registered = deps.acquirer.register(
        PaymentOrder(payment.id, payment.amount, description, f"{deps.address}/pay?payment={payment.id}")
    )
    with deps.transaction() as tx:
        stored = tx.payments.get(payment.id, lock=True)
        _refuse_ended(stored)
        stored.acquirer_payment_id = registered.id
        stored.confirmation_url = registered.confirmation_url
        if stored.status == PaymentStatus.CREATED:
            stored.move(PaymentStatus.PENDING, deps.clock.now())
    return registered.confirmation_url


def settle(deps: Deps, acquirer_payment_id: str) -> PaymentStatus:
    """Bring a payment to where the acquirer says it stands; told twice, it changes nothing.

    What a webhook says is never believed: the payment is fetched from the acquirer and compared.

    Raises:
        AcquirerUnclear: no answer; try later.
        PaymentMismatch: its sum is not the one that was ordered.
        NotFound: no such payment here.
    """
    told = deps.acquirer.fetch(acquirer_payment_id)
    with deps.transaction() as tx:
        payment = tx.payments.get(told.key, lock=True)
        if _fits(payment, told, acquirer_payment_id):
            payment.acquirer_payment_id = told.id
            if PaymentStatus(payment.status) in _OPEN and told.status not in _OPEN:
                _finish(deps, tx, payment, told)
            return PaymentStatus(payment.status)
        _record_mismatch(deps, tx, payment)
    raise PaymentMismatch


def get_payment(deps: Deps, actor: Actor, payment_id: str) -> PaymentRow:
    """The actor's own payment as it stands, after asking the bank when it is still open.

    Raises:
        NotFound: not the actor's.
    """
    actor.require(Permission.PAYMENT_MAKE)
    with deps.snapshot() as tx:
        payment = tx.payments.get_for(actor, payment_id)
    if PaymentStatus(payment.status) in _OPEN and payment.acquirer_payment_id:
        _settle_quietly(deps, payment.acquirer_payment_id)
    with deps.snapshot() as tx:
        payment = tx.payments.get_for(actor, payment_id)
        found = tx.customer_accounts.get_for(actor, payment.customer_account_id)
        return _payment_row(payment, ZoneInfo(found.supplier.timezone))


def reconcile(deps: Deps) -> int:
    """Ask the acquirer about every payment that is still open; how many have ended by that."""
    now, ended = deps.clock.now(), 0
    with deps.snapshot() as tx:
        waiting = tx.payments.list_open(now - RECONCILE_AFTER)
    for payment in waiting:
        if payment.acquirer_payment_id:
            ended += _settle_quietly(deps, payment.acquirer_payment_id) not in _OPEN
        elif now - payment.created_at > ABANDONED_AFTER:
            ended += _abandon(deps, payment.id)
    return ended


def _refuse_ended(payment: Payment) -> None:
    """What has ended, by the bank or given up by us, is never sent to the bank again: nobody would credit it."""
    if PaymentStatus(payment.status) not in _OPEN:
        raise PaymentFinal


def _order(deps: Deps, actor: Actor, command: StartPayment) -> tuple[Payment, str]:
    with deps.transaction() as tx:
        found = tx.customer_accounts.get_for(actor, command.account_id)
        tx.users.lock(actor.user)  # two clicks on one form come one after the other
        payment = tx.payments.find_by_form(actor, command.key)
        if payment is None:
            payment = tx.payments.add(
                Payment(
                    id=uuid.uuid4().hex,
                    customer_account_id=command.account_id,
                    user_id=actor.user,
                    form_key=command.key,
                    amount_kopecks=command.amount.kopecks,
                    status=PaymentStatus.CREATED,
                    acquirer=deps.acquirer.name,
                    created_at=deps.clock.now(),
                )
            )
            tx.audit.record(
                actor, deps.clock.now(), "payment.created", command.account_id, payment=payment.id
            )
        elif (payment.customer_account_id, payment.amount) != (command.account_id, command.amount):
            raise FormStale
        return payment, words.description(found.account.number)


def _fits(payment: Payment, told: AcquirerPayment, asked: str) -> bool:
    same = told.id == asked and payment.acquirer_payment_id in {None, told.id}
    return same and payment.amount == told.amount


def _record_mismatch(deps: Deps, tx: UnitOfWork, payment: Payment) -> None:
    """Tell a person, who has to look at it: once a day for a payment, which is asked about all the time."""
    now = deps.clock.now()
    if tx.attempts.left(limits.PAYMENT_MISMATCH, payment.id, now):
        tx.attempts.reserve(limits.PAYMENT_MISMATCH, payment.id, now)
        tx.audit.record(
            Actor.system(), now, "payment.mismatch", payment.customer_account_id, payment=payment.id
        )
        _log.error("the bank names another sum or another payment than was ordered: %s", payment.id)


def _finish(deps: Deps, tx: UnitOfWork, payment: Payment, told: AcquirerPayment) -> None:
    """One transaction moves the state, writes the entries and queues the message."""
    now = deps.clock.now()
    payment.move(told.status, now)
    if told.status is PaymentStatus.SUCCEEDED:
        entries = payment_entries(payment.customer_account_id, payment.amount)
        tx.journal.post("payment", payment.acquirer, told.id, entries, now)
    number = tx.customer_accounts.number_of(payment.customer_account_id)
    tell_user(
        deps,
        tx,
        tx.users.get(payment.user_id),
        f"payment_{told.status}",
        amount=str(payment.amount),
        account=number,
        payment=payment.id[:8],
    )


def _settle_quietly(deps: Deps, acquirer_payment_id: str) -> PaymentStatus:
    """Settle; a bank that does not answer or lies leaves the payment open for another time."""
    try:
        return settle(deps, acquirer_payment_id)
    except NotFound:
        _log.error("the bank names a payment that is not ours when asked about %s", acquirer_payment_id)
    except (AcquirerUnclear, PaymentMismatch):
        pass
    return PaymentStatus.PENDING


def _abandon(deps: Deps, payment_id: str) -> bool:
    """Close a payment that never reached the bank's books: nobody could have paid it."""
    with deps.transaction() as tx:
        payment = tx.payments.get(payment_id, lock=True)
        if payment.acquirer_payment_id or PaymentStatus(payment.status) not in _OPEN:
            return False
        payment.move(PaymentStatus.FAILED, deps.clock.now())
        return True


def _payment_row(payment: Payment, zone: ZoneInfo) -> PaymentRow:
    return PaymentRow(
        id=payment.id,
        account_id=str(payment.customer_account_id),
        amount=amounts.roubles(payment.amount),
        at=dates.moment(payment.created_at.astimezone(zone)),
        status=payment.status,
        status_words=words.status(payment.status),
        channel=words.HERE,
    )


def _outside_rows(tx: UnitOfWork, account_id: int) -> list[PaymentRow]:
    return [
        PaymentRow(
            id=f"outside-{x.id}",
            account_id=str(account_id),
            amount=amounts.roubles(Money(x.amount_kopecks)),
            at=dates.day_year(x.paid_on),
            status=PaymentStatus.SUCCEEDED,
            status_words=words.status(PaymentStatus.SUCCEEDED),
            channel=words.channel(x.channel),
        )
        for x in tx.payments.list_outside(account_id)
    ]
