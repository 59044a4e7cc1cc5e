"""A rehearsal on a scratch copy: what it copies, what it finds, and that nothing of it remains."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg
import pytest

import uuidkit
from tests.support.database_state import state
from uuidkit.rehearsal import Rehearsal, RehearsalError, programs, rehearse
from uuidkit.rehearsal.programs import Programs
from uuidkit.report.document import html, markdown

SHOP = """
CREATE TABLE regions (code text PRIMARY KEY);
INSERT INTO regions SELECT 'r' || n FROM generate_series(1, 50) AS n;
CREATE TABLE orders (
  id varchar(50) PRIMARY KEY DEFAULT ('order_' || gen_random_uuid()),
  region text NOT NULL REFERENCES regions,
  twice integer GENERATED ALWAYS AS (1 + 1) STORED,
  parent varchar REFERENCES orders
);
INSERT INTO orders (id, region)
SELECT 'order_' || md5(n::text), 'r' || (1 + n % 50) FROM generate_series(1, 5000) AS n;
INSERT INTO orders (id, region, parent) VALUES ('A-1042', 'r7', 'order_' || md5('4999'));
CREATE TABLE items (
  n bigint GENERATED ALWAYS AS IDENTITY, order_id varchar NOT NULL REFERENCES orders ON DELETE CASCADE
) PARTITION BY RANGE (n);
CREATE TABLE items_1 PARTITION OF items FOR VALUES FROM (1) TO (3000);
CREATE TABLE items_2 PARTITION OF items DEFAULT;
INSERT INTO items (order_id) SELECT 'order_' || md5((1 + n * 7 % 5000)::text) FROM generate_series(1, 9000) AS n;
CREATE VIEW open_orders AS SELECT id, region FROM orders;
CREATE MATERIALIZED VIEW per_order AS SELECT order_id, count(*) FROM items GROUP BY 1;
CREATE TABLE elsewhere (n int);
ANALYZE;
"""


@pytest.fixture
def shop(database: str) -> Iterator[str]:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(SHOP)
    yield database
    assert left_behind(database) == []


def left_behind(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'uuidkit\\_rehearsal%'")
        return [str(name) for (name,) in rows]


def rehearsed(url: str, rows: int | None = 200, **options: object) -> Rehearsal:
    with psycopg.connect(url, autocommit=True) as connection:
        plan = uuidkit.plan(connection, ["orders.id"], on_unparseable="derive", **options)
        found = rehearse(url, plan, rows=rows)
    assert found is not None
    return found


def test_a_sample_is_closed_under_references_and_comes_back_as_it_was(shop: str) -> None:
    with psycopg.connect(shop, autocommit=True) as connection:
        before = state(connection, shop)
        found = rehearsed(shop)
        assert state(connection, shop) == before
    assert [(step.name, step.ok, step.message) for step in found.steps if not step.ok] == []
    assert [step.name for step in found.steps] == ["copy", "convert", "verify", "revert", "compare"]
    copied, total = found.rows
    assert total == 50 + 5001 + 9000
    # 200 orders and 200 items of each partition with their orders, the odd one with its parent, their regions.
    assert 600 <= copied <= 1200
    assert found.notes == ()
    assert found.ok
    assert not found.whole


def test_all_rows(shop: str) -> None:
    found = rehearsed(shop, None)
    assert found.ok, found
    assert found.rows == (14051, 14051)


def test_what_the_plan_did_not_foresee_fails_in_the_copy_and_is_told(shop: str) -> None:
    with psycopg.connect(shop, autocommit=True) as connection:
        plan = uuidkit.plan(connection, ["orders.id"], on_unparseable="derive")
        # A trigger on DDL is in no plan.
        connection.execute(
            """CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$
                 BEGIN RAISE EXCEPTION 'no rewriting here'; END $$;
               CREATE EVENT TRIGGER no_rewriting ON table_rewrite EXECUTE FUNCTION refuse()"""
        )
        found = rehearse(shop, plan, rows=100)
        connection.execute("DROP EVENT TRIGGER no_rewriting")
    assert found is not None
    assert not found.ok
    assert [(step.name, step.ok) for step in found.steps] == [("copy", True), ("convert", False)]
    assert "no rewriting here" in found.steps[-1].message


def test_a_blocked_plan_is_not_rehearsed(shop: str) -> None:
    with psycopg.connect(shop, autocommit=True) as connection:
        assert rehearse(shop, uuidkit.plan(connection, ["orders.id"])) is None


def test_what_was_converted_before_is_part_of_the_copy(shop: str) -> None:
    with psycopg.connect(shop, autocommit=True) as connection:
        connection.execute("CREATE TABLE before (id varchar PRIMARY KEY)")
        connection.execute("INSERT INTO before VALUES (gen_random_uuid())")
        uuidkit.convert(connection, ["before.id"])
    found = rehearsed(shop)
    assert found.ok, found


def test_production_is_only_read_while_it_is_rehearsed(shop: str) -> None:
    """Somebody who writes, and holds a lock against every change of the tables, is not in the way."""
    with psycopg.connect(shop) as other:
        other.execute("INSERT INTO orders (id, region) VALUES (gen_random_uuid(), 'r1')")
        other.execute("LOCK TABLE items IN SHARE ROW EXCLUSIVE MODE")
        assert rehearsed(shop, 50).ok


def test_a_role_that_may_make_no_database_rehearses_on_the_embedded_server(shop: str) -> None:
    with psycopg.connect(shop, autocommit=True) as connection:
        connection.execute("CREATE ROLE rehearser LOGIN; GRANT postgres TO rehearser")
        [(major,)] = connection.execute("SELECT current_setting('server_version_num')::int / 10000").fetchall()
    plain = shop.replace("//postgres@", "//rehearser@")
    try:
        with psycopg.connect(plain, autocommit=True) as connection:
            plan = uuidkit.plan(connection, ["orders.id"], on_unparseable="derive")
        if major == 18:
            found = rehearse(plain, plan, rows=50)
            assert found is not None
            assert "embedded" in found.where
            assert found.ok, found
        else:
            with pytest.raises(RehearsalError, match="not 1"):
                rehearse(plain, plan, rows=50)
    finally:
        with psycopg.connect(shop, autocommit=True) as connection:
            connection.execute("REVOKE postgres FROM rehearser; DROP ROLE rehearser")


def test_no_program_is_a_sentence(shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "_installed", lambda: iter([Programs(9, programs.Path("/old"))]))
    with pytest.raises(RehearsalError, match=r"needs pg_dump of PostgreSQL .* Found: 9"):
        rehearsed(shop)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_rehearsal_leaves_nothing(shop: str, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "uuidkit.cli", "report", "orders.id", "--on-unparseable", "derive", "--rehearse"]
    process = subprocess.Popen(
        [*command, "--rehearse-rows", "all"],
        env={**os.environ, "DATABASE_URL": shop},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + 30
    while not left_behind(shop):  # without a pause: the first moments of the database are the critical ones
        assert process.poll() is None
        assert time.monotonic() < end
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 1, said
    assert "Interrupted" in said


def test_the_command_tells_it_in_every_form(shop: str) -> None:
    command = [sys.executable, "-m", "uuidkit.cli", "report", "orders.id", "--on-unparseable", "derive", "--rehearse"]
    environment = {**os.environ, "DATABASE_URL": shop}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [*command, "--rehearse-rows", "50", *arguments], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    report = json.loads(run("--format", "json"))
    found = report["rehearsal"]
    assert found["ok"]
    assert [step["name"] for step in found["steps"]] == ["copy", "convert", "verify", "revert", "compare"]
    # The documents are made of the same report, whatever command has made that.
    assert "everything was as before" in html(report)
    assert "everything was as before" in markdown(report)
    assert "everything was as before" in " ".join(run().split())
