"""Worker processes told to end, and the point of their life at which each is cut off."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from batchsvc.items.points import POINTS
from tests.batchsvc.bench import Bench
from tests.batchsvc.chaos.pooler import Pooler
from tests.batchsvc.chaos.processes import WorkerProcess
from tests.batchsvc.chaos.storm import AUDIT, check
from tests.support.servers import Server

QUICK = {"BATCHSVC_LEASE_SECONDS": "1", "BATCHSVC_RETRY_SECONDS": "0.2"}


@pytest.fixture
def processes() -> Iterator[list[WorkerProcess]]:
    """Ended at the end, whatever they do."""
    found: list[WorkerProcess] = []
    yield found
    for worker in found:
        worker.close()


def running(bench: Bench, worker: WorkerProcess | None = None) -> int:
    mine = "%" if worker is None else f"%:{worker.process.pid}"
    return len(bench.rows("SELECT FROM batch_items WHERE state = 'running' AND worker LIKE %s", mine))


def wait_for(bench: Bench, number: int, worker: WorkerProcess | None = None, seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while running(bench, worker) < number:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_sigterm_lets_scans_end_and_gives_back_the_others(
    bench: Bench, tmp_path: Path, processes: list[WorkerProcess]
) -> None:
    domains = [*[f"slow1500-{n}.com" for n in range(3)], *[f"slow60000-{n}.com" for n in range(3)], "ok-1.com"]
    batch = bench.run(lambda database: bench.create(database, domains, max_concurrent=6))
    worker = WorkerProcess(bench.url, tmp_path / "log", settings={"BATCHSVC_SHUTDOWN_SECONDS": "3"})
    processes.append(worker)
    wait_for(bench, 6)
    status, seconds = worker.terminate()
    assert (status, seconds < 8) == (0, True), worker.log.read_text()
    states = {name: (row["state"], row["attempt"]) for name, row in bench.items(batch).items()}
    assert states == {
        **{f"slow1500-{n}.com": ("completed", 1) for n in range(3)},
        **{f"slow60000-{n}.com": ("queued", 0) for n in range(3)},
        "ok-1.com": ("queued", 0),
    }
    assert "nothing is held" in worker.log.read_text()
    bench.check_account()


def test_a_second_sigterm_waits_for_nothing(bench: Bench, tmp_path: Path, processes: list[WorkerProcess]) -> None:
    batch = bench.run(lambda database: bench.create(database, ["slow60000-1.com"]))
    worker = WorkerProcess(bench.url, tmp_path / "log", settings={"BATCHSVC_SHUTDOWN_SECONDS": "20"})
    processes.append(worker)
    wait_for(bench, 1)
    worker.process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert running(bench) == 1
    status, seconds = worker.terminate()
    assert (status, seconds < 5) == (0, True)
    assert bench.items(batch)["slow60000-1.com"]["state"] == "queued"
    bench.check_account()


@pytest.mark.many
def test_every_point_of_its_life_may_be_the_last(bench: Bench, tmp_path: Path, processes: list[WorkerProcess]) -> None:
    """A process ends at each named point in turn; the account is exact after each, and the work goes on."""
    bench.do(AUDIT)
    ends = 0
    batches: list[UUID] = []
    for number, point in enumerate(POINTS):
        lasting = {"lease renewed": 400, "stopping": 1500, "released": 1500}.get(point, 20)
        domains = [f"slow{lasting}-{number}-{n}.com" for n in range(6)]
        batches.append(bench.run(lambda database, names=domains: bench.create(database, names, max_concurrent=3)))
        if point.startswith("reaped"):
            bench.do("DELETE FROM procrastinate_jobs")
        doomed = WorkerProcess(bench.url, tmp_path / f"{number}.log", settings={**QUICK, "BATCHSVC_CRASH_AT": point})
        processes.append(doomed)
        if point in ("stopping", "released"):
            wait_for(bench, 1, doomed)
            doomed.process.send_signal(signal.SIGTERM)
        assert doomed.process.wait(20) == 70, f"{point} was not reached:\n{doomed.log.read_text()}"
        ends += 1
        bench.check_account()
    helper = WorkerProcess(bench.url, tmp_path / "helper.log", settings=QUICK)
    processes.append(helper)
    bench.run(lambda database: bench.done(database, *batches, seconds=40), seconds=90)
    assert helper.terminate()[0] == 0
    check(bench)
    assert ends == len(POINTS)


def test_behind_a_transaction_pooler(
    server: Server, bench: Bench, service_role: str, tmp_path: Path, processes: list[WorkerProcess]
) -> None:
    """LISTEN is deaf there, without an error: it is noticed, said once, and jobs are looked for instead."""
    pooler = Pooler(server, service_role)
    try:
        pooler.wait()
        pooled = Bench(pooler.url(bench.url), bench.tenant)
        worker = WorkerProcess(pooled.url, tmp_path / "log")
        processes.append(worker)
        end = time.monotonic() + 20
        while "notifications do not arrive" not in worker.log.read_text():
            assert time.monotonic() < end, worker.log.read_text()
            time.sleep(0.1)
        batch = pooled.run(lambda database: pooled.create(database, ["ok-1.com", "flaky1-1.com", "dead-1.com"]))
        [status] = pooled.run(lambda database: pooled.done(database, batch, seconds=10))
        assert (status["counts"]["completed"], status["counts"]["failed"]) == (2, 1)
        assert worker.terminate()[0] == 0
        assert worker.log.read_text().count("notifications do not arrive") == 1
        pooled.check_account()
    finally:
        pooler.close()


@pytest.mark.many
def test_a_server_that_is_away_for_35_seconds(
    server: Server, bench: Bench, tmp_path: Path, processes: list[WorkerProcess]
) -> None:
    """The worker stays, and goes on within 5 s; scans that were under way are not lost with it."""
    batch = bench.run(lambda database: bench.create(database, ["slow2000-1.com", "slow2000-2.com"], max_concurrent=1))
    worker = WorkerProcess(bench.url, tmp_path / "log")
    processes.append(worker)
    wait_for(bench, 1)
    server.crash()
    time.sleep(35)
    server.start()
    assert worker.process.poll() is None, worker.log.read_text()
    bench.run(lambda database: bench.done(database, batch, seconds=7))  # the second scan takes 2 of them
    assert {row["attempt"] for row in bench.items(batch).values()} == {1}
    assert worker.terminate()[0] == 0
    bench.check_account()
