"""Several reference graphs in one command: their order, what is noticed between them, what stands when one fails."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

import uuidkit
from uuidkit.errors import BlockedError, ConversionFailed
from uuidkit.execute import Event
from uuidkit.report import json as report_json

# Three graphs: keys of a and those in b, keys of b and those in c, keys of c. The first and the last share no table.
CHAIN = """
CREATE TABLE a (a_id varchar PRIMARY KEY);
CREATE TABLE b (b_id varchar PRIMARY KEY, a_id varchar REFERENCES a);
CREATE TABLE c (c_id varchar PRIMARY KEY, b_id varchar REFERENCES b);
INSERT INTO a SELECT 'a_' || md5('a' || n) FROM generate_series(1, 9) AS n;
INSERT INTO b SELECT 'b_' || md5('b' || n), 'a_' || md5('a' || n) FROM generate_series(1, 9) AS n;
INSERT INTO c SELECT 'c_' || md5('c' || n), 'b_' || md5('b' || n) FROM generate_series(1, 9) AS n;
"""


def listening(heard: list[str]) -> Callable[[Event], None]:
    """Keep the messages with which graphs begin, and notes."""

    def progress(event: Event) -> None:
        if event.kind in ("graph", "note"):
            heard.append(event.message)

    return progress


def before_graph(number: int, url: str, statement: str) -> Callable[[Event], None]:
    """Another session's statement before a graph begins."""
    begun = 0

    def progress(event: Event) -> None:
        nonlocal begun
        begun += event.kind == "graph"
        if event.kind == "graph" and begun == number:
            with psycopg.connect(url, autocommit=True) as other:
                other.execute("SET lock_timeout = '5s'")
                other.execute(statement)  # type: ignore[arg-type]

    return progress


def types(connection: psycopg.Connection) -> dict[str, str]:
    """The types of the columns called after a table's key."""
    return dict(
        connection.execute(
            "SELECT attrelid::regclass || '.' || attname, atttypid::regtype::text FROM pg_attribute "
            "WHERE attrelid IN ('a'::regclass, 'b'::regclass, 'c'::regclass) AND attname ~ '_id$' "
            "AND atttypid <> 'oid'::regtype"
        ).fetchall()
    )


