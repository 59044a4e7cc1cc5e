"""A whole worker in one process: beside the HTTP interface, or alone."""

from __future__ import annotations

import asyncio
import logging
import os
import platform
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from batchsvc.database import Database
from batchsvc.scanner.protocol import Scanner
from batchsvc.settings import Settings
from batchsvc.worker import engine, leases, reaper
from batchsvc.worker.runner import Runner

log = logging.getLogger("batchsvc.worker")


class Worker:
    """A worker: engine, runner, leases and reaper.

    Args:
        database: where items are; the caller closes it.
        scanner: scans a domain.
        settings: the service's.

    Attributes:
        runner: has the numbers of what was done.
    """

    def __init__(self, database: Database, scanner: Scanner, settings: Settings) -> None:
        name = f"{platform.node()}:{os.getpid()}"
        self.runner = Runner(database, scanner, settings, name)
        self._database = database
        self._settings = settings
        self._tasks: list[asyncio.Task[None]] = []
        self._engine: engine.Engine | None = None
        self._warned = False
        self._stopping: asyncio.Task[None] | None = None

    @property
    def ready(self) -> bool:
        """Whether it is at work: its engine has the database."""
        return self._engine is not None

    def start(self) -> None:
        """Begin to work; it goes on by itself, whatever becomes of the database meanwhile."""
        settings = self._settings
        self._tasks = [
            asyncio.create_task(engine.supervise(self._run_engine), name="engine"),
            asyncio.create_task(leases.keep(self._database, self.runner, settings.lease_seconds), name="leases"),
            asyncio.create_task(reaper.reap(self._database, settings.max_attempts, self._rescue), name="reaper"),
        ]

    def begin_to_stop(self, seconds: float | None = None) -> asyncio.Task[None]:
        """Take nothing more from now on; the task ends when nothing is held any more.

        Args:
            seconds: for scans under way to end; what the settings say where None.
        """
        if self._stopping is None:
            limit = self._settings.shutdown_seconds if seconds is None else seconds
            self._stopping = asyncio.create_task(self._stop(limit), name="stopping")
        return self._stopping

    async def stop(self, seconds: float | None = None) -> None:
        """Let scans under way end for a while, give back the others, and end.

        Args:
            seconds: as for :meth:`begin_to_stop`, which may have been called before.
        """
        await self.begin_to_stop(seconds)

    async def _stop(self, seconds: float) -> None:
        stopping = asyncio.create_task(self.runner.stop(seconds))
        # The engine first: it fetches no job any more. Leases are kept to the end.
        for task in self._tasks:
            if task.get_name() != "leases":
                task.cancel()
        await stopping
        for task in self._tasks:
            if task.get_name() == "leases":  # the others have been told; a second time would cut their end short
                task.cancel()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=4)
            for task in late:
                log.warning("%s does not end in time", task.get_name())
        self._tasks = []

    def hurry(self) -> None:
        """Wait for no scan any more."""
        self.runner.hurry()

    async def _run_engine(self) -> None:
        listen = await engine.hears(self._database.url, self._settings)
        if not listen and self._settings.pooler == "auto" and not self._warned:
            self._warned = True
            log.warning(
                "notifications do not arrive, as behind a transaction pooler; jobs are looked for each second instead "
                "(BATCHSVC_POOLER=transaction says so beforehand)"
            )
        app = engine.new_engine(self._database.url, engine.drainer(self._database, self.runner))
        async with app.open_async():
            self._engine = app
            try:
                await engine.run_once(app, listen=listen)
            finally:
                self._engine = None

    async def _rescue(self) -> None:
        if self._engine is not None:
            await engine.rescue(self._engine)


@asynccontextmanager
async def running(database: Database, scanner: Scanner, settings: Settings) -> AsyncIterator[Worker]:
    """A worker for as long as the block lasts.

    Args:
        database, scanner, settings: as for :class:`Worker`.
    """
    worker = Worker(database, scanner, settings)
    worker.start()
    try:
        yield worker
    finally:
        await worker.stop()


async def run_until_told(database: Database, scanner: Scanner, settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; a second one waits for nothing.

    Args:
        database, scanner, settings: as for :class:`Worker`.
    """
    worker = Worker(database, scanner, settings)
    told = asyncio.Event()
    loop = asyncio.get_running_loop()

    def tell() -> None:
        if told.is_set():
            log.warning("told again: scans under way are given back now")
            worker.hurry()
        told.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, tell)
    try:
        worker.start()
        await told.wait()
        log.info("told to end: nothing more is taken")
        await worker.stop()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            with suppress(ValueError):
                loop.remove_signal_handler(number)
