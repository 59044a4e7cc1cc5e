"""One storm: a seed's domains, a seed's faults, and the account afterwards."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg

from batchsvc import service
from batchsvc.database import Database
from tests.batchsvc.bench import Bench
from tests.batchsvc.chaos.pooler import Pooler
from tests.batchsvc.chaos.processes import WorkerProcess
from tests.support.servers import Server

LEASE = 2.0  # seconds
PROCESSES = 2

# Every time an item comes to an outcome is written down by the database itself, in the same transaction.
AUDIT = """
CREATE TABLE audit (batch_id uuid, item_id bigint, generation integer, state text);
CREATE FUNCTION note_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit VALUES (NEW.batch_id, NEW.id, NEW.generation, NEW.state);
    RETURN NULL;
END
$$;
CREATE TRIGGER note_outcome AFTER UPDATE ON batch_items FOR EACH ROW
    WHEN (NEW.state IN ('completed', 'failed', 'cancelled')) EXECUTE FUNCTION note_outcome();
"""

_NOT_EXACT = """
SELECT i.id, i.domain, i.state, i.generation, g.n AS of_generation, count(a.item_id) AS outcomes
  FROM batch_items AS i
 CROSS JOIN LATERAL generate_series(1, i.generation) AS g (n)
  LEFT JOIN audit AS a ON a.batch_id = i.batch_id AND a.item_id = i.id AND a.generation = g.n
 GROUP BY i.batch_id, i.id, g.n
HAVING count(a.item_id) <> 1
 LIMIT 20
