"""A declared reference is never found a second time the other way round."""

from __future__ import annotations

import pytest

from uuidkit import api
from uuidkit.database import connect

TABLES = """
CREATE TABLE users (user_id text PRIMARY KEY);
CREATE TABLE profiles (user_id text PRIMARY KEY REFERENCES users);
CREATE TABLE avatars (user_id text PRIMARY KEY REFERENCES profiles);
CREATE TABLE visits (user_id text REFERENCES users);
INSERT INTO users SELECT md5(n::text) FROM generate_series(1, 10) AS n;
INSERT INTO profiles SELECT md5(n::text) FROM generate_series(1, 9) AS n;
INSERT INTO avatars SELECT md5(n::text) FROM generate_series(1, 8) AS n;
INSERT INTO visits SELECT md5((1 + n % 9)::text) FROM generate_series(1, 100) AS n;
"""


@pytest.mark.parametrize("target", ["users.user_id", "profiles.user_id", "avatars.user_id", "visits.user_id"])
def test_a_key_does_not_refer_to_the_columns_that_refer_to_it(database: str, target: str) -> None:
    with connect(database) as connection:
        connection.execute(TABLES)
        plan = api.plan(connection, [target], declare_references=True)
    assert plan.status == "ready"
    [graph] = plan.graphs
    assert {column.column.table for column in graph.columns} == {"users", "profiles", "avatars", "visits"}
    assert [reference for reference in graph.references if not reference.declared] == []
