"""Through a transaction pooler everything is the same: no state is left in the session."""

from __future__ import annotations

import psycopg

import uuidkit
from tests.uuidkit.safety.conftest import LEGACY, Legacy
from uuidkit.database import connect


def test_there_and_back_through_a_pooler(database: str, pooled_database: str) -> None:
    legacy = Legacy(database)
    with legacy.connect() as connection:
        connection.execute(LEGACY)
    before = legacy.state()
    with connect(pooled_database) as connection:
        assert uuidkit.plan(connection, ["batch_jobs.batch_id"]).status == "ready"
        connection.rollback()
        uuidkit.convert(connection, ["batch_jobs.batch_id"])
        assert uuidkit.verify(connection).ok
        connection.rollback()
        uuidkit.revert(connection, all=True)
    assert legacy.state() == before


def test_no_setting_stays_behind_in_the_pooled_session(database: str, pooled_database: str) -> None:
    with Legacy(database).connect() as connection:
        connection.execute(LEGACY)
    names = ("search_path", "lock_timeout", "row_security", "statement_timeout")
    query = "SELECT " + ", ".join(f"current_setting('{name}')" for name in names)
    with psycopg.connect(pooled_database, autocommit=True, prepare_threshold=None) as other:
        before = other.execute(query).fetchone()
        with connect(pooled_database) as connection:
            uuidkit.convert(connection, ["batch_jobs.batch_id"])
        assert other.execute(query).fetchone() == before
