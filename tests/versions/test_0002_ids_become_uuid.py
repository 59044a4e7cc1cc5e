"""The conversion of the legacy tables: every format, every reference, and exactly back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest

import uuidkit
from tests.support import pg_dump, psql
from tests.versions import facts
from tests.versions.alembic_command import alembic

ID = "3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f"

# batch_jobs.id and the uuid that its text holds; the others hold none and get a derived one.
HELD = {number: UUID(f"{ID}{number:02d}") for number in (*range(1, 11), 17, 18)}
DERIVED = {
    11: "batch_0c6b1d2e4f11",
    12: "job_1d2e4f12",
    13: f"batch_{ID}01_0c6b1d13",
    14: "batch_20250401_120000",
    15: "domain_batch_20250401_120000",
    16: "310",
    19: "batch-0c6b1d2e4f19",
    20: "",
}
# Domains whose text differs from their batch's: the conversion links them.
LINKED = {"upper.example": 1, "prefix.example": 4, "bare.example": 5, "trimmed.example": 17}

JOBS_OF_BATCHES = "SELECT j.id, b.id FROM jobs AS j LEFT JOIN batch_jobs AS b USING (batch_id) ORDER BY j.id"
DOMAINS_OF_BATCHES = (
    "SELECT d.domain, b.id FROM domains AS d LEFT JOIN batch_jobs AS b USING (batch_id) ORDER BY d.domain"
)


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def tables(url: str) -> str:
    """Everything in the schema public, rows included."""
    return pg_dump(url, "--schema=public")


def test_every_format_becomes_a_uuid(legacy: str) -> None:
    alembic(legacy, "upgrade", "0002")
    ids: dict[int, UUID] = dict(rows(legacy, "SELECT id, batch_id FROM batch_jobs"))
    assert {number: ids[number] for number in HELD} == HELD
    assert {number: ids[number] for number in DERIVED} == {n: uuidkit.derive(text) for n, text in DERIVED.items()}
    assert all(ids[number].version == 8 for number in DERIVED)
    assert len(set(ids.values())) == 20
    assert rows(
        legacy, "SELECT DISTINCT pg_typeof(tenant_id)::text, lower(tenant_id_original)::uuid = tenant_id FROM jobs"
    ) == [("uuid", True)]


def test_every_reference_is_intact(legacy: str) -> None:
    jobs, domains = rows(legacy, JOBS_OF_BATCHES), rows(legacy, DOMAINS_OF_BATCHES)
    alembic(legacy, "upgrade", "0002")
    assert rows(legacy, JOBS_OF_BATCHES) == jobs
    assert rows(legacy, DOMAINS_OF_BATCHES) == [(name, LINKED.get(str(name), batch)) for name, batch in domains]


def test_keys_and_indexes_are_as_before_and_the_missing_reference_is_declared(legacy: str) -> None:
    keys, indexes = facts.keys(legacy), facts.indexes(legacy)
    alembic(legacy, "upgrade", "0002")
    declared = ["domains_batch_id_fkey", "FOREIGN KEY (batch_id) REFERENCES batch_jobs(batch_id)"]
    assert facts.keys(legacy) == sorted([*keys, declared])
    assert facts.indexes(legacy) == indexes


def test_the_former_texts_are_kept(legacy: str) -> None:
    query = "SELECT {0} FROM batch_jobs UNION ALL SELECT {0} FROM jobs UNION ALL SELECT {0} FROM domains ORDER BY 1"
    before = rows(legacy, query.format("batch_id"))
    alembic(legacy, "upgrade", "0002")
    assert rows(legacy, query.format("batch_id_original")) == before


def test_check_finds_nothing_after_the_upgrade(legacy: str) -> None:
    alembic(legacy, "upgrade", "head")
    assert "No new upgrade operations detected" in alembic(legacy, "check").stdout


def test_check_notices_a_lost_reference(legacy: str) -> None:
    alembic(legacy, "upgrade", "head")
    psql(legacy, "ALTER TABLE domains DROP CONSTRAINT domains_batch_id_fkey")
    done = alembic(legacy, "check", check=False)
    assert done.returncode != 0
    assert "add_fk" in done.stdout + done.stderr


def test_the_way_back_is_exact(legacy: str) -> None:
    before = pg_dump(legacy)
    alembic(legacy, "upgrade", "0002")
    assert pg_dump(legacy) != before
    alembic(legacy, "downgrade", "0001")
    assert pg_dump(legacy) == before


def test_up_down_and_up_again(legacy: str) -> None:
    alembic(legacy, "upgrade", "0002")
    first = tables(legacy)
    alembic(legacy, "downgrade", "-1")
    alembic(legacy, "upgrade", "0002")
    assert tables(legacy) == first


def test_rows_added_since_come_back_as_text(legacy: str) -> None:
    alembic(legacy, "upgrade", "0002")
    added = "7b0f7a52-0c1d-4f5e-9a37-0c6b1d2e4f77"
    done = psql(
        legacy,
        f"""
        INSERT INTO batch_jobs (batch_id, tenant_id, processor_type) VALUES ('{added}', '{added}', 'domain_batch');
        INSERT INTO domains (id, tenant_id, domain, batch_id) VALUES ('{added}', '{added}', 'new.example', '{added}');
        INSERT INTO domains (id, tenant_id, domain, batch_id)
        SELECT gen_random_uuid(), '{added}', 'late.example', batch_id FROM batch_jobs WHERE id = 14;
        """,
        "-v",
        "ON_ERROR_STOP=1",
    )
    assert done.returncode == 0, done.stderr
    alembic(legacy, "downgrade", "0001")
    assert rows(legacy, "SELECT batch_id FROM batch_jobs WHERE id > 20") == [(added,)]
    assert rows(
        legacy, "SELECT domain, batch_id FROM domains WHERE domain IN ('new.example', 'late.example') ORDER BY 1"
    ) == [
        ("late.example", "batch_20250401_120000"),
        ("new.example", added),
    ]


def test_an_empty_database_goes_all_the_way_and_back(database: str) -> None:
    before = pg_dump(database, "--exclude-table=alembic_version")
    alembic(database, "upgrade", "head")
    assert "No new upgrade operations detected" in alembic(database, "check").stdout
    alembic(database, "downgrade", "base")
    assert pg_dump(database, "--exclude-table=alembic_version") == before


def test_a_legacy_database_without_alembic_is_stamped_and_upgraded(legacy: str) -> None:
    psql(legacy, "DROP TABLE alembic_version")
    alembic(legacy, "stamp", "0001")
    alembic(legacy, "upgrade", "head")
    assert "No new upgrade operations detected" in alembic(legacy, "check").stdout


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE jobs SET tenant_id = 'default' WHERE id = 1007", "jobs.tenant_id"),
        (f"UPDATE batch_jobs SET batch_id = 'sitemap_{ID}02' WHERE id = 20", "batch_jobs.batch_id"),
        (f"UPDATE domains SET batch_id = '{ID}99' WHERE domain = 'alone.example'", "domains.batch_id"),
    ],
    ids=["no uuid where one must be", "two texts, one uuid", "an orphan under a reference to be declared"],
)
def test_what_cannot_be_converted_stops_the_whole_upgrade(legacy: str, change: str, named: str) -> None:
    psql(legacy, "DELETE FROM jobs WHERE batch_id = ''; DELETE FROM domains WHERE batch_id = ''; " + change)
    before = pg_dump(legacy)
    done = alembic(legacy, "upgrade", "head", check=False)
    assert done.returncode == 3
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert pg_dump(legacy) == before


def test_a_dry_run_reports_and_changes_nothing(legacy: str) -> None:
    before = pg_dump(legacy)
    done = alembic(legacy, "-x", "dry-run", "upgrade", "head")
    for column in ("batch_jobs.batch_id", "jobs.batch_id", "domains.batch_id", "jobs.tenant_id"):
        assert column in done.stdout
    assert "Dry run of 4 revisions: 2 operations ready. Nothing was changed." in done.stdout
    assert done.stderr == ""
    assert pg_dump(legacy) == before


def test_a_dry_run_of_the_way_back_reports_and_changes_nothing(legacy: str) -> None:
    alembic(legacy, "upgrade", "0002")
    before = pg_dump(legacy)
    done = alembic(legacy, "-x", "dry-run", "downgrade", "base")
    assert "Ready: the text of public.jobs.tenant_id is put back." in done.stdout
    assert "Not looked at: 4 other statements of revision 0001." in done.stdout
    assert pg_dump(legacy) == before


def test_a_dry_run_on_an_empty_database_tries_what_comes_first_elsewhere(database: str) -> None:
    before = pg_dump(database)
    done = alembic(database, "-x", "dry-run", "upgrade", "head")
    assert "Revision 0001 ran to its end on the scratch copy" in done.stdout
    assert "Dry run of 5 revisions: 2 operations ready. Nothing was changed." in done.stdout
    assert pg_dump(database) == before


@pytest.mark.parametrize("command", [("stamp", "0001"), ("check",), ("current",), ("upgrade", "head", "--sql")])
def test_a_dry_run_is_for_upgrade_and_downgrade(database: str, command: tuple[str, ...]) -> None:
    before = pg_dump(database)
    done = alembic(database, "-x", "dry-run", *command, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("FAILED: A dry run ")
    assert done.stdout == ""
    assert pg_dump(database) == before


def test_a_dry_run_of_what_is_blocked_ends_with_3(legacy: str) -> None:
    psql(legacy, "UPDATE jobs SET tenant_id = 'default' WHERE id = 1007")
    before = pg_dump(legacy)
    done = alembic(legacy, "-x", "dry-run", "upgrade", "head", check=False)
    assert done.returncode == 3
    assert "UNPARSEABLE" in done.stdout + done.stderr
    assert pg_dump(legacy) == before


def test_the_script_gives_the_same_tables(legacy: str, second_legacy: str) -> None:
    alembic(legacy, "upgrade", "0002")
    before = pg_dump(second_legacy)
    script = alembic(second_legacy, "upgrade", "0001:0002", "--sql").stdout
    assert pg_dump(second_legacy) == before
    done = psql(second_legacy, script)
    assert done.returncode == 0, done.stderr
    assert tables(second_legacy) == tables(legacy)
    with psycopg.connect(second_legacy) as connection:
        assert uuidkit.verify(connection).ok
    script = alembic(second_legacy, "downgrade", "0002:0001", "--sql").stdout
    done = psql(second_legacy, script)
    assert done.returncode == 0, done.stderr
    assert pg_dump(second_legacy) == before


def test_a_script_without_a_database_to_look_at_is_refused(database: str) -> None:
    done = alembic("postgresql://nobody@/nowhere?host=/nonexistent", "upgrade", "0001:0002", "--sql", check=False)
    assert done.returncode == 1
    assert "op.convert_to_uuid batch_jobs.batch_id" in done.stderr
    assert "Traceback" not in done.stderr
    assert "COMMIT" not in done.stdout
    done = alembic(database, "upgrade", "0001:0002", "--sql", check=False)
    assert done.returncode == 2
    assert "begins at revision 0001, but the database" in done.stderr


def test_a_script_of_what_has_changed_since_changes_nothing(legacy: str) -> None:
    script = alembic(legacy, "upgrade", "0001:0002", "--sql").stdout
    psql(legacy, "ALTER TABLE jobs ADD COLUMN note text")
    before = pg_dump(legacy)
    done = psql(legacy, script)
    assert done.returncode == 3
    assert "not as it was when the script was written" in done.stderr
    assert pg_dump(legacy) == before
