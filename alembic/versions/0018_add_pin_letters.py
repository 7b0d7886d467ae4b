"""Add the letters that were looked at, and where a request for a PIN came from.

Revision: 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "pin_letters",
        sa.Column("id", _ID, nullable=False),
        sa.Column("mailbox", sa.String(64), nullable=False),
        sa.Column("validity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=True),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("marked", sa.Boolean(), nullable=False),
        sa.Column("request_id", _ID, nullable=True),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["pin_requests.id"], name=op.f("fk_pin_letters_request_id_pin_requests")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pin_letters")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_pin_letters_fingerprint")),
        sa.UniqueConstraint("mailbox", "validity", "uid", name=op.f("uq_pin_letters_mailbox_validity_uid")),
    )
    with op.batch_alter_table("pin_letters", schema=None) as batch_op:
        for column in ("request_id", "seen_at"):
            batch_op.create_index(batch_op.f(f"ix_pin_letters_{column}"), [column], unique=False)
    with op.batch_alter_table("pin_requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("origin", sa.String(8), nullable=False, server_default="web"))
        batch_op.add_column(sa.Column("authentication", sa.String(80), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("pin_requests", schema=None) as batch_op:
        batch_op.drop_column("authentication")
        batch_op.drop_column("origin")
    op.drop_table("pin_letters")
