"""Options of views and indexes that are made anew, as they were set since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import LiteralString

from psycopg import sql

from uuidkit import guard
from uuidkit.composing import joined, text_of

_KEYWORDS: dict[str, LiteralString] = {
    "view": "VIEW",
    "materialized view": "MATERIALIZED VIEW",
    "index": "INDEX",
}


def set_options(kind: str, names: Sequence[str], options: Sequence[str]) -> Iterator[str]:
    """The statements that give an object these options and no others.

    Args:
        kind: ``view``, ``materialized view`` or ``index``.
        names: its schema and its name.
        options: as in pg_class.reloptions, ``name=value``.
    """
    identifier = sql.Identifier(*names)
    yield guard.block(
        sql.SQL(
            "DECLARE\n"
            "  option text;\n"
            "BEGIN\n"
            "  FOR option IN\n"
            "    SELECT split_part(o.option, '=', 1) FROM pg_class c, unnest(c.reloptions) AS o (option)\n"
            "     WHERE c.oid = {name}::regclass\n"
            "  LOOP\n"
            "    EXECUTE format({reset}, {name}::regclass, option);\n"
            "  END LOOP;\n"
            "END"
        ).format(
            name=sql.Literal(text_of(identifier)),
            reset=sql.Literal(f"ALTER {_KEYWORDS[kind]} %s RESET (%I)"),
        )
    )
    if options:
        pairs = [option.partition("=") for option in options]
        yield text_of(
            sql.SQL("ALTER {} {} SET ({})").format(
                sql.SQL(_KEYWORDS[kind]),
                identifier,
                joined(
                    [sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(value)) for name, _, value in pairs]
                ),
            )
        )
