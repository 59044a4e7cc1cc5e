"""Verdicts that stay: those of a plan's first making, when it is made again after earlier graphs of its own. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from uuidkit.dependents.model import Address
from uuidkit.ledger import LedgerEntry
from uuidkit.meaning.model import Judgement
from uuidkit.planning.facts import GraphFacts
from uuidkit.planning.model import GraphPlan


def keep_verdicts(
    facts: Sequence[GraphFacts], planned: Sequence[GraphPlan], ledger: Sequence[LedgerEntry]
) -> tuple[GraphFacts, ...]:
    """The facts, where an object that said the same over all columns at once says so still.

    With the columns of one graph alone there may be nothing left to compare, or ids that are uuids already are compared
    with those that wait; what was ready would not be any more after another graph is finished. What somebody else has
    made anew since is judged by itself, and so is what cannot be made.

    Args:
        facts: as read now.
        planned: the graphs as they were planned, without blockers.
        ledger: all entries, oldest first.
    """
    same: dict[Address, set[str]] = {}
    for graph in planned:
        for plan in graph.dependents:
            if plan.object is not None and plan.meaning == "same":
                same.setdefault(plan.object.address, set()).add(plan.object.definition)
    for entry in ledger:
        for number, found in enumerate(entry.graph.dependents):
            after = entry.graph.after.get(str(number))
            if after is not None and found.address in same:
                same[found.address].add(after[0])
    return tuple(replace(one, judgements=tuple(_kept(one, same))) for one in facts)


def _kept(facts: GraphFacts, same: Mapping[Address, set[str]]) -> Iterator[tuple[str, int, Judgement]]:
    objects = {found.key: found for found in facts.dependents}
    for catalog, oid, judgement in facts.judgements:
        found = objects.get((catalog, oid))
        untouched = found is not None and found.definition in same.get(found.address, ())
        yield catalog, oid, Judgement("same", "") if untouched and not judgement.fails else judgement
