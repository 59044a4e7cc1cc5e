"""The texts kept in a table of the ledger's schema: proved before the commit, looked up, missed when they are gone."""

from __future__ import annotations

from hashlib import md5
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

import uuidkit
from uuidkit.errors import BlockedError

TARGET = ["batches.batch_id"]
_ID = UUID(md5(b"1").hexdigest())
_TEXTS = "SELECT tablename FROM pg_tables WHERE schemaname = 'uuidkit' AND tablename LIKE 'texts%'"


def _table(connection: psycopg.Connection) -> sql.Identifier:
    [(name,)] = connection.execute(_TEXTS).fetchall()
    return sql.Identifier("uuidkit", str(name))


def test_no_table_gets_a_column(tree: psycopg.Connection) -> None:
    plan = uuidkit.plan(tree, TARGET, backup="table")
    assert not any("ADD COLUMN" in statement.sql for statement in plan.statements)
    assert all(not column.backup for column in plan.graphs[0].columns)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE {} SET old = 'batch_' || md5('another') WHERE id = %(id)s AND position = 0",
        "UPDATE {} SET rows = rows + 1 WHERE id = %(id)s AND position = 1",
        "DELETE FROM {} WHERE id = %(id)s AND position = 0",
        "INSERT INTO {} VALUES (1, gen_random_uuid(), 'none', 1)",
        "UPDATE public.jobs SET batch_id = NULL WHERE batch_id = %(id)s",
    ],
    ids=["another text", "another number of rows", "no text", "a text too many", "no uuid"],
)
def test_a_text_that_is_not_the_one_there_was_stops_the_conversion(tree: psycopg.Connection, damage: str) -> None:
    plan = uuidkit.plan(tree, TARGET, backup="table")
    inside = [statement for statement in plan.statements if statement.phase != "after"]
    first = next(number for number, statement in enumerate(inside) if statement.phase == "prove")
    with pytest.raises(psycopg.Error) as stopped, tree.transaction():
        for number, statement in enumerate(inside):
            if number == first:
                tree.execute(sql.SQL(damage).format(_table(tree)), {"id": _ID})
            tree.execute(statement.sql.encode())
    assert stopped.value.sqlstate == "UK002"


def test_a_column_with_two_texts_for_one_uuid_cannot_slip_in(tree: psycopg.Connection) -> None:
    """Not even between the survey and the locks."""
    tree.execute("ALTER TABLE jobs DROP CONSTRAINT jobs_batch_id_made_fkey")
    plan = uuidkit.plan(tree, ["jobs.batch_id"], references="none", backup="table")
    tree.execute("INSERT INTO jobs VALUES (md5('1'))")
    with pytest.raises(psycopg.errors.UniqueViolation), tree.transaction():
        for statement in plan.statements:
            if statement.phase != "after":
                tree.execute(statement.sql.encode())
    [blocker] = uuidkit.plan(tree, ["jobs.batch_id"], references="none", backup="table").blockers
    assert blocker.code == "BACKUP"


def test_what_became_of_the_texts(tree: psycopg.Connection) -> None:
    uuidkit.convert(tree, TARGET, backup="table")
    tree.execute("INSERT INTO batches VALUES (gen_random_uuid(), '2024-07-07')")
    tree.execute("DELETE FROM jobs WHERE batch_id = %s", [UUID(md5(b"2").hexdigest())])
    [batches, jobs] = uuidkit.verify(tree).columns
    assert (batches.ok, batches.rows, batches.checked) == (True, 201, 200)
    assert "1 row was added or changed since" in batches.checks
    assert (jobs.ok, jobs.rows, jobs.checked) == (True, 90, 90)
    for asked in (f"batch_{_ID.hex}", str(_ID)):
        found = uuidkit.lookup(tree, [asked])
        assert {(str(one.column), one.original, one.uuid, one.rows) for one in found} == {
            ("public.batches.batch_id", f"batch_{_ID.hex}", _ID, 1),
            ("public.jobs.batch_id", f"batch_{_ID.hex}", _ID, 1),
        }
    tree.execute(sql.SQL("UPDATE {} SET old = 'batch_other' WHERE id = %s").format(_table(tree)), [_ID])
    assert [column.ok for column in uuidkit.verify(tree).columns] == [False, False]


def test_without_the_table_there_is_no_way_back(tree: psycopg.Connection) -> None:
    uuidkit.convert(tree, TARGET, backup="table")
    table = _table(tree)
    tree.execute(sql.SQL("ALTER TABLE {} RENAME TO elsewhere").format(table))
    assert "with its texts is gone" in uuidkit.verify(tree).columns[0].problems[0]
    with pytest.raises(BlockedError) as refused:
        uuidkit.revert(tree, TARGET)
    assert {blocker.code for blocker in refused.value.blockers} == {"LEDGER"}
    tree.execute(sql.SQL("ALTER TABLE uuidkit.elsewhere RENAME TO {}").format(sql.Identifier(table._obj[1])))
    uuidkit.revert(tree, TARGET)
    assert tree.execute("SELECT count(*) FROM batches WHERE batch_id LIKE 'batch\\_%'").fetchone() == (200,)
