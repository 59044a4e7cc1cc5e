"""The routers' transactions: short, one to a request, and for one tenant."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from batchsvc.database import Database
from batchsvc.tenancy import as_tenant, as_worker


@asynccontextmanager
async def transaction(database: Database, tenant_id: UUID | None = None) -> AsyncIterator[AsyncSession]:
    """A transaction that is committed at the end and rolled back on an exception.

    Args:
        database: where it comes from.
        tenant_id: whose rows it sees; None for what the service itself has to look up, such as the tenant of a key.
    """
    async with database.sessions() as session, session.begin():
        if tenant_id is None:
            await as_worker(session)
        else:
            await as_tenant(session, tenant_id)
        yield session
