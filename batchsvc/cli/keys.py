"""``key``: API keys are made, listed and ended."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import click

from batchsvc import schema, settings
from batchsvc.cli.common import as_json, database_url, failures, print_json, tenant
from uuidkit import database
from uuidkit.errors import UsageError

if TYPE_CHECKING:
    from batchsvc.models import ApiKey

T = TypeVar("T")


@click.group()
def key() -> None:
    """API keys of the HTTP interface and the page."""


@key.command()
@tenant
@click.option("--name", required=True, metavar="NAME", help="What it is called in lists, such as who uses it.")
@database_url
def create(tenant: UUID | None, name: str, database_url: str | None) -> None:
    """Make a key and print it. It is not stored, and cannot be printed again."""
    from batchsvc import key_store

    if not name.strip() or not name.isprintable() or len(name) > 100:
        raise click.UsageError("--name is one line of up to 100 characters.")
    owner = tenant or settings.load().tenant
    with failures():
        made, row = _with_keys(database_url, lambda session: key_store.create(session, owner, name.strip()))
    click.echo(made)
    click.echo(f"The key {row.prefix} is for tenant {owner}. Keep it: it is not stored.", err=True)


@key.command("list")
@click.option("--tenant", type=click.UUID, metavar="UUID", help="Only those of one tenant.")
@as_json
@database_url
def list_keys(tenant: UUID | None, as_json: bool, database_url: str | None) -> None:
    """List the keys, the oldest first; of the keys themselves only the public part is known."""
    from batchsvc import key_store

    with failures():
        rows = _with_keys(database_url, lambda session: key_store.every(session, tenant))
    if as_json:
        print_json([_as_json(row) for row in rows])
        return
    lines = [("KEY", "NAME", "TENANT", "CREATED", "LAST USED", "STATE")]
    lines += [
        (
            row.prefix,
            row.name,
            str(row.tenant_id),
            _minute(row.created_at),
            _minute(row.last_used_at) or "never",
            f"revoked {_minute(row.revoked_at)}" if row.revoked_at else "good",
        )
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        click.echo("  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip())


@key.command()
@click.argument("named", metavar="KEY")
@database_url
def revoke(named: str, database_url: str | None) -> None:
    """End a key at once, pages opened with it included. KEY is its public part, as it is listed."""
    from batchsvc import key_store, keys

    public = keys.prefix_of(named) or named
    with failures():
        rows = _with_keys(database_url, lambda session: key_store.revoke(session, public))
        if not rows:
            raise UsageError(f"There is no key {public!r} that is good.", "batchsvc key list shows those there are.")
    click.echo(f"The key {rows[0].prefix} ({rows[0].name}) is revoked.", err=True)


def first_key(url: str, owner: UUID, name: str) -> str | None:
    """Make a tenant's first key; None where it has one, revoked or not.

    Args:
        url: a database at the head revision.
        owner: the tenant.
        name: what the key is called.
    """
    from batchsvc import key_store

    async def make(session: Any) -> str | None:
        if await key_store.every(session, owner):
            return None
        return (await key_store.create(session, owner, name))[0]

    return asyncio.run(_in_transaction(url, make))


def _with_keys(url: str | None, work: Callable[[Any], Awaitable[T]]) -> T:
    """Do something with keys in one transaction of the service's own."""
    with database.use(url) as text:
        schema.demand_head(text)
        return asyncio.run(_in_transaction(text, work))


async def _in_transaction(url: str, work: Callable[[Any], Awaitable[T]]) -> T:
    from batchsvc.database import Database

    base = Database(url, connections=1)
    try:
        async with base.worker() as session:
            return await work(session)
    finally:
        await base.close()


def _as_json(row: ApiKey) -> dict[str, str | None]:
    times = {name: getattr(row, name) for name in ("created_at", "last_used_at", "revoked_at")}
    return {
        "id": str(row.id),
        "prefix": row.prefix,
        "name": row.name,
        "tenant_id": str(row.tenant_id),
        **{name: value.isoformat() if value else None for name, value in times.items()},
    }


def _minute(value: datetime | None) -> str:
    return value.strftime("%Y-%m-%d %H:%M") if value else ""
