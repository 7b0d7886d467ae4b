"""Dated values are of a region; a reading knows whether it counts in the charge.

Revision: 0022, after 0021.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_OF_KIND = "uq_supplier_values_supplier_id_kind_valid_from"
_OF_REGION = "uq_supplier_values_supplier_id_kind_region_valid_from"


def upgrade() -> None:
    with op.batch_alter_table("supplier_values") as batch_op:
        batch_op.add_column(sa.Column("region", sa.String(80), nullable=False, server_default=""))
        batch_op.drop_constraint(batch_op.f(_OF_KIND), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f(_OF_REGION), ["supplier_id", "kind", "region", "valid_from"]
        )
    op.add_column("readings", sa.Column("counted", sa.Boolean(), nullable=False, server_default=sa.true()))
    # What their receipts said: the verification was overdue when they were sent from here.
    op.execute(
        "UPDATE readings SET counted = false WHERE source = 'web' AND EXISTS (SELECT 1 FROM meters"
        " WHERE meters.id = readings.meter_id AND meters.verification_due_on < readings.taken_on)"
    )


def downgrade() -> None:
    op.drop_column("readings", "counted")
    # The former table knows no regions: a region's own value would hold everywhere.
    op.execute("DELETE FROM supplier_values WHERE region <> ''")
    with op.batch_alter_table("supplier_values") as batch_op:
        batch_op.drop_constraint(batch_op.f(_OF_REGION), type_="unique")
        batch_op.create_unique_constraint(batch_op.f(_OF_KIND), ["supplier_id", "kind", "valid_from"])
        batch_op.drop_column("region")
