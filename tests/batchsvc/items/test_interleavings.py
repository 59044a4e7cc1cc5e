"""Two sessions on one item, step by step: what must hold in each order, without any luck.

Each of these goes red when the line is taken out that it is about (tests/mutations lists them).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from batchsvc import service
from batchsvc.database import Database
from batchsvc.items.claims import Claimed, bury, claim, renew
from batchsvc.items.outcomes import Outcome, settle
from batchsvc.tenancy import as_worker
from tests.batchsvc.bench import Bench

EXPIRED = "UPDATE batch_items SET lease_until = now() - interval '1 second' WHERE state = 'running'"

HOLD = text("SELECT FROM batch_items WHERE id = :id FOR UPDATE")


async def take(database: Database, batch: UUID, most: int = 10, *, max_attempts: int = 3) -> list[Claimed]:
    """What another worker gets in a transaction of its own."""
    async with database.worker() as session:
        return await take_in(session, batch, most, max_attempts=max_attempts)


async def take_in(session: AsyncSession, batch: UUID, most: int = 10, *, max_attempts: int = 3) -> list[Claimed]:
    found = await claim(session, batch, most, worker="w", lease_seconds=60, max_attempts=max_attempts)
    return list(found.items) if found else []


async def write(database: Database, batch: UUID, *outcomes: Outcome) -> dict[int, str]:
    async with database.worker() as session:
        return await settle(session, batch, outcomes)


def completed(item: Claimed, title: str = "found") -> Outcome:
    return Outcome(
        item.id, item.token, "completed", result=f'{{"title": "{title}", "email_addresses": [], "phone_numbers": []}}'
    )


@asynccontextmanager
async def open_transaction(database: Database) -> AsyncIterator[AsyncSession]:
    """A transaction that the test keeps open; it is committed at the end."""
    async with database.sessions() as session, session.begin():
        await as_worker(session)
        yield session


def test_a_worker_that_lost_its_lease_writes_nothing(bench: Bench) -> None:
    """The fence: the first worker sleeps, the second takes over and finishes, the first wakes."""

    async def test(database: Database) -> None:
        batch = await bench.create(database, ["one.com"])
        [slow] = await take(database, batch)
        bench.do(EXPIRED)
        [quick] = await take(database, batch)
        assert (quick.id, quick.attempt) == (slow.id, 2)
        assert await write(database, batch, completed(slow, "too late")) == {}
        assert bench.items(batch)["one.com"]["state"] == "running"
        assert await write(database, batch, completed(quick, "in time")) == {quick.id: "completed"}
        assert await write(database, batch, completed(slow, "too late")) == {}
        assert bench.items(batch)["one.com"]["result"]["title"] == "in time"
        [row] = bench.rows("SELECT title FROM domains WHERE domain = 'one.com'")
        assert row["title"] == "in time"

    bench.run(test)
    bench.check_account()


def test_an_outcome_written_again_moves_nothing(bench: Bench) -> None:
    """A commit whose answer was lost is tried again: the outcome is conditional, and the counters follow the rows."""

    async def test(database: Database) -> None:
        batch = await bench.create(database, ["one.com", "two.com"])
        items = await take(database, batch)
        outcomes = [completed(item) for item in items]
        assert len(await write(database, batch, *outcomes)) == 2
        assert await write(database, batch, *outcomes) == {}
        status = await bench.status(database, batch)
        assert (status["status"], status["counts"]["completed"], status["counts"]["running"]) == ("completed", 2, 0)

    bench.run(test)
    bench.check_account()


def test_only_what_is_held_of_a_group_is_written_and_counted(bench: Bench) -> None:
    async def test(database: Database) -> None:
        batch = await bench.create(database, ["one.com", "two.com", "three.com"])
        lost, kept = await take(database, batch, 2)
        bench.do(EXPIRED + " AND id = %s", lost.id)
        [again, _new] = await take(database, batch)
        assert again.id == lost.id
        assert await write(database, batch, completed(lost), completed(kept)) == {kept.id: "completed"}

    bench.run(test)
    bench.check_account()


def test_what_was_cancelled_meanwhile_stays_cancelled(bench: Bench) -> None:
    async def test(database: Database) -> None:
        batch = await bench.create(database, ["one.com", "two.com"])
        [item] = await take(database, batch, 1)
        async with bench.transaction(database) as session:
            found = await service.cancel_batch(session, batch, bench.tenant)
        assert (found["status"], found["changed"]) == ("cancelled", 2)
        assert await write(database, batch, completed(item)) == {}
        assert {row["state"] for row in bench.items(batch).values()} == {"cancelled"}
        assert await take(database, batch) == []
        async with database.worker() as session:
            assert await renew(session, [item], 60) == {(batch, item.id)}

    bench.run(test)
    bench.check_account()


def test_a_claim_passes_over_items_that_are_being_settled(bench: Bench) -> None:
    """SKIP LOCKED: whoever settles holds items and then waits for the batch, which the claim holds by then."""

    async def test(database: Database) -> None:
        batch = await bench.create(database, ["one.com", "two.com", "three.com"], max_concurrent=10)
        first, second = await take(database, batch, 2)
        bench.do(EXPIRED)  # both are to be had again
        async with open_transaction(database) as holder:
            await holder.execute(HOLD, {"id": first.id})
            taken = await asyncio.wait_for(take(database, batch), 5)
        assert sorted(item.domain for item in taken) == sorted([second.domain, "three.com"])
        assert await write(database, batch, completed(first)) == {first.id: "completed"}

    bench.run(test)
    bench.check_account()


def test_workers_at_once_never_take_the_same_or_too_many(bench: Bench) -> None:
    """max_concurrent holds for all workers together."""

    async def test(database: Database) -> None:
        batch = await bench.create(database, [f"d{n}.com" for n in range(40)], max_concurrent=7)
        taken = await asyncio.gather(*[take(database, batch, 5) for _ in range(8)])
        ids = [item.id for items in taken for item in items]
        assert len(ids) == len(set(ids)) == 7
        status = await bench.status(database, batch)
        assert (status["counts"]["running"], status["counts"]["queued"]) == (7, 33)
        # What is taken over takes no further place.
        bench.do(EXPIRED)
        again = await take(database, batch, 20)
        assert {item.id for item in again} == set(ids)

    bench.run(test)
    bench.check_account()


def test_a_domain_whose_workers_disappear_is_given_up(bench: Bench) -> None:
    """The attempt cap holds for domains that kill their worker, too."""

    async def test(database: Database) -> None:
        batch = await bench.create(database, ["killer.com"])
        for attempt in (1, 2):
            [item] = await take(database, batch, max_attempts=2)
            assert item.attempt == attempt
            bench.do(EXPIRED)
        assert await take(database, batch, max_attempts=2) == []
        async with database.worker() as session:
            assert await bury(session, batch, 2) == 1
        status = await bench.status(database, batch)
        assert (status["status"], status["done"]) == ("failed", True)
        row = bench.items(batch)["killer.com"]
        assert (row["error_code"], row["attempt"]) == ("worker_lost", 2)
        assert await write(database, batch, completed(item)) == {}

    bench.run(test)
    bench.check_account()


def test_a_lease_that_is_renewed_is_not_taken_over(bench: Bench) -> None:
    async def test(database: Database) -> None:
        batch = await bench.create(database, ["one.com"])
        [item] = await take(database, batch)
        bench.do("UPDATE batch_items SET lease_until = now() + interval '1 second'")
        async with database.worker() as session:
            assert await renew(session, [item], 60) == set()
        [row] = bench.rows("SELECT extract(epoch FROM lease_until - now()) AS seconds FROM batch_items")
        assert 50 < row["seconds"] <= 60
        bench.do(EXPIRED)
        [other] = await take(database, batch)
        async with database.worker() as session:
            assert await renew(session, [item, other], 60) == set()  # the same item: one of the two tokens holds
            assert await renew(session, [item], 60) == {(batch, item.id)}

    bench.run(test)


def test_what_is_given_back_costs_no_attempt(bench: Bench) -> None:
    async def test(database: Database) -> None:
        batch = await bench.create(database, ["one.com"])
        [item] = await take(database, batch)
        await write(database, batch, Outcome(item.id, item.token, "queued", refund=True))
        [again] = await take(database, batch)
        assert again.attempt == 1

    bench.run(test)
    bench.check_account()


def test_cancel_and_settle_wait_for_each_other_without_a_deadlock(bench: Bench) -> None:
    async def cancel(database: Database, batch: UUID) -> None:
        async with bench.transaction(database) as session:
            await service.cancel_batch(session, batch, bench.tenant)

    async def test(database: Database) -> None:
        for _ in range(15):
            batch = await bench.create(database, [f"d{n}.com" for n in range(30)], max_concurrent=30)
            items = await take(database, batch, 15)
            await asyncio.gather(
                write(database, batch, *[completed(item) for item in items[:8]]),
                write(database, batch, *[completed(item) for item in reversed(items[8:])]),
                cancel(database, batch),
                take(database, batch, 15),
            )

    bench.run(test)
    bench.check_account()


@pytest.mark.parametrize("code", [None, "dns_nxdomain"])
def test_a_retry_begins_the_next_generation(bench: Bench, code: str | None) -> None:
    async def test(database: Database) -> None:
        batch = await bench.create(database, ["a.com", "b.com", "c.com", "nonsense"], skip_invalid=True)
        items = {item.domain: item for item in await take(database, batch)}

        def lost(name: str, reason: str) -> Outcome:
            return Outcome(items[name].id, items[name].token, "failed", reason, "why")

        await write(
            database, batch, completed(items["a.com"]), lost("b.com", "dns_nxdomain"), lost("c.com", "http_5xx")
        )
        async with bench.transaction(database) as session:
            found = await service.retry_batch(session, batch, bench.tenant, code)
        rows = bench.items(batch)
        queued = {"b.com"} if code else {"b.com", "c.com"}
        assert found == {"batch_id": str(batch), "status": "pending", "changed": len(queued)}
        assert {name for name, row in rows.items() if row["state"] == "queued"} == queued
        assert all((rows[name]["generation"], rows[name]["attempt"]) == (2, 0) for name in queued)
        assert rows["nonsense"]["error_code"] == "invalid_domain"
        assert (await bench.status(database, batch))["generation"] == 2
        again = await take(database, batch)
        assert {(item.domain, item.generation, item.attempt) for item in again} == {(name, 2, 1) for name in queued}

    bench.run(test)
    bench.check_account()
