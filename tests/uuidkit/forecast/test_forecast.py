"""The forecast: what it knows, how it says that it does not, and that nothing of the trial remains."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest

import uuidkit
from tests.support.database_state import state
from uuidkit.catalog.names import TableName
from uuidkit.forecast import forecast

ROWS = 30_000
TABLES = f"""
CREATE TABLE parents (id varchar PRIMARY KEY, note text);
CREATE TABLE children (n int PRIMARY KEY, parent_id varchar NOT NULL REFERENCES parents, payload text);
CREATE INDEX ON children (parent_id);
INSERT INTO parents SELECT 'p_' || md5(n::text), 'x' FROM generate_series(1, 3000) AS n;
INSERT INTO children SELECT n, 'p_' || md5((1 + n % 3000)::text), repeat('y', 40) FROM generate_series(1, {ROWS}) AS n;
ANALYZE parents, children;
"""


@pytest.fixture
def connection(database: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(TABLES)
        yield connection


def test_large_tables_are_tried_and_nothing_remains(connection: psycopg.Connection, database: str) -> None:
    before = state(connection, database)
    plan = uuidkit.plan(connection, ["parents.id"])
    costs = forecast(connection, plan).estimate
    assert state(connection, database) == before
    assert connection.execute("SELECT 1 FROM pg_class WHERE relname LIKE 'uuidkit_forecast%'").fetchall() == []
    by_table = {item.table.name: item for item in costs.tables}
    assert by_table["children"].measured
    assert by_table["children"].rows == ROWS
    assert by_table["parents"].seconds < by_table["children"].seconds
    assert "rewritten in temporary tables" in costs.basis
    assert costs.seconds == pytest.approx(sum(item.seconds for item in costs.tables))
    assert costs.between[0] <= costs.seconds * 0.8 < costs.seconds * 1.25 <= costs.between[1]
    assert costs.disk_peak >= costs.bytes_written > 0
    assert {table for table, _, _ in costs.locks} == {TableName("public", "parents"), TableName("public", "children")}
    assert plan.hash == forecast(connection, plan).hash


def test_bytes_are_those_that_the_conversion_writes(connection: psycopg.Connection) -> None:
    costs = forecast(connection, uuidkit.plan(connection, ["parents.id"])).estimate
    [(before,)] = connection.execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')").fetchall()
    uuidkit.convert(connection, ["parents.id"])
    [(after, size)] = connection.execute(
        "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0'), pg_total_relation_size('children')"
    ).fetchall()
    [expected] = [item.bytes_written for item in costs.tables if item.table.name == "children"]
    assert expected == pytest.approx(size, rel=0.2)
    assert costs.wal == pytest.approx(float(after - before), rel=0.4)


def test_typical_bytes_are_those_of_a_table_with_the_text_kept_and_without(connection: psycopg.Connection) -> None:
    for backup in ("column", "table"):
        connection.execute(
            f"""CREATE TABLE kept_in_{backup} (id varchar PRIMARY KEY, note text);
                INSERT INTO kept_in_{backup} SELECT gen_random_uuid(), repeat('x', 30)
                  FROM generate_series(1, {ROWS})
            """
        )
        connection.execute("ANALYZE")
        plan = uuidkit.plan(connection, [f"kept_in_{backup}.id"], backup=backup)
        uuidkit.convert(connection, [f"kept_in_{backup}.id"], backup=backup)
        [(size,)] = connection.execute("SELECT pg_total_relation_size(%s)", [f"kept_in_{backup}"]).fetchall()
        assert plan.estimate.bytes_written == pytest.approx(size, rel=0.1)


def test_a_read_only_transaction_gets_typical_rates_and_says_so(connection: psycopg.Connection) -> None:
    connection.read_only = True
    with connection.transaction():
        costs = forecast(connection, uuidkit.plan(connection, ["parents.id"])).estimate
    assert costs.basis.startswith("Typical rates of a common machine; nothing was measured on this server.")
    assert "READ ONLY" in costs.basis
    assert not any(item.measured for item in costs.tables)
    assert costs.seconds > 0
    assert costs.between is None


def test_an_index_that_the_text_alone_can_have_does_not_stop_the_forecast(connection: psycopg.Connection) -> None:
    connection.execute("CREATE INDEX ON children (parent_id varchar_pattern_ops)")
    costs = forecast(connection, uuidkit.plan(connection, ["parents.id"])).estimate
    assert {item.table.name for item in costs.tables if item.measured} >= {"children"}


def test_the_callers_transaction_stays_as_it_was(connection: psycopg.Connection) -> None:
    with connection.transaction():
        connection.execute("CREATE TEMPORARY TABLE mine (n int)")
        plan = uuidkit.plan(connection, ["parents.id"])
        assert forecast(connection, plan).estimate.tables
        connection.execute("INSERT INTO mine VALUES (1)")
    assert connection.execute("SELECT n FROM mine").fetchall() == [(1,)]


def test_other_programs_are_noticed_and_widen_the_bounds(connection: psycopg.Connection) -> None:
    plan = uuidkit.plan(connection, ["parents.id"])
    # Each in a session of its own, as services are: the processes of one session count as one against the server's
    # (sched_autogroup), and may all be kept on a processor that it does not use.
    command = [sys.executable, "-c", "while True: pass"]
    busy = [subprocess.Popen(command, start_new_session=True) for _ in range(2 * (os.cpu_count() or 1))]
    try:
        costs = forecast(connection, plan).estimate
    finally:
        for process in busy:
            process.kill()
            process.wait()
    assert "Other programs take" in costs.basis
    assert costs.between[1] > costs.seconds * 1.3


def test_small_tables_are_not_worth_a_trial(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE few (id varchar PRIMARY KEY); INSERT INTO few VALUES (gen_random_uuid())")
        costs = forecast(connection, uuidkit.plan(connection, ["few.id"])).estimate
    assert "small" in costs.basis
    assert 0 < costs.seconds < 1
