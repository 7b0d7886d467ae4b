import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import altcha
import pytest

from cabinet.domain.errors import CabinetError, NotFound, TooMany
from cabinet.domain.human_check import (
    BrowserUnknown,
    HumanCheckExpired,
    HumanCheckNeeded,
    HumanCheckPolicy,
    HumanCheckUnproved,
    Purpose,
)
from cabinet.domain.permissions import Actor, Visitor
from cabinet.services import human_check
from cabinet.services.human_check import BeginCheck, ChangePicture, CheckAnswer, ProveWork
from tests.fakes import VISITOR, World

REGISTER = Purpose.REGISTER
ANNA = Actor.anonymous(VISITOR)
STRANGER = Actor.anonymous(Visitor("device-of-boris", "192.0.2.2"))
HOSTILE = ["", " ", "\0", "я" * 40, "A" * 10_000, "' OR 1=1 --", "%", "../../etc/passwd", "null", "\ud800"]


def work_of(world: World, actor: Actor = ANNA) -> str:
    """A solved proof of work, as a browser sends it."""
    challenge = human_check.begin_check(world.deps, actor, BeginCheck(REGISTER))
    given = altcha.Challenge.from_dict(json.loads(challenge))
    found = altcha.solve_challenge(given)
    assert found
    return altcha.Payload(given, found).to_base64()


def picture_of(world: World, actor: Actor = ANNA) -> str:
    return human_check.prove_work(world.deps, actor, ProveWork(REGISTER, work_of(world, actor)))


def pass_of(world: World, actor: Actor = ANNA) -> str:
    picture = picture_of(world, actor)
    typed = CheckAnswer(REGISTER, picture, world.pictures.answers[-1].lower())
    return human_check.check_answer(world.deps, actor, typed).pass_id


def spend(world: World, pass_id: str, visitor: Visitor = VISITOR, purpose: str = REGISTER) -> None:
    with world.deps.transaction() as tx:
        human_check.spend_pass(tx, world.deps, visitor, purpose, pass_id)


def spend_and_fail(world: World, pass_id: str) -> None:
    with world.deps.transaction() as tx:
        human_check.spend_pass(tx, world.deps, VISITOR, REGISTER, pass_id)
        raise NotFound


def test_work_then_a_right_answer_earn_a_pass_that_is_spent_once(world: World) -> None:
    earned = pass_of(world)
    spend(world, earned)
    with pytest.raises(HumanCheckNeeded):
        spend(world, earned)


def test_a_pass_comes_back_when_the_transaction_is_undone(world: World) -> None:
    earned = pass_of(world)
    with pytest.raises(NotFound):
        spend_and_fail(world, earned)
    spend(world, earned)


@pytest.mark.parametrize(("visitor", "purpose"), [(STRANGER.visitor, "register"), (VISITOR, "reset")])
def test_a_pass_is_nothing_for_another_browser_or_purpose(
    world: World, visitor: Visitor, purpose: str
) -> None:
    earned = pass_of(world)
    with pytest.raises(HumanCheckNeeded):
        spend(world, earned, visitor, purpose)
    spend(world, earned)


def test_a_pass_lasts_ten_minutes(world: World) -> None:
    earned = pass_of(world)
    world.clock.move(minutes=10)
    with pytest.raises(HumanCheckNeeded):
        spend(world, earned)


def test_a_solution_works_once(world: World) -> None:
    solution = work_of(world)
    human_check.prove_work(world.deps, ANNA, ProveWork(REGISTER, solution))
    with pytest.raises(HumanCheckExpired):
        human_check.prove_work(world.deps, ANNA, ProveWork(REGISTER, solution))


def test_a_solution_is_nothing_for_another_browser_or_purpose_or_later(world: World) -> None:
    solution = work_of(world)
    for actor, purpose in ((STRANGER, REGISTER), (ANNA, Purpose.RESET)):
        with pytest.raises(HumanCheckExpired):
            human_check.prove_work(world.deps, actor, ProveWork(purpose, solution))
    world.clock.move(minutes=10)
    with pytest.raises(HumanCheckUnproved):
        human_check.prove_work(world.deps, ANNA, ProveWork(REGISTER, solution))


def test_a_wrong_answer_spends_the_picture_and_brings_another(world: World) -> None:
    picture = picture_of(world)
    right = world.pictures.answers[-1]
    checked = human_check.check_answer(world.deps, ANNA, CheckAnswer(REGISTER, picture, "222222"))
    assert not checked.pass_id
    assert checked.picture_id != picture
    with pytest.raises(HumanCheckExpired):
        human_check.check_answer(world.deps, ANNA, CheckAnswer(REGISTER, picture, right))
    with pytest.raises(NotFound):
        human_check.fetch_picture(world.deps, VISITOR, picture)
    again = CheckAnswer(REGISTER, checked.picture_id, world.pictures.answers[-1])
    assert human_check.check_answer(world.deps, ANNA, again).pass_id


def test_changing_the_picture_closes_the_old_one(world: World) -> None:
    picture = picture_of(world)
    right = world.pictures.answers[-1]
    other = human_check.change_picture(world.deps, ANNA, ChangePicture(REGISTER, picture))
    assert human_check.fetch_picture(world.deps, VISITOR, other)
    with pytest.raises(HumanCheckExpired):
        human_check.check_answer(world.deps, ANNA, CheckAnswer(REGISTER, picture, right))


