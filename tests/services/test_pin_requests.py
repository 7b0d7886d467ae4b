"""Requests for a PIN: who may send them, what they say, what they never tell."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cabinet.domain import limits
from cabinet.domain.errors import CabinetError, NotFound, SignInNeeded, TooMany
from cabinet.domain.forms import Several
from cabinet.domain.human_check import HumanCheckNeeded
from cabinet.domain.identity import AccountNumberMalformed
from cabinet.domain.permissions import Actor
from cabinet.domain.pin_requests import CardTooOld, DocumentMissing, RequestMoved
from cabinet.services import documents, pin_requests
from cabinet.services.pin_requests import KnownOfSender, SendRequest
from tests.factories import (
    ACCOUNT,
    OTHER_ACCOUNT,
    OTHER_SERIAL,
    last_text,
    link,
    link_token_in,
    pass_for,
    subscriber,
    with_supplier,
)
from tests.fakes import VISITOR, World
from tests.hostile import HOSTILE
from tests.requests import EMAIL, FORM, attach, send

NOBODY = Actor.anonymous(VISITOR)
OTHER = Actor.anonymous(replace(VISITOR, device="device-of-boris"))


def test_a_visitor_sends_a_request_and_follows_it_by_the_link_of_the_letter(izhevsk: World) -> None:
    sent = send(izhevsk)
    letter = last_text(izhevsk, EMAIL)
    assert sent.status.title in letter
    token = link_token_in(letter)
    assert token == sent.token
    for whoever in (NOBODY, OTHER):  # the link is read on any device
        row = pin_requests.view_status(izhevsk.deps, whoever, token)
        assert (row.status, row.pill, row.withdrawable) == ("Принята", "warn", True)
        assert row.account == "3700\u00a00000\u00a00000"


def test_the_answer_and_the_letter_are_the_same_for_an_account_that_does_not_exist(izhevsk: World) -> None:
    known = send(izhevsk)
    first = last_text(izhevsk, EMAIL)
    unknown = send(izhevsk, number="379999999999")
    second = last_text(izhevsk, EMAIL)
    assert replace(unknown.status, id="", title="", account="") == replace(
        known.status, id="", title="", account=""
    )
    for row, text in ((known, first), (unknown, second)):
        assert row.token in text

    def plain(text: str, sent: pin_requests.Sent) -> str:
        return text.replace(sent.token, "").replace(sent.status.title, "").replace(sent.status.account, "")

    assert plain(first, known) == plain(second, unknown)


def test_somebody_signed_in_needs_no_check_and_finds_the_request_in_the_cabinet(izhevsk: World) -> None:
    anna = subscriber(izhevsk)
    sent = send(izhevsk, anna)
    (row,) = pin_requests.list_own(izhevsk.deps, anna)
    assert row == sent.status
    assert pin_requests.open_own(izhevsk.deps, anna, int(row.id)) == sent.token
    boris = subscriber(izhevsk, "boris@example.ru", OTHER.visitor)
    assert pin_requests.list_own(izhevsk.deps, boris) == []
    with pytest.raises(NotFound):
        pin_requests.open_own(izhevsk.deps, boris, int(row.id))
    with pytest.raises(SignInNeeded):
        pin_requests.list_own(izhevsk.deps, NOBODY)


def test_a_visitor_without_the_check_a_file_or_a_browser_sends_nothing(izhevsk: World) -> None:
    with pytest.raises(Several) as problems:
        SendRequest.parse(FORM, "", visitor=True)
    assert [type(x) for x in problems.value.problems] == [HumanCheckNeeded]
    human = pass_for(izhevsk, VISITOR, pin_requests.PURPOSE)
    command = SendRequest.parse(FORM, human, visitor=True)
    with pytest.raises(DocumentMissing):
        pin_requests.send_request(izhevsk.deps, NOBODY, command)
    attach(izhevsk, NOBODY)
    with pytest.raises(DocumentMissing):  # another browser's file is no file of this one
        pin_requests.send_request(izhevsk.deps, OTHER, command)
    with pytest.raises(DocumentMissing):
        pin_requests.send_request(izhevsk.deps, Actor.anonymous(replace(VISITOR, device="")), command)
    with pytest.raises(HumanCheckNeeded):
        pin_requests.send_request(izhevsk.deps, NOBODY, replace(command, human_pass="x" * 43))
    assert pin_requests.send_request(izhevsk.deps, NOBODY, command).token  # the pass is still there


def test_every_field_is_told_at_once_and_nothing_is_stored(izhevsk: World) -> None:
    with pytest.raises(Several) as problems:
        SendRequest.parse({"kind": "household_card", "card_date": "31.02.2026"}, "", visitor=True)
    fields = [x.field for x in problems.value.problems]
    assert fields[:5] == ["phone", "email", "number", "address", "card_date"]
    assert isinstance(problems.value.problems[5], HumanCheckNeeded)


@pytest.mark.parametrize("number", ["12345", "37000000000000", "ABCDEFGHIJKL"])
def test_a_number_that_no_account_of_the_supplier_has_is_told(izhevsk: World, number: str) -> None:
    with pytest.raises(AccountNumberMalformed):
        send(izhevsk, number=number)


# Samara is UTC+4: at 20:00 UTC it is the next day there.
@pytest.mark.parametrize(
    ("now", "issued", "taken"),
    [
        ("2026-11-20T19:59", "2026-10-20", True),
        ("2026-11-20T20:00", "2026-10-20", False),
        ("2026-11-20T20:00", "2026-10-21", True),
        ("2026-11-20T19:59", "2026-11-20", True),
        ("2026-11-20T19:59", "2026-11-21", False),  # not issued yet
        ("2026-11-20T20:00", "2026-11-21", True),
        ("2026-02-28T19:59", "2026-01-31", True),  # a month from the 31st is the last of February
        ("2026-02-28T19:59", "2026-01-28", True),
        ("2026-02-28T20:00", "2026-01-31", False),
        ("2028-02-29T12:00", "2028-01-30", True),
        ("2026-12-31T20:00", "2026-12-01", True),  # the new year
        ("2026-12-31T20:00", "2026-11-30", False),
        ("2026-11-20T12:00", "0001-01-01", False),
        ("2026-11-20T12:00", "9999-12-31", False),
    ],
)
def test_a_household_card_holds_for_a_month_by_the_suppliers_calendar(
    izhevsk: World, now: str, issued: str, *, taken: bool
) -> None:
    izhevsk.clock.at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    if taken:
        assert send(izhevsk, kind="household_card", card_date=issued).token
    else:
        with pytest.raises(CardTooOld):
            send(izhevsk, kind="household_card", card_date=issued)


def test_other_documents_have_no_date(izhevsk: World) -> None:
    assert send(izhevsk, kind="passport", card_date="nonsense").token


def test_a_file_is_sent_once_however_often_the_button_is_pressed(izhevsk: World) -> None:
    anna = subscriber(izhevsk)
    attach(izhevsk, anna)
    command = SendRequest.parse(FORM, "", visitor=False)

    def press(_: int) -> str:
        with suppress(CabinetError):
            return pin_requests.send_request(izhevsk.deps, anna, command).token
        return ""

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(press, range(6)))
    assert len([x for x in answers if x]) == 1
    assert len(pin_requests.list_own(izhevsk.deps, anna)) == 1


def test_a_request_is_withdrawn_once_and_its_documents_go_with_it(izhevsk: World) -> None:
    sent = send(izhevsk)
    assert len(izhevsk.vault.kept) == 1
    row = pin_requests.withdraw(izhevsk.deps, OTHER, sent.token)
    assert (row.status, row.withdrawable) == ("Отозвана", False)
    assert izhevsk.vault.kept == {}
    assert "отозвана" in last_text(izhevsk, EMAIL)
    with pytest.raises(RequestMoved):
        pin_requests.withdraw(izhevsk.deps, OTHER, sent.token)
    with pytest.raises(RequestMoved):
        attach(izhevsk, OTHER, token=sent.token)


@pytest.mark.parametrize("token", [*(x for x in HOSTILE if isinstance(x, str)), "a" * 64])
def test_a_link_that_we_never_gave_leads_nowhere(izhevsk: World, token: str) -> None:
    send(izhevsk)
    attach(izhevsk, NOBODY)  # a draft, whose link is empty, is nobody's
    for ask in (pin_requests.view_status, pin_requests.withdraw, pin_requests.send_again):
        with pytest.raises(NotFound):
            ask(izhevsk.deps, NOBODY, token)


def test_the_token_is_in_no_row_of_the_database(izhevsk: World) -> None:
    sent = send(izhevsk)
    last_text(izhevsk, EMAIL)  # its facts go when it is sent
    with izhevsk.engine.connect() as connection:
        for table in ("pin_requests", "outbox", "audit_events", "request_documents"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608 - our names
            assert sent.token not in str(rows)


def test_requests_are_limited_for_a_browser_an_account_and_an_address(izhevsk: World) -> None:
    for n in range(5):
        send(izhevsk, email=f"zoya{n}@example.ru", number=f"37000000100{n}")
    with pytest.raises(TooMany):
        send(izhevsk, email="zoya6@example.ru", number="370000001006")
    for n in range(3):
        other = Actor.anonymous(replace(VISITOR, device=f"device {n}", address=f"192.0.2.{n + 10}"))
        send(izhevsk, other, email="victim@example.ru", number=f"37000000200{n}")
    izhevsk.clock.move(days=1, seconds=1)
    assert send(izhevsk).token


def test_letters_to_one_address_are_limited_whoever_asks(izhevsk: World) -> None:
    for n in range(6):
        other = Actor.anonymous(replace(VISITOR, device=f"device {n}", address=f"192.0.2.{n + 10}"))
        if n < 5:
            send(izhevsk, other, email="victim@example.ru", number=f"37000000200{n}")
        else:
            with pytest.raises(TooMany):
                send(izhevsk, other, email="Victim@Example.ru", number="370000002009")


def test_others_close_an_account_to_its_owner_only_by_very_many_requests(izhevsk: World) -> None:
    """Five a day did: from one address and browser, under invented e-mails."""
    for n in range(limits.PIN_REQUEST_ACCOUNT.most - 1):
        other = Actor.anonymous(replace(VISITOR, device=f"device {n}", address=f"192.0.2.{n + 10}"))
        send(izhevsk, other, email=f"stranger{n}@example.ru")
    assert send(izhevsk).token
    with pytest.raises(TooMany):
        send(izhevsk, email="zoya2@example.ru")


def test_a_draft_is_the_browsers_own(izhevsk: World) -> None:
    mine = attach(izhevsk, NOBODY)
    assert documents.list_attached(izhevsk.deps, NOBODY) == [mine]
    assert documents.list_attached(izhevsk.deps, OTHER) == []
    anna = subscriber(izhevsk)  # in the same browser: what a visitor has added is not hers
    assert documents.list_attached(izhevsk.deps, anna) == []
    with pytest.raises(NotFound):
        documents.detach_document(izhevsk.deps, OTHER, mine.id)
    assert documents.detach_document(izhevsk.deps, NOBODY, mine.id) == []
    assert izhevsk.vault.kept == {}


def test_the_form_of_somebody_signed_in_begins_with_what_is_known(izhevsk: World) -> None:
    anna = with_supplier(izhevsk)
    boris = with_supplier(izhevsk, "+79127451020", OTHER.visitor)
    link(izhevsk, anna, ACCOUNT)
    assert pin_requests.know_sender(izhevsk.deps, anna) == KnownOfSender("", "anna@example.ru", ACCOUNT)
    assert pin_requests.know_sender(izhevsk.deps, boris) == KnownOfSender("+7 912 745-10-20", "", "")
    link(izhevsk, anna, OTHER_ACCOUNT)
    assert pin_requests.know_sender(izhevsk.deps, anna).number == ""
    link(izhevsk, anna, OTHER_ACCOUNT, OTHER_SERIAL)  # extended already: no PIN is missing
    assert pin_requests.know_sender(izhevsk.deps, anna).number == ACCOUNT
    with pytest.raises(SignInNeeded):
        pin_requests.know_sender(izhevsk.deps, NOBODY)


def test_suppliers_are_told_to_anybody(izhevsk: World) -> None:
    (choice,) = pin_requests.list_choices(izhevsk.deps, NOBODY)
    assert choice.name == "Межрегионгаз Ижевск"
    assert ACCOUNT not in str(choice)
