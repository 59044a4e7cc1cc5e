"""Facts of a plan put into words, for the text report and the JSON alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from uuidkit.catalog.model import ForeignKey
from uuidkit.catalog.names import ColumnName, TableName, display
from uuidkit.dependents.model import Action
from uuidkit.findings import Reference
from uuidkit.planning.model import ColumnPlan, ForeignKeyPlan, GraphPlan, Plan
from uuidkit.planning.notes import UNSEEN
from uuidkit.wording import count

_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_ACTION = re.compile(r"\bON (DELETE|UPDATE) (NO ACTION|RESTRICT|CASCADE|SET NULL|SET DEFAULT)")

# What becomes of an object that hangs on a column.
FATES: Mapping[Action, str] = {
    "keep": "stays as it is",
    "recreate": "is taken down and put back as it was",
    "rewrite": "is made anew in another form",
    "drop": "is left away until the way back",
    "refuse": "keeps the conversion from starting",
}
_UNPARSEABLE = {
    "fail": "refused; --on-unparseable derive or null decides otherwise",
    "derive": "each text gets a uuid derived from it (RFC 9562, version 8), the same one wherever it occurs",
    "null": "become NULL; the text stays in the backup column",
}


def end(table: TableName, columns: tuple[str, ...]) -> str:
    """One end of a reference: ``schema.table.column``, or ``schema.table (a, b)`` for several columns."""
    if len(columns) == 1:
        return str(table.column(columns[0]))
    return f"{table} ({', '.join(map(display, columns))})"


def actions(key: ForeignKeyPlan) -> tuple[str, str]:
    """(ON DELETE, ON UPDATE) of a foreign key, existing or to be declared."""
    if key.existing is not None:
        return key.existing.on_delete, key.existing.on_update
    found = dict(_ACTION.findall(_QUOTED.sub("", key.definition)))
    return found.get("DELETE", "NO ACTION"), found.get("UPDATE", "NO ACTION")


def deferrable(key: ForeignKeyPlan) -> bool:
    """Whether the foreign key may be checked at the end of a transaction."""
    if key.existing is not None:
        return key.existing.deferrable
    bare = _QUOTED.sub("", key.definition)
    return "DEFERRABLE" in bare and "NOT DEFERRABLE" not in bare


def validated(key: ForeignKeyPlan) -> bool:
    """Whether every row is known to satisfy the foreign key."""
    if key.existing is not None:
        return key.existing.validated
    return "NOT VALID" not in _QUOTED.sub("", key.definition)


def clauses(key: ForeignKey | ForeignKeyPlan) -> str:
    """What a foreign key does beyond the ordinary, as SQL says it; empty for nothing."""
    if isinstance(key, ForeignKeyPlan):
        if key.existing is None:
            on_delete, on_update = actions(key)
            return " ".join(_clauses(on_delete, on_update, "SIMPLE", deferrable(key), False, validated(key), True))
        key = key.existing
    return " ".join(
        _clauses(key.on_delete, key.on_update, key.match, key.deferrable, key.deferred, key.validated, key.enforced)
    )


def _clauses(
    on_delete: str, on_update: str, match: str, may_wait: bool, waits: bool, valid: bool, enforced: bool
) -> Iterator[str]:
    if match != "SIMPLE":
        yield f"MATCH {match}"
    if on_update != "NO ACTION":
        yield f"ON UPDATE {on_update}"
    if on_delete != "NO ACTION":
        yield f"ON DELETE {on_delete}"
    if may_wait:
        yield "DEFERRABLE INITIALLY DEFERRED" if waits else "DEFERRABLE"
    if not enforced:
        yield "NOT ENFORCED"
    elif not valid:
        yield "NOT VALID"


def unparseable(column: ColumnPlan) -> str:
    """What happens to values that are no uuid in any known format."""
    return _UNPARSEABLE[column.on_unparseable]


def why(plan: Plan, graph: GraphPlan, column: ColumnPlan) -> str:
    """Why a column is part of the plan."""
    if column.done:
        return "is a uuid already and stays as it is"
    if column.column in plan.found:
        return f"found by --all: {plan.found[column.column][0].lower()}{plan.found[column.column][1:].rstrip('.')}"
    if column.column in plan.request.targets:
        return "is a target"
    if column.column in plan.request.include:
        return "added with --include"
    for reference in graph.references:
        if column.column == reference.referencing:
            return _tie(reference, "refers to", reference.referenced)
    for reference in graph.references:
        if column.column == reference.referenced:
            return _tie(reference, "is referred to by", reference.referencing)
    return "belongs to the same reference graph"


def _tie(reference: Reference, verb: str, other: ColumnName) -> str:
    if reference.constraint is not None:
        return f"{verb} {other} by foreign key {display(reference.constraint)}"
    return f"{verb} {other}" + (f": {reference.why[0].lower()}{reference.why[1:].rstrip('.')}" if reference.why else "")


def orphans(graph: GraphPlan, column: ColumnName) -> int:
    """Rows of a column without a counterpart in any one column it refers to."""
    return sum(reference.orphans or 0 for reference in graph.references if reference.referencing == column)


def worst(plan: Plan) -> Literal["blocked", "changed", "review", "fine"]:
    """The gravest that a plan has to say, for those who let a pipeline fail on it.

    Args:
        plan: the plan.
    """
    if plan.blockers:
        return "blocked"
    for graph in plan.graphs:
        if any(d.meaning != "same" or d.action == "drop" for d in graph.dependents):
            return "changed"
    for graph in plan.graphs:
        odd = any(
            c.findings is not None and (c.findings.unparseable or c.findings.merged_count) for c in graph.changing
        )
        if odd or graph.notes or any(reference.orphans for reference in graph.references):
            return "review"
    return "review" if plan.notes else "fine"


def nothing(notes: Sequence[str]) -> str:
    """That there is no column to convert, and how far one could look.

    Args:
        notes: of the plan.
    """
    unseen = sum(note.startswith(UNSEEN) for note in notes)
    if not unseen:
        return "Nothing to do: there is no column to convert."
    return f"Nothing to do as far as one can see: {count(unseen, 'table')} could not be looked at."
