"""What the catalog says of the schema public, without the tables of Alembic and of the job engine."""

from __future__ import annotations

import psycopg


def _rows(url: str, query: str) -> list[list[str]]:
    with psycopg.connect(url) as connection:
        return [list(row) for row in connection.execute(query.encode()).fetchall()]


def columns(url: str) -> list[list[str]]:
    """Column, type, `null` or `not null`, default or `-`, in the order of tables and positions."""
    return _rows(
        url,
        """
        SELECT c.relname || '.' || a.attname,
               format_type(a.atttypid, a.atttypmod),
               CASE WHEN a.attnotnull THEN 'not null' ELSE 'null' END,
               coalesce(pg_get_expr(d.adbin, d.adrelid), '-')
          FROM pg_class AS c
          JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'alembic_version'
           AND c.relname NOT LIKE 'procrastinate%'
         ORDER BY c.relname COLLATE "C", a.attnum
        """,
    )


def keys(url: str) -> list[list[str]]:
    """Name and definition of every constraint but NOT NULL."""
    return _rows(
        url,
        """
        SELECT conname::text, pg_get_constraintdef(oid)
          FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f', 'c', 'x')
           AND conname <> 'alembic_version_pkc' AND conrelid::regclass::text NOT LIKE 'procrastinate%'
         ORDER BY conname COLLATE "C"
        """,
    )


def indexes(url: str) -> list[list[str]]:
    """Name and definition of every index that no constraint owns."""
    return _rows(
        url,
        """
        SELECT r.relname::text, pg_get_indexdef(r.oid)
          FROM pg_index AS i
          JOIN pg_class AS r ON r.oid = i.indexrelid AND r.relnamespace = 'public'::regnamespace
         WHERE i.indrelid::regclass::text NOT LIKE 'procrastinate%'
           AND NOT EXISTS (
                   SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
               )
         ORDER BY r.relname COLLATE "C"
        """,
    )
