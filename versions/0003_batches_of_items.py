"""The service's own tables: one row per domain of a batch, API keys, answers kept for repeated requests, tenant walls.

Revision ID: 0003
Revises: 0002

Batches of the legacy system keep their rows and columns and are told apart by ``generation`` 0: they have no items.

A domain is unique per tenant from here on. The way back needs it unique in the whole table again; where two tenants
have the same domain it refuses, because one of the rows would have to go.

Row-level security is enabled and forced: without a tenant a connection sees nothing, not even the tables' owner. A
transaction says for whom it works in ``batchsvc.tenant_id``, or that it is the service's own in ``batchsvc.worker``.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATES = "state IN ('queued', 'running', 'completed', 'failed', 'cancelled')"

# Every table of a tenant's, and which of its rows are whose.
OWN = "tenant_id = nullif(current_setting('batchsvc.tenant_id', true), '')::uuid"
OF_ITS_DOMAIN = "EXISTS (SELECT FROM domains AS d WHERE d.id = contacts.domain_id)"
WALLS = {
    "batch_jobs": OWN,
    "domains": OWN,
    "jobs": OWN,
    "contacts": OF_ITS_DOMAIN,
    "batch_items": OWN,
    "idempotency_keys": OWN,
    "api_keys": OWN,
}


def upgrade() -> None:
    _extend_batches()
    _domains_per_tenant()
    _create_items()
    _create_keys()
    for table, mine in WALLS.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON {table} USING ({mine})")
        op.execute(f"CREATE POLICY worker ON {table} USING (current_setting('batchsvc.worker', true) = 'on')")


def downgrade() -> None:
    op.execute(REFUSE_SHARED_DOMAINS)
    for table in reversed(WALLS):
        op.execute(f"DROP POLICY worker ON {table}")
        op.execute(f"DROP POLICY tenant ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for table in ("api_keys", "idempotency_keys", "batch_items"):
        op.drop_table(table)
    op.drop_constraint("domains_tenant_id_domain_key", "domains", type_="unique")
    op.create_unique_constraint("domains_domain_key", "domains", ["domain"])
    op.drop_index("batch_jobs_tenant_id_id_idx", "batch_jobs")
    op.drop_index("batch_jobs_open_idx", "batch_jobs")
    op.drop_constraint(op.f("batch_jobs_counters_check"), "batch_jobs", type_="check")
    for column in reversed(_batch_columns()):
        op.drop_column("batch_jobs", column.name)


# Row security is still on here: row_security = off makes a wall an error instead of rows not seen.
REFUSE_SHARED_DOMAINS = """
DO $$
DECLARE
    shared text;
BEGIN
    PERFORM set_config('batchsvc.worker', 'on', true);
    SELECT string_agg(found.domain, ', ' ORDER BY found.domain)
      INTO shared
      FROM (SELECT domain FROM domains GROUP BY domain HAVING count(*) > 1 ORDER BY domain LIMIT 10) AS found;
    IF shared IS NOT NULL THEN
        RAISE EXCEPTION 'Several tenants have the same domain, which the older schema does not allow: %.', shared
              USING ERRCODE = 'unique_violation', HINT = 'Decide which row stays, delete the others, then downgrade.';
    END IF;
END
$$
"""


def _batch_columns() -> list[sa.Column[Any]]:
    zero = sa.text("0")
    return [
        sa.Column("generation", sa.Integer(), server_default=zero, nullable=False),
        sa.Column("queued_domains", sa.Integer(), server_default=zero, nullable=False),
        sa.Column("running_domains", sa.Integer(), server_default=zero, nullable=False),
        sa.Column("cancelled_domains", sa.Integer(), server_default=zero, nullable=False),
        sa.Column("max_concurrent", sa.Integer(), server_default=sa.text("5"), nullable=False),
        sa.Column("max_pages", sa.Integer(), server_default=sa.text("1000"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=zero, nullable=False),
    ]


def _extend_batches() -> None:
    for column in _batch_columns():
        op.add_column("batch_jobs", column)
    op.create_check_constraint(
        op.f("batch_jobs_counters_check"),
        "batch_jobs",
        "queued_domains >= 0 AND running_domains >= 0 AND cancelled_domains >= 0",
    )
    op.create_index(
        "batch_jobs_open_idx",
        "batch_jobs",
        ["tenant_id", "id"],
        postgresql_where=sa.text("status IN ('pending', 'processing') AND generation > 0"),
    )
    op.create_index("batch_jobs_tenant_id_id_idx", "batch_jobs", ["tenant_id", "id"])


def _domains_per_tenant() -> None:
    op.drop_constraint("domains_domain_key", "domains", type_="unique")
    op.create_unique_constraint("domains_tenant_id_domain_key", "domains", ["tenant_id", "domain"])


def _create_items() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "batch_items",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("generation", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("not_before", moment, server_default=sa.func.now(), nullable=False),
        sa.Column("lease_token", sa.Uuid()),
        sa.Column("lease_until", moment),
        sa.Column("worker", sa.Text()),
        sa.Column("error_code", sa.Text()),
        sa.Column("error", sa.Text()),
        sa.Column("result", postgresql.JSONB()),
        sa.Column("started_at", moment),
        sa.Column("finished_at", moment),
        sa.PrimaryKeyConstraint("batch_id", "id", name="batch_items_pkey"),
        sa.UniqueConstraint("batch_id", "domain", name="batch_items_batch_id_domain_key"),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch_jobs.batch_id"], name="batch_items_batch_id_fkey", ondelete="CASCADE"
        ),
        sa.CheckConstraint(STATES, name=op.f("batch_items_state_check")),
        sa.CheckConstraint(
            "(state = 'running') = (lease_token IS NOT NULL) AND (state = 'running') = (lease_until IS NOT NULL)",
            name=op.f("batch_items_lease_check"),
        ),
        sa.CheckConstraint(
            "(state IN ('completed', 'failed', 'cancelled')) = (finished_at IS NOT NULL)",
            name=op.f("batch_items_finished_check"),
        ),
    )
    op.create_index(
        "batch_items_queued_idx",
        "batch_items",
        ["batch_id", "not_before", "id"],
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "batch_items_running_idx", "batch_items", ["batch_id", "id"], postgresql_where=sa.text("state = 'running'")
    )
    op.create_index(
        "batch_items_failed_idx",
        "batch_items",
        ["batch_id", "error_code", "id"],
        postgresql_where=sa.text("state = 'failed'"),
    )
    # Each item is rewritten at least twice within minutes; the pages have room for it and are swept in good time.
    op.execute(
        "ALTER TABLE batch_items SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, "
        "autovacuum_analyze_scale_factor = 0.02)"
    )


def _create_keys() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "idempotency_keys",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("response", postgresql.JSONB()),
        sa.Column("created_at", moment, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "key", name="idempotency_keys_pkey"),
    )
    op.create_index("idempotency_keys_created_at_idx", "idempotency_keys", ["created_at"])
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", moment, server_default=sa.func.now(), nullable=False),
        sa.Column("last_used_at", moment),
        sa.Column("revoked_at", moment),
        sa.PrimaryKeyConstraint("id", name="api_keys_pkey"),
        sa.UniqueConstraint("key_hash", name="api_keys_key_hash_key"),
    )
    op.create_index("api_keys_tenant_id_idx", "api_keys", ["tenant_id"])
