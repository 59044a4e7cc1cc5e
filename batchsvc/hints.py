"""Jobs of the engine: each says "drain what can be claimed of this batch", and nothing more.

The rows of ``batch_items`` are the truth. A job that is lost, repeated or late costs time, never an outcome.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy.ext.asyncio import AsyncSession

QUEUE: Final = "batchsvc.scan"
TASK: Final = "batchsvc.drain"
MOST_SHARDS: Final = 8
_DOMAINS_PER_SHARD: Final = 25

# Never opened: jobs go through the caller's own connection.
_app = procrastinate.App(connector=procrastinate.PsycopgConnector())


def shards(domains: int, max_concurrent: int) -> int:
    """Return how many jobs a batch is worth: as many workers can be at it at once."""
    return max(1, min(MOST_SHARDS, max_concurrent, -(-domains // _DOMAINS_PER_SHARD)))


async def defer_new(session: AsyncSession, batch_id: UUID, number: int) -> None:
    """Defer the jobs of a batch made in the same transaction; workers hear of them at its commit.

    Args:
        session: within a transaction.
        batch_id: the batch.
        number: of jobs.
    """
    jobs: list[Any] = [_job(batch_id, shard) for shard in range(number)]
    await _app.configure_task(TASK, queue=QUEUE, connection=await _raw(session)).batch_defer_async(*jobs)


async def defer(session: AsyncSession, batch_id: UUID, shard: int, *, lock: str | None = None) -> bool:
    """Defer one job of a batch, unless the same one is waiting already.

    Args:
        session: within a transaction.
        batch_id: the batch.
        shard: which of its jobs; -1 for one that does not come again by itself.
        lock: jobs of the same name wait only once; the batch and shard without it.

    Returns:
        Whether there is a new one.
    """
    name = lock or f"{batch_id}:{shard}"
    try:
        # A savepoint, because the error would end the caller's transaction.
        async with session.begin_nested():
            task = _app.configure_task(TASK, queue=QUEUE, queueing_lock=name, connection=await _raw(session))
            await task.defer_async(**_job(batch_id, shard))
    except AlreadyEnqueued:
        return False
    return True


def _job(batch_id: UUID, shard: int) -> dict[str, Any]:
    return {"batch_id": str(batch_id), "shard": shard}


async def _raw(session: AsyncSession) -> Any:
    return (await (await session.connection()).get_raw_connection()).driver_connection
