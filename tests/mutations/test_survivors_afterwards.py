"""Rights, the ledger, the proof afterwards and the way back, where the tables are not as they were left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

import uuidkit
from tests.mutations.meddling import TARGET, one
from tests.support.servers import Server
from tests.uuidkit.safety.conftest import LEGACY, Legacy
from uuidkit.errors import BlockedError, LedgerError, UuidkitError

# Rights, and rows that are hidden.


def test_a_schema_in_which_no_index_may_be_made_is_named(database: str, server: Server) -> None:
    role = server.create_role()
    try:
        with Legacy(database).connect() as admin:
            admin.execute(f"GRANT CREATE ON DATABASE {admin.info.dbname} TO {role}")
            admin.execute("CREATE SCHEMA shop; CREATE TABLE shop.batches (id text); CREATE TABLE shop.jobs (id text)")
            admin.execute("INSERT INTO shop.batches SELECT md5(n::text) FROM generate_series(1, 5) AS n")
            admin.execute("INSERT INTO shop.jobs SELECT id FROM shop.batches")
            admin.execute(f"GRANT USAGE ON SCHEMA shop TO {role}")
            admin.execute(f"ALTER TABLE shop.batches OWNER TO {role}; ALTER TABLE shop.jobs OWNER TO {role}")
            with psycopg.connect(server.url_of(admin.info.dbname, role), autocommit=True) as connection:
                plan = uuidkit.plan(
                    connection,
                    ["shop.batches.id"],
                    include=["shop.jobs.id"],
                    references="declared",
                    declare_references=True,
                )
            assert [(blocker.code, blocker.object) for blocker in plan.blockers] == [("PERMISSION", "shop")]
            assert f"GRANT CREATE ON SCHEMA shop TO {role}" in plan.blockers[0].remedy
            admin.execute(f"DROP OWNED BY {role}")
    finally:
        server.drop_role(role)


HIDE = """
CREATE POLICY few ON jobs USING (id < 3);
ALTER TABLE jobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
"""


@pytest.fixture
def hidden(owner_database: str) -> Iterator[psycopg.Connection[Any]]:
    """The plain owner's connection to converted tables of which a policy hides rows by now."""
    with psycopg.connect(owner_database, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA own; SET search_path = own")
        connection.execute(LEGACY)
        uuidkit.convert(connection, TARGET)
        connection.execute(HIDE)
        yield connection


def test_rows_hidden_since_the_conversion_are_no_proof(hidden: psycopg.Connection[Any]) -> None:
    with pytest.raises(UuidkitError, match="row-level security"):
        uuidkit.verify(hidden)


def test_row_security_made_since_stops_the_way_back(hidden: psycopg.Connection[Any]) -> None:
    with pytest.raises(BlockedError, match=r"PERMISSION own\.jobs: Row security hides rows"):
        uuidkit.revert(hidden, all=True)


def test_only_the_owner_can_finalize(converted: Legacy, server: Server) -> None:
    role = server.create_role()
    try:
        with converted.connect() as admin:
            admin.execute(f"GRANT USAGE ON SCHEMA uuidkit TO {role}")
            admin.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public, uuidkit TO {role}")
            clerk = psycopg.connect(server.url_of(admin.info.dbname, role), autocommit=True)
            with clerk, pytest.raises(BlockedError) as failure:
                uuidkit.finalize(clerk, all=True)
            assert {blocker.code for blocker in failure.value.blockers} == {"PERMISSION"}
            assert len(failure.value.blockers) == 3
            admin.execute(f"DROP OWNED BY {role}")
    finally:
        server.drop_role(role)


# The ledger, the proof afterwards and the way back.


def test_a_schema_with_something_else_in_it_stays(converted: Legacy) -> None:
    with converted.connect() as connection:
        connection.execute("CREATE TABLE uuidkit.mine (n integer)")
        uuidkit.revert(connection, all=True)
        assert one(connection, "SELECT to_regclass('uuidkit.mine') IS NOT NULL")
        assert one(connection, "SELECT to_regclass('uuidkit.conversions') IS NULL")


@pytest.mark.parametrize("what", ["verify", "revert", "finalize"])
def test_a_ledger_of_a_later_version_is_not_guessed_at(converted: Legacy, what: str) -> None:
    with converted.connect() as connection:
        connection.execute("UPDATE uuidkit.conversions SET graph = jsonb_set(graph, '{format}', '99')")
        before = converted.state()
        calls: dict[str, Callable[[], object]] = {
            "verify": lambda: uuidkit.verify(connection),
            "revert": lambda: uuidkit.revert(connection, all=True),
            "finalize": lambda: uuidkit.finalize(connection, all=True),
        }
        with pytest.raises(LedgerError, match="format 99"):
            calls[what]()
        assert converted.state() == before


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("ALTER TABLE domains ALTER batch_id TYPE text", "its type is text now"),
        ("ALTER TABLE domains DROP COLUMN batch_id_original", "batch_id_original is gone"),
        ("ALTER TABLE domains ALTER batch_id_original TYPE text", "batch_id_original is of type text now"),
    ],
    ids=["type", "no backup", "type of the backup"],
)
def test_a_column_that_was_changed_since_stops_the_way_back(converted: Legacy, statement: str, said: str) -> None:
    with converted.connect() as connection:
        connection.execute(statement)
        before = converted.state()
        with pytest.raises(BlockedError, match=said):
            uuidkit.revert(connection, all=True)
    assert converted.state() == before


def test_what_was_built_on_a_backup_stops_the_final_step(converted: Legacy) -> None:
    with converted.connect() as connection:
        connection.execute("CREATE INDEX texts ON jobs (batch_id_original)")
        with pytest.raises(BlockedError, match=r"DEPENDENT public\.texts"):
            uuidkit.finalize(connection, all=True)
        assert one(connection, "SELECT to_regclass('texts') IS NOT NULL")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE tokens SET token_id = NULL WHERE n = 1", " that had an id "),
        ("ALTER TABLE tokens DROP CONSTRAINT tokens_token_id_key", "The unique key on it is gone."),
        ("ALTER TABLE jobs DROP CONSTRAINT jobs_batch_id_fkey", "The foreign key jobs_batch_id_fkey is gone."),
        ("DROP INDEX ix_jobs_batch_id", "The index ix_jobs_batch_id is gone."),
        ("ALTER TABLE batch_jobs ALTER batch_id DROP NOT NULL", "It was NOT NULL and is not any more."),
    ],
    ids=["id", "unique key", "foreign key", "index", "not null"],
)
def test_a_damaged_conversion_is_not_proved(legacy: Legacy, statement: str, said: str) -> None:
    with legacy.connect() as connection:
        connection.execute("CREATE TABLE tokens (n serial, token_id text UNIQUE)")
        connection.execute("INSERT INTO tokens (token_id) SELECT md5('t' || n) FROM generate_series(1, 5) AS n")
        uuidkit.convert(connection, [*TARGET, "tokens.token_id"])
        assert uuidkit.verify(connection).ok
        connection.execute(statement)
        proof = uuidkit.verify(connection)
    assert not proof.ok
    assert any(said in problem for column in proof.columns for problem in column.problems)
