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
from uuidkit.forecast import log
from uuidkit.forecast.certainty import apart, settled
from uuidkit.forecast.rewriting import Rewriting, rewriting, timed
from uuidkit.planning.estimate import estimate
from uuidkit.planning.model import GraphPlan, Plan, Work
from uuidkit.planning.rates import FIXED, Rates, Server, compared
from uuidkit.reading import reading
from uuidkit.wording import count

WORTH_IT = 20_000  # rows: what is smaller takes less than a second anyway
_ROWS = 40_000  # of one table
_TABLES = 6
_ROUNDS = 6
_LOOKED_UP = 300  # pages of the largest table
_FROM_DISK = 20e-6  # seconds; in memory a page is found sooner, the server's or its system's
_REFERENCE = 0.047  # seconds of _LOOK on the machine that the typical rates are of
# Work of the kind at hand, with a look at the clock in each row: a process that is alone sees it all the time, one that
# is put aside for others misses some of it. No md5: how long that takes depends on how the server was built.
_LOOK = """
SELECT coalesce(sum(gap) FILTER (WHERE gap > 0.0003), 0), sum(gap), count(id)
  FROM (SELECT id, extract(epoch FROM at - lag(at) OVER ())::float8 AS gap
          FROM (SELECT lpad(n::text, 32, '0')::uuid AS id, clock_timestamp() AS at
                  FROM generate_series(1, 80000) AS n) AS made) AS looks"""
_PAGE = 8192
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
            why_not, server = _surroundings(session)
        if why_not:
            rates = Rates(basis=f"{FIXED} {why_not}", server=server)
        else:
            rates = _measured(session, plan, seconds, server)
            server = replace(server, ready=log.ready(session))
        largest = max(works, key=lambda work: work.bytes)
        with reading(session, plan.request.lock_timeout):
            cached = bool(why_not) or _cached(session, largest, server, rates.speed)
    found = estimate(plan.graphs, rates)
    making = 0.0
    if server.ready is not None and found.wal > server.ready:
        making = (found.wal - server.ready) * log.NEW * rates.speed
        found = estimate(plan.graphs, replace(rates, log_byte=rates.log_byte + making / found.wal))
    return replace(plan, estimate=settled(found, cached=cached, making=making))


def _surroundings(session: Session) -> tuple[str, Server]:
    """Why nothing can be tried (empty: it can), and what the server's settings say."""
    [(standby, read_only, temporary, level, *sizes)] = session.rows(
        """SELECT pg_catalog.pg_is_in_recovery(), current_setting('transaction_read_only') = 'on',
                  has_database_privilege(current_database(), 'TEMP'), current_setting('wal_level'),
                  pg_size_bytes(current_setting('shared_buffers')), pg_size_bytes(current_setting('temp_buffers')),
                  least(current_setting('max_parallel_workers_per_gather')::int, workers),
                  least(current_setting('max_parallel_maintenance_workers')::int, workers,
                        pg_size_bytes(current_setting('maintenance_work_mem')) / pg_size_bytes('32MB') - 1),
                  current_setting('default_statistics_target')::int * 300
             FROM (SELECT least(current_setting('max_parallel_workers')::int,
                                current_setting('max_worker_processes')::int) AS workers) AS most"""
    )
    why = ""
    if standby:
        why = "The server is a standby."
    elif read_only:
        why = "The transaction is READ ONLY."
    elif not temporary:
        why = "The role may not make temporary tables in this database (GRANT TEMPORARY would allow it)."
    memory, temporaries, readers, builders, statistics_rows = map(int, sizes)
    return why, Server(memory, temporaries, readers, max(builders, 0), statistics_rows, level != "minimal")


def _measured(session: Session, plan: Plan, seconds: float, server: Server) -> Rates:
    begun = time.monotonic()
    written = log.log(session)
    largest = sorted(
        ((graph, work) for graph in plan.graphs for work in graph.works if (work.rows or 0) > 1000),
        key=lambda pair: -(pair[1].bytes + (pair[1].rows or 0) * 50),
    )
    with undone(session), reading(session, plan.request.lock_timeout):
        looks = [_look(session)]
        found, refused = _prepared(session, largest[:_TABLES], begun + seconds * 0.5)
        rounds = [sum(sum(one.times[0]) for one in found.values())]
        # Over and over as long as there is time: what a busy server does at one moment is not what it does at the next.
        while found and len(rounds) < _ROUNDS and time.monotonic() + rounds[-1] < begun + seconds:
            rounds.append(sum(one.once(session) for one in found.values()))
            looks.append(_look(session))
    took = time.monotonic() - begun
    speed = statistics.median(looked for _, looked in looks) / _REFERENCE
    typical = Rates(server=server, speed=speed, like=speed)
    if not found:
        said = f" (the server said: {refused})" if refused else ""
        return replace(typical, basis=f"Typical rates, scaled to the speed of this server{said}.")
    bounds, busy = apart(rounds, looks)
    samples = {table: one.sample(server) for table, one in found.items()}
    return replace(
        typical,
        like=compared({work.table: work for _, work in largest}, samples) or speed,
        log_record=written.record if written else typical.log_record * speed,
        log_byte=written.byte if written else typical.log_byte * speed,
        sync=written.flush if written and (session.version_num < _SYNCS_INDEXES or not server.logged) else 0.0,
        samples=samples,
        basis=(
            f"Measured on this server: {count(sum(one.rows for one in found.values()), 'row')} of "
            f"{', '.join(map(str, found))} rewritten in temporary tables, {count(len(rounds), 'time')} within "
            f"{took:.1f} s; foreign keys by typical rates, scaled to the speed of this server.{busy}"
        ),
        apart=bounds,
    )


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


def _look(session: Session) -> tuple[float, float]:
    """Seconds that a process of the server was put aside for others, and of how many."""
    [(lost, looked, _)] = session.rows(_LOOK)
    return float(lost), float(looked)


def _cached(session: Session, work: Work, server: Server, speed: float) -> bool:
    """Whether a table comes from memory, the server's or its system's: some of its pages are looked up."""
    if work.bytes <= server.memory:
        return True  # as it has just been read for the plan
    part = sql.SQL("SELECT count(*) FROM {} TABLESAMPLE SYSTEM ({})").format(
        work.table.identifier, sql.Literal(min(100.0, 100.0 * _LOOKED_UP * _PAGE / work.bytes))
    )
    return timed(session, part) / _LOOKED_UP < _FROM_DISK * speed
