"""Rewrites some rows of the largest tables in temporary tables, with a clock beside it, and undoes it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import psycopg
from psycopg import sql

from uuidkit.composing import joined, raw
from uuidkit.database.session import Session, adapt
from uuidkit.explaining import sentences
from uuidkit.planning.estimate import FIXED, Rates, Sample, compared, estimate
from uuidkit.planning.model import ColumnPlan, GraphPlan, Plan, Work
from uuidkit.reading import reading
from uuidkit.wording import count

WORTH_IT = 20_000  # rows: what is smaller takes less than a second anyway
_ROWS = 40_000  # of one table
_BYTES = 16 * 1024 * 1024  # of one table: wide rows are fewer
_TABLES = 6
_STEADY = 1.4  # the same work may take that many times as long again on a quiet server
_LOG = 8 * 1024 * 1024  # bytes of write-ahead log to see how fast it takes them
_REFERENCE = 0.052  # seconds of _WORKLOAD on the machine that the typical rates are of
_WORKLOAD = (
    "SELECT count(*) FROM (SELECT md5(n::text)::uuid AS id FROM generate_series(1, 60000) AS n) AS made WHERE id > "
    "'00000000-0000-0000-0000-000000000001'"
)


class _Undo(Exception):
    """Ends the transaction, so that nothing of it remains."""


def forecast(connection: Any, plan: Plan, *, seconds: float = 1.0) -> Plan:
    """The plan with an estimate that rests on what this server does just now; nothing of the trial remains.

    Where nothing may be tried (a READ ONLY transaction, a standby, no right to make temporary tables) the typical
    rates stay, and the estimate's basis says so.

    Args:
        connection: a psycopg or SQLAlchemy connection; in a transaction of the caller everything is undone to a
            savepoint.
        plan: any.
        seconds: about how long the trial may take; tables that have not had their turn by then are reckoned by rates.

    Raises:
        LockNotAvailable: somebody holds a table exclusively.
    """
    session = adapt(connection)
    works = [work for graph in plan.graphs for work in graph.works]
    if sum(work.rows or 0 for work in works) < WORTH_IT:
        basis = "Typical rates; the tables are small, so that nothing was tried on this server."
        return replace(plan, estimate=replace(plan.estimate, basis=basis)) if works else plan
    with sentences():
        with reading(session, plan.request.lock_timeout):
            why_not, wal_logged, memory = _surroundings(session)
        rates = Rates(basis=f"{FIXED} {why_not}") if why_not else _measured(session, plan, seconds)
    basis = rates.basis + _caution(works, memory)
    return replace(plan, estimate=estimate(plan.graphs, replace(rates, basis=basis), wal_logged=wal_logged))


def _surroundings(session: Session) -> tuple[str, bool, int]:
    """Why nothing can be tried (empty: it can), whether rewriting is logged, bytes of the server's own memory."""
    [(standby, read_only, temporary, level, memory)] = session.rows(
        """SELECT pg_catalog.pg_is_in_recovery(), current_setting('transaction_read_only') = 'on',
                  has_database_privilege(current_database(), 'TEMP'), current_setting('wal_level'),
                  pg_size_bytes(current_setting('shared_buffers'))"""
    )
    why = ""
    if standby:
        why = "The server is a standby."
    elif read_only:
        why = "The transaction is READ ONLY."
    elif not temporary:
        why = "The role may not make temporary tables in this database (GRANT TEMPORARY would allow it)."
    return why, level != "minimal", int(memory)


def _caution(works: Sequence[Work], memory: int) -> str:
    largest = max(work.bytes for work in works)
    if largest <= memory:
        return ""
    return (
        " The largest table does not fit into the server's shared_buffers: where the disk is slower than the memory of "
        "the system, it takes longer than said here. `report --rehearse --rehearse-rows all` knows."
    )


def _measured(session: Session, plan: Plan, seconds: float) -> Rates:
    begun = time.monotonic()
    found: dict[Any, Sample] = {}
    refused = ""
    speeds: list[float] = []
    wal = 0.0
    largest = sorted(
        ((graph, work) for graph in plan.graphs for work in graph.works if (work.rows or 0) > 1000),
        key=lambda pair: -(pair[1].bytes + (pair[1].rows or 0) * 50),
    )
    try:
        with session.transaction():
            with reading(session, plan.request.lock_timeout):
                speeds += (_workload(session), _workload(session))
                wal = _log(session)
                for number, (graph, work) in enumerate(largest[:_TABLES]):
                    if found and time.monotonic() - begun > seconds * 0.7:
                        break
                    try:
                        with session.savepoint():
                            found[work.table] = _sample(session, graph, work, f"uuidkit_forecast_{number}")
                    except psycopg.Error as error:
                        refused = error.diag.message_primary or str(error)
                    speeds.append(_workload(session))
            raise _Undo
    except _Undo:
        pass
    took = time.monotonic() - begun
    speed = statistics.median(speeds)
    busy = _busy(speeds)
    if not found:
        said = f" (the server said: {refused})" if refused else ""
        return Rates(speed=speed, like=speed, basis=f"Typical rates, scaled to the speed of this server{said}.{busy}")
    rows = sum(sample.rows for sample in found.values())
    basis = (
        f"Measured on this server: {count(rows, 'row')} of {', '.join(map(str, found))} rewritten in temporary tables "
        f"within {took:.1f} s; foreign keys and proofs by typical rates, scaled to the speed of this server.{busy}"
    )
    like = compared([work for _, work in largest], found, wal) or speed
    return Rates(speed=speed, like=like, wal=wal, samples=found, basis=basis)


