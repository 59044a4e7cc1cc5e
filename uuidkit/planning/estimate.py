"""What a conversion is expected to cost, from sizes and typical rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import TableName
from uuidkit.planning.model import Estimate, GraphPlan

# Seconds per row on a common machine (measured on two cores, PostgreSQL 18, warm cache).
_REWRITE = 1.0e-6
_INDEX = 0.6e-6
_FOREIGN_KEY = 0.35e-6
_PROOF = 0.25e-6
_BACKUP_BYTES = 40  # a text id beside its uuid


def estimate(schema: Schema, graphs: Sequence[GraphPlan], sizes: Mapping[TableName, int]) -> Estimate:
    """Seconds, bytes written and locks of a whole plan.

    A table that was never analysed and not surveyed has no known size; the estimate then gives no seconds.

    Args:
        schema: for numbers of rows and indexes.
        graphs: the graphs of the plan.
        sizes: bytes of each table's rows.
    """
    seconds: float | None = 0.0
    written = 0
    locks: list[tuple[TableName, str, float | None]] = []
    for graph in graphs:
        if not graph.changing:
            continue
        graph_seconds: float | None = 0.0
        changing = {column.column.table_name for column in graph.changing}
        for table_name in graph.tables:
            if table_name not in changing:
                continue
            rows = _rows(schema, graph, table_name)
            if rows is None:
                graph_seconds = None
                continue
            columns = sum(1 for column in graph.changing if column.column.table_name == table_name)
            keys = sum(1 for key in graph.foreign_keys if key.table == table_name)
            indexes = len(schema.indexes_of(table_name))
            if graph_seconds is not None:
                graph_seconds += rows * (_REWRITE + _PROOF * columns + _INDEX * indexes + _FOREIGN_KEY * keys)
            written += sizes.get(table_name, 0) + rows * _BACKUP_BYTES * columns
        seconds = None if seconds is None or graph_seconds is None else seconds + graph_seconds
        locks += [(table, "ACCESS EXCLUSIVE", graph_seconds) for table in graph.tables]
    return Estimate(seconds=seconds, bytes_written=written, locks=tuple(locks))


def _rows(schema: Schema, graph: GraphPlan, table: TableName) -> int | None:
    for column in graph.changing:
        if column.column.table_name == table and column.findings is not None:
            return column.findings.rows
    known = schema.tables[table].rows
    return None if known < 0 else int(known)
