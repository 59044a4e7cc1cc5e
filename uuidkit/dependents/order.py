"""The order in which dependent objects go and come back. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from graphlib import TopologicalSorter

from uuidkit.catalog.names import ColumnName
from uuidkit.dependents.model import DependentObject


def in_order_of_making(objects: Iterable[DependentObject]) -> tuple[DependentObject, ...]:
    """The objects, each after all that it is built on; otherwise in order of kind and name.

    Args:
        objects: in any order.

    Raises:
        graphlib.CycleError: objects are built on each other (PostgreSQL does not allow it).
    """
    known = {found.key: found for found in sorted(objects, key=lambda found: (found.kind, found.name))}
    sorter: TopologicalSorter[tuple[str, int]] = TopologicalSorter()
    for key, found in known.items():
        sorter.add(key, *(need for need in sorted(found.needs) if need in known and need != key))
    return tuple(known[key] for key in sorter.static_order())


def concerning(objects: Iterable[DependentObject], columns: Collection[ColumnName]) -> tuple[DependentObject, ...]:
    """Those objects that read one of the columns, themselves or through others.

    Args:
        objects: each after all that it is built on.
        columns: one graph's.
    """
    chosen: dict[tuple[str, int], DependentObject] = {}
    wanted = set(columns)
    for found in objects:
        if found.reads & wanted or any(need in chosen for need in found.needs):
            chosen[found.key] = found
    return tuple(chosen.values())
