"""How well `report` foretells what `convert` then takes: forecast ÷ actual, for three shapes of tables and three sizes.

python -m benchmarks.forecast                 three shapes, 100,000 to 1,000,000 rows, on a server of its own
python -m benchmarks.forecast keys            one of them: keys, wide, many
python -m benchmarks.forecast --quick         a few seconds, to see that everything works; ratios say little
python -m benchmarks.forecast --server 16     on another server: 18, 16 (from the wheel), system
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

import uuidkit
from benchmarks.server import SETTINGS, Server, server
from uuidkit.forecast import forecast

SIZES = (100_000, 300_000, 1_000_000)
QUICK = (30_000,)
WITHIN = 0.2

_SPELLED = """
CREATE FUNCTION spelled(n bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN n % 10 < 5 THEN 'batch_' || md5(n::text)
              WHEN n % 10 < 8 THEN 'batch_' || md5(n::text)::uuid::text
              ELSE md5(n::text)::uuid::text END
$$;
"""
# A parent for ten children, as in most schemas.
_KEYS = """
CREATE TABLE parents (id varchar PRIMARY KEY, status varchar NOT NULL, made timestamp NOT NULL);
CREATE TABLE children (n bigint PRIMARY KEY, parent_id varchar NOT NULL, domain varchar NOT NULL, made timestamp);
INSERT INTO parents SELECT spelled(n), 'completed', now() FROM generate_series(1, {rows} / 10) AS n;
INSERT INTO children SELECT n, spelled(1 + (n * 7919) % ({rows} / 10)), 'shop-' || n || '.example', now()
  FROM generate_series(1, {rows}::bigint) AS n;
CREATE INDEX ON children (parent_id);
ALTER TABLE children ADD FOREIGN KEY (parent_id) REFERENCES parents ON DELETE CASCADE;
"""
# Rows of half a kilobyte, and indexes that have nothing to do with the id.
_WIDE = """
CREATE TABLE parents (id varchar PRIMARY KEY, title text NOT NULL, payload text NOT NULL, made timestamp NOT NULL);
INSERT INTO parents SELECT spelled(n), md5((n * 31)::text), repeat(md5(n::text), 15), now() + n * interval '1 second'
  FROM generate_series(1, {rows}::bigint) AS n;
CREATE INDEX ON parents (title);
CREATE INDEX ON parents (made);
"""
# One key, eight tables that refer to it, some of them twice.
_MANY = """
CREATE TABLE parents (id varchar PRIMARY KEY, status varchar NOT NULL);
INSERT INTO parents SELECT spelled(n), 'completed' FROM generate_series(1, {rows} / 10) AS n;
"""
_MANY_CHILD = """
CREATE TABLE child_{number} (n bigint PRIMARY KEY, parent_id varchar NOT NULL REFERENCES parents,
                             other_id varchar REFERENCES parents);
INSERT INTO child_{number} SELECT n, spelled(1 + n % ({rows} / 10)), spelled(1 + (n * 13) % ({rows} / 10))
  FROM generate_series(1, {rows}::bigint / 8) AS n;
CREATE INDEX ON child_{number} (parent_id);
"""
SHAPES = {
    "keys": _SPELLED + _KEYS,
    "wide": _SPELLED + _WIDE,
    "many": _SPELLED + _MANY + "".join(_MANY_CHILD.replace("{number}", str(number)) for number in range(1, 9)),
}


@dataclass(frozen=True)
class Result:
    """One shape at one size.

    Attributes:
        forecast, actual: seconds of the transactions and the statistics after them.
        written, wal: forecast ÷ actual of the bytes.
        report: seconds of plan and forecast, of each second of the conversion with its own plan.
        busy: whether the forecast said that the server is too busy to know.
    """

    forecast: float
    actual: float
    written: float
    wal: float
    report: float
    busy: bool


def measure(running: Server, shape: str, rows: int) -> Result:
    """Foretell one conversion, and carry it out."""
    running.create("shape")
    try:
        with running.connect("shape") as connection:
            connection.execute(SHAPES[shape].replace("{rows}", str(rows)).encode())
            connection.execute("DROP FUNCTION spelled")
            connection.execute("VACUUM (ANALYZE)")
            connection.execute("CHECKPOINT")
            begun = time.perf_counter()
            planned = forecast(connection, uuidkit.plan(connection, ["parents.id"]))
            reported = time.perf_counter() - begun
            costs = planned.estimate
            tables = [str(item.table) for item in costs.tables]
            before = _position(connection)
            begun = time.perf_counter()
            outcome = uuidkit.convert(connection, ["parents.id"])
            whole = time.perf_counter() - begun
            wal = _position(connection) - before
            [(size,)] = connection.execute(
                "SELECT sum(pg_total_relation_size(t::regclass))::int8 FROM unnest(%s::text[]) AS t", [tables]
            ).fetchall()
    finally:
        running.drop("shape")
    return Result(
        forecast=costs.seconds or 0.0,
        actual=sum(graph.seconds for graph in outcome.done),
        written=costs.bytes_written / size,
        wal=costs.wal / wal,
        report=reported / whole,
        busy="busy" in costs.basis,
    )


def _position(connection: psycopg.Connection) -> int:
    [(position,)] = connection.execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::int8").fetchall()
    return int(position)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0 when all was measured, whatever the ratios."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.forecast", description="Forecast ÷ actual of conversions, measured in one run."
    )
    parser.add_argument("shapes", nargs="*", metavar="SHAPE", help=f"{', '.join(SHAPES)}; default: all")
    parser.add_argument("--server", default="18", metavar="LABEL", help="18 (default), 16 or system")
    parser.add_argument("--quick", action="store_true", help="small tables")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="how often each is measured (default 1)")
    given = parser.parse_args(arguments)
    unknown = sorted(set(given.shapes) - set(SHAPES))
    if unknown:
        parser.error(f"no such shape: {', '.join(unknown)} (there are {', '.join(SHAPES)})")
    within = known = measured = 0
    with server(given.server, durable=not given.quick) as running:
        settings = ", ".join(f"{name}={value}" for name, value in SETTINGS.items())
        say(f"PostgreSQL {running.version} ({settings}; the rest as installed), {os.cpu_count()} cores")
        say("shape        rows  forecast    actual  forecast ÷ actual   written   log   report ÷ convert")
        for shape in [name for name in SHAPES if name in given.shapes or not given.shapes]:
            for rows in (size for size in (QUICK if given.quick else SIZES) for _ in range(given.repeat)):
                found = measure(running, shape, rows)
                ratio = found.forecast / found.actual
                measured += 1
                known += not found.busy
                within += not found.busy and abs(ratio - 1) <= WITHIN
                say(
                    f"{shape:<6} {rows:>10,} {found.forecast:>7.2f} s {found.actual:>7.2f} s {ratio:>18.2f} "
                    f"{found.written:>9.2f} {found.wal:>5.2f} {found.report:>18.2f}"
                    + ("   (said that it cannot know: the server is busy)" if found.busy else "")
                )
    unknown_ones = f"{measured - known} said that the server is too busy to know"
    say(f"{within} of {known} forecasts within ±{WITHIN:.0%}; {unknown_ones}")
    return 0


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
