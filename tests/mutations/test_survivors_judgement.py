"""What values and references are taken for, and how they are read."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql
from psycopg.pq import TransactionStatus

import uuidkit
from tests.mutations.meddling import Watched, one
from tests.uuidkit.alembic.project import Project
from tests.uuidkit.safety.conftest import Legacy
from uuidkit.alembic import include_object
from uuidkit.ids import Shape
from uuidkit.ids.shapes import ShapeSpelling

# References that are not certain are not followed.


def planned(connection: psycopg.Connection[Any], target: str) -> set[str]:
    """The columns that change together with one."""
    plan = uuidkit.plan(connection, [target])
    return {str(column.column) for graph in plan.graphs for column in graph.changing}


def test_of_two_keys_that_a_name_fits_equally_well_none_is_guessed(database: str) -> None:
    with Legacy(database).connect() as connection:
        for schema, first in (("shop", 1), ("archive", 11)):
            connection.execute(f"CREATE SCHEMA {schema}; CREATE TABLE {schema}.customers (id text PRIMARY KEY)")
            connection.execute(
                f"INSERT INTO {schema}.customers SELECT md5(n::text)::uuid "
                f"FROM generate_series({first}, {first + 19}) n"
            )
        connection.execute("CREATE TABLE orders (customer_id text)")
        connection.execute("INSERT INTO orders SELECT md5(n::text)::uuid FROM generate_series(12, 18) n")
        assert planned(connection, "shop.customers.id") == {"shop.customers.id"}
        connection.execute("DROP TABLE archive.customers")
        assert planned(connection, "shop.customers.id") == {"shop.customers.id", "public.orders.customer_id"}


def test_without_a_name_a_single_value_elsewhere_is_enough_not_to_follow(database: str) -> None:
    with Legacy(database).connect() as connection:
        connection.execute("CREATE TABLE users (id text PRIMARY KEY); CREATE TABLE notes (number serial, owner text)")
        connection.execute("INSERT INTO users SELECT md5(n::text)::uuid FROM generate_series(1, 5000) n")
        connection.execute(
            "INSERT INTO notes (owner) SELECT id FROM users; INSERT INTO notes (owner) VALUES ('nobody')"
        )
        assert planned(connection, "users.id") == {"public.users.id"}
        connection.execute("DELETE FROM notes WHERE owner = 'nobody'")
        assert planned(connection, "users.id") == {"public.users.id", "public.notes.owner"}


def test_a_half_converted_graph_needs_no_derived_ids(database: str) -> None:
    with Legacy(database).connect() as connection:
        connection.execute("CREATE TABLE batches (batch_id uuid UNIQUE, batch_id_original text)")
        connection.execute("CREATE TABLE jobs (batch_id text)")
        connection.execute(
            "INSERT INTO batches SELECT gen_random_uuid(), 'run ' || n FROM generate_series(1, 5) AS n "
            "UNION ALL SELECT md5(n::text)::uuid, md5(n::text) FROM generate_series(1, 5) AS n"
        )
        connection.execute("INSERT INTO jobs SELECT batch_id_original FROM batches")
        uuidkit.convert(connection, ["jobs.batch_id"])
        query = "SELECT count(*) FROM jobs j JOIN batches b USING (batch_id, batch_id_original)"
        assert one(connection, query) == 10


def test_a_key_that_is_not_valid_vouches_for_nothing(database: str) -> None:
    """Two spellings of an id that the referenced table never had, where the referencing column is a key too."""
    with Legacy(database).connect() as connection:
        connection.execute("CREATE TABLE batches (id text PRIMARY KEY); CREATE TABLE details (id text PRIMARY KEY)")
        connection.execute("INSERT INTO batches SELECT md5(n::text)::uuid FROM generate_series(1, 5) n")
        connection.execute("INSERT INTO details SELECT id FROM batches")
        connection.execute("INSERT INTO details VALUES (md5('lost')::uuid), (upper(md5('lost')::uuid::text))")
        connection.execute("ALTER TABLE details ADD FOREIGN KEY (id) REFERENCES batches NOT VALID")
        plan = uuidkit.plan(connection, ["batches.id"])
    assert [(blocker.code, blocker.object) for blocker in plan.blockers] == [("COLLISION", "public.details.id")]


# Values that are almost of one shape.


@pytest.mark.parametrize("spelling", ["canonical", "underscored", "braced"])
def test_joints_are_looked_at_one_by_one(database: str, spelling: ShapeSpelling) -> None:
    """A text with one other joint is the same uuid, but not this shape: it would not come back as it was."""
    shape = Shape("", spelling)
    groups = "687d53c4 1111 4222 8333 944455556601".split()
    texts = [
        "".join(part for pair in zip(groups, (*joints, ""), strict=True) for part in pair)
        for joints in itertools.product("-_", repeat=4)
    ]
    texts += [f"{{{text}}}" for text in texts]
    with Legacy(database).connect() as connection:
        query = sql.SQL("SELECT {} FROM unnest(%s::text[]) AS t (value)").format(
            shape.matches(sql.Identifier("value"), connection.info.server_version)
        )
        found = [matches for (matches,) in connection.execute(query, [texts]).fetchall()]
    assert dict(zip(texts, found, strict=True)) == {text: shape.fits(text) for text in texts}
    assert found.count(True) == 1


# Reading, as the server sees it.


def test_a_script_is_planned_in_a_transaction_that_is_undone(legacy: Legacy, tmp_path: Path) -> None:
    project = Project(tmp_path / "migrations", legacy.url)
    project.revision("pass")
    project.upgrade()
    project.revision("op.convert_to_uuid('batch_jobs', 'batch_id')")
    seen: list[str] = []

    @contextlib.contextmanager
    def connect() -> Iterator[Watched]:
        with legacy.connect() as connection:

            def write(_: object) -> None:
                if connection.info.transaction_status is TransactionStatus.INTRANS and not seen:
                    seen.append("written")
                    connection.execute("CREATE TABLE left_behind ()")

            yield Watched(connection, write)

    project.options["uuidkit_connect"] = connect
    assert "ALTER TABLE" in project.script("r1:r2")
    assert seen
    with legacy.connect() as connection:
        assert one(connection, "SELECT to_regclass('left_behind') IS NULL")


def test_a_backup_is_known_by_its_comment_alone(legacy: Legacy, tmp_path: Path) -> None:
    """Where a project passes include_object only, and the backup has another name than the default one."""
    with legacy.connect() as connection:
        connection.execute("DROP TABLE domains, jobs")
        uuidkit.convert(connection, ["batch_jobs.batch_id"], backup_suffix="_before")
    metadata = sa.MetaData()
    key = sa.UniqueConstraint("batch_id", name="batch_jobs_batch_id_key")
    columns = (sa.Column("id", sa.Integer, primary_key=True), sa.Column("batch_id", sa.Uuid, nullable=False))
    sa.Table("batch_jobs", metadata, *columns, key)
    project = Project(tmp_path / "migrations", legacy.url, target_metadata=metadata, include_object=include_object)
    project.revision("pass")
    project.upgrade()
    assert "No new upgrade operations detected" in project.check()
