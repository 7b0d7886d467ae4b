"""A consent is kept with the registration that it was given in, and holds, as its password does, once that is confirmed.

Revision: 0027, after 0026.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_TEXTS = {"consent_version": 32, "consent_digest": 64, "consent_address": 64}


def upgrade() -> None:
    for name, length in _TEXTS.items():
        op.add_column("confirmations", sa.Column(name, sa.String(length), server_default="", nullable=False))
    op.add_column("confirmations", sa.Column("consented_at", sa.DateTime(), nullable=True))
    for name in (*_TEXTS, "consented_at"):
        op.execute(
            f"UPDATE confirmations SET {name} = (SELECT users.{name} FROM users WHERE users.id = user_id)"  # noqa: S608 - a name of ours
            " WHERE purpose = 'register'"
        )
    op.execute(
        "UPDATE confirmations SET password_hash = (SELECT users.password_hash FROM users WHERE users.id = user_id)"
        " WHERE purpose = 'register' AND password_hash = ''"
    )
    op.execute("UPDATE users SET password_hash = '' WHERE confirmed_at IS NULL")


def downgrade() -> None:
    # Whoever was still to confirm registers again.
    with op.batch_alter_table("confirmations") as batch_op:
        for name in (*_TEXTS, "consented_at"):
            batch_op.drop_column(name)
