from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from cabinet.domain.codes import CodePurpose
from cabinet.domain.errors import NotFound, SignInNeeded
from cabinet.domain.identity import Login
from cabinet.domain.permissions import Actor
from cabinet.persistence.users import Confirmation, SignInTicket, User, UserSession
from tests.fakes import NOON, VISITOR, World

LATER = NOON + timedelta(minutes=10)
RESET, REGISTER = CodePurpose.RESET, CodePurpose.REGISTER


def add_user(world: World, login: str = "anna@example.ru") -> int:
    parsed = Login.parse(login)
    user = User(
        login_kind=parsed.kind,
        login=parsed.value,
        password_hash="h",
        created_at=NOON,
        consent_version="1",
        consent_digest="d",
        consented_at=NOON,
        consent_address="192.0.2.1",
    )
    with world.deps.transaction() as tx:
        return tx.users.add(user).id or 0


def confirmation(
    user_id: int, number: int, device: str = "phone", purpose: CodePurpose = REGISTER
) -> Confirmation:
    return Confirmation(
        user_id=user_id,
        purpose=purpose,
        code_digest=f"code-{number}",
        token_digest=f"token-{number}",
        device=device,
        sent_at=NOON + timedelta(minutes=number),
        expires_at=LATER,
    )


def session(user_id: int, digest: str, device: str = "phone", minutes: int = 10) -> UserSession:
    return UserSession(
        user_id=user_id,
        token_digest=digest,
        device=device,
        address="192.0.2.1",
        network="192.0.2.1",
        agent="browser",
        created_at=NOON,
        last_seen_at=NOON,
        authenticated_at=NOON,
        expires_at=NOON + timedelta(minutes=minutes),
    )


def test_a_user_is_found_by_their_login_however_it_was_typed(world: World) -> None:
    user_id = add_user(world, "89127451020")
    with world.deps.snapshot() as tx:
        found = tx.users.find_by_login(Login.parse("+7 (912) 745-10-20"))
        assert found
        assert (found.id, found.as_login.value) == (user_id, "+79127451020")
        assert tx.users.find_by_login(Login.parse("nobody@example.ru")) is None


def test_a_login_is_one_users_own(world: World) -> None:
    add_user(world)
    with pytest.raises(IntegrityError):
        add_user(world, "Anna@Example.RU")


def test_a_user_who_is_blocked_meanwhile_is_nobody(world: World) -> None:
    anna = Actor.subscriber(VISITOR, add_user(world), 1)
    with world.deps.transaction() as tx:
        tx.users.get_for(anna).blocked_at = NOON
    with world.deps.snapshot() as tx:
        assert tx.users.get(anna.user).blocked_at == NOON
        with pytest.raises(SignInNeeded):
            tx.users.get_for(anna)
        with pytest.raises(SignInNeeded):
            tx.users.get_for(Actor.anonymous(VISITOR))
        with pytest.raises(NotFound):
            tx.users.get(anna.user + 1)


def test_a_new_code_supersedes_the_open_ones_of_its_browser_and_purpose_only(world: World) -> None:
    anna, boris = add_user(world), add_user(world, "boris@example.ru")
    sent = [
        confirmation(anna, 1),
        confirmation(anna, 2, device="desk"),
        confirmation(anna, 3, purpose=RESET),
        confirmation(boris, 4),
        confirmation(anna, 5),
    ]
    for each in sent:
        with world.deps.transaction() as tx:
            tx.confirmations.add(each)
    with world.deps.snapshot() as tx:
        found = [tx.confirmations.find_by_token(f"token-{n}") for n in range(1, 6)]
    assert [x.superseded_at for x in found if x] == [NOON + timedelta(minutes=5), None, None, None, None]


def test_a_used_code_is_not_superseded(world: World) -> None:
    anna = add_user(world)
    with world.deps.transaction() as tx:
        used = confirmation(anna, 1)
        used.used_at = NOON
        tx.confirmations.add(used)
        tx.confirmations.add(confirmation(anna, 2))
    with world.deps.snapshot() as tx:
        found = tx.confirmations.find_by_token("token-1")
    assert found
    assert found.superseded_at is None


def test_the_newest_code_of_a_browser_is_of_the_purposes_asked_for(world: World) -> None:
    anna = add_user(world)
    with world.deps.transaction() as tx:
        tx.confirmations.add(confirmation(anna, 1))
        tx.confirmations.add(confirmation(anna, 2))
        tx.confirmations.add(confirmation(anna, 3, purpose=RESET))
    with world.deps.transaction() as tx:
        latest = tx.confirmations.find_latest("phone", (REGISTER, CodePurpose.DEVICE))
        assert latest
        assert latest.code_digest == "code-2"
        assert tx.confirmations.find_latest("desk", (REGISTER,)) is None
        assert tx.confirmations.find_latest("phone", (CodePurpose.DEVICE,)) is None


