"""How far somebody has come: a browser's until somebody signs in there, and theirs from then on."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from cabinet.domain.errors import Denied, InputError, SignInNeeded
from cabinet.domain.permissions import Actor, OperatorRole, Visitor
from cabinet.services import sessions, training
from cabinet.services.training import LessonRow, ReachStep
from cabinet.texts.lessons import LESSONS
from tests.factories import subscriber
from tests.fakes import VISITOR, World
from tests.tables import checksums

OTHER = Visitor("device-of-boris", "192.0.2.9")


def reach(world: World, name: str, reached: int, visitor: Visitor = VISITOR, session: str = "") -> None:
    training.record_progress(world.deps, visitor, session, ReachStep.parse(name, str(reached)))


def sign_in(world: World, user_id: int, visitor: Visitor) -> str:
    """The session's token."""
    with world.deps.transaction() as tx:
        ticket = sessions.issue_ticket(world.deps, tx, tx.users.get(user_id), visitor, remember=False)
    opened = sessions.open_session(world.deps, Actor.anonymous(visitor), ticket)
    assert opened
    return opened.token


def seen(world: World, actor: Actor, lesson: str) -> LessonRow:
    return next(x for x in training.view_progress(world.deps, actor) if x.id == lesson)


def test_a_visitor_sees_where_a_lesson_was_left_and_another_browser_does_not(world: World) -> None:
    reach(world, "connect.show", 2)
    reach(world, "connect.show", 1)
    row = seen(world, Actor.anonymous(VISITOR), "connect")
    assert (row.status, row.resume, row.done) == ("Шаг 3 из 5", "connect.show.2", False)
    assert seen(world, Actor.anonymous(OTHER), "connect") == LessonRow("connect", up_next=True)
    assert seen(world, Actor.anonymous(Visitor("", "192.0.2.9")), "connect") == LessonRow(
        "connect", up_next=True
    )


def test_what_was_left_last_is_next_and_then_what_was_never_done(world: World) -> None:
    def up_next() -> list[str]:
        return [x.id for x in training.view_progress(world.deps, Actor.anonymous(VISITOR)) if x.up_next]

    assert up_next() == ["connect"]
    reach(world, "charges.show", 1)
    world.clock.move(minutes=1)
    reach(world, "pay.show", 1)
    assert up_next() == ["pay"]
    reach(world, "pay.show", len(LESSONS["pay"].steps))
    assert up_next() == ["charges"]
    for lesson in LESSONS.values():
        reach(world, f"{lesson.id}.alone", len(lesson.steps))
    assert up_next() == []


def test_a_lesson_done_once_stays_done(world: World) -> None:
    reach(world, "pay.show", len(LESSONS["pay"].steps))
    reach(world, "pay.alone", 1)
    row = seen(world, Actor.anonymous(VISITOR), "pay")
    assert (row.status, row.done, row.resume) == ("Пройден", True, "pay.alone.1")


def test_who_signs_in_takes_the_browsers_progress_along_to_every_other(world: World) -> None:
    anna = subscriber(world, "anna@example.ru", VISITOR)
    session = sign_in(world, anna.user, OTHER)
    reach(world, "pay.show", 1, OTHER, session)
    reach(world, "pay.show", 2)
    reach(world, "reading.show", 3)
    sign_in(world, anna.user, VISITOR)
    elsewhere = Actor.subscriber(Visitor("a third", "192.0.2.11"), anna.user, 0)
    assert seen(world, elsewhere, "pay").status == "Шаг 3 из 3"
    assert seen(world, elsewhere, "reading").done
    assert seen(world, Actor.anonymous(VISITOR), "reading") == LessonRow("reading")


def test_progress_prolongs_no_session_and_touches_one_table(world: World) -> None:
    anna = subscriber(world, "anna@example.ru", VISITOR)
    session = sign_in(world, anna.user, VISITOR)
    world.clock.move(minutes=20)
    before = checksums(world.engine)
    reach(world, "pay.show", 1, VISITOR, session)
    after = checksums(world.engine)
    assert {name for name in after if after[name] != before[name]} == {"training_progress"}
    world.clock.move(hours=13)
    assert sessions.peek(world.deps, session) is None
    assert sessions.peek(world.deps, "a guess") is None


def test_the_same_step_from_many_tabs_at_once_is_one_row(world: World) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: reach(world, "pay.show", n % 4), range(12)))
    with world.engine.connect() as connection:
        rows = connection.execute(text("SELECT reached, finished FROM training_progress")).all()
    assert [tuple(map(int, row)) for row in rows] == [(3, 1)]


@pytest.mark.parametrize(
    ("name", "reached"),
    [
        ("", "1"), ("pay", "1"), ("pay.other", "1"), ("other.show", "1"), ("pay.show", ""), ("pay.show", "-1"),
        ("pay.show", "4"), ("pay.show", "1" * 5000), ("pay.show", "٣"), ("pay.show", "1.0"), ("pay.show.1", "1"),
    ],
)  # fmt: skip
def test_nothing_that_is_no_lesson_is_remembered(name: str, reached: str) -> None:
    with pytest.raises(InputError):
        ReachStep.parse(name, reached)


def test_the_desk_sees_numbers_and_nobody(world: World) -> None:
    for number, reached in enumerate([0, 1, 1, 3]):
        reach(world, "pay.show", reached, Visitor(f"device-{number}", "192.0.2.1"))
    clerk = Actor.operator(VISITOR, 1, 1, 1, OperatorRole.CLERK, verified=True)
    row = next(
        x for x in training.count_progress(world.deps, clerk) if x.title.startswith("Оплатить: Показать")
    )
    assert (row.begun, row.finished) == ("4", "1")
    assert [(x.came, x.left) for x in row.steps] == [("4", "1"), ("3", "2"), ("1", "0")]


def test_the_numbers_are_the_desks_only(world: World) -> None:
    with pytest.raises(SignInNeeded):
        training.count_progress(world.deps, Actor.anonymous(VISITOR))
    with pytest.raises(Denied):
        training.count_progress(world.deps, subscriber(world, "anna@example.ru"))


def test_a_browser_is_forgotten_after_a_year_and_a_person_is_not(world: World) -> None:
    anna = subscriber(world, "anna@example.ru", OTHER)
    reach(world, "pay.show", 1)
    reach(world, "pay.show", 1, OTHER, sign_in(world, anna.user, OTHER))
    world.clock.move(days=366)
    training.forget_old(world.deps)
    assert seen(world, Actor.anonymous(VISITOR), "pay").status == ""
    assert seen(world, anna, "pay").status == "Шаг 2 из 3"
