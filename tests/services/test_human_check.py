import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import altcha
import pytest

from cabinet.domain.errors import CabinetError, NotFound, TooMany
from cabinet.domain.human_check import (
    LIGHT_ADDRESS,
    LIGHT_ALL,
    BrowserUnknown,
    HumanCheckExpired,
    HumanCheckNeeded,
    HumanCheckNotWaivable,
    HumanCheckPolicy,
    HumanCheckTaskNeeded,
    HumanCheckUnproved,
    Purpose,
    Stage,
)
from cabinet.domain.limits import SIGN_IN_ADDRESS, SIGN_IN_LOGIN
from cabinet.domain.permissions import Actor, Visitor
from cabinet.persistence.users import User, UserSession
from cabinet.services import human_check
from cabinet.services.human_check import BeginCheck, ChangeTask, CheckAnswer, ProveWork, Step, WaiveTask
from tests.fakes import VISITOR, World

REGISTER = Purpose.REGISTER
ANNA = Actor.anonymous(VISITOR)
STRANGER = Actor.anonymous(Visitor("device-of-boris", "192.0.2.2"))
HOSTILE = ["", " ", "\0", "я" * 40, "A" * 10_000, "' OR 1=1 --", "%", "../../etc/passwd", "null", "\ud800"]


def work_of(world: World, actor: Actor = ANNA) -> str:
    """A solved proof of work, as a browser sends it."""
    challenge = human_check.begin_check(world.deps, actor, BeginCheck(REGISTER))
    return solved(challenge)


def picture_of(world: World, actor: Actor = ANNA) -> str:
    return human_check.prove_work(world.deps, actor, ProveWork(REGISTER, work_of(world, actor))).task_id


def another(task_id: str, kind: Stage = Stage.PICTURE) -> ChangeTask:
    return ChangeTask(REGISTER, task_id, kind)


def sound_of(world: World, actor: Actor = ANNA) -> str:
    old = another(picture_of(world, actor), Stage.SOUND)
    step = human_check.change_task(world.deps, actor, old)
    assert step.kind is Stage.SOUND
    return step.task_id


def words_of(world: World) -> str:
    return " ".join(world.speech.spoken[-1])


def checked(world: World, task_id: str, answer: str, actor: Actor = ANNA) -> Step:
    return human_check.check_answer(world.deps, actor, CheckAnswer(REGISTER, task_id, answer))


def calm(world: World) -> World:
    """The world as it is outside of tests: no task while all is calm."""
    return replace(world, deps=replace(world.deps, human_check_policy=HumanCheckPolicy()))


def proved(world: World, actor: Actor = ANNA, *, task: bool = False) -> Step:
    return human_check.prove_work(world.deps, actor, ProveWork(REGISTER, work_of(world, actor), task))


def fail(world: World, times: int, actor: Actor = ANNA) -> Step:
    """Answer so many tasks wrong."""
    step = proved(world, actor, task=True)
    for _ in range(times):
        step = checked(world, step.task_id, "222222", actor)
    return step


def solved(challenge: str) -> str:
    given = altcha.Challenge.from_dict(json.loads(challenge))
    found = altcha.solve_challenge(given)
    assert found
    return altcha.Payload(given, found).to_base64()


def pass_of(world: World, actor: Actor = ANNA) -> str:
    picture = picture_of(world, actor)
    typed = CheckAnswer(REGISTER, picture, world.pictures.answers[-1].lower())
    return human_check.check_answer(world.deps, actor, typed).pass_id


def spend(world: World, pass_id: str, visitor: Visitor = VISITOR, purpose: str = REGISTER) -> None:
    with world.deps.transaction() as tx:
        human_check.spend_pass(world.deps, tx, visitor, purpose, pass_id)


def spend_for_good(world: World, pass_id: str) -> None:
    """It was good, and is no more."""
    spend(world, pass_id)
    with pytest.raises(HumanCheckNeeded):
        spend(world, pass_id)