def test_another_browser_sees_and_answers_nothing(world: World) -> None:
    picture = picture_of(world)
    right = world.pictures.answers[-1]
    with pytest.raises(NotFound):
        human_check.fetch_picture(world.deps, STRANGER.visitor, picture)
    with pytest.raises(HumanCheckExpired):
        human_check.check_answer(world.deps, STRANGER, CheckAnswer(REGISTER, picture, right))
    with pytest.raises(HumanCheckExpired):
        human_check.change_picture(world.deps, STRANGER, ChangePicture(REGISTER, picture))
    assert human_check.check_answer(world.deps, ANNA, CheckAnswer(REGISTER, picture, right)).pass_id


def test_a_picture_lasts_ten_minutes(world: World) -> None:
    picture = picture_of(world)
    world.clock.move(minutes=10)
    with pytest.raises(NotFound):
        human_check.fetch_picture(world.deps, VISITOR, picture)
    with pytest.raises(HumanCheckExpired):
        human_check.check_answer(world.deps, ANNA, CheckAnswer(REGISTER, picture, world.pictures.answers[-1]))


def test_the_answer_is_stored_nowhere(world: World) -> None:
    picture_of(world)
    answer = world.pictures.answers[-1]
    with world.deps.snapshot() as tx:
        rows = tx.session.connection().exec_driver_sql("SELECT * FROM human_challenges").all()
    assert rows
    assert answer.casefold() not in repr(rows).casefold()


def test_a_browser_without_its_cookie_is_told_to_reload(world: World) -> None:
    nobody = Actor.anonymous(Visitor("", "192.0.2.3"))
    with pytest.raises(BrowserUnknown):
        human_check.begin_check(world.deps, nobody, BeginCheck(REGISTER))
    with pytest.raises(HumanCheckNeeded):
        spend(world, pass_of(world), nobody.visitor)


def test_twenty_pictures_in_ten_minutes_are_enough(world: World) -> None:
    picture = picture_of(world)
    for _ in range(19):
        picture = human_check.change_picture(world.deps, ANNA, ChangePicture(REGISTER, picture))
    with pytest.raises(TooMany) as refused:
        human_check.change_picture(world.deps, ANNA, ChangePicture(REGISTER, picture))
    assert 0 < int(refused.value.facts["retry_in"]) <= 600
    assert human_check.fetch_picture(world.deps, VISITOR, picture)
    with pytest.raises(TooMany):
        human_check.check_answer(world.deps, ANNA, CheckAnswer(REGISTER, picture, "222222"))
    with pytest.raises(HumanCheckExpired):
        human_check.check_answer(world.deps, ANNA, CheckAnswer(REGISTER, picture, world.pictures.answers[-1]))


def test_one_address_gets_sixty_pictures_an_hour_whatever_cookies_it_makes(world: World) -> None:
    strangers = [Actor.anonymous(Visitor(f"device-{number}", "192.0.2.9")) for number in range(61)]
    for stranger in strangers[:60]:
        assert picture_of(world, stranger)
    with pytest.raises(TooMany):
        picture_of(world, strangers[60])


def test_the_test_answer_passes_only_where_the_policy_names_it(world: World) -> None:
    picture = picture_of(world)
    lenient = replace(world.deps, human_check_policy=HumanCheckPolicy("222222"))
    assert human_check.check_answer(lenient, ANNA, CheckAnswer(REGISTER, picture, "222 222")).pass_id


@pytest.mark.parametrize("right", [True, False])
def test_of_fifty_answers_at_once_at_most_one_counts(world: World, right: bool) -> None:
    picture = picture_of(world)
    typed = world.pictures.answers[-1] if right else "222222"

    def attempt(_: int) -> str:
        try:
            checked = human_check.check_answer(world.deps, ANNA, CheckAnswer(REGISTER, picture, typed))
        except HumanCheckExpired:
            return "expired"
        return "pass" if checked.pass_id else "wrong"

    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(attempt, range(50)))
    assert results.count("expired") == 49
    assert results.count("pass") == int(right)


def test_of_fifty_spendings_at_once_one_succeeds(world: World) -> None:
    earned = pass_of(world)

    def attempt(_: int) -> bool:
        try:
            spend(world, earned)
        except HumanCheckNeeded:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(attempt, range(50))) == 1


@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_values_are_refused_in_words_and_change_nothing(world: World, value: str) -> None:
    picture = picture_of(world)
    right = world.pictures.answers[-1]
    with pytest.raises(CabinetError):
        human_check.prove_work(world.deps, ANNA, ProveWork(REGISTER, value))
    with pytest.raises(CabinetError):
        human_check.change_picture(world.deps, ANNA, ChangePicture(REGISTER, value))
    with pytest.raises(CabinetError):
        human_check.check_answer(world.deps, ANNA, CheckAnswer(REGISTER, value, right))
    with pytest.raises(NotFound):
        human_check.fetch_picture(world.deps, VISITOR, value)
    with pytest.raises(HumanCheckNeeded):
        spend(world, value)
    assert human_check.check_answer(world.deps, ANNA, CheckAnswer(REGISTER, picture, right)).pass_id


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_answer_is_a_wrong_answer(world: World, value: str) -> None:
    checked = human_check.check_answer(world.deps, ANNA, CheckAnswer(REGISTER, picture_of(world), value))
    assert not checked.pass_id
    assert checked.picture_id


def test_what_is_late_is_swept_away(world: World) -> None:
    picture_of(world)
    pass_of(world)
    world.clock.move(minutes=10)
    assert human_check.forget_expired(world.deps) == 2
    assert human_check.forget_expired(world.deps) == 0
