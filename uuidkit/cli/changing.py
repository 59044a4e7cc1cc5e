"""The commands that change tables: convert, revert, finalize."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from uuidkit.cli.connecting import connected, server, undone
from uuidkit.cli.options import Face, checked_request, faced, lock_options, request_options, yes_option
from uuidkit.cli.output import ask, emit, interactive, message, written
from uuidkit.cli.progress import Progress
from uuidkit.errors import BlockedError
from uuidkit.report.layout import visible

if TYPE_CHECKING:
    import psycopg

    from uuidkit.execute import Outcome
    from uuidkit.planning.model import Plan


@click.command(
    short_help="Convert columns to uuid.",
    epilog="Example: uuidkit convert batch_jobs.batch_id --on-unparseable derive --yes",
)
@request_options
@click.option(
    "--single-transaction", is_flag=True, help="All reference graphs in one transaction, instead of one each."
)
@yes_option
@faced(mask=True, documents=True)
def convert(face: Face, single_transaction: bool, yes: bool, **given: Any) -> None:
    """Convert columns to uuid, one transaction per reference graph.

    On a terminal it shows what it is about to do and asks. Without one, in a script, it goes ahead: `revert` takes a
    conversion back exactly.
    """
    targets, options = checked_request(given)
    from uuidkit import api
    from uuidkit.report import json, results, text

    with server(face) as url:
        if interactive() and not yes:
            # The plan is made on a connection of its own: no transaction stays open while somebody thinks.
            with undone(url) as connection:
                plan = api.plan(connection, targets, **options)
            if plan.status == "blocked":
                raise BlockedError(plan.blockers)
            if plan.status == "ready":
                message(text.summary(plan, mask=face.mask).rstrip("\n"))
                if not ask("Convert?"):
                    message("Nothing was changed.")
                    return
        document = face.form in ("html", "markdown")
        with connected(url) as connection, Progress(url, connection, exact=document) as progress:
            outcome = api.convert(
                connection, targets, single_transaction=single_transaction, progress=progress, **options
            )
            if document:
                found = _report(connection, outcome, progress.plan, face)
    if document:
        emit(written(found, face), face)
        return
    emit(json.dumps(json.outcome(outcome)) if face.json else results.converted(outcome), face)


def _report(connection: psycopg.Connection[Any], outcome: Outcome, foreseen: Plan | None, face: Face) -> dict[str, Any]:
    """The report of the plan that was carried out, with what happened and a proof."""
    from uuidkit import api
    from uuidkit.cli.proving import proved
    from uuidkit.report import json

    assert outcome.plan is not None  # a conversion has one
    plan = outcome.plan
    if foreseen is not None and foreseen.hash == plan.hash:
        plan = foreseen
    columns = [str(column) for graph in outcome.done for column in graph.columns]
    found = {**json.plan(plan, mask=face.mask), "outcome": json.outcome(outcome), "database": connection.info.dbname}
    if columns:
        found["proof"] = proved(connection, api.verify(connection, columns), columns)
    return found


@click.command(
    short_help="Put text columns back, exactly as they were.", epilog="Example: uuidkit revert batch_jobs.batch_id"
)
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option("--all", "all_columns", is_flag=True, help="Everything that the ledger holds.")
@click.option(
    "--legacy-format",
    metavar="FORMAT",
    help="How rows added since are written, for example 'batch_<hex>'.  [default: as the column used to be]",
)
@lock_options
@yes_option
@faced()
def revert(
    face: Face,
    targets: tuple[str, ...],
    all_columns: bool,
    legacy_format: str | None,
    lock_timeout: float,
    lock_attempts: int,
    yes: bool,
) -> None:
    """Put text columns back, exactly as they were.

    On a terminal it asks first. Without one, in a script, it goes ahead: the columns can be converted again.
    """
    _check(targets, all_columns)
    from uuidkit import api
    from uuidkit.report import json, results

    with server(face) as url:
        if interactive() and not yes and _agreed(url, targets, all_columns, "Put the text back in {}?") is None:
            return
        with connected(url) as connection, Progress(url, connection) as progress:
            outcome = api.revert(
                connection,
                targets,
                all=all_columns,
                legacy_format=legacy_format,
                progress=progress,
                lock_timeout=lock_timeout,
                lock_attempts=lock_attempts,
            )
    emit(json.dumps(json.outcome(outcome)) if face.json else results.reverted(outcome), face)


@click.command(
    short_help="Drop the backups: the one step that cannot be taken back.",
    epilog="Example: uuidkit finalize batch_jobs.batch_id --yes",
)
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option("--all", "all_columns", is_flag=True, help="Everything that the ledger holds.")
@lock_options
@yes_option
@faced()
def finalize(
    face: Face, targets: tuple[str, ...], all_columns: bool, lock_timeout: float, lock_attempts: int, yes: bool
) -> None:
    """Drop the backup columns and the ledger's entries: the one step that cannot be taken back.

    It asks first; without a terminal it wants --yes.
    """
    _check(targets, all_columns)
    if not yes and not interactive():
        raise click.UsageError("finalize cannot be taken back: without a terminal to ask on, it needs --yes.")
    from uuidkit import api
    from uuidkit.report import json, results

    with server(face) as url:
        question = "Drop the backups of {} for good? The old texts cannot be had back."
        if not yes:
            agreed = _agreed(url, targets, all_columns, question)
            if agreed is None:
                return
            # What has been converted while somebody thought was not among what they agreed to.
            targets, all_columns = agreed, not agreed
        with connected(url) as connection, Progress(url, connection) as progress:
            outcome = api.finalize(
                connection,
                targets,
                all=all_columns,
                progress=progress,
                lock_timeout=lock_timeout,
                lock_attempts=lock_attempts,
            )
    emit(json.dumps(json.outcome(outcome)) if face.json else results.finalized(outcome), face)


def _check(targets: tuple[str, ...], all_columns: bool) -> None:
    if targets and all_columns:
        raise click.UsageError("Name targets or use --all, not both.")
    if not targets and not all_columns:
        raise click.UsageError("Name at least one TARGET as table.column, or use --all.")


def _agreed(url: str, targets: tuple[str, ...], all_columns: bool, question: str) -> tuple[str, ...] | None:
    """Name every column that is concerned, as what was converted together goes together, and ask.

    Returns:
        The columns; none where there is nothing to do and nothing was asked. None where the answer is no.
    """
    from uuidkit.database.session import adapt
    from uuidkit.reading import read_database, reading
    from uuidkit.reversion import chosen_entries

    with undone(url) as connection, reading(session := adapt(connection)) as search_path:
        entries = chosen_entries(session, read_database(session, search_path), targets, everything=all_columns)
    columns = tuple(str(column.name) for entry in entries for column in entry.graph.columns)
    if not columns:
        return columns
    message("\n".join(f"  {visible(name)}" for name in columns))
    if ask(question.format("this column" if len(columns) == 1 else f"these {len(columns)} columns")):
        return columns
    message("Nothing was changed.")
    return None
