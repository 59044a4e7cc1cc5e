"""Names of newly declared constraints are those that PostgreSQL itself would choose."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from uuidkit.database import conninfo
from uuidkit.planning.keys import constraint_name

NAMES = [
    ("domains", "batch_id"),
    ("t" * 63, "c" * 63),
    ("t" * 10, "c" * 63),
    ("t" * 63, "c" * 5),
    ("tä" * 21, "ü" * 30),
    ("Order Lines", "batchId"),
]


@pytest.mark.parametrize(("table", "column"), NAMES)
@pytest.mark.parametrize("label", ["fkey", "key"])
def test_as_postgresql_names_it(module_database: str, table: str, column: str, label: str) -> None:
    with psycopg.connect(conninfo(module_database), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE parent (id uuid UNIQUE)")
        constraint = "UNIQUE" if label == "key" else "REFERENCES parent (id)"
        connection.execute(
            sql.SQL("CREATE TABLE {} ({} uuid {})").format(
                sql.Identifier(table), sql.Identifier(column), sql.SQL(constraint)
            )
        )
        row = connection.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('f', 'u')",
            (sql.Identifier(table).as_string(connection),),
        ).fetchone()
    assert row == (constraint_name(table, column, label),)
