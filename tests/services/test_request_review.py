"""The desk's side of requests: one supplier, one operator at a time, an audit row for everything."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from cabinet.domain.documents import DocumentUnreadable
from cabinet.domain.errors import CabinetError, Denied, NotFound, SignInNeeded
from cabinet.domain.permissions import Actor, OperatorRole
from cabinet.domain.pin_requests import (
    DocumentMissing,
    DocumentReason,
    RejectReason,
    RequestAccountUnknown,
    RequestClaimed,
    RequestDocumentGone,
    RequestDocumentUnseen,
    RequestMoved,
    RequestSecondLook,
)
from cabinet.services import notifications, pin_requests, request_review, suppliers
from cabinet.services.customer_accounts import LinkAccount, link_account
from cabinet.services.request_review import ReviewRow
from cabinet.texts import desk_requests as words
from cabinet.texts import pin_requests as texts
from cabinet.texts.desk_audit import ACTIONS
from cabinet.worker import run_round
from tests.factories import ACCOUNT, SERIAL, last_text, link, operator, owner, with_supplier
from tests.fakes import JPEG, VISITOR, World
from tests.requests import EMAIL, PHONE, approve, attach, look_at, send

OLGA = replace(VISITOR, device="device-of-olga")
PETR = replace(VISITOR, device="device-of-petr")
NOBODY = Actor.anonymous(VISITOR)


@pytest.fixture
def olga(izhevsk: World) -> Actor:
    return operator(izhevsk, visitor=OLGA)


@pytest.fixture
def petr(izhevsk: World) -> Actor:
    return operator(izhevsk, "petr@example.ru", OperatorRole.SENIOR, PETR)


def claimed(world: World, actor: Actor, **form: Any) -> tuple[pin_requests.Sent, int, ReviewRow]:
    sent = send(world, **form)
    number = int(sent.status.id)
    return sent, number, request_review.claim(world.deps, actor, number)


def matches(row: ReviewRow) -> dict[str, str]:
    return {x.name: x.match for x in row.marks}


def actions(world: World) -> list[str]:
    with world.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT action FROM audit_events ORDER BY id").all()
    return [x[0] for x in rows if x[0].startswith(("pin_request", "document"))]


def test_an_approved_request_sends_the_pin_and_it_opens_the_account(izhevsk: World, olga: Actor) -> None:
    sent, number, row = claimed(izhevsk, olga)
    assert (row.owner != "", matches(row)["account"], row.second) == (True, "same", False)
    assert request_review.open_document(izhevsk.deps, olga, number, int(row.documents[0].id), 0) == JPEG
    assert request_review.approve(izhevsk.deps, olga, number)
    assert izhevsk.vault.kept == {}
    assert pin_requests.view_status(izhevsk.deps, NOBODY, sent.token).status == "Пин-код отправлен"
    letter = last_text(izhevsk, EMAIL)
    pin = letter.partition("0000: ")[2][:8]
    anna = with_supplier(izhevsk)
    form = {"access": "extended", "proof_kind": "pin", "pin": pin.upper()}
    assert link_account(izhevsk.deps, anna, LinkAccount.parse(form, ACCOUNT))
    assert actions(izhevsk)[-5:] == [
        *("pin_request.sent", "pin_request.claimed", "document.viewed", "document.deleted"),
        "pin_request.approved",
    ]


def test_whoever_has_linked_the_account_is_told(izhevsk: World, olga: Actor) -> None:
    owner(izhevsk, ACCOUNT, SERIAL)
    _, number, row = claimed(izhevsk, olga, email="anna@example.ru")
    assert (matches(row)["email"], matches(row)["phone"]) == ("same", "unknown")
    approve(izhevsk.deps, olga, number)
    assert "Выдан новый пин-код" in last_text(izhevsk, "anna@example.ru")


def test_an_address_that_is_not_the_owners_needs_two_operators(
    izhevsk: World, olga: Actor, petr: Actor
) -> None:
    owner(izhevsk, ACCOUNT, SERIAL)
    sent, number, row = claimed(izhevsk, olga)
    assert (matches(row)["email"], row.second) == ("differs", True)
    assert not approve(izhevsk.deps, olga, number)
    assert pin_requests.view_status(izhevsk.deps, NOBODY, sent.token).status == "Принята"
    (waiting,) = request_review.list_requests(izhevsk.deps, petr)
    assert waiting.second
    with pytest.raises(RequestSecondLook):
        approve(izhevsk.deps, olga, number)
    request_review.release(izhevsk.deps, olga, number)
    clerk = operator(izhevsk, "clerk@example.ru", visitor=replace(VISITOR, device="device-of-a-clerk"))
    with pytest.raises(Denied):
        approve(izhevsk.deps, clerk, number)
    request_review.release(izhevsk.deps, clerk, number)
    assert approve(izhevsk.deps, petr, number)


def test_whoever_knows_the_owners_telephone_gets_no_pin_by_one_operator(izhevsk: World, olga: Actor) -> None:
    """The owner signs in by telephone, so there is no address to compare the stranger's with."""
    owner(izhevsk, ACCOUNT, SERIAL, PHONE)
    _, number, row = claimed(izhevsk, olga, email="stranger@example.ru")
    assert (matches(row)["phone"], matches(row)["email"], row.second) == ("same", "unknown", True)
    assert row.why.startswith("Владелец счёта входит по телефону, его почта неизвестна.")
    assert not approve(izhevsk.deps, olga, number)
    notifications.deliver_due(izhevsk.deps)
    assert not [x for x in izhevsk.mail.to("stranger@example.ru") if "0000: " in x.text]


