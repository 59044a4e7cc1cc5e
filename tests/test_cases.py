"""Every case folder of `tests/cases`, on every chosen server: what is refused changes nothing, what is done is undone.

What a folder holds is described in `tests/support/cases.py`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql

from tests.support import Server, apply, psql
from tests.support.cases import Case, Command, all_cases, check, statements
from tests.support.database_state import (
    State,
    converted_columns,
    definitions,
    difference,
    next_transaction,
    state,
    unexpected_changes,
    wrong_values,
)
from tests.support.servers import Pool, parse_choice, release
from uuidkit.cli.main import uuidkit


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each case and each server that can run it."""
    if "case" in metafunc.fixturenames:
        labels = parse_choice(metafunc.config.getoption("servers"))
        pairs = [(label, case) for case in all_cases() for label in labels if case.fits(release(label))]
        metafunc.parametrize(("label", "case"), pairs, ids=[f"{case}-pg{label}" for label, case in pairs])


@dataclass(frozen=True)
class Run:
    """How a command ended: its exit status and what it wrote."""

    status: int
    stdout: str
    stderr: str

    @property
    def words(self) -> str:
        """All that was written, in one line."""
        return " ".join(f"{self.stdout} {self.stderr}".split())


@dataclass(frozen=True)
class Scene:
    """A case's database.

    Attributes:
        name: the database's name.
        admin: the superuser's URL.
        owner: the URL for its owner.
        connection: the superuser's.
    """

    case: Case
    server: Server
    name: str
    admin: str
    owner: str
    connection: psycopg.Connection

    def run(self, args: tuple[str, ...], role: str | None = None, *, status: int = 0, process: bool = False) -> Run:
        """Run a command of the program, in a process of its own or in this one; its exit status is checked."""
        url = self.url(role)
        run = (_process if process else _in_process)(url, args)
        assert run.status == status, (
            f"{self.case}: {args} ended with {run.status}, not {status}\n{run.stdout}{run.stderr}"
        )
        assert "Traceback" not in run.stderr
        return run

    def url(self, role: str | None = None) -> str:
        """The URL for a role; for the owner without one."""
        return self.owner if role is None else self.server.url_of(self.name, role)

    def json(self, args: tuple[str, ...], role: str | None = None, *, status: int = 0) -> dict[str, Any]:
        """Run a command for its JSON."""
        found: dict[str, Any] = json.loads(self.run((*args, "--format", "json"), role, status=status).stdout)
        return found

    def check(self, file: str, when: str) -> None:
        """Run a file of checks, if the case has it."""
        path = self.case.file(file)
        if path is not None:
            check(self.owner, path, when)

    def state(self) -> State:
        """The database as it is."""
        return state(self.connection, self.admin)


def _in_process(url: str, args: tuple[str, ...]) -> Run:
    result = CliRunner(env={"DATABASE_URL": url}).invoke(uuidkit, args, prog_name="uuidkit")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Run(result.exit_code, result.stdout, result.stderr)


def _process(url: str, args: tuple[str, ...]) -> Run:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "uuidkit.cli", *args],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    return Run(done.returncode, done.stdout, done.stderr)


@contextmanager
def _scene(server: Server, case: Case) -> Iterator[Scene]:
    """The case's database, made by its `before.sql`; the roles that it makes go with it."""
    roles = _roles(server) if case.superuser else set()
    owner = None if case.superuser else server.create_role()
    admin = server.create_database(owner=owner)
    name = admin.partition("?")[0].rpartition("/")[2]
    if case.encoding is not None:
        server.drop_database(name)
        again = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING {} LOCALE 'C' OWNER {}")
        server.run(again.format(sql.Identifier(name), sql.Literal(case.encoding), sql.Identifier(owner or "postgres")))
    url = admin if owner is None else server.url_of(name, owner)
    try:
        apply(url, case.folder / "before.sql")
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute("SET search_path = pg_catalog")
            connection.execute("SET quote_all_identifiers = off")
            yield Scene(case, server, name, admin, url, connection)
    finally:
        server.drop_database(name)
        for role in _roles(server) - roles if owner is None else {owner}:
            server.drop_role(role)


