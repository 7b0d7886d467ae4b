"""A confirmation may be of a login that its user is about to take.

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NEW = (("new_login_kind", 8), ("new_login", 254))


def upgrade() -> None:
    with op.batch_alter_table("confirmations", schema=None) as batch_op:
        for name, length in _NEW:
            batch_op.add_column(sa.Column(name, sa.String(length=length), nullable=True))
    op.execute("UPDATE confirmations SET new_login_kind = '', new_login = ''")
    with op.batch_alter_table("confirmations", schema=None) as batch_op:
        for name, length in _NEW:
            batch_op.alter_column(name, existing_type=sa.String(length=length), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("confirmations", schema=None) as batch_op:
        for name, _ in _NEW:
            batch_op.drop_column(name)