@pytest.mark.parametrize("address", ["Шаркан, Труда 117г-9", "Ижевск, Песочная 86-12"])
def test_where_nothing_is_known_of_the_owner_another_address_needs_two(
    izhevsk: World, olga: Actor, petr: Actor, address: str
) -> None:
    _, number, row = claimed(izhevsk, olga, address=address)
    assert (matches(row)["email"], matches(row)["address"], row.second) == ("unknown", "differs", True)
    assert row.why.startswith("Ни телефона, ни почты владельца мы не знаем")
    assert not approve(izhevsk.deps, olga, number)
    assert approve(izhevsk.deps, petr, number)


def test_an_unknown_account_gets_no_pin(izhevsk: World, olga: Actor) -> None:
    _, number, row = claimed(izhevsk, olga, number="379999999999")
    assert matches(row) == {
        "account": "differs",
        "address": "unknown",
        "phone": "unknown",
        "email": "unknown",
    }
    with pytest.raises(RequestAccountUnknown):
        request_review.approve(izhevsk.deps, olga, number)


@pytest.mark.parametrize("reason", list(DocumentReason))
def test_another_document_is_asked_for_and_sent(izhevsk: World, olga: Actor, reason: DocumentReason) -> None:
    sent, number, _ = claimed(izhevsk, olga)
    request_review.ask_other_document(izhevsk.deps, olga, number, reason)
    assert izhevsk.vault.kept == {}
    row = pin_requests.view_status(izhevsk.deps, NOBODY, sent.token)
    assert (row.status, row.replaceable, row.documents) == ("Нужен другой документ", True, [])
    assert row.note in last_text(izhevsk, EMAIL)
    with pytest.raises(DocumentMissing):
        pin_requests.send_again(izhevsk.deps, NOBODY, sent.token)
    attach(izhevsk, NOBODY, token=sent.token)
    assert pin_requests.send_again(izhevsk.deps, NOBODY, sent.token).status == "Принята"
    assert request_review.claim(izhevsk.deps, olga, number).documents


def test_what_was_said_of_the_former_document_is_not_said_of_another(izhevsk: World, olga: Actor) -> None:
    sent, number, row = claimed(izhevsk, olga, kind="household_card", card_date="2026-11-01")
    assert (row.kind, row.card) == (texts.kind_name("household_card"), "1\u00a0ноября 2026")
    for reason, kind, card in (
        (DocumentReason.OUTDATED, "household_card", words.CARD_UNSAID),
        (DocumentReason.OTHER_KIND, "", ""),
    ):
        request_review.ask_other_document(izhevsk.deps, olga, number, reason)
        attach(izhevsk, NOBODY, token=sent.token)
        pin_requests.send_again(izhevsk.deps, NOBODY, sent.token)
        row = request_review.claim(izhevsk.deps, olga, number)
        assert (row.kind, row.card) == (texts.kind_name(kind), card)


