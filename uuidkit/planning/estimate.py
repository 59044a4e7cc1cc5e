"""What a conversion is expected to cost: arithmetic over sizes and rates, whether measured or typical."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import TableName
from uuidkit.planning.model import Estimate, GraphPlan, TableEstimate, Work

# Seconds on a common machine (two cores, PostgreSQL 18, warm cache), per row unless said otherwise.
_HEAP = 0.5e-6
_HEAP_BYTE = 1.5e-9  # per byte of the table
_INDEX = 0.4e-6  # at a million rows; sorting makes it grow with the logarithm
_FOREIGN_KEY = 0.3e-6
_PROOF = 0.13e-6
_STATISTICS = 5.0e-6  # per row that ANALYZE looks at
_STATEMENTS = 0.012  # per table, whatever its size
_STATISTICS_ROWS = 30_000  # of one table, with the default statistics target
_MILLION = 1_000_000
# A temporary table does without what a permanent one shares with other sessions, and has nothing to commit (measured).
_PERMANENT = 1.1

_BACKUP_BYTES = 40  # a text id beside its uuid
_INDEX_BYTES = 40  # one entry with its share of the upper pages
_WAL_ROW = 30  # the head of a row's record

FIXED = "Typical rates of a common machine; nothing was measured on this server."


@dataclass(frozen=True, slots=True)
class Sample:
    """What rewriting some rows of a table has shown.

    Attributes:
        rows: how many rows were rewritten.
        heap: seconds per row for the table itself.
        index: seconds per row for all its indexes, at that number of rows.
        heap_bytes: bytes per row afterwards.
        index_bytes: bytes per row in all indexes afterwards.
    """

    rows: int
    heap: float
    index: float
    heap_bytes: float
    index_bytes: float


@dataclass(frozen=True, slots=True)
class Rates:
    """How fast a server is.

    Attributes:
        speed: how long it takes for what takes the common machine one second.
        wal: seconds per byte of write-ahead log; what is typical is part of the other rates already.
        sync: seconds per byte of an index that is brought to the disk when it has been built (before PostgreSQL 17).
        samples: what was measured, table by table.
        like: the same as ``speed`` for rewriting tables of which no row was.
        basis: how all this is known, as a sentence or two.
        apart: how much less, and how much more, time the same work took at one moment than at most others; None where
            nothing was measured.
    """

    speed: float = 1.0
    like: float = 1.0
    wal: float = 0.0
    sync: float = 0.0
    samples: Mapping[TableName, Sample] = field(default_factory=dict)
    basis: str = FIXED
    apart: tuple[float, float] | None = None


def works(schema: Schema, graph: GraphPlan, sizes: Mapping[TableName, int]) -> tuple[Work, ...]:
    """What is done to each table of a graph.

    Args:
        schema: for numbers of rows and indexes.
        sizes: bytes of each table's rows.
    """
    found = []
    for table in dict.fromkeys(column.column.table_name for column in graph.changing):
        columns = [column for column in graph.changing if column.column.table_name == table]
        family = {one.table_name for column in columns for one in column.family}
        found.append(
            Work(
                table=table,
                rows=_rows(schema, graph, table),
                bytes=sum(sizes.get(one, 0) for one in family),
                columns=len(columns),
                indexes=len(schema.indexes_of(table)),
                keys=sum(1 for key in graph.foreign_keys if key.table == table),
                backups=sum(1 for column in columns if column.backup),
            )
        )
    return tuple(found)


def estimate(graphs: Sequence[GraphPlan], rates: Rates | None = None, *, wal_logged: bool = True) -> Estimate:
    """Seconds, bytes and locks of a whole plan.

    A table that was never analysed and not surveyed has no known size; the estimate then gives no seconds.

    Args:
        graphs: the graphs of the plan, with what is done to their tables.
        rates: how fast the server is; typical rates by default.
        wal_logged: whether rewriting a table is written to the log (not so with wal_level minimal).
    """
    rates = rates or Rates()
    seconds: float | None = 0.0
    tables: dict[TableName, TableEstimate] = {}
    locks: list[tuple[TableName, str, float | None]] = []
    written = log = peak = kept = 0
    for graph in graphs:
        if not graph.works:
            continue
        lasting: float | None = 0.0
        statistics = 0.0
        graph_written = 0
        for work in graph.works:
            one, of_statistics = _table(work, rates, wal_logged=wal_logged)
            lasting = None if lasting is None or one.seconds is None else lasting + one.seconds - of_statistics
            statistics += of_statistics
            graph_written += one.bytes_written
            log += one.bytes_written + (work.rows or 0) * _WAL_ROW if wal_logged else 0
            tables[work.table] = _added(tables.get(work.table), one)
        written += graph_written
        # What was there before goes at the commit; of the graphs that are finished only the growth remains.
        peak = max(peak, kept + graph_written + _sorting(graph.works))
        kept += sum((work.rows or 0) * (_BACKUP_BYTES - 20) * work.backups for work in graph.works)
        seconds = None if seconds is None or lasting is None else seconds + lasting + statistics
        locks += [(table, "ACCESS EXCLUSIVE", lasting) for table in graph.tables]
    return Estimate(
        seconds=seconds,
        bytes_written=written,
        locks=tuple(locks),
        disk_peak=peak,
        wal=log,
        basis=rates.basis,
        tables=tuple(tables.values()),
        between=None
        if seconds is None or rates.apart is None
        else (seconds * rates.apart[0], seconds * rates.apart[1]),
    )


def _between(seconds: float | None, rates: Rates) -> tuple[float, float] | None:
    if seconds is None or rates.apart is None:
        return None
    return seconds * rates.apart[0], seconds * rates.apart[1]


def _table(work: Work, rates: Rates, *, wal_logged: bool) -> tuple[TableEstimate, float]:
    """One table's part, and how much of its seconds is for the statistics after the commit."""
    rows, sample = work.rows, rates.samples.get(work.table)
    if sample is not None and rows is not None:
        size = round(rows * (sample.heap_bytes + sample.index_bytes))
    else:
        size = work.bytes + (rows or 0) * (_BACKUP_BYTES * work.backups + _INDEX_BYTES * work.indexes)
    if rows is None:
        return TableEstimate(work.table, None, None, size), 0.0
    built = _typical(work, rows) * rates.like if sample is None else _as_sampled(work, rows, sample, rates, wal_logged)
    rest = rows * (_PROOF * work.columns + _FOREIGN_KEY * work.keys) + _STATEMENTS
    statistics = min(rows, _STATISTICS_ROWS) * _STATISTICS * rates.speed
    total = built + rest * rates.speed + statistics
    return TableEstimate(work.table, rows, total, size, measured=sample is not None), statistics


