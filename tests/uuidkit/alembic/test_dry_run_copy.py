"""The dry run of what comes after other pending revisions: tried on a scratch copy, of which nothing remains."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy import NullPool, create_engine, text

from tests.support import Server, checksums, pg_dump
from tests.support.pgbouncer import running_pgbouncer
from tests.uuidkit.alembic.conftest import run
from tests.uuidkit.alembic.project import ROOT, Project, sqlalchemy_url
from tests.uuidkit.alembic.test_dry_run import PARENTS, TENANTS
from uuidkit.alembic.dryrun.confinement import stays_inside

BEFORE = "op.execute('CREATE VIEW told AS SELECT p.id FROM parents p')"


@pytest.fixture(autouse=True)
def unchanged(tables: str) -> Iterator[None]:
    """The database is the same after the test, and no other one is left."""
    before = (pg_dump(tables), checksums(tables))
    yield
    assert left_behind(tables) == []
    assert (pg_dump(tables), checksums(tables)) == before


def left_behind(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'uuidkit\\_rehearsal%'")
        return [str(name) for (name,) in rows]


@pytest.mark.parametrize("per_migration", [False, True], ids=["one transaction", "a transaction per migration"])
def test_what_pending_revisions_make_is_part_of_the_plan(project: Project, tables: str, per_migration: bool) -> None:
    """Views, tables, indexes made outside of a transaction, and values that a revision repairs."""
    run(tables, "CREATE TABLE numbered (n serial PRIMARY KEY); INSERT INTO numbered DEFAULT VALUES")
    run(tables, "INSERT INTO parents VALUES ('310')")
    try:
        project.options["transaction_per_migration"] = per_migration
        project.revision(
            f"""
            {BEFORE}
            op.execute("CREATE TYPE mood AS ENUM ('sad')")
            op.create_table('visits', sa.Column('id', sa.String, primary_key=True))
            op.execute("INSERT INTO visits SELECT 'visit_' || md5('v' || n) FROM generate_series(1, 7) AS n")
            op.execute('INSERT INTO numbered DEFAULT VALUES')
            with op.get_context().autocommit_block():
                op.execute("ALTER TYPE mood ADD VALUE 'glad'")
                op.execute('CREATE INDEX CONCURRENTLY later ON children (parent)')
            """,
            "op.drop_table('visits')",
        )
        project.revision(
            """
            for (odd,) in op.get_bind().execute(sa.text("SELECT id FROM parents WHERE length(id) < 10")).all():
                op.get_bind().execute(sa.text("DELETE FROM parents WHERE id = :odd"), {"odd": odd})
            """
        )
        project.revision(PARENTS)
        project.revision("op.convert_to_uuid('visits', 'id')\nop.convert_to_uuid('children', 'parent')")
        report, status = project.dry_run()
        flat = " ".join(report.split())
        assert status == 0, report
        assert "Dry run of 4 revisions: 3 operations ready. Nothing was changed." in report
        assert flat.count("On the scratch copy, where everything before it has been run: Ready: ") == 2
        assert "2 columns of 2 tables become uuid, 200 rows" in flat
        assert "view public.told" in flat
        assert "1 column of 1 table becomes uuid, 7 rows" in flat
        assert "Nothing to do: 1 column named, and all of them are uuid already." in flat
        assert "Revision r2 ran to its end on the scratch copy." in flat
        assert "The scratch copy: a scratch database on the same server, with all 222 rows. It is gone." in flat
        # The environment of an upgrade afterwards, in the same process, is as it would have been.
        report, status = project.dry_run("r3", given="live")
        assert "Dry run of 3 revisions: 2 operations not judged." in report
    finally:
        run(tables, "DROP TABLE numbered; DELETE FROM parents WHERE id = '310'")


def test_findings_on_the_copy_forbid_and_do_not_hide_what_follows(project: Project) -> None:
    project.revision("op.execute(\"INSERT INTO parents VALUES ('310')\")")
    project.revision(PARENTS)
    project.revision(TENANTS)
    project.revision("op.execute('ALTER TABLE children ALTER parent TYPE uuid USING parent::uuid')")
    project.revision("op.convert_to_uuid('others', 'id')")
    report, status = project.dry_run()
    flat = " ".join(report.split())
    assert status == 3
    assert "UNPARSEABLE: public.parents.id" in flat
    assert "Revision r4 failed on the scratch copy: foreign key constraint" in flat
    assert "It comes after op.convert_to_uuid parents.id, which is blocked and was left out." in flat
    assert "Not judged: it comes after revision r4, which did not run on the scratch copy." in flat
    assert "1 operation ready, 1 operation blocked, 1 operation failing and 1 operation not judged." in flat


def test_what_fails_on_the_copy_would_fail(project: Project) -> None:
    project.revision("op.get_bind().execute(sa.text('SELECT 1 / (count(*) - 50) FROM parents'))")
    project.revision(PARENTS)
    report, status = project.dry_run()
    assert status == 1, report
    assert "Revision r1 failed on the scratch copy: division by zero (SQLSTATE 22012)." in " ".join(report.split())
    assert "1 operation failing and 1 operation not judged." in report


@pytest.mark.parametrize(
    "first",
    [
        "op.execute('CREATE ROLE uuidkit_escaped')",
        "op.execute('DO $$ BEGIN ALTER ROLE CURRENT_USER SET work_mem = 1000; END $$')",
        "with op.get_context().autocommit_block():\n    op.execute('CREATE ROLE uuidkit_escaped')",
    ],
)
def test_what_belongs_to_the_whole_server_stays_as_it_is(project: Project, tables: str, first: str) -> None:
    def roles() -> list[tuple[object, ...]]:
        with psycopg.connect(tables) as connection:
            return connection.execute(
                "SELECT rolname, setconfig FROM pg_roles r LEFT JOIN pg_db_role_setting ON setrole = r.oid ORDER BY 1"
            ).fetchall()

    before = roles()
    project.revision(first)
    project.revision(PARENTS)
    report, status = project.dry_run()
    assert roles() == before
    assert status == 0
    assert "Not judged: revision r1 was stopped on the scratch copy. It " in " ".join(report.split())
    assert "2 operations not judged." in report


@pytest.mark.parametrize(
    ("statement", "inside"),
    [
        ("CREATE INDEX CONCURRENTLY i ON t (c)", True),
        ("/* why */ create unique index concurrently i on t (c);", True),
        ("-- x\nALTER TYPE t ADD VALUE ';'", True),
        ("UPDATE t SET a = ';' WHERE b", True),
        ("VACUUM; DROP ROLE r", False),
        ("CREATE DATABASE d", False),
        ("ALTER SYSTEM SET work_mem = 1", False),
        ("DO $$ BEGIN NULL; END $$", False),
        ("", False),
    ],
)
def test_what_may_run_outside_of_a_transaction(statement: str, inside: bool) -> None:
    assert stays_inside(statement) is inside


def test_a_sample_has_what_is_out_of_the_ordinary(project: Project, tables: str) -> None:
    run(
        tables,
        """CREATE TABLE many (id text PRIMARY KEY, parent text REFERENCES many);
           INSERT INTO many SELECT md5(n::text)::uuid FROM generate_series(1, 20000) AS n;
           INSERT INTO many VALUES ('A-1042');
           INSERT INTO many SELECT md5(n::text)::uuid, 'A-1042' FROM generate_series(20001, 20003) AS n;
           ANALYZE many""",
    )
    try:
        project.revision(BEFORE)
        project.revision("op.convert_to_uuid('many', 'id')")
        report, status = project.dry_run(given="100")
        flat = " ".join(report.split())
        assert status == 3
        assert "'A-1042'" in flat
        assert "of about 20,224 rows. It is gone. Numbers of rows found on the copy are its own" in flat
        report, status = project.dry_run(given="all")
        assert status == 3
        assert "with all 20,224 rows" in report
    finally:
        run(tables, "DROP TABLE many")


@pytest.mark.parametrize("given", ["50", "no", "-1"])
def test_another_word_is_refused(project: Project, given: str) -> None:
    project.revision(PARENTS)
    with pytest.raises(Exception, match=f"-x dry-run={given} is not known") as caught:
        project.dry_run(given=given)
    assert isinstance(caught.value, command.util.CommandError)


def test_why_there_is_no_copy_is_said(project: Project, tables: str) -> None:
    project.revision(BEFORE)
    project.revision(PARENTS)
    run(tables, "CREATE FOREIGN DATA WRAPPER elsewhere; CREATE SERVER far FOREIGN DATA WRAPPER elsewhere")
    report, status = project.dry_run()
    run(tables, "DROP SERVER far; DROP FOREIGN DATA WRAPPER elsewhere")
    assert status == 0
    assert "There is no scratch copy that could tell more. The database has foreign servers (far)" in " ".join(
        report.split()
    )
    assert "Not judged: it comes after other operations of revision r1." in report


def test_a_transaction_that_has_written_is_not_copied(project: Project, tables: str) -> None:
    project.revision(BEFORE)
    project.revision(PARENTS)
    project.use_callers_connection()
    engine = create_engine(sqlalchemy_url(tables), poolclass=NullPool)
    config = project.config()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        connection.execute(text("INSERT INTO parents VALUES ('310')"))
        command.upgrade(config, "head")
        connection.rollback()
        said = " ".join(config.attributes["output"].getvalue().split())
        assert (
            "There is no scratch copy that could tell more. The transaction of this connection has changed the database"
            in said
        )
        command.upgrade(config, "head")
        assert not sa.inspect(connection).has_table("alembic_version")
    assert "1 operation ready" in config.attributes["output"].getvalue()


def test_through_a_pool_of_transactions_nothing_is_copied(
    project: Project, server: Server, pgbouncer_program: Path
) -> None:
    """pg_dump would leave an empty search_path to whoever gets its session next."""
    project.revision(BEFORE)
    project.revision(PARENTS)
    with running_pgbouncer(server, pgbouncer_program, default_pool_size=1, query_wait_timeout=5) as pooler:
        project.url = f"{project.url.partition('?')[0]}?host={pooler.folder}&port={pooler.port}"
        report, status = project.dry_run()
        with psycopg.connect(project.url) as connection:
            assert connection.execute("SHOW search_path").fetchone() == ('"$user", public',)
    assert status == 0
    assert "pg_dump changes settings of its session that a pool of transactions would hand" in " ".join(report.split())
    assert "1 operation not judged." in report


ASYNC_ENV = """
import asyncio
import os

