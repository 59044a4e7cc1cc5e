"""A trial leaves nothing behind, needs nothing special, and ends in time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import text

from tests.support import Server, pg_dump, psql
from tests.uuidkit.meaning.test_kinds import MEANS_THE_SAME, PREFIXED, TABLES
from tests.uuidkit.meaning.trying import BATCH, HEX, THINGS, conversion_of
from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import TableName
from uuidkit.catalog.read import read_schema
from uuidkit.database.engine import create_engine
from uuidkit.database.session import PsycopgSession, Session, adapt
from uuidkit.meaning import Judgement, Thing, judge

SCRIPT = "CREATE SCHEMA trial; SET search_path = trial;" + (TABLES + MEANS_THE_SAME).replace("TYPE", "varchar").replace(
    "ROWS", PREFIXED
)


def judged(session: Session, columns: str = "b.id d.b_id", time_limit: float = 5.0) -> dict[str, Judgement]:
    schema = read_schema(session)
    things = things_in(session)
    found = judge(
        session, schema, [conversion_of(schema, name, [BATCH], "fail") for name in columns.split()], things,
        time_limit=time_limit,
    )  # fmt: skip
    return {thing.name: found[thing.key] for thing in things}


def things_in(session: Session) -> list[Thing]:
    return [
        Thing(catalog, oid, kind, name, TableName(namespace, table))
        for catalog, oid, kind, name, namespace, table in session.rows(THINGS)
    ]


@contextmanager
def looking(url: str) -> Iterator[PsycopgSession]:
    """A session in a transaction."""
    with psycopg.connect(url) as connection, connection.transaction():
        yield PsycopgSession(connection)


def meanings(found: dict[str, Judgement]) -> set[str]:
    return {judgement.meaning for judgement in found.values()}


def test_nothing_is_changed_and_nobody_waits(database: str) -> None:
    psql(database, SCRIPT)
    before = pg_dump(database)
    with psycopg.connect(database) as writer, looking(database) as session:
        # A writer's lock lets readers pass, and nobody else: whoever takes more would wait for it.
        writer.execute("LOCK TABLE trial.b, trial.d IN ROW EXCLUSIVE MODE")
        session.run("SET LOCAL lock_timeout = '200ms'")
        settings = "SELECT name, setting FROM pg_settings WHERE name NOT LIKE 'transaction%' ORDER BY name"
        state = session.rows(settings)
        assert meanings(judged(session)) == {"same"}
        locks = "SELECT DISTINCT mode FROM pg_locks WHERE relation::regclass::text LIKE 'trial.%' AND pid = {}"
        assert session.rows(locks.format("pg_backend_pid()")) == [("AccessShareLock",)]
        assert session.rows(settings) == state
        assert session.rows("SELECT count(*) FROM pg_class WHERE relpersistence = 't'") == [(0,)]
        # The transaction is as usable as before.
        session.run("CREATE TABLE trial.fresh (id int)")
        session.run("DROP TABLE trial.fresh")
    assert pg_dump(database) == before


def test_a_plain_owner_through_either_driver(owner_database: str) -> None:
    psql(owner_database, SCRIPT.replace("CREATE PUBLICATION", "-- CREATE PUBLICATION"))
    with looking(owner_database) as session:
        found = judged(session)
    assert meanings(found) == {"same"}
    with psycopg.connect(owner_database, autocommit=True) as connection:
        session = PsycopgSession(connection)
        assert judged(session) == found
        assert not session.in_transaction
    engine = create_engine(owner_database)
    with engine.begin() as sqlalchemy:
        assert judged(adapt(sqlalchemy)) == found
        sqlalchemy.execute(text("SELECT 1"))
    engine.dispose()


def test_a_read_only_transaction_will_do(database: str) -> None:
    """Only what takes a table cannot be tried there, and is said to be unknown."""
    psql(database, SCRIPT)
    with psycopg.connect(database) as connection:
        connection.read_only = True
        found = judged(PsycopgSession(connection))
    others = {name: judgement.why for name, judgement in found.items() if judgement.meaning != "same"}
    assert set(others) == {"v_key", "v_system", "v_locks"}
    assert set(others.values()) == {"it could not be tried: cannot execute CREATE TABLE in a read-only transaction"}


def test_without_the_right_to_make_temporary_tables(server: Server, owner_database: str) -> None:
    psql(owner_database, SCRIPT.replace("CREATE PUBLICATION", "-- CREATE PUBLICATION"))
    with psycopg.connect(owner_database) as connection:
        name = connection.info.dbname
    admin = server.url_of(name, "postgres")
    psql(admin, f'REVOKE TEMPORARY ON DATABASE "{name}" FROM PUBLIC; ALTER DATABASE "{name}" OWNER TO postgres;')
    with looking(owner_database) as session:
        found = judged(session)
    assert {name for name, j in found.items() if j.meaning != "same"} == {"v_key", "v_system", "v_locks"}
    assert "GRANT TEMPORARY ON DATABASE to the role" in found["v_key"].why


def test_event_triggers_are_not_set_off(database: str) -> None:
    psql(
        database,
        SCRIPT
        + """
        CREATE TABLE log (tag text);
        CREATE FUNCTION noted() RETURNS event_trigger LANGUAGE plpgsql
          AS 'BEGIN RAISE EXCEPTION ''an event trigger has fired''; END';
        CREATE EVENT TRIGGER everything ON ddl_command_end EXECUTE FUNCTION noted();
        """,
    )
    with looking(database) as session:
        found = judged(session)
    assert {name for name, j in found.items() if j.meaning != "same"} == {"v_key", "v_system", "v_locks"}
    assert found["v_key"].why.endswith("would set off the event trigger everything")


def test_what_takes_too_long_is_unknown(database: str) -> None:
    psql(
        database,
        "CREATE SCHEMA trial; SET search_path = trial;"
        + TABLES.replace("TYPE", "varchar").replace("ROWS", PREFIXED)
        + """
        CREATE FUNCTION slow(text) RETURNS boolean LANGUAGE plpgsql STABLE
          AS 'BEGIN PERFORM pg_sleep(0.2); RETURN $1 <> ''''; END';
        CREATE POLICY p_slow ON b USING (slow(id));
        CREATE POLICY p_quick ON b USING (id IS NOT NULL);
        CREATE VIEW v_slow AS SELECT id FROM b WHERE slow(status);
        CREATE VIEW v_quick AS SELECT id FROM b;
        """,
    )
    start = time.monotonic()
    with looking(database) as session:
        found = judged(session, time_limit=0.3)
    assert time.monotonic() - start < 4
    assert {name: judgement.meaning for name, judgement in found.items()} == {
        "p_slow": "unknown",
        "p_quick": "same",
        "v_slow": "unknown",
        "v_quick": "same",
    }
    assert {found["p_slow"].why, found["v_slow"].why} <= {
        "trying it took too long",
        "the time for all trials together was used up",
    }


def test_tables_that_cannot_be_read(database: str, server: Server) -> None:
    """Made rows stand in where a policy would hide the table's own from its owner."""
    role = server.create_role()
    psql(
        database,
        f"""CREATE SCHEMA trial AUTHORIZATION {role}; SET search_path = trial;"""
        + TABLES.replace("TYPE", "varchar").replace("ROWS", PREFIXED)
        + f"""
        ALTER TABLE b OWNER TO {role}; ALTER TABLE d OWNER TO {role};
        ALTER TABLE b ENABLE ROW LEVEL SECURITY; ALTER TABLE b FORCE ROW LEVEL SECURITY;
        CREATE POLICY p_prefix ON b USING (id LIKE 'batch_%');
        CREATE VIEW v_ids AS SELECT id FROM b;
        """,
    )
    with looking(database) as session:
        session.run(f"SET LOCAL ROLE {role}")
        session.run("SET LOCAL row_security = off")
        found = judged(session)
        session.run("RESET ROLE")
    server.drop_database(database)
    server.drop_role(role)
    assert {name: judgement.meaning for name, judgement in found.items()} == {"p_prefix": "changed", "v_ids": "same"}


def test_large_tables_are_sampled(module_database: str) -> None:
    """Rare values are found through what the expression looks for; parents come along with the sampled children."""
    with psycopg.connect(module_database) as connection, connection.transaction(force_rollback=True):
        connection.execute("CREATE SCHEMA trial")
        connection.execute("SET LOCAL search_path = trial")
        connection.execute(
            "CREATE TABLE b (id varchar PRIMARY KEY, n int);"
            "INSERT INTO b SELECT 'batch_' || md5(n::text), n FROM generate_series(1, 20000) AS n;"
            "CREATE TABLE d (b_id varchar REFERENCES b, n int);"
            "INSERT INTO d SELECT id, n FROM b WHERE n > 15000;"
            f"INSERT INTO b VALUES ('job_{HEX[7]}', -1);"
            "ALTER TABLE b ADD COLUMN large text; UPDATE b SET large = repeat('x', 90000) WHERE n = 1;"
            "ANALYZE b; ANALYZE d;"
            "CREATE INDEX i_rare ON b (n) WHERE id LIKE 'job_%';"
            "CREATE POLICY p_rare ON b USING (split_part(id, '_', 1) IN (SELECT 'j' || 'ob'));"
            "CREATE VIEW v_joined AS SELECT b.n FROM d JOIN b ON b.id = d.b_id WHERE b.n > 0;"
        )
        connection.execute("SET LOCAL search_path = pg_catalog, pg_temp")
        session = PsycopgSession(connection)
        start = time.monotonic()
        found = judged(session)
        assert time.monotonic() - start < 3
    assert found["i_rare"].meaning == "changed"
    # Nothing but the one row shows it, which stands at the end of the index.
    assert found["p_rare"].why.startswith(f"row 'job_{HEX[7]}': the policy showed it, now hides it")
    assert found["v_joined"].meaning == "same"
    assert int(found["v_joined"].why.split()[2]) > 40


def test_a_hundred_objects_take_seconds(module_database: str) -> None:
    tables = "".join(
        f"""CREATE TABLE d{n} (k serial PRIMARY KEY, b_id varchar REFERENCES b, name text);
            INSERT INTO d{n} (b_id, name) SELECT id, 'x' FROM b;
            CREATE INDEX i{n} ON d{n} (name) WHERE b_id LIKE 'batch_%';
            CREATE INDEX j{n} ON d{n} (lower(b_id));
            ALTER TABLE d{n} ADD CHECK (b_id <> '');
            ALTER TABLE d{n} ADD CHECK (b_id IS NOT NULL OR name <> 'z');
            CREATE VIEW v{n} AS SELECT d.*, b.status FROM d{n} AS d JOIN b ON b.id = d.b_id;
            CREATE VIEW w{n} AS SELECT * FROM v{n} WHERE status = 'n1';
            CREATE VIEW x{n} AS SELECT b_id, count(*) FROM d{n} GROUP BY b_id;
            CREATE POLICY p{n} ON d{n} USING (b_id = current_setting('app.b', true));
            CREATE POLICY q{n} ON d{n} USING (EXISTS (SELECT FROM b WHERE b.id = d{n}.b_id AND b.status = 'n2'));
            CREATE POLICY r{n} ON d{n} USING (b_id <> '');"""
        for n in range(10)
    )
    with psycopg.connect(module_database) as connection, connection.transaction(force_rollback=True):
        connection.execute("CREATE SCHEMA trial")
        connection.execute("SET LOCAL search_path = trial")
        connection.execute(TABLES.replace("TYPE", "varchar").replace("ROWS", PREFIXED) + tables)
        session = PsycopgSession(connection)
        schema: Schema = read_schema(session)
        things = things_in(session)
        columns = ["b.id", "d.b_id", *(f"d{n}.b_id" for n in range(10))]
        conversions = [conversion_of(schema, name, [BATCH], "fail") for name in columns]
        assert len(things) == 100
        start = time.monotonic()
        found = judge(session, schema, conversions, things)
        assert time.monotonic() - start < 8  # about 2 s alone on two cores
    counts = {name: sum(j.meaning == name for j in found.values()) for name in ("same", "changed", "unknown")}
    assert counts == {"same": 50, "changed": 50, "unknown": 0}


@pytest.mark.parametrize("nothing", [[], ["pg_class"]])
def test_nothing_to_judge(module_database: str, nothing: list[str]) -> None:
    """No object gives no judgement; one that is gone is unknown."""
    with looking(module_database) as session:
        schema = read_schema(session)
        things = [Thing(catalog, 4_000_000_000, "view", "gone", TableName("public", "gone")) for catalog in nothing]
        found = judge(session, schema, [], things)
    assert {key: judgement.meaning for key, judgement in found.items()} == {thing.key: "unknown" for thing in things}
