"""The practice world of the training: its supplier, household and subscriber, made by the same services."""

import csv
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from cabinet.domain import limits, practice
from cabinet.domain.charges import Usage
from cabinet.domain.dated_values import DatedValue
from cabinet.domain.human_check import BrowserUnknown
from cabinet.domain.identity import LoginKind
from cabinet.domain.period import BillingPeriod
from cabinet.domain.permissions import Actor, OperatorRole, Permission, Visitor
from cabinet.domain.pin_requests import (
    DocumentKind,
    RejectReason,
    RequestAccountUnknown,
    RequestClaimed,
    RequestMoved,
)
from cabinet.domain.practice import PracticeMonth, Start
from cabinet.domain.registers import RegisterKind
from cabinet.persistence.operators import Operator
from cabinet.persistence.suppliers import Price, SupplierValue
from cabinet.persistence.users import User
from cabinet.ports import Note, Paper
from cabinet.services import customer_accounts, documents, pin_requests, profile, request_review, sessions
from cabinet.services.deps import Deps
from cabinet.services.documents import Upload
from cabinet.services.pin_requests import SendRequest
from cabinet.services.registers import ImportRegister, import_register
from cabinet.services.suppliers import AddSupplier, store_supplier
from cabinet.texts import training as texts

_LONG_AGO: Final = date(2020, 1, 1)
_SUBSCRIBER: Final = 1  # who learns
_DESK: Final = {2: OperatorRole.CLERK, 3: OperatorRole.SENIOR}  # who answers at the settlement centre


def count_world(deps: Deps, visitor: Visitor) -> None:
    """Count a world that is about to be made, in the real portal: nobody takes all the places there are.

    Raises:
        TooMany: 120 an hour from this address.
    """
    with deps.transaction() as tx:
        tx.attempts.reserve(limits.PRACTICE_ADDRESS, visitor.network, deps.clock.now())


def furnish_world(deps: Deps, actor: Actor, start: Start) -> None:
    """Fill an empty, migrated world up to a lesson's start."""
    actor.require(Permission.REGISTER_IMPORT)
    supplier_id = _store_supplier(deps, actor)
    _import_household(deps, actor)
    _store_user(deps, _SUBSCRIBER, practice.LOGIN)
    for user_id, role in _DESK.items():
        _store_operator(deps, user_id, supplier_id, role)
    pupil = _pupil()
    if start is Start.NEWCOMER:
        return
    profile.choose_supplier(deps, pupil, profile.list_suppliers(deps, pupil)[0].id)
    if start is Start.SUPPLIED:
        return
    access = "extended" if start is Start.CONNECTED else "basic"
    form = {"access": access, "proof_kind": "serial", "serial": practice.SERIAL}
    command = customer_accounts.LinkAccount.parse(form, practice.ACCOUNT)
    customer_accounts.link_account(deps, pupil, command)
    if start in {Start.ATTACHED, Start.REQUESTED}:
        _attach_document(deps, pupil)
    if start is Start.REQUESTED:
        _ask_for_pin(deps, pupil)


def _attach_document(deps: Deps, pupil: Actor) -> None:
    title, *lines = texts.COACH["sample_lines"].split("|")
    paper = Paper(title, texts.SUPPLIER, deps.clock.now(), [Note(line) for line in lines])
    documents.attach_document(deps, pupil, Upload("document.pdf", deps.pdf.make(paper)))


def _ask_for_pin(deps: Deps, pupil: Actor) -> None:
    form = {
        "number": practice.ACCOUNT,
        "address": texts.ADDRESS,
        "phone": practice.PHONE,
        "email": practice.LOGIN,
        "kind": DocumentKind.PASSPORT.value,
    }
    pin_requests.send_request(deps, pupil, SendRequest.parse(form, "", visitor=False))


def find_request(deps: Deps) -> str:
    """The token of the link to the subscriber's last request for a PIN; "" before one."""
    own = pin_requests.list_own(deps, _pupil())
    return pin_requests.open_own(deps, _pupil(), int(own[0].id)) if own else ""


def _pupil() -> Actor:
    return Actor.subscriber(Visitor("", "practice"), _SUBSCRIBER, 0)


def open_world(deps: Deps, visitor: Visitor) -> str:
    """Sign the world's subscriber in in this browser; gives the session's token.

    Raises:
        BrowserUnknown: it has no device cookie.
    """
    with deps.transaction() as tx:
        ticket = sessions.issue_ticket(deps, tx, tx.users.get(_SUBSCRIBER), visitor, remember=True)
    opened = sessions.open_session(deps, Actor.anonymous(visitor), ticket)
    if opened is None:
        raise BrowserUnknown
    return opened.token


def answer_requests(deps: Deps) -> None:
    """The practice settlement centre at work: it looks at what waits, and approves what names its one account."""
    with deps.snapshot() as tx:
        [supplier] = tx.suppliers.list_all()
    clerk, senior = (
        Actor.operator(Visitor("", "practice"), user_id, 0, supplier.id or 0, role, verified=True)
        for user_id, role in _DESK.items()
    )
    for row in request_review.list_requests(deps, clerk):
        with suppress(RequestClaimed, RequestMoved):  # the mailbox was opened twice at once
            _answer(deps, [senior] if row.second else [clerk, senior], int(row.id))


