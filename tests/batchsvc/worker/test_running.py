"""A worker takes batches to their ends, whatever becomes of jobs, server and leases meanwhile."""

from __future__ import annotations

import asyncio
import time
from uuid import UUID

from batchsvc import batch_processor_service, service
from batchsvc.database import Database
from batchsvc.scanner.protocol import ScanContext, ScanResult
from tests.batchsvc.bench import Bench
from tests.batchsvc.pretending import Pretender
from tests.support.servers import Server

DOMAINS = ["ok-1.com", "ok-2.com", "slow100-1.com", "dead-1.com", "down-1.com", "flaky1-1.com", "odd-1.com"]


def test_every_domain_comes_to_its_outcome(bench: Bench) -> None:
    bench.do("ALTER TABLE batch_items ADD CHECK (result ->> 'title' <> 'Title of refused-1.com')")

    async def test(database: Database) -> None:
        batch = await bench.create(database, [*DOMAINS, "refused-1.com"])
        async with bench.worker(database) as worker:
            [status] = await bench.done(database, batch)
            assert worker.ready
        assert status["status"] == "completed_with_errors"
        assert status["counts"] == {"queued": 0, "running": 0, "completed": 4, "failed": 4, "cancelled": 0}
        assert (status["progress"], status["done"]) == (1, True)
        assert status["processing_time"] > 0
        found = bench.items(batch)
        assert {name: (row["error_code"], row["attempt"]) for name, row in found.items()} == {
            "ok-1.com": (None, 1),
            "ok-2.com": (None, 1),
            "slow100-1.com": (None, 1),
            "dead-1.com": ("dns_nxdomain", 1),
            "down-1.com": ("connect_timeout", 3),
            "flaky1-1.com": (None, 2),
            "odd-1.com": ("internal", 3),
            "refused-1.com": ("internal", 1),  # what the database refuses harms no other outcome of the group
        }
        assert found["ok-1.com"]["result"]["title"] == "Title of ok-1.com"
        [row] = bench.rows("SELECT * FROM domains WHERE domain = 'flaky1-1.com'")
        assert (row["tenant_id"], row["batch_id"], row["title"]) == (bench.tenant, batch, "Title of flaky1-1.com")
        assert row["email_addresses"] == ["info@flaky1-1.com"]

    bench.run(test)
    bench.check_account()


def test_a_scan_of_one_domain_keeps_what_it_found_in_its_job(bench: Bench) -> None:
    async def test(database: Database) -> None:
        async with bench.transaction(database) as session:
            made = await service.create_scan(session, "https://ok-1.com/page", bench.tenant, settings=bench.settings)
            job = await service.get_job(session, made["job_id"], bench.tenant)
            assert (job["status"], job["progress"]) == ("pending", 0)
        async with bench.worker(database):
            await bench.done(database, UUID(made["batch_id"]))
        async with bench.transaction(database) as session:
            job = await service.get_job(session, made["job_id"], bench.tenant)
        [domain] = bench.rows("SELECT id FROM domains")
        assert (job["status"], job["progress"], job["domain_id"]) == ("completed", 1, str(domain["id"]))
        assert job["result_data"]["title"] == "Title of ok-1.com"

    bench.run(test)


def test_what_no_job_speaks_of_is_found(bench: Bench) -> None:
    """The reaper: jobs are hints, and all of them are lost."""

    async def test(database: Database) -> None:
        batch = await bench.create(database, ["ok-1.com"])
        bench.do("DELETE FROM procrastinate_jobs")
        async with bench.worker(database):
            await bench.done(database, batch, seconds=8)

    bench.run(test)


def test_what_is_kept_for_a_while_is_cleared_away(bench: Bench) -> None:
    """Answers to repeated requests after two days, sessions of the page when they have ended, of every tenant."""
    bench.do(
        "INSERT INTO idempotency_keys (tenant_id, key, request_hash, created_at)"
        " SELECT gen_random_uuid(), 'key ' || hours, '', now() - make_interval(hours => hours)"
        "   FROM unnest(ARRAY[1, 47, 49, 500]) AS old (hours)"
    )
    bench.do(
        "WITH made AS (INSERT INTO api_keys (id, tenant_id, name, prefix, key_hash)"
        " VALUES (gen_random_uuid(), gen_random_uuid(), 'a', 'b', 'c') RETURNING id, tenant_id)"
        " INSERT INTO page_sessions (session_hash, key_id, tenant_id, ends_at)"
        " SELECT convert_to(seconds::text, 'UTF8'), id, tenant_id, now() + make_interval(secs => seconds)"
        "   FROM made, unnest(ARRAY[-9, -1, 3600]) AS until (seconds)"
    )

    async def test(database: Database) -> None:
        async with bench.worker(database):
            end = time.monotonic() + 10
            while len(bench.rows("SELECT FROM idempotency_keys")) + len(bench.rows("SELECT FROM page_sessions")) > 3:
                assert time.monotonic() < end
                await asyncio.sleep(0.1)

    bench.run(test)
    assert [row["key"] for row in bench.rows("SELECT key FROM idempotency_keys ORDER BY key")] == ["key 1", "key 47"]
    assert [row["session_hash"] for row in bench.rows("SELECT session_hash FROM page_sessions")] == [b"3600"]


