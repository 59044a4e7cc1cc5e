"""Whom a transaction works for is what was said last, through savepoints, transactions and connections used again."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from batchsvc.database import Database
from batchsvc.tenancy import as_tenant, as_worker
from tests.batchsvc.bench import Bench

ANN, BOB = uuid4(), uuid4()
SETTINGS = text("SELECT current_setting('batchsvc.tenant_id', true), current_setting('batchsvc.worker', true)")


async def seen(session: AsyncSession) -> tuple[str, str]:
    row = (await session.execute(SETTINGS)).one()
    return row[0], row[1]


def test_what_was_said_last_holds(bench: Bench) -> None:
    async def test(database: Database) -> None:
        async with database.transaction(ANN) as session:
            assert await seen(session) == (str(ANN), "")
            await as_tenant(session, ANN)
            await as_worker(session)
            assert await seen(session) == ("", "on")
            await as_tenant(session, ANN)
            assert await seen(session) == (str(ANN), "")
            # Back to a savepoint: what was said after it is taken back, and said again.
            savepoint = await session.begin_nested()
            await as_tenant(session, BOB)
            await savepoint.rollback()
            await as_tenant(session, BOB)
            assert await seen(session) == (str(BOB), "")
            savepoint = await session.begin_nested()
            await as_tenant(session, ANN)
            await savepoint.commit()
            await as_tenant(session, BOB)
            assert await seen(session) == (str(BOB), "")
        # A session of the caller's own, with one transaction after the other on the same connection.
        async with database.sessions() as session:
            for tenant in (ANN, ANN, BOB, ANN):
                async with session.begin():
                    assert (await seen(session))[0] in ("", None)
                    await as_tenant(session, tenant)
                    assert await seen(session) == (str(tenant), "")
            async with session.begin():
                await as_worker(session)
                assert await seen(session) == ("", "on")
        async with database.worker() as session:
            assert await seen(session) == ("", "on")

    bench.run(test)


def test_a_transaction_is_one(bench: Bench) -> None:
    """The connections begin nothing by themselves: every way in has to, or half of its work would stay."""

    async def test(database: Database) -> None:
        for way_in in (lambda: database.transaction(ANN), database.worker, lambda: bench.transaction(database)):
            with pytest.raises(ZeroDivisionError):
                async with way_in() as session:
                    await as_tenant(session, ANN)
                    await session.execute(
                        text("INSERT INTO batch_jobs (batch_id, tenant_id, processor_type) VALUES (:id, :ann, 'x')"),
                        {"id": uuid4(), "ann": ANN},
                    )
                    raise ZeroDivisionError
            with pytest.raises(psycopg.errors.DivisionByZero):
                await database.ask(
                    "WITH made AS (INSERT INTO batch_jobs (batch_id, tenant_id, processor_type)"
                    " VALUES (gen_random_uuid(), %(ann)s, 'x') RETURNING 1)"
                    " SELECT 1 / (count(*) - 1) FROM made",
                    ann=ANN,
                )
        assert await database.ask("SELECT count(*) AS number FROM batch_jobs") == [{"number": 0}]
        assert await database.ask("DELETE FROM batch_jobs") == []
        # What ask() is for ends with it.
        async with bench.transaction(database) as session:
            assert (await seen(session))[1] in ("", None)

    bench.run(test)


@pytest.mark.parametrize("trusted", [0.0, 60.0])
def test_connections_that_have_been_cut_are_not_used(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, trusted: float
) -> None:
    """None that has rested; of those used a moment ago one at most, and after it none is taken on trust."""
    monkeypatch.setattr("batchsvc.database.RESTED", trusted)

    async def test(database: Database) -> None:
        async with database.worker() as one, database.worker() as two:
            assert await seen(one) == await seen(two) == ("", "on")
        bench.do(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        lost = 0
        for _ in range(3):
            try:
                assert await database.ask("SELECT 1 AS one") == [{"one": 1}]
            except psycopg.OperationalError:
                lost += 1
        assert lost == (1 if trusted else 0)

    bench.run(test)
