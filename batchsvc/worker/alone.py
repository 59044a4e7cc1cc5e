"""One batch taken to its end in the caller's process, without an engine."""

from __future__ import annotations

import asyncio
import os
import platform
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID

from sqlalchemy import select

from batchsvc.database import AWAY, Database
from batchsvc.items.claims import bury
from batchsvc.models import BatchJob
from batchsvc.scanner.protocol import Scanner
from batchsvc.settings import Settings
from batchsvc.worker import leases
from batchsvc.worker.runner import Runner
from batchsvc.worker.scanners import scanner_for
from uuidkit.database import use

PAUSE = 0.5  # seconds between two looks at what other workers have, or what is not due yet


@asynccontextmanager
async def worker_alone(
    database: Database | None, scanner: Scanner | None, settings: Settings
) -> AsyncIterator[tuple[Database, Callable[[UUID], Awaitable[None]]]]:
    """What is needed to take batches to their ends, for as long as the block lasts.

    Args:
        database: that of ``DATABASE_URL``, or the embedded server, where None.
        scanner: what the settings ask for where None.
        settings: the service's.

    Yields:
        The database, and a function that takes a batch to its end.
    """
    async with AsyncExitStack() as stack:
        if database is None:
            database = Database(stack.enter_context(use()))
            stack.push_async_callback(database.close)
        if scanner is None:
            scanner = await stack.enter_async_context(scanner_for(settings))
        runner = Runner(database, scanner, settings, f"{platform.node()}:{os.getpid()}")
        keeper = asyncio.create_task(leases.keep(database, runner, settings.lease_seconds))
        base = database

        async def take_to_the_end(batch_id: UUID) -> None:
            while not await _done(base, batch_id, settings.max_attempts):
                await runner.drain(batch_id)
                await asyncio.sleep(PAUSE if runner.idle else 0)

        try:
            yield database, take_to_the_end
        finally:
            await runner.stop(0)
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)


async def _done(database: Database, batch_id: UUID, max_attempts: int) -> bool:
    try:
        async with database.worker() as session:
            await bury(session, batch_id, max_attempts)
            unfinished = select(BatchJob.queued_domains + BatchJob.running_domains)
            return not await session.scalar(unfinished.where(BatchJob.batch_id == batch_id))
    except AWAY:
        return False
