"""Progress: a line that moves on a terminal, a line per step elsewhere, the reason of every wait; one Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
import pytest

ROWS = 60_000
TABLES = f"""
CREATE TABLE parents (id varchar PRIMARY KEY);
CREATE TABLE children (n int, parent_id varchar NOT NULL, payload text);
INSERT INTO parents SELECT 'p_' || md5(n::text) FROM generate_series(1, 100) AS n;
INSERT INTO children SELECT n, 'p_' || md5((1 + n % 100)::text), repeat('y', 200) FROM generate_series(1, {ROWS}) AS n;
ALTER TABLE children ADD FOREIGN KEY (parent_id) REFERENCES parents;
"""

# A rewriting of some length: for some of the rows an index is built with a function that takes its time.
SLOW = """
CREATE FUNCTION slow(t text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN t; END $$;
CREATE INDEX ON children (slow(payload)) WHERE n <= 50;
CREATE OR REPLACE FUNCTION slow(t text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS
  $$ BEGIN PERFORM pg_sleep(0.05); RETURN t; END $$;
"""


@pytest.fixture
def tables(database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(TABLES)
        yield connection


def command(*more: str) -> list[str]:
    return [sys.executable, "-m", "uuidkit.cli", "convert", "parents.id", "--yes", *more]


@contextlib.contextmanager
def held(tables: psycopg.Connection, url: str) -> Iterator[None]:
    """Somebody who reads a table and does not come to an end."""
    with psycopg.connect(url, application_name="a night job") as other:
        other.execute("LOCK TABLE children IN ACCESS SHARE MODE")
        yield


def test_on_a_terminal_one_line_moves_and_says_how_long(tables: psycopg.Connection, database: str) -> None:
    tables.execute(SLOW)
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        command(), env={**os.environ, "DATABASE_URL": database, "TERM": "xterm"}, stderr=follower, stdout=follower
    )
    os.close(follower)
    said = b""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if select.select([leader], [], [], 0.2)[0]:
            try:
                said += os.read(leader, 65536)
            except OSError:
                break
        elif process.poll() is not None:
            break
    os.close(leader)
    assert process.wait(10) == 0, said.decode()
    lines = [line for line in re.split(r"[\r\n]+", said.decode()) if line.strip()]
    moving = [line for line in lines if "rewrite public.children" in line and " · " in line]
    assert len(moving) >= 2, lines
    assert any("written" in line for line in moving), moving
    assert all(len(line) < 80 for line in moving)


def test_elsewhere_each_step_is_a_line_and_a_wait_has_a_reason(tables: psycopg.Connection, database: str) -> None:
    with held(tables, database):
        process = subprocess.Popen(
            command("--lock-timeout", "300ms", "--lock-attempts", "2"),
            env={**os.environ, "DATABASE_URL": database},
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        _, said = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "a night job" in said
    assert "\r" not in said
    assert "waiting" in said


def test_one_interruption_rolls_back_says_so_and_ends_with_1(tables: psycopg.Connection, database: str) -> None:
    tables.execute(SLOW)
    process = subprocess.Popen(
        command(),
        env={**os.environ, "DATABASE_URL": database},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "rewrite public.children" in line:
            process.send_signal(signal.SIGINT)
            break
    rest = process.stderr.read()
    process.stderr.close()
    assert process.wait(20) == 1, rest
    assert "Interrupted. What was under way has been rolled back." in rest
    [(kind,)] = tables.execute(
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'children'::regclass "
        "AND attname = 'parent_id'"
    ).fetchall()
    assert kind == "character varying"


@pytest.mark.parametrize("both", [False, True], ids=["progress", "progress and result"])
def test_that_nobody_listens_any_more_ends_no_work(tables: psycopg.Connection, database: str, both: bool) -> None:
    """As behind ``2>&1 | head``: the pipe is closed before the first line."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(
            command(),
            env={**os.environ, "DATABASE_URL": database},
            stdout=closed if both else subprocess.PIPE,
            stderr=closed,
        )
    assert done.returncode == 0
    assert both or done.stdout.startswith(b"Done: 2 columns became uuid")
    types = tables.execute("SELECT count(*) FROM information_schema.columns WHERE data_type = 'uuid'").fetchone()
    assert types == (2,)
