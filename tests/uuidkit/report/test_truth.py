"""The report's word: what it calls ready converts; what it blocks fails or loses something when nobody stops it.

The checks are switched off by planning with the blockers taken out of every graph. What is lost is looked for with
other means than the toolkit's own judgement: dumps, rows of views, and what expressions say of the rows.
"""

from __future__ import annotations

import collections
import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql

import uuidkit
from tests.support import Server, apply
from tests.support.cases import Case, all_cases, check
from tests.support.clients import pg_dump
from tests.support.servers import release
from tests.uuidkit.random_schemas.generator import make
from uuidkit.cli.main import uuidkit as program
from uuidkit.errors import UuidkitError
from uuidkit.planning import build
from uuidkit.planning.model import GraphPlan

CHUNKS = 4
RANDOM = range(9000, 9004)

# Refusals that the user has asked for: nothing is lost without them.
WISHES = {"ORPHAN"}
# Nobody can know: a body of text, a volatile function. They are refused because they may be wrong.
NOT_KNOWN = "unknown"


def blocked_cases(server: Server) -> list[Case]:
    return [case for case in all_cases() if case.blocked and case.fits(release(server.label))]


def facts(connection: psycopg.Connection) -> dict[str, Any]:
    """What views say, and of how many rows each expression in the catalog holds, by the server's own answers."""
    found: dict[str, Any] = {}
    views = connection.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind = 'v' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'uuidkit') ORDER BY 1, 2"
    ).fetchall()
    for view in views:
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(*view))
        found[f"rows of {view}"] = _answer(connection, query)
    expressions = connection.execute(
        """SELECT 'check ' || conname, n.nspname, c.relname, pg_get_expr(conbin, conrelid)
             FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE contype = 'c' AND n.nspname NOT IN ('information_schema', 'uuidkit')
           UNION ALL
           SELECT 'index ' || i.indexrelid::regclass::text, n.nspname, c.relname, pg_get_expr(i.indpred, i.indrelid)
             FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE i.indpred IS NOT NULL
           UNION ALL
           SELECT 'policy ' || p.polname, n.nspname, c.relname, pg_get_expr(coalesce(polqual, polwithcheck), polrelid)
             FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            ORDER BY 1"""
    ).fetchall()
    for name, schema, table, expression in expressions:
        query = sql.SQL("SELECT count(*) FILTER (WHERE {}), count(*) FROM {} AS {}").format(
            sql.SQL(expression), sql.Identifier(schema, table), sql.Identifier(table)
        )
        found[name] = _answer(connection, query)
    columns = connection.execute(
        """SELECT 'default of ' || a.attrelid::regclass || '.' || a.attname
             FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
             JOIN pg_type t ON t.oid = a.atttypid
            WHERE (a.atthasdef OR t.typdefault IS NOT NULL) AND c.relkind IN ('r', 'p')
              AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'uuidkit')"""
    ).fetchall()
    return {**found, **{str(name): "there" for (name,) in columns}}


def _answer(connection: psycopg.Connection, query: sql.Composable) -> Any:
    try:
        with connection.transaction():
            return connection.execute(query).fetchone()
    except psycopg.Error as error:
        return error.sqlstate


def run(url: str, *arguments: str) -> tuple[int, str]:
    result = CliRunner(env={"DATABASE_URL": url}).invoke(program, arguments, prog_name="uuidkit")
    if result.exception is not None and not isinstance(result.exception, SystemExit | UuidkitError | psycopg.Error):
        return 1, repr(result.exception)
    return result.exit_code, result.stdout + result.stderr


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> Callable[[], contextlib.AbstractContextManager[None]]:
    """Within it plans have no blockers."""
    original = build._graph

    def without(*arguments: Any) -> GraphPlan:
        return replace(original(*arguments), blockers=())

    @contextlib.contextmanager
    def switched_off() -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(build, "_graph", without)
            yield

    return switched_off


