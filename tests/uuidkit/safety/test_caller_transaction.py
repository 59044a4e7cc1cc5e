"""In a caller's transaction nothing is committed, and the caller's settings are as they were."""

from __future__ import annotations

import pytest

import uuidkit
from tests.uuidkit.safety.conftest import Legacy

TARGET = ["batch_jobs.batch_id"]
SETTINGS = ("search_path", "lock_timeout", "statement_timeout", "row_security", "idle_in_transaction_session_timeout")


def test_a_rollback_undoes_all_of_it(legacy: Legacy) -> None:
    before = legacy.state()
    with legacy.connect() as connection:
        connection.execute("BEGIN")
        uuidkit.convert(connection, TARGET)
        assert connection.execute("SELECT pg_typeof(batch_id)::text FROM jobs LIMIT 1").fetchone() == ("uuid",)
        connection.execute("ROLLBACK")
    assert legacy.state() == before


def test_settings_are_put_back(legacy: Legacy) -> None:
    with legacy.connect() as connection:
        connection.execute("BEGIN")
        connection.execute("SET LOCAL lock_timeout = '7s'; SET LOCAL search_path = public, pg_temp")
        query = "SELECT " + ", ".join(f"current_setting('{name}')" for name in SETTINGS)
        before = connection.execute(query).fetchone()
        uuidkit.plan(connection, TARGET)
        assert connection.execute(query).fetchone() == before
        uuidkit.convert(connection, TARGET)
        assert connection.execute(query).fetchone() == before
        uuidkit.revert(connection, TARGET)
        assert connection.execute(query).fetchone() == before
        connection.execute("ROLLBACK")


def test_a_statement_timeout_of_the_role_does_not_cut_a_conversion_short(legacy: Legacy) -> None:
    with legacy.connect() as connection:
        connection.execute("INSERT INTO jobs (batch_id) SELECT batch_id FROM batch_jobs, generate_series(1, 1500)")
        connection.execute("SET statement_timeout = '250ms'")
        assert len(uuidkit.convert(connection, TARGET).done) == 1


def test_reports_change_nothing_even_in_a_read_only_transaction(legacy: Legacy) -> None:
    with legacy.connect() as connection:
        connection.execute("BEGIN READ ONLY")
        assert uuidkit.plan(connection, TARGET).status == "ready"
        connection.execute("ROLLBACK")


@pytest.mark.pg_min(170000)
def test_a_transaction_timeout_of_the_role_does_not_cut_a_conversion_short(legacy: Legacy) -> None:
    with legacy.connect() as connection:
        connection.execute("INSERT INTO jobs (batch_id) SELECT batch_id FROM batch_jobs, generate_series(1, 1500)")
        connection.execute("SET transaction_timeout = '400ms'")
        assert len(uuidkit.convert(connection, TARGET).done) == 1
