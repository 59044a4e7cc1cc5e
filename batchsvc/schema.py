"""Bring a database to a revision: where the revisions are, and how Alembic is called from Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any, LiteralString

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from uuidkit.database import connect
from uuidkit.errors import UuidkitError


class NotAtHead(UuidkitError):
    """A database does not have the tables that this version of the service works on."""


PACKAGE = Path(__file__).resolve().parent


def revisions_folder() -> Path:
    """Return the folder of the revisions: inside an installed package, or beside it in a checkout.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    for folder in (PACKAGE / "versions", PACKAGE.parent / "versions"):
        if (folder / "0001_legacy_baseline.py").is_file():
            return folder
    raise FileNotFoundError(f"The revisions are neither in {PACKAGE} nor beside it; install the package again.")


def alembic_config(database_url: str | None = None) -> Config:
    """Return what Alembic needs to know, without an ``alembic.ini``.

    Args:
        database_url: the database; None is that of ``DATABASE_URL``, or else the embedded server.
    """
    config = Config()
    config.set_main_option("script_location", "batchsvc:migrations")
    # A newline is the one separator that is in nobody's folder name; % is the syntax of configparser.
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(revisions_folder()).replace("%", "%%"))
    config.attributes["database_url"] = database_url
    return config


def head_revision() -> str:
    """Return the revision that this version of the service works on."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert head is not None  # revisions_folder() saw the first one
    return head


def upgrade(database_url: str | None = None) -> None:
    """Bring a database to the head revision, in one transaction.

    Args:
        database_url: as in :func:`alembic_config`.

    Raises:
        alembic.util.CommandError: the database cannot be reached or refuses; nothing was changed.
        uuidkit.errors.UuidkitError: a conversion was refused or failed; nothing was changed.
    """
    command.upgrade(alembic_config(database_url), "head")


def stamp(revision: str, database_url: str | None = None) -> None:
    """Record that a database is at a revision, without changing its tables.

    Args:
        revision: its id, such as ``0001`` for the tables of the legacy system.
        database_url: as in :func:`alembic_config`.

    Raises:
        alembic.util.CommandError: there is no such revision, or the database cannot be reached.
    """
    command.stamp(alembic_config(database_url), revision)


def demand_head(database_url: str) -> None:
    """See that a database has the tables that this version of the service works on.

    Args:
        database_url: the database.

    Raises:
        NotAtHead: it has others; the message says which and what to do.
        uuidkit.errors.ConnectionFailed: it cannot be reached.
    """
    with connect(database_url) as connection:
        found = None
        if _value(connection, "SELECT to_regclass('alembic_version')"):
            found = _value(connection, "SELECT string_agg(version_num, ', ' ORDER BY version_num) FROM alembic_version")
        if found != head_revision():
            state = f"The schema is at revision {found}" if found else "The database has no schema of the service"
            raise NotAtHead(f"{state}; this version works on revision {head_revision()}.", "Run: batchsvc db upgrade")
        comment = _value(connection, "SELECT obj_description('procrastinate_jobs'::regclass, 'pg_class')")
    recorded = str(comment or "").rpartition("migration ")[2]
    if recorded != engine_migration():
        raise NotAtHead(
            f"The job engine's tables are at its migration {recorded or '(unknown)'}; the installed version of "
            f"procrastinate has {engine_migration()}.",
            "Install the version that the tables are of, or a version of the service with a revision for the new ones.",
        )


def engine_migration() -> str:
    """Return the last migration of the tables that the installed version of the job engine has."""
    from procrastinate.schema import SchemaManager

    return max(path.stem for path in Path(SchemaManager.get_migrations_path()).glob("*.sql"))


def _value(connection: psycopg.Connection[Any], query: LiteralString) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def sentence(error: Exception) -> str:
    """Return what went wrong: our own words as they are, the server's or driver's without SQL and parameters."""
    if isinstance(error, (CommandError, UuidkitError)):
        return str(error)
    if isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig if isinstance(error.orig, Exception) else error
    if isinstance(error, psycopg.Error) and error.diag.message_primary:
        parts = [error.diag.message_primary, error.diag.message_detail, error.diag.message_hint]
        return " ".join(part if part.endswith(".") else f"{part}." for part in parts if part)
    return " ".join(str(error).split())
