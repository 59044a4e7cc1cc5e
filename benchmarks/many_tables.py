"""What a schema of many tables costs: the dry run and the conversion of every key in it, and a scan of many columns.

python -m benchmarks.many_tables                 everything: 100 tables and 200 foreign keys, how it grows, the scan
python -m benchmarks.many_tables graph           one of them: graph, growth, joined, scan
python -m benchmarks.many_tables --server 16     on another server: 18, 16 (from the wheel), system
python -m benchmarks.many_tables --check         ends with status 1 when a target is missed
python -m benchmarks.many_tables --disk          the data on disk; see below
python -m benchmarks.many_tables --quick         small sizes, to see that everything works; the figures say little

A conversion of empty tables makes and removes files, thousands of them, and little else. How long a file system needs
for that depends on what was removed in it before: ext4 does not give an inode away again within minutes of its last
use, and looks past all of them for each new file. So the data are in memory where there is room, which takes as long
as a disk on which nothing was removed lately.
"""

from __future__ import annotations

import argparse
import compileall
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from psycopg import sql

from benchmarks.command import environment
from benchmarks.server import Server, server
from tests.support.memory import FOLDER, prefer_memory

PARTS = ("graph", "growth", "joined", "scan")
TARGETS = (("report", 2.0), ("convert", 3.0), ("verify", None), ("revert", None))  # seconds
SCAN = 5.0  # seconds


@dataclass(frozen=True)
class Sizes:
    """How much is made.

    Attributes:
        tables: tables of the graph; each has two foreign keys to others.
        growth: numbers of tables that the times are compared at.
        joined: rows of a table that three reference graphs have in common.
        scanned: tables of the scan, each with `columns` text columns and `rows` rows.
    """

    tables: int
    growth: Sequence[int]
    joined: int
    scanned: int
    columns: int
    rows: int


FULL = Sizes(tables=100, growth=(50, 100, 200), joined=500_000, scanned=40, columns=10, rows=1000)
QUICK = Sizes(tables=10, growth=(5, 10), joined=5_000, scanned=4, columns=10, rows=100)


@dataclass(frozen=True)
class Took:
    """What a command took: seconds from its start to its end, and of processor time, the server's included."""

    seconds: float
    processor: float


