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
# Why a forecast says that it cannot know, and a word of its sentence.
UNSURE = {
    "others take the processor": "Other programs",
    "busy": "busy",
    "disk": "disk",
    "brief": "half a second",
}

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
        between: the bounds that the forecast gave, in seconds.
        unsure: why the forecast said that it cannot know better; empty where it did not.
    """

    forecast: float
    actual: float
    written: float
    wal: float
    report: float
    between: tuple[float, float]
    unsure: str

    @property
    def holds(self) -> bool:
        """Whether it took as long as the bounds allow."""
        return self.between[0] <= self.actual <= self.between[1]


def use(running: Server) -> None:
    """Let the server have files for its log, as one has that has been in use: a new one would make them meanwhile."""
    with running.connect() as connection:
        connection.execute(
            "SELECT count(pg_logical_emit_message(false, 'use', repeat('x', 8000))) FROM generate_series(1, 120000)"
        )
        connection.execute("CHECKPOINT")


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
        between=costs.between or (0.0, 0.0),
        unsure=", ".join(name for name, word in UNSURE.items() if word in costs.basis),
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
    results: list[Result] = []
    with server(given.server, durable=not given.quick) as running:
        if not given.quick:
            use(running)
        settings = ", ".join(f"{name}={value}" for name, value in SETTINGS.items())
        say(f"PostgreSQL {running.version} ({settings}; the rest as installed), {os.cpu_count()} cores")
        say(
            "shape        rows  forecast       between     actual  forecast ÷ actual   written   log   report ÷ convert"
        )
        for shape in [name for name in SHAPES if name in given.shapes or not given.shapes]:
            for rows in (size for size in (QUICK if given.quick else SIZES) for _ in range(given.repeat)):
                found = measure(running, shape, rows)
                results.append(found)
                low, high = found.between
                say(
                    f"{shape:<6} {rows:>10,} {found.forecast:>7.2f} s {f'{low:.2f} to {high:.2f}':>14} "
                    f"{found.actual:>6.2f} s {found.forecast / found.actual:>18.2f} {found.written:>8.2f} "
                    f"{found.wal:>5.2f} {found.report:>17.2f}"
                    + ("" if found.holds else "   (out of bounds)")
                    + (f"   (cannot know: {found.unsure})" if found.unsure else "")
                )
    known = [found for found in results if not found.unsure]
    within = sum(abs(found.forecast / found.actual - 1) <= WITHIN for found in known)
    say(
        f"{sum(found.holds for found in results)} of {len(results)} within the bounds that the report gave; "
        f"{within} of the {len(known)} that claimed to know within ±{WITHIN:.0%}"
    )
    return 0


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
