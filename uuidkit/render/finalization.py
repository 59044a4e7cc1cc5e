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
from uuidkit.render.common import alter, as_planned, closing, opening
from uuidkit.render.texts import drop_texts


def finalization_statements(
    entry: LedgerEntry,
    tables: Sequence[TableName],
    *,
    schema: Schema,
    fingerprints: guard.Fingerprints,
    lock_timeout: float = 2.0,
) -> Iterator[Statement]:
    """Everything that drops one graph's backup columns, or its table of texts, and its ledger entry.

    Args:
        entry: the ledger's entry.
        tables: the tables of the columns, in the order of locking.
        schema: what is there now; a backup column that somebody dropped already is no obstacle.
        fingerprints: per table the md5 of the catalog facts, checked under the locks.
        lock_timeout: seconds that one attempt waits.
    """
    yield from opening(tables, lock_timeout)
    yield as_planned(fingerprints)
    for table in tables:
        # Those that come from above go with it; a table that has left the tree has one of its own.
        backups = [
            column.backup
            for column in entry.graph.columns
            if table in column.tables
            and (backup := schema.tables[table].columns.get(column.backup)) is not None
            and not backup.inherited
        ]
        if not backups:
            continue
        yield alter(
            table,
            joined([sql.SQL("DROP COLUMN {}").format(sql.Identifier(backup)) for backup in backups]),
            f"drop {', '.join(backups)} of {table}",
        )
    for texts in dict.fromkeys(column.texts for column in entry.graph.columns):
        if texts in schema.ledger_tables:
            yield drop_texts(texts)
    yield from ledger.removal(entry)
    yield closing()
