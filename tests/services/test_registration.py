from concurrent.futures import ThreadPoolExecutor

import pytest

from cabinet.domain import limits
from cabinet.domain.codes import (
    CodeExhausted,
    CodeExpired,
    CodeSuperseded,
    CodeUsed,
    CodeWrong,
    ConfirmationGone,
    LinkElsewhere,
    LinkExpired,
    LinkSuperseded,
    LinkUnknown,
    LinkUsed,
)
from cabinet.domain.errors import CabinetError, TooMany
from cabinet.domain.forms import Several
from cabinet.domain.human_check import HumanCheckNeeded
from cabinet.domain.permissions import Actor, Visitor
from cabinet.services import confirmations, registration, sign_in
from tests.factories import (
    PASSWORD,
    code_in,
    enter,
    last_text,
    link_token_in,
    pass_for,
    register,
    subscriber,
)
from tests.fakes import VISITOR, World

ANNA = Actor.anonymous(VISITOR)
OTHER = Visitor("device-of-boris", "192.0.2.2")
MAIL, PHONE = "anna@example.ru", "+79127451020"
THEIRS = "пароль злодея 77"


def password(text: str, login: str = MAIL) -> sign_in.SignIn:
    return sign_in.SignIn.parse({"login": login, "password": text})


def test_registration_by_mail_sends_a_code_and_a_link_and_the_code_signs_in(world: World) -> None:
    row = register(world, "Anna@Example.RU")
    assert row.sent_to == "a•••@example.ru"
    text = last_text(world, MAIL)
    assert "/confirm#token=" in text
    entered = confirmations.confirm_code(world.deps, ANNA, code_in(text))
    actor, _ = enter(world, entered.ticket)
    assert actor.user_id is not None


def test_registration_by_phone_sends_a_message_that_phones_fill_in(world: World) -> None:
    row = register(world, "8 (912) 745-10-20")
    assert row.sent_to == "+7 912 •••-••-20"
    text = last_text(world, PHONE)
    assert text.endswith(f"@localhost #{code_in(text)}")


def test_every_mistake_of_the_form_is_told_at_once() -> None:
    with pytest.raises(Several) as raised:
        registration.Register.parse({"login": "nobody", "password": "short"}, "")
    fields = {problem.field: problem.code for problem in raised.value.problems}
    assert fields == {
        "login": "login.malformed",
        "password": "password.short",
        "human": "human_check.needed",
        "consent": "field.missing",
    }


def test_a_pass_of_the_human_check_registers_once(world: World) -> None:
    earned = pass_for(world, VISITOR, registration.PURPOSE)
    form = {"login": MAIL, "password": PASSWORD, "consent": "on"}
    registration.register(world.deps, ANNA, registration.Register.parse(form, earned))
    again = registration.Register.parse({**form, "login": "boris@example.ru"}, earned)
    with pytest.raises(HumanCheckNeeded):
        registration.register(world.deps, ANNA, again)
    with world.deps.snapshot() as tx:
        assert tx.users.find_by_login(again.login) is None


def test_a_known_login_gets_the_same_answer_and_its_owner_a_letter(world: World) -> None:
    fresh = register(world, "new@example.ru", OTHER)
    subscriber(world, MAIL)
    world.clock.move(minutes=2)
    known = register(world, MAIL, OTHER)
    assert (known.channel, known.purpose, known.resend_in) == (
        fresh.channel,
        fresh.purpose,
        fresh.resend_in,
    )
    assert "уже есть личный кабинет" in last_text(world, MAIL)
    with pytest.raises(CodeWrong):
        confirmations.confirm_code(world.deps, Actor.anonymous(OTHER), "123456")


def test_a_second_registration_of_an_unconfirmed_login_never_lets_the_first_ones_password_in(
    world: World,
) -> None:
    register(world, MAIL, OTHER, THEIRS)
    world.clock.move(minutes=2)
    register(world, MAIL, VISITOR, PASSWORD)
    world.clock.move(minutes=2)
    register(world, MAIL, OTHER, THEIRS)
    world.clock.move(seconds=-120)
    letters = world.mail
    last_text(world, MAIL)
    mine = code_in(letters.to(MAIL)[1].text)
    confirmations.confirm_code(world.deps, ANNA, mine)
    with pytest.raises(sign_in.SignInWrong):
        sign_in.sign_in(
            world.deps,
            Actor.anonymous(OTHER),
            password(THEIRS),
        )


