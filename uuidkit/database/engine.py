"""Connections and engines made from a URL, with every failure to connect as a sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import psycopg

from uuidkit.database.url import conninfo, safe
from uuidkit.errors import ConnectionFailed

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

# What libpq and the server say -> what happened, what to do. The server may speak another language: then the general
# sentence with its own words.
_FAILURES = (
    (r"password authentication failed", "The password is wrong for that user.", "Correct it in DATABASE_URL."),
    (r"no password supplied", "The server asks for a password.", "Put it into DATABASE_URL: user:password@host."),
    (r'role "[^"]*" does not exist', "That user does not exist on the server.", "Correct the user in DATABASE_URL."),
    (r'database "[^"]*" does not exist', "That database does not exist.", "Create it, or correct DATABASE_URL."),
    (r"permission denied for database", "The user may not connect to that database.", "GRANT CONNECT, or use another."),
    (r"no pg_hba\.conf entry", "The server does not accept this user from here.", "Allow it in pg_hba.conf."),
    (r"failed to resolve host|could not translate host", "The host is not known.", "Correct it in DATABASE_URL."),
    (r"too many (clients|connections)|connection slots", "The server has no free connection.", "Try again later."),
    (r"is starting up|is shutting down|not yet accepting", "The server is starting or stopping.", "Try again later."),
    (r"timeout expired", "The server did not answer in time.", "Check host, port and firewall."),
    (
        r"Connection refused|No such file or directory",
        "No server listens there.",
        "Start it, or correct host and port in DATABASE_URL.",
    ),
    (r"does not support SSL|SSL was required", "The server offers no TLS.", "Use sslmode=prefer, or set up TLS there."),
)


def connect(url: str, *, autocommit: bool = True) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect with psycopg; transactions are begun by the caller (see :meth:`Session.transaction`).

    Args:
        url: a PostgreSQL URL.
        autocommit: False for a connection that begins a transaction with its first statement.

    Raises:
        UsageError: the URL is of another kind of database, or cannot be read.
        ConnectionFailed: there is no connection to be had; the message shows no password.
    """
    text = conninfo(url)
    try:
        return psycopg.connect(text, autocommit=autocommit, prepare_threshold=None)
    except psycopg.OperationalError as error:
        raise connection_failed(url, error) from None


def create_engine(url: str, **options: Any) -> Engine:
    """A SQLAlchemy engine on psycopg, without prepared statements.

    Prepared statements fail after a column has changed its type, and get lost behind a transaction pooler.

    Args:
        url: a PostgreSQL URL.
        options: for :func:`sqlalchemy.create_engine`, such as ``poolclass=NullPool``.

    Raises:
        UsageError: the URL is of another kind of database, or cannot be read. Connecting may raise ConnectionFailed.
    """
    import sqlalchemy

    engine = sqlalchemy.create_engine(sqlalchemy_url(url), **_with_defaults(options))

    @sqlalchemy.event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        try:
            return psycopg.connect(*args, **kwargs)
        except psycopg.OperationalError as error:
            raise connection_failed(url, error) from None

    return engine


def sqlalchemy_url(url: str) -> URL:
    """The URL as SQLAlchemy's own object, its parts read by libpq, for sync and async engines.

    Args:
        url: a PostgreSQL URL.

    Raises:
        UsageError: the URL is of another kind of database, or cannot be read.
    """
    from psycopg.conninfo import conninfo_to_dict
    from sqlalchemy import URL

    found = {name: str(value) for name, value in conninfo_to_dict(conninfo(url)).items()}
    host, port = found.get("host", ""), found.get("port", "")
    if "/" in host or "," in host or "," in port:
        query_port = {"port": port} if port else {}
        host_parts: dict[str, Any] = {}
    else:
        query_port = {}
        host_parts = {"host": found.pop("host", None), "port": int(port) if port else None}
    found.pop("port", None)
    return URL.create(
        "postgresql+psycopg",
        username=found.pop("user", None),
        password=found.pop("password", None),
        database=found.pop("dbname", None),
        **host_parts,
        query={**found, **query_port},
    )


def connection_failed(url: str, error: psycopg.OperationalError) -> ConnectionFailed:
    """The sentence for a connection that could not be made.

    Args:
        url: where to, with its password.
        error: what psycopg raised.
    """
    said = " ".join(str(error).split())
    for pattern, sentence, remedy in _FAILURES:
        if re.search(pattern, said):
            return ConnectionFailed(f"Cannot connect to {safe(url)}. {sentence}", remedy)
    return ConnectionFailed(f"Cannot connect to {safe(url)}: {said}", "Check DATABASE_URL and the server.")


def _with_defaults(options: dict[str, Any]) -> dict[str, Any]:
    return {**options, "connect_args": {"prepare_threshold": None, **options.get("connect_args", {})}}
