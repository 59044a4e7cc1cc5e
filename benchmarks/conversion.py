"""What `uuidkit convert` costs, as ratios to other ways, measured in one run on a server of its own.

python -m benchmarks.conversion                 all comparisons, 200,000 parents and 2,000,000 children
python -m benchmarks.conversion floor           one of them: floor, regex, update, loop, scale
python -m benchmarks.conversion --quick         a few seconds, to see that everything works; ratios say little
python -m benchmarks.conversion --server 16     on another server: 18, 16 (from the wheel), system
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import psycopg

from benchmarks import ways
from benchmarks.command import ORDER, START, Run, convert
from benchmarks.data import Size, make, result
from benchmarks.server import SETTINGS, Server, server

COMPARISONS = ("floor", "regex", "update", "loop", "scale")
FULL = Size(200_000, 2_000_000)
QUICK = Size(2_000, 20_000)
SCALE = (100_000, 500_000, 2_000_000, 5_000_000)  # children; one parent to ten of them
QUICK_SCALE = (5_000, 20_000)
LOOP_ROWS = 20_000
MEMORY = 150.0  # MB of 10^6 bytes

_SERIES = "base"


@dataclass
class Bench:
    """One run of the benchmark.

    Attributes:
        server: the running server.
        size: rows of the tables that the ways are compared on.
        repeat: how often the main pair is measured.
        loop_rows: rows that the legacy loop is measured on.
        scale: numbers of children that the cost per row is compared at.
        judged: whether the ratios are held against their targets.
        missed: the targets that were not met.
        memory: of the client in the conversion that was measured last, in MB.
    """

    server: Server
    size: Size
    repeat: int
    loop_rows: int
    scale: Sequence[int]
    judged: bool = True
    missed: list[str] = field(default_factory=list)
    memory: float = 0.0
    _expected: tuple[object, ...] | None = None

    def prepare(self) -> None:
        """Make the tables that every way starts from a copy of."""
        begun = time.perf_counter()
        on_disk = make(self.server, _SERIES, self.size)
        say(f"{self.size}, {on_disk}, made in {time.perf_counter() - begun:.0f} s")

    def converted(self) -> tuple[Run, float]:
        """One conversion by the command, of a fresh copy; and its processor time, the server's included."""
        runs: list[Run] = []
        server_time = self._on_copy(lambda database: runs.append(convert(self.server.url(database))))
        return runs[0], runs[0].processor + server_time

    def by_hand(self, way: Callable[[psycopg.Connection], dict[str, float]]) -> tuple[dict[str, float], float]:
        """Another way, on a fresh copy: seconds by statement; and its processor time, the server's."""
        seconds: dict[str, float] = {}

        def work(database: str) -> None:
            with self.server.connect(database) as connection:
                gc.collect()
                seconds.update(way(connection))

        server_time = self._on_copy(work)
        return seconds, server_time

    def _on_copy(self, work: Callable[[str], None]) -> float:
        """Do some work on a fresh copy: the processor time that the server took for it."""
        self.server.create("copy", _SERIES)
        try:
            before = self.server.processor_time("copy")
            work("copy")
            taken = self.server.processor_time("copy") - before
            with self.server.connect("copy") as connection:
                found = result(connection)
            # A way that gives other uuids, or loses a key, is no competitor.
            self._expected = self._expected or found
            if found != self._expected:
                raise RuntimeError(f"two ways gave different results:\n{self._expected}\n{found}")
        finally:
            self.server.drop("copy")
        return taken

    def verdict(self, name: str, ratio: float, target: float, *, at_most: bool = False) -> None:
        """Print a ratio with what it should be."""
        bound = f"target: {'at most' if at_most else 'at least'} {target:g}"
        if not self.judged:
            say(f"  => {name}: {ratio:.2f}  ({bound}; these tables are too small to say)")
            return
        met = ratio <= target if at_most else ratio >= target
        say(f"  => {name}: {ratio:.2f}  ({bound}; {'met' if met else 'MISSED'})")
        if not met:
            self.missed.append(name)


