"""Proof of a reference over all rows: how many values are found in the key, and which are not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, LiteralString

from psycopg import sql

from uuidkit.catalog.names import ColumnName
from uuidkit.database.session import Session
from uuidkit.ids import sql as value
from uuidkit.ids.expression import ShapeUse, cheapest
from uuidkit.survey.access import ask
from uuidkit.survey.counting import SAMPLE_LENGTH, SAMPLES
from uuidkit.survey.sampling import frequent

# {known}: the texts of the key, or of the backup beside it, each once.
_TEXTS: Final[LiteralString] = """
WITH texts AS MATERIALIZED (
    SELECT text, count(*) AS n FROM (SELECT {text} AS text FROM {table}) AS raw WHERE text IS NOT NULL GROUP BY text
), others AS MATERIALIZED (
    SELECT t.text, t.n FROM texts t LEFT JOIN ({known}) AS k ON k.text = t.text WHERE k.text IS NULL
)"""

_SAME_TEXT: Final[LiteralString] = """
SELECT (SELECT count(*) FROM texts), (SELECT coalesce(sum(n), 0) FROM texts)::int8, (SELECT count(*) FROM others)"""

_SAME_UUID: Final[LiteralString] = """, converted AS MATERIALIZED (
    SELECT {uuid} AS uuid, text, n FROM others
), linked AS MATERIALIZED (
    SELECT c.text, c.n FROM converted c WHERE c.uuid IN (SELECT {key} FROM {key_table})
), orphans AS MATERIALIZED (
    SELECT text, n FROM others EXCEPT SELECT text, n FROM linked
)
SELECT (SELECT count(*) FROM texts), (SELECT coalesce(sum(n), 0) FROM texts)::int8, (SELECT count(*) FROM others),
       (SELECT count(*) FROM linked), (SELECT coalesce(sum(n), 0) FROM linked)::int8,
       (SELECT coalesce(sum(n), 0) FROM orphans)::int8,
       ARRAY(SELECT left(text, {length}) FROM orphans ORDER BY n DESC, text LIMIT {samples})"""

_NO_UUIDS: Final[LiteralString] = """
SELECT count(*) FROM (SELECT DISTINCT {text} AS text FROM {table}) AS texts
 WHERE text IS NOT NULL AND {uuid} IS NULL"""


@dataclass(frozen=True, slots=True)
class Proof:
    """What holds for all rows of a referencing column.

    Attributes:
        rows: rows with a value.
        distinct: different texts.
        contained: different texts that stand for a value of the key.
        orphans: rows whose value does not; ``orphan_samples`` are some of them, the most frequent first.
        respelled: rows that stand for a value of the key in another spelling.
    """

    rows: int
    distinct: int
    contained: int
    orphans: int
    orphan_samples: tuple[str, ...]
    respelled: int


def prove(
    session: Session,
    child: ColumnName,
    key: ColumnName,
    *,
    key_is_uuid: bool,
    backup: ColumnName | None = None,
    child_texts: Collection[str] = (),
    key_texts: Collection[str] = (),
) -> Proof:
    """Compare every value of a text column with every value of the column it may refer to.

    The same text is compared first, and only what is left is converted: a uuid in any known format is that uuid, and
    any other text the uuid derived from it.

    Args:
        session: within ``survey.access.settings``.
        child: the referencing text column.
        key: the column it may refer to.
        key_is_uuid: whether that one is a uuid already; otherwise it is text.
        backup: the text column beside a uuid key that holds its old texts; a text is looked up there first.
        child_texts, key_texts: samples of both, for a cheap expression; the result does not depend on them.

    Raises:
        Unreadable: the values may not be read.
    """
    table, key_table = child.table_name.identifier, key.table_name.identifier
    known = _known(key, key_is_uuid, backup)
    texts = sql.SQL(_TEXTS).format(text=value.as_text(child.identifier), table=table, known=known)
    if not key_is_uuid or backup is not None:
        [(distinct, rows, left)] = ask(session, child, texts + sql.SQL(_SAME_TEXT))
        if not left:
            return Proof(rows, distinct, distinct, 0, (), 0)
    version = session.version_num
    [(distinct, rows, left, linked, linked_rows, orphans, samples)] = ask(
        session,
        child,
        texts
        + sql.SQL(_SAME_UUID).format(
            uuid=_uuid(sql.Identifier("text"), child_texts, version),
            key=key.identifier if key_is_uuid else _uuid(key.identifier, key_texts, version),
            key_table=key_table,
            length=sql.Literal(SAMPLE_LENGTH),
            samples=sql.Literal(SAMPLES),
        ),
    )
    return Proof(
        rows=rows,
        distinct=distinct,
        contained=distinct - left + linked,
        orphans=orphans,
        orphan_samples=tuple(samples),
        # Beside a uuid without its old text there is nothing to be spelled otherwise than.
        respelled=0 if key_is_uuid and backup is None else linked_rows,
    )


def unparseable_texts(session: Session, column: ColumnName, texts: Collection[str]) -> int:
    """How many different values of a text column are no uuid in any known format.

    Args:
        session: within ``survey.access.settings``.
        column: a text column.
        texts: a sample of it, for a cheap expression.
    """
    uses = [ShapeUse(look.shape) for look in frequent(texts)]
    [(number,)] = ask(
        session,
        column,
        sql.SQL(_NO_UUIDS).format(
            text=value.as_text(column.identifier),
            table=column.table_name.identifier,
            uuid=cheapest(sql.Identifier("text"), uses, "null", session.version_num),
        ),
    )
    return int(number)


def repeats(session: Session, column: ColumnName) -> bool:
    """Whether a value occurs in more than one row.

    Args:
        session: within ``survey.access.settings``.
        column: a text or uuid column.
    """
    rows = ask(
        session,
        column,
        sql.SQL(
            "SELECT 1 FROM {table} WHERE {column} IS NOT NULL GROUP BY {column} HAVING count(*) > 1 LIMIT 1"
        ).format(table=column.table_name.identifier, column=column.identifier),
    )
    return bool(rows)


def _uuid(operand: sql.Composable, texts: Collection[str], version_num: int) -> sql.Composable:
    return cheapest(operand, [ShapeUse(look.shape) for look in frequent(texts)], "derive", version_num)


def _known(key: ColumnName, key_is_uuid: bool, backup: ColumnName | None) -> sql.Composable:
    source = backup if key_is_uuid else key
    if source is None:
        return sql.SQL("SELECT NULL::text AS text WHERE false")
    return sql.SQL("SELECT DISTINCT {text} AS text FROM {table} WHERE {column} IS NOT NULL").format(
        text=value.as_text(source.identifier), table=source.table_name.identifier, column=source.identifier
    )
