"""The session over a SQLAlchemy connection, for Alembic and for callers who bring their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, CursorResult
from sqlalchemy.exc import DBAPIError

from uuidkit.database.session import Parameters, Session, Statement
from uuidkit.errors import UsageError

_DRIVERS = ("psycopg", "psycopg_async")


class SqlalchemySession(Session):
    """A session over a SQLAlchemy connection, plain or as ``AsyncConnection.run_sync`` passes it on.

    Args:
        connection: open, of the dialect postgresql+psycopg.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def connection(self) -> Connection:
        """The SQLAlchemy connection."""
        return self._connection

    @property
    def driver_connection(self) -> psycopg.BaseConnection[Any]:
        """psycopg's connection underneath, asynchronous under an asynchronous engine."""
        return cast(psycopg.BaseConnection[Any], self._connection.connection.driver_connection)

    @property
    def in_transaction(self) -> bool:
        """Whether SQLAlchemy has begun a transaction on the connection."""
        return self._connection.in_transaction() and not self.driver_connection.autocommit

    def rows(self, statement: Statement, params: Parameters | None = None) -> list[tuple[Any, ...]]:
        """Run a statement and fetch all its rows."""
        with _psycopg_errors(), self._execute(statement, params) as result:
            return [tuple(row) for row in result] if result.returns_rows else []

    def run(self, statement: Statement, params: Parameters | None = None) -> int:
        """Run a statement and return the rows affected."""
        with _psycopg_errors(), self._execute(statement, params) as result:
            return result.rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction, or a savepoint inside another one."""
        if self.driver_connection.autocommit:
            raise UsageError(
                "The SQLAlchemy connection is in AUTOCOMMIT, where it has no transactions.",
                "Pass a connection with the default isolation level.",
            )
        with _psycopg_errors():
            transaction = (
                self._connection.begin_nested() if self._connection.in_transaction() else self._connection.begin()
            )
        try:
            yield
        except BaseException:
            with _psycopg_errors():
                transaction.rollback()
            raise
        with _psycopg_errors():
            transaction.commit()

    def _execute(self, statement: Statement, params: Parameters | None) -> CursorResult[Any]:
        driver = self.driver_connection
        threshold = driver.prepare_threshold
        # A statement prepared before a column changes its type fails after it (0A000), and a pooler loses it.
        driver.prepare_threshold = None
        try:
            return self._connection.exec_driver_sql(
                self.text(statement),
                dict(params) if params else None,
                execution_options={} if params else {"no_parameters": True},
            )
        finally:
            driver.prepare_threshold = threshold


def adapt_sqlalchemy(connection: Any) -> Session:
    """The session over something of SQLAlchemy's.

    Args:
        connection: what a caller passed.

    Raises:
        UsageError: it is no Connection, or of another driver.
    """
    if isinstance(connection, Connection):
        driver = f"{connection.dialect.name}+{connection.dialect.driver}"
        if connection.dialect.name != "postgresql" or connection.dialect.driver not in _DRIVERS:
            raise UsageError(
                f"The SQLAlchemy connection is of the driver {driver}; only postgresql+psycopg is supported.",
                "Create the engine from a URL that begins with postgresql+psycopg://.",
            )
        return SqlalchemySession(connection)
    name = type(connection).__name__
    remedies = {
        "Engine": "Pass a connection of it: with engine.begin() as connection.",
        "AsyncEngine": "Pass a connection of it: async with engine.begin() as connection, then connection.run_sync.",
        "AsyncConnection": "Call it through await connection.run_sync(function), which passes a plain connection on.",
        "Session": "Pass session.connection().",
        "AsyncSession": "Call it through await session.run_sync(lambda session: function(session.connection())).",
    }
    raise UsageError(
        f"A SQLAlchemy {name} is no connection that can be used here.", remedies.get(name, "Pass a Connection.")
    )


@contextmanager
def _psycopg_errors() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.Error):
            raise error.orig from None
        raise
