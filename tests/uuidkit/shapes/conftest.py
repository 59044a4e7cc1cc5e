"""A tree of partitions that somebody refers to, in a fresh database."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from uuidkit.database import conninfo

TREE = """
CREATE TABLE batches (batch_id varchar(60), made date, UNIQUE (batch_id, made)) PARTITION BY RANGE (made);
CREATE TABLE early PARTITION OF batches FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE late PARTITION OF batches DEFAULT PARTITION BY LIST (made);
CREATE TABLE latest PARTITION OF late DEFAULT;
CREATE TABLE jobs (batch_id varchar(60), made date, FOREIGN KEY (batch_id, made) REFERENCES batches (batch_id, made));
INSERT INTO batches SELECT 'batch_' || md5(n::text), date '2024-01-01' + 4 * n FROM generate_series(1, 200) AS n;
INSERT INTO jobs SELECT * FROM early;
"""


@pytest.fixture
def tree(database: str) -> Iterator[psycopg.Connection]:
    """The superuser's connection, in autocommit."""
    with psycopg.connect(conninfo(database), autocommit=True) as connection:
        connection.execute(TREE)
        yield connection
