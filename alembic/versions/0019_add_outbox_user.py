"""A message knows whose it is: a login may change its owner, and its owner the login.

Revision: 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("user_id", BIG, nullable=True))
    op.create_index("ix_outbox_user_id", "outbox", ["user_id"])
    op.execute('UPDATE outbox SET user_id = (SELECT id FROM users WHERE users.login = outbox."to")')


def downgrade() -> None:
    op.drop_index("ix_outbox_user_id", "outbox")
    op.drop_column("outbox", "user_id")