"""


@dataclass
class Storm:
    """What happened.

    Attributes:
        faults: number by kind.
        seconds: from the first domain to the last outcome.
        outcomes: domains by what became of them.
    """

    seed: int
    domains: int
    faults: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        faults = ", ".join(f"{number} {kind}" for kind, number in sorted(self.faults.items()))
        outcomes = ", ".join(f"{number} {what}" for what, number in sorted(self.outcomes.items()))
        return f"seed {self.seed}: {self.domains} domains in {self.seconds:.1f} s; {faults}; {outcomes}"


def names(draw: random.Random, number: int) -> list[str]:
    """Domains of all kinds: about a tenth needs a second attempt."""
    kinds = draw.choices(("ok", "flaky1", "dead", "down"), (88, 9, 2, 1), k=number)
    return [f"{kind}-{index}.com" for index, kind in enumerate(kinds)]


@contextmanager
def workers(url: str, folder: Path, **settings: str) -> Iterator[list[WorkerProcess]]:
    """Worker processes that are ended whatever happens."""
    found: list[WorkerProcess] = []
    try:
        for number in range(PROCESSES):
            environment = {
                "BATCHSVC_LEASE_SECONDS": str(LEASE),
                "BATCHSVC_MAX_ATTEMPTS": "5",
                "BATCHSVC_RETRY_SECONDS": "0.3",
                "PRETEND_SECONDS": "0.05-0.4",
                **settings,
            }
            found.append(WorkerProcess(url, folder / f"worker{number}.log", concurrency=60, settings=environment))
        yield found
    finally:
        for worker in found:
            worker.close()


def storm(server: Server, url: str, role: str, folder: Path, seed: int, domains: int, *, pooled: bool) -> Storm:
    """Let one storm pass, and check the account.

    Args:
        server: that crashes.
        url: of a database at the head revision, as the service's role, without a pooler.
        role: that role.
        folder: for the workers' messages.
        seed: of domains and faults.
        domains: how many.
        pooled: whether workers go through a PgBouncer, which is killed, too.

    Raises:
        AssertionError: the account is not exact, or a worker ended by itself.
    """
    draw = random.Random(seed)
    found = Storm(seed, domains)
    bench = Bench(url, uuid4())
    with psycopg.connect(url) as connection:
        connection.execute(AUDIT.encode())
    pooler = Pooler(server, role) if pooled else None
    begun = time.monotonic()
    try:
        with workers(pooler.url(url) if pooler else url, folder) as processes:
            batch = bench.run(lambda database: bench.create(database, names(draw, domains), max_concurrent=500))
            raining = _rain(found, draw, server, pooler, processes)
            end = begun + 120 + domains / 40
            done = retried = False
            while not done:
                assert time.monotonic() < end, f"seed {seed}: not done in time: {_counts(bench, batch)}"
                next(raining)
                server.start()
                if pooler is not None:
                    pooler.start()
                done = _done(bench, batch)
                if done and not retried:
                    # A second generation, still in the storm.
                    retried, done = True, not _retry(bench, batch)
            found.seconds = time.monotonic() - begun
            for worker in processes:
                if worker.process.poll() is not None:
                    worker.start()
                    time.sleep(1)
                status, seconds = worker.terminate()
                assert (status, seconds < 21) == (0, True), f"seed {seed}: ended with {status} after {seconds:.1f} s"
    finally:
        server.start()
        if pooler is not None:
            pooler.close()
    found.outcomes.update(
        row["what"] for row in bench.rows("SELECT coalesce(error_code, state) AS what FROM batch_items")
    )
    check(bench, seed)
    assert sum(found.outcomes.values()) == domains
    return found


def check(bench: Bench, seed: int = 0) -> None:
    """Exactly one outcome for each domain and generation, counters as the rows, no lease left."""
    inexact = bench.rows(_NOT_EXACT)
    assert inexact == [], f"seed {seed}: {inexact}"
    bench.check_account()
    held = bench.rows("SELECT id FROM batch_items WHERE state IN ('queued', 'running') OR lease_token IS NOT NULL")
    assert held == []


def _rain(
    found: Storm, draw: random.Random, server: Server, pooler: Pooler | None, processes: list[WorkerProcess]
) -> Iterator[None]:
    """One fault after the other, until there were enough; then only what has to be woken or started again."""
    enough = max(8, min(60, found.domains // 200))
    kinds = ["kill", "stop", "crash", *(["pooler"] if pooler else [])]
    weights = [50, 20, 25, *([15] if pooler else [])]
    first = draw.sample(kinds, len(kinds))  # each at least once
    while True:
        until = time.monotonic() + draw.uniform(0.2, 1.2)
        while time.monotonic() < until:
            _look_after(processes)
            time.sleep(0.05)
        if sum(found.faults.values()) < enough:
            kind = first.pop() if first else draw.choices(kinds, weights)[0]
            victim = processes[draw.randrange(len(processes))]
            pause = draw.uniform(1.2, 2.5) * LEASE
            down = draw.choice((0.0, 1.0, 4.0))
            found.faults[kind] += 1
            if kind == "crash":
                server.crash()
                time.sleep(down)
            elif kind == "pooler" and pooler is not None:
                pooler.kill()
                time.sleep(down / 2)
            elif kind == "stop" and not victim.stopped and victim.process.poll() is None:
                victim.pause(pause)
            elif kind == "kill":
                victim.kill()
        yield


def _look_after(processes: list[WorkerProcess]) -> None:
    for worker in processes:
        status = worker.ended_by_itself
        if status is not None:
            # What cannot start, because the database is away just then, is started again by the machine's supervisor.
            assert "Working on" not in worker.log.read_text().rpartition("\n--\n")[2], (
                f"a worker ended by itself, with {status}:\n{worker.log.read_text()[-3000:]}"
            )
        if worker.process.poll() is not None:
            with worker.log.open("a") as log:
                log.write("\n--\n")
            worker.start()
        elif worker.stopped and time.monotonic() >= worker.woken_at:
            worker.wake()


def _done(bench: Bench, batch: UUID) -> bool:
    counts = _counts(bench, batch)
    return counts is not None and counts["queued_domains"] + counts["running_domains"] == 0


def _counts(bench: Bench, batch: UUID) -> dict[str, Any] | None:
    try:
        query = "SELECT queued_domains, running_domains, failed_domains FROM batch_jobs WHERE batch_id = %s"
        [row] = bench.rows(query, batch)
    except psycopg.OperationalError:
        return None
    return row


def _retry(bench: Bench, batch: UUID) -> int:
    async def retry(database: Database) -> int:
        async with bench.transaction(database) as session:
            found = await service.retry_batch(session, batch, bench.tenant)
        return int(found["changed"])

    while True:
        try:
            return bench.run(retry)
        except Exception:  # noqa: BLE001 - the server may be about to crash; whether it was done, the next look tells
            asyncio.run(asyncio.sleep(0.2))
