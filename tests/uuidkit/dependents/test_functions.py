"""Functions with a string for a body: which of them meet a column, and what makes sessions forget their plans."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from uuidkit.catalog.names import ColumnName
from uuidkit.catalog.read import read_schema
from uuidkit.database import conninfo
from uuidkit.database.session import PsycopgSession
from uuidkit.dependents.functions import read_functions
from uuidkit.dependents.model import StringFunction
from uuidkit.dependents.read import read_dependents

COLUMN = ColumnName("public", "jobs", "job_id")
SETUP = """
CREATE TABLE jobs (job_id text PRIMARY KEY, n integer);
CREATE TABLE runs (run_id text PRIMARY KEY);
CREATE VIEW seen AS SELECT job_id, n FROM jobs;
CREATE VIEW above AS SELECT * FROM seen;
CREATE FUNCTION names_both() RETURNS bigint LANGUAGE sql AS 'SELECT count(JOB_ID) FROM "jobs"';
CREATE FUNCTION names_another() RETURNS text LANGUAGE sql AS 'SELECT run_id FROM runs LIMIT 1';
CREATE FUNCTION names_longer() RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN job_id_text FROM old_jobs$; END';
CREATE FUNCTION names_the_table() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN count(*) FROM jobs; END';
CREATE FUNCTION names_a_view() RETURNS text LANGUAGE plpgsql COST 42
  AS 'BEGIN RETURN (SELECT max(job_id) FROM above); END';
CREATE FUNCTION takes_rows(jobs[]) RETURNS text LANGUAGE sql AS 'SELECT $1[1].job_id';
CREATE PROCEDURE writes() LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN UPDATE jobs SET job_id = 1; END';
CREATE FUNCTION fires() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW.job_id; END';
CREATE TRIGGER fires BEFORE INSERT ON jobs FOR EACH ROW EXECUTE FUNCTION fires();
"""


@pytest.fixture
def found(module_database: str) -> Iterator[dict[str, StringFunction]]:
    """The functions that meet the column, by their own name."""
    with psycopg.connect(conninfo(module_database)) as connection:
        connection.execute(SETUP)
        session = PsycopgSession(connection)
        schema = read_schema(session)
        dependents = read_dependents(session, schema, {COLUMN})
        functions = read_functions(session, schema, {COLUMN}, dependents)
        yield {one.name.removeprefix("public.").partition("(")[0]: one for one in functions}
        connection.rollback()


def test_a_function_meets_a_column_by_table_view_rows_or_trigger(found: dict[str, StringFunction]) -> None:
    assert {name: one.mentions is not None for name, one in found.items()} == {
        "names_both": True,
        "names_the_table": False,
        "names_a_view": True,
        "takes_rows": True,
        "writes": True,
        "fires": True,
    }
    assert {one.tables for one in found.values()} == {(COLUMN.table_name,)}


def test_only_what_keeps_plans_is_touched_and_keeps_its_settings(found: dict[str, StringFunction]) -> None:
    assert {name: one.touch for name, one in found.items() if one.touch is not None} == {
        "names_the_table": 'ALTER FUNCTION "public"."names_the_table"() COST 100',
        "names_a_view": 'ALTER FUNCTION "public"."names_a_view"() COST 42',
        "writes": 'ALTER PROCEDURE "public"."writes"() SECURITY DEFINER',
        "fires": 'ALTER FUNCTION "public"."fires"() COST 100',
    }
