import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from cabinet.domain.errors import (
    CabinetError,
    InputError,
    NotFound,
    ReauthenticationNeeded,
    SignInNeeded,
    TooMany,
)
from cabinet.domain.human_check import BrowserUnknown
from cabinet.domain.passkeys import (
    ASKED_DEVICE,
    MOST,
    PasskeyKnown,
    PasskeyLate,
    PasskeyNameWrong,
    PasskeyPurpose,
    PasskeyRefused,
    PasskeysMany,
    PasskeyUnknown,
)
from cabinet.domain.permissions import Actor, Visitor
from cabinet.domain.second_factors import SecondStepGone
from cabinet.services import (
    confirmations,
    notifications,
    passkeys,
    reauthentication,
    second_factors,
    security_events,
    sessions,
    sign_in,
)
from cabinet.services.passkeys import PasskeyRow, RenamePasskey, SignInByPasskey
from tests.authenticators import Authenticator, InvalidState, encode
from tests.factories import PASSWORD, code_in, enter, last_text, subscriber
from tests.fakes import VISITOR, World
from tests.hostile import HOSTILE

MAIL = "anna@example.ru"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
BORIS = Visitor("device-of-boris", "192.0.2.2", CHROME)
ELSEWHERE = Visitor("device-elsewhere", "192.0.2.9", CHROME)


def add(world: World, actor: Actor, telephone: Authenticator) -> PasskeyRow:
    passkeys.finish_add(world.deps, actor, telephone.make(passkeys.begin_add(world.deps, actor)))
    return passkeys.list_passkeys(world.deps, actor)[-1]


def asked(world: World, visitor: Visitor = ELSEWHERE) -> str:
    return passkeys.begin_sign_in(world.deps, Actor.anonymous(visitor))


def answered(world: World, answer: Any, visitor: Visitor = ELSEWHERE, *, remember: bool = False) -> str:
    command = SignInByPasskey(answer, remember)
    return passkeys.sign_in_by_passkey(world.deps, Actor.anonymous(visitor), command)


def together(count: int, act: Callable[[int], Any]) -> list[Any]:
    """What each of several at once is given or told."""
    ready = Barrier(count)

    def one(number: int) -> Any:
        ready.wait()
        try:
            return act(number)
        except CabinetError as error:
            return type(error)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_a_passkey_signs_in_from_a_new_browser_without_login_password_or_code(world: World) -> None:
    anna, telephone = subscriber(world), Authenticator(synced=True)
    row = add(world, anna, telephone)
    assert (row.name, row.used, row.synced) == ("Неизвестное устройство", "", True)
    assert row.added == "20\u00a0ноября 2026"
    letters = len(world.mail.letters)
    ticket = answered(world, telephone.prove(asked(world)), remember=True)
    there, _ = enter(world, ticket, ELSEWHERE)
    assert there.user_id == anna.user_id
    with world.deps.snapshot() as tx:
        opened = tx.sessions.find_own(there)
    assert opened
    assert opened.factor_at == world.clock.now()  # a device that knows its owner is two factors
    assert passkeys.list_passkeys(world.deps, there)[0].used == "20\u00a0ноября 2026, 11:00"
    world.clock.move(days=29)
    assert len(sessions.list_sessions(world.deps, there)) == 1
    notifications.deliver_due(world.deps)
    assert [x.subject for x in world.mail.letters[letters:]] == ["Добавлен ключ доступа"]


def test_the_owner_is_told_and_sees_it_in_the_history(world: World) -> None:
    anna, telephone = subscriber(world), Authenticator()
    row = add(world, anna, telephone)
    answered(world, telephone.prove(asked(world)))
    passkeys.remove_passkey(world.deps, anna, int(row.id))
    notifications.deliver_due(world.deps)
    assert [x.subject for x in world.mail.to(MAIL)[-2:]] == ["Добавлен ключ доступа", "Удалён ключ доступа"]
    told = [x.what for x in security_events.list_security_events(world.deps, anna)]
    assert told[:3] == ["Удалён ключ доступа", "Подтверждено ключом доступа", "Добавлен ключ доступа"]


