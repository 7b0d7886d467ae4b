"""A session knows what its address counts as for limits, by an index.

Revision: 0025, after 0024.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("network", sa.String(64), nullable=False, server_default=""))
    # An IPv6 address of before is nobody's home: its people are trusted again from their next sign-in.
    op.execute("UPDATE sessions SET network = address")
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.alter_column("network", server_default=None)
        batch_op.create_index(batch_op.f("ix_sessions_network"), ["network"])


def downgrade() -> None:
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_network"))
        batch_op.drop_column("network")
