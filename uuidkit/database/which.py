"""The one answer to "which database?" that every entry point gives."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from uuidkit.database.url import ENV, given, normalise
from uuidkit.errors import UsageError


@contextmanager
def use(url: str | None = None) -> Iterator[str]:
    """The URL of the database to work on, for as long as the block lasts.

    That is the URL given, else the one of DATABASE_URL, else the embedded server of the working directory, which runs
    during the block.

    Args:
        url: a PostgreSQL URL, for example from an option, or None.

    Yields:
        The URL in the form ``postgresql+psycopg://…``.

    Raises:
        UsageError: the URL is of another kind of database, or cannot be read.
        EmbeddedError: the embedded server cannot be used here.
    """
    found = given(url)
    if found is not None:
        yield normalise(found)
        return
    if os.name != "posix":
        raise UsageError("The embedded PostgreSQL runs on Linux and macOS only.", f"Set {ENV} to a PostgreSQL server.")
    # Only then: its modules exist on POSIX systems alone.
    from uuidkit.database import embedded

    with embedded.server() as embedded_url:
        yield embedded_url