@dataclass
class Bench:
    """One run of the benchmark.

    Attributes:
        missed: the targets that were not met.
    """

    server: Server
    sizes: Sizes
    missed: list[str] = field(default_factory=list)

    def graph(self) -> None:
        """Empty tables that refer to one another, each a graph with those that refer to it: there and back."""
        tables = self.sizes.tables
        print(f"{tables} empty tables, {2 * tables} foreign keys, {3 * tables} columns in {tables} graphs:")
        self._there_and_back(tables, judged=True)

    def growth(self) -> None:
        """The same at several numbers of tables: how much longer each command takes than with the fewest."""
        print("How it grows (seconds, each command a process of its own; in brackets the processor time against the")
        print("first line's, less what the program needs to start):")
        names = [command for command, _ in TARGETS]
        print(f"  {'tables':>8}{'keys':>8}" + "".join(f"{name:>18}" for name in names))
        start = self._start()
        first: dict[str, Took] = {}
        for tables in self.sizes.growth:
            found = self._there_and_back(tables, judged=False)
            first = first or found
            print(f"  {tables:>8}{2 * tables:>8}" + "".join(_compared(found[n], first[n], start) for n in names))

    def joined(self) -> None:
        """A table with a key and two foreign keys: converted graph by graph, and with its graphs as one."""
        took: dict[str, list[Took]] = {"graph by graph": [], "--join-graphs": []}
        for way, found in took.items():
            with self._database("orders") as name:
                make_orders(self.server, name, self.sizes.joined)
                options = ("--join-graphs",) if way == "--join-graphs" else ()
                found.append(self._timed(name, "convert", "orders.id", "people.id", "articles.id", *options)[0])
                found.append(self._timed(name, "revert", "--all")[0])
        print(f"A table of {self.sizes.joined} rows with its own key and two foreign keys:")
        for number, command in enumerate(("convert", "revert")):
            apart, together = (found[number].seconds for found in took.values())
            print(f"  {command:<17}{apart:6.2f} s, --join-graphs {together:.2f} s: {together / apart:.2f}")

    def scan(self) -> None:
        """A database of many text columns, of which some are ids."""
        sizes = self.sizes
        with self._database("scanned") as name:
            make_texts(self.server, name, sizes)
            scan, output = self._timed(name, "scan")
            report, _ = self._timed(name, "report", "--all")
        columns = sizes.scanned * sizes.columns
        print(f"{columns} text columns, {sizes.rows} rows each ({output.splitlines()[0]}):")
        self._judge("scan", scan, SCAN)
        self._judge("report --all", report, None)

    def _start(self) -> float:
        """Seconds of processor time that a command takes with nothing to do."""
        with self._database("empty") as name:
            return self._timed(name, "verify")[0].processor

    def _timed(self, database: str, *args: str) -> tuple[Took, str]:
        before = self.server.processor_time(database), _children()
        seconds, output = timed(self.server.url(database), *args)
        return Took(seconds, self.server.processor_time(database) - before[0] + _children() - before[1]), output

    def _there_and_back(self, tables: int, *, judged: bool) -> dict[str, Took]:
        found = {}
        with self._database("graph") as name:
            make_graph(self.server, name, tables)
            for command, target in TARGETS:
                found[command], _ = self._timed(name, command, *(f"table_{number}.id" for number in range(tables)))
                if judged:
                    self._judge(command, found[command], target)
        if judged:
            with self._database("joined") as name:
                make_graph(self.server, name, tables)
                targets = [f"table_{number}.id" for number in range(tables)]
                joined, _ = self._timed(name, "convert", "--join-graphs", *targets)
                print(f"  with --join-graphs, a rewrite for each table instead of three: {joined.seconds:.2f} s")
            with self._database("bare") as name:
                make_graph(self.server, name, tables)
                bare = self._bare(name, tables)
            print(f"  bare ALTER TYPE  {bare:6.2f} s; convert / bare {found['convert'].seconds / bare:.1f}")
        return found

    def _bare(self, database: str, tables: int) -> float:
        """Seconds that PostgreSQL needs to rewrite the same columns in as many transactions, and nothing else."""
        with self.server.connect(database) as connection:
            for number in range(tables):
                for column in ("first_id", "second_id"):
                    drop = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}")
                    connection.execute(drop.format(_table(number), sql.Identifier(f"table_{number}_{column}_fkey")))
            begun = time.monotonic()
            for number in range(tables):
                with connection.transaction():
                    for column in ("id", "first_id", "second_id"):
                        alter = sql.SQL("ALTER TABLE {} ALTER {} TYPE uuid USING {}::uuid")
                        name = sql.Identifier(column)
                        connection.execute(alter.format(_table(number), name, name))
            return time.monotonic() - begun

    def _judge(self, what: str, took: Took, target: float | None) -> None:
        missed = target is not None and took.seconds > target
        goal = "" if target is None else f"   (target: under {target:.0f} s{', missed' if missed else ''})"
        print(f"  {what:<17}{took.seconds:6.2f} s, {took.processor:5.2f} s of processor time{goal}")
        if missed:
            self.missed.append(what)

    @contextmanager
    def _database(self, name: str) -> Iterator[str]:
        self.server.create(name)
        yield name
        self.server.drop(name)


