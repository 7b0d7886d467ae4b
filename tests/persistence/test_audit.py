"""What was done stays told: nobody changes or deletes a deed, but whom it names may be forgotten."""

import pytest
from sqlalchemy.exc import DatabaseError
from sqlmodel import text

from cabinet.domain.permissions import Actor
from tests.fakes import VISITOR, World


@pytest.fixture
def told(world: World) -> World:
    """A world in which one deed was done."""
    with world.deps.transaction() as tx:
        tx.audit.record(Actor.anonymous(VISITOR), world.clock.now(), "user.registered", 7, way="web")
    return world


def rows(world: World) -> list[tuple[object, ...]]:
    with world.deps.snapshot() as tx:
        found = tx.session.execute(
            text("SELECT action, object_id, address, CAST(details AS TEXT) FROM audit_events")
        )
        return [tuple(row) for row in found]


@pytest.mark.parametrize(
    "deed",
    [
        "DELETE FROM audit_events",
        "UPDATE audit_events SET action = 'user.confirmed'",
        "UPDATE audit_events SET user_id = NULL, object_id = 8",
        "UPDATE audit_events SET at = '2020-01-01'",
        "UPDATE audit_events SET supplier_id = 1, address = '', details = '{}'",
        "UPDATE audit_events SET account_id = 1, address = '', details = '{}'",
        "UPDATE audit_events SET address = '192.0.2.99'",
        "UPDATE audit_events SET address = ''",
        """UPDATE audit_events SET address = '', details = '{"way": "letter"}'""",
    ],
)
def test_the_database_itself_refuses_to_change_a_deed(told: World, deed: str) -> None:
    before = rows(told)
    with pytest.raises(DatabaseError, match="append-only"), told.deps.transaction() as tx:
        tx.session.execute(text(deed))
    assert rows(told) == before


def test_where_from_and_the_details_may_be_forgotten_together(told: World) -> None:
    for _ in range(2):
        with told.deps.transaction() as tx:
            tx.session.execute(text("UPDATE audit_events SET address = '', details = '{}'"))
        assert rows(told) == [("user.registered", 7, "", "{}")]
