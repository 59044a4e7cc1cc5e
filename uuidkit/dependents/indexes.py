"""The definition that an index gets when its column becomes uuid and its own cannot be had. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, LiteralString

from psycopg import sql

from uuidkit.catalog.names import TableName
from uuidkit.composing import joined, raw, text_of

_DESCENDING, _NULLS_FIRST = 1, 2  # bits of pg_index.indoption


def substitute(row: Sequence[Any], changing: Collection[str], methods: Collection[str]) -> tuple[str | None, str]:
    """(the definition over uuid columns, what is different), for an index whose own definition uuid does not allow.

    Args:
        row: as ``queries.INDEXES`` gives it.
        changing: names of the table's columns that become uuid.
        methods: access methods that have an operator class for uuid.

    Returns:
        (None, "") where the index needs none; (None, reason) where there can be none.
    """
    _, name, table_schema, table_name = row[1:5]
    constraint, method, unique, not_distinct, options, predicate, columns = row[12], *row[15:21]
    odd = [column for column in columns if column[5] in changing and column[6] and (not column[2] or column[7])]
    plain = [column for column in columns if column[5] in changing and column[6]]
    if plain and method not in methods:
        return None, f"the access method {method} has no operator class for uuid"
    if not odd:
        return None, ""
    if constraint is not None:
        return None, "its constraint uses an operator class or a collation that uuid does not have"
    keys = joined([_key(column, column[5] in changing) for column in columns if column[6]])
    included = [raw(column[0]) for column in columns if not column[6]]
    made = sql.SQL("CREATE {}INDEX {} ON {}{} USING {} ({})").format(
        raw("UNIQUE " if unique else ""),
        sql.Identifier(name),
        raw("ONLY " if row[21] == "p" else ""),  # the indexes of the partitions are made one by one
        TableName(table_schema, table_name).identifier,
        sql.Identifier(method),
        keys,
    )
    if included:
        made += sql.SQL(" INCLUDE ({})").format(joined(list(included)))
    if not_distinct:
        made += sql.SQL(" NULLS NOT DISTINCT")
    if options:
        made += sql.SQL(" WITH ({})").format(
            joined(
                [
                    sql.SQL("{} = {}").format(sql.Identifier(option), sql.Literal(value))
                    for option, _, value in (text.partition("=") for text in options)
                ]
            )
        )
    if predicate is not None:
        made += sql.SQL(" WHERE ({})").format(raw(predicate))
    lost = " and ".join(
        dict.fromkeys(f"collation {column[8]}" if column[7] else f"operator class {column[4]}" for column in odd)
    )
    return text_of(made), f"{lost}: uuid has none such; it is built with uuid's own, and the way back restores it"


def _key(column: Sequence[Any], changes: bool) -> sql.Composed:
    definition, option, default_class, class_schema, class_name, _, _, collation_schema, collation = column
    parts: list[sql.Composable] = [raw(definition)]
    if not changes:
        if collation is not None:
            parts.append(sql.SQL("COLLATE {}").format(sql.Identifier(collation_schema.strip('"'), collation)))
        if not default_class:
            parts.append(sql.Identifier(class_schema, class_name))
    direction: LiteralString = ""
    if option & _DESCENDING:
        direction = "DESC" if option & _NULLS_FIRST else "DESC NULLS LAST"
    elif option & _NULLS_FIRST:
        direction = "NULLS FIRST"
    if direction:
        parts.append(raw(direction))
    return sql.SQL(" ").join(parts)