def _compared(took: Took, first: Took, start: float) -> str:
    ratio = (took.processor - start) / max(first.processor - start, 0.01)
    return f"{took.seconds:>9.2f} ({ratio:>4.1f}) "


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def timed(url: str, *args: str) -> tuple[float, str]:
    """Run a command of the program in a process of its own: seconds from its start to its end, and what it printed.

    Args:
        url: the database.
        args: the command and its arguments.

    Raises:
        RuntimeError: it did not end with status 0.
    """
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "uuidkit.cli", *args], env=environment(url), capture_output=True, text=True
    )
    seconds = time.perf_counter() - begun
    if done.returncode:
        raise RuntimeError(f"uuidkit {' '.join(args)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return seconds, done.stdout


def make_graph(running: Server, database: str, tables: int) -> None:
    """Empty tables, each with foreign keys to two others and an index on each of them.

    Args:
        running: the server.
        database: an empty one.
        tables: how many.
    """
    with running.connect(database) as connection, connection.transaction():
        for number in range(tables):
            connection.execute(
                sql.SQL(
                    "CREATE TABLE {table} (id varchar(36) PRIMARY KEY, first_id varchar(36) NOT NULL, "
                    "second_id varchar(36), name text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());"
                    "CREATE INDEX ON {table} (first_id); CREATE INDEX ON {table} (second_id)"
                ).format(table=_table(number))
            )
        for number in range(tables):
            for column, other in (("first_id", max(number - 1, 0)), ("second_id", (number * 7 + 3) % tables)):
                connection.execute(
                    sql.SQL("ALTER TABLE {} ADD FOREIGN KEY ({}) REFERENCES {}").format(
                        _table(number), sql.Identifier(column), _table(other)
                    )
                )
    _settle(running, database)


def _table(number: int) -> sql.Identifier:
    return sql.Identifier(f"table_{number}")


def make_orders(running: Server, database: str, rows: int) -> None:
    """A table with a key and foreign keys to two others, each the key of a reference graph.

    Args:
        running: the server.
        database: an empty one.
        rows: of that table.
    """
    with running.connect(database) as connection, connection.transaction():
        connection.execute(
            "CREATE TABLE people (id varchar PRIMARY KEY); CREATE TABLE articles (id varchar PRIMARY KEY);"
            "CREATE TABLE orders (id varchar PRIMARY KEY, person_id varchar NOT NULL REFERENCES people,"
            " article_id varchar NOT NULL REFERENCES articles, remark text);"
            "INSERT INTO people SELECT 'person_' || md5('p' || n) FROM generate_series(1, 1000) AS n;"
            "INSERT INTO articles SELECT 'article_' || md5('a' || n) FROM generate_series(1, 1000) AS n"
        )
        connection.execute(
            sql.SQL(
                "INSERT INTO orders SELECT 'order_' || md5('o' || n), 'person_' || md5('p' || 1 + n % 1000),"
                " 'article_' || md5('a' || 1 + n * 7 % 1000), 'as usual' FROM generate_series(1, {}) AS n"
            ).format(sql.Literal(rows))
        )
        connection.execute("CREATE INDEX ON orders (person_id); CREATE INDEX ON orders (article_id)")
    _settle(running, database)


# What a text column of somebody's database may hold; {n} is the row, {t} the table.
_TEXTS = (
    ("id", "'t{t}_' || md5({t} || '-' || n)"),
    ("parent_id", "'t{p}_' || md5({p} || '-' || 1 + n * 7 % {rows})"),
    ("session_id", "md5('s{t}' || n)::uuid::text"),
    ("source_id", "CASE n % 3 WHEN 0 THEN 'master' ELSE md5('m{t}' || n)::uuid::text END"),
    ("email", "'customer' || n || '@mail' || n % 7 || '.example'"),
    ("etag", "md5('e{t}' || n)"),
    ("status", "(ARRAY['new', 'open', 'done'])[1 + n % 3]"),
    ("title", "'Order ' || n || ' of ' || n % 97"),
    ("description", "repeat('Some words that describe row ' || n || '. ', 6)"),
    ("website", "'https://shop.example/item/' || md5('w{t}' || n)::uuid"),
)


def make_texts(running: Server, database: str, sizes: Sizes) -> None:
    """Tables of text columns: keys, references that no foreign key declares, and what is no identifier at all.

    Args:
        running: the server.
        database: an empty one.
        sizes: how many tables, text columns each (at most ten kinds, then they repeat) and rows.
    """
    with running.connect(database) as connection, connection.transaction():
        for number in range(sizes.scanned):
            columns = [
                (f"{name}_{again}" if (again := at // len(_TEXTS)) else name, expression)
                for at in range(sizes.columns)
                for name, expression in [_TEXTS[at % len(_TEXTS)]]
            ]
            connection.execute(
                sql.SQL("CREATE TABLE {} ({}, PRIMARY KEY (id))").format(
                    _table(number),
                    sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(name)) for name, _ in columns),
                )
            )
            values = ", ".join(e.format(t=number, p=max(number - 1, 0), rows=sizes.rows) for _, e in columns)
            connection.execute(
                f"INSERT INTO table_{number} SELECT {values} FROM generate_series(1, {sizes.rows}) AS n".encode()
            )
    _settle(running, database)


def _settle(running: Server, database: str) -> None:
    with running.connect(database) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help="graph, growth, joined, scan (default: all)")
    parser.add_argument("--server", default="18", help="18, 16 or system (default: 18)")
    parser.add_argument("--quick", action="store_true", help="small sizes")
    parser.add_argument("--disk", action="store_true", help="the data on disk, even if there is room in memory")
    parser.add_argument("--check", action="store_true", help="end with status 1 when a target is missed")
    given = parser.parse_args(arguments)
    unknown = [part for part in given.parts if part not in PARTS]
    if unknown:
        parser.error(f"unknown part {unknown[0]!r}; known are {', '.join(PARTS)}")
    # Installed programs have been compiled.
    compileall.compile_dir(Path(__file__).parents[1] / "uuidkit", quiet=2)
    if not given.disk:
        prefer_memory()
    with server(given.server) as running:
        where = "in memory" if FOLDER in running.folder.parents else "on disk"
        print(f"PostgreSQL {running.version}, as installed; data {where}")
        bench = Bench(running, QUICK if given.quick else FULL)
        for part in given.parts or PARTS:
            print()
            getattr(bench, part)()
    return 1 if given.check and bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
