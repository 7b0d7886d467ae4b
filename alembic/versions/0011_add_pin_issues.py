"""PINs issued at a counter; keys by which the desk finds accounts by name and address.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

from cabinet.domain.account_search import address_key, name_key

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BATCH = 5000


def text(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, "C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "pin_issues",
        sa.Column("id", BIG, nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("customer_account_id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("shown", sa.String(length=24), nullable=False),
        sa.Column("delivery", sa.String(length=8), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_account_id"],
            ["customer_accounts.id"],
            name=op.f("fk_pin_issues_customer_account_id_customer_accounts"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_pin_issues_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pin_issues")),
        sa.UniqueConstraint("form_key", name=op.f("uq_pin_issues_form_key")),
    )
    op.create_index(op.f("ix_pin_issues_customer_account_id"), "pin_issues", ["customer_account_id"])
    with op.batch_alter_table("customer_accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name_key", text(250), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("address_key", text(320), nullable=False, server_default=""))
    fill()
    with op.batch_alter_table("customer_accounts", schema=None) as batch_op:
        batch_op.alter_column("name_key", existing_type=text(250), server_default=None)
        batch_op.alter_column("address_key", existing_type=text(320), server_default=None)
        batch_op.create_index(op.f("ix_customer_accounts_supplier_id_name_key"), ["supplier_id", "name_key"])
        batch_op.create_index(
            op.f("ix_customer_accounts_supplier_id_address_key"), ["supplier_id", "address_key"]
        )


def fill() -> None:
    """Of the accounts that are there already."""
    names = ("id", "last_name", "first_name", "middle_name", "locality", "street", "house", "flat")
    accounts = sa.table("customer_accounts", *map(sa.column, (*names, "name_key", "address_key")))
    change = (
        sa.update(accounts)
        .where(accounts.c.id == sa.bindparam("row"))
        .values(name_key=sa.bindparam("name"), address_key=sa.bindparam("address"))
    )
    wanted = sa.select(*(accounts.c[x] for x in names)).order_by(accounts.c.id).limit(BATCH)
    last = 0
    while rows := op.get_bind().execute(wanted.where(accounts.c.id > last)).all():
        last = rows[-1].id
        keys = [
            {
                "row": x.id,
                "name": name_key(x.last_name, x.first_name, x.middle_name),
                "address": address_key(x.locality, x.street, x.house, x.flat),
            }
            for x in rows
        ]
        op.get_bind().execute(change, keys)


def downgrade() -> None:
    with op.batch_alter_table("customer_accounts", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_customer_accounts_supplier_id_address_key"))
        batch_op.drop_index(op.f("ix_customer_accounts_supplier_id_name_key"))
        batch_op.drop_column("address_key")
        batch_op.drop_column("name_key")
    op.drop_table("pin_issues")