def test_a_removed_passkey_opens_nothing(world: World) -> None:
    anna, telephone = subscriber(world), Authenticator()
    row, before = add(world, anna, telephone), asked(world)
    passkeys.remove_passkey(world.deps, anna, int(row.id))
    assert passkeys.list_passkeys(world.deps, anna) == []
    with pytest.raises(PasskeyUnknown):
        answered(world, telephone.prove(before))
    with pytest.raises(NotFound):
        passkeys.remove_passkey(world.deps, anna, int(row.id))


def test_adding_and_removing_need_a_recent_proof_of_who_it_is_and_renaming_does_not(world: World) -> None:
    anna = subscriber(world)
    row = add(world, anna, Authenticator())
    world.clock.move(minutes=11)
    with pytest.raises(ReauthenticationNeeded):
        passkeys.begin_add(world.deps, anna)
    with pytest.raises(ReauthenticationNeeded):
        passkeys.remove_passkey(world.deps, anna, int(row.id))
    passkeys.rename_passkey(world.deps, anna, int(row.id), RenamePasskey.parse({"name": " Мой\n телефон "}))
    assert [x.name for x in passkeys.list_passkeys(world.deps, anna)] == ["Мой телефон"]


@pytest.mark.parametrize("typed", ["", "  \n ", "\u200b", "я" * 61, None, {}, 1, True])
def test_a_name_is_there_and_at_most_sixty_characters(typed: Any) -> None:
    with pytest.raises(PasskeyNameWrong):
        RenamePasskey.parse({"name": typed})


def test_second_passkeys_of_a_browser_are_numbered_and_ten_are_enough(world: World) -> None:
    anna = replace(subscriber(world), visitor=replace(VISITOR, agent=CHROME))
    names = [add(world, anna, Authenticator()).name for _ in range(MOST)]
    assert names[:3] == ["Chrome, Windows", "Chrome, Windows 2", "Chrome, Windows 3"]
    assert len(set(names)) == MOST
    with pytest.raises(PasskeysMany):
        passkeys.begin_add(world.deps, anna)


def test_one_device_is_not_added_twice(world: World) -> None:
    anna, telephone = subscriber(world), Authenticator()
    add(world, anna, telephone)
    with pytest.raises(InvalidState):
        telephone.make(passkeys.begin_add(world.deps, anna))


def test_another_users_passkey_cannot_be_taken_over_by_its_id(world: World) -> None:
    anna, boris = subscriber(world), subscriber(world, "boris@example.ru", BORIS)
    telephone, mallory = Authenticator(), Authenticator()
    add(world, anna, telephone)
    lie = mallory.make(passkeys.begin_add(world.deps, boris), key_id=telephone.keys[0].id)
    with pytest.raises(PasskeyKnown):
        passkeys.finish_add(world.deps, boris, lie)
    assert passkeys.list_passkeys(world.deps, boris) == []
    assert enter(world, answered(world, telephone.prove(asked(world))), ELSEWHERE)[0].user == anna.user


def test_a_passkey_signs_in_nobody_but_its_owner(world: World) -> None:
    anna, boris = subscriber(world), subscriber(world, "boris@example.ru", BORIS)
    telephone, mallory = Authenticator(), Authenticator()
    add(world, anna, telephone)
    add(world, boris, mallory)
    for lies in (
        {"handle": encode(telephone.keys[0].handle)},  # Boris's key, says it is Anna
        {"handle": ""},  # says nothing of whose it is
        {"handle": None},
        {"key_id": telephone.keys[0].id},  # says it is Anna's key
        {"key_id": telephone.keys[0].id, "handle": encode(telephone.keys[0].handle)},
        {"private": ec.generate_private_key(ec.SECP256R1())},
    ):
        with pytest.raises(PasskeyRefused):
            answered(world, mallory.prove(asked(world), **lies))
    assert enter(world, answered(world, mallory.prove(asked(world))), ELSEWHERE)[0].user == boris.user


def test_a_forged_proof_is_remembered_and_the_owner_sees_it(world: World) -> None:
    anna, telephone = subscriber(world), Authenticator()
    add(world, anna, telephone)
    for _ in range(2):
        with pytest.raises(PasskeyRefused):
            answered(world, telephone.prove(asked(world), private=ec.generate_private_key(ec.SECP256R1())))
    row = security_events.list_security_events(world.deps, anna)[0]
    assert row.what == "Ключ доступа не подошёл, 2\u00a0попытки"
    assert row.place == f"IP-адрес {ELSEWHERE.address}"


