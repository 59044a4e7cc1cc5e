"""What a document says it was asked for can be typed again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from uuidkit.cli.main import uuidkit
from uuidkit.report.document.asked import asked

TABLES = """
CREATE TABLE a (id varchar PRIMARY KEY);
CREATE TABLE c (a_id varchar REFERENCES a, odd varchar);
CREATE TABLE "T 1" ("Id" varchar PRIMARY KEY);
INSERT INTO a SELECT md5('a' || n)::uuid FROM generate_series(1, 9) AS n;
INSERT INTO "T 1" SELECT md5('t' || n)::uuid FROM generate_series(1, 9) AS n;
INSERT INTO c SELECT id, CASE row_number() OVER () % 3 WHEN 0 THEN 'master' ELSE id END FROM a;
ALTER TABLE a ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON a USING (id <> '1e3f8c9a-5b7d-4c2e-9f10-a2b3c4d5e6f7');
CREATE VIEW v AS SELECT id FROM a WHERE id <> '1e3f8c9a-5b7d-4c2e-9f10-a2b3c4d5e6f7';
"""


@pytest.fixture(scope="module")
def tables(module_database: str) -> Iterator[str]:
    with psycopg.connect(module_database) as connection:
        connection.execute(TABLES)
    return module_database


def report(url: str, arguments: list[str]) -> Any:
    done = CliRunner().invoke(uuidkit, ["-d", url, "report", *arguments, "--format", "json"])
    assert done.exit_code in (0, 3), done.output
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "arguments",
    [
        ["a.id"],
        ["--all"],
        ["--all", "--schema", "public", "--exclude", '"T 1"."Id"'],
        ["c.odd", "--all"],
        ['"T 1"."Id"', "--references", "declared", "--include", "c.odd"],
        ["a.id", "--on-unparseable", "derive", "--on-orphan", "fail", "--declare-references", "--join-graphs"],
        ["a.id", "--backup", "table", "--allow", "p on public.a", "--rewrite-offered"],
        ["a.id", "--backup-suffix", " before", "--rewrite", "public.v"],
    ],
    ids=" ".join,
)
def test_asked_again_it_makes_the_same_plan(tables: str, arguments: list[str]) -> None:
    found = report(tables, arguments)
    again = shlex.split(asked(found["request"]))
    assert len(again) == len(arguments)
    assert report(tables, again)["plan_hash"] == found["plan_hash"]


def test_a_proof_of_everything() -> None:
    assert asked({"targets": []}) == "everything in the ledger"
