"""Behaviour that no other test asked for when a line was taken out: what somebody does in between is noticed."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql

import uuidkit
from tests.support.servers import Server
from tests.uuidkit.alembic.project import Project
from tests.uuidkit.safety.conftest import LEGACY, Legacy
from uuidkit.cli.main import uuidkit as program
from uuidkit.database.session import Parameters, PsycopgSession, Statement
from uuidkit.errors import BlockedError, ConversionFailed, LedgerError, LockNotAvailable, UuidkitError
from uuidkit.execute import Event
from uuidkit.ids import Shape
from uuidkit.ids.shapes import ShapeSpelling

TARGET = ["batch_jobs.batch_id"]


@pytest.fixture
def legacy(database: str) -> Legacy:
    """Three tables of one reference graph."""
    found = Legacy(database)
    with found.connect() as connection:
        connection.execute(LEGACY)
    return found


@pytest.fixture
def converted(legacy: Legacy) -> Legacy:
    """The same, with ids that are uuid."""
    with legacy.connect() as connection:
        uuidkit.convert(connection, TARGET)
    return legacy


def one(connection: psycopg.Connection[Any], query: str) -> Any:
    """The only value that a query gives."""
    [value] = connection.execute(query).fetchone() or [None]
    return value


def meddling(legacy: Legacy, statement: str, *, graph: int = 1) -> Callable[[Event], None]:
    """Another session's statement, just before the locks of the first graph, or a later one, are taken."""
    begun = 0

    def progress(event: Event) -> None:
        nonlocal begun
        begun += event.kind == "graph"
        if event.kind == "graph" and begun == graph:
            with legacy.connect() as other:
                other.execute(statement)

    return progress


def during_the_change(connection: psycopg.Connection[Any], statement: str) -> None:
    """Let the server run a statement of somebody else's inside the conversion, as an event trigger may."""
    connection.execute(
        "CREATE FUNCTION meddle() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = 'public.jobs'::pg_catalog.regclass "
        f"AND attname = 'batch_id_original') THEN {statement}; END IF; END $$"
    )
    connection.execute(
        "CREATE EVENT TRIGGER meddle ON ddl_command_end WHEN TAG IN ('COMMENT') EXECUTE FUNCTION meddle()"
    )


class Watched(PsycopgSession):
    """A session that tells of every query before it is sent."""

    def __init__(self, connection: psycopg.Connection[Any], watch: Callable[[str], None]) -> None:
        super().__init__(connection)
        self.watch = watch

    def rows(self, statement: Statement, params: Parameters | None = None) -> list[tuple[Any, ...]]:
        """Run a statement and fetch all its rows."""
        self.watch(self.text(statement))
        return super().rows(statement, params)


# What others do between plan and locks, and between two graphs.


@pytest.mark.parametrize(
    ("statement", "holds"),
    [
        (
            "ALTER TABLE domains VALIDATE CONSTRAINT late",
            "SELECT convalidated FROM pg_constraint WHERE conname = 'late'",
        ),
        (
            "ALTER INDEX ix_jobs_batch_id SET (fillfactor = 60)",
            "SELECT 'fillfactor=60' = ANY (reloptions) FROM pg_class WHERE relname = 'ix_jobs_batch_id'",
        ),
    ],
    ids=["foreign key", "index"],
)
def test_what_was_made_since_the_plan_leads_to_a_new_one(legacy: Legacy, statement: str, holds: str) -> None:
    with legacy.connect() as connection:
        connection.execute(
            "ALTER TABLE domains ADD CONSTRAINT late FOREIGN KEY (batch_id) REFERENCES batch_jobs (batch_id) NOT VALID"
        )
        assert len(uuidkit.convert(connection, TARGET, progress=meddling(legacy, statement)).done) == 1
        assert one(connection, holds)
        assert uuidkit.verify(connection).ok
        uuidkit.revert(connection, all=True)
        assert one(connection, holds)


