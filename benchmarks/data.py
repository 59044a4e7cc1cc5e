"""The tables that are converted: parents, and children that refer to them."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from benchmarks.server import Server

TARGET = "batches.batch_id"

# A parent's id is in one of three spellings; which one, and the digits, follow from its number alone.
_TABLES = """
CREATE FUNCTION spelled(n bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN n % 10 < 5 THEN 'batch_' || md5(n::text)
              WHEN n % 10 < 8 THEN 'batch_' || md5(n::text)::uuid::text
              ELSE md5(n::text)::uuid::text END
$$;
CREATE TABLE batches (
  batch_id varchar CONSTRAINT batches_pkey PRIMARY KEY,
  status varchar NOT NULL,
  total integer NOT NULL,
  created_at timestamp NOT NULL
);
CREATE TABLE items (
  id bigint NOT NULL,
  batch_id varchar NOT NULL,
  domain varchar NOT NULL,
  created_at timestamp NOT NULL
);
"""
_PARENTS = """
INSERT INTO batches
SELECT spelled(n), 'completed', n %% 50, timestamp '2025-04-01' + n * interval '1 second'
  FROM generate_series(1, %(parents)s::bigint) AS n
"""
_CHILDREN = """
INSERT INTO items
SELECT n, spelled(1 + (n * 7919) %% %(parents)s), 'shop-' || n || '.example',
       timestamp '2025-04-01' + n * interval '1 second'
  FROM generate_series(1, %(children)s::bigint) AS n
"""
_KEYS = """
ALTER TABLE items ADD CONSTRAINT items_pkey PRIMARY KEY (id);
CREATE INDEX items_batch_id_idx ON items (batch_id);
ALTER TABLE items ADD CONSTRAINT items_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES batches ON DELETE CASCADE;
DROP FUNCTION spelled;
"""


@dataclass(frozen=True)
class Size:
    """How many rows the two tables have."""

    parents: int
    children: int

    @property
    def rows(self) -> int:
        """Rows of both tables."""
        return self.parents + self.children

    def __str__(self) -> str:
        return f"{self.parents:,} parents and {self.children:,} children"


def make(server: Server, database: str, size: Size) -> str:
    """Make the tables; the size on disk as PostgreSQL says it."""
    server.create(database)
    with server.connect(database) as connection:
        connection.execute(_TABLES)
        connection.execute(_PARENTS, {"parents": size.parents})
        connection.execute(_CHILDREN, {"parents": size.parents, "children": size.children})
        connection.execute(_KEYS)
        connection.execute("VACUUM (ANALYZE) batches, items")
        row = connection.execute("SELECT pg_size_pretty(pg_database_size(current_database()))").fetchone()
        assert row is not None
        return str(row[0])


def result(connection: psycopg.Connection) -> tuple[object, ...]:
    """What a conversion has made of the ids; the same for every way that is right."""
    row = connection.execute(
        """
        SELECT (SELECT count(*)::text || ' ' || bit_xor(uuid_hash_extended(batch_id, 0))::text FROM batches),
               (SELECT count(*)::text || ' ' || bit_xor(uuid_hash_extended(batch_id, id))::text FROM items),
               (SELECT string_agg(conname || ' ' || pg_get_constraintdef(oid), '; ' ORDER BY conname)
                  FROM pg_constraint
                 WHERE contype IN ('p', 'f') AND conrelid IN ('batches'::regclass, 'items'::regclass)),
               (SELECT indexdef FROM pg_indexes WHERE indexname = 'items_batch_id_idx')
        """
    ).fetchone()
    assert row is not None
    return row
