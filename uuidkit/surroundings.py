"""What else is at work in the database and would hold a conversion up, forbid it, or be misled by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, LiteralString

from psycopg import sql

from uuidkit.catalog.names import TableName, display
from uuidkit.database.session import Session
from uuidkit.wording import count

LONG: Final = 2.0  # seconds: a transaction that is open for less has ended before it matters
_NAMED: Final = 5

# Logical slots alone: a physical one copies every byte, the rewritten table's too.
_SLOTS: Final[LiteralString] = """
SELECT slot_name::text, plugin::text, active FROM pg_catalog.pg_replication_slots
 WHERE slot_type = 'logical' AND database = pg_catalog.current_database() ORDER BY 1"""

# A session's age, state and snapshot are shown to its own role and to pg_read_all_stats alone; locks are to everybody.
_TRANSACTIONS: Final[LiteralString] = """
SELECT a.pid, coalesce(nullif(a.application_name, ''), 'no name'), a.usename::text, a.state,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float8,
       a.backend_xmin IS NOT NULL,
       ARRAY(SELECT DISTINCT l.relation::pg_catalog.int8 FROM pg_catalog.pg_locks l
              WHERE l.pid = a.pid AND l.granted AND l.relation = ANY (t.oids))
  FROM pg_catalog.pg_stat_activity a, (SELECT ARRAY[{tables}]::pg_catalog.oid[]) AS t (oids)
 WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
   AND a.usename IS NOT NULL AND coalesce(a.backend_type, 'client backend') = 'client backend'
   AND EXISTS (SELECT FROM pg_catalog.pg_locks v WHERE v.pid = a.pid AND v.locktype = 'virtualxid' AND v.granted)
 ORDER BY 1"""

_PREPARED: Final[LiteralString] = """
SELECT DISTINCT x.gid, x.owner::text, l.relation::pg_catalog.int8
  FROM pg_catalog.pg_prepared_xacts x
  JOIN pg_catalog.pg_locks own ON own.locktype = 'transactionid' AND own.transactionid = x.transaction
  JOIN pg_catalog.pg_locks l ON l.virtualtransaction = own.virtualtransaction AND l.pid IS NULL AND l.granted
 WHERE x.database = pg_catalog.current_database()
   AND l.relation = ANY (ARRAY[{tables}]::pg_catalog.oid[])
 ORDER BY 1, 3"""

# A trigger with tags fires for these alone; what a conversion runs is told by the kind of what it alters.
_EVENT_TRIGGERS: Final[LiteralString] = """
SELECT e.evtname::text, e.evtevent::text, e.evtfoid::pg_catalog.regprocedure::text
  FROM pg_catalog.pg_event_trigger e
 WHERE e.evtenabled IN ('A', CASE pg_catalog.current_setting('session_replication_role')
                             WHEN 'replica' THEN 'R' ELSE 'O' END)
   AND e.evtevent <> 'login'
   AND (e.evttags IS NULL
        OR e.evttags && ARRAY['ALTER TABLE', 'COMMENT', 'CREATE INDEX', 'CREATE POLICY', 'CREATE SCHEMA',
                              'CREATE TABLE', 'CREATE TRIGGER', 'CREATE VIEW', 'DROP INDEX', 'DROP POLICY',
                              'DROP TRIGGER', 'DROP VIEW'])
 ORDER BY e.evtname"""

_READ_ONLY: Final[LiteralString] = """
SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('default_transaction_read_only') = 'on'"""


@dataclass(frozen=True, slots=True)
class EventTrigger:
    """An event trigger that a conversion may set off.

    Attributes:
        event: such as ``ddl_command_end``.
        function: with the types of its parameters.
    """

    name: str
    event: str
    function: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A logical replication slot of the database.

    Attributes:
        active: whether somebody reads from it now.
    """

    name: str
    plugin: str
    active: bool


