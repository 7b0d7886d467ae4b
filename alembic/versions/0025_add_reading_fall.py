"""Why a reading is less than the one before it: the dial rolled over, or the meter is another one.

Revision: 0025, after 0024.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("readings", sa.Column("fall", sa.String(12), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("readings", "fall")
