"""Look up what became of an old id, and which old id a uuid had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg import sql

from uuidkit import ids, ledger
from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName
from uuidkit.database.session import Session, adapt
from uuidkit.explaining import sentences
from uuidkit.ids import sql as value
from uuidkit.ledger import LedgerColumn, store
from uuidkit.reading import read_database, reading

_IN_COLUMN: Final[LiteralString] = """
SELECT {backup}::text COLLATE "C", {column}, count(*) FROM {table} AS t
 WHERE {trimmed} = {asked} OR {column} = {uuid}::uuid
 GROUP BY 1, 2 ORDER BY 1 NULLS LAST, 2"""

_IN_TABLE: Final[LiteralString] = """
SELECT {backup}, {column}, count(*)
  FROM {table} AS t LEFT JOIN {texts} AS k ON k.position = {position} AND k.id = {column}
 WHERE {trimmed} = {asked} OR {column} = {uuid}::uuid
 GROUP BY 1, 2 ORDER BY 1 NULLS LAST, 2"""


@dataclass(frozen=True, slots=True)
class Found:
    """One place where an id occurs.

    Attributes:
        asked: the text that was asked for.
        column: where it was found.
        original: the text that the rows had; None for rows added since.
        uuid: the uuid that they have.
        rows: how many rows.
    """

    asked: str
    column: ColumnName
    original: str | None
    uuid: UUID | None
    rows: int


def lookup(connection: Any, texts: Sequence[str]) -> tuple[Found, ...]:
    """Every converted column in which an id occurs, as its old text or as its uuid.

    Args:
        connection: a psycopg or SQLAlchemy connection.
        texts: old ids in any spelling, or uuids.
    """
    session = adapt(connection)
    with sentences(), reading(session) as search_path:
        schema = read_database(session, search_path)
        entries = store.read(session, present=schema.ledger_present)
        columns = [column for entry in entries for column in entry.graph.columns if _there(schema, column)]
        return tuple(found for text in texts for column in columns for found in _find(session, column, text))


def _there(schema: Schema, column: LedgerColumn) -> bool:
    now = schema.column(column.name)
    kept = (
        column.texts in schema.ledger_tables or schema.column(column.name.table_name.column(column.backup)) is not None
    )
    return now is not None and now.is_uuid and kept


def _find(session: Session, column: LedgerColumn, text: str) -> Iterator[Found]:
    uuid = ids.parse(text)
    query = _IN_TABLE if column.texts else _IN_COLUMN
    rows = session.rows(
        sql.SQL(query).format(
            backup=sql.Identifier("k", "old") if column.texts else sql.Identifier("t", column.backup),
            texts=sql.Identifier(ledger.SCHEMA, column.texts),
            position=sql.Literal(column.position),
            column=sql.Identifier("t", column.column),
            table=column.name.table_name.identifier,
            trimmed=value.trimmed(sql.Identifier("k", "old") if column.texts else sql.Identifier("t", column.backup)),
            asked=value.trimmed(sql.Literal(text)),
            uuid=sql.Literal(None if uuid is None else str(uuid)),
        )
    )
    for original, found, count in rows:
        yield Found(text, column.name, original, found, count)