def _roles(server: Server) -> set[str]:
    with psycopg.connect(server.url) as connection:
        return {str(name) for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}


def test_case(servers: Pool, label: str, case: Case, record_property: Callable[[str, object], None]) -> None:
    """One case on one server."""
    with _scene(servers.get(label), case) as scene:
        if case.blocked:
            _refused(scene)
        else:
            _converted(scene)
            record_property("counted", {"ready plans, all of them converted": 1})


def _refused(scene: Scene) -> None:
    """Every reason is named at once, and nothing is changed."""
    named: list[str] = []
    for command in scene.case.commands:
        if command.status != 3:
            scene.run(command.args, command.role, status=command.status)
            continue
        named += _refusal(scene, command)
    missing = [line for line in scene.case.expect if not any(re.search(line, reason) for reason in named)]
    surplus = [reason for reason in named if not any(re.search(line, reason) for line in scene.case.expect)]
    assert (missing, surplus) == ([], []), "\n".join(["not named:", *missing, "not expected:", *surplus])


def _refusal(scene: Scene, command: Command) -> list[str]:
    """Every reason that one command gives; nothing is changed."""
    before, number = scene.state(), next_transaction(scene.connection)
    found = scene.json(command.instead("report"), command.role, status=3)
    assert found["status"] == "blocked"
    assert found["statements"] == [] or len(found["graphs"]) > 1
    said = "".join(scene.run(command.args, command.role, status=3).words.split())
    if next_transaction(scene.connection) != number:
        assert difference(before.dump, scene.state().dump) == "", "something was written"
    named = []
    for blocker in found["blockers"]:
        head = f"{blocker['code']}: {blocker['object']}"
        assert "".join(head.split()) in said, f"convert does not say {head}"
        assert blocker["message"], head
        assert blocker["remedy"], head
        named.append(f"{blocker['code']} {blocker['object']}: {blocker['message']} {blocker['remedy']}")
    kept = {d["name"] for d in found["dependents"] if d["action"] == "keep"}
    refused = {d["name"] for d in found["dependents"] if d["action"] == "refuse"}
    final = {b["object"] for b in found["blockers"] if b["code"] in ("DEPENDENT", "PERMISSION")}
    assert refused <= {blocker["object"] for blocker in found["blockers"]}, "refused without a reason"
    assert final & {d["name"] for d in found["dependents"]} <= refused | kept, "what cannot come back is said to"
    return named


def _converted(scene: Scene) -> None:
    """The conversion, its proof and its way back, twice where rows are written in between."""
    case, before = scene.case, scene.state()
    scene.check("always.sql", "before the conversion")
    said: list[str] = []
    number = next_transaction(scene.connection)
    for command in case.commands[:1]:
        if command.converts:
            report = scene.json(command.instead("report"), command.role)
            assert report["status"] == "ready"
            said += report["notes"]
            if case.expect:
                said.append(scene.run(command.instead("report"), command.role).words)
    # Tables for the time of a report, on which meanings are tried, take transactions' numbers.
    if next_transaction(scene.connection) != number:
        assert difference(before.dump, scene.state().dump) == "", "the report wrote something"
    for command in case.commands:
        if command.status == 3:
            said += _refusal(scene, command)
            continue
        run = scene.run(command.args, command.role, status=command.status, process=case.process)
        said.append(run.words)
    missing = [line for line in case.expect if not any(re.search(line, text) for text in said)]
    assert not missing, "\n".join(["not said:", *missing, "but:", *said])
    after = scene.state()
    if any(command.args[0] == "finalize" for command in case.commands):
        _final(scene, before, after)
        return
    _as_intended(scene, before, after)
    scene.check("after.sql", "after the conversion")
    scene.check("always.sql", "after the conversion")
    _proved_and_done(scene)
    scene.run(("revert", "--all"), case.revert.role)
    _as_before(scene, before, scene.state())
    scene.check("always.sql", "after the way back")
    if case.file("new_rows.sql"):
        _again_by_script(scene, before, after)