def spend_and_fail(world: World, pass_id: str) -> None:
    with world.deps.transaction() as tx:
        human_check.spend_pass(world.deps, tx, VISITOR, REGISTER, pass_id)
        raise NotFound


def test_work_then_a_right_answer_earn_a_pass_that_is_spent_once(world: World) -> None:
    spend_for_good(world, pass_of(world))


def test_a_pass_comes_back_when_the_transaction_is_undone(world: World) -> None:
    earned = pass_of(world)
    with pytest.raises(NotFound):
        spend_and_fail(world, earned)
    spend_for_good(world, earned)


@pytest.mark.parametrize(("visitor", "purpose"), [(STRANGER.visitor, "register"), (VISITOR, "reset")])
def test_a_pass_is_nothing_for_another_browser_or_purpose(
    world: World, visitor: Visitor, purpose: str
) -> None:
    earned = pass_of(world)
    with pytest.raises(HumanCheckNeeded):
        spend(world, earned, visitor, purpose)
    spend_for_good(world, earned)


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
    assert checked.task_id != picture
    with pytest.raises(HumanCheckExpired):
        human_check.check_answer(world.deps, ANNA, CheckAnswer(REGISTER, picture, right))
    with pytest.raises(NotFound):
        human_check.fetch_media(world.deps, VISITOR, Stage.PICTURE, picture)
    again = CheckAnswer(REGISTER, checked.task_id, world.pictures.answers[-1])
    assert human_check.check_answer(world.deps, ANNA, again).pass_id


def test_changing_the_picture_closes_the_old_one(world: World) -> None:
    picture = picture_of(world)
    right = world.pictures.answers[-1]
    other = human_check.change_task(world.deps, ANNA, another(picture)).task_id
    assert human_check.fetch_media(world.deps, VISITOR, Stage.PICTURE, other)
    with pytest.raises(HumanCheckExpired):
        human_check.check_answer(world.deps, ANNA, CheckAnswer(REGISTER, picture, right))


def test_another_browser_sees_and_answers_nothing(world: World) -> None:
    picture = picture_of(world)
    right = world.pictures.answers[-1]
    with pytest.raises(NotFound):
        human_check.fetch_media(world.deps, STRANGER.visitor, Stage.PICTURE, picture)
    with pytest.raises(HumanCheckExpired):
        human_check.check_answer(world.deps, STRANGER, CheckAnswer(REGISTER, picture, right))
    with pytest.raises(HumanCheckExpired):
        human_check.change_task(world.deps, STRANGER, another(picture))
    assert human_check.check_answer(world.deps, ANNA, CheckAnswer(REGISTER, picture, right)).pass_id


def test_a_picture_lasts_ten_minutes(world: World) -> None:
    picture = picture_of(world)
    world.clock.move(minutes=10)
    with pytest.raises(NotFound):
        human_check.fetch_media(world.deps, VISITOR, Stage.PICTURE, picture)
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
        picture = human_check.change_task(world.deps, ANNA, another(picture)).task_id
    with pytest.raises(TooMany) as refused:
        human_check.change_task(world.deps, ANNA, another(picture))
    assert 0 < int(refused.value.facts["retry_in"]) <= 600
    assert human_check.fetch_media(world.deps, VISITOR, Stage.PICTURE, picture)
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
    lenient = replace(world, deps=replace(world.deps, human_check_policy=HumanCheckPolicy("222222")))
    assert checked(lenient, picture, "222 222").pass_id
    assert checked(lenient, sound_of(world), "222 222").pass_id


