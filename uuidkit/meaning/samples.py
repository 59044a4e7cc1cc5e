"""Rows of the tables themselves, and what the texts in them become."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import psycopg
from psycopg import sql

from uuidkit.catalog.model import ForeignKey, Table
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.composing import joined, raw, text_of
from uuidkit.ids import parse
from uuidkit.meaning.asking import Trial
from uuidkit.meaning.model import Conversion
from uuidkit.meaning.stage import texts

WHOLE = 1_000  # rows of a small table, all of which are taken
SAMPLE = 150  # rows of a large one, from the beginning, and as many from everywhere
_LARGE_ROW = 50_000  # bytes, as stored
_ONE_BY_ONE = 8
_FIRST = 20  # values of a column that does not change
_ENDS = 20  # rows from either end of an index

Texts = tuple[str | None, ...]


def real_rows(
    trial: Trial,
    wanted: Mapping[TableName, tuple[Table, Sequence[str]]],
    ordered: Mapping[TableName, Sequence[str | None]],
) -> dict[TableName, list[Texts]]:
    """Some rows of each table: all of a small one; nothing of one that cannot be read.

    Args:
        trial: under any search path.
        wanted: the tables, each with the columns that are asked for.
        ordered: of each table the columns that an index begins with; the rarer forms of ids stand at their ends.
    """
    found: dict[TableName, list[Texts]] = {}
    names = list(wanted)
    queries = [_query(*wanted[name], ordered.get(name, ())) for name in names]
    # Many at once, because each question is a way to the server and back; one by one when one of them cannot be read.
    for start in range(0, len(names), 25):
        batch = range(start, min(start + 25, len(names)))
        together = joined(
            [sql.SQL("(SELECT {}, t.v FROM ({}) AS t (v))").format(sql.Literal(n), queries[n]) for n in batch],
            " UNION ALL ",
        )
        try:
            for number, values in trial.rows(together):
                found.setdefault(names[number], []).append(tuple(values))
        except psycopg.Error:
            for n in batch:
                try:
                    found[names[n]] = [tuple(values) for (values,) in trial.rows(queries[n])]
                except psycopg.Error:
                    found[names[n]] = []
    return found


def referred_rows(
    trial: Trial,
    keys: Collection[ForeignKey],
    wanted: Mapping[TableName, tuple[Table, Sequence[str]]],
    rows: dict[TableName, list[Texts]],
) -> None:
    """Add to the sample of each large table the rows that sampled rows of others refer to.

    Args:
        trial: under any search path.
        keys: foreign keys.
        wanted: the tables, each with the columns that were asked for.
        rows: their sampled rows, added to.
    """
    for key in keys:
        child, parent = wanted.get(key.table), wanted.get(key.referenced_table)
        if child is None or parent is None or key.table == key.referenced_table or len(key.columns) != 1:
            continue
        if key.columns[0] not in child[1] or key.referenced_columns[0] not in parent[1]:
            continue
        place, target = child[1].index(key.columns[0]), parent[1].index(key.referenced_columns[0])
        known = {row[target] for row in rows.get(key.referenced_table, ())}
        missing = list(dict.fromkeys(row[place] for row in rows.get(key.table, ())[:SAMPLE]))
        missing = [value for value in missing if value is not None and value not in known]
        if not missing:
            continue
        column = parent[0].columns[key.referenced_columns[0]]
        try:
            found = trial.rows(
                sql.SQL("SELECT {} FROM {} WHERE {} = ANY ({}::{}[]) LIMIT {}").format(
                    _texts(parent[1]),
                    key.referenced_table.identifier,
                    sql.Identifier(column.name),
                    texts(missing),
                    raw(column.type),
                    sql.Literal(SAMPLE),
                )
            )
        except psycopg.Error:
            continue  # the sample goes without them
        # In the order of the rows that refer to them, and before all others, where the smaller stages find both.
        place_of = {value: number for number, value in enumerate(missing)}
        first = sorted((tuple(values) for (values,) in found), key=lambda row: place_of.get(row[target], 0))
        rows[key.referenced_table] = [*first, *rows.get(key.referenced_table, [])]


def convert(trial: Trial, wanted: Mapping[Conversion, Collection[str]]) -> dict[Conversion, dict[str, str | None]]:
    """What the texts of each column become; a text that the conversion refuses is left out.

    Args:
        trial: under the search path ``pg_catalog``.
        wanted: for each column the texts.
    """
    # Columns of one type that are converted alike, but for their names, are asked about as one.
    alike: dict[tuple[str, str, object], dict[Conversion, Collection[str]]] = {}
    for column, values in wanted.items():
        kind = (column.expression.replace(text_of(column.column.identifier), ""), column.type, column.collation)
        alike.setdefault(kind, {})[column] = values
    found: dict[Conversion, dict[str, str | None]] = {}
    for columns in alike.values():
        everything = dict.fromkeys(value for values in columns.values() for value in values)
        ids = [value for value in everything if parse(value) is not None]
        others = [value for value in everything if parse(value) is None]
        known: dict[str, str | None] = {}
        one = next(iter(columns))
        for values in (ids, others):
            _convert(trial, one, values, known)
        for column, asked in columns.items():
            found[column] = {value: known[value] for value in asked if value in known}
    return found


def holds_ids(trial: Trial, column: ColumnName) -> bool:
    """Whether most of the first values of a text column are ids.

    Args:
        trial: under any search path.
        column: the column; of one that cannot be read nothing is known.
    """
    query = sql.SQL("SELECT {name}::text FROM {table} WHERE {name} IS NOT NULL LIMIT {most}")
    try:
        rows = trial.rows(
            query.format(name=column.identifier, table=column.table_name.identifier, most=sql.Literal(_FIRST))
        )
    except psycopg.Error:
        return False
    return 2 * sum(parse(text) is not None for (text,) in rows) > len(rows)


def _convert(trial: Trial, column: Conversion, values: Sequence[str], known: dict[str, str | None]) -> None:
    if not values:
        return
    collation = sql.SQL(" COLLATE {}").format(sql.Identifier(*column.collation)) if column.collation else sql.SQL("")
    statement = sql.SQL(
        "SELECT x.{place}, ({expression})::text FROM (SELECT u.v::{type}{collation} AS {name}, u.n AS {place} "
        "FROM unnest({texts}) WITH ORDINALITY AS u (v, n)) AS x"
    ).format(
        place=sql.Identifier("uuidkit row"),
        expression=raw(column.expression),
        type=raw(column.type),
        collation=collation,
        name=column.column.identifier,
        texts=texts(values),
    )
    try:
        known |= {values[place - 1]: uuid for place, uuid in trial.rows(statement)}
    except psycopg.Error as error:
        if (error.sqlstate or "")[:2] not in ("22", "23", "P0"):
            raise
        if len(values) > 1:
            # Where one is refused most are, being no ids.
            middle = len(values) // 2 if len(values) > _ONE_BY_ONE else 1
            _convert(trial, column, values[:middle], known)
            _convert(trial, column, values[middle:], known)


def _query(table: Table, columns: Sequence[str], ordered: Sequence[str | None]) -> sql.Composed:
    base = sql.SQL("SELECT {texts} FROM {table} AS t WHERE {sizes} < {most}")
    sizes = [sql.SQL("coalesce(pg_catalog.pg_column_size(t.{}), 0)").format(sql.Identifier(name)) for name in columns]
    parts = {
        "texts": _texts(columns),
        "table": table.name.identifier,
        "sizes": joined(list(sizes), " + "),
        "most": sql.Literal(_LARGE_ROW),
    }
    if table.kind != "r" or (table.rows < WHOLE and table.bytes < WHOLE * 1_000):
        return sql.SQL("{} LIMIT {}").format(base.format(**parts), sql.Literal(WHOLE))
    share = sql.Literal(min(100.0, max(0.001, 300.0 * SAMPLE / max(table.rows, 1.0))))
    spread = sql.SQL(
        "SELECT {texts} FROM {table} AS t TABLESAMPLE SYSTEM ({share}) REPEATABLE (1) WHERE {sizes} < {most}"
    ).format(**parts, share=share)
    most = sql.Literal(SAMPLE)
    queries = [sql.SQL("({} LIMIT {})").format(query, most) for query in (base.format(**parts), spread)]
    for name in dict.fromkeys(ordered):
        if name is not None and name in columns:
            for direction in ("ASC", "DESC"):
                queries.append(
                    sql.SQL("({} ORDER BY t.{} {} LIMIT {})").format(
                        base.format(**parts), sql.Identifier(name), sql.SQL(direction), sql.Literal(_ENDS)
                    )
                )
    return joined(list(queries), " UNION ALL ")


def _texts(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL("ARRAY[{}]::text[]").format(
        joined([sql.SQL("{}::text").format(sql.Identifier(name)) for name in columns])
    )
