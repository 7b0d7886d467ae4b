"""The audit only grows: of a row nothing changes but what erasing a person empties.

Revision: 0024, after 0023.
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_KEPT = ("id", "at", "action", "user_id", "object_id", "supplier_id", "account_id")
_REFUSED = "the audit is append-only"


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _is_changed() -> str:
    """The condition: an UPDATE does more than to empty where a deed was done from and its details."""
    differs = "IS DISTINCT FROM" if _is_postgresql() else "IS NOT"
    changed = [f"NEW.{column} {differs} OLD.{column}" for column in _KEPT]
    return " OR ".join([*changed, "NEW.address <> ''", "CAST(NEW.details AS TEXT) <> '{}'"])


def _seal(deed: str, when: str = "") -> None:
    refuse = "EXECUTE FUNCTION refuse_audit_change()"
    if not _is_postgresql():
        refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
    condition = f"WHEN ({when})" if when else ""
    op.execute(
        f"CREATE TRIGGER audit_events_no_{deed.lower()} BEFORE {deed} ON audit_events "
        f"FOR EACH ROW {condition} {refuse}"
    )


def upgrade() -> None:
    if _is_postgresql():
        op.execute(
            "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}'; END $$"
        )
    _seal("DELETE")
    _seal("UPDATE", _is_changed())


def downgrade() -> None:
    on_table = " ON audit_events" if _is_postgresql() else ""
    for deed in ("update", "delete"):
        op.execute(f"DROP TRIGGER audit_events_no_{deed}{on_table}")
    if on_table:
        op.execute("DROP FUNCTION refuse_audit_change()")
