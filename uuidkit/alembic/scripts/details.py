"""What a plan from facts puts into its statements or the ledger, and a table's fingerprint does not cover. Pure."""

from __future__ import annotations

from typing import LiteralString

from psycopg import sql

from uuidkit.catalog.names import TableName
from uuidkit.composing import text_of

_DETAILS: LiteralString = """SELECT md5(string_agg(fact, E'\\n' ORDER BY fact COLLATE "C"))
  FROM (SELECT concat_ws('|', 'column', a.attname, a.attstorage, a.attcompression) AS fact
          FROM pg_attribute a
         WHERE a.attrelid = {table}::regclass AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT concat_ws('|', 'constraint', k.conrelid::regclass, k.conname, obj_description(k.oid, 'pg_constraint'),
                         EXISTS (SELECT FROM pg_trigger t WHERE t.tgconstraint = k.oid AND t.tgenabled <> 'O'))
          FROM pg_constraint k
         WHERE {table}::regclass IN (k.conrelid, k.confrelid) AND k.contype = 'f'
        UNION ALL
        SELECT concat_ws('|', 'index', c.relname, a.attnum, a.attstattarget)
          FROM pg_index i
          JOIN pg_class c ON c.oid = i.indexrelid
          JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE i.indrelid = {table}::regclass AND a.attstattarget >= 0) AS facts"""


def details_query(table: TableName) -> sql.Composed:
    """One md5 over the details of a table. Expects the search path to be ``pg_catalog``.

    Args:
        table: any table.
    """
    return sql.SQL(_DETAILS).format(table=sql.Literal(text_of(table.identifier)))
