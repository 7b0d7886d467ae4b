"""A register whose import was undone stays in the history.

Revision: 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("registers", sa.Column("undone_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("registers", "undone_at")
