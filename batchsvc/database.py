"""The service's way to its database: asynchronous sessions from one URL, the same with and without a pooler."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import DictRow, dict_row
from sqlalchemy import Connection, event
from sqlalchemy.exc import InterfaceError, InternalError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from batchsvc import tenancy
from uuidkit.database import conninfo
from uuidkit.database.engine import connection_failed
from uuidkit.errors import ConnectionFailed

# What a database that is away, restarts, ends a connection or resolves a deadlock looks like from here.
AWAY = (
    ConnectionFailed,
    InterfaceError,
    InternalError,
    OperationalError,
    PoolTimeout,
    psycopg.InterfaceError,
    psycopg.OperationalError,
    OSError,
)

RESTED = 1.0  # seconds after which a connection is looked at before it is used again
_RESTING = "batchsvc.resting"  # in what is known of a connection: since when
_BEGIN = "batchsvc_begin"  # execution option: what a transaction begins with, if not a BEGIN alone


class Database:
    """Sessions on one database.

    Without prepared statements, which get lost behind a transaction pooler, and with a look at each connection that
    has rested, because the server may have been restarted since. A round trip to the server is what costs most in a
    short transaction, so there are no others.

    Args:
        url: a PostgreSQL URL.
        connections: most of them at a time.

    Attributes:
        url: as given, with its password.
        engine: SQLAlchemy's.
        sessions: makes sessions; whoever opens one owns its transaction.

    Raises:
        UsageError: the URL is of another kind of database, or cannot be read. Connecting may raise ConnectionFailed.
    """

    def __init__(self, url: str, *, connections: int = 10) -> None:
        self.url = url
        self._lost_at = 0.0
        text = conninfo(url)

        async def connect() -> psycopg.AsyncConnection[Any]:
            try:
                # It is we who send BEGIN, below; psycopg would do so in a message of its own.
                return await psycopg.AsyncConnection.connect(text, autocommit=True, prepare_threshold=None)
            except psycopg.OperationalError as error:
                raise connection_failed(url, error) from None

        self.engine: AsyncEngine = create_async_engine(
            "postgresql+psycopg://",
            async_creator=connect,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=15,
        )
        event.listen(self.engine.sync_engine, "begin", _begin)
        event.listen(self.engine.sync_engine, "checkin", _rest)
        event.listen(self.engine.sync_engine, "checkout", self._look)
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def transaction(self, tenant_id: UUID) -> AsyncIterator[AsyncSession]:
        """A short transaction for one tenant, committed at the end and rolled back on an exception.

        Args:
            tenant_id: whose rows it sees.

        Raises:
            ConnectionFailed, sqlalchemy.exc.DBAPIError: nothing of it was done, unless the commit's answer was lost.
        """
        async with self.sessions() as session, session.begin():
            await _begin_as(session, tenant_id)
            yield session

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[AsyncSession]:
        """A short transaction of the service's own, which sees all tenants; committed at the end.

        Raises:
            ConnectionFailed, sqlalchemy.exc.DBAPIError: as :meth:`transaction`.
        """
        async with self.sessions() as session, session.begin():
            await _begin_as(session, None)
            yield session

    async def ask(self, statement: LiteralString, **parameters: object) -> list[DictRow]:
        """Carry out one statement of the service itself as a transaction of its own, in one round trip.

        Args:
            statement: with parameters as ``%(name)s``.
            parameters: their values.

        Returns:
            Its rows.

        Raises:
            ConnectionFailed, psycopg.Error: nothing of it was done, unless the answer was lost.

        Source: PostgreSQL, "Multiple Statements in a Simple Query".
        """
        async with self.engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            assert isinstance(raw, psycopg.AsyncConnection)
            try:
                async with psycopg.AsyncClientCursor(raw, row_factory=dict_row) as cursor:
                    await cursor.execute(sql.SQL("; ").join((tenancy.statement(None), sql.SQL(statement))), parameters)
                    cursor.nextset()
                    return await cursor.fetchall() if cursor.description else []
            except psycopg.Error:
                if raw.closed:
                    self._lost_at = time.monotonic()
                    await connection.invalidate()
                raise

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    def _look(self, connection: Any, record: Any, _proxy: object) -> None:
        """See whether a connection that has rested is still good; where it is not, no other is taken on trust."""
        now = time.monotonic()
        since = record.info.get(_RESTING, now)
        if now - since < RESTED and since >= self._lost_at:
            return
        try:
            self.engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise InvalidatePoolError from error


def _rest(_connection: object, record: Any) -> None:
    record.info[_RESTING] = time.monotonic()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))


async def _begin_as(session: AsyncSession, tenant_id: UUID | None) -> None:
    """Begin the transaction of a session and say for whom it works, in one message to the server."""
    await session.connection(execution_options={_BEGIN: f"BEGIN; {tenancy.statement(tenant_id).as_string(None)}"})
    tenancy.entered(session, tenant_id)
