"""What waiting messages say, codes and PINs among it, is sealed.

Revision: 0023, after 0022.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# The portal's key is not here: what waits can be neither sealed nor, after a downgrade, read. It joins the dead.
_END = "UPDATE outbox SET due_at = NULL, dead_at = CURRENT_TIMESTAMP WHERE due_at IS NOT NULL"


def upgrade() -> None:
    op.execute(_END)
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.alter_column(
            "facts",
            new_column_name="sealed",
            existing_type=sa.JSON(),
            type_=sa.LargeBinary(),
            existing_nullable=False,
            postgresql_using="''::bytea",
        )
    op.execute(sa.update(sa.table("outbox", sa.column("sealed", sa.LargeBinary()))).values(sealed=b""))


def downgrade() -> None:
    op.execute(_END)
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.alter_column(
            "sealed",
            new_column_name="facts",
            existing_type=sa.LargeBinary(),
            type_=sa.JSON(),
            existing_nullable=False,
            postgresql_using="'{}'::json",
        )
    op.execute(sa.update(sa.table("outbox", sa.column("facts", sa.JSON()))).values(facts={}))
