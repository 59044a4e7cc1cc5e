"""What the batch service costs: ratios and figures measured in one run.

    python -m benchmarks.service [accounted] [create] [status] [fairness] [--server LABEL]

accounted   domains per second from queue to written outcome, with a scanner that does nothing, against ten loops
            that claim one, finish one, on the same server with the same accounting
create      seconds and memory for a batch of 100,000 domains
status      milliseconds for the status of a batch of a million domains, p99: the whole request over HTTP, its part
            with the database, and beside them, at the same moments, what a SELECT 1 and a request that asks no
            database cost here
fairness    seconds for a batch of one domain behind one of 100,000
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any
from uuid import UUID, uuid4

from sqlalchemy import text

from batchsvc import key_store, schema, service
from batchsvc.api.batches import PREFIX
from batchsvc.database import Database
from batchsvc.items.claims import claim
from batchsvc.items.outcomes import settle
from batchsvc.scanner.protocol import ScanContext, ScanResult
from batchsvc.settings import Settings
from batchsvc.worker import endings
from batchsvc.worker.running import Worker
from benchmarks.server import Server, server

TENANT = uuid4()
SETTINGS = Settings(max_domains=2_000_000, max_open_domains=10_000_000, concurrency=200, pooler="none")
ONE_BY_ONE = 2_000  # domains for the loops to compare with
LOOPS = 10  # of these at a time
MANY = 100_000


class Nothing:
    """A scanner that does nothing, after a while."""

    def __init__(self, seconds: float = 0) -> None:
        self.seconds = seconds

    async def scan(self, domain: str, context: ScanContext) -> ScanResult:
        """Find nothing."""
        if self.seconds:
            await asyncio.sleep(self.seconds)
        return ScanResult(domain)


def domains(number: int) -> list[str]:
    """So many different ones."""
    return [f"shop-{index}.example{index % 89}.com" for index in range(number)]


async def create(database: Database, number: int, max_concurrent: int = 1000) -> UUID:
    """A batch."""
    async with database.sessions() as session, session.begin():
        made = await service.create_batch(
            session, None, domains(number), TENANT, None, {"max_concurrent": max_concurrent}, settings=SETTINGS
        )
    return UUID(made["batch_id"])


async def until_done(database: Database, batch: UUID) -> dict[str, Any]:
    """Wait for the end of a batch."""
    while True:
        async with database.sessions() as session, session.begin():
            found = await service.get_batch_status(session, batch, TENANT)
        if found["done"]:
            return found
        await asyncio.sleep(0.02)


async def accounted(database: Database) -> None:
    """Domains per second with an outcome, a counter and a row in domains, against one at a time; medians of three."""
    rates: dict[str, list[float]] = {"loop": [], "service": []}
    for _ in range(3):
        batch = await create(database, ONE_BY_ONE)
        begun = time.perf_counter()
        await asyncio.gather(*[_one_by_one(database, batch) for _ in range(LOOPS)])
        rates["loop"].append(ONE_BY_ONE / (time.perf_counter() - begun))
        batch = await create(database, 10 * ONE_BY_ONE)
        worker = Worker(database, Nothing(), SETTINGS)
        begun = time.perf_counter()
        worker.start()
        found = await until_done(database, batch)
        rates["service"].append(10 * ONE_BY_ONE / (time.perf_counter() - begun))
        await worker.stop(0)
        assert found["counts"]["completed"] == 10 * ONE_BY_ONE
    loop, ours = (sorted(rates[name])[1] for name in ("loop", "service"))
    print(f"accounted: {ours:,.0f} domains/s, ten loops one by one {loop:,.0f}/s: ratio {ours / loop:.1f} (at least 4)")


async def _one_by_one(database: Database, batch: UUID) -> None:
    """Claim one, finish one: two transactions for each domain, with the same statements."""
    while True:
        async with database.worker() as session:
            found = await claim(session, batch, 1, worker="loop", lease_seconds=60, max_attempts=3)
        if found is None or not found.items:
            return
        [item] = found.items
        result = await Nothing().scan(item.domain, ScanContext())
        async with database.worker() as session:
            await settle(session, batch, [endings.completed(item, result)])


async def create_many(database: Database) -> None:
    """Seconds for a batch of 100,000 domains, and what the process then has in memory more than before."""
    names = domains(MANY)
    before = _memory()
    begun = time.perf_counter()
    async with database.sessions() as session, session.begin():
        await service.create_batch(session, None, names, TENANT, settings=SETTINGS)
    seconds = time.perf_counter() - begun
    print(
        f"create: {MANY:,} domains in {seconds:.2f} s (under 3), {_memory() - before:.0f} MB more, "
        f"{_memory():.0f} MB in all (under 200)"
    )


async def status(database: Database) -> None:
    """Milliseconds for the status of a batch of a million domains, of which half is done."""
    batch = await create(database, 1_000_000)
    async with database.worker() as session:
        await session.execute(
            text(
                "UPDATE batch_items SET state = CASE id % 3 WHEN 0 THEN 'failed' ELSE 'completed' END,"
                " error_code = CASE id % 3 WHEN 0 THEN 'http_4xx' END, finished_at = now()"
                " WHERE batch_id = :batch AND id % 2 = 0"
            ),
            {"batch": batch},
        )
    async with database.worker() as session:
        await session.execute(text("ANALYZE batch_items"))
    async with database.worker() as session:
        key, _ = await key_store.create(session, TENANT, "benchmark")
    with _serving(database.url) as base:
        await _measure(database, batch, base, key)


async def _measure(database: Database, batch: UUID, base: str, key: str) -> None:
    """Ask in turn, so that each meets the same moments of the machine."""
    page = http.client.HTTPConnection(base)

    async def over_http(path: str) -> None:
        page.request("GET", path, headers={"Authorization": f"Bearer {key}"})
        answer = page.getresponse()
        answer.read()
        assert answer.status == 200, path

    async def from_database(ask: Callable[..., Coroutine[Any, Any, Any]]) -> None:
        async with database.transaction(TENANT) as session:
            await ask(session, batch, TENANT)

    ways: dict[str, Callable[[], Coroutine[Any, Any, Any]]] = {
        "status over HTTP": lambda: over_http(f"{PREFIX}/batch/{batch}/status"),
        "its transaction": lambda: from_database(service.get_batch_status),
        "a page of 100 items": lambda: from_database(service.list_items),
        "(SELECT 1)": lambda: database.ask("SELECT 1"),
        "(HTTP without a database)": lambda: over_http("/healthz"),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(-20, 500):
        for name, ask in ways.items():
            begun = time.perf_counter()
            await ask()
            if number >= 0:
                times[name].append(1000 * (time.perf_counter() - begun))
    for name, found in times.items():
        found.sort()
        print(f"status: {name:<26} median {found[250]:5.1f} ms, p99 {found[494]:5.1f} ms", end="")
        print(" (under 10)" if name.startswith("status") else "")


@contextmanager
def _serving(url: str) -> Iterator[str]:
    """The service in a process of its own: where it listens."""
    command = [sys.executable, "-m", "batchsvc", "serve", "--no-worker", "--port", "0", "-d", url]
    with tempfile.TemporaryFile("w+") as log, subprocess.Popen(command, stderr=log) as process:
        try:
            while "Serving on http://" not in (said := _written(log)):
                if process.poll() is not None:
                    raise RuntimeError(said)
                time.sleep(0.1)
            yield said.partition("Serving on http://")[2].partition("/")[0]
        finally:
            process.terminate()


def _written(log: IO[str]) -> str:
    log.seek(0)
    return log.read()


async def fairness(database: Database) -> None:
    """Seconds for a batch of one domain that comes behind one of 100,000 slow ones."""
    large = await create(database, MANY, max_concurrent=1000)
    worker = Worker(database, Nothing(1.0), SETTINGS.model_copy(update={"concurrency": 50}))
    worker.start()
    times = []
    try:
        await asyncio.sleep(3)
        for _ in range(10):
            begun = time.perf_counter()
            await until_done(database, await create(database, 1))
            times.append(time.perf_counter() - begun)
        async with database.sessions() as session, session.begin():
            counts = (await service.get_batch_status(session, large, TENANT))["counts"]
            await service.cancel_batch(session, large, TENANT)
    finally:
        await worker.stop(0)
    print(
        f"fairness: one domain behind {MANY:,}: {max(times):.1f} s at most, of which its scan takes 1.0 (under 5); "
        f"the large batch has {counts['running']} under way"
    )


def _memory() -> float:
    """The most that this process has had in memory, in MB of 10^6 bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


PARTS: dict[str, Callable[[Database], Coroutine[Any, Any, None]]] = {
    "accounted": accounted,
    "create": create_many,
    "status": status,
    "fairness": fairness,
}


def run(running: Server, name: str) -> None:
    """One part on a database of its own."""
    database_name = f"service_{name}"
    running.create(database_name)
    schema.upgrade(running.url(database_name))

    async def inner() -> None:
        database = Database(running.url(database_name), connections=16)
        try:
            await PARTS[name](database)
        finally:
            await database.close()

    asyncio.run(inner())
    running.drop(database_name)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service", description="What the batch service costs.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--server", default="18", metavar="LABEL", help="18, 16 or system (default: 18)")
    options = parser.parse_args(arguments)
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    parts = options.parts or list(PARTS)
    if len(parts) == 1:
        with server(options.server) as running:
            print(f"PostgreSQL {running.version}", flush=True)
            run(running, parts[0])
        return
    for part in parts:  # each in a process of its own, so that its memory is its own
        subprocess.run([sys.executable, "-m", "benchmarks.service", part, "--server", options.server], check=True)


if __name__ == "__main__":
    main()