def test_a_default_set_since_the_plan_comes_back(legacy: Legacy) -> None:
    statement = "ALTER TABLE batch_jobs ALTER batch_id SET DEFAULT 'job_' || gen_random_uuid()"
    with legacy.connect() as connection:
        uuidkit.convert(connection, TARGET, progress=meddling(legacy, statement))
        uuidkit.revert(connection, all=True)
        assert one(connection, "INSERT INTO batch_jobs DEFAULT VALUES RETURNING batch_id").startswith("job_")


def test_a_change_while_the_plan_is_made_is_in_the_plan(legacy: Legacy) -> None:
    views: list[str] = []

    def watch(query: str) -> None:
        if "grouped AS MATERIALIZED" in query and not views:  # the catalog was read, now the values are
            views.append("seen")
            with legacy.connect() as other:
                other.execute("CREATE VIEW seen AS SELECT batch_id FROM jobs")

    with legacy.connect() as connection:
        plan = uuidkit.plan(Watched(connection, watch), TARGET)
    assert views
    assert plan.status == "blocked"
    assert [blocker.object for blocker in plan.blockers] == ["public.seen"]


TWO_GRAPHS = """
CREATE TABLE users (user_id varchar PRIMARY KEY);
CREATE TABLE orders (order_id varchar PRIMARY KEY, user_id varchar REFERENCES users);
INSERT INTO users SELECT 'user_' || md5('u' || n) FROM generate_series(1, 9) AS n;
INSERT INTO orders SELECT 'order_' || md5('o' || n), 'user_' || md5('u' || n) FROM generate_series(1, 9) AS n;
"""


def test_what_was_made_between_two_graphs_of_one_table_is_noticed(database: str) -> None:
    found, targets = Legacy(database), ["users.user_id", "orders.order_id"]
    with found.connect() as connection:
        connection.execute(TWO_GRAPHS)
        statement = "ALTER TABLE orders ADD CONSTRAINT c CHECK (order_id <> 'x')"
        with pytest.raises(BlockedError, match=r"MEANING public\.orders\.c") as failure:
            uuidkit.convert(connection, targets, progress=meddling(found, statement, graph=2))
        assert set(failure.value.finished) == {"public.users.user_id", "public.orders.user_id"}
        assert one(connection, "SELECT pg_typeof(order_id)::text FROM orders LIMIT 1") == "character varying"
        assert one(connection, "SELECT pg_typeof(user_id)::text FROM orders LIMIT 1") == "uuid"


def test_blocked_after_a_graph_was_finished_ends_with_1(database: str) -> None:
    with Legacy(database).connect() as connection:
        connection.execute(TWO_GRAPHS)
        connection.execute(
            "CREATE FUNCTION meddle() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN "
            "CREATE OR REPLACE VIEW public.seen AS SELECT order_id FROM public.orders; END $$"
        )
        connection.execute(
            "CREATE EVENT TRIGGER meddle ON ddl_command_end WHEN TAG IN ('CREATE SCHEMA') EXECUTE FUNCTION meddle()"
        )
    arguments = ["convert", "users.user_id", "orders.order_id", "--yes"]
    result = CliRunner(env={"DATABASE_URL": database}).invoke(program, arguments, prog_name="uuidkit")
    assert result.exit_code == 1, result.output
    assert "public.users.user_id" in result.stderr
    assert "DEPENDENT: public.seen" in result.stderr


def test_the_way_back_notices_what_was_made_since_it_was_planned(converted: Legacy) -> None:
    statement = "CREATE INDEX later ON jobs (batch_id_original)"
    with converted.connect() as connection:
        with pytest.raises(UuidkitError, match="no longer as it was when the plan was made"):
            uuidkit.revert(connection, all=True, progress=meddling(converted, statement))
        assert one(connection, "SELECT to_regclass('later') IS NOT NULL")
        assert one(connection, "SELECT pg_typeof(batch_id)::text FROM jobs LIMIT 1") == "uuid"


def test_the_final_step_notices_what_was_made_since_it_was_planned(converted: Legacy) -> None:
    statement = "CREATE INDEX later ON jobs (batch_id_original)"
    with converted.connect() as connection:
        with pytest.raises(UuidkitError, match="no longer as it was when the plan was made"):
            uuidkit.finalize(connection, all=True, progress=meddling(converted, statement))
        assert one(connection, "SELECT to_regclass('later') IS NOT NULL")