from alembic import context
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import create_async_engine

import uuidkit.alembic

found = []

async def main():
    for name in os.environ["NAMES"].split():
        engine = create_async_engine(os.environ["SQLALCHEMY_URL"] + name, poolclass=NullPool)
        async with engine.connect() as connection:
            found.append(await connection.run_sync(lambda c: uuidkit.alembic.dry_run(
                context.config, context.script, c, {"upgrade_token": name + "_upgrades"}, {"engine_name": name})))

asyncio.run(main())
raise SystemExit(max(found))
"""


@pytest.fixture
def asynchronous(project: Project, tables: str) -> tuple[list[str], dict[str, str]]:
    """An environment with an event loop, that goes from database to database: the command, and its variables."""
    (project.folder / "env.py").write_text(ASYNC_ENV)
    (project.folder / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s\npath_separator = newline\n")
    address, _, name = sqlalchemy_url(tables).partition("?")[0].rpartition("/")
    query = tables.partition("?")[2]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SQLALCHEMY_URL": f"{address}/?{query}&dbname=",
        "NAMES": name,
    }
    ini = str(project.folder / "alembic.ini")
    return [sys.executable, "-m", "alembic", "-c", ini, "-x", "dry-run", "upgrade", "head"], environment


def test_asynchronous_and_several_databases(
    project: Project, asynchronous: tuple[list[str], dict[str, str]], server: Server
) -> None:
    command, environment = asynchronous
    second = server.create_database()
    try:
        name = second.partition("?")[0].rpartition("/")[2]
        environment["NAMES"] += f" {name}"
        (project.folder / "versions" / "one.py").write_text(
            "from alembic import op\nrevision, down_revision = 'one', None\n"
            "def upgrade(engine_name):\n"
            f"    if engine_name == {name!r}:\n"
            "        op.execute('CREATE TABLE found AS SELECT md5(n::text) AS id FROM generate_series(1, 9) n')\n"
            "        op.convert_to_uuid('found', 'id')\n"
            "    else:\n"
            f"        {BEFORE}\n        {PARENTS}\n"
        )
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert "2 columns of 2 tables become uuid, 200 rows" in done.stdout
        assert "1 column of 1 table becomes uuid, 9 rows" in done.stdout
        assert done.stdout.count("Dry run of 1 revision: 1 operation ready. Nothing was changed.") == 2
    finally:
        server.drop_database(second)


def test_an_interrupted_dry_run_leaves_nothing(
    project: Project, asynchronous: tuple[list[str], dict[str, str]], tables: str
) -> None:
    command, environment = asynchronous
    (project.folder / "versions" / "one.py").write_text(
        "from alembic import op\nrevision, down_revision = 'one', None\n"
        "def upgrade(engine_name):\n    op.execute('SELECT pg_sleep(60)')\n    op.convert_to_uuid('parents', 'id')\n"
    )
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        end = time.monotonic() + 60
        with psycopg.connect(tables, autocommit=True) as connection:
            while not connection.execute(
                "SELECT FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND datname LIKE 'uuidkit\\_rehears%'"
            ).fetchall():
                assert running.poll() is None
                assert time.monotonic() < end
                time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        printed, _ = running.communicate(timeout=30)
    assert running.returncode != 0
    assert "ready" not in printed