@pytest.mark.parametrize("reason", list(RejectReason))
def test_a_rejected_request_is_over(izhevsk: World, olga: Actor, reason: RejectReason) -> None:
    sent, number, _ = claimed(izhevsk, olga)
    request_review.reject(izhevsk.deps, olga, number, reason)
    assert izhevsk.vault.kept == {}
    row = pin_requests.view_status(izhevsk.deps, NOBODY, sent.token)
    assert (row.status, row.withdrawable) == ("Отказано", False)
    assert row.note in last_text(izhevsk, EMAIL)
    with pytest.raises(RequestMoved):
        request_review.claim(izhevsk.deps, olga, number)


def test_a_claim_holds_for_fifteen_minutes(izhevsk: World, olga: Actor, petr: Actor) -> None:
    _, number, row = claimed(izhevsk, olga)
    document = int(row.documents[0].id)
    izhevsk.clock.move(minutes=14, seconds=59)
    with pytest.raises(RequestClaimed):
        request_review.claim(izhevsk.deps, petr, number)
    (mine,), (theirs,) = (request_review.list_requests(izhevsk.deps, x) for x in (olga, petr))
    assert (mine.claimed, mine.mine, theirs.claimed, theirs.mine) == (True, True, True, False)
    izhevsk.clock.move(seconds=1)
    for late in (
        lambda: request_review.open_document(izhevsk.deps, olga, number, document, 0),
        lambda: request_review.approve(izhevsk.deps, olga, number),
    ):
        with pytest.raises(RequestClaimed):
            late()
    request_review.claim(izhevsk.deps, petr, number)
    with pytest.raises(RequestClaimed):
        request_review.reject(izhevsk.deps, olga, number, RejectReason.DUPLICATE)


def test_of_two_who_claim_at_once_one_gets_it(izhevsk: World, olga: Actor, petr: Actor) -> None:
    number = int(send(izhevsk).status.id)

    def take(actor: Actor) -> int:
        with suppress(RequestClaimed):
            return bool(request_review.claim(izhevsk.deps, actor, number))
        return 0

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, [olga, petr])) == 1


def test_without_a_document_nobody_gets_a_pin(izhevsk: World, olga: Actor, petr: Actor) -> None:
    """It has waited for longer than any document is kept, once approved or not at all."""
    owner(izhevsk, ACCOUNT, SERIAL)
    sent, number, _ = claimed(izhevsk, olga)
    assert not approve(izhevsk.deps, olga, number)
    izhevsk.clock.move(days=31)
    run_round(izhevsk.deps, 0)
    assert request_review.claim(izhevsk.deps, petr, number).documents == []
    with pytest.raises(RequestDocumentGone):
        request_review.approve(izhevsk.deps, petr, number)
    request_review.ask_other_document(izhevsk.deps, petr, number, DocumentReason.OUTDATED)
    assert pin_requests.view_status(izhevsk.deps, NOBODY, sent.token).replaceable


def test_who_has_seen_an_accounts_data_is_found_by_the_account(
    izhevsk: World, olga: Actor, petr: Actor
) -> None:
    """Each of the desk's deeds with a request, the view of the passport most of all."""
    owner(izhevsk, ACCOUNT, SERIAL)
    _, number, _ = claimed(izhevsk, olga)
    approve(izhevsk.deps, olga, number)
    request_review.claim(izhevsk.deps, petr, number)
    request_review.release(izhevsk.deps, petr, number)
    approve(izhevsk.deps, petr, number)
    _, number, _ = claimed(izhevsk, olga)
    request_review.ask_other_document(izhevsk.deps, olga, number, DocumentReason.OUTDATED)
    _, number, _ = claimed(izhevsk, olga)
    request_review.reject(izhevsk.deps, olga, number, RejectReason.DUPLICATE)
    with izhevsk.deps.snapshot() as tx:
        account = tx.customer_accounts.find_by_number(1, ACCOUNT)
        assert account
        for action in ("document.viewed", *(x for x in ACTIONS if x.startswith("pin_request."))):
            events = tx.audit.list_actions(action)
            assert {x.account_id for x in events} == {account.id}, action