def test_an_entry_that_is_gone_stops_the_way_back(converted: Legacy) -> None:
    with converted.connect() as connection:
        with pytest.raises(ConversionFailed, match="The ledger's entry is gone"):
            uuidkit.revert(connection, all=True, progress=meddling(converted, "DELETE FROM uuidkit.conversions"))
        assert one(connection, "SELECT pg_typeof(batch_id)::text FROM jobs LIMIT 1") == "uuid"


# What comes out otherwise than planned is found before the commit.


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER INDEX public.ix_jobs_batch_id SET (fillfactor = 55)",
        "ALTER TABLE public.jobs ALTER batch_id_original TYPE text",
    ],
    ids=["index", "type of the backup"],
)
def test_what_comes_out_otherwise_is_found_before_the_commit(legacy: Legacy, statement: str) -> None:
    with legacy.connect() as connection:
        during_the_change(connection, statement)
        before = legacy.state()
        with pytest.raises(ConversionFailed, match="did not come out as planned"):
            uuidkit.convert(connection, TARGET)
    assert legacy.state() == before


def test_rewritten_columns_have_statistics_again(legacy: Legacy) -> None:
    with legacy.connect() as connection:
        for table in ("batch_jobs", "jobs", "domains"):
            connection.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
        uuidkit.convert(connection, TARGET)
        query = "SELECT count(*) FROM pg_stats WHERE schemaname = 'public' AND attname LIKE 'batch_id%'"
        assert one(connection, query) == 6
        uuidkit.revert(connection, all=True)
        assert one(connection, query) == 3


def test_a_backup_has_the_collation_of_its_column(database: str) -> None:
    with Legacy(database).connect() as connection:
        connection.execute('CREATE TABLE batches (batch_id varchar COLLATE "C" PRIMARY KEY)')
        connection.execute("INSERT INTO batches SELECT 'batch_' || md5(n::text) FROM generate_series(1, 5) AS n")
        uuidkit.convert(connection, ["batches.batch_id"])
        query = (
            "SELECT collation_name FROM information_schema.columns "
            "WHERE table_name = 'batches' AND column_name = 'batch_id_original'"
        )
        assert one(connection, query) == "C"


# Locks and time limits.


def test_conversions_of_different_tables_wait_for_each_other(database: str) -> None:
    found = Legacy(database)
    with found.connect() as first, found.connect() as second:
        for table in ("a", "b"):
            first.execute(f"CREATE TABLE {table} (id text PRIMARY KEY)")
            first.execute(f"INSERT INTO {table} SELECT md5(n::text) FROM generate_series(1, 5) AS n")

        def progress(event: Event) -> None:
            if event.kind == "graph":
                first.execute("BEGIN")
                uuidkit.convert(first, ["a.id"], references="none")

        with pytest.raises(LockNotAvailable, match=f"process {first.info.backend_pid} "):
            uuidkit.convert(second, ["b.id"], references="none", lock_timeout=0.1, lock_attempts=2, progress=progress)
        first.execute("COMMIT")
        uuidkit.convert(second, ["b.id"], references="none")
        assert one(second, "SELECT count(*) FROM uuidkit.conversions") == 2


def test_an_attempt_waits_no_longer_than_it_was_told_to(legacy: Legacy) -> None:
    begun: list[float] = []

    def progress(event: Event) -> None:
        if event.message.startswith("lock "):
            begun.append(time.monotonic())

    with legacy.connect() as reader, legacy.connect() as connection:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM jobs")
        with pytest.raises(LockNotAvailable):
            uuidkit.convert(connection, TARGET, lock_timeout=0.05, lock_attempts=1, progress=progress)
    assert time.monotonic() - begun[0] < 5


def test_a_limit_on_idle_time_does_not_end_a_waiting_conversion(legacy: Legacy) -> None:
    with legacy.connect() as reader, legacy.connect() as connection:
        connection.execute("SET idle_in_transaction_session_timeout = '200ms'")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM jobs")

        def progress(event: Event) -> None:
            if event.kind == "waiting":
                time.sleep(0.6)
                reader.execute("COMMIT")

        assert len(uuidkit.convert(connection, TARGET, lock_timeout=0.05, progress=progress).done) == 1


