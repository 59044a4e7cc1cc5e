"""What `convert` and `verify` leave for others: a document with forecast and outcome, checksums, a seal."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

TABLES = """
CREATE TABLE parents (id varchar PRIMARY KEY);
CREATE TABLE children (n int PRIMARY KEY, parent_id varchar REFERENCES parents);
INSERT INTO parents SELECT 'p_' || md5(n::text) FROM generate_series(1, 20) AS n;
INSERT INTO children SELECT n, 'p_' || md5((1 + n % 20)::text) FROM generate_series(1, 60) AS n;
INSERT INTO children VALUES (0, NULL);
"""


@pytest.fixture
def converted(database: str, tmp_path: Path) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(TABLES)
        done = run(database, "convert", "parents.id", "--yes", "--format", "html", "-o", str(tmp_path / "done.html"))
        assert done.returncode == 0, done.stderr
        yield connection


def run(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "uuidkit.cli", *arguments]
    return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, capture_output=True, text=True)


def by_hand(values: list[str]) -> str:
    """A checksum as its description says, without the toolkit."""
    total = sum(int.from_bytes(hashlib.md5(value.encode()).digest()[:8], "big", signed=True) for value in values)
    return f"{total % 2**64:016x}"


def test_the_documents_say_what_happened_and_the_seal_holds_until_somebody_changes_something(
    converted: psycopg.Connection, database: str, tmp_path: Path
) -> None:
    page = (tmp_path / "done.html").read_text(encoding="utf-8")
    assert "Done: 2 columns became uuid" in page
    assert "What happened" in page
    assert "Forecast" in page

    # Anybody can compute the sums again from the table.
    done = run(database, "verify", "--format", "json", "-o", str(tmp_path / "proof.json"))
    assert done.returncode == 0, done.stderr
    proof = json.loads((tmp_path / "proof.json").read_text())
    rows = converted.execute("SELECT parent_id_original, parent_id::text FROM children WHERE parent_id IS NOT NULL")
    pairs = rows.fetchall()
    sums = next(item["checksums"] for item in proof["columns"] if item["column"] == "public.children.parent_id")
    assert sums == {
        "rows": 60,
        "texts": by_hand([text for text, _ in pairs]),
        "uuids": by_hand([uuid for _, uuid in pairs]),
        "pairs": by_hand([f"{text} {uuid}" for text, uuid in pairs]),
    }

    seal = proof["seal"]
    assert seal in page
    assert run(database, "verify", "--expect", seal).returncode == 0
    # Rows added since do not count.
    converted.execute("INSERT INTO parents VALUES (gen_random_uuid()); INSERT INTO children VALUES (99, NULL)")
    assert run(database, "verify", "--expect", seal).returncode == 0
    # Two children change places: each value is still there, and one by one they are not those of then.
    converted.execute(
        """UPDATE children AS c SET parent_id = o.parent_id FROM children AS o
            WHERE c.n IN (1, 2) AND o.n IN (1, 2) AND o.n <> c.n"""
    )
    changed = run(database, "verify", "--expect", seal)
    assert changed.returncode == 1
    assert "Not as proved before" in changed.stderr
    named = run(database, "verify", "--expect", str(tmp_path / "proof.json"))
    assert named.returncode == 1
    assert "public.children.parent_id: texts and uuids are the same, in other rows." in named.stderr


def test_a_proof_that_fails_is_a_document_too(converted: psycopg.Connection, database: str, tmp_path: Path) -> None:
    converted.execute("ALTER TABLE children DROP CONSTRAINT children_parent_id_fkey")
    for form in ("html", "markdown", "json"):
        done = run(database, "verify", "--format", form, "-o", str(tmp_path / form))
        assert done.returncode == 1
        said = (tmp_path / form).read_text(encoding="utf-8")
        assert "children_parent_id_fkey" in said.replace("\\_", "_")
    assert "Not proved: 1 of 2 converted columns" in (tmp_path / "html").read_text(encoding="utf-8")


@pytest.mark.parametrize("given", ["nonsense", "{}"])
def test_what_is_no_proof_is_wrong_usage(
    converted: psycopg.Connection, database: str, tmp_path: Path, given: str
) -> None:
    file = tmp_path / "given"
    if given == "{}":
        file.write_text(given)
    done = run(database, "verify", "--expect", str(file))
    assert done.returncode == 2
    assert "--expect" in done.stderr
