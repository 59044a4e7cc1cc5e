"""From what is there, what the values are and what is asked for to a plan. Pure: no database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from uuidkit import ids
from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.catalog.trees import families, family_tables, inheriting
from uuidkit.composing import text_of
from uuidkit.findings import ColumnFindings, Reference
from uuidkit.ids.expression import ShapeUse, cheapest
from uuidkit.planning import blockers as check
from uuidkit.planning.defaults import default_of
from uuidkit.planning.dependents import dependent_plans
from uuidkit.planning.domains import domain_plans
from uuidkit.planning.estimate import estimate, works
from uuidkit.planning.facts import GraphFacts
from uuidkit.planning.keys import declared_keys, kept_keys
from uuidkit.planning.model import (
    Blocker,
    ColumnPlan,
    DependentPlan,
    GraphPlan,
    InheritedColumn,
    OnUnparseable,
    Plan,
    Request,
)
from uuidkit.planning.notes import notes
from uuidkit.planning.sequence import after_others, done_with
from uuidkit.planning.trees import tree_blockers, turn_blockers
from uuidkit.render.conversion import conversion_statements

_MAX_SHAPES = 4  # more branches cost more than the general expression for what is rare


def build(
    schema: Schema,
    request: Request,
    facts: Sequence[GraphFacts],
    toolkit_version: str,
    *,
    in_sequence: bool = True,
) -> Plan:
    """The complete plan for all graphs of a request.

    Args:
        schema: what is there.
        request: what is asked for.
        facts: what was found out, graph by graph, in the order of conversion.
        toolkit_version: written into the ledger.
        in_sequence: the graphs' statements are run one after the other as they stand, as in a script; otherwise each
            graph checks all of its tables, and is planned again after one that shares an object with it.
    """
    graphs = []
    digests = []
    checked: set[TableName] = set()
    earlier: dict[tuple[str, int], DependentPlan] = {}
    asked = repr(request)  # once: of a whole database it names thousands of columns
    for graph_facts in facts:
        if in_sequence:
            graph_facts = after_others(graph_facts, earlier, schema.search_path)
        graph = _graph(schema, request, graph_facts)
        earlier |= done_with(graph)
        digests.append(digest := _hash(schema, asked, graph))
        if not graph.blockers and _work(graph):
            graph = replace(
                graph,
                statements=tuple(
                    conversion_statements(
                        schema,
                        request,
                        graph,
                        # A table of an earlier graph was checked there, and is not the same any more.
                        fingerprints=[
                            found for found in graph.fingerprints if not in_sequence or found[0] not in checked
                        ],
                        plan_hash=digest,
                        toolkit_version=toolkit_version,
                    )
                ),
            )
            checked |= set(graph.tables)
        graphs.append(replace(graph, works=works(schema, graph, dict(graph_facts.sizes))))
    # One graph keeps its own hash, so that a report's is the one that the ledger shows.
    total = digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()
    return Plan(
        request=request,
        graphs=tuple(graphs),
        estimate=estimate(graphs),
        version_num=schema.version_num,
        hash=total,
    )


def _work(graph: GraphPlan) -> bool:
    return bool(graph.changing or graph.uniques or any(not key.declared for key in graph.foreign_keys))


def _graph(schema: Schema, request: Request, facts: GraphFacts) -> GraphPlan:
    roots = [name for name in facts.columns if (column := schema.column(name)) is not None and not column.is_uuid]
    changing = set(families(schema, roots))
    columns = tuple(_column(schema, request, facts, name) for name in facts.columns)
    keys = kept_keys(schema, changing)
    undeclared = [reference for reference in facts.references if not reference.declared]
    new_keys, uniques = (
        declared_keys(schema, [r for r in undeclared if _declarable(schema, r)])
        if request.declare_references
        else ((), ())
    )
    found: list[Blocker] = []
    for name in facts.columns:
        found += check.column_blockers(schema, request, name, facts.findings.get(name))
    touched = {name.table_name for name in changing}
    new = {key.table for key in new_keys} | {unique.column.table_name for unique in uniques}
    touched |= set(family_tables(schema, new))
    for table_name in _in_order(schema, facts.columns):
        if table_name in touched:
            names = [name.name for name in changing if name.table_name == table_name]
            found += check.table_blockers(schema, schema.tables[table_name], names)
    found += tree_blockers(schema, roots)
    found += check.dependent_blockers(schema, changing)
    dependents, undecided = dependent_plans(schema, request, facts, changing)
    found += undecided
    domains, undecided = domain_plans(schema, request, changing)
    dependents += domains
    found += undecided
    found += turn_blockers(schema, keys)
    found += check.key_blockers(request, (*keys, *new_keys), facts.references, facts.findings)
    found += _value_blockers(request, facts)
    found += [
        Blocker("PERMISSION", str(name), f"Its values cannot be judged: {reason}.", remedy)
        for name, reason, remedy in facts.unreadable
    ]
    if changing or new_keys or uniques:
        found += check.right_blockers(schema, {unique.column.table_name for unique in uniques})
    return GraphPlan(
        tables=_in_order(schema, facts.columns),
        columns=columns,
        references=facts.references,
        foreign_keys=(*keys, *new_keys),
        uniques=uniques,
        dependents=dependents,
        blockers=tuple(dict.fromkeys(found)),
        functions=facts.functions,
        notes=tuple(notes(request, facts, keys)),
        fingerprints=facts.fingerprints,
    )


def _declarable(schema: Schema, reference: Reference) -> bool:
    return not any(key.pairs == ((reference.referencing, reference.referenced),) for key in schema.foreign_keys)


def _in_order(schema: Schema, columns: Sequence[ColumnName]) -> tuple[TableName, ...]:
    """The one global order of locking: referenced tables first, then by oid (the columns come that way).

    A table is followed by those that inherit from it, as LOCK TABLE takes them.
    """
    return family_tables(schema, (name.table_name for name in columns))


def _column(schema: Schema, request: Request, facts: GraphFacts, name: ColumnName) -> ColumnPlan:
    before = schema.column(name)
    assert before is not None  # targets are resolved before a plan is made
    findings = facts.findings.get(name)
    lookup = tuple(
        dict.fromkeys(
            reference.backup
            for reference in facts.references
            if reference.referencing == name and reference.backup is not None
        )
    )
    expression = "" if before.is_uuid else using_expression(name, findings, request.on_unparseable, schema.version_num)
    return ColumnPlan(
        column=name,
        before=before,
        findings=findings,
        backup="" if before.is_uuid or request.backup == "table" else name.name + request.backup_suffix,
        expression=expression,
        default_after=default_of(before, request.on_unparseable).expression,
        legacy_shape=legacy_shape(findings, before.text_type),
        on_unparseable=request.on_unparseable,
        done=before.is_uuid,
        lookup=lookup,
        inherited=()
        if before.is_uuid
        else tuple(
            InheritedColumn(member, found, default_of(found, request.on_unparseable).expression)
            for member in inheriting(schema, name)
            if (found := schema.column(member)) is not None
        ),
    )


def using_expression(
    name: ColumnName, findings: ColumnFindings | None, on_unparseable: OnUnparseable, version_num: int
) -> str:
    """The cheapest expression that turns a column's texts into uuids and is exact for what is there.

    Args:
        name: the column.
        findings: what the survey found; None for nothing.
        on_unparseable: what becomes of texts without a uuid.
        version_num: the server's, as in server_version_num.
    """
    uses = shape_uses(findings)
    complete = findings is not None and findings.complete and len(uses) == len(findings.shapes)
    return text_of(cheapest(name.identifier, uses, on_unparseable, version_num, complete=complete))


def shape_uses(findings: ColumnFindings | None) -> list[ShapeUse]:
    """The frequent shapes with a cheap branch of their own, most frequent first."""
    if findings is None:
        return []
    return [
        ShapeUse(found.shape, guard=found.looks_like > found.count)
        for found in findings.shapes[:_MAX_SHAPES]
        if found.count
    ]


def legacy_shape(findings: ColumnFindings | None, type_name: str) -> ids.Shape | None:
    """The one form that the column's ids used to have, when there was one and it fits the type.

    Args:
        findings: what the survey found; None for nothing.
        type_name: the text type, e.g. ``character varying(36)``.

    Returns:
        The only prefixed shape, if all prefixed values have it; else the only shape at all; else None (canonical),
        or 32 digits where the type has room for these alone.
    """
    limit = length_limit(type_name)
    shortest = ids.Shape(spelling="hex")
    otherwise = shortest if limit is not None and shortest.length <= limit < ids.Shape().length else None
    if findings is None:
        return otherwise
    counted = [found for found in findings.shapes if found.count]
    prefixed = [found for found in counted if found.shape.prefix]
    candidate: ids.Shape | None = None
    if len(prefixed) == 1 and prefixed[0].count == findings.formats.get("prefixed", 0):
        candidate = prefixed[0].shape
    elif not findings.formats.get("prefixed", 0) and len(counted) == 1 and len(findings.formats) == 1:
        candidate = counted[0].shape
    if candidate is None or (limit is not None and candidate.length > limit):
        return otherwise
    return candidate


def length_limit(type_name: str) -> int | None:
    """The n of ``character varying(n)`` or ``character(n)``, in characters; None without a limit."""
    match = re.search(r"\((\d+)\)\Z", type_name)
    return int(match[1]) if match else None


def _value_blockers(request: Request, facts: GraphFacts) -> list[Blocker]:
    found = []
    if request.declare_references:
        for name, sample in facts.not_unique:
            found.append(
                Blocker(
                    "COLLISION",
                    str(name),
                    f"Its values repeat, for example {sample}; a foreign key needs them to be unique.",
                    "Remove the duplicate rows first, or leave --declare-references away.",
                )
            )
    for name, sample in facts.ambiguous:
        found.append(
            Blocker(
                "COLLISION",
                str(name),
                f"The old text {sample!r} stands for more than one uuid there, so a reference spelled that way "
                "cannot be resolved.",
                "Correct the backup column, or the rows that refer to it, first.",
            )
        )
    return found


def _hash(schema: Schema, asked: str, graph: GraphPlan) -> str:
    """SHA-256 over what the plan rests on and what it does; the ledger's own statement is left out."""
    parts = [
        str(schema.version_num),
        asked,
        repr(graph.fingerprints),
        *(repr(column) for column in graph.columns),
        *(repr(key) for key in graph.foreign_keys),
        *(repr(unique) for unique in graph.uniques),
        *(
            repr((d.name, d.action, d.definition, d.object and (d.object.definition, d.object.attributes)))
            for d in graph.dependents
        ),
        *(repr(blocker) for blocker in graph.blockers),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
