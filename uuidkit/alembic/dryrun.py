"""``alembic -x dry-run upgrade head``: the report of every pending conversion, from the live data; changes nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from alembic import context
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from uuidkit.alembic.failures import command_errors
from uuidkit.alembic.judgement import judge
from uuidkit.alembic.recording import record
from uuidkit.database.session import adapt, undone

# Those of context.configure() that say where the database keeps its revision.
_VERSION_OPTIONS = ("version_table", "version_table_schema", "version_table_pk")


def dry_run(config: Config, script: ScriptDirectory, connection: Connection, context_options: Mapping[str, Any]) -> int:
    """Report what the upgrade, or downgrade, at hand would do with the toolkit's operations; run no revision.

    To be called by an env.py in place of ``context.configure()`` and ``context.run_migrations()``. The revisions' code
    is run without a database behind it. What can be judged from the database as it is now is reported; whatever comes
    after something that cannot be known is named as not judged. The database is read in a transaction that is rolled
    back.

    Args:
        config: Alembic's; the report goes to its standard output.
        script: the revisions.
        connection: online, of the driver psycopg.
        context_options: what the env.py gives to ``context.configure()`` besides the connection.

    Returns:
        The exit status: 0 where nothing forbids it, 3 where findings do, 2 or 1 where something was not to be had.

    Raises:
        CommandError: the command is neither upgrade nor downgrade, or a revision does not exist.
    """
    with _quietly():
        lines, status = _run(script, connection, context_options)
    config.print_stdout("\n".join(lines))
    return status


def _run(script: ScriptDirectory, connection: Connection, context_options: Mapping[str, Any]) -> tuple[list[str], int]:
    # Without a connection, so that a revision that asks for the environment's context finds no database there either.
    context.configure(dialect_name="postgresql", **context_options)
    options = context.get_context().opts
    if "destination_rev" not in options:
        raise CommandError("A dry run is for upgrade and downgrade; nothing was done.")
    session = adapt(connection)
    # What some views will say can only be tried on temporary tables, so READ ONLY would be too little.
    with command_errors(), undone(session):
        found = {key: context_options[key] for key in _VERSION_OPTIONS if key in context_options}
        heads = MigrationContext.configure(connection=connection, opts=found).get_current_heads()
        pending = record(options["fn"], heads, {**context_options, "script": script})
        return judge(session, pending)


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep Alembic from telling of each context made here, as if it were about to do something."""
    log = logging.getLogger("alembic.runtime.migration")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before