def floor(bench: Bench) -> None:
    """The whole command against the bare ALTER, alternating."""
    say("")
    say("convert / bare ALTER: the whole command (process, survey, backup, keys, proof, statistics) against")
    say("ALTER COLUMN … TYPE uuid USING <cheapest exact expression>, no backup; key dropped and put up; ANALYZE")
    ratios, processor, runs, bare = [], [], [], []
    for number in range(1, bench.repeat + 1):
        by_hand, theirs = bench.by_hand(ways.bare_alter)
        run, ours = bench.converted()
        bare.append(by_hand)
        runs.append(run)
        seconds = sum(by_hand.values())
        ratios.append(run.seconds / seconds)
        processor.append(ours / theirs)
        say(
            f"  {number}. {run.seconds:6.2f} s / {seconds:6.2f} s = {ratios[-1]:.2f}"
            f"   processor time {ours:6.2f} s / {theirs:6.2f} s = {processor[-1]:.2f}"
        )
    _phases(runs, bare)
    say(f"  in processor time, whatever else the machine does: {statistics.median(processor):.2f}")
    bench.verdict("convert / bare ALTER (median)", statistics.median(ratios), 1.5, at_most=True)


def _phases(runs: Sequence[Run], bare: Sequence[dict[str, float]]) -> None:
    """Where the time goes, in both, as medians."""
    total = statistics.median(sum(seconds.values()) for seconds in bare)
    say("  where the command's time goes             seconds   of the bare ALTER")
    for phase in ORDER:
        seconds = statistics.median(run.phases[phase] for run in runs)
        say(f"    {phase:<38} {seconds:8.2f} {seconds / total:10.2f}")
    say("  where the bare ALTER's time goes")
    for name in bare[0]:
        seconds = statistics.median(found[name] for found in bare)
        say(f"    {name:<38} {seconds:8.2f} {seconds / total:10.2f}")


def regex(bench: Bench) -> None:
    """The ALTER with one pattern for everything."""
    say("")
    say("catch-all ALTER / convert: USING replace(substring(id from <pattern>), '_', '-')::uuid, no backup, no proof")
    by_hand, _ = bench.by_hand(lambda connection: ways.bare_alter(connection, ways.LOOSE))
    loose = sum(by_hand.values())
    by_hand, theirs = bench.by_hand(lambda connection: ways.bare_alter(connection, ways.EXACT))
    ours = _against(bench, "catch-all ALTER / convert", by_hand, theirs, 3)
    say(f"  (a pattern that also takes the last digits of a longer number: {loose:.2f} s, {loose / ours:.2f} times)")


def update(bench: Bench) -> None:
    """A backup by UPDATE, then the ALTER."""
    say("")
    say("UPDATE, then ALTER / convert: backup column filled by UPDATE, then the bare ALTER, no proof")
    by_hand, theirs = bench.by_hand(ways.update_then_alter)
    _against(bench, "UPDATE, then ALTER / convert", by_hand, theirs, 5)


def _against(bench: Bench, name: str, by_hand: dict[str, float], theirs: float, target: float) -> float:
    """Another way, which was measured, against a conversion, which is measured now: the seconds of the latter."""
    run, ours = bench.converted()
    seconds = sum(by_hand.values())
    processor = f"processor time {theirs:6.2f} s / {ours:6.2f} s = {theirs / ours:.2f}"
    say(f"  {seconds:7.2f} s / {run.seconds:6.2f} s   {processor}")
    bench.verdict(name, seconds / run.seconds, target)
    return run.seconds


def loop(bench: Bench) -> None:
    """The legacy script's loop."""
    say("")
    rows = min(bench.loop_rows, bench.size.children)
    say(f"legacy loop / convert: an UPDATE per row from Python, {rows:,} rows measured, scaled to {bench.size.rows:,}")
    scaled = []
    for way, name in ((ways.row_by_row_at_its_best, "psycopg alone"), (ways.row_by_row, "as the script did it")):
        bench.server.create("loop", _SERIES)
        try:
            per_row = way(bench.server.url("loop"), rows)
        finally:
            bench.server.drop("loop")
        scaled.append(per_row * bench.size.rows)
        say(f"  {name}: {per_row * 1e6:.0f} µs per row, {scaled[-1]:.0f} s")
    run, _ = bench.converted()
    at_best, as_it_was = (seconds / run.seconds for seconds in scaled)
    say(f"  convert: {run.seconds:.2f} s; the loop at its best takes {at_best:.0f} times as long")
    bench.verdict("legacy loop / convert", as_it_was, 80)


