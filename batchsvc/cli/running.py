"""``serve`` and ``worker``: the processes that stay."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import click

from batchsvc import schema, settings
from batchsvc.cli.common import database_url, failures
from batchsvc.cli.demo import tell
from batchsvc.cli.keys import first_key
from uuidkit import database
from uuidkit.database.url import given, safe

concurrency = click.option(
    "--concurrency", type=click.IntRange(min=1), metavar="N", help="Most domains at a time; goes before the setting."
)
PER_TASK = 12  # connections: of turns, leases, reaper and requests; scans hold none


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where it listens.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Its TCP port.")
@click.option("--no-worker", is_flag=True, help="Only the HTTP interface and the page; workers run elsewhere.")
@concurrency
@database_url
def serve(host: str, port: int, no_worker: bool, concurrency: int | None, database_url: str | None) -> None:
    """Serve the HTTP interface and the page, and work on batches, in one process.

    The embedded server's schema is brought to the head revision; any other has to be there: batchsvc db upgrade. At its
    first start on the embedded server it prints an API key, for the interface and for the page.
    """
    from batchsvc.cli.serving import serve_until_told

    with failures():
        found = _settings(concurrency)
        with database.use(database_url) as url:
            if given(database_url) is None:
                schema.upgrade(url)
            schema.demand_head(url)
            if given(database_url) is None:
                first = first_key(url, found.tenant, "first")
                if first is not None:
                    tell(host, port, first)
            _log_to_stderr()
            asyncio.run(serve_until_told(url, found, host, port, with_worker=not no_worker))


@click.command()
@concurrency
@database_url
def worker(concurrency: int | None, database_url: str | None) -> None:
    """Work on batches, without an HTTP interface; any number of workers, on any number of machines.

    SIGTERM or Ctrl-C: scans under way may end, for BATCHSVC_SHUTDOWN_SECONDS; what does not is given back. A second one
    waits for nothing.
    """
    with failures():
        found = _settings(concurrency)
        with database.use(database_url) as url:
            schema.demand_head(url)
            _log_to_stderr()
            click.echo(f"Working on {safe(url)}, {found.concurrency} domains at a time.", err=True)
            asyncio.run(_work(url, found))
    click.echo("Ended; nothing is held.", err=True)


async def _work(url: str, found: settings.Settings) -> None:
    from batchsvc.worker.running import run_until_told
    from batchsvc.worker.scanners import scanner_for

    async with _database(url) as base, scanner_for(found) as scanner:
        await run_until_told(base, scanner, found)


@asynccontextmanager
async def _database(url: str) -> AsyncIterator[Any]:
    from batchsvc.database import Database

    base = Database(url, connections=PER_TASK)
    try:
        yield base
    finally:
        await base.close()


def _settings(concurrency: int | None) -> settings.Settings:
    found = settings.load()
    return found if concurrency is None else found.model_copy(update={"concurrency": concurrency})


def _log_to_stderr() -> None:
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s", level=logging.INFO)
    for noisy in ("procrastinate", "psycopg.pool", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
