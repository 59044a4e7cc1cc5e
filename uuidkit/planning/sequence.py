"""Graphs that are converted one after the other by one script, planned before the first of them is. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from psycopg import sql

from uuidkit import guard
from uuidkit.composing import joined, text_of
from uuidkit.dependents.model import DependentObject
from uuidkit.planning.facts import GraphFacts
from uuidkit.planning.model import DependentPlan, GraphPlan

Key = tuple[str, int]


def after_others(facts: GraphFacts, earlier: Mapping[Key, DependentPlan], search_path: Sequence[str]) -> GraphFacts:
    """The facts, when an earlier graph of the same script has made some of the objects again, or left them away.

    Args:
        facts: as they are before the script runs.
        earlier: what the earlier graphs do with objects, the latest word on each.
        search_path: of the session whose user wrote new definitions.
    """
    return replace(facts, dependents=tuple(_as_by_then(facts.dependents, earlier, search_path)))


def done_with(graph: GraphPlan) -> dict[Key, DependentPlan]:
    """What a graph does with every object that it takes down."""
    return {plan.object.key: plan for plan in graph.dependents if plan.object is not None and plan.action != "keep"}


def _as_by_then(
    dependents: Sequence[DependentObject], earlier: Mapping[Key, DependentPlan], search_path: Sequence[str]
) -> Iterator[DependentObject]:
    for found in dependents:
        plan = earlier.get(found.key)
        if plan is None:
            yield found
        elif plan.action == "drop":
            continue
        # How the server prints a definition over uuid is known only there.
        elif plan.definition is None:
            yield replace(found, definition="")
        elif plan.definition == found.substitute:
            yield replace(found, definition="", up=(plan.definition, *found.up[1:]), substitute=None, why="")
        else:
            made = _under(search_path, plan.definition)
            yield replace(found, definition="", up=(made, *found.up[1:]), substitute=None, why="")


def _under(search_path: Sequence[str], definition: str) -> str:
    """One statement that makes an object by a definition of the user's own, whatever the search path is then."""
    path = text_of(joined([sql.Identifier(name) for name in search_path]))
    return guard.block(
        sql.SQL(
            "BEGIN\n  PERFORM set_config('search_path', {path}, true);\n  EXECUTE {definition};\n  {back};\nEND"
        ).format(
            path=sql.Literal(path),
            definition=sql.Literal(definition),
            back=sql.SQL("PERFORM pg_catalog.set_config('search_path', {}, true)").format(
                sql.Literal(guard.SEARCH_PATH)
            ),
        )
    )
