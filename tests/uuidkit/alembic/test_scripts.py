"""The operations in a script: planned from the database, carried out by psql, or refused in a sentence."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

import uuidkit
from tests.support import checksums, pg_dump, psql
from tests.uuidkit.alembic.conftest import run
from tests.uuidkit.alembic.project import Project
from uuidkit.errors import BlockedError, ConnectionFailed, LedgerError, UsageError

BOTH = "op.convert_to_uuid('parents', 'id'); op.convert_to_uuid('others', 'tenant', references='none')"
BOTH_BACK = "op.revert_from_uuid('others', 'tenant'); op.revert_from_uuid('parents', 'id')"


@pytest.fixture
def started(project: Project, tables: str, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project at its first revision, which does nothing, with DATABASE_URL set."""
    project.revision("pass")
    project.upgrade()
    monkeypatch.setenv("DATABASE_URL", tables)
    return project


def test_a_script_up_and_down(started: Project, tables: str) -> None:
    run(tables, "ALTER TABLE parents ADD COLUMN second text UNIQUE; UPDATE parents SET second = md5('s' || id)::uuid")
    before = (pg_dump(tables), checksums(tables))
    started.revision(
        BOTH + "; op.convert_to_uuid('parents', 'second')", "op.revert_from_uuid('parents', 'second'); " + BOTH_BACK
    )
    script = started.script("r1:r2")
    assert (pg_dump(tables), checksums(tables)) == before
    run(tables, script)
    with psycopg.connect(tables) as connection:
        proof = uuidkit.verify(connection)
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("r2",)]
    assert proof.ok
    assert len(proof.columns) == 4
    script = started.script("r2:r1")
    run(tables, script)
    assert (pg_dump(tables), checksums(tables)) == before


def test_a_script_ends_at_its_first_error(started: Project, tables: str) -> None:
    started.revision("op.convert_to_uuid('parents', 'id')")
    script = started.script("r1:r2")
    run(tables, "INSERT INTO parents VALUES ('310')")
    before = (pg_dump(tables), checksums(tables))
    done = psql(tables, script)
    assert done.returncode == 3
    assert (pg_dump(tables), checksums(tables)) == before


def test_what_else_a_script_does_to_a_converted_table_is_noticed(started: Project, tables: str) -> None:
    started.revision(
        "op.convert_to_uuid('others', 'tenant', references='none')\n"
        "op.create_check_constraint('no_blank', 'others', \"id <> ''\")\n"
        "op.convert_to_uuid('others', 'id', references='none')"
    )
    before = pg_dump(tables)
    done = psql(tables, started.script("r1:r2"))
    assert done.returncode == 3
    assert "The script has changed a table again that it converts." in done.stderr
    assert pg_dump(tables) == before


def test_a_graph_named_twice_is_converted_once(started: Project, tables: str) -> None:
    started.revision(
        "op.convert_to_uuid('parents', 'id'); op.convert_to_uuid('children', 'parent')",
        "op.revert_from_uuid('children', 'parent'); op.revert_from_uuid('parents', 'id')",
    )
    before = pg_dump(tables)
    script = started.script("r1:r2")
    assert "op.convert_to_uuid children.parent: nothing to do" in script
    run(tables, script)
    run(tables, started.script("r2:r1"))
    assert pg_dump(tables) == before


def test_finalize_in_a_script(started: Project, tables: str) -> None:
    started.revision("op.convert_to_uuid('parents', 'id')")
    started.upgrade()
    started.revision("op.finalize_uuid('parents', 'id')")
    run(tables, started.script("r2:r3"))
    assert "_original" not in pg_dump(tables, "--schema-only")
    started.revision("op.finalize_uuid('parents', 'id')")
    with pytest.raises(LedgerError):
        started.script("r3:r4")


def test_percent_signs_colons_and_tabs_arrive(started: Project, tables: str) -> None:
    run(
        tables,
        """CREATE TABLE "50%:x" ("a:b	%(c)s" text DEFAULT 'x:' || gen_random_uuid());
           INSERT INTO "50%:x" SELECT 'x:' || gen_random_uuid() FROM generate_series(1, 5);""",
    )
    before = (pg_dump(tables), checksums(tables))
    started.revision(
        "op.convert_to_uuid('50%:x', 'a:b\\t%(c)s')",
        "op.revert_from_uuid('50%:x', 'a:b\\t%(c)s')",
    )
    run(tables, started.script("r1:r2"))
    with psycopg.connect(tables) as connection:
        assert uuidkit.verify(connection).ok
    run(tables, started.script("r2:r1"))
    assert (pg_dump(tables), checksums(tables)) == before


def test_the_database_is_that_of_the_environment(started: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    started.revision("op.convert_to_uuid('parents', 'id')")
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@/nowhere?host=/nonexistent")
    with pytest.raises(ConnectionFailed, match="cannot be written into a script without a look at the database"):
        started.script("r1:r2")
    monkeypatch.delenv("DATABASE_URL")
    with pytest.raises(UsageError, match="DATABASE_URL is not set"):
        started.script("r1:r2")
    started.options["uuidkit_connect"] = lambda: psycopg.connect(started.url)
    assert "rewrite public.children" in started.script("r1:r2")


def test_the_script_must_begin_where_the_database_is(started: Project) -> None:
    started.revision("op.convert_to_uuid('parents', 'id')", "op.revert_from_uuid('parents', 'id')")
    with pytest.raises(UsageError, match=r"begins at no revision \(base\), but .* is at revision r1"):
        started.script("base:r2")
    with pytest.raises(UsageError, match=r"begins at revision r2, but .* is at revision r1"):
        started.script("r2:r1")


def test_findings_forbid_a_script_too(started: Project, tables: str) -> None:
    started.revision("op.convert_to_uuid('parents', 'note')")
    with pytest.raises(BlockedError, match=r"public\.parents\.note"):
        started.script("r1:r2")


def test_a_script_needs_its_transaction(started: Project, tables: str) -> None:
    started.revision("op.convert_to_uuid('parents', 'id')")
    started.options["transactional_ddl"] = False
    with pytest.raises(UsageError, match="the script has none"):
        started.script("r1:r2")


def test_a_script_of_several_transactions(started: Project, tables: str) -> None:
    started.options["transaction_per_migration"] = True
    started.revision("op.convert_to_uuid('parents', 'id')")
    started.revision("op.convert_to_uuid('others', 'id')")
    run(tables, started.script("r1:r3"))
    with psycopg.connect(tables) as connection:
        assert uuidkit.verify(connection).ok
    started.revision("op.convert_to_uuid('others', 'tenant')")
    started.revision("op.finalize_uuid('others', 'id')")
    with pytest.raises(UsageError, match=r"public\.others again, in a script of several transactions"):
        started.script("r3:r5")


def test_without_a_transaction_a_script_changes_nothing(started: Project, tables: str, tmp_path: Path) -> None:
    started.revision("with op.get_context().autocommit_block():\n    op.convert_to_uuid('parents', 'id')")
    before = (pg_dump(tables), checksums(tables))
    done = psql(tables, started.script("r1:r2"))
    assert done.returncode == 3
    assert "transaction block" in done.stderr
    assert (pg_dump(tables), checksums(tables)) == before
