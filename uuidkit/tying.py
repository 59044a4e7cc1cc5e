"""Objects that tie graphs together: each of them alone would leave an object that cannot be made.

A view that puts the ids of two graphs into one column (``UNION ALL``) is one over texts or over uuids, and nothing in
between. Such graphs change in one transaction, as one graph, whatever else they have in common. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import chain

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName
from uuidkit.catalog.trees import families
from uuidkit.dependents.model import DependentObject
from uuidkit.dependents.order import concerning
from uuidkit.planning.facts import GraphFacts

Key = tuple[str, int]
# Asks for each of some states, given by the columns that are uuids then, which of some objects cannot be made.
Misfits = Callable[[Sequence[DependentObject], Sequence[Collection[ColumnName]]], Sequence[Collection[Key]]]


def tied(
    schema: Schema,
    graphs: Sequence[GraphFacts],
    dependents: Sequence[DependentObject],
    misfits: Misfits,
    left_away: Collection[Key] = (),
) -> tuple[GraphFacts, ...]:
    """The graphs, those as one that an object ties together.

    Args:
        schema: what is there.
        graphs: in order.
        dependents: objects that can be made over the uuids of all graphs, each after all that it is built on.
        misfits: asks the server.
        left_away: of other objects those that go until the way back, with all of their graphs: after the first of
            these, the tables would be others than the plan of the next one knows.
    """
    columns = {number: families(schema, graph.columns) for number, graph in enumerate(graphs) if graph.findings}
    reads: dict[Key, set[int]] = {}
    for number, own in columns.items():
        for found in concerning(dependents, own):
            reads.setdefault(found.key, set()).add(number)
    shared = [found for found in dependents if found.hard and len(reads.get(found.key, ())) > 1]
    asked = [found for found in shared if found.key not in left_away]
    if not shared:
        return tuple(graphs)
    # Of any two graphs each is over uuids in some state, with the other over texts: each bit of a number makes two.
    bits = range(max(columns).bit_length())
    states = [
        {c for number, own in columns.items() if (number >> bit & 1) == side for c in own}
        for bit in bits
        for side in (0, 1)
    ]
    found_out = [left_away, *(misfits(asked, states) if asked else ())]
    group = list(range(len(graphs)))
    ties: dict[str, int] = {}
    for one in shared:
        if any(one.key in found for found in found_out):
            members = {group[number] for number in reads[one.key]}
            group = [min(members) if number in members else number for number in group]
            ties[one.name] = min(reads[one.key])
    return tuple(
        _joined(
            [graph for own, graph in zip(group, graphs, strict=True) if own == number],
            [name for name, of in ties.items() if group[of] == number],
        )
        for number in dict.fromkeys(group)
    )


def _joined(graphs: Sequence[GraphFacts], ties: Sequence[str]) -> GraphFacts:
    if len(graphs) == 1:
        return graphs[0]
    return replace(
        graphs[0],
        columns=tuple(chain.from_iterable(graph.columns for graph in graphs)),
        findings={name: found for graph in graphs for name, found in graph.findings.items()},
        references=tuple(chain.from_iterable(graph.references for graph in graphs)),
        unreadable=tuple(chain.from_iterable(graph.unreadable for graph in graphs)),
        not_unique=tuple(chain.from_iterable(graph.not_unique for graph in graphs)),
        ambiguous=tuple(chain.from_iterable(graph.ambiguous for graph in graphs)),
        doubtful=tuple(dict.fromkeys(chain.from_iterable(graph.doubtful for graph in graphs))),
        not_looked_at=tuple(dict.fromkeys(chain.from_iterable(graph.not_looked_at for graph in graphs))),
        ties=tuple(ties),
    )
