"""A message knows when it is of no use any more, and that it was tried before it was revived.

Revision: 0028, after 0027.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("not_after", sa.DateTime(), nullable=True))
    op.add_column("outbox", sa.Column("revived", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("outbox", "revived")
    op.drop_column("outbox", "not_after")
