"""What the program says to wrong options, addresses and rights, and with which exit status."""

from __future__ import annotations

import os
from pathlib import Path

import click
import psycopg
import pytest

from tests.support.servers import Server
from tests.uuidkit.cli.conftest import Run, program
from uuidkit.cli.main import uuidkit
from uuidkit.cli.options import Seconds
from uuidkit.database.embedded import destroy

COMMANDS = ["inspect", "scan", "report", "sql", "convert", "verify", "revert", "lookup", "finalize", "psql", "demo"]
UNREACHABLE = "postgresql://somebody:hunter2@127.0.0.1:1/none"


def test_help_lists_every_command_in_the_order_of_the_work(run: Run) -> None:
    result = run(None, "--help")
    assert result.exit_code == 0
    assert list(uuidkit.commands) == COMMANDS
    listed = result.stdout.partition("Commands:")[2]
    assert [line.split()[0] for line in listed.strip().split("\n")] == COMMANDS
    assert "..." not in listed


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_explained_with_an_example(run: Run, name: str) -> None:
    result = run(None, name, "--help")
    assert result.exit_code == 0
    assert f"Example: uuidkit {name}" in result.stdout
    command = uuidkit.commands[name]
    assert command.help
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    assert [option.name for option in options if not option.help] == []
    assert all(len(line) <= 80 for line in result.stdout.split("\n"))


@pytest.mark.parametrize(
    "args",
    [
        ["convert"],
        ["report"],
        ["sql"],
        ["revert"],
        ["finalize", "--yes"],
        ["lookup"],
        ["revert", "jobs.batch_id", "--all"],
        ["convert", "jobs.batch_id", "--schema", "public"],
        ["convert", "jobs.batch_id", "--backup-suffix", ""],
        ["convert", "jobs.batch_id", "--on-unparseable", "guess"],
        ["convert", "jobs.batch_id", "--on-orphan", "drop"],
        ["convert", "jobs.batch_id", "--references", "all"],
        ["convert", "jobs.batch_id", "--lock-timeout", "soon"],
        ["convert", "jobs.batch_id", "--lock-timeout", "0"],
        ["convert", "jobs.batch_id", "--lock-timeout", "-1"],
        ["convert", "jobs.batch_id", "--lock-timeout", "nan"],
        ["convert", "jobs.batch_id", "--lock-attempts", "0"],
        ["report", "jobs.batch_id", "--format", "yaml"],
        ["report", "jobs.batch_id", "-o", "no/such/folder/report.txt"],
        ["report", "jobs.batch_id", "-o", "."],
        ["report", "jobs.batch_id", "--no-statements"],
        ["sql", "jobs.batch_id", "--format", "json"],
        ["scan", "--unknown"],
        ["unknown"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_before_any_connection(run: Run, args: list[str]) -> None:
    result = run(UNREACHABLE, *args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Error: " in result.stderr
    assert "Cannot connect" not in result.stderr


def test_finalize_without_a_terminal_needs_yes(run: Run) -> None:
    result = run(UNREACHABLE, "finalize", "jobs.batch_id")
    assert result.exit_code == 2
    assert "--yes" in result.stderr


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2s", 2.0), ("500ms", 0.5), ("1.5", 1.5), (".5s", 0.5), ("1 s", 1.0), ("1min", 60.0), ("1ms", 0.001)],
)
def test_time_spans(text: str, seconds: float) -> None:
    assert Seconds().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "s", "-1s", "0", "0.4ms", "1h", "1e3", "inf", "٣s", "99999999s"])
def test_texts_that_are_no_time_span(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Seconds().convert(text, None, None)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://somebody:hunter2@localhost/db",
        "sqlite:///file.db",
        "somebody:hunter2@localhost",
        "postgresql://somebody:hunter2@localhost:port/db",
        "postgresql://somebody:hunter2@localhost/db?unknown=1",
        "postgresql://somebody:hunter%2@localhost/db",
    ],
)
def test_an_address_of_no_postgresql_is_wrong_usage_and_shows_no_password(run: Run, url: str) -> None:
    for result in (run(url, "inspect"), run(None, "inspect", "-d", url), run(None, "-d", url, "inspect")):
        assert result.exit_code == 2
        assert result.stdout == ""
        assert "Error: The database URL" in result.stderr
        assert "hunter" not in result.stderr


