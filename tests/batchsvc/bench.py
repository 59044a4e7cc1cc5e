"""What tests of the service work with: a database, a tenant, and short ways to make, work on and look at batches."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from sqlalchemy.ext.asyncio import AsyncSession

from batchsvc import service
from batchsvc.database import Database
from batchsvc.settings import Settings
from batchsvc.worker.running import Worker
from tests.batchsvc.pretending import Pretender

T = TypeVar("T")


class Bench:
    """A database at the head revision, and a tenant.

    Args:
        url: as the service's plain role.
        tenant: whose batches are made.
    """

    def __init__(self, url: str, tenant: UUID) -> None:
        self.url = url
        self.tenant = tenant
        self.settings = Settings(max_domains=200_000, lease_seconds=3, retry_seconds=0.3)

    def run(self, test: Callable[[Database], Coroutine[Any, Any, T]], seconds: float = 60) -> T:
        """Run a coroutine with a database, which is closed at the end."""

        async def inner() -> T:
            database = Database(self.url)
            try:
                async with asyncio.timeout(seconds):
                    return await test(database)
            finally:
                await database.close()

        return asyncio.run(inner())

    @asynccontextmanager
    async def transaction(self, database: Database) -> AsyncIterator[AsyncSession]:
        """A caller's transaction, as a router has it."""
        async with database.sessions() as session, session.begin():
            yield session

    async def create(self, database: Database, domains: Sequence[str], **options: Any) -> UUID:
        """A batch."""
        async with self.transaction(database) as session:
            made = await service.create_batch(
                session, None, domains, self.tenant, None, options, settings=self.settings
            )
        return UUID(made["batch_id"])

    async def status(self, database: Database, batch: UUID) -> dict[str, Any]:
        """What the service says of a batch."""
        async with self.transaction(database) as session:
            return await service.get_batch_status(session, batch, self.tenant)

    async def done(self, database: Database, *batches: UUID, seconds: float = 30) -> list[dict[str, Any]]:
        """Wait for the ends of batches; their statuses."""
        end = time.monotonic() + seconds
        found: list[dict[str, Any]] = []
        for batch in batches:
            while not (status := await self.status(database, batch))["done"]:
                assert time.monotonic() < end, status["counts"]
                await asyncio.sleep(0.05)
            found.append(status)
        return found

    @asynccontextmanager
    async def worker(self, database: Database, scanner: Any = None, **settings: Any) -> AsyncIterator[Worker]:
        """A worker in this process."""
        worker = Worker(database, scanner or Pretender(), self.settings.model_copy(update=settings))
        worker.start()
        try:
            yield worker
        finally:
            await worker.stop(1)

    def rows(self, query: str, *parameters: Any) -> list[dict[str, Any]]:
        """Rows as the service itself sees them: those of all tenants."""
        with psycopg.connect(self.url, row_factory=dict_row, prepare_threshold=None) as connection:
            connection.execute("SELECT set_config('batchsvc.worker', 'on', true)")
            return connection.execute(query.encode(), parameters).fetchall()

    def do(self, statement: str, *parameters: Any) -> None:
        """Run a statement behind the service's back."""
        with psycopg.connect(self.url, prepare_threshold=None) as connection:
            connection.execute("SELECT set_config('batchsvc.worker', 'on', true)")
            connection.execute(statement.encode(), parameters)

    def items(self, batch: UUID) -> dict[str, dict[str, Any]]:
        """The items of a batch by domain."""
        return {row["domain"]: row for row in self.rows("SELECT * FROM batch_items WHERE batch_id = %s", batch)}

    def check_account(self) -> None:
        """Every batch's counters are what its rows are."""
        wrong = self.rows(
            """
            SELECT b.batch_id, b.status, b.total_domains, b.queued_domains, b.running_domains, b.completed_domains,
                   b.failed_domains, b.cancelled_domains, found.*
              FROM batch_jobs AS b
             CROSS JOIN LATERAL (
                       SELECT count(*) AS total,
                              count(*) FILTER (WHERE state = 'queued') AS queued,
                              count(*) FILTER (WHERE state = 'running') AS running,
                              count(*) FILTER (WHERE state = 'completed') AS completed,
                              count(*) FILTER (WHERE state = 'failed') AS failed,
                              count(*) FILTER (WHERE state = 'cancelled') AS cancelled
                         FROM batch_items AS i
                        WHERE i.batch_id = b.batch_id
                   ) AS found
             WHERE b.generation > 0
               AND (b.total_domains, b.queued_domains, b.running_domains, b.completed_domains, b.failed_domains,
                    b.cancelled_domains)
                   IS DISTINCT FROM (found.total, found.queued, found.running, found.completed, found.failed,
                                     found.cancelled)
            """
        )
        assert wrong == []
