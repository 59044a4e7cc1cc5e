"""A plan as a script for psql that happens as a whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from uuidkit.planning.model import Plan, Statement
from uuidkit.report.layout import WIDTH, visible, wrap
from uuidkit.wording import count

# A colon outside of what is quoted, before what psql takes for the name of one of its variables.
_VARIABLE = re.compile(
    r"""  (?<![\w$])[eE]'(?:[^'\\]|\\.|'')*'
        | '(?:[^']|'')*'
        | "(?:[^"]|"")*"
        | (?<![\w$])(?P<tag>\$(?:[^\W\d]\w*)?\$).*?(?P=tag)
        | --[^\n]*
        | /\*.*?\*/
        | ::
        | (?P<colon>:)(?=[\w'"{])""",
    re.VERBOSE | re.DOTALL,
)


def for_psql(statement: str) -> str:
    """A statement in which psql sees none of its own variables, as in ``tags[1:"N"]``.

    Args:
        statement: SQL.

    Source: PostgreSQL, psql, "SQL Interpolation".
    """
    return _VARIABLE.sub(lambda match: ": " if match["colon"] else match[0], statement)


def script(plan: Plan) -> str:
    """The plan's statements as a script, ending with a line break.

    Args:
        plan: a plan without blockers.
    """
    return "\n".join(_lines(plan)) + "\n"


def _lines(plan: Plan) -> Iterator[str]:
    changing = [column for graph in plan.graphs for column in graph.changing]
    if not plan.statements:
        yield "-- Nothing to do: every column named is a uuid already."
        return
    yield from _comment(
        f"Converts {count(len(changing), 'column')} to uuid, in one transaction. Run it with psql: "
        "a failure ends it with a non-zero status and changes nothing."
    )
    for column in changing:
        yield from _comment(f"  {column.column} (the text goes to {column.backup or 'a table in the schema uuidkit'})")
    yield from _comment(
        "It was made from the values there were at the time. Should other ones have come since, it fails rather "
        "than guess; make it anew then."
    )
    yield from _comment(f"Plan {plan.hash}")
    yield ""
    yield r"\set ON_ERROR_STOP on"
    yield r"\set ON_ERROR_ROLLBACK off"
    yield r"\set AUTOCOMMIT on"
    yield r"\encoding UTF8"
    yield ""
    # A later isolation level would see the rewritten tables as they were before, or empty.
    yield "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"
    yield from _statements(statement for statement in plan.statements if statement.phase != "after")
    yield ""
    yield "COMMIT;"
    yield from _statements(statement for statement in plan.statements if statement.phase == "after")


def _statements(statements: Iterable[Statement]) -> Iterator[str]:
    for statement in statements:
        yield ""
        yield from _comment(statement.summary)
        yield f"{for_psql(statement.sql)};"


def _comment(text: str) -> list[str]:
    # A name may hold a line break, which would end the comment and begin a command: visible() writes it as an escape.
    return wrap(visible(text), "-- ", columns=WIDTH)
