"""Connections of a command: its own, opened late and closed early."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from uuidkit.cli.output import message
from uuidkit.report.layout import visible

if TYPE_CHECKING:
    import psycopg

    from uuidkit.cli.options import Face


@contextmanager
def server(face: Face) -> Iterator[str]:
    """The URL of the database; an embedded server runs as long as this is open.

    Args:
        face: with the URL that was given, if one was.

    Raises:
        UsageError: DATABASE_URL is set and says nothing.
    """
    from uuidkit.database import use
    from uuidkit.database.url import ENV

    if face.embedded and os.name == "posix":
        from uuidkit.database.embedded import default_directory

        folder = default_directory()
        new = "" if folder.exists() else ", which is new and empty (`uuidkit psql -f FILE` runs SQL in it)"
        message(f"{ENV} is not set: using the embedded PostgreSQL in {visible(str(folder))}{new}.")
    with use(face.database_url) as url:
        yield url


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection in autocommit mode, closed at the end.

    Args:
        url: as ``server`` gives it.
    """
    from uuidkit.database import connect

    connection = connect(url)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def read_only(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection in a READ ONLY transaction: the server itself refuses to change anything.

    Args:
        url: as ``server`` gives it.
    """
    with connected(url) as connection:
        connection.read_only = True
        with connection.transaction():
            yield connection


@contextmanager
def undone(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection in a transaction that is rolled back whatever happens.

    A plan is made in it: what a view with GROUP BY over a key will say can only be tried on temporary tables, which
    a READ ONLY transaction refuses to make.

    Args:
        url: as ``server`` gives it.
    """
    with connected(url) as connection, connection.transaction(force_rollback=True):
        yield connection


@contextmanager
def planning(face: Face) -> Iterator[psycopg.Connection[Any]]:
    """As ``undone``, on the database that was asked for.

    Args:
        face: with the URL that was given, if one was.
    """
    with server(face) as url, undone(url) as connection:
        yield connection


@contextmanager
def reading(face: Face) -> Iterator[psycopg.Connection[Any]]:
    """As ``read_only``, on the database that was asked for.

    Args:
        face: with the URL that was given, if one was.
    """
    with server(face) as url, read_only(url) as connection:
        yield connection
