"""Reference graphs that share a table, as one: the table is rewritten once, there and back."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

import uuidkit
from tests.uuidkit.survey.looking import run
from uuidkit.database import conninfo

TARGETS = ("people.id", "teams.id", "posts.id", "alone.id")
# PostgreSQL itself says which table it rewrites.
TABLES = (
    "CREATE TABLE people (id varchar PRIMARY KEY)",
    "CREATE TABLE teams (id varchar PRIMARY KEY, leader varchar REFERENCES people)",
    "CREATE TABLE posts (id varchar PRIMARY KEY, author varchar REFERENCES people, team varchar REFERENCES teams)",
    "CREATE TABLE alone (id varchar PRIMARY KEY)",
    "CREATE TABLE rewritten (name text)",
    (
        "CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS "
        "$$BEGIN INSERT INTO public.rewritten VALUES (pg_event_trigger_table_rewrite_oid()::regclass); END$$"
    ),
    "CREATE EVENT TRIGGER note ON table_rewrite EXECUTE FUNCTION note()",
)


@pytest.fixture
def connection(database: str) -> Any:
    """A database that counts its rewrites."""
    run(database, *TABLES)
    with psycopg.connect(conninfo(database), autocommit=True) as found:
        yield found


def rewritten(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """How often each table was rewritten since the last time."""
    rows = connection.execute("SELECT name, count(*)::int FROM rewritten GROUP BY name").fetchall()
    connection.execute("TRUNCATE rewritten")
    return {name.removeprefix("public."): number for name, number in rows}


@pytest.mark.parametrize("join", [True, False])
def test_each_table_is_rewritten_once(connection: psycopg.Connection[Any], join: bool) -> None:
    planned = uuidkit.plan(connection, TARGETS, join_graphs=join)
    assert len(planned.graphs) == (2 if join else 4)
    uuidkit.convert(connection, TARGETS, join_graphs=join)
    times = {"people": 1, "alone": 1, "teams": 1 if join else 2, "posts": 1 if join else 3}
    assert rewritten(connection) == times
    assert uuidkit.verify(connection).ok
    # One end is enough to name what went together.
    back = uuidkit.revert(connection, ["posts.team"])
    assert sum(len(graph.columns) for graph in back.done) == (6 if join else 2)
    uuidkit.revert(connection, all=True)
    assert rewritten(connection) == times


def test_a_report_says_that_a_large_table_would_be_rewritten_more_than_once(
    connection: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(**options: Any) -> list[str]:
        planned = uuidkit.plan(connection, TARGETS, **options)
        return [note for note in planned.notes if "--join-graphs" in note]

    assert said() == []
    monkeypatch.setattr("uuidkit.planning.notes.MANY_ROWS", 0)
    [note] = said()
    assert "public.teams 2 times, public.posts 3 times." in note
    assert said(join_graphs=True) == []
