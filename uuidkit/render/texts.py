"""The texts kept in a table of the ledger's schema instead of in columns: one for every uuid of a column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from psycopg import sql

from uuidkit import guard, ledger
from uuidkit.composing import raw, text_of
from uuidkit.ids import sql as value
from uuidkit.ledger import LedgerColumn
from uuidkit.planning.model import Statement
from uuidkit.render.values import Lookups, untouched, with_lookup


def texts_table(plan_hash: str) -> str:
    """The name of a conversion's table of texts, in the ledger's schema.

    Args:
        plan_hash: of the plan; no two conversions that stand have the same.
    """
    return f"texts_{plan_hash[:16]}"


def identifier(texts: str) -> sql.Identifier:
    """The table with its schema.

    Args:
        texts: its name.
    """
    return sql.Identifier(ledger.SCHEMA, texts)


def keep_texts(
    texts: str, columns: Sequence[LedgerColumn], expressions: Sequence[str], lookups: Lookups
) -> Iterator[Statement]:
    """Write down the text of every uuid, with the number of its rows, before the columns change.

    The key says that no uuid of a column has two texts: otherwise nobody could tell which row had which.

    Args:
        texts: the table's name.
        columns: those that change.
        expressions: the SQL that makes a uuid of each one's text.
        lookups: names of the helpers that look old texts up.
    """
    table = identifier(texts)
    yield Statement(
        text_of(
            sql.SQL(
                'CREATE TABLE {} (position integer NOT NULL, id uuid NOT NULL, old text COLLATE "C" NOT NULL, '
                "rows bigint NOT NULL)"
            ).format(table)
        ),
        "change",
        "make the table of the texts",
    )
    for column, expression in zip(columns, expressions, strict=True):
        name = sql.Identifier(column.column)
        yield Statement(
            text_of(
                sql.SQL(
                    "INSERT INTO {texts} (position, id, old, rows)\n"
                    "SELECT {position}, {uuid}, {name}, {number}\n"
                    "  FROM (SELECT {text} AS {name}, count(*) AS {number} FROM {table} WHERE {name} IS NOT NULL "
                    "GROUP BY 1) AS t"
                ).format(
                    texts=table,
                    position=sql.Literal(column.position),
                    uuid=with_lookup(column, name, raw(expression), lookups),
                    name=name,
                    number=sql.Identifier("uuidkit rows"),  # not the name of anybody's column
                    text=value.as_text(name),
                    table=column.name.table_name.identifier,
                )
            ),
            "change",
            f"keep the texts of {column.name}",
        )
    yield Statement(
        text_of(sql.SQL("ALTER TABLE {} ADD PRIMARY KEY (position, id)").format(table)),
        "change",
        "see that every uuid of a column has one text",
    )
    yield Statement(
        text_of(
            sql.SQL(
                "COMMENT ON TABLE {} IS 'Texts of converted columns before they became uuid; kept by uuidkit.'"
            ).format(table)
        ),
        "change",
        "say what the table is",
    )


def prove_texts(column: LedgerColumn, version_num: int, lookups: Lookups) -> Statement:
    """See that every text has become its uuid, and every uuid is in as many rows as its text was."""
    return Statement(
        guard.no_rows(
            sql.SQL(
                "SELECT (SELECT count(*) FILTER (WHERE ({same}) IS NOT TRUE) FROM {texts} AS k "
                "WHERE k.position = {position})\n"
                "     + (SELECT count(*)\n"
                "          FROM (SELECT {name} AS id, count(*) AS rows FROM {table} WHERE {name} IS NOT NULL "
                "GROUP BY 1) AS now\n"
                "          FULL JOIN (SELECT id, rows FROM {texts} WHERE position = {position}) AS before USING (id)\n"
                "         WHERE now.rows IS DISTINCT FROM before.rows)"
            ).format(
                same=untouched(
                    column, version_num, lookups, uuid=sql.Identifier("k", "id"), text=sql.Identifier("k", "old")
                ),
                texts=identifier(column.texts),
                position=sql.Literal(column.position),
                name=sql.Identifier(column.column),
                table=column.name.table_name.identifier,
            ),
            f"value(s) of {column.name} do not stand for the text that was kept of them.",
        ),
        "prove",
        f"compare every uuid of {column.name} with its text",
        column.name.table_name,
    )


def drop_texts(texts: str) -> Statement:
    """Drop the table.

    Args:
        texts: its name.
    """
    return Statement(
        text_of(sql.SQL("DROP TABLE {}").format(identifier(texts))), "change", "drop the table of the texts"
    )
