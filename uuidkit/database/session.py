"""One narrow way to send SQL, the same over psycopg and over SQLAlchemy."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeAlias

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from uuidkit.errors import UsageError

Statement: TypeAlias = str | sql.Composable
Parameters: TypeAlias = Mapping[str, Any]

_REMEDY = "Pass a psycopg.Connection or a SQLAlchemy Connection of the driver psycopg (postgresql+psycopg://...)."


class Session(ABC):
    """A connection as the toolkit uses it.

    A statement without parameters is sent as it stands, ``%`` included; with parameters they are named ``%(name)s`` and
    a literal percent sign is ``%%``. Errors of the database are :class:`psycopg.Error` with their ``sqlstate``,
    whatever the connection. Nothing is prepared on the server, and nothing is committed except at the end of an
    outermost :meth:`transaction`.
    """

    @property
    @abstractmethod
    def connection(self) -> Any:
        """The connection that the session was made of."""

    @property
    @abstractmethod
    def driver_connection(self) -> psycopg.BaseConnection[Any]:
        """psycopg's own connection underneath."""

    @property
    @abstractmethod
    def in_transaction(self) -> bool:
        """Whether a transaction is open, begun by anybody."""

    @abstractmethod
    def rows(self, statement: Statement, params: Parameters | None = None) -> list[tuple[Any, ...]]:
        """Run a statement and fetch all its rows; none for one that returns no rows.

        Args:
            statement: SQL text, or a composition of :mod:`psycopg.sql`.
            params: values for ``%(name)s``; with None or no value at all the text is sent as it stands.

        Raises:
            psycopg.Error: as the server or the driver reports it.
        """

    @abstractmethod
    def run(self, statement: Statement, params: Parameters | None = None) -> int:
        """Run a statement, or several without parameters, and return the rows affected (-1: none are counted).

        Args:
            statement: as for :meth:`rows`.
            params: as for :meth:`rows`.

        Raises:
            psycopg.Error: as the server or the driver reports it.
        """

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """A transaction that commits at the end and rolls back on an exception; a savepoint inside another one.

        Raises:
            psycopg.Error: begin, commit or release failed.
            UsageError: the SQLAlchemy connection is in AUTOCOMMIT, where it has no transactions.
        """

    @property
    def version_num(self) -> int:
        """The server's version as a number, 180004 for 18.4."""
        return self.driver_connection.info.server_version

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the open transaction that is rolled back by itself on an exception.

        Raises:
            RuntimeError: no transaction is open.
            psycopg.Error: the savepoint could not be set or released.
        """
        if not self.in_transaction:
            raise RuntimeError("a savepoint needs an open transaction")
        with self.transaction():
            yield

    def text(self, statement: Statement) -> str:
        """The SQL text of a statement, quoted for this connection.

        Args:
            statement: as for :meth:`rows`.
        """
        return statement.as_string(self.driver_connection) if isinstance(statement, sql.Composable) else statement


class PsycopgSession(Session):
    """A session over a psycopg connection.

    Args:
        connection: open, in autocommit or not.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    @property
    def connection(self) -> psycopg.Connection[Any]:
        """The psycopg connection."""
        return self._connection

    @property
    def driver_connection(self) -> psycopg.BaseConnection[Any]:
        """The psycopg connection."""
        return self._connection

    @property
    def in_transaction(self) -> bool:
        """Whether the server is in a transaction block, failed or not."""
        return self._connection.info.transaction_status is not TransactionStatus.IDLE

    def rows(self, statement: Statement, params: Parameters | None = None) -> list[tuple[Any, ...]]:
        """Run a statement and fetch all its rows."""
        with self._connection.cursor(row_factory=tuple_row) as cursor:
            cursor.execute(self.text(statement), params or None, prepare=False)
            return cursor.fetchall() if cursor.description is not None else []

    def run(self, statement: Statement, params: Parameters | None = None) -> int:
        """Run a statement and return the rows affected."""
        with self._connection.cursor() as cursor:
            cursor.execute(self.text(statement), params or None, prepare=False)
            return cursor.rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction, or a savepoint inside another one."""
        with self._connection.transaction():
            yield


def adapt(connection: Any) -> Session:
    """The session over whatever connection a caller has.

    Args:
        connection: a Session, a psycopg connection, or a SQLAlchemy connection (also the one that
            ``AsyncConnection.run_sync`` passes on).

    Raises:
        UsageError: it is none of these, or of another driver.
    """
    if isinstance(connection, Session):
        return connection
    if isinstance(connection, psycopg.Connection):
        return PsycopgSession(connection)
    if type(connection).__module__.partition(".")[0] == "sqlalchemy":
        # Only then, because the import takes longer than many a command.
        from uuidkit.database.sqlalchemy_session import adapt_sqlalchemy

        return adapt_sqlalchemy(connection)
    if isinstance(connection, psycopg.AsyncConnection):
        raise UsageError("An asynchronous psycopg connection cannot be used here.", _REMEDY)
    raise UsageError(f"A {type(connection).__module__}.{type(connection).__qualname__} is no connection.", _REMEDY)


class _Undone(Exception):
    """Ends a transaction that is to be rolled back, and is seen by nobody."""


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """A transaction, or a savepoint in the caller's, that is rolled back whatever happens.

    Args:
        session: any.
    """
    try:
        with session.transaction():
            yield
            raise _Undone
    except _Undone:
        pass
