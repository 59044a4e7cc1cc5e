"""What tests ask PostgreSQL's own client programs, and a fingerprint of all rows."""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from tests.support.servers import bin_dir_for


def _libpq(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return scheme.partition("+")[0] + separator + rest


@functools.cache
def _restrict_key(program: Path) -> tuple[str, ...]:
    # Newer pg_dump guards its output with a random key; a fixed one keeps two dumps comparable.
    text = subprocess.run([program, "--help"], check=True, capture_output=True, text=True).stdout
    return ("--restrict-key=uuidkit",) if "--restrict-key" in text else ()


def pg_dump(url: str, *args: str) -> str:
    """The dump of a database as text, by the pg_dump of its own server; `args` such as `--schema-only`."""
    program = bin_dir_for(url) / "pg_dump"
    done = subprocess.run(
        [program, *_restrict_key(program), *args, f"--dbname={_libpq(url)}"], capture_output=True, text=True
    )
    if done.returncode:
        raise AssertionError(f"pg_dump ended with {done.returncode}: {done.stderr}")
    return done.stdout


def psql(url: str, script: str, *args: str) -> subprocess.CompletedProcess[str]:
    """Run a script through psql's standard input as a user would (`-X`); nothing is checked."""
    program = bin_dir_for(url) / "psql"
    return subprocess.run(
        [program, "-X", *args, "-d", _libpq(url), "-f", "-"], input=script, capture_output=True, text=True
    )


def apply(url: str, path: Path) -> None:
    """Run an SQL file through psql and fail the test at its first error."""
    done = psql(url, path.read_text(encoding="utf-8"), "-q", "-v", "ON_ERROR_STOP=1")
    if done.returncode:
        raise AssertionError(f"{path.name} failed: {done.stderr}")


def checksums(url: str) -> dict[str, str]:
    """Row count and MD5 of all rows in order, for every table of the database (partitions each by themselves)."""
    with psycopg.connect(_libpq(url), autocommit=True) as connection:
        tables = connection.execute(
            """
            SELECT n.nspname, c.relname
              FROM pg_catalog.pg_class AS c
              JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
             WHERE c.relkind = 'r'
               AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
             ORDER BY 1, 2
            """
        ).fetchall()
        result = {}
        for schema, table in tables:
            query = sql.SQL(
                """
                SELECT count(*)::text || ' rows, ' || md5(coalesce(string_agg(line, E'\\n' ORDER BY line), ''))
                  FROM (SELECT r::text COLLATE "C" AS line FROM ONLY {} AS r) AS lines
                """
            ).format(sql.Identifier(schema, table))
            row = connection.execute(query).fetchone()
            assert row is not None
            result[f"{schema}.{table}"] = str(row[0])
        return result
