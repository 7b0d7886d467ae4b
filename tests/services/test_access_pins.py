"""A PIN is issued, shown once, and revokes the one before it."""

import pytest

from cabinet.domain.errors import SignInNeeded
from cabinet.domain.permissions import Actor, Visitor
from cabinet.domain.pins import ALPHABET
from cabinet.domain.registers import SupplierUnknown
from cabinet.services.access_pins import IssuePin, PinAccountUnknown, issue_pin
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
    assert event.object_id is not None
    assert pin not in repr(event)


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
