"""A small legacy database, and what it looks like from outside: dump and checksums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from tests.support.clients import checksums, pg_dump
from uuidkit.database import conninfo

LEGACY = """
CREATE TABLE batch_jobs (
    id serial PRIMARY KEY,
    batch_id varchar NOT NULL UNIQUE DEFAULT 'batch_' || gen_random_uuid()
);
CREATE TABLE jobs (
    id serial PRIMARY KEY,
    batch_id varchar CONSTRAINT jobs_batch_id_fkey REFERENCES batch_jobs (batch_id) ON DELETE SET NULL
);
CREATE INDEX ix_jobs_batch_id ON jobs (batch_id);
CREATE TABLE domains (id serial PRIMARY KEY, batch_id varchar(60));
INSERT INTO batch_jobs (batch_id) SELECT 'batch_' || md5(n::text) FROM generate_series(1, 300) AS n;
INSERT INTO jobs (batch_id) SELECT batch_id FROM batch_jobs;
INSERT INTO domains (batch_id) SELECT batch_id FROM batch_jobs WHERE id % 2 = 0;
"""


@dataclass
class Legacy:
    """A database with the legacy tables.

    Attributes:
        url: the superuser's.
    """

    url: str

    def connect(self, **options: Any) -> psycopg.Connection[Any]:
        """A fresh connection, in autocommit."""
        return psycopg.connect(conninfo(self.url), autocommit=True, **options)

    def state(self) -> tuple[str, dict[str, str]]:
        """Everything that a conversion could have changed."""
        return pg_dump(self.url, "--schema-only"), checksums(self.url)


@pytest.fixture
def legacy(database: str) -> Legacy:
    found = Legacy(database)
    with found.connect() as connection:
        connection.execute(LEGACY)
    return found