def test_graphs_that_share_tables_are_planned_once(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(CHAIN)
        heard: list[str] = []
        outcome = uuidkit.convert(connection, [], all_columns=True, progress=listening(heard))
        assert [[str(column) for column in graph.columns] for graph in outcome.done] == [
            ["public.a.a_id", "public.b.a_id"],
            ["public.b.b_id", "public.c.b_id"],
            ["public.c.c_id"],
        ]
        assert len(heard) == 3  # nothing was planned again from the beginning
        assert set(types(connection).values()) == {"uuid"}
        assert uuidkit.verify(connection).ok
        uuidkit.revert(connection, all=True)
        assert set(types(connection).values()) == {"character varying"}


@pytest.mark.parametrize(
    ("number", "column"),
    [(2, "b_id"), (3, "c_id")],
    ids=["a table that waits", "a table that was changed"],
)
def test_what_others_do_before_a_later_graph_is_noticed(database: str, number: int, column: str) -> None:
    # The table's first mention in the plan is in a graph that comes later.
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(CHAIN)
        meddle = before_graph(number, database, f"ALTER TABLE c ADD CONSTRAINT odd CHECK ({column} <> 'x')")
        with pytest.raises(BlockedError) as failure:
            uuidkit.convert(connection, [], all_columns=True, progress=meddle)
        assert {blocker.object for blocker in failure.value.blockers} == {"public.c.odd"}
        assert "public.b.a_id" in failure.value.finished
        assert types(connection)[f"c.{column}"] == "character varying"


def test_a_foreign_key_made_before_a_later_graph_brings_its_column_along(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(CHAIN)
        connection.execute("CREATE TABLE d (b_id varchar)")
        meddle = before_graph(2, database, "ALTER TABLE d ADD FOREIGN KEY (b_id) REFERENCES b")
        uuidkit.convert(connection, [], all_columns=True, progress=meddle)
        assert uuidkit.verify(connection).ok
        [(found,)] = connection.execute(
            "SELECT atttypid::regtype::text FROM pg_attribute WHERE attrelid = 'd'::regclass AND attname = 'b_id'"
        )
        assert found == "uuid"


def test_what_stands_when_a_later_graph_fails(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(CHAIN)
        meddle = before_graph(2, database, "INSERT INTO c (c_id) VALUES ('no uuid')")
        with pytest.raises(ConversionFailed) as failure:
            uuidkit.convert(connection, [], all_columns=True, progress=meddle)
        assert failure.value.finished == ("public.a.a_id", "public.b.a_id", "public.b.b_id", "public.c.b_id")
        assert types(connection)["a.a_id"] == "uuid"
        assert types(connection)["c.c_id"] == "character varying"
        # The rest can be done when the row is gone.
        connection.execute("DELETE FROM c WHERE c_id = 'no uuid'")
        assert len(uuidkit.convert(connection, [], all_columns=True).done) == 1
        assert uuidkit.verify(connection).ok


def test_the_connection_is_lost_between_two_graphs(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(CHAIN)
        pid = connection.info.backend_pid
        with pytest.raises(ConversionFailed) as failure:
            uuidkit.convert(
                connection,
                [],
                all_columns=True,
                progress=before_graph(2, database, f"SELECT pg_terminate_backend({pid}, 5000)"),
            )
        assert failure.value.finished == ("public.a.a_id", "public.b.a_id")


def test_what_stands_when_the_way_back_stops(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(CHAIN)
        uuidkit.convert(connection, [], all_columns=True)
        meddle = before_graph(2, database, "CREATE INDEX later ON b (b_id_original)")
        with pytest.raises(BlockedError, match=r"public\.later") as failure:
            uuidkit.revert(connection, all=True, progress=meddle)
        assert failure.value.finished == ("public.c.c_id",)
        assert types(connection)["c.c_id"] == "character varying"
        assert types(connection)["c.b_id"] == "uuid"


def test_the_plan_says_why_each_column_is_in_it(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(CHAIN)
        found = report_json.plan(uuidkit.plan(connection, [], all_columns=True))
    said = {column["column"]: column["why"] for column in found["columns"] if column["table"] == "public.b"}
    assert said["b_id"].startswith("found by --all: it is a primary key")
    assert said["a_id"].startswith("found by --all: its foreign key b_a_id_fkey refers to public.a.a_id")


def test_a_harmless_change_between_two_graphs_is_planned_with(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(CHAIN)
        for number, change in enumerate((uuidkit.convert, uuidkit.revert)):
            heard: list[str] = []
            meddle = before_graph(2, database, f"ALTER TABLE c ADD COLUMN note_{number} text")

            def progress(event: Event, heard: list[str] = heard, meddle: Callable[[Event], None] = meddle) -> None:
                listening(heard)(event)
                meddle(event)

            options = {"all_columns": True} if number == 0 else {"all": True}
            outcome = change(connection, [], progress=progress, **options)  # type: ignore[operator]
            assert len(outcome.done) == 3
            assert sum("Planning again" in message for message in heard) == 1
            assert uuidkit.verify(connection).ok
        assert set(types(connection).values()) == {"character varying"}


def test_in_one_transaction_nothing_stands(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(CHAIN)
        meddle = before_graph(1, database, "INSERT INTO c (c_id) VALUES ('no uuid')")
        with pytest.raises(ConversionFailed) as failure:
            uuidkit.convert(connection, [], all_columns=True, single_transaction=True, progress=meddle)
        assert failure.value.finished == ()
        assert set(types(connection).values()) == {"character varying"}
