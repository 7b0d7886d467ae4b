"""A PIN at the counter: found, checked, issued once, told of, printed; and nothing for another supplier's desk."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from pypdf import PdfReader
from sqlalchemy import select, text

from cabinet.domain.account_search import SearchShort
from cabinet.domain.errors import CabinetError, Denied, NotFound, SignInNeeded, TooMany
from cabinet.domain.forms import FormStale, Several
from cabinet.domain.permissions import Actor, OperatorRole
from cabinet.persistence.engine import metadata
from cabinet.services import access_pins, customer_accounts, desk_pins
from cabinet.services.desk_pins import IssueAtDesk, PinNotThis
from cabinet.services.suppliers import AddSupplier, add_supplier
from tests.factories import ACCOUNT, SERIAL, last_text, operator, owner, with_supplier
from tests.fakes import VISITOR, World
from tests.hostile import HOSTILE

GOOD = {"shown": "passport", "checked": "on", "delivery": "print", "email": ""}


def account_id(world: World, number: str = ACCOUNT) -> int:
    with world.deps.snapshot() as tx:
        found = tx.customer_accounts.find_by_number(1, number)
        assert found
        assert found.id
        return found.id


def command(world: World, key: str = "k" * 43, **form: str) -> IssueAtDesk:
    return IssueAtDesk.parse({**GOOD, "key": key, **form}, account_id(world), key)


def actions(world: World) -> list[str]:
    with world.engine.connect() as connection:
        return [x for (x,) in connection.execute(text("SELECT action FROM audit_events ORDER BY id"))]


def strangers(world: World) -> Actor:
    add_supplier(world.deps, Actor.system(), AddSupplier.parse("perm", "Пермь", "Asia/Yekaterinburg"))
    return operator(world, "boris@perm.ru", OperatorRole.ADMINISTRATOR, supplier="perm")


@pytest.mark.parametrize(
    "typed",
    [
        *("370000000000", "3700 0000 0000", "№ 3700-0000-0000", "Широбоков", "ШИРОБОКОВ", "Широбоков И С"),
        *("Труда", "ул. ТРУДА 117", "Шаркан Труда", "с. Шаркан, ул. Труда, д. 117"),
    ],
)
def test_an_account_is_found_by_number_name_or_address(izhevsk: World, typed: str) -> None:
    found = desk_pins.find_accounts(izhevsk.deps, operator(izhevsk), typed)
    assert str(account_id(izhevsk)) in {x.id for x in found}


def test_one_letter_is_asked_for_more(izhevsk: World) -> None:
    with pytest.raises(SearchShort):
        desk_pins.find_accounts(izhevsk.deps, operator(izhevsk), "ш")


def test_what_nobody_has_is_not_found(izhevsk: World) -> None:
    clerk = operator(izhevsk)
    for typed in ("999999999999", "Йцукенов", "Труда 99999", "%%", "__"):
        try:
            assert desk_pins.find_accounts(izhevsk.deps, clerk, typed) == []
        except SearchShort:
            assert typed in {"%%", "__"}


def test_another_suppliers_desk_finds_sees_issues_and_prints_nothing(izhevsk: World) -> None:
    boris, known = strangers(izhevsk), account_id(izhevsk)
    pin = desk_pins.issue_at_desk(izhevsk.deps, operator(izhevsk), command(izhevsk)).pin
    for typed in (ACCOUNT, "Широбоков", "Труда"):
        assert desk_pins.find_accounts(izhevsk.deps, boris, typed) == []
    for call in (
        lambda: desk_pins.view_account(izhevsk.deps, boris, known),
        lambda: desk_pins.issue_at_desk(izhevsk.deps, boris, command(izhevsk, "other")),
        lambda: desk_pins.print_slip(izhevsk.deps, boris, known, pin),
    ):
        with pytest.raises(NotFound):
            call()


def test_nobody_but_an_operator_with_a_factor_does_any_of_it(izhevsk: World) -> None:
    unverified = Actor.operator(VISITOR, 1, 1, 1, OperatorRole.ADMINISTRATOR, verified=False)
    anna, _ = owner(izhevsk)
    wish = command(izhevsk)
    for actor, refusal in (
        (Actor.anonymous(VISITOR), SignInNeeded),
        (anna, Denied),
        (unverified, Denied),
        (Actor.system(), Denied),
    ):
        with pytest.raises(refusal):
            desk_pins.find_accounts(izhevsk.deps, actor, ACCOUNT)
        with pytest.raises(refusal):
            desk_pins.view_account(izhevsk.deps, actor, wish.account_id)
        with pytest.raises(refusal):
            desk_pins.issue_at_desk(izhevsk.deps, actor, wish)
        with pytest.raises(refusal):
            desk_pins.print_slip(izhevsk.deps, actor, wish.account_id, "glazov3k")


def test_a_pin_issued_in_person_opens_the_account_typed_in_capitals(izhevsk: World) -> None:
    clerk, known = operator(izhevsk), account_id(izhevsk)
    desk_pins.find_accounts(izhevsk.deps, clerk, ACCOUNT)
    desk_pins.view_account(izhevsk.deps, clerk, known)
    pin = desk_pins.issue_at_desk(izhevsk.deps, clerk, command(izhevsk)).pin
    form = {"access": "extended", "proof_kind": "pin", "pin": f" {pin.upper()} "}
    anna = with_supplier(izhevsk)
    linked = customer_accounts.link_account(
        izhevsk.deps, anna, customer_accounts.LinkAccount.parse(form, ACCOUNT)
    )
    assert linked.extended
    deeds = [x for x in actions(izhevsk) if x.startswith(("desk.", "pin."))]
    assert deeds == ["desk.searched", "desk.account_viewed", "pin.issued"]


def test_the_former_pin_is_revoked_and_the_linked_owner_is_told(izhevsk: World) -> None:
    owner(izhevsk, ACCOUNT, SERIAL)
    clerk = operator(izhevsk)
    first = desk_pins.issue_at_desk(izhevsk.deps, clerk, command(izhevsk, "one")).pin
    second = desk_pins.issue_at_desk(izhevsk.deps, clerk, command(izhevsk, "two")).pin
    assert first != second
    assert "Прежний" in last_text(izhevsk, "anna@example.ru")
    assert second not in last_text(izhevsk, "anna@example.ru")
    with pytest.raises(PinNotThis):
        desk_pins.print_slip(izhevsk.deps, clerk, account_id(izhevsk), first)


def test_the_same_form_issues_one_however_often_and_fast_it_is_sent(izhevsk: World) -> None:
    clerk = operator(izhevsk)
    wish = command(izhevsk)
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: desk_pins.issue_at_desk(izhevsk.deps, clerk, wish), range(8)))
    [first] = [x for x in got if x.pin]
    assert all(x.again for x in got if x is not first)
    assert actions(izhevsk).count("pin.issued") == 1
    assert desk_pins.print_slip(izhevsk.deps, clerk, wish.account_id, first.pin)


def test_a_pin_sent_by_mail_is_never_seen_at_the_desk(izhevsk: World) -> None:
    clerk = operator(izhevsk)
    wish = command(izhevsk, delivery="mail", email=" Petr@Example.RU ")
    issued = desk_pins.issue_at_desk(izhevsk.deps, clerk, wish)
    assert (issued.pin, issued.sent_to) == ("", "p•••@example.ru")
    assert desk_pins.issue_at_desk(izhevsk.deps, clerk, wish).again
    letter = last_text(izhevsk, "petr@example.ru")
    pin = letter.partition(": ")[2][:8]
    with pytest.raises(PinNotThis):
        desk_pins.print_slip(izhevsk.deps, clerk, wish.account_id, pin)
    with izhevsk.engine.connect() as connection:
        for table in ("audit_events", "pin_issues", "outbox", "access_pins"):
            assert pin not in str(connection.execute(select(metadata.tables[table])).all())


def test_the_slip_says_the_pin_and_how_to_use_it(izhevsk: World) -> None:
    clerk = operator(izhevsk)
    issued = desk_pins.issue_at_desk(izhevsk.deps, clerk, command(izhevsk))
    slip = desk_pins.print_slip(izhevsk.deps, clerk, account_id(izhevsk), issued.pin.upper())
    reader = PdfReader(io.BytesIO(slip))
    said = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert len(reader.pages) == 1
    for words in (issued.pin, "3700 0000 0000", "НАСТРОЙКАХ", "http://localhost:3000", "Прежний"):
        assert words in said.replace("\u00a0", " ")
    assert actions(izhevsk)[-1] == "pin.printed"


def test_a_slip_is_printed_once_and_by_whoever_was_shown_the_pin(izhevsk: World) -> None:
    clerk, known = operator(izhevsk), account_id(izhevsk)
    other = operator(izhevsk, "petr@example.ru", visitor=replace(VISITOR, device="device-of-petr"))
    pin = desk_pins.issue_at_desk(izhevsk.deps, clerk, command(izhevsk)).pin

    def slip(who: Actor, shown: str = pin) -> str:
        try:
            return desk_pins.print_slip(izhevsk.deps, who, known, shown)[:4].decode()
        except CabinetError as refusal:
            return refusal.code

    assert slip(other) == "pin.not_this"
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(lambda _: slip(clerk), range(4))) == ["%PDF", *["pin.printed_before"] * 3]
    izhevsk.clock.move(minutes=1)
    elsewhere = access_pins.IssuePin("izhevsk", ACCOUNT)
    assert slip(clerk, access_pins.issue_pin(izhevsk.deps, Actor.system(), elsewhere)) == "pin.not_this"
    assert slip(clerk, desk_pins.issue_at_desk(izhevsk.deps, clerk, command(izhevsk, "again")).pin) == "%PDF"
    with izhevsk.deps.snapshot() as tx:
        refused = tx.audit.list_actions("pin.print_refused")
    assert {x.account_id for x in refused} == {known}
    assert (
        sorted(str(x.details["code"]) for x in refused) == ["pin.not_this"] * 2 + ["pin.printed_before"] * 3
    )


@pytest.mark.parametrize("pin", ["", "glazov4k", "Ы" * 10_000, "\0", "\ud800"])
def test_nothing_but_the_pin_that_holds_is_printed(izhevsk: World, pin: str) -> None:
    with pytest.raises(PinNotThis):
        desk_pins.print_slip(izhevsk.deps, operator(izhevsk), account_id(izhevsk), pin)
    assert "pin.printed" not in actions(izhevsk)
    assert actions(izhevsk)[-1] == "pin.print_refused"


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ({"shown": "", "checked": "", "delivery": ""}, {"shown", "checked", "delivery"}),
        ({"shown": "letter"}, {"shown"}),
        ({"checked": "1"}, {"checked"}),
        ({"delivery": "mail"}, {"email"}),
        ({"delivery": "mail", "email": "8 912 745-10-20"}, {"email"}),
        ({"delivery": "mail", "email": "anna@"}, {"email"}),
    ],
)
def test_a_checklist_that_is_not_done_says_what_is_missing(
    izhevsk: World, form: dict[str, str], fields: set[str]
) -> None:
    with pytest.raises(Several) as told:
        command(izhevsk, **form)
    assert {x.field for x in told.value.problems} == fields


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_hostile_forms_are_refused(izhevsk: World, value: object) -> None:
    with pytest.raises(FormStale):
        IssueAtDesk.parse({"key": value}, 1, "k")  # type: ignore[dict-item]
    with pytest.raises(FormStale):
        IssueAtDesk.parse({**GOOD, "key": ""}, 1, "")
    with pytest.raises(Several):
        IssueAtDesk.parse(dict.fromkeys(GOOD, value) | {"key": "k"}, 1, "k")  # type: ignore[arg-type]


def test_guesses_at_the_former_pin_close_nothing_after_a_new_one(izhevsk: World) -> None:
    anna = with_supplier(izhevsk)
    for _ in range(5):
        guess = {"access": "extended", "proof_kind": "pin", "pin": "wrong234"}
        with pytest.raises(Exception, match=r"access\.proof_wrong"):
            customer_accounts.link_account(
                izhevsk.deps, anna, customer_accounts.LinkAccount.parse(guess, ACCOUNT)
            )
    pin = desk_pins.issue_at_desk(izhevsk.deps, operator(izhevsk), command(izhevsk)).pin
    right = {"access": "extended", "proof_kind": "pin", "pin": pin}
    linking = customer_accounts.LinkAccount.parse(right, ACCOUNT)
    assert customer_accounts.link_account(izhevsk.deps, anna, linking).extended


def test_nobody_reads_the_whole_supplier_account_by_account(izhevsk: World) -> None:
    clerk = operator(izhevsk)
    for _ in range(300):
        desk_pins.view_account(izhevsk.deps, clerk, 1)
    with pytest.raises(TooMany):
        desk_pins.view_account(izhevsk.deps, clerk, 2)
