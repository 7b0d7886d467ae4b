"""A code that was never sent is counted too: a login that nobody has must not be told apart.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("confirmations", schema=None) as batch_op:
        batch_op.alter_column("user_id", existing_type=ID, nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM confirmations WHERE user_id IS NULL")
    with op.batch_alter_table("confirmations", schema=None) as batch_op:
        batch_op.alter_column("user_id", existing_type=ID, nullable=False)
