"""Know which register brought a row, what it changed, and which file told the supplier of a row.

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BROUGHT = ("customer_accounts", "meters", "readings", "access_pins")
EXPORTED = ("readings", "payments")


def upgrade() -> None:
    op.create_table(
        "register_changes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("register_id", BIG, nullable=False),
        sa.Column("table", sa.String(32), nullable=False),
        sa.Column("row_id", BIG, nullable=False),
        sa.Column("former", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["register_id"], ["registers.id"], name=op.f("fk_register_changes_register_id_registers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_changes")),
    )
    op.create_index(op.f("ix_register_changes_register_id"), "register_changes", ["register_id"])
    op.create_table(
        "register_exports",
        sa.Column("id", BIG, nullable=False),
        sa.Column("supplier_id", BIG, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("path", sa.String(1000), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["suppliers.id"], name=op.f("fk_register_exports_supplier_id_suppliers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_exports")),
    )
    op.create_index(op.f("ix_register_exports_supplier_id"), "register_exports", ["supplier_id"])
    op.add_column("registers", sa.Column("undoable", sa.Boolean(), nullable=False, server_default=sa.false()))
    for table in BROUGHT:
        op.add_column(table, sa.Column("register_id", BIG, nullable=True))
    for table in EXPORTED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("export_id", BIG, nullable=True))
            batch_op.create_foreign_key(
                op.f(f"fk_{table}_export_id_register_exports"), "register_exports", ["export_id"], ["id"]
            )


def downgrade() -> None:
    for table in EXPORTED:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(f"fk_{table}_export_id_register_exports"), type_="foreignkey")
            batch_op.drop_column("export_id")
    for table in BROUGHT:
        op.drop_column(table, "register_id")
    op.drop_column("registers", "undoable")
    op.drop_table("register_exports")
    op.drop_table("register_changes")
