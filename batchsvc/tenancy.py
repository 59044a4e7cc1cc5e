"""For whom a transaction works: one tenant, or the service itself.

Row-level security admits nothing else. Both are settings of the transaction at hand, so that they mean the same behind
a transaction pooler, and end with it.

Source: PostgreSQL, "Row Security Policies" and ``set_config``.
"""

from __future__ import annotations

from uuid import UUID

from psycopg import sql
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_ENTER = text("SELECT set_config('batchsvc.tenant_id', :tenant, true), set_config('batchsvc.worker', :worker, true)")
_STATEMENT = sql.SQL("SELECT set_config('batchsvc.tenant_id', {}, true), set_config('batchsvc.worker', {}, true)")
_ENTERED = "batchsvc.entered"  # in a session: its transaction, and for whom that works


async def as_tenant(session: AsyncSession, tenant_id: UUID) -> None:
    """Show the transaction at hand the rows of one tenant, and no others."""
    await _enter(session, tenant_id)


async def as_worker(session: AsyncSession) -> None:
    """Show the transaction at hand all tenants' rows: for workers, maintenance, finding whose a key is."""
    await _enter(session, None)


def statement(tenant_id: UUID | None) -> sql.Composed:
    """Return what says for whom a transaction works, for a message that begins it.

    Args:
        tenant_id: whose rows it sees; None for the service itself.
    """
    tenant, worker = _settings(tenant_id)
    return _STATEMENT.format(sql.Literal(tenant), sql.Literal(worker))


def entered(session: AsyncSession, tenant_id: UUID | None) -> None:
    """Note that the server has been told for whom the transaction at hand works; it is not told the same again."""
    # Going back to a savepoint takes the settings back as well: what is said after one is not relied on.
    nested = session.in_nested_transaction()
    session.info[_ENTERED] = None if nested else (session.sync_session.get_transaction(), tenant_id)


async def _enter(session: AsyncSession, tenant_id: UUID | None) -> None:
    at_hand = session.sync_session.get_transaction()
    if at_hand is not None and session.info.get(_ENTERED) == (at_hand, tenant_id):
        return
    tenant, worker = _settings(tenant_id)
    await session.execute(_ENTER, {"tenant": tenant, "worker": worker})
    entered(session, tenant_id)


def _settings(tenant_id: UUID | None) -> tuple[str, str]:
    return ("", "on") if tenant_id is None else (str(tenant_id), "")
