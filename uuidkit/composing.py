"""Putting SQL together: parts are composed with psycopg.sql, never by replacing text."""

from __future__ import annotations

from typing import LiteralString

from psycopg import sql


def raw(text: str) -> sql.SQL:
    """SQL that the server itself printed (a definition, an expression, a type), taken as it is.

    Args:
        text: the server's own words; never anything a user typed.
    """
    return sql.SQL(text)


def text_of(composable: sql.Composable) -> str:
    """The statement as text, without a connection.

    Args:
        composable: a composed statement with literals instead of parameters.
    """
    return composable.as_string(None)


def joined(parts: list[sql.Composable], separator: LiteralString = ", ") -> sql.Composed:
    """The parts in a row.

    Args:
        parts: composables.
        separator: what stands between two.
    """
    return sql.SQL(separator).join(parts)