def _as_intended(scene: Scene, before: State, after: State) -> None:
    converting = scene.case.conversions
    suffix = converting[0].option("--backup-suffix", "_original")
    surprises = unexpected_changes(
        scene.connection, before, after, suffix, new_keys=any("--declare-references" in c.args for c in converting)
    )
    surprises = [found for found in surprises if not any(re.search(part, found) for part in scene.case.differs)]
    columns = converted_columns(before, after)
    assert columns or any("--declare-references" in c.args for c in converting), "nothing was converted"
    if not scene.case.looked_up:
        mode = converting[0].option("--on-unparseable", "fail")
        in_tables = converting[0].option("--backup", "column") == "table"
        surprises += wrong_values(scene.connection, columns, None if in_tables else suffix, mode)
    assert not surprises, "\n".join(surprises)


def _proved_and_done(scene: Scene) -> None:
    """The proof holds, and a second run, or plan, finds nothing to do."""
    number = next_transaction(scene.connection)
    assert scene.json(("verify",))["ok"] is True
    for command in scene.case.commands:
        if command.converts:
            plan = scene.json(command.instead("report"), command.role)
            assert (plan["status"], plan["statements"]) == ("nothing to do", [])
            assert scene.run(command.args, command.role).stdout.startswith("Nothing to do")
    assert next_transaction(scene.connection) == number, "a second run wrote something"


def _as_before(scene: Scene, before: State, now: State) -> None:
    assert difference(before.dump, now.dump) == ""
    assert now.triggers == before.triggers, "foreign keys act in another order than before"


def _again_by_script(scene: Scene, before: State, after: State) -> None:
    """The same once more, this time through psql, and with rows written on the new schema."""
    case = scene.case
    for command in case.commands:
        if command.converts:
            script = scene.run(command.instead("sql"), command.role).stdout
            done = psql(scene.url(command.role), script)
            assert done.returncode == 0, done.stderr
    surprise = difference(definitions(after), definitions(scene.state()))
    assert surprise == "", f"the script does otherwise than convert:\n{surprise}"
    new_rows = case.folder / "new_rows.sql"
    apply(scene.owner, new_rows)
    if "UPDATE" not in new_rows.read_text(encoding="utf-8"):  # an id that was changed has no text to prove it by
        assert scene.json(("verify",))["ok"] is True
    written = scene.state() if case.revert.status else None
    said = scene.run(case.revert.args, case.revert.role, status=case.revert.status).words
    missing = [line for line in case.says if not re.search(line, said)]
    assert not missing, f"not said: {missing}\nbut: {said}"
    now = scene.state()
    if written is not None:
        assert difference(written.dump, now.dump) == ""
    elif not re.search("CREATE|ALTER|DROP", new_rows.read_text(encoding="utf-8")):
        assert difference(definitions(before), definitions(now)) == ""
        assert now.triggers == before.triggers, "foreign keys act in another order than before"
    scene.check("reverted.sql", "after the way back with new rows")


def _final(scene: Scene, before: State, after: State) -> None:
    """Neither ledger nor backups are left, and there is no way back."""
    assert converted_columns(before, after)
    assert "_original" not in after.dump
    assert "Schema: uuidkit" not in after.dump
    assert unexpected_changes(scene.connection, before, after, "_original", new_keys=False) == []
    scene.check("after.sql", "after finalize")
    scene.check("always.sql", "after finalize")
    target = next(command for command in scene.case.commands if command.converts).args[1]
    refused = scene.run(("revert", target), status=1)
    assert "knows no conversion" in refused.words


