"""Batches as callers see them: what is taken, what is refused, what is answered."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from batchsvc import service
from batchsvc.database import Database
from batchsvc.errors import (
    BadRequest,
    BatchExists,
    InvalidDomains,
    LegacyBatch,
    NoDomains,
    QueueFull,
    ServiceError,
    TooManyDomains,
    UnknownBatch,
    UnknownJob,
)
from batchsvc.settings import HostRule
from tests.batchsvc.bench import Bench


def create(bench: Bench, domains: list[str], batch_id: UUID | str | None = None, **options: Any) -> dict[str, Any]:
    async def make(database: Database) -> dict[str, Any]:
        async with bench.transaction(database) as session:
            return await service.create_batch(
                session, batch_id, domains, bench.tenant, None, options, settings=bench.settings
            )

    return bench.run(make)


def test_a_batch_is_made_with_its_items_and_jobs(bench: Bench) -> None:
    made = create(
        bench,
        ["Example.com", "https://example.com/page", "https://www.bücher.de/", "example.org."],
        f"batch_{uuid4().hex}",
        max_pages=3,
        max_concurrent=2,
        metadata={"from": "a test\x00"},
    )
    assert (made["job_count"], made["duplicates"], made["invalid"]) == (3, 1, 0)
    batch = UUID(made["batch_id"])
    assert {name: row["given"] for name, row in bench.items(batch).items()} == {
        "example.com": "Example.com",
        "www.xn--bcher-kva.de": "https://www.bücher.de/",
        "example.org": "example.org.",
    }
    jobs = bench.rows("SELECT task_name, args FROM procrastinate_jobs")
    assert [job["args"]["batch_id"] for job in jobs] == [str(batch)]
    status = bench.run(lambda database: bench.status(database, batch))
    json.dumps(status)
    assert (status["status"], status["done"], status["progress"], status["max_pages"]) == ("pending", False, 0, 3)
    assert status["metadata"] == {"domain_count": 3, "from": "a test"}
    assert [entry["domain"] for entry in status["domain_statuses"]] == [
        "example.com",
        "www.xn--bcher-kva.de",
        "example.org",
    ]
    bench.check_account()


def test_nothing_is_made_unless_the_caller_commits(bench: Bench) -> None:
    async def test(database: Database) -> None:
        async with database.sessions() as session:
            async with session.begin() as transaction:
                await service.create_batch(session, None, ["example.com"], bench.tenant, settings=bench.settings)
                await transaction.rollback()
            assert not session.in_transaction()

    bench.run(test)
    for table in ("batch_jobs", "batch_items", "procrastinate_jobs"):
        assert bench.rows(f"SELECT * FROM {table}") == []


def test_entries_that_are_no_domains_are_refused_or_taken_as_failed(bench: Bench) -> None:
    entries = ["example.com", "10.0.0.1", "ftp://example.com", "10.0.0.1", "nowhere", "bad name.com"]
    with pytest.raises(InvalidDomains) as caught:
        create(bench, entries)
    assert [(entry.position, entry.given) for entry in caught.value.invalid] == list(enumerate(entries))[1:]
    assert bench.rows("SELECT * FROM batch_jobs") == []
    made = create(bench, entries, skip_invalid=True)
    assert (made["job_count"], made["invalid"], made["duplicates"]) == (5, 4, 1)
    rows = bench.items(UUID(made["batch_id"]))
    assert rows["example.com"]["state"] == "queued"
    assert {(row["state"], row["error_code"]) for name, row in rows.items() if name != "example.com"} == {
        ("failed", "invalid_domain")
    }
    bench.check_account()
    only = create(bench, ["nowhere"], skip_invalid=True)
    status = bench.run(lambda database: bench.status(database, UUID(only["batch_id"])))
    assert (status["status"], status["done"], status["progress"]) == ("failed", True, 1)


@pytest.mark.parametrize(
    ("domains", "options", "error"),
    [
        ([], {}, NoDomains),
        (["a.com"] * 6, {}, TooManyDomains),
        ("a.com", {}, BadRequest),
        (["a.com"], {"max_pages": 0}, BadRequest),
        (["a.com"], {"max_concurrent": True}, BadRequest),
        (["a.com"], {"max_concurent": 3}, BadRequest),
        (["a.com", "b.com", "c.com", "d.com"], {}, QueueFull),
    ],
)
def test_what_cannot_be_is_refused(
    bench: Bench, domains: list[str], options: dict[str, Any], error: type[ServiceError]
) -> None:
    bench.settings = bench.settings.model_copy(update={"max_domains": 5, "max_open_domains": 3})
    with pytest.raises(error):
        create(bench, domains, **options)
    assert bench.rows("SELECT * FROM batch_jobs") == []


def test_an_id_is_taken_once(bench: Bench) -> None:
    batch = uuid4()
    create(bench, ["a.com"], batch)
    with pytest.raises(BatchExists):
        create(bench, ["b.com"], str(batch))
    bench.tenant = uuid4()
    with pytest.raises(BatchExists):
        create(bench, ["b.com"], f"batch_{batch.hex}")
    assert [row["domain"] for row in bench.rows("SELECT domain FROM batch_items")] == ["a.com"]


def test_mapped_hosts_need_no_public_suffix(bench: Bench) -> None:
    rule = HostRule("shop.test", "127.0.0.1", 8099)
    bench.settings = bench.settings.model_copy(update={"hosts": (rule,)})
    assert create(bench, ["shop.test"])["job_count"] == 1


def test_items_and_batches_are_read_page_by_page(bench: Bench) -> None:
    first = UUID(create(bench, [f"d{n}.com" for n in range(25)])["batch_id"])
    second = UUID(create(bench, ["a.com"])["batch_id"])
    bench.do(
        "UPDATE batch_items SET state = 'failed', error_code = 'http_4xx', finished_at = now()"
        " WHERE domain IN ('d3.com', 'd20.com')"
    )

    async def test(database: Database) -> None:
        async with bench.transaction(database) as session:
            seen: list[str] = []
            after = None
            while True:
                page, after = await service.list_items(session, first, bench.tenant, after=after, limit=10)
                seen += [row["domain"] for row in page]
                if after is None:
                    break
            assert seen == [f"d{n}.com" for n in range(25)]
            failed, _ = await service.list_items(session, first, bench.tenant, code="http_4xx")
            assert [row["domain"] for row in failed] == ["d3.com", "d20.com"]
            queued, more = await service.list_items(session, first, bench.tenant, state="queued", limit=23)
            assert (len(queued), more) == (23, None)
            assert await service.get_failures(session, first, bench.tenant) == {"http_4xx": 2}
            [newest], position = await service.list_batches(session, bench.tenant, limit=1)
            assert newest["batch_id"] == str(second)
            [oldest], position = await service.list_batches(session, bench.tenant, before=position, limit=1)
            assert (oldest["batch_id"], position) == (str(first), None)

    bench.run(test)


def test_another_tenants_batch_is_not_there(bench: Bench) -> None:
    batch = UUID(create(bench, ["a.com"])["batch_id"])
    stranger = uuid4()

    async def test(database: Database) -> None:
        for ask in (
            service.get_batch_status,
            service.list_items,
            service.get_failures,
            service.cancel_batch,
            service.retry_batch,
            service.process_domains_batch,
        ):
            async with bench.transaction(database) as session:
                with pytest.raises(UnknownBatch):
                    await ask(session, batch, stranger)
        async with bench.transaction(database) as session:
            made = await service.create_scan(session, "a.com", bench.tenant, settings=bench.settings)
            assert (await service.list_batches(session, stranger))[0] == []
            with pytest.raises(UnknownJob):
                await service.get_job(session, made["job_id"], stranger)

    bench.run(test)
    assert [row["state"] for row in bench.rows("SELECT state FROM batch_items")] == ["queued", "queued"]


def test_the_wall_is_in_the_database(bench: Bench) -> None:
    """SQL as the service's own role, which owns the tables: no rows without a tenant, and none can be made."""
    batch = UUID(create(bench, ["a.com"])["batch_id"])
    bench.do("INSERT INTO domains (id, tenant_id, domain) VALUES (%s, %s, 'a.com')", uuid4(), bench.tenant)
    bench.do("INSERT INTO contacts (id, domain_id) SELECT gen_random_uuid(), id FROM domains")
    import psycopg

    def count(table: str, tenant: UUID | None) -> int:
        with psycopg.connect(bench.url) as connection:
            connection.execute("SELECT set_config('batchsvc.tenant_id', %s, true)", [str(tenant or "")])
            [(number,)] = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchall()
            return int(number)

    for table in ("batch_jobs", "batch_items", "domains", "contacts"):
        assert (count(table, bench.tenant), count(table, uuid4()), count(table, None)) == (1, 0, 0), table
    with psycopg.connect(bench.url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT set_config('batchsvc.tenant_id', %s, true)", [str(uuid4())])
        connection.execute(
            "INSERT INTO batch_items (batch_id, tenant_id, domain, given) VALUES (%s, %s, 'b.com', 'b.com')",
            [batch, bench.tenant],
        )
    tables = bench.rows(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS walled FROM pg_class AS c"
        " JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id'"
        " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
    )
    assert {row["relname"] for row in tables} >= {"batch_jobs", "batch_items", "jobs", "domains", "api_keys"}
    assert all(row["walled"] for row in tables)


def test_a_batch_of_the_legacy_system_answers_and_is_left_alone(bench: Bench) -> None:
    batch = uuid4()
    bench.do(
        "INSERT INTO batch_jobs (batch_id, tenant_id, processor_type, status, total_domains, completed_domains,"
        " failed_domains, progress) VALUES (%s, %s, 'domain_batch', 'processing', 10, 4, 1, 50)",
        batch,
        bench.tenant,
    )

    async def test(database: Database) -> None:
        async with bench.transaction(database) as session:
            found = await service.get_batch_status(session, f"batch_{batch.hex}", bench.tenant)
            assert (found["batch_id"], found["status"], found["done"]) == (str(batch), "processing", True)
            assert (found["progress"], found["total_domains"], found["counts"]["completed"]) == (0.5, 10, 4)
            assert "submit its domains again" in found["error"]
            assert await service.list_items(session, batch, bench.tenant) == ([], None)
            for change in (service.cancel_batch, service.retry_batch):
                with pytest.raises(LegacyBatch):
                    await change(session, batch, bench.tenant)

    bench.run(test)
