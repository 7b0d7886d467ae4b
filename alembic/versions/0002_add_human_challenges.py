"""Add the open stages of the human check.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "human_challenges",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("stage", sa.String(8), nullable=False),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("answer_digest", sa.String(64), nullable=False),
        sa.Column("picture", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_human_challenges")),
    )
    with op.batch_alter_table("human_challenges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_human_challenges_expires_at"), ["expires_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("human_challenges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_human_challenges_expires_at"))
    op.drop_table("human_challenges")
