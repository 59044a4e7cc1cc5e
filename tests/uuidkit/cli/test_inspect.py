from __future__ import annotations

import json

import pytest

from tests.uuidkit.cli.conftest import Run, execute
from uuidkit.report.layout import width


def test_shows_what_the_old_inspector_showed_and_what_it_missed(run: Run, legacy: str) -> None:
    result = run(legacy, "inspect", "jobs")
    assert result.exit_code == 0
    lines = result.stdout.split("\n")
    assert lines[0].startswith("TABLE public.jobs (")
    assert lines[2].split() == ["COLUMN", "TYPE", "NULL", "DEFAULT", "PK", "FK"]
    assert set(lines[3]) == {"-"}
    rows = {line.split()[0]: line for line in lines[4:] if line}
    assert rows["batch_id"].split() == ["batch_id", "character", "varying", "YES", "→", "batch_jobs.batch_id"]
    assert rows["status"].split() == ["status", "character", "varying", "NO"]
    assert rows["id"].split()[:3] == ["id", "integer", "NO"]
    assert "PK" in rows["id"]
    text = " ".join(result.stdout.split())
    for piece in (
        "UNIQUE CONSTRAINTS jobs_pkey: primary key (id) jobs_job_id_key: (job_id)",
        "INDEXES ix_jobs_batch_id: (batch_id)",
        "FOREIGN KEYS jobs_batch_id_fkey: public.jobs.batch_id → public.batch_jobs.batch_id ON DELETE SET NULL",
    ):
        assert piece in text
    parent = " ".join(run(legacy, "inspect", "public.batch_jobs").stdout.split())
    assert "REFERENCED BY jobs_batch_id_fkey: public.jobs.batch_id → public.batch_jobs.batch_id" in parent
    assert "batch_jobs_batch_id_key: (batch_id)" in parent


def test_lists_everything_that_hangs_on_a_table(run: Run, legacy: str) -> None:
    execute(
        legacy,
        "CREATE VIEW open_jobs AS SELECT batch_id, status FROM jobs WHERE status <> 'completed'",
        "CREATE POLICY own ON jobs USING (batch_id = current_setting('app.batch', true))",
        "ALTER TABLE jobs ENABLE ROW LEVEL SECURITY, ADD CONSTRAINT not_empty CHECK (batch_id <> '')",
        "CREATE UNIQUE INDEX one_open ON jobs (batch_id) WHERE status = 'open'",
        "CREATE INDEX lowered ON jobs (lower(status))",
    )
    text = " ".join(run(legacy, "inspect", "jobs").stdout.split())
    for piece in (
        "row-level security enabled",
        "view public.open_jobs",
        "(reads batch_id, status)",
        "policy own on public.jobs",
        "CHECKS not_empty: CHECK",
        "one_open: (batch_id), unique index without a constraint, where",
        "lowered: ((expression))",
    ):
        assert piece in text, piece


def test_all_tables_and_json(run: Run, legacy: str) -> None:
    found = json.loads(run(legacy, "inspect", "--format", "json").stdout)
    assert [item["table"] for item in found["tables"]] == ["public.batch_jobs", "public.domains", "public.jobs"]
    jobs = found["tables"][2]
    status = jobs["columns"][3]
    assert (status["column"], status["type"], status["full_type"], status["null"]) == (
        "status",
        "character varying",
        "character varying(20)",
        False,
    )
    assert jobs["columns"][2]["references"] == ["batch_jobs.batch_id"]
    assert [index["name"] for index in jobs["unique_constraints"]] == ["jobs_pkey", "jobs_job_id_key"]
    assert jobs["foreign_keys"][0]["on_delete"] == "SET NULL"
    assert found["tables"][0]["referenced_by"][0]["from"] == "public.jobs.batch_id"


def test_types_are_those_of_information_schema(run: Run, database: str) -> None:
    execute(
        database,
        """CREATE TABLE t (a varchar(36), b char(4), c numeric(10, 2), d text[], e timestamp(3) with time zone,
             f integer GENERATED ALWAYS AS IDENTITY, g integer GENERATED ALWAYS AS (1 + 1) STORED, h jsonb)""",
    )
    columns = json.loads(run(database, "inspect", "t", "--format", "json").stdout)["tables"][0]["columns"]
    assert [column["type"] for column in columns] == [
        "character varying",
        "character",
        "numeric",
        "ARRAY",
        "timestamp with time zone",
        "integer",
        "integer",
        "jsonb",
    ]
    assert columns[5]["default"] == "generated always as identity"
    assert columns[6]["default"] == "generated"


def test_wide_and_strange_tables_fit(run: Run, database: str) -> None:
    name = "n" * 60
    execute(
        database,
        f'CREATE TABLE "{name}" ("Id\x1b[31m" varchar PRIMARY KEY DEFAULT \'{"x" * 200}\', '
        f'"{"c" * 63}" varchar REFERENCES "{name}" ("Id\x1b[31m"))',
        'CREATE SCHEMA "My Schema"',
        'CREATE TABLE "My Schema"."Order" ("batchId" text, "表" text)',
    )
    result = run(database, "inspect")
    assert result.exit_code == 0
    assert [line for line in result.stdout.split("\n") if width(line) > 80] == []
    assert "\x1b" not in result.stdout
    assert run(database, "inspect", '"My Schema"."Order"').exit_code == 0
    assert "Order" not in run(database, "inspect", "--schema", "public").stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["batch_job"], ["There is no table batch_job ", "Did you mean public.batch_jobs?"]),
        (["public.job"], ["There is no table job in the schema public", "Did you mean public.jobs?"]),
        (["jobs", "domain", "batchs"], ["There is no table domain ", "There is no table batchs "]),
        (["a.b.c"], ["names no table"]),
        (["jobs..x"], ["is not a name"]),
        (["--schema", "pubic"], ["no table in a schema pubic", "public"]),
    ],
)
def test_unknown_tables_are_told_with_what_may_be_meant(
    run: Run, legacy: str, args: list[str], said: list[str]
) -> None:
    result = run(legacy, "inspect", *args)
    assert result.exit_code == 2
    assert result.stdout == ""
    for piece in said:
        assert piece in result.stderr


def test_a_schema_can_be_named_where_the_search_path_does_not_lead(run: Run, database: str) -> None:
    execute(database, "CREATE SCHEMA a", "CREATE SCHEMA b", "CREATE TABLE a.t (x text)", "CREATE TABLE b.t (y text)")
    result = run(database, "inspect", "t")
    assert result.exit_code == 2
    assert "a.t, b.t" in result.stderr
    assert run(database, "inspect", "t", "--schema", "b").stdout.startswith("TABLE b.t")
    assert run(database, "inspect", "a.t").stdout.startswith("TABLE a.t")
    execute(database, "CREATE TABLE public.t (z text)")
    assert run(database, "inspect", "t").stdout.startswith("TABLE public.t")
