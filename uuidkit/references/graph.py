"""Which columns change together: the reference graphs of a request. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.catalog.trees import family_tables, root_of
from uuidkit.errors import UsageError
from uuidkit.findings import Reference
from uuidkit.planning.model import Request
from uuidkit.references.naming import points_to


def declared(schema: Schema) -> tuple[Reference, ...]:
    """Every declared foreign key column by column, in the order of creation.

    Keys of single partitions, which follow those of the partitioned table, are left out; a key that a partition or
    child has of its own ties the root, with which its column changes.

    Args:
        schema: the catalog.
    """
    return tuple(
        Reference(
            referencing=root_of(schema, child),
            referenced=root_of(schema, parent),
            declared=True,
            constraint=key.name,
            orphans=0 if key.validated and key.enforced else None,
            certain=True,
            why=f"Declared as {key.name}.",
        )
        for key in sorted(schema.foreign_keys, key=lambda key: key.oid)
        if key.parent == 0
        for child, parent in key.pairs
    )


def include(schema: Schema, references: Sequence[Reference], request: Request) -> tuple[Reference, ...]:
    """The references with those that the user adds by hand.

    A reference that was found for an included column becomes certain; where none was found, one is made to the column
    of the targets' graph whose name fits best.

    Args:
        schema: the catalog.
        references: declared and discovered ones.
        request: the request; its ``include`` names the columns.

    Raises:
        UsageError: a column does not exist, or it is not clear which graph an included one belongs to.
    """
    result = list(references)
    for column in request.include:
        _known(schema, column)
        if column in request.exclude:
            raise UsageError(f"{column} is both included and excluded.", "Name it once.")
        components = _components(_edges(result, request), request.targets)
        if any(column in component for component in components):
            continue
        reached = {member for component in components for member in component}
        found = [
            n
            for n, reference in enumerate(result)
            if not reference.declared
            and column in (reference.referencing, reference.referenced)
            and reached & {reference.referencing, reference.referenced}
        ]
        if found:
            result[found[0]] = replace(result[found[0]], certain=True, why=f"Included by hand; {result[found[0]].why}")
        elif (by_hand := _by_hand(schema, column, components, request)) is not None:
            result.append(by_hand)
    return tuple(result)


def closure(schema: Schema, references: Sequence[Reference], request: Request) -> tuple[tuple[ColumnName, ...], ...]:
    """The reference graphs of a request, each with its columns parents first.

    A graph is the targets with every column tied to them: by declared foreign keys both ways and to any depth,
    composite ones column by column; by certain undeclared references when the request says ``auto``; and by those
    included by hand. Columns that are uuid already belong to it. Cycles and self references are allowed. Where the
    references leave the order open, the older table and the earlier column come first.

    Args:
        schema: the catalog.
        references: what :func:`declared` and discovery found.
        request: targets, include, exclude and the kind of references to follow.

    Raises:
        UsageError: a named column does not exist, an included one belongs nowhere in particular, or an excluded one is
            a target or tied by a declared foreign key.
    """
    for column in (*request.targets, *request.exclude):
        _known(schema, column)
    for column in request.exclude:
        if column in request.targets:
            raise UsageError(f"{column} is both a target and excluded.", "Name it once.")
    known = include(schema, references, request)
    edges = _edges(known, request)
    referenced: dict[ColumnName, set[ColumnName]] = {}
    for child, parent in edges:
        referenced.setdefault(child, set()).add(parent)
    components = _components(edges, request.targets)
    if request.join_graphs:
        components = _joined(schema, components)
    for component in components:
        _refuse_excluded(component, known, request)
    ordered = [_parents_first(schema, component, referenced) for component in components]
    return tuple(sorted(ordered, key=lambda graph: _place(schema, graph[0])))


def _known(schema: Schema, column: ColumnName) -> None:
    if column.table_name not in schema.tables:
        raise UsageError(
            f"There is no table {column.table_name} in the database {schema.database}.",
            "Name it as schema.table.column, quoted as in SQL where needed.",
        )
    if schema.column(column) is None:
        names = ", ".join(schema.tables[column.table_name].columns)
        raise UsageError(f"The table {column.table_name} has no column {column.name}.", f"Its columns are: {names}.")


def _edges(references: Iterable[Reference], request: Request) -> list[tuple[ColumnName, ColumnName]]:
    """(referencing, referenced) of every reference that the request follows."""
    by_hand = set(request.include)
    excluded = set(request.exclude)
    edges = []
    for reference in references:
        ends = {reference.referencing, reference.referenced}
        if not reference.declared:
            if ends & excluded or not reference.certain:
                continue
            if request.references != "auto" and not ends & by_hand:
                continue
        edges.append((reference.referencing, reference.referenced))
    return edges


def _components(
    edges: Iterable[tuple[ColumnName, ColumnName]], targets: Iterable[ColumnName]
) -> list[frozenset[ColumnName]]:
    neighbours: dict[ColumnName, set[ColumnName]] = {}
    for child, parent in edges:
        neighbours.setdefault(child, set()).add(parent)
        neighbours.setdefault(parent, set()).add(child)
    components: list[frozenset[ColumnName]] = []
    taken: set[ColumnName] = set()
    for target in targets:
        if target in taken:
            continue
        reached = {target}
        waiting = [target]
        while waiting:
            for other in neighbours.get(waiting.pop(), ()):
                if other not in reached:
                    reached.add(other)
                    waiting.append(other)
        components.append(frozenset(reached))
        taken |= reached
    return components


def _joined(schema: Schema, components: Iterable[frozenset[ColumnName]]) -> list[frozenset[ColumnName]]:
    """Components that have a table in common, whatever inherits from it included, as one."""
    joined: list[tuple[frozenset[ColumnName], set[TableName]]] = []
    for component in components:
        tables = set(family_tables(schema, (column.table_name for column in component)))
        touching = [found for found in joined if tables & found[1]]
        joined = [found for found in joined if not tables & found[1]]
        joined.append((component.union(*(own for own, _ in touching)), tables.union(*(own for _, own in touching))))
    return [component for component, _ in joined]


def _refuse_excluded(component: Collection[ColumnName], references: Iterable[Reference], request: Request) -> None:
    for column in request.exclude:
        if column not in component:
            continue
        ties = [r for r in references if r.declared and column in (r.referencing, r.referenced)]
        names = ", ".join(sorted({str(reference.constraint) for reference in ties}))
        raise UsageError(
            f"{column} cannot be left out: the foreign key {names} ties it to the columns that change, and PostgreSQL "
            "holds no foreign key between uuid and text.",
            "Drop that foreign key first if the column is to stay text, or leave the target out too.",
        )


def _by_hand(
    schema: Schema, column: ColumnName, components: Sequence[Collection[ColumnName]], request: Request
) -> Reference | None:
    """The reference of an included column that nothing leads to; None where it is uuid already and may be anybody's."""
    candidates = [member for component in components for member in sorted(component) if member != column]
    named = [member for member in candidates if points_to(column, member) is not None]
    graphs = [component for component in components if any(member in component for member in named)]
    if len(graphs) != 1:
        graphs = list(components)
    found = schema.column(column)
    if len(graphs) != 1 and found is not None and found.is_uuid:
        return None
    if len(graphs) != 1:
        targets = ", ".join(map(str, request.targets))
        raise UsageError(
            f"It is not clear to which of the targets {targets} the included column {column} refers: neither its "
            "values nor its name point to one.",
            "Convert the targets one after the other and include the column with the one it belongs to.",
        )
    graph = sorted(graphs[0], key=lambda member: _place(schema, member))
    own = [member for member in graph if member in named] or graph
    key = next((member for member in own if schema.is_unique(member)), None)
    if key is None and schema.is_unique(column):
        key, column = column, own[0]
    return Reference(
        referencing=column,
        referenced=key or own[0],
        declared=False,
        certain=True,
        why="Included by hand; neither its values nor its name led to it.",
    )


