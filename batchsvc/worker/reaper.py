"""Finds what nobody works on: leases that have passed, items that are due, jobs of engines that have disappeared; and
now and then clears away what is not kept for longer.

It runs in every worker's process, as a plain loop and not as a job, so that it cannot get stuck with the jobs it looks
after. One process at a time looks at the items.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from batchsvc import hints
from batchsvc.database import AWAY, Database
from batchsvc.housekeeping import clear_away
from batchsvc.items.claims import batches_with_lost_items, bury
from batchsvc.items.points import reached

log = logging.getLogger("batchsvc.worker")

INTERVAL = 1.5  # seconds between two looks
CLEARING = 600.0  # seconds between two times that old things are cleared away
MOST = 200  # batches in one look
_LOCK = 0x62617463  # of the transaction, for the one process that looks

_TURN = text("SELECT pg_try_advisory_xact_lock(:lock)")

# What waits although the batch may have more under way, and what was left behind.
_CLAIMABLE = text("""
SELECT b.batch_id
  FROM batch_jobs AS b
 WHERE b.status IN ('pending', 'processing') AND b.generation > 0
   AND (
           (b.queued_domains > 0 AND b.running_domains < b.max_concurrent
            AND EXISTS (SELECT
                          FROM batch_items AS i
                         WHERE i.batch_id = b.batch_id AND i.state = 'queued' AND i.not_before <= now()))
        OR (b.running_domains > 0
            AND EXISTS (SELECT
                          FROM batch_items AS i
                         WHERE i.batch_id = b.batch_id AND i.state = 'running' AND i.lease_until < now()))
       )
 ORDER BY b.updated_at, b.id
 LIMIT :most
""")


async def claimable_batches(session: AsyncSession, most: int = MOST) -> list[UUID]:
    """Return batches of which something could be claimed, the one longest without a change first.

    Args:
        session: within a transaction of a worker.
        most: batches.
    """
    return list((await session.scalars(_CLAIMABLE, {"most": most})).all())


async def look(database: Database, max_attempts: int) -> int:
    """Look once: give up items lost too often, and defer a job for every batch of which something could be claimed.

    Args:
        database: where items are.
        max_attempts: an item whose workers have disappeared this often has failed.

    Returns:
        The number of jobs deferred.
    """
    async with database.worker() as session:
        lost = await batches_with_lost_items(session, max_attempts)
    for batch_id in lost:
        async with database.worker() as session:
            number = await bury(session, batch_id, max_attempts)
        if number:
            log.warning("batch %s: %s domains failed, because their workers disappeared each time", batch_id, number)
    async with database.worker() as session:
        if not await session.scalar(_TURN, {"lock": _LOCK}):
            return 0
        found = await claimable_batches(session)
        number = sum([await hints.defer(session, batch_id, -1, lock=f"{batch_id}:reaper") for batch_id in found])
        reached("reaped, not committed")
    reached("reaped")
    return number


async def reap(database: Database, max_attempts: int, rescue: Callable[[], Awaitable[None]]) -> None:
    """Look again and again, until cancelled.

    Args:
        database: where items are.
        max_attempts: as for :func:`look`.
        rescue: has the engine's own stalled jobs done again.
    """
    clear_at = 0.0
    while True:
        await asyncio.sleep(INTERVAL * random.uniform(0.7, 1.3))
        try:
            await look(database, max_attempts)
            await rescue()
            if time.monotonic() >= clear_at:
                await clear_away(database)
                clear_at = time.monotonic() + CLEARING * random.uniform(0.7, 1.3)
        except AWAY as error:
            log.warning("the reaper waits for the database: %s", error)
        except Exception:
            log.exception("the reaper goes on after an error")
