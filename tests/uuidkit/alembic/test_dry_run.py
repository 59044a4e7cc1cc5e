"""The dry run of the data as they are: reports what can be known, names what cannot, and changes nothing."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.util import CommandError
from sqlalchemy import NullPool, create_engine, text

from tests.support import checksums, pg_dump
from tests.uuidkit.alembic.conftest import run
from tests.uuidkit.alembic.project import Project, sqlalchemy_url
from uuidkit.alembic.dryrun import running
from uuidkit.alembic.dryrun.recording import Pending
from uuidkit.database.session import Session

PARENTS = "op.convert_to_uuid('parents', 'id')"
TENANTS = "op.convert_to_uuid('others', 'tenant')"


@pytest.fixture
def unchanged(tables: str) -> Iterator[None]:
    """The database is the same after the test as when the test began its dry run (and has no revision)."""
    before = (pg_dump(tables), checksums(tables))
    yield
    assert (pg_dump(tables), checksums(tables)) == before


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("per_migration", [False, True], ids=["one transaction", "a transaction per migration"])
def test_every_pending_conversion_is_reported(project: Project, per_migration: bool) -> None:
    project.options["transaction_per_migration"] = per_migration
    project.revision(PARENTS)
    project.revision(TENANTS)
    report, status = project.dry_run()
    assert status == 0
    assert "Ready: 2 columns of 2 tables become uuid, 200 rows" in report
    assert "Ready: 1 column of 1 table becomes uuid, 20 rows" in report
    assert report.index("Revision r1") < report.index("public.children.parent") < report.index("Revision r2")
    assert "Dry run of 2 revisions: 2 operations ready. Nothing was changed." in report


@pytest.mark.usefixtures("unchanged")
def test_an_environment_that_does_not_look_at_the_option_converts_nothing(project: Project) -> None:
    """Alembic hands -x to the env.py and runs the revisions in earnest where that takes no notice."""
    project.revision("op.execute('CREATE TABLE more (id int)')")
    project.revision(PARENTS)
    config = project.config(dry_run="")
    config.attributes["dry_run"] = False
    with pytest.raises(CommandError, match=r"-x dry-run was given, but .* op.convert_to_uuid parents.id was about"):
        command.upgrade(config, "head")


def test_a_program_that_calls_alembic_with_options_of_its_own_converts(project: Project) -> None:
    project.revision(PARENTS)
    for options in (Namespace(), Namespace(x=None), Namespace(x=["tenant=dry-run"])):
        config = project.config()
        config.cmd_opts = options
        command.upgrade(config, "head")
        command.downgrade(config, "base")


@pytest.mark.usefixtures("unchanged")
def test_only_what_is_asked_for_is_reported(project: Project) -> None:
    first = project.revision(PARENTS)
    project.revision(TENANTS)
    report, status = project.dry_run(first)
    assert status == 0
    assert "Dry run of 1 revision: 1 operation ready." in report
    assert "tenant" not in report


def test_only_what_is_pending_is_reported(project: Project, tables: str) -> None:
    first = project.revision(PARENTS)
    project.upgrade(first)
    before = pg_dump(tables)
    assert project.dry_run() == ("Dry run: no revision is pending. Nothing was changed.\n", 0)
    project.revision(TENANTS)
    report, status = project.dry_run()
    assert status == 0
    assert "Revision r1" not in report
    assert "Dry run of 1 revision: 1 operation ready." in report
    assert pg_dump(tables) == before


@pytest.mark.usefixtures("unchanged")
def test_a_blocked_conversion_does_not_hide_the_next(project: Project) -> None:
    project.revision("op.convert_to_uuid('parents', 'note')")
    project.revision(PARENTS)
    report, status = project.dry_run()
    assert status == 3
    assert "UNPARSEABLE: public.parents.note" in report
    assert "1 operation ready and 1 operation blocked." in report


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("first", "why"),
    [
        ("op.add_column('parents', sa.Column('more', sa.Text))", "comes after other operations of revision r1"),
        ("op.execute('UPDATE parents SET id = id')", "comes after other operations of revision r1"),
        ("op.get_bind().execute(sa.text('DELETE FROM children'))", "comes after other operations of revision r1"),
        (
            "with op.get_context().autocommit_block():\n    op.execute('VACUUM')",
            "comes after other operations of revision r1",
        ),
        ("op.get_bind().execute(sa.text('SELECT 1')).scalar()", "comes after other operations of revision r1"),
        ("sa.inspect(op.get_bind()).get_table_names()", "it comes after pending revision r1, whose code could not be"),
        ("raise RuntimeError('not today')", "it comes after pending revision r1, whose code could not be"),
        ("op.convert_to_uuid('nowhere', 'id')", "it comes after op.convert_to_uuid nowhere.id of revision r1, which"),
        ("op.convert_to_uuid('children', 'parent')", r"it has to do with public.children.parent and public.parents.id"),
    ],
)
def test_what_cannot_be_known_is_named(project: Project, first: str, why: str) -> None:
    project.revision(first)
    project.revision(PARENTS)
    report, status = project.dry_run(given="live")
    flat = " ".join(report.split())
    assert f"-- op.convert_to_uuid parents.id Not judged: {'' if why.startswith('it') else 'it '}{why}" in flat
    assert status == (2 if "nowhere" in first else 0)


@pytest.mark.usefixtures("unchanged")
def test_other_operations_of_the_same_revision(project: Project) -> None:
    project.revision(f"{PARENTS}\nop.drop_column('others', 'tenant')\nop.convert_to_uuid('others', 'id')")
    report, status = project.dry_run(given="live")
    assert status == 0
    assert "Dry run of 1 revision: 1 operation ready and 1 operation not judged." in report
    assert "Not looked at: 1 other statement of revision r1." in report


@pytest.mark.usefixtures("unchanged")
def test_code_of_a_revision_reaches_no_database_of_the_environment(project: Project) -> None:
    project.revision("context.execute('DELETE FROM children')", head="from alembic import context")
    project.revision(
        "with context.get_context().autocommit_block():\n    context.execute('DROP TABLE children')",
        head="from alembic import context",
    )
    report, status = project.dry_run(given="live")
    assert status == 0
    assert report.count("Not judged: what revision") == 2
    report, status = project.dry_run()
    assert status == 0
    assert report.count("ran to its end on the scratch copy") == 2


@pytest.mark.usefixtures("unchanged")
def test_a_column_that_is_not_there(project: Project) -> None:
    project.revision("op.convert_to_uuid('parents', 'ids')")
    report, status = project.dry_run()
    assert status == 2
    assert "The table public.parents has no column ids." in report
    assert "1 operation failing." in report


@pytest.mark.usefixtures("unchanged")
def test_a_reader_is_not_in_the_way_nor_a_writer(project: Project, tables: str) -> None:
    project.revision(PARENTS)
    with psycopg.connect(tables) as other:
        other.execute("INSERT INTO parents VALUES ('nothing yet')")
        _, status = project.dry_run()
        other.rollback()
    assert status == 0


@pytest.mark.usefixtures("unchanged")
def test_an_exclusive_lock_is_said(project: Project, tables: str) -> None:
    project.revision(PARENTS)
    with psycopg.connect(tables) as other:
        other.execute("LOCK TABLE children")
        report, status = project.dry_run()
    assert status == 1
    assert "A table is locked by another session" in report


def test_the_way_back_and_the_final_step(project: Project, tables: str) -> None:
    project.revision(PARENTS, "op.revert_from_uuid('parents', 'id')")
    project.upgrade()
    run(tables, "CREATE VIEW old AS SELECT id_original FROM parents")
    before = pg_dump(tables)
    report, status = project.dry_run("base", down=True)
    assert status == 3
    assert "public.old" in report
    project.revision("op.finalize_uuid('parents', 'id')")
    report, status = project.dry_run()
    assert status == 3
    assert pg_dump(tables) == before
    run(tables, "DROP VIEW old")
    report, status = project.dry_run()
    assert status == 0
    assert "Ready: the backup of public.parents.id and public.children.parent is" in report
    report, status = project.dry_run("base", down=True)
    assert status == 0
    assert "Ready: the text of public.parents.id and public.children.parent is put" in report


def test_the_callers_transaction_goes_on(project: Project, tables: str) -> None:
    project.revision(PARENTS)
    project.use_callers_connection()
    engine = create_engine(sqlalchemy_url(tables), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO parents VALUES ('310')"))
        config = project.config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        assert config.attributes["status"] == 3
        connection.execute(text("INSERT INTO parents VALUES ('311')"))
        assert not sa.inspect(connection).has_table("alembic_version")
    with psycopg.connect(tables) as other:
        assert other.execute("SELECT count(*) FROM parents WHERE id IN ('310', '311')").fetchone() == (2,)


@pytest.mark.usefixtures("unchanged")
def test_whatever_was_written_meanwhile_would_be_undone(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = running.judge

    def judge_and_write(session: Session, pending: Sequence[Pending]) -> tuple[list[str], int]:
        found = judge(session, pending)
        session.run("DELETE FROM children")
        return found

    monkeypatch.setattr(running, "judge", judge_and_write)
    project.revision(PARENTS)
    assert project.dry_run()[1] == 0