@pytest.mark.parametrize("right", [True, False])
@pytest.mark.parametrize("kind", [Stage.PICTURE, Stage.SOUND])
def test_of_fifty_answers_at_once_at_most_one_counts(world: World, kind: Stage, right: bool) -> None:
    task = sound_of(world) if kind is Stage.SOUND else picture_of(world)
    truth = words_of(world) if kind is Stage.SOUND else world.pictures.answers[-1]
    typed = truth if right else "222222"

    def attempt(_: int) -> str:
        try:
            step = checked(world, task, typed)
        except HumanCheckExpired:
            return "expired"
        return "pass" if step.pass_id else "wrong"

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
        human_check.change_task(world.deps, ANNA, another(value))
    with pytest.raises(CabinetError):
        human_check.check_answer(world.deps, ANNA, CheckAnswer(REGISTER, value, right))
    with pytest.raises(NotFound):
        human_check.fetch_media(world.deps, VISITOR, Stage.PICTURE, value)
    with pytest.raises(HumanCheckNeeded):
        spend(world, value)
    assert human_check.check_answer(world.deps, ANNA, CheckAnswer(REGISTER, picture, right)).pass_id


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_answer_is_a_wrong_answer(world: World, value: str) -> None:
    checked = human_check.check_answer(world.deps, ANNA, CheckAnswer(REGISTER, picture_of(world), value))
    assert not checked.pass_id
    assert checked.task_id


def test_what_is_late_is_swept_away(world: World) -> None:
    picture_of(world)
    pass_of(world)
    world.clock.move(minutes=10)
    assert human_check.forget_expired(world.deps) == 2
    assert human_check.forget_expired(world.deps) == 0


def test_the_three_words_in_their_order_earn_a_pass(world: World) -> None:
    sound = sound_of(world)
    first, second, third = world.speech.spoken[-1]
    assert checked(world, sound, f" {first.upper()}, {second}... {third}!").pass_id


@pytest.mark.parametrize("change", [lambda w: w[::-1], lambda w: w[:2], lambda w: (*w, w[0]), lambda _: ()])
def test_other_words_or_another_order_are_wrong(
    world: World, change: Callable[[tuple[str, ...]], tuple[str, ...]]
) -> None:
    sound = sound_of(world)
    step = checked(world, sound, " ".join(change(world.speech.spoken[-1])))
    assert not step.pass_id
    assert step.kind is Stage.SOUND
    assert step.task_id != sound


def test_the_picture_s_answer_is_nothing_for_the_sound_and_the_other_way_round(world: World) -> None:
    sound = sound_of(world)
    old = world.pictures.answers[-1]
    assert not checked(world, sound, old).pass_id
    words = words_of(world)
    assert not checked(world, picture_of(world), words).pass_id


def test_listening_closes_the_picture_and_going_back_closes_the_sound(world: World) -> None:
    picture = picture_of(world)
    sound = human_check.change_task(world.deps, ANNA, another(picture, Stage.SOUND)).task_id
    with pytest.raises(NotFound):
        human_check.fetch_media(world.deps, VISITOR, Stage.PICTURE, picture)
    assert human_check.fetch_media(world.deps, VISITOR, Stage.SOUND, sound).startswith(b"RIFF")
    with pytest.raises(NotFound):
        human_check.fetch_media(world.deps, VISITOR, Stage.PICTURE, sound)
    human_check.change_task(world.deps, ANNA, another(sound))
    with pytest.raises(NotFound):
        human_check.fetch_media(world.deps, VISITOR, Stage.SOUND, sound)
    with pytest.raises(HumanCheckExpired):
        checked(world, sound, words_of(world))


def test_another_browser_hears_and_answers_nothing(world: World) -> None:
    sound = sound_of(world)
    with pytest.raises(NotFound):
        human_check.fetch_media(world.deps, STRANGER.visitor, Stage.SOUND, sound)
    with pytest.raises(HumanCheckExpired):
        checked(world, sound, words_of(world), STRANGER)
    with pytest.raises(HumanCheckExpired):
        human_check.check_answer(world.deps, ANNA, CheckAnswer(Purpose.RESET, sound, words_of(world)))
    assert checked(world, sound, words_of(world)).pass_id


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_answer_to_the_sound_is_a_wrong_answer(world: World, value: str) -> None:
    step = checked(world, sound_of(world), value)
    assert not step.pass_id
    assert step.task_id


