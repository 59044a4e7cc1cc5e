"""``alembic -x dry-run upgrade head``: the report of every pending conversion, from the live data; changes nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from alembic import context
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from uuidkit.alembic.dryrun.judgement import judge
from uuidkit.alembic.dryrun.recording import Pending, record
from uuidkit.alembic.examination import examine
from uuidkit.alembic.failures import command_errors
from uuidkit.alembic.operations import ConvertToUuidOp, UuidOperation
from uuidkit.database.session import Session, adapt, undone
from uuidkit.errors import UsageError, UuidkitError
from uuidkit.planning.model import Plan

OPTION = "dry-run"
LIVE, ALL = "live", "all"
_FEWEST = 100  # rows of each table in a sample

# Those of context.configure() that say where the database keeps its revision.
_VERSION_OPTIONS = ("version_table", "version_table_schema", "version_table_pk")

log = logging.getLogger("alembic.uuidkit")


def dry_run(
    config: Config,
    script: ScriptDirectory,
    connection: Connection,
    context_options: Mapping[str, Any],
    run_arguments: Mapping[str, Any] | None = None,
) -> int:
    """Report what the upgrade, or downgrade, at hand would do with the toolkit's operations.

    To be called by an env.py in place of ``context.configure()`` and ``context.run_migrations()``. The database is read
    in a transaction that is rolled back. The revisions' code is run without a database behind it; what can be judged
    from the data as they are is judged from them. For what comes after something else the pending revisions are run on
    a scratch copy of the database, which is dropped again; where none can be made, it is named as not judged.

    ``-x dry-run`` copies all rows of a database up to 64 MiB, of a larger one 1000 of each table; ``-x dry-run=all``
    copies all, ``-x dry-run=5000`` that many of each table, ``-x dry-run=live`` makes no copy.

    Args:
        config: Alembic's; the report goes to its standard output.
        script: the revisions.
        connection: online, of the driver psycopg.
        context_options: what the env.py gives to ``context.configure()`` besides the connection.
        run_arguments: what it gives to ``context.run_migrations()``, for example ``{"engine_name": name}``.

    Returns:
        The exit status: 0 where nothing forbids it, 3 where findings do, 2 or 1 where something fails.

    Raises:
        CommandError: the command is neither upgrade nor downgrade, a revision does not exist, or the option is none.
    """
    with _quietly("alembic.runtime.migration"):
        lines, status = _run(script, connection, context_options, run_arguments or {})
    config.print_stdout("\n".join(lines))
    return status


def refuse_unheeded(migration: MigrationContext, operation: UuidOperation) -> None:
    """Refuse to carry an operation out where a dry run was asked for and the env.py knows nothing of it.

    Alembic passes ``-x`` on to the env.py and runs the revisions in earnest where that does not look at it.

    Args:
        migration: online.
        operation: what would be done.

    Raises:
        UsageError: ``-x dry-run`` was given.
    """
    environment = migration.environment_context
    # A program that calls Alembic may have options of its own, without -x.
    given = getattr(environment.config.cmd_opts, "x", None) if environment is not None else None
    if any(item.partition("=")[0] == OPTION for item in given or ()):
        raise UsageError(
            f"-x {OPTION} was given, but the env.py does not look at it, so that {operation.title} was about to be "
            "carried out. It was not, and the transaction is rolled back.",
            "Let the env.py call uuidkit.alembic.dry_run(config, context.script, connection, options) in place of "
            f"context.configure() when -x {OPTION} is given, or leave it out.",
        )


def _run(
    script: ScriptDirectory, connection: Connection, context_options: Mapping[str, Any], arguments: Mapping[str, Any]
) -> tuple[list[str], int]:
    from uuidkit.alembic.dryrun.account import account

    # Without a connection, so that a revision that asks for the environment's context finds no database there either.
    context.configure(dialect_name="postgresql", **context_options)
    options = context.get_context().opts
    if "destination_rev" not in options:
        raise CommandError("A dry run is for upgrade and downgrade; nothing was done.")
    session = adapt(connection)
    with command_errors():
        rows, wanted = _extent(context.get_x_argument(as_dictionary=True).get(OPTION))
        touched = session.in_transaction and _has_written(session)
        # What some views will say can only be tried on temporary tables, so READ ONLY would be too little.
        with undone(session):
            found = {key: context_options[key] for key in _VERSION_OPTIONS if key in context_options}
            heads = MigrationContext.configure(connection=connection, opts=found).get_current_heads()
            pending = record(options["fn"], heads, {**context_options, "script": script}, arguments)
            sections, copy_helps = judge(session, pending)
        trial, obstacle = None, ""
        if copy_helps and touched:
            obstacle = "The transaction of this connection has changed the database, which a copy would not show."
        elif copy_helps and wanted:
            trial, obstacle = _try_out(session, pending, rows, context_options, arguments)
        return account(sections, trial, obstacle)


def _extent(given: str | bool | None) -> tuple[int | None, bool]:
    """How many rows of each table are copied (0: all, None: as it fits), and whether a copy may be made."""
    if not given or given is True:
        return None, True
    if given in (LIVE, ALL):
        return 0, given == ALL
    if not given.isdecimal() or int(given) < _FEWEST:
        raise UsageError(
            f"-x {OPTION}={given} is not known.",
            f"It is {OPTION} alone, {OPTION}={ALL} (copy every row), {OPTION}=N (N rows of each table, {_FEWEST} or "
            f"more) or {OPTION}={LIVE} (no scratch copy).",
        )
    return int(given), True


def _has_written(session: Session) -> bool:
    [(written,)] = session.rows("SELECT pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL")
    return bool(written)


def _try_out(
    session: Session,
    pending: Sequence[Pending],
    rows: int | None,
    context_options: Mapping[str, Any],
    arguments: Mapping[str, Any],
) -> tuple[Any, str]:
    """What a scratch copy shows, or why there is none."""
    from uuidkit.alembic.dryrun.trial import try_out

    log.info("Trying the pending revisions on a scratch copy of the database")
    try:
        with _quietly(log.name):
            return try_out(session, _plans(session, pending), rows, context_options, arguments), ""
    except UuidkitError as error:
        return None, error.message
    except psycopg.Error as error:
        return None, f"The server said: {error.diag.message_primary or error} (SQLSTATE {error.sqlstate})."


def _plans(session: Session, pending: Sequence[Pending]) -> Callable[[], list[Plan]]:
    """What the pending conversions find in the data as they are, as far as there is something to be found."""

    def plans() -> list[Plan]:
        found = []
        for revision in pending:
            for operation in revision.recorded:
                if not isinstance(operation, ConvertToUuidOp):
                    continue
                try:
                    with undone(session):
                        examined = examine(session, operation)
                except UuidkitError:
                    continue  # a column that an earlier revision makes: there is nothing to look at yet
                if examined.plan is not None:
                    found.append(examined.plan)
        return found

    return plans


@contextmanager
def _quietly(name: str) -> Iterator[None]:
    """Keep Alembic from telling of each context made here, as if it were about to do something."""
    logger = logging.getLogger(name)
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before