def _answer(deps: Deps, operators: list[Actor], request_id: int) -> None:
    """The second one looks only at what needs two."""
    for operator in operators:
        for document in request_review.claim(deps, operator, request_id).documents:
            request_review.open_document(deps, operator, request_id, int(document.id), 0)
        try:
            if request_review.approve(deps, operator, request_id):
                return
        except RequestAccountUnknown:
            request_review.reject(deps, operator, request_id, RejectReason.NOT_CONFIRMED)
            return


def _store_supplier(deps: Deps, actor: Actor) -> int:
    supplier = AddSupplier(
        code=practice.SUPPLIER,
        name=texts.SUPPLIER,
        timezone="Europe/Samara",
        region=texts.REGION,
        desk_address=texts.DESK_ADDRESS,
    )
    with deps.transaction() as tx:
        supplier_id = store_supplier(deps, tx, actor, supplier)
        tx.suppliers.add_dated(
            Price(
                supplier_id=supplier_id,
                usage=Usage.STOVE_HEATER.value,
                valid_from=_LONG_AGO,
                roubles_per_m3=practice.PRICE,
            )
        )
        tx.suppliers.add_dated(
            SupplierValue(
                supplier_id=supplier_id,
                kind=DatedValue.NORM_STOVE_HEATER.value,
                valid_from=_LONG_AGO,
                value=practice.NORM,
            )
        )
    return supplier_id


def _store_operator(deps: Deps, user_id: int, supplier_id: int, role: OperatorRole) -> None:
    _store_user(deps, user_id, f"{role.value}@example.ru")
    with deps.transaction() as tx:
        tx.operators.add(
            Operator(
                user_id=user_id,
                supplier_id=supplier_id,
                role=role,
                name=texts.OPERATOR,
                added_at=deps.clock.now(),
            )
        )


def _store_user(deps: Deps, user_id: int, login: str) -> None:
    """Nobody signs in by this password: the world is entered by its own cookie only."""
    now = deps.clock.now()
    with deps.transaction() as tx:
        tx.users.add(
            User(
                id=user_id,
                login_kind=LoginKind.EMAIL.value,
                login=login,
                password_hash="",
                created_at=now,
                confirmed_at=now,
                consent_version="",
                consent_digest="",
                consented_at=now,
                consent_address="",
            )
        )


def _import_household(deps: Deps, actor: Actor) -> None:
    """Three registers of one household, as a supplier would send them."""
    months = practice.months_before(deps.clock.now().date())
    registers = {
        RegisterKind.ACCOUNTS: [_account(months[-1])],
        RegisterKind.CHARGES: [_charge(month) for month in months],
        RegisterKind.PAYMENTS: list(_payments(months)),
    }
    with tempfile.TemporaryDirectory() as folder:
        for kind, rows in registers.items():
            path = Path(folder) / f"{kind.value}.csv"
            _write(path, rows)
            import_register(deps, actor, ImportRegister(kind, path, practice.SUPPLIER))


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def _account(last: PracticeMonth) -> dict[str, Any]:
    return {
        "account": practice.ACCOUNT,
        "last_name": texts.LAST_NAME,
        "first_name": texts.FIRST_NAME,
        "region": texts.REGION,
        "locality": texts.LOCALITY,
        "street": texts.STREET,
        "house": "12",
        "flat": "34",
        "residents": 2,
        "usage": Usage.STOVE_HEATER.value,
        "meter_serial": practice.SERIAL,
        "meter_type": texts.METER,
        "meter_capacity": 5,
        "meter_installed_on": date(last.period.year - 2, 3, 1),
        "verification_due_on": date(last.period.year + 8, 3, 1),
        "thermo_compensated": 1,
        "last_reading": last.reading_to,
        "last_reading_on": _day(last.period),
        "balance": last.amount.roubles,
    }


def _charge(month: PracticeMonth) -> dict[str, Any]:
    return {
        "account": practice.ACCOUNT,
        "period": month.period,
        "service": "gas",
        "method": "average" if month.estimated else "metered",
        "reading_from": "-" if month.estimated else month.reading_from,
        "reading_to": "-" if month.estimated else month.reading_to,
        "coefficient": 1,
        "volume_m3": month.volume_m3,
        "price": practice.PRICE,
        "amount": month.amount.roubles,
        "recalculation": 0,
        "penalty": 0,
        "opening": month.opening.roubles,
        "paid": month.opening.roubles,
        "closing": month.amount.roubles,
    }


def _payments(months: list[PracticeMonth]) -> Iterator[dict[str, Any]]:
    for paid, at in pairwise(months):
        yield {
            "account": practice.ACCOUNT,
            "paid_on": at.period.first_day.replace(day=10),
            "amount": paid.amount.roubles,
            "channel": "desk",
            "external_id": f"practice-{paid.period}",
            "reading": "-",
        }


def _day(period: BillingPeriod) -> date:
    return period.first_day.replace(day=practice.DAY)
