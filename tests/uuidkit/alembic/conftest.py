"""Small databases with text ids, and projects on them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support import psql
from tests.uuidkit.alembic.project import Project

TABLES = """
CREATE TABLE parents (id text PRIMARY KEY, note text);
CREATE TABLE children (number int PRIMARY KEY, parent text NOT NULL REFERENCES parents ON DELETE CASCADE);
CREATE INDEX children_parent_idx ON children (parent);
INSERT INTO parents
SELECT 'batch_' || md5(n::text)::uuid, 'row ' || n FROM generate_series(1, 50) AS n;
INSERT INTO children SELECT row_number() OVER (), id FROM parents, generate_series(1, 3);
CREATE TABLE others (id varchar(36) PRIMARY KEY, tenant varchar(40));
INSERT INTO others SELECT md5('o' || n)::uuid, upper(md5('t' || n)::uuid::text) FROM generate_series(1, 20) AS n;
"""


def run(url: str, script: str) -> None:
    """Run SQL through psql; the test fails at its first error."""
    done = psql(url, script, "-q", "-v", "ON_ERROR_STOP=1")
    assert done.returncode == 0, done.stderr


@pytest.fixture(autouse=True)
def no_compiled_revisions(monkeypatch: pytest.MonkeyPatch) -> None:
    """A revision that a test writes again within a second, as long as before, is not taken from Python's cache."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


@pytest.fixture
def tables(database: str) -> str:
    """A database with parents, children that refer to them, and others."""
    run(database, TABLES)
    return database


@pytest.fixture
def project(tables: str, tmp_path: Path) -> Project:
    """A project on that database, without revisions."""
    return Project(tmp_path / "migrations", tables)
