"""API keys in the database: made, listed, ended. Who may come in with one: :mod:`batchsvc.credentials`."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from batchsvc import keys
from batchsvc.models import ApiKey
from uuidkit import parse


async def create(session: AsyncSession, tenant_id: UUID, name: str) -> tuple[str, ApiKey]:
    """Make a key and store its hash.

    Args:
        session: in a transaction for the tenant, or the service's own.
        name: what people call it.

    Returns:
        The key, which cannot be had again, and its row.
    """
    key = keys.generate()
    prefix = keys.prefix_of(key)
    assert prefix is not None
    row = ApiKey(id=uuid4(), tenant_id=tenant_id, name=name, prefix=prefix, key_hash=keys.hash_of(key))
    session.add(row)
    await session.flush()
    return key, row


async def every(session: AsyncSession, tenant_id: UUID | None = None) -> Sequence[ApiKey]:
    """All keys, the oldest first.

    Args:
        session: in a transaction of the service's own.
        tenant_id: of one tenant alone.
    """
    query = select(ApiKey).order_by(ApiKey.created_at, ApiKey.id)
    if tenant_id is not None:
        query = query.where(ApiKey.tenant_id == tenant_id)
    return (await session.scalars(query)).all()


async def revoke(session: AsyncSession, named: str) -> Sequence[ApiKey]:
    """End keys that are still good.

    Args:
        session: in a transaction of the service's own.
        named: the prefix or the id of a key.

    Returns:
        Those it was: none, or one.
    """
    as_id = parse(named)
    mine = ApiKey.prefix == named if as_id is None else ApiKey.id == as_id
    rows = (await session.scalars(select(ApiKey).where(mine, ApiKey.revoked_at.is_(None)).with_for_update())).all()
    for row in rows:
        row.revoked_at = func.now()
    await session.flush()
    return rows