def test_a_strangers_earlier_registration_ends_with_the_code_of_the_owners_own(world: World) -> None:
    register(world, MAIL, OTHER, THEIRS)
    world.clock.move(minutes=2)
    register(world, MAIL)
    last_text(world, MAIL)
    first, second = (code_in(x.text) for x in world.mail.to(MAIL))
    entered = confirmations.confirm_code(world.deps, ANNA, second)
    assert enter(world, entered.ticket)[0].user_id == 1
    assert sign_in.sign_in(world.deps, ANNA, password(PASSWORD)).ticket
    with pytest.raises(CodeSuperseded):
        confirmations.confirm_code(world.deps, Actor.anonymous(OTHER), first)
    world.clock.move(minutes=2)
    with pytest.raises(ConfirmationGone):
        confirmations.resend_code(world.deps, Actor.anonymous(OTHER))
    with pytest.raises(sign_in.SignInWrong):
        sign_in.sign_in(world.deps, Actor.anonymous(OTHER), password(THEIRS))


def test_the_link_of_a_strangers_letter_does_not_confirm_the_strangers_password(world: World) -> None:
    register(world, MAIL, OTHER, THEIRS)
    world.clock.move(minutes=2)
    register(world, MAIL)
    last_text(world, MAIL)
    theirs, own = (x.text for x in world.mail.to(MAIL))
    telephone = Actor.anonymous(Visitor("telephone", "192.0.2.3"))
    for actor, letter in ((ANNA, theirs), (telephone, theirs), (telephone, own)):
        with pytest.raises(LinkElsewhere):
            confirmations.confirm_link(world.deps, actor, link_token_in(letter))
    assert confirmations.confirm_link(world.deps, ANNA, link_token_in(own)).ticket
    with pytest.raises(LinkSuperseded):
        confirmations.confirm_link(world.deps, Actor.anonymous(OTHER), link_token_in(theirs))
    world.clock.move(minutes=2)
    assert not sign_in.sign_in(world.deps, Actor.anonymous(OTHER), password(PASSWORD)).ticket


def test_a_strangers_registration_that_is_late_keeps_no_link_from_confirming(world: World) -> None:
    register(world, MAIL, OTHER, THEIRS)
    world.clock.move(minutes=11)
    register(world, MAIL)
    token = link_token_in(last_text(world, MAIL))
    telephone = Actor.anonymous(Visitor("telephone", "192.0.2.3"))
    assert not confirmations.confirm_link(world.deps, telephone, token).ticket
    world.clock.move(minutes=2)
    assert not sign_in.sign_in(world.deps, telephone, password(PASSWORD)).ticket  # a code was sent


@pytest.mark.parametrize("minutes", [0, 2])
def test_registering_and_then_signing_in_tells_nothing_of_whether_the_login_is_anybodys(
    world: World, minutes: int
) -> None:
    subscriber(world)
    world.clock.move(minutes=2)
    for login in (MAIL, "nobody@example.ru"):
        register(world, login, OTHER, THEIRS)
        world.clock.move(minutes=minutes)
        with pytest.raises(sign_in.SignInWrong):
            sign_in.sign_in(world.deps, Actor.anonymous(OTHER), password(THEIRS, login))


def test_a_right_code_and_a_registration_that_is_confirmed_count_for_no_address(world: World) -> None:
    subscriber(world)
    with world.deps.snapshot() as tx:
        for limit in (limits.CODE_CHECK, limits.REGISTER_ADDRESS):
            assert tx.attempts.left(limit, VISITOR.network, world.clock.now()) == limit.most


def test_of_many_wrong_codes_at_once_five_are_looked_at(world: World) -> None:
    register(world, MAIL)
    right = code_in(last_text(world, MAIL))

    def one(number: int) -> str:
        with pytest.raises(CabinetError) as caught:
            confirmations.confirm_code(world.deps, ANNA, f"{(int(right) + number) % 10**6:06}")
        return caught.value.code

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(one, range(1, 25)))
    assert told.count(CodeWrong.code) == 5
    assert set(told) == {CodeWrong.code, CodeExhausted.code}
    with pytest.raises(CodeExhausted):
        confirmations.confirm_code(world.deps, ANNA, right)


def test_wrong_codes_are_counted_and_close_the_code(world: World) -> None:
    register(world, MAIL)
    right = code_in(last_text(world, MAIL))
    wrong = "000000" if right != "000000" else "111111"
    left = []
    for _ in range(5):
        with pytest.raises(CodeWrong) as raised:
            confirmations.confirm_code(world.deps, ANNA, wrong)
        left.append(raised.value.facts["left"])
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(CodeExhausted):
        confirmations.confirm_code(world.deps, ANNA, right)


