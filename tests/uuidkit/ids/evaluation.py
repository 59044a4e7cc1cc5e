"""Asking the server what an SQL expression gives for many values at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

VALUE = sql.Identifier("v")


def evaluate(
    connection: psycopg.Connection[Any], values: Sequence[str | None], expressions: Mapping[str, sql.Composable]
) -> list[dict[str, Any]]:
    """One row for each value, with what each expression over VALUE gives for it."""
    columns = [sql.SQL("{} AS {}").format(expression, sql.Identifier(name)) for name, expression in expressions.items()]
    query = sql.SQL("SELECT {} FROM unnest({}::text[]) WITH ORDINALITY AS t (v, place) ORDER BY place").format(
        sql.SQL(", ").join(columns), sql.Literal(list(values))
    )
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query).fetchall()


def make_attempt(connection: psycopg.Connection[Any], name: str, expression: sql.Composable) -> None:
    """A function of this session, text to uuid, that gives NULL where the expression over VALUE raises 22P02."""
    connection.execute(
        sql.SQL(
            "CREATE FUNCTION pg_temp.{}(v text) RETURNS uuid LANGUAGE plpgsql AS $body$ BEGIN RETURN {};"
            " EXCEPTION WHEN invalid_text_representation THEN RETURN NULL; END $body$"
        ).format(sql.Identifier(name), expression)
    )