@dataclass(frozen=True, slots=True)
class Transaction:
    """Somebody else's open transaction.

    Attributes:
        who: the application's name, or the identifier of a prepared transaction.
        state: as in pg_stat_activity; None where the role may not see it.
        seconds: for how long it is open; None where the role may not see it.
        snapshot: whether it holds a snapshot, as far as the role may see that.
        tables: those of the plan's tables that it holds a lock on.
        pid: None for a prepared transaction.
    """

    who: str
    user: str
    state: str | None
    seconds: float | None
    snapshot: bool
    tables: tuple[TableName, ...]
    pid: int | None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What goes on around the tables of a plan."""

    slots: tuple[Slot, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    event_triggers: tuple[EventTrigger, ...] = ()
    standby: bool = False
    read_only: bool = False


def read_surroundings(session: Session, tables: Sequence[tuple[int, TableName]]) -> Surroundings:
    """The logical slots, open transactions and event triggers of the database, and whether it may be written to.

    Args:
        session: in a transaction.
        tables: (oid, name) of the tables that a plan is about to change.
    """
    if not tables:
        return Surroundings()
    names = dict(tables)
    listed = sql.SQL(", ").join(map(sql.Literal, names))
    prepared: dict[tuple[str, str], list[TableName]] = {}
    for gid, owner, oid in session.rows(sql.SQL(_PREPARED).format(tables=listed)):
        prepared.setdefault((gid, owner), []).append(names[oid])
    [(standby, read_only)] = session.rows(_READ_ONLY)
    return Surroundings(
        event_triggers=tuple(EventTrigger(*row) for row in session.rows(_EVENT_TRIGGERS)),
        standby=standby,
        read_only=read_only,
        slots=tuple(Slot(*row) for row in session.rows(_SLOTS)),
        transactions=(
            *(
                Transaction(who, user, state, seconds, snapshot, tuple(sorted(names[oid] for oid in held)), pid)
                for pid, who, user, state, seconds, snapshot, held in session.rows(
                    sql.SQL(_TRANSACTIONS).format(tables=listed)
                )
            ),
            *(
                Transaction(gid, owner, "prepared", None, False, tuple(held), None)
                for (gid, owner), held in prepared.items()
            ),
        ),
    )


def notes(found: Surroundings, role: str) -> Iterator[str]:
    """What should be known before the first lock is taken, a sentence or two each. Pure.

    Args:
        found: what was read.
        role: the current role, for the GRANT that would show more.
    """
    if found.standby:
        yield "This server is a standby: convert has to run on its primary."
    elif found.read_only:
        yield "default_transaction_read_only is on for this session: as long as it is, convert may change nothing."
    for trigger in found.event_triggers[:_NAMED]:
        yield (
            f"Event trigger {display(trigger.name)} ({trigger.event}) calls {trigger.function} for what the conversion "
            "runs, with a search_path of pg_catalog alone: where it fails, so does the conversion, and nothing is "
            "changed. --rehearse tries it on a copy."
        )
    for slot in found.slots:
        use = "is read from now" if slot.active else "nobody reads from it now"
        yield (
            f"Logical replication slot {display(slot.name)} ({slot.plugin}, {use}): a rewrite is not decoded. What was "
            "copied through it keeps the texts and gets uuids from then on: copy the tables anew after the conversion."
        )
    long = [item for item in found.transactions if item.seconds is None or item.seconds >= LONG]
    for item in [item for item in long if item.tables][:_NAMED]:
        tables = ", ".join(map(str, item.tables[:3])) + (" …" if len(item.tables) > 3 else "")
        yield (
            f"{_who(item)} holds a lock on {tables}: the conversion has to wait until it ends, and gives up after "
            "--lock-attempts."
        )
    for item in [item for item in long if item.snapshot and not item.tables][:_NAMED]:
        yield (
            f"{_who(item)} works with an older snapshot (REPEATABLE READ, a cursor or a long query): after the "
            "conversion it would see the rewritten tables as empty. Let it end first."
        )
    hidden = sum(item.seconds is None and item.pid is not None and not item.tables for item in found.transactions)
    if hidden:
        yield (
            f"{count(hidden, 'session')} of other roles {'is' if hidden == 1 else 'are'} in a transaction that "
            f"{display(role)} may not look at; one with an older snapshot would see the rewritten tables as empty. "
            f"GRANT pg_read_all_stats TO {display(role)} shows them."
        )


def _who(item: Transaction) -> str:
    if item.pid is None:
        return f"The prepared transaction {item.who!r} (user {item.user})"
    state = item.state or "state hidden"
    since = "" if item.seconds is None else f", transaction open for {item.seconds:.0f} s"
    return f"Process {item.pid} ({item.who}, user {item.user}, {state}{since})"
