"""What else is at work is said before the first lock: slots, snapshots, locks, event triggers, a READ ONLY default."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

import uuidkit
from tests.support.servers import Server
from uuidkit import surroundings
from uuidkit.errors import ConversionFailed
from uuidkit.surroundings import Slot, Surroundings, Transaction, notes

TABLES = """
CREATE TABLE users (user_id varchar PRIMARY KEY);
CREATE TABLE notes (id integer);
INSERT INTO users SELECT md5(n::text)::uuid FROM generate_series(1, 3) AS n;
"""


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "LONG", 0.0)


@contextmanager
def somebody(url: str, *statements: str) -> Iterator[int]:
    """Another session in the middle of a transaction: its process id."""
    with psycopg.connect(url, autocommit=True, application_name="nightly dump") as other:
        for statement in statements:
            other.execute(statement)  # type: ignore[arg-type]
        yield other.info.backend_pid
        other.execute("ROLLBACK")


def said(url: str) -> str:
    """The notes of a plan, in one line each."""
    with psycopg.connect(url, autocommit=True) as connection:
        return "\n".join(uuidkit.plan(connection, ["users.user_id"]).notes)


def test_whoever_holds_a_lock_or_an_older_snapshot_is_named(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(TABLES)  # type: ignore[arg-type]
    assert said(database) == ""
    with somebody(database, "BEGIN", "SELECT FROM users") as pid:
        found = said(database)
        assert f"Process {pid} (nightly dump, user postgres, idle in transaction, transaction open for" in found
        assert "holds a lock on public.users: the conversion has to wait" in found
        assert "snapshot" not in found
    with somebody(database, "BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT FROM notes") as pid:
        found = said(database)
        assert f"Process {pid} (nightly dump" in found
        assert "it would see the rewritten tables as empty" in found
        assert "holds a lock" not in found
    with somebody(database, "BEGIN", "SELECT FROM notes"):
        assert said(database) == ""  # neither in the way nor misled
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("BEGIN; LOCK TABLE users IN ROW SHARE MODE; PREPARE TRANSACTION 'half done'")
        try:
            assert "The prepared transaction 'half done' (user postgres) holds a lock on public.users" in said(database)
        finally:
            connection.execute("ROLLBACK PREPARED 'half done'")


def test_the_report_and_the_conversion_say_it(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(TABLES)  # type: ignore[arg-type]
        heard: list[str] = []
        with somebody(database, "BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT FROM notes"):
            uuidkit.convert(connection, ["users.user_id"], progress=lambda e: heard.append(f"{e.kind} {e.message}"))
        first_lock = next(n for n, message in enumerate(heard) if message.startswith("statement lock "))
        assert "older snapshot" in "".join(heard[:first_lock])


def test_what_a_role_may_not_see_is_said_with_the_grant(server: Server, owner_database: str) -> None:
    with psycopg.connect(owner_database, autocommit=True) as connection:
        connection.execute(TABLES)  # type: ignore[arg-type]
        role = connection.info.user
        superuser = server.url_of(connection.info.dbname)
    with somebody(superuser, "BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT FROM pg_class"):
        found = said(owner_database)
        assert "1 session of other roles is in a transaction" in found
        assert f"GRANT pg_read_all_stats TO {role} shows them" in found
        server.run(f"GRANT pg_read_all_stats TO {role}")
        assert "it would see the rewritten tables as empty. Let it end first." in said(owner_database)
    with somebody(superuser, "BEGIN", "SELECT FROM users") as pid:
        server.run(f"REVOKE pg_read_all_stats FROM {role}")
        assert f"Process {pid} (nightly dump, user postgres, state hidden) holds a lock" in said(owner_database)


def test_a_logical_slot_is_said(server: Server, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(TABLES)  # type: ignore[arg-type]
    server.run("ALTER SYSTEM SET wal_level = 'logical'")
    server.stop()
    server.start()
    try:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("SELECT pg_create_logical_replication_slot('to_search', 'pgoutput')")
            assert "Logical replication slot to_search (pgoutput, nobody reads from it now)" in said(database)
            connection.execute("SELECT pg_drop_replication_slot('to_search')")
        assert said(database) == ""
    finally:
        server.run("ALTER SYSTEM RESET wal_level")
        server.stop()
        server.start()


def test_what_has_just_begun_is_not_worth_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "LONG", 2.0)
    brief = Transaction("app", "web", "active", 0.4, snapshot=True, tables=(), pid=7)
    assert list(notes(Surroundings((), (brief,)), "web")) == []
    [slot] = notes(Surroundings((Slot("s", "wal2json", active=True),), (brief,)), "web")
    assert "is read from now" in slot


def test_what_would_forbid_a_conversion_is_said_before_and_explained_after(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(TABLES)  # type: ignore[arg-type]
        connection.execute("CREATE TABLE log (tag text)")
        connection.execute(
            "CREATE FUNCTION logged() RETURNS event_trigger LANGUAGE plpgsql"
            " AS 'BEGIN INSERT INTO log VALUES (tg_tag); END'"
        )
        connection.execute("CREATE EVENT TRIGGER logger ON ddl_command_end EXECUTE FUNCTION logged()")
        connection.execute("CREATE EVENT TRIGGER off ON ddl_command_end EXECUTE FUNCTION logged()")
        connection.execute("ALTER EVENT TRIGGER off DISABLE")
        connection.execute(
            "CREATE EVENT TRIGGER elsewhere ON sql_drop WHEN TAG IN ('DROP FUNCTION') EXECUTE FUNCTION logged()"
        )
    found = said(database)
    assert "Event trigger logger (ddl_command_end) calls public.logged() for what the conversion runs" in found
    assert " off " not in found
    assert "elsewhere" not in found
    with psycopg.connect(database, autocommit=True) as connection:
        # Its names are looked up as in any other function without a search_path of its own; it is named, at once.
        with pytest.raises(ConversionFailed, match=r'"log" does not exist .* in PL/pgSQL function .*logged\(\) line 1'):
            uuidkit.convert(connection, ["users.user_id"])
        connection.execute("ALTER FUNCTION logged() SET search_path = public")
        connection.execute("SET default_transaction_read_only = on")
        assert "default_transaction_read_only is on" in "".join(uuidkit.plan(connection, ["users.user_id"]).notes)
        with pytest.raises(ConversionFailed, match="may not write") as failure:
            uuidkit.convert(connection, ["users.user_id"])
        assert "default_transaction_read_only" in failure.value.remedy
        connection.execute("SET default_transaction_read_only = off")
        uuidkit.convert(connection, ["users.user_id"])
        assert connection.execute("SELECT count(*) > 3 FROM log").fetchone() == (True,)