def test_the_words_are_stored_nowhere(world: World) -> None:
    sound_of(world)
    with world.deps.snapshot() as tx:
        rows = tx.session.connection().exec_driver_sql("SELECT * FROM human_challenges").all()
    assert rows
    assert not any(word in repr(rows) for word in world.speech.spoken[-1])


def test_while_all_is_calm_the_work_alone_earns_a_pass(world: World) -> None:
    step = proved(calm(world))
    assert step.pass_id
    assert not step.task_id
    spend_for_good(calm(world), step.pass_id)


def test_a_wrong_answer_brings_the_browser_a_task_for_an_hour(world: World) -> None:
    quiet = calm(world)
    fail(quiet, 1)
    assert proved(quiet).task_id
    world.clock.move(minutes=61)
    assert proved(quiet).pass_id


def test_three_wrong_answers_bring_the_address_a_task_whatever_cookies_it_makes(world: World) -> None:
    quiet = calm(world)
    for number in range(3):
        assert proved(quiet, at_home(f"early-{number}")).pass_id
        fail(quiet, 1, at_home(f"guesser-{number}"))
    assert proved(quiet, at_home("another")).task_id


def at_home(device: str) -> Actor:
    return Actor.anonymous(Visitor(device, "192.0.2.7"))


def test_five_easy_passes_an_hour_are_enough_for_a_new_address_and_twenty_for_a_known_one(
    world: World,
) -> None:
    quiet = calm(world)
    for number in range(5):
        assert proved(quiet, at_home(f"home-{number}")).pass_id
    assert proved(quiet, at_home("home-5")).task_id
    sign_in_from(world, "192.0.2.7")
    for number in range(15):
        assert proved(quiet, at_home(f"more-{number}")).pass_id
    assert proved(quiet, at_home("too-many")).task_id


def sign_in_from(world: World, address: str) -> None:
    now = world.clock.now()
    with world.deps.transaction() as tx:
        user = tx.users.add(
            User(
                login_kind="email",
                login="anna@example.ru",
                password_hash="",
                created_at=now,
                consent_version="1",
                consent_digest="",
                consented_at=now,
                consent_address=address,
            )
        )
        tx.sessions.add(
            UserSession(
                user_id=user.id or 0,
                token_digest="d",
                device="d",
                address=address,
                network=address,
                agent="",
                created_at=now,
                last_seen_at=now,
                authenticated_at=now,
                expires_at=now,
            )
        )


@pytest.mark.parametrize("minutes", [0, 50])
def test_failed_sign_ins_bring_their_address_a_task_however_slowly_they_came(
    world: World, minutes: int
) -> None:
    quiet = calm(world)
    with world.deps.transaction() as tx:
        tx.attempts.reserve(SIGN_IN_ADDRESS, VISITOR.address, world.clock.now(), 3)
    world.clock.move(minutes=minutes)
    assert proved(quiet).task_id
    assert proved(quiet, STRANGER).pass_id


def test_of_twenty_easy_passes_earned_at_once_five_are_given(world: World) -> None:
    quiet = calm(world)
    people = [Actor.anonymous(Visitor(f"device-{number}", VISITOR.address)) for number in range(20)]
    works = [(actor, work_of(quiet, actor)) for actor in people]

    def earn(sent: tuple[Actor, str]) -> bool:
        return bool(human_check.prove_work(quiet.deps, sent[0], ProveWork(REGISTER, sent[1])).pass_id)

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(earn, works)) == LIGHT_ADDRESS.most


def test_three_hundred_easy_passes_in_ten_minutes_bring_everybody_a_task(world: World) -> None:
    quiet = calm(world)
    with world.deps.transaction() as tx:
        tx.attempts.reserve(LIGHT_ALL, "all", world.clock.now(), 300)
    assert proved(quiet).task_id
    world.clock.move(minutes=11)
    assert proved(quiet).pass_id


