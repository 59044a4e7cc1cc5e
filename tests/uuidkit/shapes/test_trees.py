"""A tree is converted as one: what is locked, watched and refused goes for all of its tables."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

import uuidkit
from uuidkit.errors import BlockedError
from uuidkit.execute import Event

TARGET = ["early.batch_id"]
FAMILY = ["public.batches", "public.early", "public.late", "public.latest"]


def test_all_tables_of_the_tree_are_locked_and_watched(tree: psycopg.Connection) -> None:
    plan = uuidkit.plan(tree, TARGET)
    [graph] = plan.graphs
    assert [str(table) for table in graph.tables] == [*FAMILY, "public.jobs"]
    assert {str(table) for table, _ in graph.fingerprints} == {*FAMILY, "public.jobs"}
    [lock] = [statement.sql for statement in plan.statements if statement.sql.startswith("LOCK TABLE")]
    assert all(f'"{name}"' in lock for name in ("batches", "early", "late", "latest", "jobs"))


@pytest.mark.parametrize(
    ("change", "blocked"),
    [
        ("ALTER TABLE latest ALTER batch_id SET DEFAULT '687d53c4-1111-4222-8333-944455556601'", ""),
        ("CREATE TABLE more PARTITION OF batches FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')", ""),
        ("ALTER TABLE late DETACH PARTITION latest", ""),
        ("ALTER TABLE latest ALTER batch_id SET DEFAULT 'none'", "DEFAULT"),
        ("CREATE UNIQUE INDEX own ON latest (batch_id); INSERT INTO late VALUES (upper(md5('1')), '2029-01-01')", ""),
        ("ALTER TABLE latest ADD CONSTRAINT c CHECK (batch_id <> 'x')", "MEANING"),
    ],
)
def test_a_change_of_one_partition_under_way_is_noticed(tree: psycopg.Connection, change: str, blocked: str) -> None:
    notes: list[str] = []
    waiting = [change]

    def meddle(event: Event) -> None:
        if event.kind == "note":
            notes.append(event.message)
        if event.kind == "graph" and waiting:
            with psycopg.connect(tree.info.dsn, autocommit=True) as other:
                other.execute(waiting.pop())

    if blocked:
        with pytest.raises(BlockedError) as refused:
            uuidkit.convert(tree, ["batches.batch_id"], progress=meddle)
        assert {blocker.code for blocker in refused.value.blockers} == {blocked}
    else:
        uuidkit.convert(tree, ["batches.batch_id"], progress=meddle)
        assert uuidkit.verify(tree).ok
    assert any("Planning again" in note for note in notes)


def test_keys_that_act_in_another_order_on_a_partition_are_refused(tree: psycopg.Connection) -> None:
    """A partition with a key of its own, attached after the root got its keys: names would put the root's first."""
    tree.execute("CREATE TABLE apart (batch_id varchar(60), made date, UNIQUE (batch_id, made))")
    own = "FOREIGN KEY (batch_id, made) REFERENCES apart (batch_id, made) ON DELETE RESTRICT"
    tree.execute(f"CREATE TABLE own_jobs (batch_id varchar(60), made date, {own})")
    tree.execute("ALTER TABLE batches ATTACH PARTITION apart FOR VALUES FROM ('2010-01-01') TO ('2011-01-01')")
    found = {blocker.object: blocker for blocker in uuidkit.plan(tree, TARGET).blockers}
    assert list(found) == ["public.apart"]
    assert "act in another order ON DELETE and ON UPDATE" in found["public.apart"].message
    tree.execute("ALTER TABLE own_jobs DROP CONSTRAINT own_jobs_batch_id_made_fkey")
    tree.execute(f"ALTER TABLE own_jobs ADD {own}")
    assert uuidkit.plan(tree, TARGET).blockers == ()


def test_a_key_of_the_tree_bears_the_names_it_had_on_every_partition(tree: psycopg.Connection) -> None:
    names = """
        SELECT conrelid::regclass::text, confrelid::regclass::text, conname FROM pg_constraint
         WHERE contype = 'f' ORDER BY 1, 2
    """
    tree.execute("CREATE TABLE first PARTITION OF batches FOR VALUES FROM ('2001-01-01') TO ('2002-01-01')")
    part = "SELECT conname FROM pg_constraint WHERE confrelid = 'latest'::regclass"
    [(name,)] = tree.execute(part).fetchall()
    tree.execute(sql.SQL("ALTER TABLE jobs RENAME CONSTRAINT {} TO renamed").format(sql.Identifier(name)))
    before = tree.execute(names).fetchall()
    assert "renamed" in {found for _, _, found in before}
    uuidkit.convert(tree, TARGET)
    assert tree.execute(names).fetchall() == before
    uuidkit.revert(tree, all=True)
    assert tree.execute(names).fetchall() == before


def test_a_tree_is_named_by_any_of_its_tables(tree: psycopg.Connection) -> None:
    for name in ("batches.batch_id", "latest.batch_id", "jobs.batch_id"):
        [graph] = uuidkit.plan(tree, [name]).graphs
        assert {str(column.column) for column in graph.columns} == {"public.batches.batch_id", "public.jobs.batch_id"}
    uuidkit.convert(tree, TARGET)
    [proof, other] = uuidkit.verify(tree, ["latest.batch_id"]).columns
    assert (str(proof.column), proof.rows, other.rows) == ("public.batches.batch_id", 200, 91)
    uuidkit.revert(tree, ["late.batch_id"])
    assert tree.execute("SELECT to_regclass('uuidkit.conversions')").fetchone() == (None,)
