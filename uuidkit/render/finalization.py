"""The statements that make a conversion final: the backups go, and with them the way back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from psycopg import sql

from uuidkit import guard, ledger
from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import TableName
from uuidkit.composing import joined
from uuidkit.ledger import LedgerEntry
from uuidkit.planning.model import Statement
from uuidkit.render.common import alter, closing, opening


def finalization_statements(
    entry: LedgerEntry,
    tables: Sequence[TableName],
    *,
    schema: Schema,
    fingerprints: guard.Fingerprints,
    lock_timeout: float = 2.0,
) -> Iterator[Statement]:
    """Everything that drops one graph's backup columns and its ledger entry.

    Args:
        entry: the ledger's entry.
        tables: the tables with backup columns, in the order of locking.
        schema: what is there now; a backup column that somebody dropped already is no obstacle.
        fingerprints: per table the md5 of the catalog facts, checked under the locks.
        lock_timeout: seconds that one attempt waits.
    """
    yield from opening(tables, lock_timeout)
    yield Statement(guard.same_schema(fingerprints), "lock", "check that the tables are those of the plan")
    for table in tables:
        backups = [
            column.backup
            for column in entry.graph.columns
            if column.name.table_name == table and column.backup in schema.tables[table].columns
        ]
        if not backups:
            continue
        yield alter(
            table,
            joined([sql.SQL("DROP COLUMN {}").format(sql.Identifier(backup)) for backup in backups]),
            f"drop {', '.join(backups)} of {table}",
        )
    yield from ledger.removal(entry)
    yield closing()
