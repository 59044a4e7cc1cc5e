"""The demo believes nobody: a step that does not do what it says ends it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources

import psycopg
import pytest

from tests.support.clients import checksums
from uuidkit import ids
from uuidkit.database import connect
from uuidkit.demo.stage import DemoFailed, Stage


@pytest.fixture
def stage(database: str) -> Iterator[Stage]:
    with connect(database) as connection:
        yield Stage(database, connection)


def test_a_statement_that_should_be_accepted(stage: Stage) -> None:
    with pytest.raises(DemoFailed, match=r'refused: ERROR: +relation "nowhere" does not exist'):
        stage.psql("SELECT * FROM nowhere")


def test_a_statement_that_should_be_refused(stage: Stage) -> None:
    with pytest.raises(DemoFailed, match="accepted what it should have refused"):
        stage.psql("SELECT 1", refused="23503")


def test_a_statement_refused_for_another_reason(stage: Stage) -> None:
    with pytest.raises(DemoFailed, match="refused with 42P01, not 23503"):
        stage.psql("SELECT * FROM nowhere", refused="23503")


def test_a_command_that_ends_otherwise(stage: Stage, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DemoFailed, match="`uuidkit verify` ended with status 2, not 0"):
        stage.uuidkit("verify", "nowhere.id", progress=False)
    assert "nowhere" in capfd.readouterr().out  # its messages are shown after all


def test_a_schema_that_differs(stage: Stage) -> None:
    before = stage.schema()
    assert stage.schema() == before
    stage.psql("CREATE TABLE one (id text)")
    assert stage.schema() != before


def test_the_legacy_rows_have_every_spelling_and_are_the_same_each_time(database: str) -> None:
    seen = []
    for _ in range(2):
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        with connect(database) as connection:
            stage = Stage(database, connection)
            stage.script("legacy_tables.sql")
            stage.script("legacy_rows.sql")
            texts = {text for (text,) in stage.ask("SELECT batch_id FROM batch_jobs")}
        seen.append({table: value for table, value in checksums(database).items() if table != "public.contacts"})
    assert seen[0] == seen[1]
    assert {ids.classify(text) for text in texts} == {"canonical", "hex", "prefixed", "underscored", None}
    prefixes = {"batch_", "batch_domain_sitemap_", "sitemap_", "places_", "batch-", "job_", "domain_batch_"}
    assert all(any(text.startswith(prefix) for text in texts) for prefix in prefixes)
    assert {"", "310"} <= texts
    assert any(text != text.strip() for text in texts)
    assert any(text.isupper() for text in texts)


def test_the_scripts_are_part_of_the_package() -> None:
    names = {entry.name for entry in resources.files("uuidkit.demo").iterdir()}
    assert {"legacy_tables.sql", "legacy_rows.sql"} <= names
