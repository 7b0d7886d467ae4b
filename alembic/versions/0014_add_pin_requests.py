"""Add requests for PINs and the keys of their documents.

Revision: 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "pin_requests",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("user_id", _ID, nullable=True),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("supplier_id", _ID, nullable=True),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("claimed_address", sa.String(240), nullable=False),
        sa.Column("phone", sa.String(16), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("document_kind", sa.String(16), nullable=False),
        sa.Column("card_issued_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("consent_version", sa.String(32), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("waiting_since", sa.DateTime(), nullable=True),
        sa.Column("claimed_by", _ID, nullable=True),
        sa.Column("claimed_until", sa.DateTime(), nullable=True),
        sa.Column("approved_by", _ID, nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_pin_requests_user_id_users")),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["suppliers.id"], name=op.f("fk_pin_requests_supplier_id_suppliers")
        ),
        sa.ForeignKeyConstraint(["claimed_by"], ["users.id"], name=op.f("fk_pin_requests_claimed_by_users")),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["users.id"], name=op.f("fk_pin_requests_approved_by_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pin_requests")),
        sa.UniqueConstraint("name", name=op.f("uq_pin_requests_name")),
    )
    with op.batch_alter_table("pin_requests", schema=None) as batch_op:
        for column in ("status", "user_id", "device", "token_digest", "supplier_id"):
            batch_op.create_index(batch_op.f(f"ix_pin_requests_{column}"), [column], unique=False)
    op.create_table(
        "request_documents",
        sa.Column("id", _ID, nullable=False),
        sa.Column("request_id", _ID, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["pin_requests.id"], name=op.f("fk_request_documents_request_id_pin_requests")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_documents")),
        sa.UniqueConstraint("name", name=op.f("uq_request_documents_name")),
    )
    with op.batch_alter_table("request_documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_documents_added_at"), ["added_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_documents_request_id"), ["request_id"], unique=False)


def downgrade() -> None:
    op.drop_table("request_documents")
    op.drop_table("pin_requests")