def test_command_lines_are_read() -> None:
    """The words of a `command` file, among them quoting as a shell does it."""
    command = Command(("convert", '"Order"."batchId"', "--on-unparseable", "derive", "--yes"))
    assert command.converts
    assert command.instead("report") == ("report", '"Order"."batchId"', "--on-unparseable", "derive")
    assert command.option("--on-unparseable", "fail") == "derive"


def test_checks_are_cut_at_their_semicolons() -> None:
    """Quoted semicolons end no statement; a comment tells the error to expect."""
    text = "SELECT ';' = \";\";\n-- refused 23001 23503\nDO $x$ BEGIN NULL; END $x$;\n-- the end\n"
    assert list(statements(text)) == [
        ("SELECT ';' = \";\"", ()),
        ("-- refused 23001 23503\nDO $x$ BEGIN NULL; END $x$", ("23001", "23503")),
    ]


SURPRISES = [
    "ALTER TABLE batches ALTER batch_id DROP NOT NULL",
    "ALTER TABLE jobs ALTER CONSTRAINT jobs_batch_id_fkey DEFERRABLE",
    "DROP INDEX ix_note",
    "ALTER INDEX ix_jobs RENAME TO ix_other",
    "COMMENT ON COLUMN batches.batch_id IS 'another'",
    "GRANT SELECT (batch_id) ON batches TO PUBLIC",
    "ALTER TABLE batches ALTER batch_id SET STATISTICS 7",
    "ALTER TABLE batches ADD COLUMN stray integer",
    "ALTER TABLE batches ALTER note SET DEFAULT 'x'",
    "CREATE TABLE stray (n integer)",
    "ALTER TABLE jobs DROP COLUMN batch_id, ADD COLUMN batch_id uuid",
]


@pytest.mark.parametrize("surprise", SURPRISES)
def test_whatever_a_conversion_should_not_do_is_noticed(database: str, surprise: str) -> None:
    """A conversion done by hand is as intended, until something more is changed."""
    with psycopg.connect(database, autocommit=True) as connection:
        for statement in (
            "CREATE TABLE batches (batch_id varchar NOT NULL UNIQUE, note text)",
            "CREATE TABLE jobs (batch_id varchar REFERENCES batches (batch_id), n integer)",
            "CREATE INDEX ix_jobs ON jobs (batch_id)",
            "CREATE INDEX ix_note ON batches (note)",
            "INSERT INTO batches VALUES ('687d53c4-1111-4222-8333-944455556601'), ('310')",
        ):
            connection.execute(statement)
        before = state(connection, database)
        connection.execute("ALTER TABLE jobs DROP CONSTRAINT jobs_batch_id_fkey")
        for table in ("batches", "jobs"):
            connection.execute(f"ALTER TABLE {table} ADD COLUMN batch_id_original varchar")
            connection.execute(f"UPDATE {table} SET batch_id_original = batch_id")
        connection.execute(
            "UPDATE batches SET batch_id = '687d53c4-1111-4222-8333-944455556602' WHERE batch_id = '310'"
        )
        for table in ("batches", "jobs"):
            connection.execute(f"ALTER TABLE {table} ALTER batch_id TYPE uuid USING batch_id::uuid")
        connection.execute("ALTER TABLE jobs ADD FOREIGN KEY (batch_id) REFERENCES batches (batch_id)")
        after = state(connection, database)
        columns = converted_columns(before, after)
        assert sorted(columns) == [("public", "batches", "batch_id"), ("public", "jobs", "batch_id")]
        [moved] = unexpected_changes(connection, before, after, "_original", new_keys=False)
        assert moved.startswith("foreign keys act in another order")  # made anew, under other names
        [wrong] = wrong_values(connection, columns, "_original", "derive")
        assert wrong.startswith("public.batches.batch_id: '310' became ")
        connection.execute(surprise)
        assert len(unexpected_changes(connection, before, state(connection, database), "_original", new_keys=False)) > 1