def test_a_proof_that_is_right_and_opens_nothing_is_remembered_too(world: World) -> None:
    anna, copied, blocked = subscriber(world), Authenticator(counts=True), Authenticator()
    add(world, anna, copied)
    add(world, anna, blocked)
    answered(world, copied.prove(asked(world)))
    copied.counter -= 1
    with pytest.raises(PasskeyRefused):
        answered(world, copied.prove(asked(world)))
    with world.deps.transaction() as tx:
        tx.users.get(anna.user).blocked_at = world.clock.now()
    with pytest.raises(PasskeyRefused):
        answered(world, blocked.prove(asked(world)))
    with world.deps.snapshot() as tx:
        kept = tx.audit.list_actions("passkey.failed")
    assert sorted((x.user_id, x.object_id) for x in kept) == [(anna.user, 1), (anna.user, 2)]


def test_a_passkey_that_nobody_has_is_remembered_of_nobody_and_what_answers_no_challenge_not_at_all(
    world: World,
) -> None:
    anna, telephone = subscriber(world), Authenticator()
    row = add(world, anna, telephone)
    passkeys.remove_passkey(world.deps, anna, int(row.id))
    for lie in ("{}", telephone.prove(asked(world), challenge="A" * 43)):
        with pytest.raises((PasskeyRefused, PasskeyLate)):
            answered(world, lie)
    with world.deps.snapshot() as tx:
        assert tx.audit.list_actions("passkey.failed") == []
    with pytest.raises(PasskeyUnknown):
        answered(world, telephone.prove(asked(world)))
    with world.deps.snapshot() as tx:
        [kept] = tx.audit.list_actions("passkey.failed")
    assert (kept.user_id, kept.object_id, kept.address) == (None, None, ELSEWHERE.address)


def test_a_blocked_user_is_let_in_by_no_passkey(world: World) -> None:
    anna, telephone = subscriber(world), Authenticator()
    add(world, anna, telephone)
    with world.deps.transaction() as tx:
        tx.users.get(anna.user).blocked_at = world.clock.now()
    with pytest.raises(PasskeyRefused):
        answered(world, telephone.prove(asked(world)))
    with pytest.raises(SignInNeeded):
        passkeys.begin_add(world.deps, anna)


def test_a_challenge_is_answered_once_whether_right_or_wrong(world: World) -> None:
    anna, telephone = subscriber(world), Authenticator()
    add(world, anna, telephone)
    challenge = asked(world)
    answer = telephone.prove(challenge)
    assert answered(world, answer)
    with pytest.raises(PasskeyLate):
        answered(world, answer)
    challenge = asked(world)
    with pytest.raises(PasskeyRefused):
        answered(world, telephone.prove(challenge, private=ec.generate_private_key(ec.SECP256R1())))
    with pytest.raises(PasskeyLate):
        answered(world, telephone.prove(challenge))


def test_a_challenge_lives_five_minutes_in_one_browser_for_one_purpose_and_user(world: World) -> None:
    anna, boris = subscriber(world), subscriber(world, "boris@example.ru", BORIS)
    telephone = Authenticator()
    add(world, anna, telephone)
    signing = telephone.prove(asked(world))
    with pytest.raises(PasskeyLate):
        answered(world, signing, BORIS)
    with pytest.raises(PasskeyLate):
        passkeys.finish_add(world.deps, anna, signing)
    with pytest.raises(PasskeyLate):
        passkeys.check_proof(world.deps, ELSEWHERE, PasskeyPurpose.CONFIRM, anna.user, signing)
    world.clock.move(minutes=5)
    with pytest.raises(PasskeyLate):
        answered(world, signing)
    making = Authenticator().make(passkeys.begin_add(world.deps, anna))
    for other in (boris, Actor.subscriber(ELSEWHERE, anna.user, anna.session_id or 0)):
        with pytest.raises(PasskeyLate):
            passkeys.finish_add(world.deps, other, making)
    with pytest.raises(PasskeyLate):
        answered(world, making, VISITOR)
    passkeys.finish_add(world.deps, anna, making)
    assert len(passkeys.list_passkeys(world.deps, anna)) == 2


