"""A PIN is issued, shown once, and revokes the one before it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from cabinet.domain import limits
from cabinet.domain.errors import SignInNeeded
from cabinet.domain.permissions import Actor, Visitor
from cabinet.domain.pins import ALPHABET
from cabinet.domain.registers import SupplierUnknown
from cabinet.services.access_pins import IssuePin, PinAccountUnknown, issue_pin
from tests.factories import ACCOUNT, SERIAL, last_text, owner
from tests.fakes import World

NUMBER = "370000015838"


def stored(world: World) -> str:
    with world.deps.snapshot() as tx:
        account = tx.customer_accounts.find_by_number(1, NUMBER)
        assert account is not None
        return tx.customer_accounts.find_pin(account.id or 0, "pin")


def test_a_new_pin_opens_and_the_former_one_does_not(izhevsk: World) -> None:
    first = issue_pin(izhevsk.deps, Actor.system(), IssuePin("izhevsk", "3700 0001 5838"))
    second = issue_pin(izhevsk.deps, Actor.system(), IssuePin("izhevsk", NUMBER))
    assert len(second) == 8
    assert set(second) <= set(ALPHABET)
    assert izhevsk.deps.passwords.verify_plain(second, stored(izhevsk))
    assert not izhevsk.deps.passwords.verify_plain(first, stored(izhevsk))


def test_the_issue_is_audited_and_the_pin_is_not(izhevsk: World) -> None:
    pin = issue_pin(izhevsk.deps, Actor.system(), IssuePin("izhevsk", NUMBER))
    with izhevsk.deps.snapshot() as tx:
        [event] = tx.audit.list_actions("pin.issued")
        account = tx.customer_accounts.find_by_number(1, NUMBER)
    assert account
    assert event.account_id == account.id
    assert pin not in repr(event)


def test_whoever_has_linked_the_account_is_told_of_a_pin_from_the_command_line(izhevsk: World) -> None:
    owner(izhevsk, ACCOUNT, SERIAL)
    issue_pin(izhevsk.deps, Actor.system(), IssuePin("izhevsk", ACCOUNT))
    assert "Выдан новый пин-код" in last_text(izhevsk, "anna@example.ru")


def test_guesses_at_the_former_pin_close_nothing_after_a_new_one(izhevsk: World) -> None:
    now = izhevsk.clock.now()
    with izhevsk.deps.transaction() as tx:
        account = tx.customer_accounts.find_by_number(1, NUMBER)
        assert account
        tx.attempts.reserve(limits.PIN_ACCOUNT_HOUR, account.id or 0, now, 5)
    issue_pin(izhevsk.deps, Actor.system(), IssuePin("izhevsk", NUMBER))
    with izhevsk.deps.snapshot() as tx:
        assert tx.attempts.left(limits.PIN_ACCOUNT_HOUR, account.id or 0, now) == 5


def test_of_pins_issued_at_once_one_holds(izhevsk: World) -> None:
    with ThreadPoolExecutor(4) as pool:
        wish = IssuePin("izhevsk", NUMBER)
        pins = list(pool.map(lambda _: issue_pin(izhevsk.deps, Actor.system(), wish), range(8)))
    hashed = stored(izhevsk)
    assert sum(izhevsk.deps.passwords.verify_plain(pin, hashed) for pin in pins) == 1


def test_no_pin_for_an_account_or_a_supplier_that_is_not_there(izhevsk: World) -> None:
    for number in ("379999999999", "37", "", "٣" * 12):
        with pytest.raises(PinAccountUnknown):
            issue_pin(izhevsk.deps, Actor.system(), IssuePin("izhevsk", number))
    with pytest.raises(SupplierUnknown):
        issue_pin(izhevsk.deps, Actor.system(), IssuePin("nobody", NUMBER))


def test_a_visitor_issues_no_pin(izhevsk: World) -> None:
    before = stored(izhevsk)
    with pytest.raises(SignInNeeded):
        issue_pin(izhevsk.deps, Actor.anonymous(Visitor("", "", "")), IssuePin("izhevsk", NUMBER))
    assert stored(izhevsk) == before
