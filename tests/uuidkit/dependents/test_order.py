"""The order in which objects go and come back, for any way in which they can be built on each other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.dependents.model import Address, DependentObject
from uuidkit.dependents.order import concerning, in_order_of_making

TABLE = TableName("public", "jobs")
COLUMN = ColumnName("public", "jobs", "job_id")
OTHER = ColumnName("public", "runs", "run_id")


def view(number: int, needs: set[int], reads: set[ColumnName]) -> DependentObject:
    """A view built on others."""
    return DependentObject(
        catalog="pg_class",
        oid=number,
        kind="view",
        name=f"public.v{(number * 7919) % 101}",  # names in another order than numbers
        table=TABLE,
        address=Address("view", ("public", f"v{number}")),
        reads=frozenset(reads),
        needs=frozenset(("pg_class", need) for need in needs),
    )


@st.composite
def trees(draw: st.DrawFn) -> list[DependentObject]:
    """Views of which each is built on some of those before it, in any order."""
    found = []
    for number in range(draw(st.integers(1, 12))):
        needs = draw(st.sets(st.integers(0, number - 1), max_size=3)) if number else set()
        found.append(view(number, needs, draw(st.sets(st.sampled_from([COLUMN, OTHER]), max_size=2))))
    return draw(st.permutations(found))


@given(trees())
def test_everything_comes_after_what_it_is_built_on(objects: list[DependentObject]) -> None:
    ordered = in_order_of_making(objects)
    assert sorted(found.oid for found in ordered) == sorted(found.oid for found in objects)
    place = {found.key: number for number, found in enumerate(ordered)}
    assert all(place[need] < place[found.key] for found in ordered for need in found.needs)
    assert in_order_of_making(reversed(objects)) == ordered


@given(trees())
def test_a_graph_concerns_what_reads_its_columns_and_all_that_is_built_on_it(objects: list[DependentObject]) -> None:
    ordered = in_order_of_making(objects)
    chosen = {found.key for found in concerning(ordered, [COLUMN])}
    for found in ordered:
        assert (found.key in chosen) == (COLUMN in found.reads or bool(found.needs & chosen))
