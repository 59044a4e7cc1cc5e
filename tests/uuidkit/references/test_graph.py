"""Which columns change together, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.uuidkit.survey.looking import looking, name, run
from uuidkit.catalog.model import Schema
from uuidkit.errors import UsageError
from uuidkit.findings import Reference
from uuidkit.planning.model import Request
from uuidkit.references import closure, declared, include

TABLES = (
    "CREATE TABLE leaf (id text PRIMARY KEY, twig_id text)",  # older than what it refers to
    "CREATE TABLE root (id text PRIMARY KEY, tenant int, code text, UNIQUE (tenant, code))",
    "CREATE TABLE branch (id text PRIMARY KEY REFERENCES root, n int)",
    "CREATE TABLE twig (id text PRIMARY KEY, branch_id text REFERENCES branch, parent_id text REFERENCES twig)",
    "ALTER TABLE leaf ADD FOREIGN KEY (twig_id) REFERENCES twig",
    "CREATE TABLE pair (tenant int, code text, other text, FOREIGN KEY (tenant, code) REFERENCES root (tenant, code))",
    "CREATE TABLE a (id text PRIMARY KEY, b text)",
    "CREATE TABLE b (id text PRIMARY KEY, a text REFERENCES a)",
    "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b",
    "CREATE TABLE loose (id uuid PRIMARY KEY, root_id text, x text)",
    "CREATE SCHEMA far",
    "CREATE TABLE far.away (id text PRIMARY KEY, root_id text REFERENCES root)",
)


@pytest.fixture
def schema(database: str) -> Iterator[Schema]:
    """A schema of chains, circles, a composite key and a far one."""
    run(database, *TABLES)
    with looking(database) as (_, found):
        yield found


def undeclared(child: str, key: str, *, certain: bool = True) -> Reference:
    """An undeclared reference."""
    return Reference(name(child), name(key), declared=False, certain=certain, why="It is so.")


def graphs(schema: Schema, request: Request, *more: Reference) -> list[list[str]]:
    """The graphs as short names."""
    found = closure(schema, (*declared(schema), *more), request)
    return [[str(column).removeprefix("public.") for column in graph] for graph in found]


def ask(*targets: str, **options: object) -> Request:
    """A request by names."""
    chosen = {
        key: tuple(map(name, value)) if key in ("include", "exclude") else value  # type: ignore[call-overload]
        for key, value in options.items()
    }
    return Request(tuple(map(name, targets)), **chosen)


@pytest.mark.parametrize("target", ["root.id", "leaf.twig_id", "twig.parent_id", "far.away.root_id"])
def test_from_any_end_the_whole_graph_is_found_parents_first(schema: Schema, target: str) -> None:
    # branch.id refers to root.id, and twig.branch_id to branch.id: two chains meet only where a column has both ends.
    [graph] = graphs(schema, ask(target))
    if target in ("leaf.twig_id", "twig.parent_id"):
        assert graph == ["twig.id", "leaf.twig_id", "twig.parent_id"]
    else:
        assert graph == ["root.id", "branch.id", "twig.branch_id", "far.away.root_id"]


def test_composite_keys_are_followed_column_by_column(schema: Schema) -> None:
    assert graphs(schema, ask("pair.code")) == [["root.code", "pair.code"]]


def test_circles_end(schema: Schema) -> None:
    assert graphs(schema, ask("a.id")) == [["a.id", "b.a"]]
    assert graphs(schema, ask("a.b", "a.id")) == [["a.id", "b.a"], ["b.id", "a.b"]]
    ring = [undeclared("a.id", "b.id"), undeclared("b.id", "a.id")]
    assert graphs(schema, ask("b.a"), *ring) == [["a.id", "b.id", "a.b", "b.a"]]


def test_targets_of_one_graph_give_one_graph(schema: Schema) -> None:
    assert len(graphs(schema, ask("root.id", "branch.id", "root.id"))) == 1
    assert [graph[0] for graph in graphs(schema, ask("twig.id", "root.id", "leaf.id"))] == [
        "leaf.id",
        "root.id",
        "twig.id",
    ]


@pytest.mark.parametrize(
    ("options", "certain", "found"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"references": "declared"}, True, False),
        ({"references": "none"}, True, False),
        ({"include": ["loose.root_id"]}, False, True),
        ({"include": ["loose.root_id"], "references": "none"}, False, True),
        ({"exclude": ["loose.root_id"]}, True, False),
    ],
)
def test_undeclared_references(schema: Schema, options: dict[str, object], certain: bool, found: bool) -> None:
    [graph] = graphs(schema, ask("root.id", **options), undeclared("loose.root_id", "root.id", certain=certain))
    assert ("loose.root_id" in graph) is found
    assert "branch.id" in graph


def test_the_parent_of_a_target_comes_along(schema: Schema) -> None:
    [graph] = graphs(schema, ask("loose.root_id"), undeclared("loose.root_id", "root.id"))
    assert graph == ["root.id", "branch.id", "twig.branch_id", "loose.root_id", "far.away.root_id"]


def test_a_column_included_by_hand_goes_where_its_name_points(schema: Schema) -> None:
    request = ask("root.id", "twig.id", include=["loose.root_id"])
    made = include(schema, declared(schema), request)[-1]
    assert (made.referencing, made.referenced, made.certain, made.declared) == (
        name("loose.root_id"),
        name("root.id"),
        True,
        False,
    )
    assert "by hand" in made.why
    assert include(schema, include(schema, declared(schema), request), request)[-1] == made
    assert ["loose.root_id" in graph for graph in graphs(schema, request)] == [True, False]


def test_a_column_included_by_hand_belongs_to_the_only_target(schema: Schema) -> None:
    [graph] = graphs(schema, ask("twig.id", include=["loose.x"]))
    assert graph == ["twig.id", "leaf.twig_id", "twig.parent_id", "loose.x"]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (ask("nowhere.id"), "no table public.nowhere"),
        (ask("root.nothing"), "no column nothing"),
        (ask("root.id", include=["loose.nothing"]), "no column nothing"),
        (ask("root.id", exclude=["loose.nothing"]), "no column nothing"),
        (ask("root.id", exclude=["root.id"]), "both a target and excluded"),
        (ask("root.id", include=["loose.x"], exclude=["loose.x"]), "both included and excluded"),
        (ask("root.id", exclude=["branch.id"]), "foreign key branch_id_fkey"),
        (ask("root.id", "twig.id", include=["loose.x"]), "not clear to which of the targets"),
    ],
)
def test_requests_that_cannot_be_met(schema: Schema, request_: Request, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        graphs(schema, request_)


def test_excluding_what_is_not_in_the_graph_does_nothing(schema: Schema) -> None:
    assert graphs(schema, ask("a.id", exclude=["root.id"])) == graphs(schema, ask("a.id"))


def test_graphs_that_share_a_table_may_be_one(schema: Schema) -> None:
    apart = graphs(schema, ask("twig.id", "root.id", "leaf.id", "a.id", "root.code"))
    assert len(apart) == 5
    joined = graphs(schema, ask("twig.id", "root.id", "leaf.id", "a.id", "root.code", join_graphs=True))
    # By leaf and twig the first three, by root the fourth; nothing ties the circle to them.
    assert [set(graph) for graph in joined] == [
        {column for graph in apart if "a.id" not in graph for column in graph},
        {"a.id", "b.a"},
    ]
    for graph in apart[:-1]:
        order = [column for column in joined[0] if column in graph]
        assert order == graph


def test_a_chain_of_any_length(schema: Schema) -> None:
    tables = dict(schema.tables)
    base = tables[name("a.id").table_name]
    links = []
    for number in range(3_000):
        table = replace(base, name=replace(base.name, name=f"chain{number}"), oid=10_000_000 - number)
        tables[table.name] = table
        if number:
            links.append(undeclared(f"chain{number}.id", f"chain{number - 1}.id"))
    [graph] = closure(replace(schema, tables=tables), links, ask("chain1500.id"))
    assert [column.table for column in graph] == [f"chain{number}" for number in range(3_000)]


def test_declared_keys_of_partitions_count_once(database: str) -> None:
    run(
        database,
        "CREATE TABLE p (id text PRIMARY KEY)",
        "CREATE TABLE c (id text, day date) PARTITION BY RANGE (day)",
        "CREATE TABLE c1 PARTITION OF c FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
        "ALTER TABLE c ADD FOREIGN KEY (id) REFERENCES p",
    )
    with looking(database) as (_, schema):
        assert [(str(r.referencing), r.constraint) for r in declared(schema)] == [("public.c.id", "c_id_fkey")]
