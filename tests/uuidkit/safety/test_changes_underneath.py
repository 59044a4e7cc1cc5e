"""What somebody else does between the survey and the locks is noticed, never converted blindly."""

from __future__ import annotations

import pytest

import uuidkit
from tests.uuidkit.safety.conftest import Legacy
from uuidkit.errors import BlockedError, ConversionFailed
from uuidkit.execute import Event

TARGET = ["batch_jobs.batch_id"]


class Meddler:
    """Runs some SQL from another session, once, just before the locks are taken."""

    def __init__(self, legacy: Legacy, sql: str) -> None:
        self.legacy = legacy
        self.sql: str | None = sql
        self.notes: list[str] = []

    def __call__(self, event: Event) -> None:
        if event.kind == "note":
            self.notes.append(event.message)
        if event.kind == "graph" and self.sql is not None:
            with self.legacy.connect() as other:
                other.execute(self.sql)
            self.sql = None


def test_a_harmless_change_of_the_tables_leads_to_a_new_plan(legacy: Legacy) -> None:
    meddler = Meddler(legacy, "ALTER TABLE jobs ADD COLUMN remark text")
    with legacy.connect() as connection:
        outcome = uuidkit.convert(connection, TARGET, progress=meddler)
        assert len(outcome.done) == 1
        assert any("Planning again" in note for note in meddler.notes)
        assert uuidkit.verify(connection).ok


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIEW v AS SELECT batch_id FROM jobs WHERE batch_id LIKE 'batch%'",
        "ALTER TABLE jobs ADD CONSTRAINT c CHECK (batch_id <> 'x')",
        "CREATE INDEX ON jobs (left(batch_id, 8))",
        "ALTER TABLE batch_jobs ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON batch_jobs USING (batch_id <> 'x')",
        "CREATE TABLE child (batch_id_original text) INHERITS (jobs)",
        "ALTER TABLE jobs ADD COLUMN batch_id_original text",
    ],
    ids=["view", "check", "index", "policy", "inheritance", "backup name"],
)
def test_what_would_be_lost_blocks_and_nothing_changes(legacy: Legacy, sql: str) -> None:
    with legacy.connect() as connection:
        with pytest.raises(BlockedError):
            uuidkit.convert(connection, TARGET, progress=Meddler(legacy, sql))
        assert connection.execute("SELECT to_regclass('uuidkit.conversions')").fetchone() == (None,)
        assert connection.execute("SELECT pg_typeof(batch_id)::text FROM batch_jobs LIMIT 1").fetchone() == (
            "character varying",
        )


def test_a_new_value_that_is_no_uuid_stops_the_conversion(legacy: Legacy) -> None:
    with legacy.connect() as connection:
        with pytest.raises(ConversionFailed, match="added or changed after the survey"):
            uuidkit.convert(
                connection, TARGET, progress=Meddler(legacy, "INSERT INTO batch_jobs (batch_id) VALUES ('310')")
            )
        assert connection.execute("SELECT count(*) FROM batch_jobs WHERE batch_id = '310'").fetchone() == (1,)
        # The next run surveys it and says so.
        with pytest.raises(BlockedError, match="UNPARSEABLE"):
            uuidkit.convert(connection, TARGET)


def test_a_new_collision_stops_the_conversion(legacy: Legacy) -> None:
    sql = "INSERT INTO batch_jobs (batch_id) SELECT replace(batch_id, 'batch_', '') FROM batch_jobs LIMIT 1"
    with legacy.connect() as connection:
        with pytest.raises(ConversionFailed):
            uuidkit.convert(connection, TARGET, progress=Meddler(legacy, sql))
        with pytest.raises(BlockedError, match="COLLISION"):
            uuidkit.convert(connection, TARGET)


def test_a_table_that_disappears_is_a_sentence(legacy: Legacy) -> None:
    with legacy.connect() as connection, pytest.raises(uuidkit.errors.UuidkitError):
        uuidkit.convert(connection, TARGET, progress=Meddler(legacy, "DROP TABLE jobs; DROP TABLE batch_jobs"))