@pytest.mark.parametrize("minutes", [0, 50])
def test_a_login_that_was_guessed_at_needs_a_pass_earned_by_a_task_however_slowly_it_was(
    world: World, minutes: int
) -> None:
    quiet = calm(world)
    with world.deps.transaction() as tx:
        tx.attempts.reserve(SIGN_IN_LOGIN, "anna@example.ru", world.clock.now(), 3)
    world.clock.move(minutes=minutes)
    easy = proved(quiet).pass_id
    with world.deps.transaction() as tx, pytest.raises(HumanCheckTaskNeeded):
        human_check.spend_pass(quiet.deps, tx, VISITOR, REGISTER, easy, login="anna@example.ru")
    task = proved(quiet, task=True)
    earned = checked(quiet, task.task_id, world.pictures.answers[-1]).pass_id
    with world.deps.transaction() as tx:
        human_check.spend_pass(quiet.deps, tx, VISITOR, REGISTER, earned, login="anna@example.ru")
    other = proved(quiet).pass_id
    with world.deps.transaction() as tx:
        human_check.spend_pass(quiet.deps, tx, VISITOR, REGISTER, other, login="boris@example.ru")


def test_after_two_wrong_answers_harder_work_replaces_the_task(world: World) -> None:
    assert not fail(world, 1).waivable
    with pytest.raises(HumanCheckNotWaivable):
        human_check.waive_task(world.deps, ANNA, WaiveTask(REGISTER))
    assert fail(world, 1).waivable
    assert proved(world).waivable  # the page was opened anew
    harder = solved(human_check.waive_task(world.deps, ANNA, WaiveTask(REGISTER)))
    for actor, purpose in ((STRANGER, REGISTER), (ANNA, Purpose.RESET)):
        with pytest.raises(HumanCheckExpired):
            human_check.prove_work(world.deps, actor, ProveWork(purpose, harder))
    earned = human_check.prove_work(world.deps, ANNA, ProveWork(REGISTER, harder)).pass_id
    spend(world, earned)
    with pytest.raises(HumanCheckExpired):
        human_check.prove_work(world.deps, ANNA, ProveWork(REGISTER, harder))


def test_the_harder_work_is_ten_times_the_usual_at_least_five_of_it(world: World) -> None:
    fail(world, 2)
    given = json.loads(human_check.waive_task(world.deps, ANNA, WaiveTask(REGISTER)))
    found = altcha.solve_challenge(altcha.Challenge.from_dict(given))
    assert found
    assert 20 <= found.counter <= 40  # of the 2 to 4 that tests usually ask


def test_where_no_code_follows_the_task_cannot_be_waived_nor_its_pass_spent(world: World) -> None:
    fail(world, 2)
    with pytest.raises(HumanCheckNotWaivable):
        human_check.waive_task(world.deps, ANNA, WaiveTask(Purpose.SIGN_IN))
    vouched = human_check.waive_task(world.deps, ANNA, WaiveTask(REGISTER))
    earned = human_check.prove_work(world.deps, ANNA, ProveWork(REGISTER, solved(vouched))).pass_id
    with pytest.raises(HumanCheckNeeded):
        spend(world, earned, purpose=Purpose.SIGN_IN)


def test_five_tasks_a_day_are_waived_for_one_address(world: World) -> None:
    fail(world, 2)
    for _ in range(5):
        assert human_check.waive_task(world.deps, ANNA, WaiveTask(REGISTER))
    with pytest.raises(TooMany):
        human_check.waive_task(world.deps, ANNA, WaiveTask(REGISTER))


def test_what_no_rule_counts_any_more_is_swept_away(world: World) -> None:
    fail(world, 2)
    human_check.waive_task(world.deps, ANNA, WaiveTask(REGISTER))
    world.clock.move(hours=25)
    human_check.forget_expired(world.deps)
    with world.deps.snapshot() as tx:
        kept = tx.session.connection().exec_driver_sql("SELECT DISTINCT bucket FROM attempts").all()
    assert not {bucket for (bucket,) in kept} & {"human.failed.visitor", "human.waiver.address"}
