"""Tables whose ids are text.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA shop")
    op.create_table(
        "orders",
        sa.Column("order_id", sa.String(60), primary_key=True),
        sa.Column("placed_on", sa.Date, nullable=False),
        schema="shop",
    )
    op.create_table(
        "order_items",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("order_id", sa.String(60), sa.ForeignKey("shop.orders.order_id", ondelete="CASCADE"), nullable=False),
        sa.Column("article", sa.Text, nullable=False),
        schema="shop",
    )
    op.create_index("ix_shop_order_items_order_id", "order_items", ["order_id"], schema="shop")


def downgrade() -> None:
    op.drop_table("order_items", schema="shop")
    op.drop_table("orders", schema="shop")
    op.execute("DROP SCHEMA shop")
