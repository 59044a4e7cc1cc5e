"""Different texts that become one uuid: under a key, where it would refuse them, and elsewhere, where rows merge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg import sql

from uuidkit.catalog.model import Index, Schema
from uuidkit.catalog.names import ColumnName
from uuidkit.composing import raw
from uuidkit.database.session import Session
from uuidkit.findings import Collision
from uuidkit.ids import sql as value
from uuidkit.ids.expression import ShapeUse, cheapest
from uuidkit.ids.sql import OnUnparseable
from uuidkit.survey.access import ask
from uuidkit.survey.counting import SAMPLE_LENGTH, Counts, surely_none

EXAMPLES: Final = 5
_TEXTS: Final = 5

# Each text is converted once, however often it occurs.
_MERGED: Final[LiteralString] = """
WITH texts AS MATERIALIZED (
    SELECT text, count(*) AS n FROM (SELECT {text} AS text FROM {table}) AS raw WHERE text IS NOT NULL GROUP BY text
), converted AS MATERIALIZED (
    SELECT {uuid} AS uuid, text, n FROM texts
), merged AS MATERIALIZED (
    SELECT uuid FROM converted WHERE uuid IS NOT NULL GROUP BY uuid HAVING count(*) > 1
)
SELECT (SELECT count(*) FROM texts),
       (SELECT count(*) FROM merged),
       (SELECT jsonb_agg(jsonb_build_array(uuid, n, texts) ORDER BY uuid)
          FROM (SELECT uuid, sum(n) AS n, array_agg(left(text, {length}) ORDER BY text) AS texts
                  FROM converted WHERE uuid IN (SELECT uuid FROM merged ORDER BY uuid LIMIT {examples})
                 GROUP BY uuid) AS found)"""

# {spread} says that the texts of a group differ.
_COLLIDING: Final[LiteralString] = """
WITH colliding AS MATERIALIZED (
    SELECT uuid FROM (SELECT {uuid} AS uuid, {text} AS text{others} FROM {table} WHERE {condition}) AS converted
     GROUP BY uuid{grouping} HAVING {spread}
)
SELECT (SELECT count(*) FROM (SELECT DISTINCT uuid FROM colliding) AS uuids),
       ARRAY(SELECT uuid FROM (SELECT DISTINCT uuid FROM colliding) AS uuids ORDER BY uuid LIMIT {examples})"""

_TEXTS_OF: Final[LiteralString] = """
SELECT uuid, sum(n)::int8, (array_agg(left(text, {length}) ORDER BY text))[1:{texts}]
  FROM (SELECT uuid, text, count(*) AS n
          FROM (SELECT {uuid} AS uuid, {text} AS text FROM {table} WHERE {condition}) AS converted
         WHERE {found}
         GROUP BY 1, 2) AS texts
 GROUP BY uuid ORDER BY uuid"""


@dataclass(frozen=True, slots=True)
class Merges:
    """The uuids that several texts of a column become.

    Attributes:
        count: how many uuids.
        examples: a few of them, in order of the uuid.
    """

    count: int
    examples: tuple[Collision, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """What must stay unique: an index or constraint, or one that is to be made.

    Attributes:
        columns: its key columns, in order.
        holds: whether it forbids duplicates today.
        only: it holds the rows of the table alone, not those of the tables that inherit from it.
    """

    name: str
    columns: tuple[str, ...]
    predicate: str | None = None
    nulls_not_distinct: bool = False
    holds: bool = True
    only: bool = False


def keys_of(session: Session, schema: Schema, column: ColumnName) -> tuple[Key, ...]:
    """Every key of plain columns that holds the column: unique indexes, exclusion constraints with equality alone.

    A key over expressions of the column is not among them: it reads the text and cannot outlive it.

    Args:
        session: in a transaction.
        schema: the catalog.
        column: the column.
    """
    found = []
    for index in schema.indexes_of(column.table_name):
        names = [name for name in index.key_columns if name is not None]
        if column.name not in names or len(names) < len(index.key_columns):
            continue
        if index.constraint_type == "x":
            if not _equality_alone(session, index):
                continue
        elif not index.unique:
            continue
        found.append(
            Key(
                name=index.constraint or index.name,
                columns=tuple(names),
                predicate=index.predicate,
                # An exclusion constraint never holds two NULLs against each other.
                nulls_not_distinct=index.nulls_not_distinct and index.constraint_type != "x",
                holds=index.valid,
                only=schema.tables[column.table_name].kind == "r" and bool(schema.tables[column.table_name].children),
            )
        )
    return tuple(found)


def _equality_alone(session: Session, index: Index) -> bool:
    rows = session.rows(
        sql.SQL(
            "SELECT bool_and(o.oprname = '=') FROM pg_constraint c, unnest(c.conexclop) AS u (oid) "
            "JOIN pg_operator o ON o.oid = u.oid WHERE c.conindid = {} AND c.contype = 'x'"
        ).format(sql.Literal(index.oid))
    )
    return bool(rows and rows[0][0])


def uuid_of(
    operand: sql.Composable, counts: Counts | None, on_unparseable: OnUnparseable, version_num: int
) -> sql.Composable:
    """The uuid that a value becomes, NULL for an unparseable one that is refused or becomes NULL.

    Args:
        operand: the value.
        counts: what was counted in its column; without, every value takes the general way.
        on_unparseable: the request's choice.
        version_num: the server's.
    """
    choice: OnUnparseable = "derive" if on_unparseable == "derive" else "null"
    if counts is None:
        return value.conversion(operand, choice)
    uses = [ShapeUse(shape, guard=alike > exact) for shape, (exact, alike) in counts.shapes.items()]
    if counts.complete:
        return cheapest(operand, uses, "fail", version_num, complete=True)
    arms = [
        sql.SQL("WHEN {} THEN {}").format(
            use.shape.matches(operand, version_num) if use.guard else use.shape.looks_like(operand),
            use.shape.uuid(operand),
        )
        for use in uses
    ]
    hopeless = value.derived(operand) if choice == "derive" else sql.NULL
    return sql.SQL("CASE {} WHEN {} THEN {} ELSE {} END").format(
        sql.SQL(" ").join(arms), surely_none(operand), hopeless, value.conversion(operand, choice)
    )


def merged(session: Session, column: ColumnName, counts: Counts, on_unparseable: OnUnparseable) -> tuple[Merges, int]:
    """The uuids that several texts of one column become, anywhere in the table, and the number of different texts.

    Args:
        session: within ``access.settings``.
        column: the column.
        counts: what was counted in it.
        on_unparseable: the request's choice.
    """
    statement = sql.SQL(_MERGED).format(
        text=value.as_text(column.identifier),
        table=column.table_name.identifier,
        uuid=uuid_of(sql.Identifier("text"), counts, on_unparseable, session.version_num),
        length=sql.Literal(SAMPLE_LENGTH),
        examples=sql.Literal(EXAMPLES),
    )
    [(distinct, number, found)] = ask(session, column, statement)
    examples = tuple(
        Collision(uuid=UUID(uuid), values=tuple(texts[:_TEXTS]), rows=int(rows)) for uuid, rows, texts in found or ()
    )
    return Merges(number, examples), distinct


def collisions(
    session: Session,
    key: Key,
    column: ColumnName,
    counts: Mapping[ColumnName, Counts],
    on_unparseable: OnUnparseable,
) -> Merges:
    """The uuids under which a key would refuse rows that it accepts today, because texts of the column merge.

    Args:
        session: within ``access.settings``.
        key: the key.
        column: one of the key's columns.
        counts: of every column that is converted, the key's others among them.
        on_unparseable: the request's choice.
    """
    table = column.table_name
    uuid = uuid_of(column.identifier, counts[column], on_unparseable, session.version_num)
    others: dict[str, sql.Composable] = {}
    # As an aggregate: a plain `uuid IS NOT NULL` is checked before the grouping, where every text is converted for it.
    present: list[sql.Composable] = [sql.SQL("count(uuid) > 0")]
    for number, name in enumerate(name for name in key.columns if name != column.name):
        other = table.column(name)
        if other in counts:
            others[f"key{number}"] = uuid_of(other.identifier, counts[other], on_unparseable, session.version_num)
            present.append(sql.SQL("{} IS NOT NULL").format(sql.Identifier(f"key{number}")))
        else:
            others[f"key{number}"] = other.identifier
    conditions: list[sql.Composable] = [sql.SQL("({})").format(raw(key.predicate))] if key.predicate else []
    # Under a key of this column alone no two rows have the same text.
    spread: sql.Composable = sql.SQL("count(*) > 1") if key.holds and not others else sql.SQL("min(text) <> max(text)")
    if key.nulls_not_distinct:
        # What becomes NULL collides with a NULL that is there.
        spread = sql.SQL("({} OR uuid IS NULL AND count(text) > 0 AND count(*) > 1)").format(spread)
        if on_unparseable != "null":
            spread = sql.SQL("uuid IS NOT NULL AND {}").format(spread)
    else:
        conditions += [sql.SQL("{} IS NOT NULL").format(sql.Identifier(name)) for name in key.columns]
        spread = sql.SQL(" AND ").join([*present, spread])
    condition: sql.Composable = sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("true")
    return _merges(session, column, uuid, condition, others, spread, key)


def _merges(
    session: Session,
    column: ColumnName,
    uuid: sql.Composable,
    condition: sql.Composable,
    others: Mapping[str, sql.Composable],
    spread: sql.Composable,
    key: Key,
) -> Merges:
    selected = sql.SQL("").join(
        sql.SQL(", {} AS {}").format(expression, sql.Identifier(name)) for name, expression in others.items()
    )
    grouping = sql.SQL("").join(
        sql.SQL(", {}").format(sql.Identifier(name)) for name in others if name.startswith("key")
    )
    parts = {
        "uuid": uuid,
        "text": value.as_text(column.identifier),
        "table": sql.SQL("ONLY {}" if key.only else "{}").format(column.table_name.identifier),
        "condition": condition,
    }
    statement = sql.SQL(_COLLIDING).format(
        **parts, others=selected, grouping=grouping, spread=spread, examples=sql.Literal(EXAMPLES)
    )
    [(number, uuids)] = ask(session, column, statement)
    if not number:
        return Merges(0, ())
    return Merges(number, _examples(session, column, parts, uuids, key.name))


def _examples(
    session: Session, column: ColumnName, parts: Mapping[str, sql.Composable], uuids: Sequence[UUID | None], key: str
) -> tuple[Collision, ...]:
    known = [sql.Literal(str(uuid)) for uuid in uuids if uuid is not None]
    found: list[sql.Composable] = [sql.SQL("uuid IN ({})").format(sql.SQL(", ").join(known))] if known else []
    if None in uuids:
        found.append(sql.SQL("(uuid IS NULL AND text IS NOT NULL)"))
    rows: list[tuple[Any, ...]] = ask(
        session,
        column,
        sql.SQL(_TEXTS_OF).format(
            **parts,
            found=sql.SQL(" OR ").join(found),
            texts=sql.Literal(_TEXTS),
            length=sql.Literal(SAMPLE_LENGTH),
        ),
    )
    return tuple(Collision(uuid=uuid, values=tuple(texts), rows=rows_, key=key) for uuid, rows_, texts in rows)
