"""Reads the ledger."""

from __future__ import annotations

import json
from collections.abc import Sequence

from uuidkit.catalog.names import ColumnName
from uuidkit.database.session import Session
from uuidkit.errors import LedgerError
from uuidkit.ledger.documents import LedgerEntry, from_json


def read(session: Session, *, present: bool) -> tuple[LedgerEntry, ...]:
    """All entries, oldest first.

    Args:
        session: in a transaction.
        present: whether the ledger's table exists (``Schema.ledger_present``).
    """
    if not present:
        return ()
    rows = session.rows(
        "SELECT id, converted_at, converted_by, toolkit_version, plan_hash, graph::text "
        "FROM uuidkit.conversions ORDER BY id"
    )
    return tuple(
        LedgerEntry(
            id=row[0],
            converted_at=row[1],
            converted_by=row[2],
            toolkit_version=row[3],
            plan_hash=row[4],
            graph=from_json(json.loads(row[5])),
        )
        for row in rows
    )


def select(
    entries: Sequence[LedgerEntry], targets: Sequence[ColumnName], *, everything: bool = False
) -> tuple[LedgerEntry, ...]:
    """The entries that hold the targets.

    Args:
        entries: the whole ledger.
        targets: columns, any of a graph's.
        everything: all entries, whatever the targets.

    Raises:
        LedgerError: a target is in no entry.
    """
    if everything:
        return tuple(entries)
    chosen: dict[int, LedgerEntry] = {}
    unknown = []
    for target in targets:
        found = [entry for entry in entries if any(column.name == target for column in entry.graph.columns)]
        if found:
            chosen[found[-1].id] = found[-1]
        else:
            unknown.append(str(target))
    if unknown:
        known = sorted(str(column.name) for entry in entries for column in entry.graph.columns)
        raise LedgerError(
            f"The ledger knows no conversion of {', '.join(unknown)}.",
            f"It knows {', '.join(known)}." if known else "It is empty: nothing was converted, or all was finalized.",
        )
    return tuple(sorted(chosen.values(), key=lambda entry: entry.id))
