"""Connections and engines: the same parameters reach the server; each failure is a sentence without the password."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from typing import TypeAlias

import psycopg
import pytest
from sqlalchemy import NullPool

from tests.support import Server
from uuidkit.database import connect, create_engine, sqlalchemy_url
from uuidkit.errors import ConnectionFailed, UsageError


def _by_psycopg(url: str) -> None:
    connect(url).close()


def _by_sqlalchemy(url: str) -> None:
    create_engine(url, poolclass=NullPool).connect().close()


Connect: TypeAlias = Callable[[str], None]
by = pytest.mark.parametrize("by", [_by_psycopg, _by_sqlalchemy], ids=["psycopg", "sqlalchemy"])


@by
def test_a_role_with_a_difficult_password_gets_in(server: Server, by: Connect) -> None:
    password = "p@/:%? #&'\\ä"
    role = server.create_role(password=password)
    try:
        by(server.url_of("postgres", role, password))
        with pytest.raises(ConnectionFailed, match="password is wrong") as caught:
            by(server.url_of("postgres", role, "hush"))
        _is_a_sentence(caught.value)
        with pytest.raises(ConnectionFailed, match="asks for a password") as caught:
            by(server.url_of("postgres", role))
        _is_a_sentence(caught.value)
    finally:
        server.drop_role(role)


@by
def test_an_unknown_database_or_user_is_named(server: Server, by: Connect) -> None:
    with pytest.raises(ConnectionFailed, match=r"/nowhere.*database does not exist") as caught:
        by(server.url_of("nowhere", password="hush"))
    _is_a_sentence(caught.value)
    with pytest.raises(ConnectionFailed, match=r"://nobody_here:.*user does not exist") as caught:
        by(server.url_of("postgres", "nobody_here", password="hush"))
    _is_a_sentence(caught.value)


@by
def test_a_server_that_is_not_there(by: Connect) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(ConnectionFailed, match="No server listens there") as caught:
            by(f"postgresql://u:hush@127.0.0.1:{port}/db")
    _is_a_sentence(caught.value)
    assert f"127.0.0.1:{port}" in str(caught.value)
    with pytest.raises(ConnectionFailed, match="No server listens there"):
        by("postgresql://u:hush@/db?host=/nonexistent")
    with pytest.raises(ConnectionFailed, match="host is not known"):
        by("postgresql://u:hush@name.invalid/db")


@by
def test_a_server_that_does_not_answer(by: Connect) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        with pytest.raises(ConnectionFailed, match="did not answer in time") as caught:
            by(f"postgresql://u:hush@127.0.0.1:{port}/db?connect_timeout=2")
    _is_a_sentence(caught.value)


@by
def test_a_parameter_with_an_unusable_value(server: Server, by: Connect) -> None:
    with pytest.raises(ConnectionFailed, match="sslmode"):
        by(server.url + "&sslmode=perhaps")


@by
def test_another_kind_of_database(by: Connect) -> None:
    with pytest.raises(UsageError, match="only PostgreSQL"):
        by("mysql://u:hush@h/db")


def test_a_url_with_a_poolers_hint_connects(database: str) -> None:
    with connect(database + "&pgbouncer=true") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    _by_sqlalchemy(database + "&pgbouncer=true")


def test_parameters_reach_the_server_by_both_ways(database: str) -> None:
    url = database + "&application_name=my%20app&options=-c%20statement_timeout%3D1234"
    query = "SELECT current_setting('application_name'), current_setting('statement_timeout')"
    with connect(url) as connection:
        assert connection.execute(query).fetchone() == ("my app", "1234ms")
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection_:
        assert tuple(connection_.exec_driver_sql(query).one()) == ("my app", "1234ms")


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1", "UTF8"])
def test_text_is_text_whatever_the_databases_encoding(server: Server, encoding: str) -> None:
    name = f"in_{encoding.lower()}"
    server.run(f"CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE template0")
    try:
        url = server.url_of(name)
        with connect(url) as connection:
            assert connection.execute("SELECT 'batch_' || 'ä'").fetchone() == ("batch_ä",)
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as connection_:
            assert connection_.exec_driver_sql("SELECT 'batch_' || 'ä'").scalar() == "batch_ä"
    finally:
        server.drop_database(name)


def test_several_hosts_are_tried_in_turn(server: Server) -> None:
    url = f"postgresql://postgres@/postgres?host=/nonexistent,{server.socket_dir}&port=5432,5432"
    _by_psycopg(url)
    _by_sqlalchemy(url)


def test_neither_engine_nor_connection_prepares_statements(database: str) -> None:
    with connect(database) as connection:
        assert connection.autocommit
        for _ in range(8):
            connection.execute("SELECT %s::int", [1])
        assert connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() == (0,)
    engine = create_engine(database, poolclass=NullPool)
    with engine.connect() as connection_:
        for _ in range(8):
            connection_.exec_driver_sql("SELECT %(n)s::int", {"n": 1})
        assert connection_.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements").scalar() == 0


def test_an_engine_does_not_show_the_password() -> None:
    url = "postgresql://u:hush@h:1,g:2/db?sslmode=require"
    assert "hush" not in repr(create_engine(url)) + str(sqlalchemy_url(url))


def _is_a_sentence(error: ConnectionFailed) -> None:
    assert "hush" not in str(error)
    assert re.match(r"Cannot connect to postgresql://", error.message)
    assert error.remedy
    assert error.exit_code == 1
    assert not isinstance(error, psycopg.Error)
