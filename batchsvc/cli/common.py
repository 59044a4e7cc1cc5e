"""What the commands share: the database, failures as sentences, an event loop of their own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

import click
from alembic.util import CommandError

from batchsvc import schema, settings
from batchsvc.settings import Settings
from uuidkit import database
from uuidkit.errors import UsageError, UuidkitError

T = TypeVar("T")

database_url = click.option(
    "-d",
    "--database-url",
    metavar="URL",
    help="The database; otherwise that of DATABASE_URL, otherwise the embedded server.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
tenant = click.option(
    "--tenant", type=click.UUID, metavar="UUID", help="For whom; otherwise the tenant of BATCHSVC_TENANT."
)


@contextmanager
def failures() -> Iterator[None]:
    """Turn what can be expected to go wrong into a sentence on standard error and an exit status."""
    from sqlalchemy.exc import DBAPIError

    from batchsvc.errors import BadRequest, ServiceError

    try:
        yield
    except (CommandError, UuidkitError, settings.SettingsError, FileNotFoundError) as error:
        click.echo(f"Error: {error}", err=True)
        raise click.exceptions.Exit(getattr(error, "exit_code", 1)) from error
    except ServiceError as error:
        click.echo(f"Error: {error}", err=True)
        raise click.exceptions.Exit(2 if isinstance(error, (BadRequest, LookupError)) else 1) from error
    except DBAPIError as error:
        click.echo(f"Error: {schema.sentence(error)}", err=True)
        raise click.exceptions.Exit(1) from error


def with_session(url: str | None, tenant_id: UUID | None, work: Callable[[Any, UUID, Settings], Awaitable[T]]) -> T:
    """Do something in one transaction on the database at hand, and commit it.

    Args:
        url: from the option, or None.
        tenant_id: from the option, or None.
        work: is given a session, the tenant and the settings.

    Raises:
        UsageError: the schema is not at the head revision, or the URL cannot be used.
    """
    from batchsvc.database import Database

    found = settings.load()

    async def inner(text: str) -> T:
        base = Database(text, connections=1)
        try:
            async with base.sessions() as session, session.begin():
                return await work(session, tenant_id or found.tenant, found)
        finally:
            await base.close()

    with database.use(url) as text:
        schema.demand_head(text)
        return asyncio.run(inner(text))


def batch_id(text: str) -> UUID:
    """A batch's id from the command line; ``batch_<hex>`` is one.

    Raises:
        UsageError: it is none.
    """
    from uuidkit import parse

    found = parse(text)
    if found is None:
        raise UsageError(f"{text!r} is no batch id.", "Give a uuid, or the older spelling batch_<hex>.")
    return found


def print_json(value: Any) -> None:
    """Print a result for programs."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
