"""What others do between plan and commit is noticed, waited for, or found before the commit."""

from __future__ import annotations

import threading
import time

import pytest
from click.testing import CliRunner

import uuidkit
from tests.mutations.meddling import TARGET, Watched, during_the_change, meddling, one
from tests.uuidkit.safety.conftest import Legacy
from uuidkit.cli.main import uuidkit as program
from uuidkit.errors import BlockedError, ConversionFailed, LockNotAvailable, UuidkitError
from uuidkit.execute import Event

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
    made: list[str] = []

    def watch(query: str) -> None:
        if "grouped AS MATERIALIZED" in query and not made:  # the catalog was read, now the values are
            made.append("seen")
            with legacy.connect() as other:
                other.execute("CREATE INDEX seen ON jobs (batch_id) WHERE id > 0")
                other.execute("CREATE VIEW also_seen AS SELECT batch_id FROM jobs WHERE batch_id LIKE 'batch%'")

    with legacy.connect() as connection:
        plan = uuidkit.plan(Watched(connection, watch), TARGET)
    assert made
    assert plan.status == "blocked"
    assert [blocker.object for blocker in plan.blockers] == ["public.also_seen"]
    assert "public.seen" in [found.name for graph in plan.graphs for found in graph.dependents]


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
            # Its text does not name the column: that would have to be decided about first.
            "CREATE FUNCTION meddle() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE replace("
            "'CREATE VIEW public.seen AS SELECT # FROM public.orders WHERE # LIKE ''order%''', '#', 'order' || '_id'); "
            "END $$"
        )
        connection.execute(
            "CREATE EVENT TRIGGER meddle ON ddl_command_end WHEN TAG IN ('CREATE SCHEMA') EXECUTE FUNCTION meddle()"
        )
    arguments = ["convert", "users.user_id", "orders.order_id", "--yes"]
    result = CliRunner(env={"DATABASE_URL": database}).invoke(program, arguments, prog_name="uuidkit")
    assert result.exit_code == 1, result.output
    assert "public.users.user_id" in result.stderr
    assert "MEANING: public.seen" in result.stderr


def test_the_way_back_notices_what_was_made_since_it_was_planned(converted: Legacy) -> None:
    statement = "CREATE INDEX later ON jobs (batch_id_original)"
    with converted.connect() as connection:
        with pytest.raises(BlockedError, match=r"DEPENDENT public\.later: The index is on a backup column"):
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
