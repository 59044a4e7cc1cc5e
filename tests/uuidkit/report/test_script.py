from __future__ import annotations

from dataclasses import replace

import pytest

from tests.uuidkit.report import plans
from uuidkit.catalog.names import TableName
from uuidkit.report.script import for_psql, script


def commands(text: str) -> list[str]:
    """The script without its comments and blank lines."""
    return [line for line in text.split("\n") if line and not line.startswith("--")]


def test_everything_but_the_aftermath_is_in_one_transaction_that_stops_at_an_error() -> None:
    plan = plans.ready_plan()
    lines = commands(script(plan))
    assert lines[0] == r"\set ON_ERROR_STOP on"
    begin, commit = lines.index("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"), lines.index("COMMIT;")
    assert sum(line.startswith(("BEGIN ", "COMMIT")) for line in lines) == 2
    inside, after = "\n".join(lines[begin + 1 : commit]), "\n".join(lines[commit + 1 :])
    statements = plan.statements
    assert inside == "\n".join(f"{statement.sql};" for statement in statements[:3])
    assert after == f"{statements[3].sql};"


def test_a_line_break_in_a_name_does_not_leave_the_comment() -> None:
    plan = plans.ready_plan()
    table = TableName("public", 'x\nDROP TABLE "y";')
    statement = replace(plan.graphs[0].statements[1], summary=f"lock {table}")
    graph = replace(plan.graphs[0], columns=(plans.column_plan(table.column("a\rb")),), statements=(statement,))
    lines = script(replace(plan, graphs=(graph,))).split("\n")
    assert not any(line.startswith("DROP") for line in lines)
    assert all("\r" not in line for line in lines)


def test_nothing_to_do_is_a_script_that_does_nothing() -> None:
    assert commands(script(plans.done_plan())) == []


@pytest.mark.parametrize(
    ("statement", "written"),
    [
        ('SELECT tags[1:"N"], tags[lo:hi], a::text', 'SELECT tags[1: "N"], tags[lo: hi], a::text'),
        ("SELECT ':x', \":x\", $$ :x $$, $a$ :x $$ :y $a$", "SELECT ':x', \":x\", $$ :x $$, $a$ :x $$ :y $a$"),
        ("SELECT e'\\':x', 'it''s :x', t[1:'2']", "SELECT e'\\':x', 'it''s :x', t[1: '2']"),
        ("SELECT 1 -- it's :x\n, t[:n] /* ' */, t[:m]", "SELECT 1 -- it's :x\n, t[: n] /* ' */, t[: m]"),
        ("SELECT a$b$, t[1:c$d$]", "SELECT a$b$, t[1: c$d$]"),
    ],
)
def test_psql_finds_no_variable_of_its_own(statement: str, written: str) -> None:
    assert for_psql(statement) == written
