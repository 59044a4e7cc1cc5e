"""The session behaves the same over psycopg, SQLAlchemy and SQLAlchemy's asynchronous engine."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias

import psycopg
import pytest
import sqlalchemy
from psycopg import sql
from psycopg.rows import dict_row
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session as OrmSession

from uuidkit.database import Session, adapt, connect, create_engine, sqlalchemy_url
from uuidkit.errors import UsageError

Body: TypeAlias = Callable[[Session], None]


def _over_psycopg(url: str, body: Body) -> None:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        body(adapt(connection))


def _over_psycopg_in_autocommit(url: str, body: Body) -> None:
    with connect(url) as connection:
        body(adapt(connection))


def _over_sqlalchemy(url: str, body: Body) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        body(adapt(connection))


def _over_async_sqlalchemy(url: str, body: Body) -> None:
    async def main() -> None:
        engine = create_async_engine(sqlalchemy_url(url), poolclass=NullPool)
        async with engine.connect() as connection:
            await connection.run_sync(lambda plain: body(adapt(plain)))
        await engine.dispose()

    asyncio.run(main())


OVER = [_over_psycopg, _over_psycopg_in_autocommit, _over_sqlalchemy, _over_async_sqlalchemy]
over = pytest.mark.parametrize("over", OVER, ids=lambda function: function.__name__.removeprefix("_over_"))


@over
def test_without_parameters_the_text_is_sent_as_it_stands(database: str, over: Callable[[str, Body], None]) -> None:
    def body(session: Session) -> None:
        expected = [("%s %% %(x)s :y", 2)]
        text = "SELECT '%s %% %(x)s :y', 5 % 3"
        assert session.rows(text) == expected
        assert session.rows(text, {}) == expected
        assert session.rows(sql.SQL("SELECT {}, 5 % 3").format("%s %% %(x)s :y")) == expected

    over(database, body)


@over
def test_parameters_are_named_and_keep_their_types(database: str, over: Callable[[str, Body], None]) -> None:
    def body(session: Session) -> None:
        values = {"a": "it's 100%", "b": 7, "c": None, "d": ["x", "y"], "e": b"\0\xff"}
        statement = "SELECT %(a)s::text, %(b)s::int, %(c)s::text, %(d)s::text[], %(e)s::bytea, '%%', %(a)s = %(a)s"
        [row] = session.rows(statement, values)
        assert type(row) is tuple
        assert row == ("it's 100%", 7, None, ["x", "y"], b"\0\xff", "%", True)
        name = 'a "b" %'
        [row] = session.rows(sql.SQL("SELECT %(a)s::text AS {}").format(sql.Identifier("a")), {"a": name})
        assert row == (name,)

    over(database, body)


@over
def test_run_counts_rows(database: str, over: Callable[[str, Body], None]) -> None:
    def body(session: Session) -> None:
        assert session.run("CREATE TABLE t (n int)") == -1
        assert session.run("INSERT INTO t SELECT generate_series(1, 3)") == 3
        assert session.run("UPDATE t SET n = %(n)s WHERE n < 3", {"n": 0}) == 2
        assert session.rows("DELETE FROM t") == []
        assert session.run("CREATE TABLE a (); CREATE TABLE b ()") == -1
        assert session.rows("SELECT to_regclass('b') IS NULL") == [(False,)]

    over(database, body)


@over
def test_errors_are_psycopgs_own(database: str, over: Callable[[str, Body], None]) -> None:
    def body(session: Session) -> None:
        with pytest.raises(psycopg.errors.UndefinedColumn) as caught, session.transaction():
            session.rows("SELECT nothing")
        assert caught.value.sqlstate == "42703"
        with pytest.raises(psycopg.errors.InvalidTextRepresentation), session.transaction():
            session.run("SELECT %(x)s::text::uuid", {"x": "no"})
        with pytest.raises(psycopg.ProgrammingError), session.transaction():
            session.run("SELECT %(x)s", {"x": object()})
        assert session.rows("SELECT 1") == [(1,)]

    over(database, body)


@over
def test_an_error_at_commit_is_psycopgs_own(database: str, over: Callable[[str, Body], None]) -> None:
    with connect(database) as admin:
        admin.execute("CREATE TABLE t (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)")

    def body(session: Session) -> None:
        with pytest.raises(psycopg.errors.UniqueViolation), session.transaction():
            session.run("INSERT INTO t VALUES (1), (1)")
        assert not session.in_transaction

    over(database, body)


@over
def test_a_transaction_commits_or_rolls_back_as_a_whole(database: str, over: Callable[[str, Body], None]) -> None:
    def body(session: Session) -> None:
        assert not session.in_transaction
        with session.transaction():
            assert session.in_transaction
            session.run("CREATE TABLE kept (n int)")
            with pytest.raises(ZeroDivisionError), session.savepoint():
                session.run("INSERT INTO kept VALUES (1)")
                raise ZeroDivisionError
            with session.savepoint():
                session.run("INSERT INTO kept VALUES (2)")
        assert not session.in_transaction
        with pytest.raises(ZeroDivisionError), session.transaction():
            session.run("INSERT INTO kept VALUES (3)")
            raise ZeroDivisionError
        assert not session.in_transaction

    over(database, body)
    with connect(database) as admin:
        assert admin.execute("SELECT n FROM kept").fetchall() == [(2,)]


@over
def test_inside_a_callers_transaction_nothing_is_committed(database: str, over: Callable[[str, Body], None]) -> None:
    def body(session: Session) -> None:
        # A callers' transaction is open from its first statement, or by BEGIN in autocommit.
        session.run("BEGIN" if getattr(session.connection, "autocommit", False) is True else "SELECT 1")
        assert session.in_transaction
        with session.transaction():
            session.run("CREATE TABLE t ()")
        assert session.in_transaction
        with connect(database) as other:
            assert other.execute("SELECT to_regclass('t')").fetchone() == (None,)

    over(database, body)


@over
def test_a_savepoint_needs_a_transaction(database: str, over: Callable[[str, Body], None]) -> None:
    def body(session: Session) -> None:
        with pytest.raises(RuntimeError), session.savepoint():
            pass

    over(database, body)


@over
def test_nothing_is_prepared_so_a_changed_type_does_no_harm(database: str, over: Callable[[str, Body], None]) -> None:
    def body(session: Session) -> None:
        with session.transaction():
            session.run("CREATE TABLE t AS SELECT gen_random_uuid()::text AS id")
            for _ in range(7):
                session.rows("SELECT id FROM t WHERE id IS DISTINCT FROM %(x)s::text", {"x": "a"})
                session.rows("SELECT id FROM t")
            assert session.rows("SELECT count(*) FROM pg_prepared_statements") == [(0,)]
            session.run("ALTER TABLE t ALTER id TYPE uuid USING id::uuid")
            [(value,)] = session.rows("SELECT id FROM t")
            assert type(value).__name__ == "UUID"

    over(database, body)


@over
def test_a_lost_connection_is_an_operational_error(database: str, over: Callable[[str, Body], None]) -> None:
    def body(session: Session) -> None:
        with pytest.raises(psycopg.errors.AdminShutdown) as caught, session.transaction():
            [(pid,)] = session.rows("SELECT pg_backend_pid()")
            with connect(database) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
            session.rows("SELECT 1")
        assert caught.value.sqlstate == "57P01"

    over(database, body)


@over
def test_the_version_is_the_servers(server: Any, database: str, over: Callable[[str, Body], None]) -> None:
    def body(session: Session) -> None:
        assert session.version_num == server.version_num
        assert adapt(session) is session

    over(database, body)


def test_what_was_set_on_a_connection_stays(database: str) -> None:
    with psycopg.connect(database, row_factory=dict_row, prepare_threshold=3) as connection:
        adapt(connection).rows("SELECT 1")
        assert connection.prepare_threshold == 3
        assert connection.execute("SELECT 1 AS one").fetchone() == {"one": 1}
    engine = create_engine(database, connect_args={"prepare_threshold": 3})
    with engine.connect() as connection_:
        adapt(connection_).rows("SELECT 1")
        assert connection_.connection.driver_connection.prepare_threshold == 3  # type: ignore[union-attr]
    engine.dispose()


def test_a_connection_in_sqlalchemys_autocommit_has_no_transactions(database: str) -> None:
    engine = create_engine(database, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        session = adapt(connection)
        assert session.rows("SELECT 1") == [(1,)]
        assert not session.in_transaction
        with pytest.raises(UsageError, match="AUTOCOMMIT"), session.transaction():
            pass


@contextmanager
def _others(database: str) -> Iterator[list[Any]]:
    """What is not a connection of ours, of every kind."""
    engine = create_engine(database, poolclass=NullPool)
    lite = sqlalchemy.create_engine("sqlite://")
    async_engine = create_async_engine(sqlalchemy_url(database), poolclass=NullPool)
    raw = sqlite3.connect(":memory:")
    with lite.connect() as connection, OrmSession(engine) as orm:
        yield [engine, async_engine, connection, orm, raw, database, None]
    raw.close()
    lite.dispose()


def test_other_things_are_refused_with_what_to_pass_instead(database: str) -> None:
    with _others(database) as others:
        for other in others:
            with pytest.raises(UsageError) as caught:
                adapt(other)
            assert caught.value.remedy
            assert "postgresql://" not in caught.value.message


def test_sessions_in_threads_do_not_disturb_each_other(database: str) -> None:
    seen: list[Any] = []

    def work(number: int) -> None:
        with connect(database) as connection, suppress(psycopg.Error):
            seen.append(adapt(connection).rows("SELECT %(n)s::int", {"n": number}))

    threads = [threading.Thread(target=work, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [[(0,)], [(1,)], [(2,)], [(3,)]]
