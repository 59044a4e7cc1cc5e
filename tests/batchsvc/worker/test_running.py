"""A worker takes batches to their end."""

from __future__ import annotations

from batchsvc.database import Database
from tests.batchsvc.bench import Bench

DOMAINS = [
    "ok-1.com",
    "ok-2.com",
    "slow100-1.com",
    "dead-1.com",
    "down-1.com",
    "flaky1-1.com",
    "odd-1.com",
    "strange-1.com",
]


def test_every_domain_comes_to_its_outcome(bench: Bench) -> None:
    async def test(database: Database) -> None:
        batch = await bench.create(database, DOMAINS)
        async with bench.worker(database):
            [status] = await bench.done(database, batch)
        assert status["status"] == "completed_with_errors"
        assert status["counts"] == {"queued": 0, "running": 0, "completed": 4, "failed": 4, "cancelled": 0}
        assert status["progress"] == 1
        found = bench.items(batch)
        assert {name: (row["error_code"], row["attempt"]) for name, row in found.items()} == {
            "ok-1.com": (None, 1),
            "ok-2.com": (None, 1),
            "slow100-1.com": (None, 1),
            "dead-1.com": ("dns_nxdomain", 1),
            "down-1.com": ("connect_timeout", 3),
            "flaky1-1.com": (None, 2),
            "odd-1.com": ("internal", 3),
            "strange-1.com": ("internal", 1),
        }

    bench.run(test)
    bench.check_account()