def _place(schema: Schema, column: ColumnName) -> tuple[int, int, ColumnName]:
    found = schema.column(column)
    return schema.tables[column.table_name].oid, found.attnum if found else 0, column


def _parents_first(
    schema: Schema, component: Collection[ColumnName], referenced: Mapping[ColumnName, Collection[ColumnName]]
) -> tuple[ColumnName, ...]:
    inside = set(component)
    parents = {member: inside.intersection(referenced.get(member, ())) - {member} for member in component}
    group = _strong_groups(parents)
    members: dict[int, list[ColumnName]] = {}
    for column, number in group.items():
        members.setdefault(number, []).append(column)
    above = {n: {group[p] for c in own for p in parents[c]} - {n} for n, own in members.items()}
    below: dict[int, list[int]] = {n: [] for n in members}
    for number, others in above.items():
        for other in others:
            below[other].append(number)
    first = {n: min(_place(schema, column) for column in own) for n, own in members.items()}
    missing = {n: len(others) for n, others in above.items()}
    ready = [(first[n], n) for n in members if not missing[n]]
    heapq.heapify(ready)
    order: list[ColumnName] = []
    while ready:
        _, number = heapq.heappop(ready)
        order.extend(sorted(members[number], key=lambda column: _place(schema, column)))
        for other in below[number]:
            missing[other] -= 1
            if not missing[other]:
                heapq.heappush(ready, (first[other], other))
    return tuple(order)


def _strong_groups(parents: Mapping[ColumnName, Collection[ColumnName]]) -> dict[ColumnName, int]:
    """A number per cycle of references (Tarjan's algorithm, without recursion: chains may be long)."""
    index: dict[ColumnName, int] = {}
    low: dict[ColumnName, int] = {}
    group: dict[ColumnName, int] = {}
    stack: list[ColumnName] = []
    for start in sorted(parents):
        if start in index:
            continue
        index[start] = low[start] = len(index)
        stack.append(start)
        work = [(start, iter(sorted(parents[start])))]
        while work:
            column, rest = work[-1]
            for parent in rest:
                if parent not in index:
                    index[parent] = low[parent] = len(index)
                    stack.append(parent)
                    work.append((parent, iter(sorted(parents[parent]))))
                    break
                if parent not in group:
                    low[column] = min(low[column], index[parent])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[column])
                if low[column] == index[column]:
                    while True:
                        member = stack.pop()
                        group[member] = index[column]
                        if member == column:
                            break
    return group