def _workload(session: Session) -> float:
    """How long this server takes for what takes the machine of the typical rates one second."""
    return _timed(session, sql.SQL(_WORKLOAD)) / _REFERENCE


def _busy(speeds: Sequence[float]) -> str:
    """What to say when the same work does not take the same time again; empty where it does."""
    apart = max(speeds) / min(speeds)
    if apart < _STEADY:
        return ""
    return (
        f" The server is busy with other things: the same work took {apart:.1f} times as long at one moment as at "
        "another, so the time cannot be known better than that."
    )


def _log(session: Session) -> float:
    """Seconds per byte that the write-ahead log takes; the messages belong to a transaction that is undone."""
    size = 8192
    message = sql.SQL(
        "SELECT count(pg_logical_emit_message(true, 'uuidkit', repeat('x', {}))) FROM generate_series(1, {})"
    ).format(sql.Literal(size), sql.Literal(_LOG // size))
    try:
        with session.savepoint():
            return _timed(session, message) / _LOG
    except psycopg.Error:
        return 0.0  # a service that has taken the right to it away


def _sample(session: Session, graph: GraphPlan, work: Work, name: str) -> Sample:
    """Rewrite some rows of one table as the conversion would, with its indexes where they can be had."""
    width = max(1, work.bytes // max(1, work.rows or 1))
    limit = max(2000, min(_ROWS, _BYTES // width, work.rows or 0))
    columns = [column for column in graph.changing if column.column.table_name == work.table]
    try:
        with session.savepoint():
            return _rewritten(session, work, columns, name, limit, indexes=True)
    except psycopg.Error:
        # An index that the conversion makes anew in another form, or one that these rows do not satisfy.
        with session.savepoint():
            return _rewritten(session, work, columns, f"{name}_plain", limit, indexes=False)


def _rewritten(
    session: Session, work: Work, columns: Sequence[ColumnPlan], name: str, limit: int, *, indexes: bool
) -> Sample:
    copy = sql.Identifier("pg_temp", name)
    change = sql.SQL("ALTER TABLE {} {}").format(copy, joined(list(_changes(columns)), ", "))
    session.run(
        sql.SQL("CREATE TEMPORARY TABLE {} (LIKE {} INCLUDING STORAGE{})").format(
            sql.Identifier(name), work.table.identifier, sql.SQL(" INCLUDING INDEXES" if indexes else "")
        )
    )
    made = session.run(
        sql.SQL("INSERT INTO {} SELECT * FROM {} LIMIT {}").format(copy, work.table.identifier, sql.Literal(limit))
    )
    adds: list[sql.Composable] = [
        sql.SQL("ADD COLUMN {} {}").format(sql.Identifier(column.backup), raw(column.before.type))
        for column in columns
        if column.backup
    ]
    if adds:
        session.run(sql.SQL("ALTER TABLE {} {}").format(copy, joined(adds, ", ")))
    whole = _timed(session, change)
    built = _timed(session, sql.SQL("REINDEX TABLE {}").format(copy)) if indexes else 0.0
    [(heap_bytes, index_bytes)] = session.rows(
        sql.SQL("SELECT pg_table_size({0}::regclass), pg_indexes_size({0}::regclass)").format(
            sql.Literal(f"pg_temp.{name}")
        )
    )
    built = min(built, whole * 0.9)
    return Sample(
        rows=made,
        heap=(whole - built) / made,
        index=built / made,
        heap_bytes=heap_bytes / made,
        index_bytes=index_bytes / made,
    )


def _changes(columns: Sequence[ColumnPlan]) -> list[sql.Composable]:
    changes: list[sql.Composable] = []
    for column in columns:
        if column.backup:
            changes.append(
                sql.SQL("ALTER COLUMN {} TYPE {} USING {}").format(
                    sql.Identifier(column.backup), raw(column.before.type), column.column.identifier
                )
            )
        changes.append(
            sql.SQL("ALTER COLUMN {} TYPE uuid USING {}").format(column.column.identifier, raw(column.expression))
        )
    return changes


def _timed(session: Session, statement: sql.Composable) -> float:
    begun = time.perf_counter()
    session.rows(statement)
    return time.perf_counter() - begun
