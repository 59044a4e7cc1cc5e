"""The service's way to its database: asynchronous sessions from one URL, the same with and without a pooler."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from batchsvc.tenancy import as_worker
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


class Database:
    """Sessions on one database.

    Without prepared statements, which get lost behind a transaction pooler, and with a look at each connection before
    it is used, because the server may have been restarted since.

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
        text = conninfo(url)

        async def connect() -> psycopg.AsyncConnection[Any]:
            try:
                return await psycopg.AsyncConnection.connect(text, prepare_threshold=None)
            except psycopg.OperationalError as error:
                raise connection_failed(url, error) from None

        self.engine: AsyncEngine = create_async_engine(
            "postgresql+psycopg://",
            async_creator=connect,
            pool_pre_ping=True,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=15,
        )
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[AsyncSession]:
        """A short transaction of the service's own, which sees all tenants; committed at the end.

        Raises:
            ConnectionFailed, sqlalchemy.exc.DBAPIError: nothing of it was done, unless the commit's answer was lost.
        """
        async with self.sessions() as session, session.begin():
            await as_worker(session)
            yield session

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()
