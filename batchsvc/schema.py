"""Bring a database to a revision: where the revisions are, and how Alembic is called from Python."""

from __future__ import annotations

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from uuidkit.errors import UuidkitError

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