def test_a_challenge_that_we_never_gave_is_late(world: World) -> None:
    anna, telephone = subscriber(world), Authenticator()
    add(world, anna, telephone)
    with pytest.raises(PasskeyLate):
        answered(world, telephone.prove(asked(world), challenge="A" * 43))


def test_a_proof_for_one_user_is_by_that_users_key_alone(world: World) -> None:
    anna, boris = subscriber(world), subscriber(world, "boris@example.ru", BORIS)
    telephone, mallory = Authenticator(), Authenticator()
    add(world, anna, telephone)
    add(world, boris, mallory)
    deps, second = world.deps, PasskeyPurpose.SECOND_STEP

    def begin() -> str:
        with deps.transaction() as tx:
            return passkeys.begin_proof(deps, tx, ELSEWHERE, second, anna.user)

    assert [x["id"] for x in json.loads(begin())["allowCredentials"]] == [encode(telephone.keys[0].id)]
    with pytest.raises(PasskeyUnknown):
        passkeys.check_proof(deps, ELSEWHERE, second, anna.user, mallory.prove(begin()))
    with pytest.raises(PasskeyLate):
        passkeys.check_proof(deps, ELSEWHERE, second, boris.user, telephone.prove(begin()))
    for lies in ({}, {"handle": None}):  # some security keys name their owner only when nobody else did
        proof = passkeys.check_proof(deps, ELSEWHERE, second, anna.user, telephone.prove(begin(), **lies))
        with deps.transaction() as tx:
            assert passkeys.note_proof(deps, tx, Actor.anonymous(ELSEWHERE), proof).id == anna.user
    passkeys.remove_passkey(deps, anna, int(passkeys.list_passkeys(deps, anna)[0].id))
    with pytest.raises(PasskeyUnknown):
        begin()
    with deps.transaction() as tx, pytest.raises(PasskeyRefused):
        passkeys.note_proof(deps, tx, Actor.anonymous(ELSEWHERE), proof)


def test_a_strangers_passkeys_are_neither_seen_nor_touched(world: World) -> None:
    anna, boris = subscriber(world), subscriber(world, "boris@example.ru", BORIS)
    row = add(world, anna, Authenticator())
    assert passkeys.list_passkeys(world.deps, boris) == []
    with pytest.raises(NotFound):
        passkeys.rename_passkey(world.deps, boris, int(row.id), RenamePasskey("моё"))
    with pytest.raises(NotFound):
        passkeys.remove_passkey(world.deps, boris, int(row.id))
    assert passkeys.list_passkeys(world.deps, anna) == [row]


def test_a_visitor_may_sign_in_and_nothing_else(world: World) -> None:
    visitor = Actor.anonymous(ELSEWHERE)
    for attempt in (
        lambda: passkeys.list_passkeys(world.deps, visitor),
        lambda: passkeys.begin_add(world.deps, visitor),
        lambda: passkeys.finish_add(world.deps, visitor, "{}"),
        lambda: passkeys.rename_passkey(world.deps, visitor, 1, RenamePasskey("моё")),
        lambda: passkeys.remove_passkey(world.deps, visitor, 1),
    ):
        with pytest.raises(SignInNeeded):
            attempt()


def test_a_browser_without_cookies_is_asked_nothing(world: World) -> None:
    with pytest.raises(BrowserUnknown):
        asked(world, Visitor("", "192.0.2.1"))


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
def test_garbage_is_refused_and_spends_nothing(world: World, answer: Any) -> None:
    anna, telephone = subscriber(world), Authenticator()
    challenge = asked(world)
    with pytest.raises(InputError):
        answered(world, answer)
    with pytest.raises(InputError):
        passkeys.finish_add(world.deps, anna, answer)
    passkeys.finish_add(world.deps, anna, telephone.make(passkeys.begin_add(world.deps, anna)))
    assert answered(world, telephone.prove(challenge))


def test_of_twenty_parallel_answers_to_one_challenge_one_signs_in(world: World) -> None:
    anna, telephone = subscriber(world), Authenticator()
    add(world, anna, telephone)
    answer = telephone.prove(asked(world))
    told = together(20, lambda _: answered(world, answer))
    assert told.count(PasskeyLate) == 19
    assert len([x for x in told if isinstance(x, str) and x]) == 1


