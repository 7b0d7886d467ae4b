from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from cabinet.adapters.passwords_bcrypt import BcryptPasswords
from cabinet.domain.codes import CodeWrong
from cabinet.domain.errors import CabinetError, TooMany
from cabinet.domain.human_check import HumanCheckNeeded
from cabinet.domain.permissions import Actor, Visitor
from cabinet.ports import PasswordHasher
from cabinet.services import confirmations, notifications, password_reset, sessions, sign_in
from tests.factories import PASSWORD, code_in, enter, last_text, pass_for, register, subscriber
from tests.fakes import NOON, VISITOR, World

ANNA = Actor.anonymous(VISITOR)
NEW_DEVICE = Visitor("another-device", "192.0.2.7")
MAIL = "anna@example.ru"


def form(password: str = PASSWORD, login: str = MAIL) -> sign_in.SignIn:
    return sign_in.SignIn.parse({"login": login, "password": password})


def test_a_known_browser_signs_in_by_password_alone(world: World) -> None:
    subscriber(world)
    actor, _ = enter(world, sign_in.sign_in(world.deps, ANNA, form()).ticket)
    assert actor.user_id == 1


def test_an_unknown_browser_is_asked_for_a_code_too(world: World) -> None:
    subscriber(world)
    world.clock.move(minutes=2)
    elsewhere = Actor.anonymous(NEW_DEVICE)
    assert not sign_in.sign_in(world.deps, elsewhere, form()).ticket
    code = code_in(last_text(world, MAIL))
    entered = confirmations.confirm_code(world.deps, elsewhere, code)
    actor, _ = enter(world, entered.ticket, NEW_DEVICE)
    assert actor.user_id == 1
    assert sign_in.sign_in(world.deps, elsewhere, form()).ticket


def test_a_wrong_password_and_an_unknown_login_are_one_answer(world: World) -> None:
    subscriber(world)
    for wrong in (form("не тот пароль"), form(login="nobody@example.ru")):
        with pytest.raises(sign_in.SignInWrong) as raised:
            sign_in.sign_in(world.deps, ANNA, wrong)
        assert (raised.value.field, raised.value.facts) == ("", {})


class Meanwhile:
    """Checks passwords; something happens while it does."""

    def __init__(self, real: PasswordHasher, deed: Callable[[], object]) -> None:
        self._real, self._deed = real, deed

    def hash(self, password: str) -> str:
        return self._real.hash(password)

    def verify(self, password: str, stored: str) -> bool:
        right = self._real.verify(password, stored)
        self._deed()
        return right

    def is_outdated(self, stored: str) -> bool:
        return self._real.is_outdated(stored)


@pytest.mark.parametrize(
    "change", [{"password_hash": "another"}, {"login": "new@example.ru"}, {"blocked_at": NOON}], ids=str
)
def test_what_changes_while_the_password_is_checked_lets_nobody_in(
    world: World, change: dict[str, object]
) -> None:
    subscriber(world)

    def deed() -> None:
        with world.deps.transaction() as tx:
            user = tx.users.get(1)
            for name, value in change.items():
                setattr(user, name, value)

    slow = replace(world.deps, passwords=Meanwhile(world.deps.passwords, deed))
    with pytest.raises(sign_in.SignInWrong):
        sign_in.sign_in(slow, ANNA, form())


def guess(world: World, number: int, login: str = MAIL, human_pass: str = "") -> None:
    """A wrong password from an address and a browser of its own."""
    guesser = Actor.anonymous(Visitor(f"guesser-{number}", f"198.51.100.{number}"))
    command = sign_in.SignIn.parse({"login": login, "password": "не тот пароль"}, human_pass)
    sign_in.sign_in(world.deps, guesser, command)


def wrong_tries(world: World, login: str, tries: int = 3) -> None:
    """Wrong passwords, each from another browser."""
    for number in range(tries):
        with pytest.raises(sign_in.SignInWrong):
            guess(world, number, login)


@pytest.mark.parametrize("login", [MAIL, "nobody@example.ru"])
def test_after_three_wrong_ones_a_login_needs_the_human_check_whether_it_is_anybodys_or_not(
    world: World, login: str
) -> None:
    subscriber(world)
    elsewhere = Actor.anonymous(NEW_DEVICE)
    assert not sign_in.asks_human(world.deps, elsewhere, login)
    wrong_tries(world, login)
    assert sign_in.asks_human(world.deps, elsewhere, login)
    assert not sign_in.asks_human(world.deps, elsewhere, "")
    assert not sign_in.asks_human(world.deps, elsewhere, "not a login")
    with pytest.raises(HumanCheckNeeded):
        guess(world, 9, login)
    visitor = Visitor("guesser-9", "198.51.100.9")
    human_pass = pass_for(world, visitor, sign_in.PURPOSE)
    with pytest.raises(sign_in.SignInWrong):
        guess(world, 9, login, human_pass)
    world.clock.move(minutes=1)
    with pytest.raises(HumanCheckNeeded):
        guess(world, 9, login, human_pass)
    world.clock.move(hours=1)
    with pytest.raises(sign_in.SignInWrong):
        guess(world, 9, login)


