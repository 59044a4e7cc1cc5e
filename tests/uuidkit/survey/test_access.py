"""What may not be read is an error that names the column; nothing stays behind."""

from __future__ import annotations

import psycopg
import pytest

from tests.support.servers import Server
from tests.uuidkit.survey.looking import looking, name, run
from uuidkit.survey import Unreadable, survey


def test_rows_hidden_by_row_security_are_an_error(owner_database: str) -> None:
    run(
        owner_database,
        "CREATE TABLE t (v text)",
        "INSERT INTO t VALUES ('a'), ('b')",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
    )
    with looking(owner_database) as (session, schema):
        assert survey(session, schema, [name("t.v")])[name("t.v")].rows == 2  # the owner is above it
    run(owner_database, "ALTER TABLE t FORCE ROW LEVEL SECURITY")
    with looking(owner_database) as (session, schema), pytest.raises(Unreadable) as caught:
        survey(session, schema, [name("t.v")])
    assert caught.value.column == name("t.v")
    assert caught.value.row_security
    assert "NO FORCE ROW LEVEL SECURITY" in caught.value.remedy


def test_a_missing_right_is_an_error_and_the_transaction_goes_on(server: Server, owner_database: str) -> None:
    run(owner_database, "CREATE TABLE t (v text, w text)")
    other = server.create_role()
    run(owner_database, f"GRANT SELECT (w) ON t TO {other}")
    url = server.url_of(psycopg.conninfo.conninfo_to_dict(owner_database)["dbname"], other)
    try:
        with looking(url) as (session, schema):
            with pytest.raises(Unreadable) as caught:
                survey(session, schema, [name("t.v")])
            assert survey(session, schema, [name("t.w")])[name("t.w")].rows == 0
        assert caught.value.column == name("t.v")
        assert not caught.value.row_security
        assert "permission denied" in str(caught.value)
    finally:
        run(owner_database, f"REVOKE ALL ON t FROM {other}")
        server.drop_role(other)


def test_settings_are_put_back(database: str) -> None:
    run(database, "CREATE TABLE t (v text)")
    names = ("row_security", "jit", "work_mem")
    with looking(database) as (session, schema):
        session.run("SET LOCAL work_mem = '5MB'")
        before = [session.rows(f"SHOW {setting}") for setting in names]
        survey(session, schema, [name("t.v")])
        assert [session.rows(f"SHOW {setting}") for setting in names] == before