def test_of_two_parallel_copies_of_a_key_one_signs_in(world: World) -> None:
    anna, telephone = subscriber(world), Authenticator(counts=True)
    add(world, anna, telephone)
    first = telephone.prove(asked(world))
    telephone.counter -= 1
    second = telephone.prove(asked(world))
    told = together(2, lambda number: answered(world, (first, second)[number]))
    assert told.count(PasskeyRefused) == 1
    assert len([x for x in told if isinstance(x, str) and x]) == 1


def test_of_parallel_answers_with_new_passkeys_ten_are_kept(world: World) -> None:
    anna = subscriber(world)
    made = [Authenticator().make(passkeys.begin_add(world.deps, anna)) for _ in range(MOST + 4)]
    told = together(len(made), lambda number: passkeys.finish_add(world.deps, anna, made[number]))
    assert told.count(PasskeysMany) == 4
    assert len(passkeys.list_passkeys(world.deps, anna)) == MOST


def test_challenges_are_limited_and_forgotten(world: World) -> None:
    for _ in range(ASKED_DEVICE.most):
        asked(world)
    with pytest.raises(TooMany):
        asked(world)
    assert passkeys.forget_expired(world.deps) == 0
    world.clock.move(minutes=5)
    assert passkeys.forget_expired(world.deps) == ASKED_DEVICE.most
    assert asked(world)


def by_password(world: World, visitor: Visitor = ELSEWHERE) -> sign_in.SignInOutcome:
    world.clock.move(minutes=2)
    form = {"login": MAIL, "password": PASSWORD, "remember": "on"}
    return sign_in.sign_in(world.deps, Actor.anonymous(visitor), sign_in.SignIn.parse(form))


def test_after_a_password_in_an_unknown_browser_a_passkey_is_the_second_step(world: World) -> None:
    anna, telephone = subscriber(world), Authenticator()
    add(world, anna, telephone)
    there = Actor.anonymous(ELSEWHERE)
    assert by_password(world) == sign_in.SignInOutcome("", second_step=True)
    row = second_factors.get_second_step(world.deps, there)
    assert (row.totp, row.passkey, row.recovery, row.message) == (False, True, False, True)
    answer = telephone.prove(passkeys.begin_second_step(world.deps, there))
    for visitor in (BORIS, VISITOR):
        with pytest.raises(SecondStepGone):
            passkeys.finish_second_step(world.deps, Actor.anonymous(visitor), answer)
    entered, _ = enter(world, passkeys.finish_second_step(world.deps, there, answer), ELSEWHERE)
    assert entered.user_id == anna.user_id
    with pytest.raises(SecondStepGone):
        passkeys.finish_second_step(world.deps, there, answer)


def test_a_passkey_confirms_who_it_is_for_this_session_alone(world: World) -> None:
    anna, boris, telephone = subscriber(world), subscriber(world, "boris@example.ru", BORIS), Authenticator()
    add(world, anna, telephone)
    add(world, boris, mallory := Authenticator())
    world.clock.move(minutes=20)
    taken = Actor.subscriber(BORIS, anna.user, anna.session_id or 0)
    answer = telephone.prove(passkeys.begin_confirm(world.deps, anna))
    for actor in (boris, taken):
        with pytest.raises(PasskeyLate):
            passkeys.finish_confirm(world.deps, actor, answer)
    passkeys.finish_confirm(world.deps, anna, answer)
    reauthentication.ask_recent(world.deps, anna)
    assert security_events.list_security_events(world.deps, anna)[0].what == "Подтверждено ключом доступа"
    with pytest.raises(ReauthenticationNeeded):
        reauthentication.ask_recent(world.deps, boris)
    world.clock.move(minutes=11)
    for lie in (answer, telephone.prove(asked(world, VISITOR))):
        with pytest.raises(PasskeyLate):
            passkeys.finish_confirm(world.deps, anna, lie)
    with pytest.raises(PasskeyUnknown):
        passkeys.finish_confirm(world.deps, anna, mallory.prove(passkeys.begin_confirm(world.deps, anna)))
    with pytest.raises(ReauthenticationNeeded):
        reauthentication.ask_recent(world.deps, anna)