def test_a_pass_for_registering_or_of_another_browser_is_none_for_signing_in(world: World) -> None:
    subscriber(world)
    wrong_tries(world, MAIL)
    visitor = Visitor("guesser-9", "198.51.100.9")
    for human_pass in (pass_for(world, visitor, "register"), pass_for(world, NEW_DEVICE, sign_in.PURPOSE)):
        with pytest.raises(HumanCheckNeeded):
            guess(world, 9, MAIL, human_pass)


def test_the_owners_browser_has_a_bucket_of_its_own(world: World) -> None:
    subscriber(world)
    wrong_tries(world, MAIL)
    assert not sign_in.asks_human(world.deps, ANNA, MAIL)
    for _ in range(3):
        assert sign_in.sign_in(world.deps, ANNA, form()).ticket
        with pytest.raises(sign_in.SignInWrong):
            sign_in.sign_in(world.deps, ANNA, form("не тот пароль"))
    assert sign_in.asks_human(world.deps, ANNA, MAIL)
    with pytest.raises(HumanCheckNeeded):
        sign_in.sign_in(world.deps, ANNA, form())
    command = sign_in.SignIn.parse(
        {"login": MAIL, "password": PASSWORD}, pass_for(world, VISITOR, sign_in.PURPOSE)
    )
    assert sign_in.sign_in(world.deps, ANNA, command).ticket


def test_an_address_needs_the_check_too_a_house_later_than_a_stranger(world: World) -> None:
    subscriber(world)
    stranger, house = "198.51.100.77", VISITOR.address
    for address, free in ((stranger, 3), (house, 10)):
        told = []
        for number in range(free + 1):
            visitor = Actor.anonymous(Visitor(f"browser-{number}", address))
            with pytest.raises((sign_in.SignInWrong, HumanCheckNeeded)) as caught:
                sign_in.sign_in(world.deps, visitor, form("x", f"person{number}@example.ru"))
            told.append(type(caught.value))
            world.clock.move(seconds=40)
        assert told == [sign_in.SignInWrong] * free + [HumanCheckNeeded]
        assert sign_in.asks_human(world.deps, Actor.anonymous(Visitor("new", address)), "")


def test_each_wrong_one_more_costs_a_longer_pause_and_no_try_is_counted_meanwhile(world: World) -> None:
    subscriber(world)
    wrong_tries(world, MAIL)
    waits = []
    for number in range(3, 9):
        for again in range(2):
            visitor = Visitor(f"guesser-{number}", f"198.51.100.{number}")
            human_pass = pass_for(world, visitor, sign_in.PURPOSE)
            with pytest.raises((sign_in.SignInWrong, TooMany)) as caught:
                guess(world, number, MAIL, human_pass)
            if again:
                wait = int(caught.value.facts["retry_in"])
                waits.append(wait)
                world.clock.move(seconds=wait)
            else:
                assert isinstance(caught.value, sign_in.SignInWrong)
    assert waits == [10, 20, 40, 80, 160, 300]


def test_many_at_once_get_three_free_tries(world: World) -> None:
    subscriber(world)

    def one(number: int) -> str:
        try:
            guess(world, number)
        except CabinetError as error:
            return error.code
        return "in"

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(one, range(12)))
    assert told.count("sign_in.wrong") == 3
    assert set(told) == {"sign_in.wrong", "human_check.needed"}


def test_right_passwords_are_not_counted_as_tries(world: World) -> None:
    subscriber(world)
    assert all(sign_in.sign_in(world.deps, ANNA, form()).ticket for _ in range(15))


def test_a_ticket_opens_one_session_in_its_own_browser_within_a_minute(world: World) -> None:
    subscriber(world)
    ticket = sign_in.sign_in(world.deps, ANNA, form()).ticket
    assert sessions.open_session(world.deps, Actor.anonymous(NEW_DEVICE), ticket) is None
    assert sessions.open_session(world.deps, ANNA, ticket)
    assert sessions.open_session(world.deps, ANNA, ticket) is None
    late = sign_in.sign_in(world.deps, ANNA, form()).ticket
    world.clock.move(seconds=61)
    assert sessions.open_session(world.deps, ANNA, late) is None


def test_a_session_ends_by_signing_out_by_idling_and_by_age(world: World) -> None:
    subscriber(world)
    _, cookie = enter(world, sign_in.sign_in(world.deps, ANNA, form()).ticket)
    assert sessions.identify(world.deps, VISITOR, cookie).user_id
    assert sessions.close_session(world.deps, cookie)
    assert sessions.identify(world.deps, VISITOR, cookie).user_id is None
    _, idle = enter(world, sign_in.sign_in(world.deps, ANNA, form()).ticket)
    for _ in range(23):
        world.clock.move(minutes=29)
        assert sessions.identify(world.deps, VISITOR, idle).user_id
    world.clock.move(minutes=31)
    assert sessions.identify(world.deps, VISITOR, idle).user_id is None


