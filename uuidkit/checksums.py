"""Checksums of converted columns: what anybody can compute again later, in any order of the rows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from uuidkit.catalog.names import ColumnName
from uuidkit.database.session import adapt
from uuidkit.explaining import sentences
from uuidkit.ledger import store
from uuidkit.reading import read_database, reading
from uuidkit.targets import resolve_columns

_SUM = "sum(('x' || left(md5({}), 16))::bit(64)::bigint::numeric)"


@dataclass(frozen=True, slots=True)
class Checksums:
    """Of the rows of one column that were converted; those added since do not count.

    Each is the sum, modulo 2 to the 64th, of the first 64 bits of the MD5 of each value, so that the order of the rows
    does not matter. They show that nothing was changed by mistake; they are no signature.

    Attributes:
        rows: how many rows have a text of old.
        texts: over the old texts.
        uuids: over the uuids, as PostgreSQL writes them.
        pairs: over text and uuid with a blank between: which belongs to which.
    """

    column: ColumnName
    rows: int
    texts: str
    uuids: str
    pairs: str

    def as_json(self) -> dict[str, Any]:
        """As the JSON of ``verify`` and ``convert`` has it."""
        return {"rows": self.rows, "texts": self.texts, "uuids": self.uuids, "pairs": self.pairs}


def checksums(connection: Any, targets: Sequence[str] = ()) -> dict[ColumnName, Checksums]:
    """The checksums of finished conversions, of the columns that have their texts beside them; changes nothing.

    Args:
        connection: a psycopg or SQLAlchemy connection.
        targets: columns, any of a converted graph's; none for the whole ledger.

    Raises:
        UsageError: a target does not exist.
        LedgerError: the ledger does not know one.
    """
    session = adapt(connection)
    found: dict[ColumnName, Checksums] = {}
    with sentences(), reading(session) as search_path:
        schema = read_database(session, search_path)
        entries = store.read(session, present=schema.ledger_present)
        chosen = store.select(entries, resolve_columns(schema, targets), everything=not targets)
        for column in (column for entry in chosen for column in entry.graph.columns):
            now = schema.column(column.name)
            backup = schema.column(column.name.table_name.column(column.backup)) if column.backup else None
            if now is None or backup is None:
                continue
            text = sql.SQL("{}::text").format(sql.Identifier(column.backup))
            uuid = sql.SQL("coalesce({}::text, '')").format(column.name.identifier)
            both = sql.SQL("{} || ' ' || {}").format(text, uuid)
            query = sql.SQL("SELECT count(*), {}, {}, {} FROM {} WHERE {} IS NOT NULL").format(
                *(sql.SQL(_SUM).format(part) for part in (text, uuid, both)),
                column.name.table_name.identifier,
                sql.Identifier(column.backup),
            )
            [(rows, *sums)] = session.rows(query)
            found[column.name] = Checksums(column.name, rows, *(f"{int(one or 0) % 2**64:016x}" for one in sums))
    return found


def seal(found: Mapping[str, Mapping[str, Any] | None]) -> str:
    """One hash over the checksums of several columns, for ``verify --expect``.

    Args:
        found: column and its checksums as JSON, in any order.
    """
    lines = [
        f"{name} {sums['rows']} {sums['texts']} {sums['uuids']} {sums['pairs']}"
        for name, sums in sorted(found.items())
        if sums is not None
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
