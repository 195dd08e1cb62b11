"""add tenant

Revision ID: 3f2a9c1d7b60
Revises: 9a1b2c3d4e5f
"""

import sqlalchemy as sa
from alembic import op

revision = "3f2a9c1d7b60"
down_revision = "9a1b2c3d4e5f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("tenant_id", sa.BigInteger(), nullable=True))
    op.create_index("accounts_tenant_id_idx", "accounts", ["tenant_id"], unique=False)


def downgrade() -> None:
    op.drop_index("accounts_tenant_id_idx", table_name="accounts")
    op.drop_column("accounts", "tenant_id")
