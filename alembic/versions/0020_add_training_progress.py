"""How far people have come in the lessons of the training.

Revision: 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "training_progress",
        sa.Column("id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=True),
        sa.Column("device", sa.String(64), nullable=True),
        sa.Column("lesson", sa.String(16), nullable=False),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_training_progress_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_progress")),
        sa.UniqueConstraint("user_id", "lesson", "way", name=op.f("uq_training_progress_user_id_lesson_way")),
        sa.UniqueConstraint("device", "lesson", "way", name=op.f("uq_training_progress_device_lesson_way")),
    )


def downgrade() -> None:
    op.drop_table("training_progress")