def test_expired_used_and_superseded_codes_are_told_apart(world: World) -> None:
    register(world, MAIL)
    first = code_in(last_text(world, MAIL))
    world.clock.move(seconds=61)
    confirmations.resend_code(world.deps, ANNA)
    second = code_in(last_text(world, MAIL))
    with pytest.raises(CodeSuperseded):
        confirmations.confirm_code(world.deps, ANNA, first)
    world.clock.move(minutes=11)
    with pytest.raises(CodeExpired):
        confirmations.confirm_code(world.deps, ANNA, second)
    confirmations.resend_code(world.deps, ANNA)
    third = code_in(last_text(world, MAIL))
    assert confirmations.confirm_code(world.deps, ANNA, f" {third[:3]}-{third[3:]} ").ticket
    with pytest.raises(CodeUsed):
        confirmations.confirm_code(world.deps, ANNA, third)
    world.clock.move(minutes=2)
    with pytest.raises(ConfirmationGone):  # what is done is begun anew, with the password
        confirmations.resend_code(world.deps, ANNA)


def test_another_code_can_be_sent_once_a_minute_and_five_times_a_day(world: World) -> None:
    register(world, MAIL)
    with pytest.raises(TooMany) as raised:
        confirmations.resend_code(world.deps, ANNA)
    assert raised.value.facts["retry_in"] == 60
    for _ in range(4):
        world.clock.move(minutes=2)
        confirmations.resend_code(world.deps, ANNA)
    world.clock.move(minutes=2)
    with pytest.raises(TooMany):
        confirmations.resend_code(world.deps, ANNA)


def test_a_code_is_worth_nothing_in_another_browser(world: World) -> None:
    register(world, MAIL)
    code = code_in(last_text(world, MAIL))
    with pytest.raises(ConfirmationGone):
        confirmations.confirm_code(world.deps, Actor.anonymous(OTHER), code)


def test_the_link_confirms_in_another_browser_but_signs_in_only_in_its_own(world: World) -> None:
    register(world, MAIL)
    token = link_token_in(last_text(world, MAIL))
    assert not confirmations.confirm_link(world.deps, Actor.anonymous(OTHER), token).ticket
    with pytest.raises(LinkUsed):
        confirmations.confirm_link(world.deps, ANNA, token)
    register(world, "second@example.ru")
    own = link_token_in(last_text(world, "second@example.ru"))
    assert confirmations.confirm_link(world.deps, ANNA, own).ticket
    register(world, "third@example.ru")
    late = link_token_in(last_text(world, "third@example.ru"))
    world.clock.move(minutes=11)
    with pytest.raises(LinkExpired):
        confirmations.confirm_link(world.deps, ANNA, late)
    with pytest.raises(LinkUnknown):
        confirmations.confirm_link(world.deps, ANNA, "no-such-link")


def test_a_browser_that_asked_for_nothing_has_nothing_to_confirm(world: World) -> None:
    nobody = Visitor("", "192.0.2.9")
    with pytest.raises(ConfirmationGone):
        confirmations.get_confirmation(world.deps, ANNA)
    for _ in range(limits.CODE_CHECK.most + 1):
        with pytest.raises(ConfirmationGone):
            confirmations.confirm_code(world.deps, Actor.anonymous(nobody), "123456")


def test_the_consent_of_whoever_confirms_is_kept_with_its_version_time_and_address(world: World) -> None:
    register(world, MAIL, OTHER)
    world.clock.move(minutes=2)
    register(world, MAIL)
    given_at = world.clock.at
    world.clock.move(minutes=2)
    confirmations.resend_code(world.deps, ANNA)
    confirmations.confirm_code(world.deps, ANNA, code_in(last_text(world, MAIL)))
    with world.deps.snapshot() as tx:
        user = tx.users.get(1)
    assert user.consent_version
    assert len(user.consent_digest) == 64
    assert (user.consented_at, user.consent_address) == (given_at, VISITOR.address)


def test_a_password_that_is_far_too_long_is_told_so() -> None:
    with pytest.raises(Several) as raised:
        registration.Register.parse({"login": MAIL, "password": "ab я" * 5000, "consent": "on"}, "pass")
    assert [problem.code for problem in raised.value.problems] == ["password.long"]
