"""`batchsvc serve` and the command line behind a PgBouncer in transaction mode, as a hosted database has one.

The interface's own tests run both ways (tests/batchsvc/api/conftest.py), workers in tests/batchsvc/worker and chaos.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner, Result

from batchsvc.cli import main
from tests.batchsvc.bench import Bench
from tests.batchsvc.chaos.pooler import Pooler
from tests.batchsvc.chaos.processes import WorkerProcess
from tests.batchsvc.serving import Client, new_key
from tests.support.servers import Server


@pytest.fixture
def pooled(server: Server, bench: Bench, service_role: str) -> Iterator[Bench]:
    """The database through the pooler."""
    pooler = Pooler(server, service_role)
    try:
        pooler.wait()
        yield Bench(pooler.url(bench.url), bench.tenant)
    finally:
        pooler.close()


@pytest.fixture
def command(pooled: Bench, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`batchsvc` with the pooler's URL and nothing else."""
    monkeypatch.setenv("DATABASE_URL", pooled.url)
    monkeypatch.setenv("BATCHSVC_TENANT", str(pooled.tenant))
    return lambda *arguments: CliRunner().invoke(main, arguments)


@pytest.mark.many
def test_a_service_with_nothing_but_the_poolers_url(
    bench: Bench, pooled: Bench, command: Callable[..., Result], tmp_path: Path
) -> None:
    """Its schema, the interface with its events, the command line, the page."""
    assert command("db", "upgrade").exit_code == 0  # at head already: found out through the pooler
    served = WorkerProcess(pooled.url, tmp_path / "log", serve=True, settings={"BATCHSVC_RETRY_SECONDS": "0.1"})
    try:
        end = time.monotonic() + 30
        while not (base := re.findall(r"Serving on (http://\S+)/;", served.log.read_text())):
            assert time.monotonic() < end, served.log.read_text()
            assert served.process.poll() is None, served.log.read_text()
            time.sleep(0.05)
        client = Client(base[0], new_key(pooled.url, pooled.tenant), pooled.tenant)
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < end, served.log.read_text()
            time.sleep(0.05)

        headers = {"Idempotency-Key": "pooled"}
        body = {"domains": ["slow300-1.com", "ok-2.com", "dead-3.com"], "max_concurrent": 3}
        made = client.post("batch", body, headers=headers)
        again = client.post("batch", body, headers=headers)
        assert (made.status_code, again.headers["Idempotent-Replayed"]) == (202, "true")
        batch = made.json()["batch_id"]
        lines = list(client.get(f"batch/{batch}/events", stream=True).iter_lines(decode_unicode=True))
        assert [line for line in lines if line.startswith("event:")][-1] == "event: done"
        assert client.post(f"batch/{batch}/retry").json()["changed"] == 1
        waiting = client.batch("slow60000-1.com", "slow60000-2.com", max_concurrent=1)
        assert client.post(f"batch/{waiting}/cancel").json()["changed"] == 2

        domains = tmp_path / "domains.txt"
        domains.write_text("ok-1.com\nflaky1-2.com\ndead-3.com\n")
        watched = command("submit", str(domains), "--watch", "--json")
        found = json.loads(watched.stdout)
        assert (watched.exit_code, found["counts"]["completed"], found["failures"]) == (1, 2, {"dns_nxdomain": 1})
        assert [row["batch_id"] for row in json.loads(command("list", "--json").stdout)] == [
            found["batch_id"], waiting, batch,
        ]  # fmt: skip
        assert len(json.loads(command("key", "list", "--json").stdout)) == 1

        page = requests.Session()
        assert page.post(f"{client.base}/login", data={"key": client.key}, timeout=20).url == f"{client.base}/"
        assert "dead-3.com" in page.get(f"{client.base}/batches/{batch}", timeout=20).text
        assert served.terminate()[0] == 0
        said = served.log.read_text()
        assert "Traceback" not in said
        assert said.count("notifications do not arrive") == 1
        bench.check_account()
    finally:
        served.close()
