"""The command ``batchsvc`` and what belongs to no other room: its schema and its settings."""

from __future__ import annotations

import click

from batchsvc import schema, settings
from batchsvc.cli import batches, demo, keys, running
from batchsvc.cli.common import as_json, database_url, failures, print_json


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
@as_json
def list_settings(as_json: bool) -> None:
    """List the settings, their values and what they mean."""
    with failures():
        rows = settings.listing(settings.load())
    if as_json:
        print_json([dict(zip(("variable", "value", "meaning"), row, strict=True)) for row in rows])
        return
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for variable, value, meaning in rows:
        click.echo(f"{variable:<{widths[0]}}  {value:<{widths[1]}}  {meaning}")


for _command in (
    running.serve,
    running.worker,
    keys.key,
    demo.demo,
    batches.submit,
    batches.status,
    batches.list_batches,
    batches.retry,
    batches.cancel,
):
    main.add_command(_command)
