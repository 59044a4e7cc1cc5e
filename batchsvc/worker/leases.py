"""Keeps what is being scanned, and lets go of what was taken over or cancelled."""

from __future__ import annotations

import asyncio
import logging

from batchsvc.database import AWAY, Database
from batchsvc.items.claims import renew
from batchsvc.items.points import reached
from batchsvc.worker.runner import Runner

log = logging.getLogger("batchsvc.worker")


async def keep(database: Database, runner: Runner, lease_seconds: float) -> None:
    """Renew every lease of a runner, three times in its length, until cancelled.

    Args:
        database: where items are.
        runner: whose.
        lease_seconds: length of a lease.
    """
    while True:
        await asyncio.sleep(lease_seconds / 3)
        held = runner.held
        if not held:
            continue
        try:
            async with database.worker() as session:
                lost = await renew(session, held, lease_seconds)
            reached("lease renewed")
        except AWAY as error:
            log.warning("leases cannot be renewed: %s", error)
            continue
        # What was settled meanwhile is not held any more either: only scans that still go on are let go of.
        stopped = runner.let_go(item for item in held if (item.batch_id, item.id) in lost)
        if stopped:
            log.warning("%s domains are another worker's by now, or cancelled", stopped)
