"""A database that is made for the demo and dropped at its end."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from uuidkit.database import connect, sqlalchemy_url
from uuidkit.errors import UsageError


@contextmanager
def scratch(server_url: str | None = None) -> Iterator[str]:
    """The URL of an empty database that nobody else uses, dropped at the end.

    Args:
        server_url: a server to make it on, beside the databases it has; None for an embedded server of its own in a
            temporary folder, which goes with it.

    Raises:
        EmbeddedError: the embedded server cannot be used here.
        ConnectionFailed: the server given cannot be reached.
        UsageError: the server given does not let us make a database.
    """
    if server_url is not None:
        with _database(server_url) as url:
            yield url
        return
    if os.name != "posix":
        raise UsageError(
            "The embedded PostgreSQL runs on Linux and macOS only.",
            "Name a server with --database-url; the demo makes a database of its own there, and drops it.",
        )
    from uuidkit.database import embedded

    # Not the server in .postgres of the working directory: that one keeps what its user has put there.
    with tempfile.TemporaryDirectory(prefix="uuidkit-demo-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o755)  # for root, whose server runs as an account that has to enter it
        try:
            with embedded.server(home, durable=False) as embedded_url, _database(embedded_url) as url:
                yield url
        finally:
            embedded.destroy(home)


@contextmanager
def _database(server_url: str) -> Iterator[str]:
    name = f"uuidkit_demo_{os.getpid()}"
    with connect(server_url) as admin:
        try:
            admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        except psycopg.Error as error:
            said = error.diag.message_primary or str(error)
            raise UsageError(
                f"The demo makes a database of its own, and the server refused: {said}.",
                "Name a server where the user may create databases, or none for an embedded one.",
            ) from error
    try:
        yield sqlalchemy_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with connect(server_url) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
