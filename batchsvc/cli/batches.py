"""``submit``, ``status``, ``list``, ``retry`` and ``cancel``: batches from the command line, on the database itself."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from batchsvc.cli.common import as_json, batch_id, database_url, failures, print_json, tenant, with_session
from batchsvc.errors import ServiceError
from batchsvc.settings import Settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True, exists=True))
@click.option("--watch", is_flag=True, help="Show progress until the batch is done.")
@click.option("--max-pages", type=click.IntRange(min=1), metavar="N", help="Most pages of each site (1000).")
@click.option("--max-concurrent", type=click.IntRange(min=1), metavar="N", help="Most domains at a time (5).")
@click.option("--skip-invalid", is_flag=True, help="Take what is no domain as failed, instead of refusing all.")
@as_json
@tenant
@database_url
def submit(
    file: Path,
    watch: bool,
    max_pages: int | None,
    max_concurrent: int | None,
    skip_invalid: bool,
    as_json: bool,
    tenant: UUID | None,
    database_url: str | None,
) -> None:
    """Make a batch of the domains in FILE, or of standard input where FILE is -.

    FILE has one domain or address in each line, or is a CSV with a column domain, url or website. The exit status is 0
    when all domains were completed (without --watch: when the batch was made), 1 when some failed or were cancelled, 2
    for wrong usage, 3 when nothing was submitted.
    """
    from batchsvc import service
    from batchsvc.cli.watching import watch_batch
    from batchsvc.scanner.domains import UnreadableList, read_text

    options = {"max_pages": max_pages, "max_concurrent": max_concurrent, "skip_invalid": skip_invalid}

    async def create(session: Any, owner: UUID, settings: Settings) -> dict[str, Any]:
        return await service.create_batch(session, None, entries, owner, None, options, settings=settings)

    try:
        content: bytes = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        entries = read_text(content)
        made = _failing_with_3(lambda: with_session(database_url, tenant, create))
    except UnreadableList as error:
        click.echo(f"Error: {error}", err=True)
        raise click.exceptions.Exit(3) from error
    click.echo(f"Batch {made['batch_id']}: {_number(made['job_count'], 'domain')}.", err=True)
    if not watch:
        print_json(made) if as_json else click.echo(made["batch_id"])
        return
    with failures():
        found = watch_batch(database_url, tenant, UUID(made["batch_id"]))
    print_json(found) if as_json else click.echo(describe(found))
    raise click.exceptions.Exit(0 if found["status"] == "completed" else 1)


@click.command()
@click.argument("batch")
@as_json
@tenant
@database_url
def status(batch: str, as_json: bool, tenant: UUID | None, database_url: str | None) -> None:
    """Show a batch: its counters, and why domains failed."""
    from batchsvc import service

    async def read(session: Any, owner: UUID, _settings: Settings) -> dict[str, Any]:
        found = await service.get_batch_status(session, batch_id(batch), owner)
        return {**found, "failures": await service.get_failures(session, batch_id(batch), owner)}

    with failures():
        found = with_session(database_url, tenant, read)
    print_json(found) if as_json else click.echo(describe(found))


@click.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, metavar="N", help="Most batches.")
@as_json
@tenant
@database_url
def list_batches(limit: int, as_json: bool, tenant: UUID | None, database_url: str | None) -> None:
    """List batches, the newest first."""
    from batchsvc import service

    async def read(session: Any, owner: UUID, _settings: Settings) -> list[dict[str, Any]]:
        return (await service.list_batches(session, owner, limit=limit))[0]

    with failures():
        rows = with_session(database_url, tenant, read)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        made = (row["created_at"] or "")[:19].replace("T", " ")
        click.echo(
            f"{row['batch_id']}  {row['status']:<21}  {row['progress']:>4.0%}  {row['total_domains']:>7}  {made}"
        )


@click.command()
@click.argument("batch")
@click.option("--code", metavar="CODE", help="Only domains that failed for this reason, such as connect_timeout.")
@as_json
@tenant
@database_url
def retry(batch: str, code: str | None, as_json: bool, tenant: UUID | None, database_url: str | None) -> None:
    """Queue the failed domains of a batch again."""
    from batchsvc import service

    async def change(session: Any, owner: UUID, settings: Settings) -> dict[str, Any]:
        return await service.retry_batch(session, batch_id(batch), owner, code, settings=settings)

    _change(change, "queued again", as_json, tenant, database_url)


@click.command()
@click.argument("batch")
@as_json
@tenant
@database_url
def cancel(batch: str, as_json: bool, tenant: UUID | None, database_url: str | None) -> None:
    """Cancel the domains of a batch that are not finished."""
    from batchsvc import service

    async def change(session: Any, owner: UUID, _settings: Settings) -> dict[str, Any]:
        return await service.cancel_batch(session, batch_id(batch), owner)

    _change(change, "cancelled", as_json, tenant, database_url)


def describe(batch: dict[str, Any]) -> str:
    """A batch in a few lines.

    Args:
        batch: as the service gives it, with ``failures`` if they are known.
    """
    counts = ", ".join(f"{number} {state}" for state, number in batch["counts"].items() if number) or "no domains"
    lines = [f"{batch['batch_id']}: {batch['status']}, {batch['progress']:.0%}", f"  {counts}"]
    lines += [f"  {number} failed: {code}" for code, number in batch.get("failures", {}).items()]
    if batch["processing_time"] is not None:
        lines.append(f"  {batch['processing_time']:.1f} s")
    if batch["error"]:
        lines.append(f"  {batch['error']}")
    return "\n".join(lines)


def _change(work: Any, what: str, as_json: bool, tenant: UUID | None, url: str | None) -> None:
    with failures():
        found = with_session(url, tenant, work)
    if as_json:
        print_json(found)
    else:
        click.echo(f"{found['batch_id']}: {_number(found['changed'], 'domain')} {what}; {found['status']}")


def _failing_with_3(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What could not be submitted ends with 3, whatever was the reason, except wrong usage of the command itself."""
    try:
        with failures():
            return work()
    except click.exceptions.Exit as error:
        cause = error.__cause__
        usage = getattr(cause, "exit_code", 1) == 2 and not isinstance(cause, ServiceError)
        raise click.exceptions.Exit(2 if usage else 3) from cause


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
