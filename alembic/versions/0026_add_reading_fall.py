"""Why a reading is less than the one before it: the dial rolled over, or the meter is another one.

Revision: 0026, after 0025.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("readings", sa.Column("fall", sa.String(12), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("readings", "fall")
