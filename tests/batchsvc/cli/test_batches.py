"""Batches from the command line: what is printed where, and how each ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner, Result

from batchsvc.cli import main
from tests.batchsvc.bench import Bench
from tests.batchsvc.chaos.processes import ROOT, WorkerProcess
from tests.support import psql


@pytest.fixture
def cli(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command on the test's database, for its tenant."""
    monkeypatch.setenv("DATABASE_URL", bench.url)
    monkeypatch.setenv("BATCHSVC_TENANT", str(bench.tenant))

    def call(*args: str, stdin: str | bytes | None = None) -> Result:
        result = CliRunner().invoke(main, list(args), input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


def test_submit_and_look(bench: Bench, cli: Any, tmp_path: Path) -> None:
    file = tmp_path / "domains.csv"
    file.write_text("name;website\nOne;https://one.com/\nTwo;two.com\nAgain;ONE.com\n")
    made = cli("submit", str(file), "--max-pages", "3", "--max-concurrent", "2")
    assert made.exit_code == 0
    batch = UUID(made.stdout.strip())
    assert made.stderr == f"Batch {batch}: 2 domains.\n"
    shown = cli("status", f"batch_{batch.hex}")
    assert shown.exit_code == 0
    assert shown.stdout.splitlines() == [f"{batch}: pending, 0%", "  2 queued"]
    found = json.loads(cli("status", str(batch), "--json").stdout)
    assert (found["max_pages"], found["max_concurrent"], found["failures"]) == (3, 2, {})
    assert cli("cancel", str(batch)).stdout == f"{batch}: 2 domains cancelled; cancelled\n"
    assert cli("retry", str(batch)).stdout == f"{batch}: 0 domains queued again; cancelled\n"
    [line] = cli("list").stdout.splitlines()
    assert re.fullmatch(rf"{batch}  cancelled +100%  +2  \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d", line)
    assert cli("list", "--tenant", str(uuid4())).stdout == ""
    assert cli("status", str(batch), "--tenant", str(uuid4())).exit_code == 2


def test_submit_and_watch(bench: Bench, cli: Any, tmp_path: Path) -> None:
    worker = WorkerProcess(bench.url, tmp_path / "log")
    try:
        good = cli("submit", "-", "--watch", stdin="ok-1.com\nok-2.com\n")
        assert (good.exit_code, good.stdout.splitlines()[1]) == (0, "  2 completed")
        assert "\x1b" not in good.stderr
        mixed = cli("submit", "-", "--watch", "--json", stdin="ok-1.com\ndead-1.com\n")
        found = json.loads(mixed.stdout)
        assert (mixed.exit_code, found["status"], found["failures"]) == (
            1,
            "completed_with_errors",
            {"dns_nxdomain": 1},
        )
        assert "2/2, 1 failed" in mixed.stderr
        again = json.loads(cli("retry", found["batch_id"], "--code", "dns_nxdomain", "--json").stdout)
        assert again["changed"] == 1
        assert worker.terminate()[0] == 0
    finally:
        worker.close()


@pytest.mark.parametrize(
    ("args", "stdin", "status", "said"),
    [
        (("submit", "-"), "one.com\n10.0.0.1\n", 3, "10.0.0.1"),
        (("submit", "-"), "", 3, "at least one domain"),
        (("submit", "-"), b"\xff\xff\x00", 3, "Error: "),
        (("submit", "-"), "a;b\n1;2\n", 3, "domain, url or website"),
        (("submit", "-", "--max-pages", "0"), "one.com", 2, "--max-pages"),
        (("submit", "no-such-file"), None, 2, "no-such-file"),
        (("status", "310"), None, 2, "no batch id"),
        (("status", "7b0f7a52-0c1d-4f5e-9a37-0c6b1d2e4f77"), None, 2, "There is no batch"),
        (("cancel", "7b0f7a52-0c1d-4f5e-9a37-0c6b1d2e4f77"), None, 2, "There is no batch"),
        (("retry", "7b0f7a52-0c1d-4f5e-9a37-0c6b1d2e4f77", "--code", "bad_luck"), None, 2, "bad_luck"),
        (("list", "-d", "postgresql://nobody@127.0.0.1:1/nowhere"), None, 1, "No server listens there"),
        (("submit", "-", "-d", "mysql://x"), "one.com", 2, "only PostgreSQL"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(
    bench: Bench, cli: Any, args: tuple[str, ...], stdin: str | bytes | None, status: int, said: str
) -> None:
    result = cli(*args, stdin=stdin)
    assert (result.exit_code, result.stdout) == (status, "")
    assert said in result.stderr
    assert bench.rows("SELECT * FROM batch_jobs") == []


@pytest.mark.parametrize("command", [("serve",), ("worker",), ("list",), ("submit", "-")])
def test_a_schema_that_is_not_at_head_is_said(bench: Bench, cli: Any, command: tuple[str, ...]) -> None:
    psql(bench.url, "UPDATE alembic_version SET version_num = '0003'")
    result = cli(*command, stdin="one.com")
    assert result.exit_code == (3 if command[0] == "submit" else 1)
    assert "revision 0003" in result.stderr
    assert "batchsvc db upgrade" in result.stderr


def test_serve_has_everything_in_one_process(bench: Bench, cli: Any, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    log = tmp_path / "log"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "BATCHSVC_SCANNER": "tests.batchsvc.pretending:make"}
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "batchsvc", "serve", "--port", str(port)],
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        end = time.monotonic() + 30
        while True:
            try:
                with urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
                    assert json.load(answer)["checks"]["worker"] == "ok"
                break
            except OSError:
                assert time.monotonic() < end, log.read_text()
                time.sleep(0.2)
        assert cli("submit", "-", "--watch", stdin="ok-1.com\n").exit_code == 0
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        assert "Traceback" not in log.read_text()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
