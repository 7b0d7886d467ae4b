"""Operators of a supplier; whose desk a deed and a message belong to; a session that a second factor has opened.

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "operators",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("supplier_id", BIG, nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["suppliers.id"], name=op.f("fk_operators_supplier_id_suppliers")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_operators_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operators")),
        sa.UniqueConstraint("user_id", name=op.f("uq_operators_user_id")),
    )
    op.create_index(op.f("ix_operators_supplier_id"), "operators", ["supplier_id"])
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("supplier_id", BIG, nullable=True))
        batch_op.add_column(sa.Column("account_id", BIG, nullable=True))
        batch_op.create_index(op.f("ix_audit_events_supplier_id_id"), ["supplier_id", "id"])
        batch_op.create_index(op.f("ix_audit_events_account_id"), ["account_id"])
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("supplier_id", BIG, nullable=True))
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("factor_at", sa.DateTime(), nullable=True))
    with op.batch_alter_table("sign_in_tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("factor", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("sign_in_tickets", schema=None) as batch_op:
        batch_op.drop_column("factor")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("factor_at")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_column("supplier_id")
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_audit_events_account_id"))
        batch_op.drop_index(op.f("ix_audit_events_supplier_id_id"))
        batch_op.drop_column("account_id")
        batch_op.drop_column("supplier_id")
    op.drop_table("operators")
