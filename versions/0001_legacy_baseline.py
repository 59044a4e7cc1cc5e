"""The tables of the legacy batch scanner, with text identifiers.

Revision ID: 0001
Revises:

A database that the old backend created has these tables already, but no ``alembic_version``. Tell Alembic so, once,
with ``alembic stamp 0001``; ``alembic upgrade head`` then starts from there. Run without that, this revision refuses.

``domains.batch_id`` refers to ``batch_jobs.batch_id`` without a foreign key: the old models declared one, the old
database never had it.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context, op
from alembic.util import CommandError
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = ("batch_jobs", "domains", "jobs", "contacts")


def upgrade() -> None:
    if not context.is_offline_mode():
        _refuse_existing_tables()

    op.create_table(
        "batch_jobs",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("processor_type", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default="pending", nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("total_domains", sa.Integer(), server_default=sa.text("0")),
        sa.Column("completed_domains", sa.Integer(), server_default=sa.text("0")),
        sa.Column("failed_domains", sa.Integer(), server_default=sa.text("0")),
        sa.Column("progress", sa.Double(), server_default=sa.text("0")),
        sa.Column("batch_metadata", postgresql.JSONB()),
        sa.Column("options", postgresql.JSONB()),
        sa.Column("start_time", sa.DateTime()),
        sa.Column("end_time", sa.DateTime()),
        sa.Column("processing_time", sa.Double()),
        sa.Column("error", sa.String()),
        *_timestamps(),
        sa.PrimaryKeyConstraint("id", name="batch_jobs_pkey"),
        sa.UniqueConstraint("batch_id", name="batch_jobs_batch_id_key"),
    )

    op.create_table(
        "domains",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String()),
        sa.Column("status", sa.String(), server_default="pending"),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("meta_json", postgresql.JSONB()),
        sa.Column("title", sa.String()),
        sa.Column("description", sa.String()),
        sa.Column("favicon_url", sa.String()),
        sa.Column("logo_url", sa.String()),
        sa.Column("language", sa.String()),
        sa.Column("is_wordpress", sa.Boolean()),
        sa.Column("wordpress_version", sa.String()),
        sa.Column("has_elementor", sa.Boolean()),
        sa.Column("tech_stack", postgresql.JSONB()),
        sa.Column("email_addresses", postgresql.ARRAY(sa.Text())),
        sa.Column("phone_numbers", postgresql.ARRAY(sa.Text())),
        sa.Column("facebook_url", sa.String()),
        sa.Column("twitter_url", sa.String()),
        sa.Column("linkedin_url", sa.String()),
        sa.Column("instagram_url", sa.String()),
        sa.Column("youtube_url", sa.String()),
        sa.Column("last_scan", sa.DateTime()),
        *_timestamps(),
        sa.PrimaryKeyConstraint("id", name="domains_pkey"),
        sa.UniqueConstraint("domain", name="domains_domain_key"),
    )
    op.create_index("domains_batch_id_idx", "domains", ["batch_id"])

    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("job_type", sa.String(), nullable=False),
        sa.Column("tenant_id", sa.String(255), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("status", sa.String(), server_default="pending", nullable=False),
        sa.Column("domain_id", sa.Uuid()),
        sa.Column("progress", sa.Double(), server_default=sa.text("0")),
        sa.Column("result_data", postgresql.JSONB()),
        sa.Column("job_metadata", postgresql.JSONB()),
        sa.Column("error", sa.String()),
        sa.Column("batch_id", sa.String()),
        *_timestamps(),
        sa.PrimaryKeyConstraint("id", name="jobs_pkey"),
        sa.UniqueConstraint("job_id", name="jobs_job_id_key"),
        sa.ForeignKeyConstraint(["domain_id"], ["domains.id"], name="jobs_domain_id_fkey", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["batch_id"], ["batch_jobs.batch_id"], name="jobs_batch_id_fkey", ondelete="SET NULL"),
    )
    op.create_index("jobs_batch_id_idx", "jobs", ["batch_id"])

    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("domain_id", sa.Uuid()),
        sa.Column("source_job_id", sa.Uuid()),
        sa.Column("email", sa.String()),
        *_timestamps(),
        sa.PrimaryKeyConstraint("id", name="contacts_pkey"),
        sa.UniqueConstraint("domain_id", "email", name="contacts_domain_id_email_key"),
        sa.ForeignKeyConstraint(["domain_id"], ["domains.id"], name="contacts_domain_id_fkey", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["source_job_id"], ["jobs.job_id"], name="contacts_source_job_id_fkey", ondelete="SET NULL"
        ),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _timestamps() -> list[sa.Column[Any]]:
    return [
        sa.Column("created_at", sa.DateTime(), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), server_default=sa.func.now(), nullable=False),
    ]


def _refuse_existing_tables() -> None:
    present = set(sa.inspect(op.get_bind()).get_table_names())
    taken = [table for table in TABLES if table in present]
    if taken:
        raise CommandError(
            f"The database already has {', '.join(taken)}, but does not say at which revision it is; nothing was "
            "changed. If these are the tables of the legacy system, record that with 'alembic stamp 0001' "
            "('batchsvc db stamp 0001') and upgrade again; if not, use another database."
        )