def _typical(work: Work, rows: int) -> float:
    """Seconds of the rewrite with its indexes on the common machine."""
    indexes = _INDEX * work.indexes * _growth(rows, _MILLION)
    return rows * (_HEAP * work.columns + indexes) + work.bytes * _HEAP_BYTE


def _as_sampled(work: Work, rows: int, sample: Sample, rates: Rates, wal_logged: bool) -> float:
    """Seconds of the rewrite with its indexes, as some of the table's rows have shown."""
    log = rows * (sample.heap_bytes + sample.index_bytes) * rates.wal if wal_logged else 0.0
    log += rows * sample.index_bytes * rates.sync
    return rows * (sample.heap + sample.index * _growth(rows, sample.rows)) * _PERMANENT + log


def compared(works: Sequence[Work], rates: Rates) -> float | None:
    """How long the tables that were tried take for what would typically take one second; None where none was.

    Args:
        works: of all tables.
        rates: with what was measured of some of them.
    """
    tried = [(work, rates.samples[work.table]) for work in works if work.table in rates.samples and work.rows]
    typical = sum(_typical(work, work.rows or 0) for work, _ in tried)
    found = sum(_as_sampled(work, work.rows or 0, sample, rates, True) for work, sample in tried)
    return found / typical if typical else None


def _growth(rows: int, known: int) -> float:
    """How much longer an entry of a larger index takes than one of a known size: sorting is n log n."""
    return math.log2(max(rows, 2)) / math.log2(max(known, 2))


def _sorting(works: Sequence[Work]) -> int:
    """Bytes of the largest sort for an index, which goes to disk when it is large."""
    return max(((work.rows or 0) * _INDEX_BYTES for work in works if work.indexes), default=0)


def _added(first: TableEstimate | None, second: TableEstimate) -> TableEstimate:
    """A table that is part of two graphs is rewritten twice."""
    if first is None:
        return second
    known = first.seconds is not None and second.seconds is not None
    return TableEstimate(
        first.table,
        second.rows,
        (first.seconds or 0) + (second.seconds or 0) if known else None,
        first.bytes_written + second.bytes_written,
        first.measured or second.measured,
    )


def _rows(schema: Schema, graph: GraphPlan, table: TableName) -> int | None:
    for column in graph.changing:
        if column.column.table_name == table and column.findings is not None:
            return column.findings.rows
    known = schema.tables[table].rows
    return None if known < 0 else int(known)
