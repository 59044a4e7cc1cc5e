"""What somebody else does to objects that hang on the columns, between the plan and the locks, or in the middle."""

from __future__ import annotations

import pytest

import uuidkit
from tests.mutations.meddling import meddling, one
from tests.uuidkit.safety.conftest import Legacy
from uuidkit.errors import ConversionFailed, LockNotAvailable

TARGET = ["batch_jobs.batch_id"]


@pytest.fixture
def hung(legacy: Legacy) -> Legacy:
    """The legacy tables with objects that hang on their columns."""
    with legacy.connect() as connection:
        connection.execute("CREATE VIEW seen AS SELECT batch_id, id FROM jobs")
        connection.execute("CREATE TABLE notes (id integer)")
        connection.execute(
            "CREATE POLICY of_job ON notes "
            "USING (EXISTS (SELECT FROM jobs j WHERE j.id = notes.id AND batch_id IS NOT NULL))"
        )
    return legacy


CHANGES = {
    "privilege": (
        "GRANT SELECT ON seen TO PUBLIC",
        "SELECT relacl::text LIKE '%=r/%' FROM pg_class WHERE relname = 'seen'",
    ),
    "query": (
        "CREATE OR REPLACE VIEW seen AS SELECT batch_id, id FROM jobs WHERE id > 0",
        "SELECT pg_get_viewdef('seen'::regclass) LIKE '%id > 0%'",
    ),
    "comment": ("COMMENT ON VIEW seen IS 'new'", "SELECT obj_description('seen'::regclass) = 'new'"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_between_plan_and_locks_leads_to_a_new_plan(hung: Legacy, what: str) -> None:
    change, still_there = CHANGES[what]
    with hung.connect() as connection:
        uuidkit.convert(connection, TARGET, progress=meddling(hung, change))
        assert one(connection, still_there)
        uuidkit.revert(connection, all=True)
        assert one(connection, still_there)


def test_a_comment_made_just_before_the_way_back_is_kept(hung: Legacy) -> None:
    with hung.connect() as connection:
        uuidkit.convert(connection, TARGET)
        uuidkit.revert(connection, all=True, progress=meddling(hung, CHANGES["comment"][0]))
        assert one(connection, CHANGES["comment"][1])
        assert one(connection, "SELECT pg_typeof(batch_id)::text FROM jobs LIMIT 1") == "character varying"


def test_an_option_of_an_index_set_since_the_conversion_is_kept(legacy: Legacy) -> None:
    with legacy.connect() as connection:
        connection.execute("CREATE INDEX plain ON jobs (batch_id)")
        uuidkit.convert(connection, TARGET)
        connection.execute("ALTER INDEX plain SET (fillfactor = 70)")
        [column] = [found for found in uuidkit.verify(connection).columns if found.column.table == "jobs"]
        assert column.ok
        assert "storage parameters of plain were set since: (fillfactor='70')" in column.checks
        with connection.transaction(force_rollback=True):
            connection.execute("DROP INDEX plain")
            connection.execute(
                "CREATE INDEX plain ON jobs (batch_id) WITH (fillfactor = 70) WHERE batch_id IS NOT NULL"
            )
            [problem] = [problem for found in uuidkit.verify(connection).columns for problem in found.problems]
            assert problem.startswith("The index plain was changed: CREATE INDEX plain ON public.jobs USING btree")
        uuidkit.revert(connection, all=True)
        assert one(connection, "SELECT reloptions = '{fillfactor=70}' FROM pg_class WHERE oid = 'plain'::regclass")
        assert one(connection, "SELECT pg_typeof(batch_id)::text FROM jobs LIMIT 1") == "character varying"


def test_an_object_that_comes_back_otherwise_is_found_before_the_commit(hung: Legacy) -> None:
    with hung.connect() as connection:
        connection.execute(
            "CREATE FUNCTION meddle() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN "
            "COMMENT ON VIEW public.seen IS 'mine'; END $$"
        )
        connection.execute(
            "CREATE EVENT TRIGGER meddle ON ddl_command_end WHEN TAG IN ('CREATE VIEW') EXECUTE FUNCTION meddle()"
        )
        before = hung.state()
        with pytest.raises(ConversionFailed, match=r"public\.seen: did not come back as it was"):
            uuidkit.convert(connection, TARGET)
        assert hung.state() == before


def test_the_table_of_a_policy_is_locked_with_the_others(hung: Legacy) -> None:
    before = hung.state()
    with hung.connect() as holder, holder.transaction(), hung.connect() as connection:
        holder.execute("SELECT FROM notes")
        with pytest.raises(LockNotAvailable, match="could not be locked"):
            uuidkit.convert(connection, TARGET, lock_timeout=0.1, lock_attempts=2)
    assert hung.state() == before
