"""Finalize: drop the backup columns and the ledger's entry. The one step without a way back."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.catalog.trees import family_tables
from uuidkit.database.session import Session, adapt
from uuidkit.errors import BlockedError
from uuidkit.execute import Event, GraphOutcome, Outcome, Progress, fingerprints, silent
from uuidkit.ledger import LedgerEntry
from uuidkit.obstacles import backup_blockers, backups_of
from uuidkit.planning.blockers import table_blockers
from uuidkit.planning.model import Blocker, Statement
from uuidkit.render.conversion import is_backup_comment
from uuidkit.render.finalization import finalization_statements
from uuidkit.reversion import chosen_entries
from uuidkit.succession import Succession
from uuidkit.undisturbed import undisturbed


def finalize(
    connection: Any,
    targets: Sequence[str] = (),
    *,
    all: bool = False,  # the contract's own word
    progress: Progress | None = None,
    lock_timeout: float = 2.0,
    lock_attempts: int = 30,
) -> Outcome:
    """Drop the backup columns of finished conversions; they cannot be reverted afterwards.

    Args:
        connection: a psycopg or SQLAlchemy connection.
        targets: columns, any of a converted graph's.
        all: every conversion in the ledger.
        progress: told of every step.
        lock_timeout: seconds that one attempt waits for the locks.
        lock_attempts: how many attempts are made.

    Raises:
        UsageError: a target does not exist.
        LedgerError: the ledger does not know a target.
        BlockedError: something hangs on a backup column; nothing was changed.
        LockNotAvailable, ConversionFailed: as for ``convert``.
    """
    session = adapt(connection)
    tell = progress or silent
    begun = time.monotonic()
    succession = Succession(session, tell, lock_attempts, commit=not session.in_transaction)

    def make(schema: Schema) -> list[_Finalization]:
        entries = chosen_entries(session, schema, targets, everything=all)
        found = [blocker for entry in entries for blocker in finalization_blockers(schema, entry)]
        if found:
            raise BlockedError(found)
        return [_Finalization(entry, *make_statements(session, schema, entry, lock_timeout)) for entry in entries]

    with succession.finished_named():
        graphs = undisturbed(session, lock_timeout, make, _tables)
        for number, graph in enumerate(graphs, 1):
            started = time.monotonic()
            columns = tuple(column.name for column in graph.entry.graph.columns)
            tell(Event("graph", f"Finalizing {', '.join(map(str, columns))}"))
            succession.run(graph, graph.statements, last=number == len(graphs))
            succession.done.append(GraphOutcome(columns, 0, time.monotonic() - started))
    done = succession.done
    tell(Event("done", f"{len(done)} graph{'' if len(done) == 1 else 's'} finalized"))
    return Outcome(done=tuple(done), seconds=time.monotonic() - begun)


@dataclass(frozen=True, slots=True)
class _Finalization:
    """How one conversion becomes final; nothing is made anew."""

    entry: LedgerEntry
    statements: tuple[Statement, ...]
    fingerprints: tuple[tuple[TableName, str], ...]
    remakes: frozenset[object] = frozenset()

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The tables that it changes."""
        return tuple(table for table, _ in self.fingerprints)


def _tables(graphs: Sequence[_Finalization]) -> frozenset[TableName]:
    return frozenset(table for graph in graphs for table in graph.tables)


def finalization_blockers(schema: Schema, entry: LedgerEntry) -> Iterator[Blocker]:
    """What stands in the way of finalizing one conversion.

    Args:
        schema: what is there now.
        entry: the ledger's entry.
    """
    backups = backups_of(schema, entry)
    yield from backup_blockers(schema, backups)
    for backup in backups:
        moved = [] if schema.column(backup) is not None else _kept_elsewhere(schema, backup)
        if moved:
            yield Blocker(
                "LEDGER",
                str(backup),
                f"It is not there any more; {', '.join(map(str, moved))} seems to be it, under another name.",
                "Give table and column their old names back, finalize, and rename them again.",
            )
    for name in dict.fromkeys(backup.table_name for backup in backups):
        if name in schema.tables:
            yield from (b for b in table_blockers(schema, schema.tables[name], ()) if b.code == "PERMISSION")


def _kept_elsewhere(schema: Schema, backup: ColumnName) -> list[ColumnName]:
    """Backup columns, known by their comment, of the same text column in a table that the ledger does not name."""
    return [
        table.name.column(column.name)
        for table in schema.tables.values()
        for column in table.columns.values()
        if column.name == backup.name and is_backup_comment(column.comment or "")
        if schema.tables.get(backup.table_name) is None and table.name != backup.table_name
    ]


def make_statements(
    session: Session, schema: Schema, entry: LedgerEntry, lock_timeout: float
) -> tuple[tuple[Statement, ...], tuple[tuple[TableName, str], ...]]:
    """The statements that finalize one entry, and the tables they lock, as they are now.

    Args:
        session: within ``reading``.
        schema: what is there now.
        lock_timeout: seconds that one attempt waits for the locks.
    """
    tables = family_tables(schema, (table for column in entry.graph.columns for table in column.tables))
    seen = fingerprints(session, tables)
    statements = finalization_statements(entry, tables, schema=schema, fingerprints=seen, lock_timeout=lock_timeout)
    return tuple(statements), seen