def scale(bench: Bench) -> None:
    """Cost per row and memory of the client, from small tables to large ones."""
    say("")
    say("cost per row and memory of the client, by size (the whole command)")
    say("       children   seconds   µs per row   in processor time   bare ALTER's   client MB")
    costs, memory = [], []
    for children in bench.scale:
        size = Size(children // 10, children)
        make(bench.server, "sized", size)
        # A second is soon over: small tables are measured more often, for the same certainty.
        taken = [_sized(bench, size) for _ in range(1 if children > 1_000_000 else bench.repeat)]
        bare, seconds, working, processor = (statistics.median(values) for values in zip(*taken, strict=True))
        bench.server.drop("sized")
        costs.append(working / size.rows * 1e6)
        memory.append(bench.memory)
        say(
            f"    {children:>11,} {seconds:9.2f} {costs[-1]:12.2f} {processor / size.rows * 1e6:19.2f} "
            f"{bare / size.rows * 1e6:14.2f} {bench.memory:11.0f}"
        )
    say("  (µs per row: without the start of the program, which costs the same whatever the size)")
    bench.verdict("cost per row, largest table / smallest", costs[-1] / costs[0], 1.5, at_most=True)
    bench.verdict("memory of the client, MB", max(memory), MEMORY, at_most=True)


def _sized(bench: Bench, size: Size) -> tuple[float, float, float, float]:
    """Seconds: of the bare ALTER, of the command, of the command without its start, of processors."""
    bench.server.create("copy", "sized")
    with bench.server.connect("copy") as connection:
        bare = sum(ways.bare_alter(connection).values())
    bench.server.drop("copy")
    bench.server.create("copy", "sized")
    before = bench.server.processor_time("copy")
    run = convert(bench.server.url("copy"))
    processor = bench.server.processor_time("copy") - before
    bench.server.drop("copy")
    bench.memory = run.memory
    return bare, run.seconds, run.seconds - run.phases[START], processor


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0 when all was measured, whatever the ratios, unless --check asks for them."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.conversion",
        description="What `uuidkit convert` costs, as ratios to other ways, measured in one run.",
    )
    parser.add_argument("comparisons", nargs="*", metavar="COMPARISON", help=f"{', '.join(COMPARISONS)}; default: all")
    parser.add_argument("--server", default="18", metavar="LABEL", help="18 (default), 16 or system")
    parser.add_argument("--parents", type=int, help=f"rows of the parent table (default {FULL.parents:,})")
    parser.add_argument("--children", type=int, help=f"rows of the child table (default {FULL.children:,})")
    parser.add_argument("--repeat", type=int, metavar="N", help="how often the main pair is measured (default 3)")
    parser.add_argument("--quick", action="store_true", help="small tables, once")
    parser.add_argument("--check", action="store_true", help="end with status 1 when a target is missed")
    given = parser.parse_args(arguments)
    unknown = sorted(set(given.comparisons) - set(COMPARISONS))
    if unknown:
        parser.error(f"no such comparison: {', '.join(unknown)} (there are {', '.join(COMPARISONS)})")
    default = QUICK if given.quick else FULL
    size = Size(given.parents or default.parents, given.children or default.children)
    chosen = [name for name in COMPARISONS if name in given.comparisons or not given.comparisons]
    begun = time.perf_counter()
    with server(given.server, durable=not given.quick) as running:
        settings = ", ".join(f"{name}={value}" for name, value in SETTINGS.items())
        say(f"PostgreSQL {running.version} ({settings}; the rest as installed), {os.cpu_count()} cores,")
        say(f"Python {platform.python_version()}; each way starts from an identical fresh copy, after a CHECKPOINT")
        bench = Bench(
            running,
            size,
            repeat=given.repeat or (1 if given.quick else 3),
            loop_rows=1_000 if given.quick else LOOP_ROWS,
            scale=QUICK_SCALE if given.quick else SCALE,
            judged=not given.quick,
        )
        if set(chosen) - {"scale"}:
            bench.prepare()
        for name in chosen:
            {"floor": floor, "regex": regex, "update": update, "loop": loop, "scale": scale}[name](bench)
    say("")
    missed = f"; missed: {', '.join(bench.missed) or 'nothing'}" if bench.judged else ""
    say(f"{time.perf_counter() - begun:.0f} s in all{missed}")
    return 1 if given.check and bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
