"""Rows of the tables themselves, and what the texts in them become."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import psycopg
from psycopg import sql

from uuidkit.catalog.model import ForeignKey, Table
from uuidkit.catalog.names import TableName
from uuidkit.composing import joined, raw
from uuidkit.meaning.asking import Trial
from uuidkit.meaning.model import Conversion
from uuidkit.meaning.stage import texts

WHOLE = 1_000  # rows of a small table, all of which are taken
SAMPLE = 150  # rows of a large one, from the beginning, and as many from everywhere
_LARGE_ROW = 50_000  # bytes

Texts = tuple[str | None, ...]


def real_rows(trial: Trial, wanted: Mapping[TableName, tuple[Table, Sequence[str]]]) -> dict[TableName, list[Texts]]:
    """Some rows of each table: all of a small one; nothing of one that cannot be read.

    Args:
        trial: under any search path.
        wanted: the tables, each with the columns that are asked for.
    """
    found: dict[TableName, list[Texts]] = {}
    names = list(wanted)
    queries = [_query(*wanted[name]) for name in names]
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
    rows: Mapping[TableName, list[Texts]],
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
        if not missing or len(known) < WHOLE:
            continue
        column = parent[0].columns[key.referenced_columns[0]]
        try:
            rows[key.referenced_table].extend(
                tuple(values)
                for (values,) in trial.rows(
                    sql.SQL("SELECT {} FROM {} WHERE {} = ANY ({}::{}[]) LIMIT {}").format(
                        _texts(parent[1]),
                        key.referenced_table.identifier,
                        sql.Identifier(column.name),
                        texts(missing),
                        raw(column.type),
                        sql.Literal(SAMPLE),
                    )
                )
            )
        except psycopg.Error:
            continue  # the sample goes without them


def convert(trial: Trial, wanted: Mapping[Conversion, Collection[str]]) -> dict[Conversion, dict[str, str | None]]:
    """What the texts of each column become; a text that the conversion refuses is left out.

    Args:
        trial: under the search path ``pg_catalog``.
        wanted: for each column the texts.
    """
    found: dict[Conversion, dict[str, str | None]] = {column: {} for column in wanted}
    columns = list(wanted)
    for start in range(0, len(columns), 25):
        _convert(trial, [(column, list(wanted[column])) for column in columns[start : start + 25]], found)
    return found


def _convert(
    trial: Trial, wanted: Sequence[tuple[Conversion, list[str]]], found: dict[Conversion, dict[str, str | None]]
) -> None:
    wanted = [(column, values) for column, values in wanted if values]
    if not wanted:
        return
    parts = [
        sql.SQL(
            "(SELECT {number}, x.{place}, ({expression})::text "
            "FROM (SELECT u.v::{type}{collation} AS {name}, u.n AS {place} "
            "FROM unnest({texts}) WITH ORDINALITY AS u (v, n)) AS x)"
        ).format(
            number=sql.Literal(number),
            place=sql.Identifier("uuidkit row"),
            expression=raw(column.expression),
            type=raw(column.type),
            collation=sql.SQL(" COLLATE {}").format(sql.Identifier(*column.collation))
            if column.collation
            else sql.SQL(""),
            name=column.column.identifier,
            texts=texts(values),
        )
        for number, (column, values) in enumerate(wanted)
    ]
    try:
        for number, place, uuid in trial.rows(joined(list(parts), " UNION ALL ")):
            column, values = wanted[number]
            found[column][values[place - 1]] = uuid
    except psycopg.Error as error:
        if len(wanted) > 1:
            for one in wanted:
                _convert(trial, [one], found)
            return
        [(column, values)] = wanted
        if len(values) == 1:
            if (error.sqlstate or "")[:2] not in ("22", "23", "P0"):
                raise
            return
        middle = len(values) // 2
        _convert(trial, [(column, values[:middle])], found)
        _convert(trial, [(column, values[middle:])], found)


def _query(table: Table, columns: Sequence[str]) -> sql.Composed:
    base = sql.SQL("SELECT {texts} FROM {table} AS t WHERE pg_catalog.pg_column_size(t) < {size}")
    parts = {"texts": _texts(columns), "table": table.name.identifier, "size": sql.Literal(_LARGE_ROW)}
    if table.kind != "r" or (table.rows < WHOLE and table.bytes < WHOLE * 1_000):
        return sql.SQL("{} LIMIT {}").format(base.format(**parts), sql.Literal(WHOLE))
    share = sql.Literal(min(100.0, max(0.001, 300.0 * SAMPLE / max(table.rows, 1.0))))
    spread = sql.SQL("SELECT {texts} FROM {table} AS t TABLESAMPLE SYSTEM ({share}) REPEATABLE (1)").format(
        **parts, share=share
    )
    most = sql.Literal(SAMPLE)
    return sql.SQL("({} LIMIT {}) UNION ALL ({} LIMIT {})").format(base.format(**parts), most, spread, most)


def _texts(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL("ARRAY[{}]::text[]").format(
        joined([sql.SQL("{}::text").format(sql.Identifier(name)) for name in columns])
    )