def test_nobody_approves_what_they_have_not_looked_at(izhevsk: World, olga: Actor, petr: Actor) -> None:
    """Neither on a colleague's word, nor a second document behind the first, nor one that replaced another."""
    owner(izhevsk, ACCOUNT, SERIAL)
    attach(izhevsk, NOBODY)
    sent, number, row = claimed(izhevsk, olga)
    first, second = (int(x.id) for x in row.documents)
    for document in (first, second):
        with pytest.raises(RequestDocumentUnseen):
            request_review.approve(izhevsk.deps, olga, number)
        request_review.open_document(izhevsk.deps, olga, number, document, 0)
    assert not request_review.approve(izhevsk.deps, olga, number)
    request_review.claim(izhevsk.deps, petr, number)
    with pytest.raises(RequestDocumentUnseen):
        request_review.approve(izhevsk.deps, petr, number)
    look_at(izhevsk.deps, petr, number)
    request_review.ask_other_document(izhevsk.deps, petr, number, DocumentReason.OUTDATED)
    izhevsk.clock.move(minutes=1)
    attach(izhevsk, NOBODY, token=sent.token)
    pin_requests.send_again(izhevsk.deps, NOBODY, sent.token)
    request_review.claim(izhevsk.deps, petr, number)
    with pytest.raises(RequestDocumentUnseen):
        request_review.approve(izhevsk.deps, petr, number)


def test_an_operator_holds_one_request_at_a_time(izhevsk: World, olga: Actor, petr: Actor) -> None:
    _, first, _ = claimed(izhevsk, olga)
    _, second, _ = claimed(izhevsk, olga)
    _, third, _ = claimed(izhevsk, petr)
    held = {x.id: x.mine for x in request_review.list_requests(izhevsk.deps, olga) if x.claimed}
    assert held == {str(second): True, str(third): False}
    with pytest.raises(RequestMoved):
        request_review.approve(izhevsk.deps, olga, first)
    assert "pin_request.released" in actions(izhevsk)
    request_review.claim(izhevsk.deps, olga, second)  # the own one is only prolonged
    assert actions(izhevsk).count("pin_request.released") == 1


def test_two_clicks_issue_one_pin(izhevsk: World, olga: Actor) -> None:
    _, number, _ = claimed(izhevsk, olga)
    look_at(izhevsk.deps, olga, number)

    def click(_: int) -> int:
        with suppress(CabinetError):
            return request_review.approve(izhevsk.deps, olga, number)
        return 0

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(click, range(4))) == 1
    last_text(izhevsk, EMAIL)
    assert len([x for x in izhevsk.mail.to(EMAIL) if "0000: " in x.text]) == 1


def test_nobody_else_may(izhevsk: World, olga: Actor) -> None:
    """A subscriber, a visitor, an operator without a second factor, another supplier's operator."""
    sent, number, row = claimed(izhevsk, olga)
    document = int(row.documents[0].id)
    suppliers.add_supplier(
        izhevsk.deps, Actor.system(), suppliers.AddSupplier("other", "Другой газ", "Europe/Moscow")
    )
    stranger = operator(izhevsk, "stranger@example.ru", visitor=PETR, supplier="other")
    bare = replace(olga, granted=frozenset(), session_id=None)
    subscriber = with_supplier(izhevsk)
    ways = [
        lambda who: request_review.claim(izhevsk.deps, who, number),
        lambda who: request_review.release(izhevsk.deps, who, number),
        lambda who: request_review.open_document(izhevsk.deps, who, number, document, 0),
        lambda who: request_review.approve(izhevsk.deps, who, number),
        lambda who: request_review.reject(izhevsk.deps, who, number, RejectReason.DUPLICATE),
        lambda who: request_review.ask_other_document(izhevsk.deps, who, number, DocumentReason.OUTDATED),
    ]
    for who, refusal in ((NOBODY, SignInNeeded), (subscriber, Denied), (bare, Denied), (stranger, NotFound)):
        for way in ways:
            with pytest.raises(refusal):
                way(who)
    assert request_review.list_requests(izhevsk.deps, stranger) == []
    assert pin_requests.view_status(izhevsk.deps, NOBODY, sent.token).status == "Проверяем"


def test_a_document_of_another_request_a_page_that_is_none_and_a_draft_do_not_open(
    izhevsk: World, olga: Actor
) -> None:
    _, _, other = claimed(izhevsk, olga)
    _, number, row = claimed(izhevsk, olga)
    attach(izhevsk, NOBODY)
    document = int(row.documents[0].id)
    for asked in (
        (number, int(other.documents[0].id), 0),
        (number, document, 1),
        (number, document, -1),
        (number + 1, document, 0),
    ):
        with pytest.raises(NotFound):
            request_review.open_document(izhevsk.deps, olga, *asked)
    izhevsk.vault.kept.clear()
    with pytest.raises(DocumentUnreadable):
        request_review.open_document(izhevsk.deps, olga, number, document, 0)
    assert "document.viewed" not in actions(izhevsk)


