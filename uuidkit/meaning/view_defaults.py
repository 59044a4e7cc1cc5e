"""The defaults of views' columns: both have to become uuids, or neither. Pure."""

from __future__ import annotations

from dataclasses import replace

from psycopg import sql

from uuidkit.catalog.names import TableName, display
from uuidkit.composing import text_of
from uuidkit.meaning.evaluation import Table
from uuidkit.meaning.model import Judgement
from uuidkit.meaning.verdict import Uuids, shown
from uuidkit.planning.defaults import convert_default


def fits(before: Table, after: Table) -> bool:
    """Whether a default can stay as it is.

    Args:
        before, after: the types of the default and of the column.
    """
    return after.types[1] in (before.types[1], after.types[0])


def judged(
    view: TableName, column: str, expression: str, before: Table, after: Table, value: str | None, uuids: Uuids
) -> Judgement:
    """The judgement of a default, with one that gives uuids where this one does not.

    Args:
        view, column: whose default it is.
        expression: as the server prints it.
        before, after: the types of the default and of the column.
        value: what it gives; None where that is NULL, another value each time, or not known.
        uuids: what the converted texts become.
    """
    now = after.types[1]
    if fits(before, after):
        return Judgement("same", f"the column stays {now}" if now == before.types[1] else f"it gives {now}")
    uuid = uuids.get(value or "")
    said = f"{shown(value)} is no {now}" if value is not None else f"{expression} gives {after.types[0]}"
    found = Judgement(
        "changed",
        f"the view's column {display(column)} becomes {now}, and its default {said}",
        {"value": value, "uuid": uuid, "before": value, "after": None} if value is not None else None,
        fails=True,
    )
    new = f"{text_of(sql.Literal(uuid))}::uuid" if uuid else convert_default(expression, "fail").expression
    if new is None:
        return found
    return replace(found, offer=f"ALTER VIEW {view} ALTER COLUMN {display(column)} SET DEFAULT {new};")
