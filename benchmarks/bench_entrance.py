"""Does the time of an answer tell whether a login is anybody's? Known against unknown, interleaved.

`python -m benchmarks entrance`: sign-in, registration and reset, 200 tries each way, bcrypt at cost 12, SQLite in a folder
of its own. Each try comes from a fresh address and browser, so that no limit fires; the words are compared too.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks import Row
from cabinet.adapters.passwords_bcrypt import BcryptPasswords
from cabinet.domain.errors import CabinetError
from cabinet.domain.identity import Login
from cabinet.domain.permissions import Actor, Visitor
from cabinet.persistence.migrations import migrate
from cabinet.persistence.users import User
from cabinet.services import password_reset, registration, sign_in
from cabinet.services.notifications import deliver_due
from tests.factories import PASSWORD, pass_for
from tests.fakes import World, make_world

TRIES = 200
WARM = 5
GOAL = 0.05
COST = 12

Act = Callable[[], object]
Prepare = Callable[[World, Visitor, str], Act]


def signing_in(world: World, visitor: Visitor, login: str) -> Act:
    """A wrong password."""
    command = sign_in.SignIn.parse({"login": login, "password": "не тот пароль"})
    return lambda: sign_in.sign_in(world.deps, Actor.anonymous(visitor), command)


def registering(world: World, visitor: Visitor, login: str) -> Act:
    """A form that holds, with its human check passed."""
    form = {"login": login, "password": PASSWORD, "consent": "on"}
    command = registration.Register.parse(form, pass_for(world, visitor, registration.PURPOSE))
    return lambda: registration.register(world.deps, Actor.anonymous(visitor), command)


def resetting(world: World, visitor: Visitor, login: str) -> Act:
    """A request for a new password, with its human check passed."""
    command = password_reset.AskReset.parse(
        {"login": login}, pass_for(world, visitor, password_reset.PURPOSE)
    )
    return lambda: password_reset.ask_reset(world.deps, Actor.anonymous(visitor), command)


FLOWS: dict[str, Prepare] = {"sign-in": signing_in, "registration": registering, "reset": resetting}


def settle(world: World, flow: str) -> None:
    """The people of a flow: as many as there are tries."""
    cheap, now = BcryptPasswords(b"pepper", COST).hash(PASSWORD), world.clock.now()
    with world.deps.transaction() as tx:
        for number in range(TRIES + WARM):
            login = Login.parse(login_of(flow, number, known=True))
            tx.users.add(
                User(
                    login_kind=login.kind,
                    login=login.value,
                    password_hash=cheap,
                    created_at=now,
                    confirmed_at=now,
                    consent_version="bench",
                    consent_digest="",
                    consented_at=now,
                    consent_address="192.0.2.1",
                )
            )


def login_of(flow: str, number: int, *, known: bool) -> str:
    """Logins of one length and one first letter, so that their masks are the same."""
    return f"p{'known' if known else 'other'}{number:04d}@{flow}.example.ru"


def timed(act: Act) -> tuple[float, str]:
    """Milliseconds, and what was answered in words and facts."""
    started = time.perf_counter()
    try:
        answer = str(act())
    except CabinetError as error:
        answer = f"{error.code} {sorted(error.facts.items())}"
    return (time.perf_counter() - started) * 1000, answer


def compare(world: World, flow: str) -> Row:
    """One flow's row: both medians, their ratio, and whether every answer was the same."""
    settle(world, flow)
    times: dict[bool, list[float]] = {True: [], False: []}
    answers = set[str]()
    for number in range(TRIES + WARM):
        order = (True, False) if number % 2 else (False, True)
        for known in order:
            world.clock.move(seconds=40)
            deliver_due(world.deps)
            visitor = Visitor(f"{flow}-{known}-{number}", f"2001:db8:{known:d}:{number:x}::1", "bench")
            act = FLOWS[flow](world, visitor, login_of(flow, number, known=known))
            milliseconds, answer = timed(act)
            answers.add(answer)
            if number >= WARM:
                times[known].append(milliseconds)
    known, unknown = (statistics.median(times[x]) for x in (True, False))
    apart = abs(known / unknown - 1)
    if len(answers) != 1:
        msg = f"{flow} answers differ: {answers}"
        raise AssertionError(msg)
    return Row(
        f"{flow}: known / unknown login, medians of {TRIES}",
        f"{known:.1f} / {unknown:.1f} ms, {apart:.1%} apart",
        f"within {GOAL:.0%}, the same words",
        ok=apart <= GOAL,
    )


def run() -> list[Row]:
    """A row for each flow."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'bench.db'}"
        migrate(url)
        world = make_world(url, folder)
        world = replace(world, deps=replace(world.deps, passwords=BcryptPasswords(b"pepper", COST)))
        try:
            return [compare(world, flow) for flow in FLOWS]
        finally:
            world.dispose()