def test_the_queue_is_oldest_first_and_holds_what_waits(izhevsk: World, olga: Actor) -> None:
    numbers = []
    for n in range(3):
        numbers.append(send(izhevsk, number=f"37000000100{n}").status.id)
        izhevsk.clock.move(minutes=1)
    assert [x.id for x in request_review.list_requests(izhevsk.deps, olga)] == numbers
    request_review.claim(izhevsk.deps, olga, int(numbers[0]))
    request_review.reject(izhevsk.deps, olga, int(numbers[0]), RejectReason.DUPLICATE)
    assert [x.id for x in request_review.list_requests(izhevsk.deps, olga)] == numbers[1:]


def test_whoever_only_pays_is_no_owner_to_compare_with(izhevsk: World, olga: Actor) -> None:
    anna = with_supplier(izhevsk)
    link(izhevsk, anna, ACCOUNT)
    _, _, row = claimed(izhevsk, olga)
    assert matches(row)["email"] == "unknown"


def test_why_two_must_decide_and_whose_turn_it_is_is_said(izhevsk: World, olga: Actor, petr: Actor) -> None:
    owner(izhevsk, ACCOUNT, SERIAL)
    _, number, row = claimed(izhevsk, olga)
    assert row.why == "Почта не та, что у владельца. После вас решает старший оператор."
    assert (row.letter, row.sender, row.authentication) == (False, "", "")
    approve(izhevsk.deps, olga, number)
    assert "Первое одобрение есть" in request_review.claim(izhevsk.deps, petr, number).why


@pytest.mark.parametrize("end", ["approve", "reject", "withdraw", "ask"])
def test_what_a_request_told_is_blanked_ninety_days_after_its_decision(
    izhevsk: World, olga: Actor, end: str
) -> None:
    sent, number, _ = claimed(izhevsk, olga)
    if end == "approve":
        assert approve(izhevsk.deps, olga, number)
    elif end == "reject":
        request_review.reject(izhevsk.deps, olga, number, RejectReason.NOT_CONFIRMED)
    elif end == "ask":
        request_review.ask_other_document(izhevsk.deps, olga, number, DocumentReason.UNREADABLE)
    else:
        pin_requests.withdraw(izhevsk.deps, NOBODY, sent.token)
    izhevsk.clock.move(days=89, hours=23)
    run_round(izhevsk.deps, 0)
    assert claims(izhevsk, number) != ("", "", "", "", "")
    izhevsk.clock.move(hours=2)
    run_round(izhevsk.deps, 0)
    assert claims(izhevsk, number) == ("", "", "", "", "")
    with pytest.raises(NotFound):
        pin_requests.view_status(izhevsk.deps, NOBODY, sent.token)
    assert pin_requests.forget_claims(izhevsk.deps) == 0


def test_what_waits_keeps_what_it_told(izhevsk: World, olga: Actor) -> None:
    _, number, _ = claimed(izhevsk, olga)
    izhevsk.clock.move(days=200)
    assert pin_requests.forget_claims(izhevsk.deps) == 0
    assert claims(izhevsk, number)[2] == EMAIL


def test_a_signed_in_senders_list_outlives_what_was_blanked(izhevsk: World, olga: Actor) -> None:
    anna, _ = owner(izhevsk, ACCOUNT, SERIAL, EMAIL)
    number = int(send(izhevsk, anna).status.id)
    request_review.claim(izhevsk.deps, olga, number)
    request_review.reject(izhevsk.deps, olga, number, RejectReason.NOT_CONFIRMED)
    izhevsk.clock.move(days=91)
    assert pin_requests.forget_claims(izhevsk.deps) == 1
    assert [x.status for x in pin_requests.list_own(izhevsk.deps, anna)] == ["Отказано"]


def claims(world: World, number: int) -> tuple[str, ...]:
    with world.engine.connect() as connection:
        columns = "claimed_address, phone, email, address, device"
        asked = f"SELECT {columns} FROM pin_requests WHERE id = {number}"  # noqa: S608 - our own number
        return tuple(connection.exec_driver_sql(asked).one())