def test_an_unreachable_server_ends_with_1_and_shows_no_password() -> None:
    done = program(UNREACHABLE, "inspect")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Cannot connect to postgresql://somebody:***@127.0.0.1:1/none" in done.stderr
    assert "hunter2" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_password_an_unknown_database_and_an_unknown_user(run: Run, server: Server) -> None:
    role = server.create_role(password="right")
    try:
        for url in (server.url_of("postgres", role, "wrong"), server.url_of("none"), server.url_of("postgres", "none")):
            result = run(url, "inspect")
            assert result.exit_code == 1
            assert "Cannot connect" in result.stderr
            assert "wrong@" not in result.stderr
    finally:
        server.drop_role(role)


def test_the_option_goes_before_the_environment(run: Run, legacy: str) -> None:
    for args in (["inspect", "jobs", "-d", legacy], ["-d", legacy, "inspect", "jobs"]):
        assert run(UNREACHABLE, *args).exit_code == 0


def test_an_sqlalchemy_url_serves_too(run: Run, legacy: str) -> None:
    for scheme in ("postgres", "postgresql+psycopg"):
        assert run(legacy.replace("postgresql", scheme, 1), "inspect", "jobs").exit_code == 0


def test_a_result_can_be_written_to_a_file(run: Run, legacy: str, tmp_path: Path) -> None:
    path = tmp_path / "tables.txt"
    result = run(legacy, "inspect", "jobs", "-o", str(path))
    assert result.exit_code == 0
    assert result.stdout == ""
    assert str(path) in result.stderr
    assert path.read_text(encoding="utf-8") == run(legacy, "inspect", "jobs", "-o", "-").stdout


def test_a_terminal_without_unicode_gets_escapes(legacy: str) -> None:
    done = program(legacy, "inspect", "jobs", PYTHONIOENCODING="latin-1")
    assert done.returncode == 0
    assert r"\u2192 batch_jobs.batch_id" in done.stdout


def test_an_unforeseen_failure_is_told_and_a_traceback_to_be_had(
    run: Run, monkeypatch: pytest.MonkeyPatch, legacy: str
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("out of order")

    monkeypatch.setattr("uuidkit.inspection.inspect", fail)
    result = run(legacy, "inspect")
    assert result.exit_code == 1
    assert "Unexpected failure, ValueError: out of order" in result.stderr
    monkeypatch.setenv("UUIDKIT_TRACEBACK", "1")
    from click.testing import CliRunner

    shown = CliRunner().invoke(uuidkit, ["inspect"])
    assert shown.exit_code == 1
    assert "Traceback (most recent call last)" in shown.stderr


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("SELECT 1 / 0", "PostgreSQL refused: division by zero (SQLSTATE 22012)."),
        ("CREATE TABLE forbidden ()", "The server accepts no writes"),
        ("SELECT pg_terminate_backend(pg_backend_pid())", "run the command again"),
    ],
)
def test_errors_of_the_server_become_sentences(
    run: Run, monkeypatch: pytest.MonkeyPatch, legacy: str, statement: str, said: str
) -> None:
    # Whatever goes wrong on the server while a command reads: here a statement of our own in its place.
    from uuidkit.database.session import Session

    def read(session: Session) -> None:
        session.run(statement)

    monkeypatch.setattr("uuidkit.catalog.read.read_schema", read)
    result = run(legacy, "inspect")
    assert result.exit_code == 1
    assert said in result.stderr


