"""Sessions of the page: who is signed in, with which key, and until when.

Revision ID: 0005
Revises: 0004

Behind the same wall as the tables of revision 0003. The way back signs everybody out.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "page_sessions",
        sa.Column("session_hash", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", moment, server_default=sa.func.now(), nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("session_hash", name="page_sessions_pkey"),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.id"], name="page_sessions_key_id_fkey", ondelete="CASCADE"),
    )
    op.create_index("page_sessions_key_id_idx", "page_sessions", ["key_id"])
    op.create_index("page_sessions_ends_at_idx", "page_sessions", ["ends_at"])
    op.execute("ALTER TABLE page_sessions ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE page_sessions FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY tenant ON page_sessions"
        " USING (tenant_id = nullif(current_setting('batchsvc.tenant_id', true), '')::uuid)"
    )
    op.execute("CREATE POLICY worker ON page_sessions USING (current_setting('batchsvc.worker', true) = 'on')")


def downgrade() -> None:
    op.drop_table("page_sessions")