def test_a_remembered_session_lives_thirty_days_and_no_longer(world: World) -> None:
    subscriber(world)
    command = sign_in.SignIn.parse({"login": MAIL, "password": PASSWORD, "remember": "on"})
    _, cookie = enter(world, sign_in.sign_in(world.deps, ANNA, command).ticket)
    world.clock.move(days=29)
    assert sessions.identify(world.deps, VISITOR, cookie).user_id
    world.clock.move(days=2)
    assert sessions.identify(world.deps, VISITOR, cookie).user_id is None


def test_a_blocked_user_is_out_at_the_next_event_and_cannot_return(world: World) -> None:
    subscriber(world)
    _, cookie = enter(world, sign_in.sign_in(world.deps, ANNA, form()).ticket)
    with world.deps.transaction() as tx:
        tx.users.get(1).blocked_at = world.clock.at
    assert sessions.identify(world.deps, VISITOR, cookie).user_id is None
    with pytest.raises(sign_in.SignInWrong):
        sign_in.sign_in(world.deps, ANNA, form())


def test_a_password_is_stored_anew_at_its_next_sign_in_once_the_cost_has_risen(world: World) -> None:
    subscriber(world)
    dearer = replace(world.deps, passwords=BcryptPasswords(b"pepper", 5))
    with pytest.raises(sign_in.SignInWrong):
        sign_in.sign_in(dearer, ANNA, form("не тот пароль"))
    assert stored(world).startswith("$2b$04$")
    assert sign_in.sign_in(dearer, ANNA, form()).ticket
    renewed = stored(world)
    assert renewed.startswith("$2b$05$")
    assert sign_in.sign_in(dearer, ANNA, form()).ticket
    assert stored(world) == renewed


def stored(world: World) -> str:
    with world.deps.snapshot() as tx:
        return tx.users.get(1).password_hash


@pytest.mark.parametrize("length", [37, 128])
def test_the_last_letter_of_a_long_cyrillic_password_matters(world: World, length: int) -> None:
    long = ("съешь ещё этих мягких французских булок да выпей чаю " * 3)[:length]
    subscriber_with(world, long)
    assert sign_in.sign_in(world.deps, ANNA, form(long)).ticket
    with pytest.raises(sign_in.SignInWrong):
        sign_in.sign_in(world.deps, ANNA, form(long[:-1] + "!"))


def test_a_password_is_the_same_composed_and_decomposed(world: World) -> None:
    subscriber_with(world, "ёлка зелёная 🎄")
    decomposed = "е\u0308лка зеле\u0308ная 🎄"
    assert sign_in.sign_in(world.deps, ANNA, form(decomposed)).ticket
    for other in ("ёлка зелёная 🎅", "ёлка зелёная", "елка зеленая 🎄"):
        world.clock.move(hours=1)
        with pytest.raises(sign_in.SignInWrong):
            sign_in.sign_in(world.deps, ANNA, form(other))


def subscriber_with(world: World, password: str) -> None:
    register(world, MAIL, VISITOR, password)
    entered = confirmations.confirm_code(world.deps, ANNA, code_in(last_text(world, MAIL)))
    enter(world, entered.ticket)


def test_a_new_password_by_code_ends_every_session(world: World) -> None:
    subscriber(world)
    _, cookie = enter(world, sign_in.sign_in(world.deps, ANNA, form()).ticket)
    world.clock.move(minutes=2)
    command = password_reset.AskReset.parse({"login": MAIL}, pass_for(world, VISITOR, "reset"))
    assert password_reset.ask_reset(world.deps, ANNA, command).sent_to == "a•••@example.ru"
    code = code_in(last_text(world, MAIL))
    entered = password_reset.set_password(world.deps, ANNA, code, "совсем другая фраза")
    assert sessions.identify(world.deps, VISITOR, cookie).user_id is None
    assert enter(world, entered.ticket)[0].user_id == 1
    with pytest.raises(sign_in.SignInWrong):
        sign_in.sign_in(world.deps, ANNA, form())
    assert sign_in.sign_in(world.deps, ANNA, form("совсем другая фраза")).ticket
    assert "Пароль изменён" in last_text(world, MAIL)


def test_a_mailbox_whose_name_only_folds_to_anothers_is_its_own(world: World) -> None:
    subscriber(world, "strasse@example.de")
    world.clock.move(minutes=2)
    sent = len(world.mail.to("strasse@example.de"))
    command = password_reset.AskReset.parse({"login": "Straße@example.de"}, pass_for(world, VISITOR, "reset"))
    password_reset.ask_reset(world.deps, ANNA, command)
    notifications.deliver_due(world.deps)
    assert len(world.mail.to("strasse@example.de")) == sent
    assert world.mail.to("straße@example.de") == []
    world.clock.move(minutes=2)
    assert subscriber(world, "straße@example.de").user_id == 2


def test_a_reset_of_an_unknown_login_looks_the_same_and_sends_nothing(world: World) -> None:
    command = password_reset.AskReset.parse({"login": "nobody@example.ru"}, pass_for(world, VISITOR, "reset"))
    assert password_reset.ask_reset(world.deps, ANNA, command).sent_to == "n•••@example.ru"
    with pytest.raises(CodeWrong):
        password_reset.set_password(world.deps, ANNA, "123456", "совсем другая фраза")
    assert world.mail.letters == []
