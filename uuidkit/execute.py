"""The only writer: runs a list of statements in one transaction, or changes nothing."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import psycopg

from uuidkit import guard
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.composing import text_of
from uuidkit.database.session import Session
from uuidkit.errors import LockNotAvailable
from uuidkit.explaining import DEADLOCK_DETECTED, LOCK_NOT_AVAILABLE, explain
from uuidkit.ledger import ADVISORY_KEY
from uuidkit.planning.model import GraphPlan, Plan, Statement


@dataclass(frozen=True, slots=True)
class Event:
    """Something worth telling while a change is under way.

    Attributes:
        kind: ``graph`` (one begins), ``statement`` (one begins), ``waiting`` (for locks), ``done``, ``note``.
        step, of: which statement of how many.
        statement: the one that begins.
        graph, plan: the one that begins, and what it is part of.
    """

    kind: Literal["graph", "statement", "waiting", "done", "note"]
    message: str
    step: int = 0
    of: int = 0
    statement: Statement | None = None
    graph: GraphPlan | None = None
    plan: Plan | None = None


Progress = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class GraphOutcome:
    """What became of one reference graph.

    Attributes:
        rows: rows of all its tables that were rewritten, as surveyed.
        seconds: wall-clock time of its transaction.
    """

    columns: tuple[ColumnName, ...]
    rows: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done: the graphs in order.

    Attributes:
        plan: the plan that was carried out; None after revert and finalize.
        seconds: wall-clock time in all.
    """

    done: tuple[GraphOutcome, ...]
    seconds: float
    plan: Plan | None = None


def silent(event: Event) -> None:
    """Report nothing."""


def run(
    session: Session,
    statements: Sequence[Statement],
    tables: Sequence[TableName],
    *,
    attempts: int,
    progress: Progress = silent,
    watched: Sequence[TableName] = (),
) -> dict[TableName, str]:
    """Run the statements that belong into the transaction; the caller commits or rolls back.

    Args:
        session: in a transaction.
        statements: as rendered.
        tables: those to be locked, for naming whoever holds them.
        attempts: how often the locks are tried for.
        progress: told of every step.
        watched: those of them whose state is needed later.

    Returns:
        Per watched table the md5 of the catalog facts as the statements leave them, read under the locks.

    Raises:
        LockNotAvailable: the locks were not to be had.
        PlanOutdated: the tables are not those of the plan.
        ConversionFailed: a statement failed; the transaction has to be rolled back.
    """
    inside = [statement for statement in statements if statement.phase != "after"]
    locks = [statement for statement in inside if statement.phase == "lock"]
    number = 0
    locked = False
    left: dict[TableName, str] = {}
    for statement in inside:
        number += 1
        if statement is inside[-1] and watched:
            # It puts the settings back, under which the catalog prints names as it did for the plan.
            left = dict(fingerprints(session, watched))
        if statement.phase == "lock":
            if not locked:
                _lock(session, locks, tables, attempts, progress, number, len(inside))
                locked = True
            continue
        progress(Event("statement", statement.summary, number, len(inside), statement))
        _run_one(session, statement)
    return left


def fingerprints(session: Session, tables: Sequence[TableName]) -> tuple[tuple[TableName, str], ...]:
    """The md5 of the catalog facts about each table, as ``guard.same_schema`` will check it.

    Args:
        session: in a transaction with the settings of ``guard.enter``.
        tables: at least one.
    """
    found = session.rows(guard.fingerprint_query(tables))
    return tuple((table, str(md5)) for table, (md5,) in zip(tables, found, strict=True))


def run_after(session: Session, statements: Sequence[Statement], progress: Progress = silent) -> None:
    """Run the statements that follow the commit (fresh statistics).

    Args:
        session: in a transaction of its own, or in the caller's.
    """
    for statement in statements:
        if statement.phase == "after":
            progress(Event("statement", statement.summary, statement=statement))
            _run_one(session, statement)


def _run_one(session: Session, statement: Statement) -> None:
    try:
        session.run(statement.sql)
    except psycopg.Error as error:
        raise explain(error, statement) from error


def _lock(
    session: Session,
    locks: Sequence[Statement],
    tables: Sequence[TableName],
    attempts: int,
    progress: Progress,
    number: int,
    of: int,
) -> None:
    """Take all locks or none, again and again: a waiting lock would hold up every later reader."""
    for attempt in range(1, attempts + 1):
        progress(Event("statement", locks[1].summary if len(locks) > 1 else locks[0].summary, number, of))
        try:
            with session.savepoint():
                for statement in locks:
                    session.run(statement.sql)
            return
        except psycopg.Error as error:
            if error.sqlstate not in (LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED):
                raise explain(error, locks[0]) from error
            holders = lock_holders(session, tables)
            if attempt == attempts:
                raise LockNotAvailable(
                    f"The tables could not be locked in {attempts} attempt{'' if attempts == 1 else 's'}; nothing "
                    f"was changed. {holders}",
                    "Try again when they are gone, or raise --lock-attempts or --lock-timeout.",
                ) from error
            pause = random.uniform(0.5, 1.5) * min(0.2 * attempt, 2.0)
            progress(Event("waiting", f"{holders} Attempt {attempt} of {attempts}; next in {pause:.1f} s.", number, of))
            time.sleep(pause)


def lock_holders(session: Session, tables: Sequence[TableName]) -> str:
    """Who holds locks on the tables, in a sentence.

    Args:
        session: in a transaction that has not failed.
    """
    rows = session.rows(
        """WITH held AS (
               SELECT l.pid, l.virtualtransaction
                 FROM pg_locks l
                WHERE l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
                  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND (l.relation = ANY (%(tables)s::regclass[]::oid[])
                       OR l.locktype = 'advisory' AND (l.classid::int8 << 32 | l.objid::int8) = %(key)s))
           SELECT DISTINCT a.pid,
                  coalesce(nullif(a.application_name, ''),
                           CASE a.backend_type WHEN 'client backend' THEN 'no name' ELSE a.backend_type END, 'no name'),
                  a.usename::text, a.state,
                  extract(epoch FROM clock_timestamp() - coalesce(a.xact_start, a.query_start))::int
             FROM held JOIN pg_stat_activity a USING (pid)
           UNION ALL
           SELECT DISTINCT NULL::int, x.gid, x.owner::text, NULL,
                  extract(epoch FROM clock_timestamp() - x.prepared)::int
             FROM held
             JOIN pg_locks own USING (virtualtransaction)
             JOIN pg_prepared_xacts x ON own.locktype = 'transactionid' AND own.transactionid = x.transaction
            WHERE held.pid IS NULL
            ORDER BY 1""",
        {"tables": [text_of(table.identifier) for table in tables], "key": ADVISORY_KEY},
    )
    if not rows:
        return "Whoever held them has gone in the meantime."
    named = "; ".join(_holder(*row) for row in rows[:5])
    return f"They are held by {named}{' and others' if len(rows) > 5 else ''}."


def _holder(pid: int | None, name: str, user: str | None, state: str | None, seconds: int | None) -> str:
    since = "" if seconds is None else f", transaction open for {seconds} s"
    if pid is None:
        return f"the prepared transaction {name!r} (user {user}{since}; COMMIT PREPARED or ROLLBACK PREPARED ends it)"
    # A worker of the server's own has no user.
    whose = "" if user is None else f", user {user}, {state or 'state hidden'}"
    return f"process {pid} ({name}{whose}{since})"
