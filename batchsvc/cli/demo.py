"""``demo``: the service on a legacy database that has just been converted, with a few websites to scan."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from importlib import resources
from uuid import UUID

import click

from batchsvc import schema, settings
from batchsvc.cli.common import failures
from batchsvc.cli.keys import first_key


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where it listens.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Its TCP port.")
def demo(host: str, port: int) -> None:
    """Serve the page on a migrated legacy database, with websites of its own to scan.

    Everything is in a temporary folder and on this machine: an embedded PostgreSQL with the rows of a legacy system,
    whose ids become uuid, and a few small sites. It ends with Ctrl-C and leaves nothing behind.
    """
    from uuidkit.database import connect
    from uuidkit.demo.scratch import scratch

    with failures():
        found = settings.load()
        click.echo("Making a legacy database ...", err=True)
        with scratch() as url:
            with connect(url) as connection:
                for name in ("legacy_tables.sql", "legacy_rows.sql"):
                    script = resources.files("uuidkit.demo").joinpath(name).read_text(encoding="utf-8")
                    connection.execute(script)
                row = connection.execute(
                    "SELECT tenant_id, count(*) FROM batch_jobs GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1"
                ).fetchone()
            assert row is not None
            owner: UUID = row[0]
            click.echo("Converting its ids, and adding the service's tables ...", err=True)
            logging.getLogger("alembic").setLevel(logging.WARNING)
            schema.stamp("0001", url)
            schema.upgrade(url)
            key = first_key(url, owner, "demo")
            assert key is not None
            tell(host, port, key)
            asyncio.run(_serve(url, found.model_copy(update={"tenant": owner}), host, port))


def tell(host: str, port: int, key: str) -> None:
    """Say how to get in with a new key.

    Args:
        host, port: where the page is.
        key: the key, which is shown this once.
    """
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"A key for the page and the interface, shown this once:\n\n    {key}\n", err=True)
    click.echo(f"Sign in at once:  http://{shown}:{port}/login#{key}\n", err=True)


async def _serve(url: str, found: settings.Settings, host: str, port: int) -> None:
    from batchsvc import service
    from batchsvc.cli.serving import serve_until_told
    from batchsvc.database import Database
    from batchsvc.demo_site import NETWORK, demo_site

    async with AsyncExitStack() as stack:
        hosts = await stack.enter_async_context(demo_site())
        allowed = settings.Settings(allow_networks=NETWORK).allow_networks  # type: ignore[arg-type]
        known = found.model_copy(update={"hosts": hosts, "allow_networks": allowed})
        base = Database(url, connections=1)
        try:
            async with base.sessions() as session, session.begin():
                # So that there is something to look at.
                names = [rule.name for rule in hosts]
                await service.create_batch(session, None, names, found.tenant, settings=known)
        finally:
            await base.close()
        await serve_until_told(url, known, host, port, with_worker=True)
