"""What users type for a column, and what they are told when it is not there."""

from __future__ import annotations

import psycopg
import pytest

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName, split
from uuidkit.catalog.read import read_schema
from uuidkit.database import adapt, conninfo
from uuidkit.errors import UsageError
from uuidkit.targets import resolve_columns

TABLES = """
CREATE SCHEMA app;
CREATE SCHEMA hidden;
CREATE TABLE jobs (batch_id text);
CREATE TABLE app."Order" ("batchId" text, "a.b" text, "q""q" text);
CREATE TABLE hidden.secret (id text);
CREATE TABLE app.jobs (batch_id text);
SET search_path = public, app;
"""


@pytest.fixture(scope="module")
def schema(module_database: str) -> Schema:
    with psycopg.connect(conninfo(module_database)) as connection:
        connection.execute(TABLES)
        found = read_schema(adapt(connection))
        connection.commit()
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jobs.batch_id", ("public", "jobs", "batch_id")),
        ("JOBS.Batch_ID", ("public", "jobs", "batch_id")),
        ("app.jobs.batch_id", ("app", "jobs", "batch_id")),
        ('"Order"."batchId"', ("app", "Order", "batchId")),
        ('app."Order"."a.b"', ("app", "Order", "a.b")),
        ('"Order"."q""q"', ("app", "Order", 'q"q')),
        ("hidden.secret.id", ("hidden", "secret", "id")),
    ],
)
def test_a_column_is_found(schema: Schema, text: str, expected: tuple[str, str, str]) -> None:
    assert resolve_columns(schema, [text]) == (ColumnName(*expected),)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("job.batch_id", "Did you mean"),
        ("jobs.batchid", "Did you mean public.jobs.batch_id"),
        ("secret.id", "hidden.secret"),
        ("Order.batchId", "no table"),
        ("jobs", "names no column"),
        ("a.b.c.d", "names no column"),
        ("", "is not a name"),
        ('"open.batch_id', "is not a name"),
        ("jobs..batch_id", "is not a name"),
        ("jobs.batch_id; DROP TABLE jobs", "is not a name"),
    ],
)
def test_what_is_not_there_is_said_with_a_hint(schema: Schema, text: str, hint: str) -> None:
    with pytest.raises(UsageError, match=hint) as failure:
        resolve_columns(schema, [text])
    assert failure.value.exit_code == 2


def test_all_unknown_names_are_listed_at_once(schema: Schema) -> None:
    with pytest.raises(UsageError) as failure:
        resolve_columns(schema, ["nothing.id", "jobs.batch_id", "jobs.nix"])
    assert "nothing" in str(failure.value)
    assert "nix" in str(failure.value)


def test_the_same_column_twice_is_one(schema: Schema) -> None:
    assert len(resolve_columns(schema, ["jobs.batch_id", "public.jobs.batch_id"])) == 1


@pytest.mark.parametrize("name", ["plain", "Mixed", 'quo"te', "do.t", "sp ace", "select", "ünï", "x" * 63, "$", "1a"])
def test_what_is_displayed_can_be_typed_again(name: str) -> None:
    assert split(str(ColumnName("public", name, name))) == ["public", name, name]
