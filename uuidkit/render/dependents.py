"""Dependent objects taken down before a change and put back after it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from psycopg import sql

from uuidkit import guard
from uuidkit.catalog.names import TableName
from uuidkit.composing import joined, text_of
from uuidkit.dependents.model import DependentObject, StringFunction
from uuidkit.dependents.printed import as_it_was
from uuidkit.dependents.proof import Expected, objects_are, same_objects
from uuidkit.ledger import LedgerDependent
from uuidkit.planning.model import DependentPlan, Statement

_NO_TABLES = frozenset({"view", "materialized view", "function"})


def hold(objects: Sequence[DependentObject], tables: Collection[TableName]) -> Iterator[Statement]:
    """Lock the views before the tables, as whoever reads through them does, and see that all are as planned.

    Args:
        objects: each after all that it is built on.
        tables: those that are locked anyhow.
    """
    for found in reversed(objects):
        if found.lock is not None:
            yield Statement(found.lock, "lock", f"lock {found.kind} {found.name}", found.table)
    others = sorted(other_tables(objects, tables))
    if others:
        yield Statement(
            text_of(
                sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(joined([table.identifier for table in others]))
            ),
            "lock",
            f"lock {', '.join(map(str, others))}",
        )


def other_tables(objects: Sequence[DependentObject], tables: Collection[TableName]) -> frozenset[TableName]:
    """Tables that have a policy or a rule of their own on a converted column of another table."""
    views = {found.table for found in objects if found.kind in _NO_TABLES}
    return frozenset(found.table for found in objects if found.kind not in _NO_TABLES) - views - frozenset(tables)


def as_planned(objects: Sequence[DependentObject]) -> Iterator[Statement]:
    """See under the locks that the objects are those of the plan."""
    expected = [Expected(found.address, found.definition or None, found.attributes) for found in objects]
    if expected:
        yield Statement(same_objects(expected), "lock", "check that what hangs on the tables is what the plan knows")


def take_down(objects: Sequence[DependentObject]) -> Iterator[Statement]:
    """Take every object down, those built on others first.

    Args:
        objects: each after all that it is built on.
    """
    for found in reversed(objects):
        for statement in found.down:
            yield Statement(statement, "change", f"take down {found.kind} {found.name}", found.table)


def put_back(plans: Sequence[DependentPlan]) -> Iterator[Statement]:
    """Make every object again, those built on others last, with owner, privileges, comments and states.

    Args:
        plans: each after all that it is built on.
    """
    for plan in plans:
        # A definition of the user's own names things as the user's session does.
        theirs = plan.definition is not None and plan.object is not None and plan.definition != plan.object.substitute
        for number, statement in enumerate(plan.up):
            what = "put back" if number == 0 else "complete"
            if theirs and number == 0:
                yield Statement(guard.search_as_before(), "change", "look names up as the session does", plan.table)
            yield Statement(statement, "change", f"{what} {plan.kind} {plan.name}", plan.table)
            if theirs and number == 0:
                yield Statement(guard.search_here(), "change", "look names up in the catalog alone", plan.table)


def fill(objects: Sequence[DependentObject]) -> Iterator[Statement]:
    """Bring back what materialised views held, once everything they read is in place."""
    for found in objects:
        for statement in found.fill:
            yield Statement(statement, "change", f"fill {found.kind} {found.name}", found.table)


def restore(objects: Sequence[LedgerDependent]) -> Iterator[Statement]:
    """Make every object again as the ledger has it.

    Args:
        objects: each after all that it is built on.
    """
    for found in objects:
        for number, statement in enumerate(found.up):
            what, text = ("complete", statement) if number else ("put back", as_it_was(statement))
            yield Statement(text, "change", f"{what} {found.kind} {found.name}", found.table)


def refill(objects: Sequence[LedgerDependent]) -> Iterator[Statement]:
    """Bring back what materialised views held, once everything they read is in place."""
    for found in objects:
        for statement in found.fill:
            yield Statement(statement, "change", f"fill {found.kind} {found.name}", found.table)


def proof(expected: Sequence[Expected], message: str) -> Iterator[Statement]:
    """Compare what was put back with what it was."""
    if expected:
        yield Statement(objects_are(expected, message), "prove", "compare what was put back with what was taken down")


def touch(functions: Sequence[StringFunction]) -> Iterator[Statement]:
    """Make open sessions forget the plans that they keep of functions, which know the old types."""
    for function in functions:
        if function.touch is not None:
            yield Statement(function.touch, "change", f"let open sessions plan {function.name} again")
