"""The command ``batchsvc``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from alembic.util import CommandError

from batchsvc import schema, settings
from uuidkit.errors import UuidkitError


@contextmanager
def failures() -> Iterator[None]:
    """Turn what can be expected to go wrong into a sentence on standard error and an exit status."""
    try:
        yield
    except (CommandError, UuidkitError, settings.SettingsError, FileNotFoundError) as error:
        click.echo(f"Error: {error}", err=True)
        raise click.exceptions.Exit(getattr(error, "exit_code", 1)) from error


database_url = click.option(
    "-d",
    "--database-url",
    metavar="URL",
    help="The database; otherwise that of DATABASE_URL, otherwise the embedded server.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Scan web domains in batches."""


@main.group()
def db() -> None:
    """The schema of the service's database."""


@db.command()
@database_url
def upgrade(database_url: str | None) -> None:
    """Bring the schema to the head revision, in one transaction.

    Tables of the legacy system that no revision has made have to be recorded first: batchsvc db stamp 0001.
    """
    with failures():
        schema.upgrade(database_url)
    click.echo(f"The schema is at revision {schema.head_revision()}.", err=True)


@db.command()
@click.argument("revision")
@database_url
def stamp(revision: str, database_url: str | None) -> None:
    """Record that the schema is at REVISION, without changing its tables."""
    with failures():
        schema.stamp(revision, database_url)
    click.echo(f"The schema is recorded as being at revision {revision}.", err=True)


@main.command("settings")
def list_settings() -> None:
    """List the settings, their values and what they mean."""
    with failures():
        rows = settings.listing(settings.load())
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for variable, value, meaning in rows:
        click.echo(f"{variable:<{widths[0]}}  {value:<{widths[1]}}  {meaning}")
