"""Rewrites some rows of the largest tables a few times over, with a clock beside it, and undoes it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import psycopg
from psycopg import sql

from uuidkit.database.session import Session, adapt, undone
from uuidkit.explaining import sentences
from uuidkit.forecast.rewriting import Rewriting, rewriting, timed
from uuidkit.planning.estimate import FIXED, Rates, compared, estimate
from uuidkit.planning.model import GraphPlan, Plan, Work
from uuidkit.reading import reading
from uuidkit.wording import count

WORTH_IT = 20_000  # rows: what is smaller takes less than a second anyway
_ROWS = 40_000  # of one table
_TABLES = 6
_ROUNDS = 6
# On a server with nothing else to do a forecast is as good as that.
_QUIET = (0.8, 1.25)
_STEADY = 1.4  # the same work may take that many times as long again there
_ALONE = 0.1  # of the processor's time may be lost to others there
_WORST = 4.0  # times as long, at most, is said of a server that loses more
_BEYOND_MEMORY = 1.6  # times as long, where a table does not fit into the server's own memory
_LOG = 8 * 1024 * 1024  # bytes of write-ahead log to see how fast it takes them
_REFERENCE = 0.085  # seconds of _LOOK on the machine that the typical rates are of
# Work of the kind at hand, with a look at the clock in each row: a process that is alone sees it all the time, one that
# is put aside for others misses some of it.
_LOOK = """
SELECT coalesce(sum(gap) FILTER (WHERE gap > 0.0003), 0), sum(gap), count(id)
  FROM (SELECT id, extract(epoch FROM at - lag(at) OVER ())::float8 AS gap
          FROM (SELECT md5(n::text)::uuid AS id, clock_timestamp() AS at FROM generate_series(1, 60000) AS n) AS made
       ) AS looks"""
_SYNCS_INDEXES = 170000  # the first version that leaves a new index to the next checkpoint


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
    if max(work.bytes for work in works) > memory:
        rates = _beyond_memory(rates)
    return replace(plan, estimate=estimate(plan.graphs, rates, wal_logged=wal_logged))


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


def _beyond_memory(rates: Rates) -> Rates:
    said = (
        " The largest table does not fit into the server's shared_buffers: how long it takes depends on the disk as "
        "well, which a few rows do not show. `report --rehearse --rehearse-rows all` does."
    )
    apart = rates.apart and (rates.apart[0], max(rates.apart[1], _BEYOND_MEMORY))
    return replace(rates, basis=rates.basis + said, apart=apart)


def _measured(session: Session, plan: Plan, seconds: float) -> Rates:
    begun = time.monotonic()
    flush = 0.0 if session.in_transaction else _flushing(session)
    largest = sorted(
        ((graph, work) for graph in plan.graphs for work in graph.works if (work.rows or 0) > 1000),
        key=lambda pair: -(pair[1].bytes + (pair[1].rows or 0) * 50),
    )
    with undone(session), reading(session, plan.request.lock_timeout):
        looks = [_look(session)]
        wal = _log(session)
        found, refused = _prepared(session, largest[:_TABLES], begun + seconds * 0.5)
        rounds = [sum(heap + index for one in found.values() for heap, index in one.times)]
        # Over and over as long as there is time: what a busy server does at one moment is not what it does at the next.
        while found and len(rounds) < _ROUNDS and time.monotonic() + rounds[-1] < begun + seconds:
            rounds.append(sum(one.once(session) for one in found.values()))
            looks.append(_look(session))
    took = time.monotonic() - begun
    speeds = [looked / _REFERENCE for _, looked in looks]
    speed = statistics.median(speeds)
    if not found:
        said = f" (the server said: {refused})" if refused else ""
        return Rates(speed=speed, like=speed, basis=f"Typical rates, scaled to the speed of this server{said}.")
    rows = sum(one.rows for one in found.values())
    share = sum(gone for gone, _ in looks) / sum(looked for _, looked in looks)
    apart, busy = _apart(rounds[1:] if len(rounds) > 2 else rounds, speeds, share)  # the first one meets cold caches
    basis = (
        f"Measured on this server: {count(rows, 'row')} of {', '.join(map(str, found))} rewritten in temporary tables, "
        f"{count(len(rounds), 'time')} within {took:.1f} s; foreign keys and proofs by typical rates, scaled to the "
        f"speed of this server.{busy}"
    )
    rates = Rates(
        speed=speed,
        wal=wal + flush,
        sync=flush if session.version_num < _SYNCS_INDEXES else 0.0,
        samples={table: one.sample for table, one in found.items()},
        basis=basis,
        apart=apart,
    )
    return replace(rates, like=compared([work for _, work in largest], rates) or speed)


def _prepared(
    session: Session, tables: Sequence[tuple[GraphPlan, Work]], until: float
) -> tuple[dict[Any, Rewriting], str]:
    """Rows of as many tables as there is time for, and what was said of one that could not be had."""
    found: dict[Any, Rewriting] = {}
    refused = ""
    for number, (graph, work) in enumerate(tables):
        if found and time.monotonic() > until:
            break
        try:
            found[work.table] = rewriting(session, graph, work, f"uuidkit_forecast_{number}", _ROWS)
        except psycopg.Error as error:
            refused = error.diag.message_primary or str(error)
    return found, refused


def _apart(rounds: Sequence[float], speeds: Sequence[float], lost: float) -> tuple[tuple[float, float], str]:
    """Bounds of the time, of each second that is forecast, and why they are wide; empty where they are not."""
    ratios = [one / statistics.median(series) for series in (rounds, speeds) for one in series]
    low, high = min(_QUIET[0], *ratios), max(_QUIET[1], *ratios)
    if lost > _ALONE:
        # The others may stop, and they may take as much again.
        return (low * (1 - lost), min(_WORST, high / (1 - lost))), (
            f" Other programs take {lost:.0%} of the processor's time from the server just now: the time cannot be "
            "known better than that."
        )
    if max(ratios) / min(ratios) < _STEADY:
        return (low, high), ""
    return (low, high), (
        f" The server is busy with other things: the same work took {max(ratios) / min(ratios):.1f} times as long at "
        "one moment as at another, so the time cannot be known better than that."
    )


def _look(session: Session) -> tuple[float, float]:
    """Seconds that a process of the server was put aside for others, and of how many."""
    [(lost, looked, _)] = session.rows(_LOOK)
    return float(lost), float(looked)


def _log(session: Session) -> float:
    """Seconds per byte that the write-ahead log takes; the messages belong to a transaction that is undone."""
    size = 8192
    message = sql.SQL(
        "SELECT count(pg_logical_emit_message(true, 'uuidkit', repeat('x', {}))) FROM generate_series(1, {})"
    ).format(sql.Literal(size), sql.Literal(_LOG // size))
    try:
        with session.savepoint():
            return timed(session, message) / _LOG
    except psycopg.Error:
        return 0.0  # a service that has taken the right to it away


def _flushing(session: Session) -> float:
    """Seconds per byte to bring the log to the disk; a transaction of its own that does nothing, but has a number."""
    with undone(session):
        if not _log(session):
            return 0.0
    with session.transaction():
        session.rows("SELECT pg_catalog.pg_current_xact_id()")
        begun = time.perf_counter()
    return (time.perf_counter() - begun) / _LOG
