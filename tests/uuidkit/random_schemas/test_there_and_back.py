"""Random databases go there and back: every reference holds on the way, and the end is the start to the byte.

More of them, or one again: UUIDKIT_RANDOM_SEEDS=0-2000 or UUIDKIT_RANDOM_SEEDS=42.
"""

from __future__ import annotations

import os

import psycopg
import pytest

import uuidkit
from tests.support.clients import pg_dump
from tests.uuidkit.random_schemas.generator import Database, make
from uuidkit.database import conninfo


def seeds() -> list[int]:
    first, _, last = os.environ.get("UUIDKIT_RANDOM_SEEDS", "0-19").partition("-")
    return list(range(int(first), int(last or first) + 1))


def linked(connection: psycopg.Connection[tuple[int]], database: Database) -> list[int]:
    """How many rows of each reference meet their counterpart."""
    counts = []
    for child, column, parent, key in database.references:
        row = connection.execute(
            f"SELECT count(*) FROM {child} AS c JOIN {parent} AS p ON c.{column} = p.{key}"
        ).fetchone()
        assert row is not None
        counts.append(row[0])
    return counts


@pytest.mark.parametrize("seed", seeds())
def test_there_and_back(database: str, seed: int) -> None:
    made = make(seed)
    with psycopg.connect(conninfo(database), autocommit=True) as connection:
        for statement in made.statements:
            connection.execute(statement)
        before = pg_dump(database)
        links = linked(connection, made)

        plan = uuidkit.plan(connection, made.targets, on_unparseable="derive", references="declared")
        assert plan.blockers == ()
        assert plan.status == "ready"
        uuidkit.convert(connection, made.targets, on_unparseable="derive", references="declared")
        assert linked(connection, made) == links
        proof = uuidkit.verify(connection)
        assert proof.ok, [column.problems for column in proof.columns]
        again = uuidkit.plan(connection, made.targets, on_unparseable="derive", references="declared")
        assert again.status == "nothing to do"

        uuidkit.revert(connection, all=True)
        assert linked(connection, made) == links
    assert pg_dump(database) == before


@pytest.mark.parametrize("seed", seeds()[::4])
def test_rows_added_in_between_come_back_as_text_that_fits(database: str, seed: int) -> None:
    made = make(seed)
    with psycopg.connect(conninfo(database), autocommit=True) as connection:
        for statement in made.statements:
            connection.execute(statement)
        connection.execute("SET session_replication_role = replica")  # rows in any order
        uuidkit.convert(connection, made.targets, on_unparseable="derive", references="declared")
        for number, table in enumerate(made.tables):
            if table.ids:
                names = ", ".join(f'"{name}"' for name in table.names if name not in ("row_number", table.key))
                connection.execute(
                    f'INSERT INTO {table.full} (row_number, "{table.key}", {names}) '
                    f"SELECT 1000 + row_number, gen_random_uuid(), {names} FROM {table.full} "
                    f"WHERE row_number < {number + 1}"
                )
        links = linked(connection, made)
        uuidkit.revert(connection, all=True)
        assert linked(connection, made) == links
