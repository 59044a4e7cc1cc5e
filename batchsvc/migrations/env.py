"""Alembic's environment: which database, in what transaction, and what autogenerate leaves alone.

Alembic runs this file for each of its commands. Who calls Alembic from Python may put into ``config.attributes`` either
``connection`` (used as it is) or ``database_url``; otherwise the database is the one of ``DATABASE_URL``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from logging.config import fileConfig
from typing import Any

import psycopg
from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection, NullPool
from sqlalchemy.exc import SQLAlchemyError

import uuidkit.alembic
from batchsvc.models import Base
from batchsvc.schema import sentence
from uuidkit import database
from uuidkit.errors import UuidkitError

config = context.config
# Set where the alembic command itself runs; then nobody but the shell is there to take an exception.
command_line = config.cmd_opts

OPTIONS: dict[str, Any] = {
    "target_metadata": Base.metadata,
    "compare_type": True,
    "compare_server_default": True,
    # The engine makes its tables itself; no model declares them.
    "include_name": lambda name, kind, _parents: not (kind == "table" and (name or "").startswith("procrastinate_")),
    "include_object": uuidkit.alembic.include_object,
    "process_revision_directives": uuidkit.alembic.process_revision_directives,
}


@contextmanager
def connected() -> Iterator[Connection]:
    """A connection to the database of the command at hand."""
    with database.use(config.attributes.get("database_url")) as url:
        engine = database.create_engine(url, poolclass=NullPool)
        with engine.connect() as connection:
            yield connection


def wants_dry_run() -> bool:
    """Whether the command has -x dry-run."""
    return "dry-run" in context.get_x_argument(as_dictionary=True)


def print_script() -> None:
    """Write the revisions as a script for psql to standard output; only a conversion looks at the database for it."""
    if wants_dry_run():
        raise CommandError("A dry run writes no script: leave -x dry-run or --sql away.")
    context.configure(
        dialect_name="postgresql",
        # Keeps Alembic from doubling every % in the script.
        dialect_opts={"paramstyle": "named"},
        literal_binds=True,
        uuidkit_connect=connected,
        **OPTIONS,
    )
    # Without it psql goes on after an error, and reports success.
    context.static_output("\\set ON_ERROR_STOP on\n")
    with context.begin_transaction():
        context.run_migrations()


def run(connection: Connection) -> None:
    """Run the command at hand on a connection, all revisions in one transaction."""
    if wants_dry_run():
        status = uuidkit.alembic.dry_run(config, context.script, connection, OPTIONS)
        if status and command_line is None:
            raise CommandError("The dry run found what forbids the upgrade; its report says what.")
        if status:
            raise SystemExit(status)
        return
    context.configure(connection=connection, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    """Find the database, connect, run."""
    given = config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    with connected() as connection:
        run(connection)


if command_line is not None and config.config_file_name is not None:
    fileConfig(config.config_file_name, disable_existing_loggers=False)

try:
    if context.is_offline_mode():
        print_script()
    else:
        run_online()
except (UuidkitError, CommandError, SQLAlchemyError, psycopg.Error) as error:
    if getattr(command_line, "raiseerr", False):
        raise
    if command_line is None:
        if isinstance(error, (UuidkitError, CommandError)):
            raise
        raise CommandError(sentence(error)) from error
    # Not by Alembic's own way: that prints to standard output, which may be the script, and exits with 255.
    sys.stderr.write(f"FAILED: {sentence(error)}\n")
    raise SystemExit(getattr(error, "exit_code", 1)) from error