def outcome(server: Server, case: Case, unchecked: Any) -> tuple[str, str]:
    """What becomes of a blocked case when nobody stops it: fails, loses, wished, unknown or nothing."""
    roles = {name for (name,) in _rows(server.url, "SELECT rolname FROM pg_roles")}
    owner = None if case.superuser else server.create_role()
    admin = server.create_database(owner=owner)
    name = admin.partition("?")[0].rpartition("/")[2]
    url = admin if owner is None else server.url_of(name, owner)
    try:
        apply(url, case.folder / "before.sql")
        for command in case.commands:
            role_url = url if command.role is None else server.url_of(name, command.role)
            if command.status != 3:
                run(role_url, *command.args)
                continue
            if command.args[0] != "convert":
                return "nothing", "not a conversion"
            _, said = run(role_url, *command.instead("report"), "--format", "json")
            report = json.loads(said[said.index("{") : said.rindex("}") + 1])
            with psycopg.connect(admin, autocommit=True) as connection:
                before, dump = facts(connection), pg_dump(admin)
                with unchecked():
                    status, said = run(role_url, *command.args, *([] if "--yes" in command.args else ["--yes"]))
                if status:
                    return "fails", said.strip().splitlines()[-1]
                lost = _lost(connection, admin, url, case, before, dump)
            if lost:
                return "loses", lost
            codes = {blocker["code"] for blocker in report["blockers"]}
            if codes <= WISHES:
                return "wished", ", ".join(codes)
            judged = {item["meaning"] for item in report["dependents"]}
            return ("unknown" if NOT_KNOWN in judged else "nothing"), "; ".join(
                f"{blocker['code']} {blocker['object']}" for blocker in report["blockers"]
            )
        return "nothing", "no command was refused"
    finally:
        server.drop_database(name)
        for role in {name for (name,) in _rows(server.url, "SELECT rolname FROM pg_roles")} - roles:
            server.drop_role(role)


def _lost(connection: psycopg.Connection, admin: str, url: str, case: Case, before: dict[str, Any], dump: str) -> str:
    """What an unchecked conversion has lost; empty when nothing."""
    after = facts(connection)
    for name, said in before.items():
        if after.get(name) != said:
            return f"{name}: {said}, then {after.get(name)}"
    path = case.file("always.sql")
    if path is not None:
        try:
            check(url, path, "without its check")
        except AssertionError as error:
            return str(error).splitlines()[-1]
    status, said = run(url, "verify")
    if status:
        return f"verify: {said.strip().splitlines()[0]}"
    status, said = run(url, "revert", "--all", "--yes")
    if status:
        return f"no way back: {said.strip().splitlines()[-1]}"
    return "" if pg_dump(admin) == dump else "the way back leads elsewhere"


def _rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_what_is_blocked_fails_or_loses_something_without_the_check(
    server: Server, chunk: int, unchecked: Any, record_property: Callable[[str, object], None]
) -> None:
    cases = blocked_cases(server)[chunk::CHUNKS]
    found = {str(case): outcome(server, case, unchecked) for case in cases}
    kinds = collections.Counter(f"blocked, and without the check: {kind}" for kind, _ in found.values())
    record_property("counted", {"blocked plans": len(found), **kinds})
    assert {name: why for name, (kind, why) in found.items() if kind == "nothing"} == {}


def test_what_is_ready_converts(server: Server, record_property: Callable[[str, object], None]) -> None:
    url = server.create_database()
    ready = blocked = 0
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            for seed in RANDOM:
                database = make(seed)
                for statement in database.statements:
                    connection.execute(statement.encode())
                for target in database.targets:
                    plan = uuidkit.plan(connection, [target], on_unparseable="derive")
                    if plan.status == "blocked":
                        blocked += 1
                        continue
                    uuidkit.convert(connection, [target], on_unparseable="derive")
                    assert uuidkit.verify(connection, [target]).ok, (seed, target)
                    ready += 1
    finally:
        server.drop_database(url.partition("?")[0].rpartition("/")[2])
    record_property("counted", {"ready plans, all of them converted": ready, "blocked plans left out": blocked})
    assert ready >= 6


def test_the_corpus_is_large_enough(server: Server) -> None:
    """The other cases are ready, and `tests/test_cases.py` converts every one of them."""
    cases = [case for case in all_cases() if case.fits(release(server.label))]
    assert len(cases) >= 60
    assert len(blocked_cases(server)) >= 30
