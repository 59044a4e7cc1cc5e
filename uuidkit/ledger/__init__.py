"""The ledger: what was converted, and every definition as it was, kept in the database itself.

One row of ``uuidkit.conversions`` per reference graph, written in the conversion's own transaction and
removed by its way back or by finalize; the schema goes with its last row, if the toolkit made it.
"""

from uuidkit.ledger.documents import (
    LedgerColumn,
    LedgerDependent,
    LedgerEntry,
    LedgerGraph,
    LedgerIndex,
    LedgerInherited,
    LedgerKey,
    LedgerLookup,
    LedgerReference,
    from_json,
    to_json,
)
from uuidkit.ledger.statements import ADVISORY_KEY, SCHEMA, TABLE, creation, insertion, removal

__all__ = [
    "ADVISORY_KEY",
    "SCHEMA",
    "TABLE",
    "LedgerColumn",
    "LedgerDependent",
    "LedgerEntry",
    "LedgerGraph",
    "LedgerIndex",
    "LedgerInherited",
    "LedgerKey",
    "LedgerLookup",
    "LedgerReference",
    "creation",
    "from_json",
    "insertion",
    "removal",
    "to_json",
]
