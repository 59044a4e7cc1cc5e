"""For whom a transaction works: one tenant, or the service itself.

Row-level security admits nothing else. Both are settings of the transaction at hand, so that they mean the same behind
a transaction pooler, and end with it.

Source: PostgreSQL, "Row Security Policies" and ``set_config``.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_ENTER = text("SELECT set_config('batchsvc.tenant_id', :tenant, true), set_config('batchsvc.worker', :worker, true)")


async def as_tenant(session: AsyncSession, tenant_id: UUID) -> None:
    """Show the transaction at hand the rows of one tenant, and no others."""
    await session.execute(_ENTER, {"tenant": str(tenant_id), "worker": ""})


async def as_worker(session: AsyncSession) -> None:
    """Show the transaction at hand all tenants' rows: for workers, maintenance, finding whose a key is."""
    await session.execute(_ENTER, {"tenant": "", "worker": "on"})
