"""What a conversion is expected to cost: arithmetic over sizes and rates, whether measured or typical."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import TableName
from uuidkit.planning.model import Estimate, GraphPlan, TableEstimate, Work
from uuidkit.planning.rates import Rates, Sample

# Seconds on a common machine (two cores, PostgreSQL 18, warm cache).
_STATEMENTS = 0.005  # per table, whatever its size
_LOOKED_UP = 0.075e-6  # per row of a foreign key, in a hash table that fits into the processor's cache
_LOOKED_UP_MISSED = 0.016e-6  # more each time that table is twice as large
_HASHED = 0.02e-6  # per row that is put there
_HASHED_MISSED = 0.035e-6  # more each time
_CACHED = 10_000  # rows in that cache
_LOOKED_AT = 0.65e-9  # per byte of the further pages that ANALYZE reads, for the first time after the commit
_PAGED = 0.3e-9  # per byte that comes from or goes to the system's memory
_GONE = 0.3e-9  # per byte of the files that are removed at the commit
_COUNTED = 0.35e-6  # per row of a column with a table of texts, before and after
_KEPT = 1.7e-6  # per text that goes there

_PAGE = 8192
_RING = 16 * 1024 * 1024  # bytes of its memory that the server uses for a table that is written anew
_PARALLEL = 8 * 1024 * 1024  # bytes of a table from which on several processes read it (min_parallel_table_scan_size)
_GAIN = 1.6  # times as fast they are on two cores (measured)
_LOG_HEAD = 30  # bytes of a row's record in the log


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


def estimate(graphs: Sequence[GraphPlan], rates: Rates | None = None) -> Estimate:
    """Seconds, bytes and locks of a whole plan.

    A table that was never analysed and not surveyed has no known size; the estimate then gives no seconds.

    Args:
        graphs: the graphs of the plan, with what is done to their tables.
        rates: how fast the server is; typical rates by default.
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
            one, of_statistics, logged = _table(graph, work, rates)
            lasting = None if lasting is None or one.seconds is None else lasting + one.seconds - of_statistics
            statistics += of_statistics
            graph_written += one.bytes_written
            log += logged
            tables[work.table] = _added(tables.get(work.table), one)
        written += graph_written
        # What was there before goes at the commit; of the graphs that are finished only the growth remains.
        growth = sum((work.rows or 0) * work.backups for work in graph.works) * 20
        peak = max(peak, kept + graph_written + _sorting(graph.works))
        kept += growth
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


def _table(graph: GraphPlan, work: Work, rates: Rates) -> tuple[TableEstimate, float, int]:
    """One table's part, how much of its seconds is for the statistics after the commit, and bytes of log."""
    if work.rows is None:
        return TableEstimate(work.table, None, None, work.bytes), 0.0, work.bytes if rates.server.logged else 0
    rows, sample = work.rows, rates.sample(work)
    heap, index = rows * sample.heap_bytes, rows * sample.index_bytes
    logged = round(heap + index + rows * _LOG_HEAD) if sample.logged and rates.server.logged else 0
    statistics = _analyzed(rows, sample, rates)
    seconds = (
        rows * (sample.heap + sample.index * _index_growth(rows, sample, rates))
        + rows * sample.proof / _reading_gain(rows, sample, rates)
        + _logged(rows, heap + index, logged, rates)
        + index * rates.sync
        + rates.speed * (_paged(work, rows, sample, rates) + _checked(graph, work, rows) + _texts(graph, work, rows))
        + rates.speed * (_GONE * (work.bytes + index) + _STATEMENTS)
    )
    measured = work.table in rates.samples
    return TableEstimate(work.table, rows, seconds + statistics, round(heap + index), measured), statistics, logged


def _index_growth(rows: int, sample: Sample, rates: Rates) -> float:
    """How much longer an entry takes than in the sample: sorting is n log n, which several processes make up for."""
    if rows * sample.row_bytes >= _PARALLEL and rates.server.builders:
        return 1.0
    return math.log2(max(rows, 2)) / math.log2(max(sample.rows, 2))


def _reading_gain(rows: int, sample: Sample, rates: Rates) -> float:
    """How many times as fast several processes read what one has read of the sample."""
    return _GAIN if rows * sample.row_bytes >= _PARALLEL and rates.server.readers else 1.0


def _logged(rows: int, size: float, logged: int, rates: Rates) -> float:
    """Seconds for the log, or for bringing to the disk what is not logged."""
    if not logged:
        return 0.0 if rates.server.logged else size * rates.sync
    return rows * rates.log_record + logged * rates.log_byte


def _paged(work: Work, rows: int, sample: Sample, rates: Rates) -> float:
    """Seconds for pages that do not stay in the server's own memory, as those of a few rows do."""
    if sample.paged:
        return 0.0
    size = rows * sample.row_bytes
    # More than a quarter of its memory the server does not give to a table that is read from end to end.
    read = work.indexes * size + work.bytes if size > rates.server.memory / 4 else size if size > _RING else 0.0
    return (size + read) * _PAGED


def _checked(graph: GraphPlan, work: Work, rows: int) -> float:
    """Seconds to check the foreign keys of a table: each row is looked up in a hash table of what is referred to."""
    sizes = {one.table: one.rows or 0 for one in graph.works}
    seconds = 0.0
    for key in graph.foreign_keys:
        if key.table == work.table:
            referred = sizes.get(key.referenced_table, 0)
            doubled = max(0.0, math.log2(max(referred, 1) / _CACHED))
            seconds += rows * (_LOOKED_UP + _LOOKED_UP_MISSED * doubled)
            seconds += referred * (_HASHED + _HASHED_MISSED * doubled)
    return seconds


def _texts(graph: GraphPlan, work: Work, rows: int) -> float:
    """Seconds to keep the texts in a table of their own, and to prove them."""
    sizes = {one.table: one.rows or 0 for one in graph.works}
    keys = {reference.referencing: reference.referenced for reference in graph.references}
    seconds = 0.0
    for column in graph.changing:
        if column.column.table_name == work.table and not column.backup:
            key = keys.get(column.column)
            # No more texts occur in a column than in the one that it refers to.
            different = min(rows, sizes.get(key.table_name, rows)) if key else rows
            seconds += rows * _COUNTED + different * _KEPT
    return seconds


def _analyzed(rows: int, sample: Sample, rates: Rates) -> float:
    """Seconds for the statistics of the columns that changed."""
    looked_at = rates.server.statistics
    further = min(rows * sample.row_bytes, looked_at * _PAGE) - sample.rows * sample.row_bytes
    return min(rows, looked_at) * sample.statistics + rates.speed * max(0.0, further) * _LOOKED_AT


def _sorting(works: Sequence[Work]) -> int:
    """Bytes of the largest sort for an index, which goes to disk when it is large."""
    return max(((work.rows or 0) * 40 for work in works if work.indexes), default=0)


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
