"""The operations online: in the migration's transaction, by plain names, with readable failures."""

from __future__ import annotations

import logging
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.util import CommandError

import uuidkit
from tests.support import checksums, pg_dump
from tests.uuidkit.alembic.conftest import TABLES, run
from tests.uuidkit.alembic.project import Project, run_alembic, sqlalchemy_url
from uuidkit.errors import BlockedError, LedgerError, LockNotAvailable, UsageError, UuidkitError

NO_VERSION = "--exclude-table=alembic_version"


def types(url: str) -> dict[str, str]:
    """Type of every column of every table but Alembic's and the ledger."""
    with psycopg.connect(url) as connection:
        return dict(
            connection.execute(
                """SELECT table_schema || '.' || table_name || '.' || column_name, data_type::text
                     FROM information_schema.columns
                    WHERE table_schema NOT IN ('pg_catalog', 'information_schema', 'uuidkit')
                      AND table_name <> 'alembic_version'"""
            ).fetchall()
        )


def version(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT version_num FROM alembic_version").fetchall()]


def test_up_and_down_again(project: Project, tables: str) -> None:
    before = pg_dump(tables, NO_VERSION)
    project.revision("op.convert_to_uuid('parents', 'id')", "op.revert_from_uuid('parents', 'id')")
    project.upgrade()
    assert {name: kind for name, kind in types(tables).items() if kind == "uuid"} == {
        "public.parents.id": "uuid",
        "public.children.parent": "uuid",
    }
    with psycopg.connect(tables) as connection:
        assert uuidkit.verify(connection).ok
    project.downgrade("base")
    assert pg_dump(tables, NO_VERSION) == before


def test_as_a_plain_owner(owner_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(owner_database, TABLES)
    monkeypatch.setenv("DATABASE_URL", owner_database)
    project = Project(tmp_path / "migrations", owner_database)
    project.revision("pass")
    project.upgrade()
    before = pg_dump(owner_database)
    project.revision("op.convert_to_uuid('parents', 'id')", "op.revert_from_uuid('parents', 'id')")
    assert project.dry_run()[1] == 0
    project.upgrade()
    run(owner_database, project.script("r2:r1"))
    assert pg_dump(owner_database) == before
    run(owner_database, project.script("r1:r2"))
    project.downgrade("r1")
    assert pg_dump(owner_database) == before


def test_through_a_transaction_pooler(tables: str, pooled_database: str, tmp_path: Path) -> None:
    before = pg_dump(tables, NO_VERSION)
    project = Project(tmp_path / "migrations", pooled_database)
    project.engine = {"connect_args": {"prepare_threshold": None}}
    project.revision("op.convert_to_uuid('parents', 'id')", "op.revert_from_uuid('parents', 'id')")
    assert project.dry_run()[1] == 0
    project.upgrade()
    assert types(tables)["public.children.parent"] == "uuid"
    project.downgrade("base")
    assert pg_dump(tables, NO_VERSION) == before


def test_names_are_plain_whatever_is_in_them(database: str, tmp_path: Path) -> None:
    run(
        database,
        """
        CREATE SCHEMA "My.Schema";
        CREATE TABLE "My.Schema"."Order ""x"".y" ("batch.Id" text PRIMARY KEY);
        CREATE TABLE "Line's" ("%(order)s" text);
        INSERT INTO "My.Schema"."Order ""x"".y" SELECT md5(n::text)::uuid FROM generate_series(1, 9) AS n;
        INSERT INTO "Line's" SELECT "batch.Id" FROM "My.Schema"."Order ""x"".y";
        """,
    )
    before = pg_dump(database, NO_VERSION)
    project = Project(tmp_path / "100%", database)
    project.revision(
        """
        op.convert_to_uuid('Order "x".y', "batch.Id", schema="My.Schema", include=['"Line\\'s"."%(order)s"'],
                           declare_references=True)
        """,
        """op.revert_from_uuid('Order "x".y', "batch.Id", schema="My.Schema")""",
    )
    project.upgrade()
    assert types(database)['My.Schema.Order "x".y.batch.Id'] == "uuid"
    assert types(database)["public.Line's.%(order)s"] == "uuid"
    project.downgrade("base")
    assert pg_dump(database, NO_VERSION) == before


def test_without_a_schema_the_search_path_decides(tables: str, tmp_path: Path) -> None:
    run(tables, "CREATE SCHEMA first; CREATE TABLE first.others AS SELECT gen_random_uuid()::text AS id")
    project = Project(tmp_path / "migrations", tables)
    project.engine = {"connect_args": {"options": "-csearch_path=first,public"}}
    project.revision("op.convert_to_uuid('others', 'id')", "op.revert_from_uuid('others', 'id')")
    project.upgrade()
    assert types(tables)["first.others.id"] == "uuid"
    assert types(tables)["public.others.id"] == "character varying"


def test_the_options_are_those_of_convert(project: Project, tables: str) -> None:
    run(tables, "UPDATE others SET tenant = 'nobody' WHERE id = (SELECT min(id) FROM others)")
    project.revision(
        "op.convert_to_uuid('others', 'tenant', on_unparseable='null', backup_suffix='_was', lock_timeout=1, "
        "lock_attempts=2, exclude=['others.id'], references='none', on_orphan='fail')"
    )
    project.upgrade()
    assert types(tables)["public.others.tenant_was"] == "character varying"
    with psycopg.connect(tables) as connection:
        found = connection.execute("SELECT tenant_was FROM others WHERE tenant IS NULL").fetchall()
    assert found == [("nobody",)]


def test_finalize_drops_the_backups_and_the_way_back(project: Project, tables: str) -> None:
    project.revision("op.convert_to_uuid('parents', 'id')", "op.revert_from_uuid('parents', 'id')")
    project.revision("op.finalize_uuid('children', 'parent')")
    project.upgrade()
    assert not [name for name in types(tables) if name.endswith("_original")]
    before = pg_dump(tables)
    with pytest.raises(LedgerError) as caught:
        project.downgrade("base")
    assert isinstance(caught.value, CommandError)
    assert pg_dump(tables) == before


def test_what_was_done_by_hand_is_nothing_to_do(project: Project, tables: str) -> None:
    project.revision("op.convert_to_uuid('parents', 'id')", "op.revert_from_uuid('parents', 'id')")
    before = pg_dump(tables, NO_VERSION)
    with psycopg.connect(tables, autocommit=True) as connection:
        uuidkit.convert(connection, ["parents.id"])
    converted = pg_dump(tables, NO_VERSION)
    project.upgrade()
    assert pg_dump(tables, NO_VERSION) == converted
    with psycopg.connect(tables, autocommit=True) as connection:
        uuidkit.revert(connection, ["parents.id"])
    project.downgrade("base")
    assert pg_dump(tables, NO_VERSION) == before
    assert version(tables) == []


def test_columns_of_one_graph_may_each_be_named(project: Project, tables: str) -> None:
    before = pg_dump(tables, NO_VERSION)
    project.revision(
        "op.convert_to_uuid('parents', 'id'); op.convert_to_uuid('children', 'parent')",
        "op.revert_from_uuid('children', 'parent'); op.revert_from_uuid('parents', 'id')",
    )
    project.upgrade()
    project.downgrade("base")
    assert pg_dump(tables, NO_VERSION) == before


@pytest.mark.parametrize("per_migration", [False, True], ids=["one transaction", "a transaction per migration"])
def test_a_refusal_leaves_everything_as_it_was(tables: str, tmp_path: Path, per_migration: bool) -> None:
    project = Project(tmp_path / "migrations", tables, transaction_per_migration=per_migration)
    first = project.revision("op.convert_to_uuid('parents', 'id'); op.add_column('others', sa.Column('more', sa.Text))")
    project.revision("op.add_column('others', sa.Column('last', sa.Text)); op.convert_to_uuid('parents', 'note')")
    project.upgrade(first)
    after_first = (pg_dump(tables), checksums(tables))
    project.options["transaction_per_migration"] = per_migration
    with pytest.raises(BlockedError, match=r"public\.parents\.note") as caught:
        project.upgrade()
    assert isinstance(caught.value, CommandError)
    assert caught.value.exit_code == 3
    assert (pg_dump(tables), checksums(tables)) == after_first


def test_a_refusal_in_the_same_run_undoes_conversions_before_it(project: Project, tables: str) -> None:
    before = (pg_dump(tables), checksums(tables))
    project.revision("op.convert_to_uuid('parents', 'id')")
    project.revision("op.convert_to_uuid('parents', 'note')")
    with pytest.raises(BlockedError):
        project.upgrade()
    assert (pg_dump(tables), checksums(tables)) == before


def test_a_transaction_per_migration_keeps_what_was_finished(tables: str, tmp_path: Path) -> None:
    project = Project(tmp_path / "migrations", tables, transaction_per_migration=True)
    project.revision("op.convert_to_uuid('parents', 'id')", "op.revert_from_uuid('parents', 'id')")
    project.revision("op.convert_to_uuid('parents', 'note')")
    with pytest.raises(BlockedError):
        project.upgrade()
    assert version(tables) == ["r1"]
    assert types(tables)["public.parents.id"] == "uuid"
    assert types(tables)["public.parents.note"] == "text"


def test_a_failure_after_a_conversion_undoes_it(project: Project, tables: str) -> None:
    before = (pg_dump(tables), checksums(tables))
    project.revision("op.convert_to_uuid('parents', 'id'); op.execute('SELECT 1 / 0')")
    with pytest.raises(Exception, match="division by zero"):
        project.upgrade()
    assert (pg_dump(tables), checksums(tables)) == before


def test_no_transaction_no_conversion(project: Project, tables: str) -> None:
    project.revision("pass")
    project.upgrade()
    before = pg_dump(tables)
    project.revision("with op.get_context().autocommit_block():\n    op.convert_to_uuid('parents', 'id')")
    with pytest.raises(UsageError, match="has no transaction to run in") as caught:
        project.upgrade()
    assert isinstance(caught.value, CommandError)
    assert pg_dump(tables) == before
    project.engine = {"isolation_level": "AUTOCOMMIT"}
    with pytest.raises(UsageError, match="has no transaction to run in"):
        project.upgrade()
    assert pg_dump(tables) == before


def test_locks_that_are_not_to_be_had(project: Project, tables: str) -> None:
    project.revision("op.convert_to_uuid('parents', 'id', lock_timeout=0.05, lock_attempts=2)")
    before = pg_dump(tables)
    with psycopg.connect(tables, application_name="the reader") as other:
        other.execute("SELECT count(*) FROM children")
        with pytest.raises(LockNotAvailable, match="the reader") as caught:
            project.upgrade()
    assert isinstance(caught.value, CommandError)
    assert pg_dump(tables) == before


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("op.convert_to_uuid('parent', 'id')", r"There is no table parent in the search path.*public\.parents"),
        ("op.convert_to_uuid('parents', 'ID')", 'has no column "ID"'),
        ("op.convert_to_uuid('public.parents', 'id')", 'There is no table "public.parents"'),
        ("op.convert_to_uuid('parents', 'id', include='children.parent')", r"include=\[\"children.parent\"\]"),
        ("op.convert_to_uuid('parents', 'id', include=['nowhere.x'])", "nowhere"),
        ("op.convert_to_uuid('parents', 'id', references='all')", "'auto', 'declared', 'none'"),
        ("op.convert_to_uuid('parents', 'id', on_unparseable='ignore')", "'fail', 'derive', 'null'"),
        ("op.convert_to_uuid('parents', 'id', on_orphan='drop')", "'keep', 'fail'"),
        ("op.convert_to_uuid('parents', 'id', backup_suffix='')", "backup_suffix must not be empty"),
        ("op.revert_from_uuid('parents', 'ids')", "has no column ids"),
        ("op.finalize_uuid('parents', 'id')", "The ledger knows no conversion of public.parents.id"),
    ],
)
def test_a_wrong_call_is_a_sentence(project: Project, tables: str, call: str, words: str) -> None:
    before = pg_dump(tables)
    project.revision(call)
    with pytest.raises(CommandError, match=words) as caught:
        project.upgrade()
    assert isinstance(caught.value, UuidkitError)
    assert pg_dump(tables) == before


