"""Keys of messages, the inbox, and the limit that counts several tries at once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from alembic import command
from sqlalchemy import text

from cabinet.domain.errors import TooMany
from cabinet.domain.limits import Limit
from cabinet.persistence.engine import make_engine
from cabinet.persistence.migrations import alembic_config
from cabinet.persistence.unit_of_work import Transaction, transactions
from tests.fakes import NOON

PARTS = Limit("parts", 5, timedelta(days=1))


@pytest.fixture
def begin(database_url: str) -> Iterator[Transaction]:
    engine = make_engine(database_url)
    yield transactions(engine)
    engine.dispose()


def test_messages_of_before_get_keys_of_their_own(database_url: str) -> None:
    config = alembic_config(database_url)
    command.downgrade(config, "0003")
    engine = make_engine(database_url)
    old = text(
        'INSERT INTO outbox (channel, "to", template, facts, created_at, attempts, last_error) '
        "VALUES ('mail', 'a@example.ru', 'password_changed', '{}', '2026-11-20 08:00:00', 0, '')"
    )
    with engine.begin() as connection:
        for _ in range(3):
            connection.execute(old)
    command.upgrade(config, "head")
    with engine.begin() as connection:
        keys = [row.key for row in connection.execute(text("SELECT key FROM outbox"))]
    engine.dispose()
    assert len(set(keys)) == 3
    assert {len(key) for key in keys} == {32}


def test_the_same_numbers_in_two_installations_have_different_keys(begin: Transaction) -> None:
    with begin() as tx:
        for _ in range(2):
            tx.outbox.add("mail", "a@example.ru", "password_changed", NOON)
        tx.session.flush()
        first, second = tx.outbox.get(1), tx.outbox.get(2)
    assert first.key != second.key
    assert "1" not in (first.key, second.key)
    assert {len(first.key), len(second.key)} == {32}


def test_a_notice_is_kept_once_for_each_source(begin: Transaction) -> None:
    with begin() as tx:
        assert tx.inbox.add("resend", "msg_1", "mail.returned", NOON, key="a")
        assert not tx.inbox.add("resend", "msg_1", "mail.returned", NOON, key="b")
        assert tx.inbox.add("bank", "msg_1", "payment", NOON)
    with begin() as tx:
        assert not tx.inbox.add("resend", "msg_1", "mail.returned", NOON, key="c")
        notice = tx.inbox.claim("mail.returned")
        assert notice
        assert notice.facts == {"key": "a"}
        tx.inbox.close(notice, NOON)
        assert tx.inbox.claim("mail.returned") is None
        assert not tx.inbox.has_open("mail.returned")
        assert tx.inbox.has_open("payment")


def test_several_tries_stand_or_fall_together(begin: Transaction) -> None:
    with begin() as tx:
        assert tx.attempts.reserve(PARTS, "all", NOON, 2) == 3
        assert tx.attempts.reserve(PARTS, "all", NOON + timedelta(hours=1), 2) == 1
        with pytest.raises(TooMany) as closed:
            tx.attempts.reserve(PARTS, "all", NOON + timedelta(hours=2), 2)
        assert closed.value.facts["retry_in"] == 22 * 3600
        assert tx.attempts.left(PARTS, "all", NOON + timedelta(hours=2)) == 1
        assert tx.attempts.reserve(PARTS, "all", NOON + timedelta(hours=2)) == 0
        assert tx.attempts.reserve(PARTS, "all", NOON + timedelta(hours=24), 2) == 0


def test_more_than_the_limit_at_once_waits_for_a_whole_span(begin: Transaction) -> None:
    with begin() as tx:
        with pytest.raises(TooMany) as closed:
            tx.attempts.reserve(PARTS, "all", NOON, 6)
        assert closed.value.facts["retry_in"] == 24 * 3600
