"""Sessions for tests of the survey, the references and the scan."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName
from uuidkit.catalog.read import read_schema
from uuidkit.database.session import PsycopgSession, Session, Statement


class Recorder(PsycopgSession):
    """A session that keeps the text of every statement it sends."""

    def __init__(self, connection: psycopg.Connection) -> None:
        super().__init__(connection)
        self.sent: list[str] = []

    def rows(self, statement: Statement, params: object = None) -> list[tuple]:  # type: ignore[override, type-arg]
        self.sent.append(self.text(statement))
        return super().rows(statement, params)  # type: ignore[arg-type]


def run(url: str, *statements: str) -> None:
    """Run statements, each committed."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[arg-type]


def fill(url: str, table: str, column: str, values: list[str | None]) -> None:
    """Put values into a column of an existing table, one row each."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        copy = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(*table.split(".")), sql.Identifier(column))
        with cursor.copy(copy) as rows:
            for value in values:
                rows.write_row([value])


@contextmanager
def looking(url: str) -> Iterator[tuple[Recorder, Schema]]:
    """A session in a transaction, with the catalog."""
    with psycopg.connect(url) as connection, connection.transaction():
        session = Recorder(connection)
        schema = read_schema(session)
        session.sent.clear()
        yield session, schema


def name(text: str) -> ColumnName:
    """``table.column`` of the schema public, or ``schema.table.column``."""
    parts = text.split(".")
    return ColumnName(*(["public", *parts] if len(parts) == 2 else parts))


__all__ = ["Recorder", "Session", "fill", "looking", "name", "run"]
