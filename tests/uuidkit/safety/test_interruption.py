"""Whatever ends a conversion in the middle, at any statement: the database is as before."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import uuidkit
from tests.support.servers import Server
from tests.uuidkit.safety.conftest import Legacy
from uuidkit.errors import ConversionFailed
from uuidkit.execute import Event

TARGET = ["batch_jobs.batch_id"]

# Counts the statements and kills itself at the given one, as an operator, the kernel or a power cut would.
KILLED = """
import os, signal, sys, psycopg, uuidkit

deadly = int(sys.argv[2])
seen = 0

def progress(event):
    global seen
    if event.kind == "statement":
        seen += 1
        if seen == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    uuidkit.convert(connection, ["batch_jobs.batch_id"], progress=progress)
"""


def statements(legacy: Legacy) -> int:
    with legacy.connect() as connection:
        plan = uuidkit.plan(connection, TARGET)
    return len([s for s in plan.statements if s.phase in ("before", "change", "prove", "ledger")]) + 1


def wait_for_rollback(legacy: Legacy) -> None:
    """The server notices a dead client when it next reads or writes."""
    with legacy.connect() as connection:
        for _ in range(200):
            others = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND backend_type = 'client backend'"
            ).fetchone()
            if others == (0,):
                return
            connection.execute("SELECT pg_sleep(0.02)")
    raise AssertionError("the killed client's session is still there")


def test_a_killed_client_leaves_everything_as_it_was(legacy: Legacy) -> None:
    before = legacy.state()
    count = statements(legacy)
    assert count > 15
    for number in range(1, count + 1):
        done = subprocess.run(
            [sys.executable, "-c", KILLED, legacy.url, str(number)],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert done.returncode == -9, done.stderr
        wait_for_rollback(legacy)
        assert legacy.state() == before, f"killed at statement {number}"


def test_a_dropped_connection_at_every_statement_leaves_everything_as_it_was(legacy: Legacy) -> None:
    before = legacy.state()
    for number in range(1, statements(legacy) + 1):
        with legacy.connect() as other, legacy.connect() as connection:
            victim = connection.info.backend_pid
            seen = 0

            def progress(event: Event, number: int = number, victim: int = victim) -> None:
                nonlocal seen
                seen += event.kind == "statement"
                if event.kind == "statement" and seen == number:
                    other.execute("SELECT pg_terminate_backend(%s, 5000)", (victim,))

            with pytest.raises(ConversionFailed) as failure:
                uuidkit.convert(connection, TARGET, progress=progress)
            assert failure.value.exit_code == 1
            assert "rolled back" in str(failure.value)
        assert legacy.state() == before, f"cut at statement {number}"


def test_an_interrupt_from_the_keyboard_leaves_everything_as_it_was(legacy: Legacy) -> None:
    before = legacy.state()

    def progress(event: Event) -> None:
        if event.message.startswith("rewrite public.jobs"):
            raise KeyboardInterrupt

    with legacy.connect() as connection, pytest.raises(KeyboardInterrupt):
        uuidkit.convert(connection, TARGET, progress=progress)
    assert legacy.state() == before


def test_a_server_crash_in_the_middle_leaves_everything_as_it_was(server: Server, legacy: Legacy) -> None:
    before = legacy.state()

    def progress(event: Event) -> None:
        if event.message.startswith("put up"):
            server.crash()

    with legacy.connect() as connection, pytest.raises(ConversionFailed, match="connection"):
        uuidkit.convert(connection, TARGET, progress=progress)
    server.start()
    assert legacy.state() == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = Path("/tmp") / f"uuidkit-small-disk-{os.getpid()}"
    folder.mkdir(mode=0o755)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m,mode=0777", "tmpfs", folder], check=True)
    (folder / "space").mkdir(mode=0o700)
    subprocess.run(["chown", "nobody", folder / "space"], check=True)
    yield folder / "space"
    subprocess.run(["umount", "-l", folder], check=True)
    folder.rmdir()


@pytest.mark.root
def test_a_full_disk_leaves_everything_as_it_was(legacy: Legacy, small_disk: Path) -> None:
    with legacy.connect() as connection:
        connection.execute("INSERT INTO jobs (batch_id) SELECT batch_id FROM batch_jobs, generate_series(1, 200)")
        connection.execute(f"CREATE TABLESPACE small LOCATION '{small_disk}'")
        connection.execute("ALTER TABLE jobs SET TABLESPACE small")
    before = legacy.state()
    try:
        with legacy.connect() as connection, pytest.raises(ConversionFailed, match="disk is full"):
            uuidkit.convert(connection, TARGET)
        assert legacy.state() == before
    finally:
        with legacy.connect() as connection:
            connection.execute("DROP TABLE jobs")
            connection.execute("CHECKPOINT")
            connection.execute("DROP TABLESPACE small")


def test_a_full_conversion_after_all_that(legacy: Legacy) -> None:
    before = legacy.state()
    with legacy.connect() as connection:
        uuidkit.convert(connection, TARGET)
        assert legacy.state() != before
        uuidkit.revert(connection, all=True)
    assert legacy.state() == before


def test_the_failed_transaction_holds_no_lock(legacy: Legacy) -> None:
    def progress(event: Event) -> None:
        if event.message.startswith("rewrite public.jobs"):
            raise RuntimeError("stop here")

    with legacy.connect() as connection:
        with pytest.raises(RuntimeError, match="stop here"):
            uuidkit.convert(connection, TARGET, progress=progress)
        with psycopg.connect(legacy.url, autocommit=True, options="-c lock_timeout=100ms") as other:
            assert other.execute("SELECT count(*) FROM jobs").fetchone() == (300,)
