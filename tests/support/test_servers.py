"""The fixtures themselves: fresh databases, plain owners, passwords, and servers that come back after a crash."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.support import Server, apply, checksums, pg_dump, psql


def test_a_database_is_fresh_and_of_the_servers_version(server: Server, database: str) -> None:
    with psycopg.connect(database) as connection:
        assert connection.info.server_version == server.version_num
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_the_owner_has_no_right_beyond_its_database(owner_database: str) -> None:
    with psycopg.connect(owner_database, autocommit=True) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert row == (False, False, False, False)
        connection.execute("CREATE SCHEMA own CREATE TABLE t (id text)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE ROLE other")


def test_a_role_with_a_password_needs_it(server: Server) -> None:
    role = server.create_role(password="s3cret%/?")
    psycopg.connect(server.url_of("postgres", role, "s3cret%/?")).close()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url_of("postgres", role, "wrong"))
    server.drop_role(role)


def test_a_template_is_copied(server: Server, database: str) -> None:
    psql(database, "CREATE TABLE t AS SELECT generate_series(1, 3) AS n")
    copy = server.create_database(template=database)
    assert checksums(copy) == checksums(database)
    assert pg_dump(copy, "--schema-only") == pg_dump(database, "--schema-only")
    server.drop_database(copy)


def test_checksums_see_a_changed_row(database: str) -> None:
    psql(database, "CREATE TABLE t (n int, v text); INSERT INTO t VALUES (1, 'a'), (2, NULL)")
    before = checksums(database)
    psql(database, "UPDATE t SET v = '' WHERE n = 2")
    after = checksums(database)
    assert before.keys() == after.keys() == {"public.t"}
    assert before != after


def test_apply_fails_at_the_first_error(database: str, tmp_path: Path) -> None:
    path = tmp_path / "script.sql"
    path.write_text("CREATE TABLE a ();\nnonsense;\nCREATE TABLE b ();\n")
    with pytest.raises(AssertionError, match="syntax error"):
        apply(database, path)
    assert checksums(database).keys() == {"public.a"}


def test_committed_rows_outlive_a_crash(server: Server, database: str) -> None:
    psql(database, "CREATE TABLE t AS SELECT generate_series(1, 3) AS n")
    before = checksums(database)
    server.crash()
    assert not server.alive()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(database)
    server.start()
    assert checksums(database) == before
