"""Through a real PgBouncer that pools transactions: everything works, also with one connection, and when it dies."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

import uuidkit
from tests.support import Server, checksums, pg_dump
from tests.support.pgbouncer import PgBouncer, running_pgbouncer
from tests.uuidkit.alembic.project import Project
from tests.uuidkit.alembic.test_autogenerate import models
from uuidkit.alembic import include_object, process_revision_directives
from uuidkit.cli.main import uuidkit as uuidkit_command
from uuidkit.database import connect
from uuidkit.database.pooler import from_url
from uuidkit.errors import UuidkitError
from uuidkit.execute import Event

ONE_CONNECTION = {"default_pool_size": 1, "max_db_connections": 1, "query_wait_timeout": 5, "reserve_pool_size": 0}


def through(pooler: PgBouncer, url: str) -> str:
    database = url.partition("?")[0]
    return f"{database}?host={pooler.folder}&port={pooler.port}"


@pytest.fixture
def narrow(server: Server, pgbouncer_program: Path) -> Iterator[PgBouncer]:
    """A pool of one connection, at the port of Supabase's pooler."""
    with running_pgbouncer(server, pgbouncer_program, 6543, **ONE_CONNECTION) as found:
        yield found


# Every client meets what others have prepared on the one connection, and has prepared nothing there itself.
@pytest.mark.parametrize("engine", [{}, {"connect_args": {"prepare_threshold": None}}], ids=["prepares", "never"])
def test_alembic_through_a_pool_of_one_connection(
    tables: str,
    narrow: PgBouncer,
    engine: dict[str, object],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = pg_dump(tables, "--exclude-table=alembic_version")
    url = through(narrow, tables)
    found = from_url(url)
    assert found is not None
    assert found.why == "the port is 6543"
    project = Project(
        tmp_path / "migrations",
        url,
        target_metadata=models("parents.id", "children.parent"),
        include_object=include_object,
        process_revision_directives=process_revision_directives,
    )
    project.engine = engine
    first = project.revision("pass")
    project.upgrade()
    project.autogenerate()
    assert project.dry_run()[1] == 0
    with caplog.at_level(logging.INFO, logger="alembic"):
        project.upgrade()
    assert "a pooler stands before the server" in caplog.text
    assert "No new upgrade operations detected" in project.check()
    assert project.dry_run("base", down=True)[1] == 0
    monkeypatch.setenv("DATABASE_URL", url)
    assert "Planned from the tables and values" in project.script(f"{project.last}:base")
    project.downgrade(first)
    assert pg_dump(tables, "--exclude-table=alembic_version") == before


def test_the_command_through_a_pool_of_one_connection(tables: str, narrow: PgBouncer) -> None:
    before = (pg_dump(tables), checksums(tables))
    url = through(narrow, tables)
    with psycopg.connect(url, prepare_threshold=0) as other:  # an application that prepares everything
        other.execute("SELECT count(*) FROM parents")
    lines = ["scan", "report parents.id", "sql parents.id", "convert parents.id --yes", "verify", "revert --all --yes"]
    for line in lines:
        done = CliRunner().invoke(uuidkit_command, ["-d", url, *line.split()], catch_exceptions=False)
        if done.exit_code == 2:  # the option belongs to the command
            done = CliRunner().invoke(uuidkit_command, [*line.split(), "-d", url], catch_exceptions=False)
        assert done.exit_code == 0, done.output
    assert (pg_dump(tables), checksums(tables)) == before


def test_the_host_of_supabase(tables: str, server: Server, pgbouncer_program: Path, tmp_path: Path) -> None:
    """By its name the pooler is known; where the name leads to is another matter."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    before = pg_dump(tables, "--exclude-table=alembic_version")
    with running_pgbouncer(server, pgbouncer_program, port, listen_addr="127.0.0.1", **ONE_CONNECTION) as pooler:
        database = tables.partition("?")[0].rpartition("/")[2]
        host = "aws-0-eu-west-1.pooler.supabase.com"
        url = f"postgresql://postgres@{host}:{pooler.port}/{database}?hostaddr=127.0.0.1"
        found = from_url(url)
        assert found is not None
        assert found.name == "Supavisor"
        project = Project(tmp_path / "migrations", url)
        project.revision("op.convert_to_uuid('parents', 'id')", "op.revert_from_uuid('parents', 'id')")
        project.upgrade()
        with connect(url) as connection:
            assert uuidkit.verify(connection).ok
        project.downgrade("base")
    assert pg_dump(tables, "--exclude-table=alembic_version") == before


def test_a_pooler_killed_in_the_middle(tables: str, server: Server, pgbouncer_program: Path) -> None:
    before = (pg_dump(tables), checksums(tables))
    with connect(tables) as direct:
        plan = uuidkit.plan(direct, ["parents.id"])
        inside = len([statement for statement in plan.statements if statement.phase not in ("lock", "after")]) + 1
    for deadly in sorted({2, inside // 3, inside // 2, inside - 1, inside}):
        with running_pgbouncer(server, pgbouncer_program) as pooler, connect(through(pooler, tables)) as connection:
            seen = 0

            def progress(event: Event, deadly: int = deadly, pooler: PgBouncer = pooler) -> None:
                nonlocal seen
                seen += event.kind == "statement"
                if event.kind == "statement" and seen == deadly:
                    pooler.process.kill()
                    pooler.process.wait()

            with pytest.raises(UuidkitError, match="connection to the server was lost"):
                uuidkit.convert(connection, ["parents.id"], progress=progress)
        wait_until_alone(tables)
        assert (pg_dump(tables), checksums(tables)) == before, f"killed at statement {deadly} of {inside}"
    with running_pgbouncer(server, pgbouncer_program) as pooler, connect(through(pooler, tables)) as connection:
        uuidkit.convert(connection, ["parents.id"])
        assert uuidkit.verify(connection).ok


def wait_until_alone(url: str) -> None:
    """The server notices a dead client when it next reads or writes."""
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(300):
            [(others,)] = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND backend_type = 'client backend'"
            ).fetchall()
            if not others:
                return
            connection.execute("SELECT pg_sleep(0.02)")
    raise AssertionError("the session behind the killed pooler is still there")
