"""Batch ids and the tenant ids of jobs become ``uuid``.

Revision ID: 0002
Revises: 0001

``batch_jobs.batch_id`` brings ``jobs.batch_id`` along by its foreign key. ``domains.batch_id`` is named because no
foreign key ties it, and gets one. A legacy id without a uuid in it (``batch_20250401_120000``, ``310``) becomes the
same derived uuid wherever it occurs. ``jobs.tenant_id`` holds uuids and refers to nothing; a value there that is none
stops the upgrade, because no other table could say which tenant was meant.

The former texts stay in ``batch_id_original`` and ``tenant_id_original``, so that the downgrade is exact.
"""

from __future__ import annotations

from alembic import op

import uuidkit.alembic  # noqa: F401  registers op.convert_to_uuid and op.revert_from_uuid

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.convert_to_uuid(
        "batch_jobs",
        "batch_id",
        include=["domains.batch_id"],
        on_unparseable="derive",
        declare_references=True,
    )
    op.convert_to_uuid("jobs", "tenant_id", references="none", on_unparseable="fail")


def downgrade() -> None:
    op.revert_from_uuid("jobs", "tenant_id")
    op.revert_from_uuid("batch_jobs", "batch_id")