def test_domains_of_a_worker_that_disappeared_are_taken_over(bench: Bench) -> None:
    async def test(database: Database) -> None:
        batch = await bench.create(database, ["ok-1.com", "ok-2.com"])
        bench.do("DELETE FROM procrastinate_jobs")
        bench.do(
            "UPDATE batch_items SET state = 'running', attempt = CASE domain WHEN 'ok-1.com' THEN 1 ELSE 3 END,"
            " lease_token = gen_random_uuid(), lease_until = now() + interval '0.5 seconds'"
        )
        bench.do("UPDATE batch_jobs SET status = 'processing', running_domains = 2, queued_domains = 0")
        async with bench.worker(database):
            [status] = await bench.done(database, batch, seconds=10)
        assert status["counts"]["completed"] == 1
        assert bench.items(batch)["ok-2.com"]["error_code"] == "worker_lost"

    bench.run(test)
    bench.check_account()


def test_it_goes_on_after_the_server_was_away(server: Server, bench: Bench) -> None:
    """The supervisor: the engine's loop ends when its database goes away, and is started again."""

    async def test(database: Database) -> None:
        scanner = Pretender()
        async with bench.worker(database, scanner):
            first = await bench.create(database, ["ok-1.com"])
            await bench.done(database, first)
            server.crash()
            await asyncio.sleep(3)
            server.start()  # in this thread: the server ends with the thread that started it
            begun = time.monotonic()
            second = await bench.create(database, ["ok-2.com"])
            bench.do("DELETE FROM procrastinate_jobs WHERE args ->> 'batch_id' <> %s", str(second))
            await bench.done(database, second, seconds=10)
            assert time.monotonic() - begun < 5
            assert scanner.scans == 2

    bench.run(test)


def test_leases_are_kept_while_a_scan_lasts(bench: Bench) -> None:
    async def test(database: Database) -> None:
        scanner = Pretender()
        batch = await bench.create(database, ["slow2500-1.com"])
        async with bench.worker(database, scanner, lease_seconds=0.8):
            await bench.done(database, batch)
        assert scanner.scans == 1
        assert bench.items(batch)["slow2500-1.com"]["attempt"] == 1

    bench.run(test)


def test_a_cancelled_scan_is_let_go_of(bench: Bench) -> None:
    async def test(database: Database) -> None:
        scanner = Pretender()
        batch = await bench.create(database, ["slow60000-1.com", "slow60000-2.com"], max_concurrent=1)
        async with bench.worker(database, scanner, lease_seconds=0.6) as worker:
            while not scanner.now:
                await asyncio.sleep(0.02)
            async with bench.transaction(database) as session:
                found = await service.cancel_batch(session, batch, bench.tenant)
            assert (found["status"], found["changed"]) == ("cancelled", 2)
            while scanner.now or not worker.runner.idle:
                await asyncio.sleep(0.02)

    bench.run(test, seconds=15)
    bench.check_account()


def test_max_concurrent_and_max_pages_mean_what_they_say(bench: Bench) -> None:
    class Asked(Pretender):
        pages: set[int]

        async def scan(self, domain: str, context: ScanContext) -> ScanResult:
            self.pages = {*getattr(self, "pages", set()), context.max_pages}
            return await super().scan(domain, context)

    async def test(database: Database) -> None:
        scanner = Asked()
        batch = await bench.create(database, [f"slow30-{n}.com" for n in range(40)], max_concurrent=3, max_pages=7)
        async with bench.worker(database, scanner), bench.worker(database, scanner):
            await bench.done(database, batch)
        assert (scanner.most, scanner.scans, scanner.pages) == (3, 40, {7})

    bench.run(test)


def test_a_site_that_asks_for_time_gets_it(bench: Bench) -> None:
    async def test(database: Database) -> None:
        batch = await bench.create(database, ["later2-1.com"])
        async with bench.worker(database):
            await bench.done(database, batch)
        [row] = bench.rows(
            "SELECT extract(epoch FROM finished_at - b.start_time AT TIME ZONE 'UTC') AS seconds, attempt"
            " FROM batch_items JOIN batch_jobs AS b USING (batch_id)"
        )
        assert (row["attempt"], row["seconds"] > 2) == (2, True)

    bench.run(test)


def test_a_small_batch_does_not_wait_for_a_large_one(bench: Bench) -> None:
    async def test(database: Database) -> None:
        large = await bench.create(database, [f"slow900-{n}.com" for n in range(500)], max_concurrent=500)
        async with bench.worker(database, concurrency=8):
            while not (await bench.status(database, large))["counts"]["running"]:
                await asyncio.sleep(0.05)
            begun = time.monotonic()
            small = await bench.create(database, ["ok-1.com"])
            await bench.done(database, small)
            assert time.monotonic() - begun < 2
            assert not (await bench.status(database, large))["done"]

    bench.run(test)


def test_a_batch_is_taken_to_its_end_without_any_worker(bench: Bench) -> None:
    async def test(database: Database) -> None:
        scanner = Pretender()
        found = await batch_processor_service.process_batch_with_own_session(
            UUID(int=7 << 64),
            ["ok-1.com", "flaky1-1.com", "dead-1.com"],
            bench.tenant,
            database=database,
            scanner=scanner,
            settings=bench.settings,
        )
        assert (found["done"], found["counts"]["completed"], found["counts"]["failed"]) == (True, 2, 1)
        assert scanner.scans == 4

    bench.run(test)
    bench.check_account()