def test_a_deadlock_while_locking_is_tried_again(legacy: Legacy) -> None:
    """The one table is held by a reader who then wants the other one, which the conversion has locked already."""
    waiting = "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = 'jobs'::regclass"
    with (
        legacy.connect(options="-c deadlock_timeout=30s") as reader,
        legacy.connect(options="-c deadlock_timeout=2s") as connection,
        legacy.connect() as watcher,
    ):
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM jobs")

        def read_on() -> None:
            while not one(watcher, waiting):
                time.sleep(0.02)
            reader.execute("SELECT count(*) FROM batch_jobs")
            reader.execute("COMMIT")

        thread = threading.Thread(target=read_on)
        thread.start()
        outcome = uuidkit.convert(connection, TARGET, lock_timeout=20)
        thread.join()
        assert len(outcome.done) == 1


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
        connection.execute("UPDATE uuidkit.conversions SET graph = jsonb_set(graph, '{format}', '2')")
        before = converted.state()
        calls: dict[str, Callable[[], object]] = {
            "verify": lambda: uuidkit.verify(connection),
            "revert": lambda: uuidkit.revert(connection, all=True),
            "finalize": lambda: uuidkit.finalize(connection, all=True),
        }
        with pytest.raises(LedgerError, match="format 2"):
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
        ("UPDATE tokens SET token_id = NULL WHERE n = 1", "1 row(s) that had an id have none now"),
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


def test_a_half_converted_graph_needs_no_derived_ids(database: str) -> None:
    with Legacy(database).connect() as connection:
        connection.execute("CREATE TABLE batches (batch_id uuid UNIQUE, batch_id_original text)")
        connection.execute("CREATE TABLE jobs (batch_id text)")
        connection.execute(
            "INSERT INTO batches SELECT gen_random_uuid(), 'run ' || n FROM generate_series(1, 5) AS n "
            "UNION ALL SELECT md5(n::text)::uuid, md5(n::text) FROM generate_series(1, 5) AS n"
        )
        connection.execute("INSERT INTO jobs SELECT batch_id_original FROM batches")
        uuidkit.convert(connection, ["jobs.batch_id"])
        query = "SELECT count(*) FROM jobs j JOIN batches b USING (batch_id, batch_id_original)"
        assert one(connection, query) == 10


# Values that are almost of one shape.


@pytest.mark.parametrize("spelling", ["canonical", "underscored", "braced"])
def test_joints_are_looked_at_one_by_one(database: str, spelling: ShapeSpelling) -> None:
    """A text with one other joint is the same uuid, but not this shape: it would not come back as it was."""
    shape = Shape("", spelling)
    groups = "687d53c4 1111 4222 8333 944455556601".split()
    texts = [
        "".join(part for pair in zip(groups, (*joints, ""), strict=True) for part in pair)
        for joints in itertools.product("-_", repeat=4)
    ]
    texts += [f"{{{text}}}" for text in texts]
    with Legacy(database).connect() as connection:
        query = sql.SQL("SELECT {} FROM unnest(%s::text[]) AS t (value)").format(
            shape.matches(sql.Identifier("value"), connection.info.server_version)
        )
        found = [matches for (matches,) in connection.execute(query, [texts]).fetchall()]
    assert dict(zip(texts, found, strict=True)) == {text: shape.fits(text) for text in texts}
    assert found.count(True) == 1


# Reading, as the server sees it.


def test_a_script_is_planned_in_a_read_only_transaction(legacy: Legacy, tmp_path: Path) -> None:
    project = Project(tmp_path / "migrations", legacy.url)
    project.revision("pass")
    project.upgrade()
    project.revision("op.convert_to_uuid('batch_jobs', 'batch_id')")
    seen: set[str] = set()

    @contextlib.contextmanager
    def connect() -> Iterator[Watched]:
        with legacy.connect() as connection:
            yield Watched(connection, lambda _: seen.add(one(connection, "SHOW transaction_read_only")))

    project.options["uuidkit_connect"] = connect
    assert "ALTER TABLE" in project.script("r1:r2")
    assert seen == {"on"}
