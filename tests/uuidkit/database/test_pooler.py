"""A transaction pooler is noticed by its URL, or by an open connection through it, and sessions work behind it."""

from __future__ import annotations

import pytest
from sqlalchemy import NullPool

from uuidkit.database import adapt, connect, create_engine
from uuidkit.database.pooler import from_session, from_url


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://u:p@h:6543/db", "a pooler"),
        ("postgresql://u@/db?host=h&port=6543", "a pooler"),
        ("postgres://u:p@aws-0-eu-west-1.pooler.supabase.com:6543/postgres", "Supavisor"),
        ("postgres://u:p@aws-0-eu-west-1.Pooler.Supabase.com/postgres", "Supavisor"),
        ("postgresql://u:p@h:5432/db?sslmode=require&pgbouncer=true", "PgBouncer"),
        ("postgresql://u:p@h/db?pgbouncer=1", "PgBouncer"),
    ],
)
def test_urls_of_poolers(url: str, name: str) -> None:
    found = from_url(url)
    assert found is not None
    assert found.name == name
    assert found.why


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p@h:5432/db",
        "postgresql://u:6543@h/db",
        "postgresql://u:p@h/db6543?pgbouncer=false",
        "postgres://u:p@aws-0-eu-west-1.pooler.supabase.com:5432/postgres",
        "postgres://u:p@pooler.supabase.com.example.org/postgres",
    ],
)
def test_urls_of_servers(url: str) -> None:
    assert from_url(url) is None


def test_a_direct_connection_shows_no_pooler(database: str) -> None:
    with connect(database) as connection:
        assert from_session(adapt(connection)) is None


def test_a_connection_through_pgbouncer_shows_it(pooled_database: str) -> None:
    with connect(pooled_database) as connection:
        assert from_session(adapt(connection)) is not None
    engine = create_engine(pooled_database, poolclass=NullPool)
    with engine.connect() as connection_:
        assert from_session(adapt(connection_)) is not None


def test_sessions_of_several_clients_share_one_server_process(pooled_database: str) -> None:
    """What is prepared or set for a session would show up in the other client's transactions."""
    with connect(pooled_database) as first, connect(pooled_database) as second:
        one, two = adapt(first), adapt(second)
        for number in range(8):
            for session in (one, two):
                with session.transaction():
                    session.run("SET LOCAL lock_timeout = '1s'")
                    assert session.rows("SELECT %(n)s::int", {"n": number}) == [(number,)]
                assert session.rows("SELECT count(*) FROM pg_prepared_statements") == [(0,)]
                assert session.rows("SELECT current_setting('lock_timeout')") == [("0",)]
        assert one.rows("SELECT pg_backend_pid()") == two.rows("SELECT pg_backend_pid()")