def test_reading_happens_in_a_read_only_transaction(run: Run, monkeypatch: pytest.MonkeyPatch, legacy: str) -> None:
    from uuidkit.catalog import read
    from uuidkit.catalog.model import Schema
    from uuidkit.database.session import Session

    seen = []
    original = read.read_schema

    def watched(session: Session) -> Schema:
        seen.extend(session.rows("SELECT current_setting('transaction_read_only'), pg_current_xact_id_if_assigned()"))
        return original(session)

    monkeypatch.setattr("uuidkit.catalog.read.read_schema", watched)
    assert run(legacy, "inspect").exit_code == 0
    assert seen == [("on", None)]


def test_a_reader_that_leaves_early_ends_the_program_quietly(legacy: str) -> None:
    import subprocess
    import sys

    reading, writing = os.pipe()
    os.close(reading)
    env = {**os.environ, "DATABASE_URL": legacy}
    with os.fdopen(writing, "w") as stdout:
        done = subprocess.run(
            [sys.executable, "-m", "uuidkit.cli", "inspect"], env=env, stdout=stdout, stderr=subprocess.PIPE, text=True
        )
    assert "Traceback" not in done.stderr


def test_without_an_address_the_embedded_server_is_used_and_named(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (tmp_path / "made.sql").write_text("CREATE TABLE made (id text PRIMARY KEY);")
    try:
        done = program(None, "inspect", UUIDKIT_EMBEDDED_DIR=str(folder))
        assert folder.is_dir()
        assert done.returncode == 0, done.stderr
        assert done.stdout == "There are no tables.\n"
        assert f"using the embedded PostgreSQL in {folder}, which is new and empty" in done.stderr
        # Whoever has no PostgreSQL fills it as the message says.
        done = program(None, "psql", "-q", "-f", str(tmp_path / "made.sql"), UUIDKIT_EMBEDDED_DIR=str(folder))
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        done = program(None, "inspect", UUIDKIT_EMBEDDED_DIR=str(folder))
        assert "public.made" in done.stdout
        assert f"using the embedded PostgreSQL in {folder}.\n" in done.stderr
    finally:
        destroy(folder)  # the data may lie elsewhere, where the server's account can enter


@pytest.mark.parametrize(("url", "args"), [("", ()), (" ", ()), (None, ("-d", ""))], ids=repr)
def test_an_empty_address_is_not_the_embedded_server(url: str | None, args: tuple[str, ...], tmp_path: Path) -> None:
    """A secret that a pipeline lacks is an empty variable; a report of an empty database would be a green check."""
    done = program(url, "report", "--all", *args, UUIDKIT_EMBEDDED_DIR=str(tmp_path / "data"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "empty" in done.stderr
    assert not (tmp_path / "data").exists()


def test_psql_is_opened_on_the_same_database(server: Server, legacy: str) -> None:
    database = psycopg.conninfo.conninfo_to_dict(legacy)["dbname"]
    role = server.create_role(password="not to be seen")
    url = server.url_of(str(database), role, "not to be seen")
    command_line = "\\! tr '\\0' ' ' </proc/$PPID/cmdline"
    done = program(url, "psql", "-Atc", "SELECT current_database(), current_user", "-c", command_line)
    assert done.returncode == 0, done.stderr
    [first, command] = done.stdout.splitlines()
    assert first == f"{database}|{role}"
    assert "psql" in command
    assert "not to be seen" not in command
    assert program(legacy, "psql", "-c", "SELECT 1/0").returncode == 1
    assert program(legacy, "psql", "-v", "ON_ERROR_STOP=1", "-f", "/nonexistent.sql").returncode != 0


def test_the_connection_is_closed_at_the_end(run: Run, legacy: str) -> None:
    assert run(legacy, "inspect").exit_code == 0
    with psycopg.connect(legacy, autocommit=True) as connection:
        for _ in range(100):  # the server ends a session a moment after its client has gone
            [(others,)] = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
                "AND backend_type = 'client backend'"
            ).fetchall()
            if others == 0:
                break
            connection.execute("SELECT pg_sleep(0.02)")
    assert others == 0