def test_progress_goes_to_alembics_log(
    project: Project, tables: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    project.revision("op.convert_to_uuid('parents', 'id')")
    with caplog.at_level(logging.INFO, logger="alembic"):
        config = project.config()
        command.upgrade(config, "head")
    told = [record.getMessage() for record in caplog.records if record.name == "alembic.uuidkit"]
    assert any("rewrite public.children" in line for line in told)
    assert config.attributes["output"].getvalue() == ""
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("template", ["generic", "async"])
def test_in_a_project_as_alembic_makes_it(tables: str, tmp_path: Path, template: str) -> None:
    done = run_alembic(tmp_path, "init", "--template", template, "migrations")
    assert done.returncode == 0, done.stderr
    driver = "psycopg_async" if template == "async" else "psycopg"
    ini = tmp_path / "alembic.ini"
    url = sqlalchemy_url(tables, driver).replace("%", "%%")
    lines = [f"sqlalchemy.url = {url}" if x.startswith("sqlalchemy.url") else x for x in ini.read_text().splitlines()]
    ini.write_text("\n".join(lines))
    versions = tmp_path / "migrations" / "versions"
    for number, before, up, down in (
        ("a1", None, "op.convert_to_uuid('parents', 'id')", "op.revert_from_uuid('parents', 'id')"),
        ("a2", "a1", "op.convert_to_uuid('parents', 'note')", "pass"),
    ):
        (versions / f"{number}.py").write_text(
            f"from alembic import op\nimport uuidkit.alembic\nrevision, down_revision = {number!r}, {before!r}\n"
            f"def upgrade():\n    {up}\ndef downgrade():\n    {down}\n"
        )
    before = pg_dump(tables, NO_VERSION)
    done = run_alembic(tmp_path, "upgrade", "a1")
    assert done.returncode == 0, done.stderr
    assert "INFO  [alembic.uuidkit] Converting public.parents.id, public.children.parent" in done.stderr
    assert types(tables)["public.children.parent"] == "uuid"
    done = run_alembic(tmp_path, "upgrade", "head")
    assert done.returncode != 0
    assert "FAILED: Blocked by findings; nothing was changed." in done.stdout
    assert '--on-unparseable derive is on_unparseable="derive"' in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    done = run_alembic(tmp_path, "downgrade", "base")
    assert done.returncode == 0, done.stderr
    assert pg_dump(tables, NO_VERSION) == before


def test_decisions_stand_in_the_revision(project: Project, tables: str) -> None:
    run(
        tables,
        "CREATE VIEW spelled AS SELECT id::text AS id FROM parents;"
        "CREATE VIEW old_ones AS SELECT id FROM parents WHERE id LIKE 'p\\_%';"
        "CREATE INDEX by_length ON parents (length(id));",
    )
    before = pg_dump(tables, NO_VERSION)
    # A name that nothing has here may be somebody's on another database.
    project.revision(
        "op.convert_to_uuid('parents', 'id', allow=['public.by_length', 'public.elsewhere'], backup='table',\n"
        "        rewrite={'public.spelled': 'offered', 'public.old_ones': ''})",
        "op.revert_from_uuid('parents', 'id')",
    )
    assert project.dry_run()[1] == 0
    project.upgrade()
    assert not [name for name in types(tables) if name.endswith("_original")]
    assert types(tables)["public.spelled.id"] == "uuid"
    assert "public.old_ones.id" not in types(tables)
    project.downgrade("base")
    assert pg_dump(tables, NO_VERSION) == before


def test_an_undecided_object_refuses_the_revision(project: Project, tables: str) -> None:
    run(tables, "CREATE VIEW spelled AS SELECT 'x' || id AS id FROM parents")
    before = pg_dump(tables, NO_VERSION)
    project.revision("op.convert_to_uuid('parents', 'id')", "op.revert_from_uuid('parents', 'id')")
    with pytest.raises(CommandError, match=r"public\.spelled"):
        project.upgrade()
    assert pg_dump(tables, NO_VERSION) == before