def test_a_code_is_found_by_its_user_purpose_and_digest(world: World) -> None:
    anna, boris = add_user(world), add_user(world, "boris@example.ru")
    with world.deps.transaction() as tx:
        tx.confirmations.add(confirmation(anna, 1))
    with world.deps.transaction() as tx:
        assert tx.confirmations.find_by_code(anna, REGISTER, "code-1")
        for user_id, purpose, digest in (
            (boris, REGISTER, "code-1"),
            (anna, RESET, "code-1"),
            (anna, REGISTER, "code-2"),
        ):
            assert tx.confirmations.find_by_code(user_id, purpose, digest) is None
        assert tx.confirmations.find_by_token("code-1") is None


def test_a_ticket_is_spent_once_in_time_by_its_own_browser(world: World) -> None:
    anna = add_user(world)
    with world.deps.transaction() as tx:
        tx.sessions.add_ticket(
            SignInTicket(user_id=anna, ticket_digest="t", device="phone", expires_at=LATER)
        )
    spent = []
    for digest, device, at in (
        ("other", "phone", NOON),
        ("t", "desk", NOON),
        ("t", "phone", LATER),
        ("t", "phone", NOON),
        ("t", "phone", NOON),
    ):
        with world.deps.transaction() as tx:
            spent.append(tx.sessions.spend_ticket(digest, device, at) is not None)
    assert spent == [False, False, False, True, False]


def test_of_ten_spendings_at_once_one_succeeds(world: World) -> None:
    anna = add_user(world)
    with world.deps.transaction() as tx:
        tx.sessions.add_ticket(
            SignInTicket(user_id=anna, ticket_digest="t", device="phone", expires_at=LATER)
        )

    def spend(_: int) -> bool:
        with world.deps.transaction() as tx:
            return tx.sessions.spend_ticket("t", "phone", NOON) is not None

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(spend, range(10))) == 1


def test_a_live_session_brings_its_user_until_it_ends(world: World) -> None:
    anna = add_user(world)
    with world.deps.transaction() as tx:
        opened = tx.sessions.add(session(anna, "s"))
        tx.sessions.touch(opened.id or 0, NOON + timedelta(minutes=1))
    with world.deps.snapshot() as tx:
        found = tx.sessions.find_live("s", NOON)
        assert found
        assert (found[1].id, found[0].last_seen_at) == (anna, NOON + timedelta(minutes=1))
        assert tx.sessions.find_live("s", LATER) is None
        assert tx.sessions.find_live("other", NOON) is None
    with world.deps.transaction() as tx:
        tx.users.get(anna).blocked_at = NOON
    with world.deps.snapshot() as tx:
        assert tx.sessions.find_live("s", NOON) is None


def test_signing_out_ends_one_session_and_a_new_password_the_others(world: World) -> None:
    anna, boris = add_user(world), add_user(world, "boris@example.ru")
    with world.deps.transaction() as tx:
        kept = tx.sessions.add(session(anna, "a1"))
        for user_id, digest in ((anna, "a2"), (anna, "a3"), (boris, "b1")):
            tx.sessions.add(session(user_id, digest))
    with world.deps.transaction() as tx:
        assert [tx.sessions.revoke("a2", NOON) for _ in range(2)] == [True, False]
        assert tx.sessions.revoke_others(anna, kept.id, NOON) == 1
    with world.deps.transaction() as tx:
        alive = [x for x in ("a1", "a2", "a3", "b1") if tx.sessions.find_live(x, NOON)]
        assert alive == ["a1", "b1"]
        assert tx.sessions.revoke_others(anna, None, NOON) == 1


def test_a_browser_is_known_to_the_user_who_signed_in_from_it(world: World) -> None:
    anna, boris = add_user(world), add_user(world, "boris@example.ru")
    with world.deps.transaction() as tx:
        tx.sessions.add(session(anna, "a1"))
        tx.sessions.add(session(anna, "a2", device=""))
    with world.deps.snapshot() as tx:
        known = [
            tx.sessions.is_known_device(user_id, device)
            for user_id, device in ((anna, "phone"), (anna, "desk"), (anna, ""), (boris, "phone"))
        ]
    assert known == [True, False, False, False]
