"""The job engine: its loop, restarted whenever it ends, and whether it hears of new jobs at once."""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import procrastinate
import psycopg
from psycopg import sql

from batchsvc import hints
from batchsvc.database import AWAY, Database
from batchsvc.items.points import reached
from batchsvc.settings import Settings
from batchsvc.worker.runner import Runner
from uuidkit.database import conninfo

log = logging.getLogger("batchsvc.worker")

JOBS = 20  # drained at a time; they wait, the scans are the runner's
QUANTUM = 1.0  # seconds that a job lasts before it makes room for others
POLL = 1.0  # seconds between two looks for jobs
HEARTBEAT = 3.0  # seconds
STALLED = 12.0  # seconds without a heartbeat after which an engine has disappeared
HEARING = 2.0  # seconds that a notification may take

Engine = procrastinate.App


def new_engine(url: str, drain: Callable[[UUID, int], Awaitable[None]]) -> Engine:
    """Make the engine, with the one task it has.

    Args:
        url: the database.
        drain: works on a batch; called with its id and the number of the job among the batch's.
    """
    connector = procrastinate.PsycopgConnector(
        conninfo=conninfo(url), min_size=1, max_size=4, timeout=10, kwargs={"prepare_threshold": None}
    )
    app = procrastinate.App(connector=connector)

    @app.task(name=hints.TASK, queue=hints.QUEUE)
    async def drain_batch(batch_id: str, shard: int = -1) -> None:
        await drain(UUID(batch_id), shard)

    return app


def drainer(database: Database, runner: Runner) -> Callable[[UUID, int], Awaitable[None]]:
    """Make what a job does: have the runner work on its batch, and come again while there is more.

    Args:
        database: where jobs are deferred.
        runner: does the work.
    """

    async def drain(batch_id: UUID, shard: int) -> None:
        reached("started")
        more = await runner.drain(batch_id, QUANTUM)
        reached("job at its end")
        if more and shard >= 0:
            async with database.worker() as session:
                await hints.defer(session, batch_id, shard)

    return drain


async def rescue(app: Engine) -> None:
    """Have jobs of engines that have disappeared done again.

    Args:
        app: an open engine.
    """
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
        await app.job_manager.retry_job(job)


async def run_once(app: Engine, *, listen: bool) -> None:
    """Run the engine's loop until it ends, which it also does, without an error, when its database goes away.

    Args:
        app: an open engine.
        listen: whether it hears of new jobs, or only looks.
    """
    await app.run_worker_async(
        queues=[hints.QUEUE],
        concurrency=JOBS,
        install_signal_handlers=False,
        listen_notify=listen,
        fetch_job_polling_interval=POLL,
        update_heartbeat_interval=HEARTBEAT,
        stalled_worker_timeout=STALLED,
        shutdown_graceful_timeout=QUANTUM + 1,
        delete_jobs="always",  # the truth is in the items; a job's end says nothing
    )


async def supervise(once: Callable[[], Awaitable[Any]], *, shortest: float = 0.3, longest: float = 2.0) -> None:
    """Do something again and again, whether it returns or fails, until cancelled.

    Args:
        once: what to do.
        shortest, longest: seconds of the pause; it grows with each failure in a row.
    """
    loop = asyncio.get_running_loop()
    failures = 0
    while True:
        begun = loop.time()
        try:
            await once()
            log.info("the engine's loop has ended; it is started again")
        except AWAY as error:
            log.warning("the engine waits for the database: %s", error)
        except procrastinate.exceptions.ProcrastinateException as error:
            log.warning("the engine's loop has failed and is started again: %s (%s)", error, error.__cause__)
        except Exception:
            log.exception("the engine's loop has failed and is started again")
        failures = 0 if loop.time() - begun > 10 else failures + 1
        await asyncio.sleep(min(longest, shortest * 2 ** min(failures, 8)) * random.uniform(0.5, 1))


async def hears(url: str, settings: Settings) -> bool:
    """Whether a connection hears notifications: behind a transaction pooler LISTEN succeeds and stays deaf.

    Args:
        url: the database.
        settings: may say what is in front of it, then nothing is tried.

    Raises:
        psycopg.OperationalError: there is no connection.

    Source: PostgreSQL, NOTIFY; PgBouncer, "Feature matrix for pooling modes".
    """
    if settings.pooler != "auto":
        return settings.pooler == "none"
    channel = f"batchsvc_{secrets.token_hex(8)}"
    text = conninfo(url)
    async with (
        await psycopg.AsyncConnection.connect(text, autocommit=True, prepare_threshold=None) as ear,
        await psycopg.AsyncConnection.connect(text, autocommit=True, prepare_threshold=None) as mouth,
    ):
        await ear.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        await mouth.execute("SELECT pg_notify(%s, '')", [channel])
        heard = [notification async for notification in ear.notifies(timeout=HEARING, stop_after=1)]
    return bool(heard)
