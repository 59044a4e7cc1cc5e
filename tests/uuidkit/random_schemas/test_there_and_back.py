"""Random schemas go there and back: every reference holds on the way, and the end is the start to the byte.

Some of them share a database, so that they share what it costs. Each server has seeds of its own, a hundred: 0-99 on
18, 100-199 on 16, 200-299 on the system's. Others, many more of them or one again (its number is in the names of its
schemas), on every server: UUIDKIT_RANDOM_SEEDS=0-2999 or UUIDKIT_RANDOM_SEEDS=42.
"""

from __future__ import annotations

import os
import random
from typing import Any

import psycopg
import pytest

import uuidkit
from tests.support.clients import pg_dump
from tests.support.servers import Server
from tests.uuidkit.random_schemas.generator import Database, make
from tests.uuidkit.random_schemas.objects import Maker
from uuidkit.database import conninfo
from uuidkit.planning.model import OFFERED, Plan

CHOSEN = os.environ.get("UUIDKIT_RANDOM_SEEDS")
FIRST = {"18": 0, "16": 100, "system": 200}
TOGETHER = 10
OPTIONS: dict[str, Any] = {"on_unparseable": "derive", "references": "declared"}


def groups(every: int = 1) -> list[range]:
    """The chosen seeds, some at a time; without a choice a hundred, which still have to be moved on."""
    first, _, last = (CHOSEN or "0-99").partition("-")
    end = int(last or first) + 1
    return [range(start, min(start + TOGETHER, end)) for start in range(int(first), end, TOGETHER)][::every]


def named(seeds: range) -> str:
    return f"{seeds[0]}-{seeds[-1]}"


def of_server(seeds: range, server: Server) -> range:
    """The seeds moved on to those that a server tries when there is no choice."""
    moved = 0 if CHOSEN else FIRST[server.label]
    return range(seeds.start + moved, seeds.stop + moved)


def build(connection: psycopg.Connection[Any], seeds: range, version_num: int, *, objects: bool) -> list[Database]:
    """Make the schemas of some seeds."""
    made = []
    for seed in seeds:
        database = make(seed)
        if objects:
            unlogged = any("UNLOGGED" in line for line in database.statements)
            maker = Maker(random.Random(f"objects {seed}"), database.tables, version_num, unlogged=unlogged)
            database.statements += maker.run()
        for statement in database.statements:
            try:
                connection.execute(statement)
            except psycopg.Error as error:
                raise AssertionError(f"seed {seed}: {statement}: {error}") from error
        made.append(database)
    return made


def linked(connection: psycopg.Connection[Any], made: list[Database]) -> list[int]:
    """How many rows of each reference meet their counterpart."""
    counts = []
    for child, column, parent, key in (reference for database in made for reference in database.references):
        row = connection.execute(
            f"SELECT count(*) FROM {child} AS c JOIN {parent} AS p ON c.{column} = p.{key}"
        ).fetchone()
        assert row is not None
        counts.append(row[0])
    return counts


def decisions(plan: Plan) -> dict[str, Any]:
    """What a user would answer to each question about meaning: take what is offered, accept the rest."""
    offered = {found.name: OFFERED for graph in plan.graphs for found in graph.dependents if found.offer is not None}
    asked = [blocker.object for blocker in plan.blockers if blocker.code == "MEANING"]
    return {
        "rewrite": {name: OFFERED for name in asked if name in offered},
        "allow": tuple(name for name in asked if name not in offered),
    }


@pytest.mark.parametrize("seeds", groups(), ids=named)
def test_there_and_back(server: Server, database: str, seeds: range) -> None:
    with psycopg.connect(conninfo(database), autocommit=True) as connection:
        made = build(connection, of_server(seeds, server), server.version_num, objects=True)
        before = pg_dump(database)
        links = linked(connection, made)
        targets = [target for one in made for target in one.targets]

        first = uuidkit.plan(connection, targets, **OPTIONS)
        assert [str(blocker) for blocker in first.blockers if blocker.code != "MEANING"] == []
        options = {**OPTIONS, **decisions(first), "join_graphs": seeds.start % 20 == 10}
        uuidkit.convert(connection, targets, single_transaction=seeds.start % 20 == 0, **options)
        assert linked(connection, made) == links
        proof = uuidkit.verify(connection)
        assert proof.ok, [column.problems for column in proof.columns]
        assert uuidkit.plan(connection, targets, **options).status == "nothing to do"

        uuidkit.revert(connection, all=True)
        assert linked(connection, made) == links
    assert pg_dump(database) == before


@pytest.mark.parametrize("seeds", groups(5), ids=named)
def test_rows_added_in_between_come_back_as_text_that_fits(server: Server, database: str, seeds: range) -> None:
    with psycopg.connect(conninfo(database), autocommit=True) as connection:
        made = build(connection, of_server(seeds, server), server.version_num, objects=False)
        connection.execute("SET session_replication_role = replica")  # rows in any order
        joined = seeds.start % 100 == 50
        uuidkit.convert(connection, [target for one in made for target in one.targets], join_graphs=joined, **OPTIONS)
        for table, most in ((table, n) for one in made for n, table in enumerate(one.tables, 1) if table.ids):
            names = ", ".join(f'"{name}"' for name in table.names if name not in ("row_number", table.key))
            connection.execute(
                f'INSERT INTO {table.full} (row_number, "{table.key}", {names}) '
                f"SELECT 1000 + row_number, gen_random_uuid(), {names} FROM {table.full} WHERE row_number < {most}"
            )
        links = linked(connection, made)
        uuidkit.revert(connection, all=True)
        assert linked(connection, made) == links