def test_who_confirms_by_a_wrong_passkey_is_seen_by_the_sessions_owner(world: World) -> None:
    anna, boris, telephone = subscriber(world), subscriber(world, "boris@example.ru", BORIS), Authenticator()
    add(world, anna, telephone)
    add(world, boris, mallory := Authenticator())
    forged = telephone.prove(
        passkeys.begin_confirm(world.deps, anna), private=ec.generate_private_key(ec.SECP256R1())
    )
    for lie in (forged, mallory.prove(passkeys.begin_confirm(world.deps, anna))):
        with pytest.raises((PasskeyRefused, PasskeyUnknown)):
            passkeys.finish_confirm(world.deps, anna, lie)
    for nothing in (forged, "{}"):
        with pytest.raises((PasskeyRefused, PasskeyLate)):
            passkeys.finish_confirm(world.deps, anna, nothing)
    assert (
        security_events.list_security_events(world.deps, anna)[0].what
        == "Ключ доступа не подошёл, 2\u00a0попытки"
    )
    assert not any("не подошёл" in x.what for x in security_events.list_security_events(world.deps, boris))


def test_who_has_no_passkey_and_who_is_nobody_confirms_by_none(world: World) -> None:
    anna = subscriber(world)
    with pytest.raises(PasskeyUnknown):
        passkeys.begin_confirm(world.deps, anna)
    for act in (passkeys.begin_confirm, lambda deps, actor: passkeys.finish_confirm(deps, actor, "{}")):
        with pytest.raises(SignInNeeded):
            act(world.deps, Actor.anonymous(VISITOR))


def test_another_persons_passkey_is_no_second_step(world: World) -> None:
    anna, boris = subscriber(world), subscriber(world, "boris@example.ru", BORIS)
    add(world, anna, Authenticator())
    mallory = Authenticator()
    add(world, boris, mallory)
    there = Actor.anonymous(ELSEWHERE)
    by_password(world)
    with pytest.raises(PasskeyUnknown):
        passkeys.finish_second_step(
            world.deps, there, mallory.prove(passkeys.begin_second_step(world.deps, there))
        )
    newest = security_events.list_security_events(world.deps, anna)[0]
    assert newest.what.startswith("Второе подтверждение при входе не удалось")
    with pytest.raises(PasskeyLate):
        passkeys.finish_second_step(world.deps, there, mallory.prove(asked(world)))
    with pytest.raises(SecondStepGone):
        passkeys.begin_second_step(world.deps, Actor.anonymous(BORIS))


def test_whoever_lost_the_only_passkey_is_let_in_by_a_code(world: World) -> None:
    anna = subscriber(world)
    add(world, anna, Authenticator())
    there = Actor.anonymous(ELSEWHERE)
    by_password(world)
    sign_in.ask_code_instead(world.deps, there)
    entered = confirmations.confirm_code(world.deps, there, code_in(last_text(world, MAIL)))
    assert enter(world, entered.ticket, ELSEWHERE)[0].user_id == anna.user_id


def test_who_must_show_a_factor_has_no_way_round_by_a_code(world: World) -> None:
    anna = subscriber(world)
    add(world, anna, Authenticator())
    with world.deps.transaction() as tx:
        tx.users.get(anna.user).second_step_always = True
    there = Actor.anonymous(ELSEWHERE)
    by_password(world)
    assert not second_factors.get_second_step(world.deps, there).message
    letters = len(world.mail.letters)
    with pytest.raises(SecondStepGone):
        sign_in.ask_code_instead(world.deps, there)
    notifications.deliver_due(world.deps)
    assert [x.subject for x in world.mail.letters[letters:]] in ([], ["Добавлен ключ доступа"])
    with pytest.raises(SecondStepGone):
        sign_in.ask_code_instead(world.deps, Actor.anonymous(BORIS))


def test_a_session_that_has_added_a_passkey_has_shown_a_factor(world: World) -> None:
    anna = subscriber(world)
    add(world, anna, Authenticator())
    with world.deps.snapshot() as tx:
        session = tx.sessions.find_own(anna)
    assert session
    assert session.factor_at == world.clock.now()
