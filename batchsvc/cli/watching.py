"""``submit --watch``: a line of progress that is written anew on a terminal, and now and then elsewhere."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any
from uuid import UUID

import click
from sqlalchemy import text

from batchsvc import schema, service, settings
from batchsvc.database import AWAY, Database
from uuidkit import database

INTERVAL = 0.5  # seconds between two looks
SELDOM = 10.0  # seconds between two lines where there is no terminal
WIDTH = 30  # of the bar
_WORKERS = text(
    "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - interval '20 seconds')"
)


def watch_batch(url: str | None, tenant_id: UUID | None, batch_id: UUID) -> dict[str, Any]:
    """Show how a batch goes until it is done.

    Args:
        url: from the option, or None.
        tenant_id: whose batch it is; None for the tenant of the settings.
        batch_id: the batch.

    Returns:
        Its status, and ``failures`` by reason.

    Raises:
        UnknownBatch: it is gone.
    """
    owner = tenant_id or settings.load().tenant

    async def inner(address: str) -> dict[str, Any]:
        base = Database(address, connections=1)
        try:
            return await _watch(base, owner, batch_id)
        finally:
            await base.close()

    with database.use(url) as address:
        schema.demand_head(address)
        return asyncio.run(inner(address))


async def _watch(base: Database, owner: UUID, batch_id: UUID) -> dict[str, Any]:
    live = sys.stderr.isatty()
    begun = said = time.monotonic()
    before: int | None = None
    warned = False
    while True:
        try:
            found = await _look(base, owner, batch_id)
        except AWAY as error:
            click.echo(f"The database does not answer: {str(error).splitlines()[0]}", err=True)
            await asyncio.sleep(2)
            continue
        finished = found["total_domains"] - found["counts"]["queued"] - found["counts"]["running"]
        before = finished if before is None else before
        seconds = time.monotonic() - begun
        if live or found["done"] or time.monotonic() - said >= SELDOM:
            said = time.monotonic()
            click.echo(_line(found, finished, (finished - before) / max(seconds, 0.1), live), err=True, nl=not live)
        if found["done"]:
            if live:
                click.echo(err=True)
            return found
        if not warned and seconds > 3 and not found.pop("workers"):
            warned = True
            click.echo("\nNo worker is at work: start one with batchsvc serve or batchsvc worker.", err=True)
        await asyncio.sleep(INTERVAL)


async def _look(base: Database, owner: UUID, batch_id: UUID) -> dict[str, Any]:
    async with base.sessions() as session, session.begin():
        found = await service.get_batch_status(session, batch_id, owner)
        if found["done"]:
            return {**found, "failures": await service.get_failures(session, batch_id, owner)}
        return {**found, "workers": bool(await session.scalar(_WORKERS))}


def _line(batch: dict[str, Any], finished: int, rate: float, live: bool) -> str:
    total = max(batch["total_domains"], 1)
    full = WIDTH * finished // total
    parts = [f"{finished}/{total}", f"{batch['counts']['failed']} failed", f"{rate:.1f}/s"]
    if rate > 0 and not batch["done"]:
        parts.append(f"{(total - finished) / rate:.0f} s left")
    if live:
        return f"\r[{'#' * full}{'.' * (WIDTH - full)}] {', '.join(parts)}\x1b[K"
    return ", ".join(parts)
