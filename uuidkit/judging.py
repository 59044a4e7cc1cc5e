"""What the objects that hang on the columns of a request mean over uuids, and which graphs they tie together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName
from uuidkit.database.session import Session
from uuidkit.dependents.model import DependentObject
from uuidkit.meaning.judge import judge, misfits
from uuidkit.meaning.model import Conversion, Judgement, Thing
from uuidkit.planning.build import using_expression
from uuidkit.planning.dependents import left_away
from uuidkit.planning.facts import GraphFacts
from uuidkit.planning.model import OFFERED, Request
from uuidkit.tying import tied


def judged(
    session: Session,
    schema: Schema,
    request: Request,
    graphs: Sequence[GraphFacts],
    dependents: Sequence[DependentObject],
) -> dict[tuple[str, int], Judgement]:
    """Whether each object, or what the user gives instead, means over uuid what it means over text.

    Not asked of those that cannot be put back.

    Args:
        session: within ``reading``.
        schema: what is there.
        request: with what the user has decided.
        graphs: those whose columns change.
        dependents: the objects.

    Returns:
        By (catalog, oid).
    """
    conversions = _conversions(schema, request, graphs)
    things = _things(dependents)
    rewrites = _rewrites(request, dependents)
    return judge(session, schema, conversions, things, rewrites=rewrites) if conversions and things else {}


def tied_together(
    session: Session,
    schema: Schema,
    request: Request,
    graphs: Sequence[GraphFacts],
    dependents: Sequence[DependentObject],
    verdicts: Mapping[tuple[str, int], Judgement],
) -> tuple[GraphFacts, ...]:
    """The graphs, those as one that have an object between them which each alone would leave impossible.

    Args:
        session, schema, request, graphs, dependents: as for ``judged``.
        verdicts: what that has found.
    """
    impossible = {key for key, found in verdicts.items() if found.fails and found.offer is None}
    offers = {key: found.offer or "" for key, found in verdicts.items()}

    def misfits_of(
        objects: Sequence[DependentObject], states: Sequence[Collection[ColumnName]]
    ) -> list[frozenset[tuple[str, int]]]:
        rewrites = {
            key: offers.get(key, "") if text == OFFERED else text for key, text in _rewrites(request, objects).items()
        }
        conversions = _conversions(schema, request, graphs)
        return misfits(session, schema, conversions, _things(objects), states, rewrites=rewrites)

    gone = {one.key for one in dependents if left_away(one, verdicts.get(one.key), request)}
    possible = [one for one in dependents if one.key in gone or one.key not in impossible]
    return tied(schema, graphs, possible, misfits_of, gone)


def _conversions(schema: Schema, request: Request, graphs: Sequence[GraphFacts]) -> list[Conversion]:
    return [
        Conversion(
            column=name,
            type=column.text_type,
            collation=column.text_collation,
            expression=using_expression(name, findings, request.on_unparseable, schema.version_num),
            shapes=tuple(found.shape for found in findings.shapes if found.count),
            backup="" if request.backup == "table" else name.name + request.backup_suffix,
        )
        for graph in graphs
        for name, findings in graph.findings.items()
        if (column := schema.column(name)) is not None
    ]


def _things(dependents: Sequence[DependentObject]) -> list[Thing]:
    return [
        Thing(found.catalog, found.oid, found.kind, found.name, found.table)
        for found in dependents
        if found.address.type
    ]


def _rewrites(request: Request, dependents: Sequence[DependentObject]) -> dict[tuple[str, int], str]:
    """The definitions that the user gives, and ``OFFERED`` for those that are to be taken as they are offered."""
    given = dict(request.rewrites)
    if request.rewrite_offered:
        given = {found.name: OFFERED for found in dependents if found.name not in request.allow} | given
    return {found.key: given[found.name] for found in dependents if found.name in given}
