"""Statements that check on the server, inside the transaction, and stop it when something is not as planned.

They are DO blocks, so that the same text serves the toolkit, a psql script and Alembic's offline mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from psycopg import sql

from uuidkit.catalog.names import TableName
from uuidkit.composing import joined, text_of

SCHEMA_CHANGED = "UK001"
PROOF_FAILED = "UK002"
LEDGER_CHANGED = "UK003"

# Under which names mean what they say.
SEARCH_PATH: LiteralString = "pg_catalog, pg_temp"

# What the transaction sets for itself, and puts back as it was.
_SETTINGS: dict[LiteralString, LiteralString] = {
    "search_path": SEARCH_PATH,
    # How the server prints definitions, which are kept and compared with those of another session.
    "quote_all_identifiers": "off",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    # … and how it reads them again.
    "standard_conforming_strings": "on",
    "array_nulls": "on",
    # Where things lie that are made again: a definition names a place only where it is not the database's own.
    "default_tablespace": "",
    "default_table_access_method": "heap",
    "row_security": "off",
    # A body of text is looked at when a function is made, unless it is only taken down for a while.
    "check_function_bodies": "on",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "transaction_timeout": "0",
}


def block(body: sql.Composable) -> str:
    """A DO block around PL/pgSQL code.

    Args:
        body: from BEGIN (or DECLARE) to END.
    """
    text = text_of(body)
    tag = "$uuidkit$"
    number = 0
    while tag in text:
        number += 1
        tag = f"$uuidkit{number}$"
    return f"DO {tag}\n{text}\n{tag}"


def enter(lock_timeout: float) -> str:
    """Set what the conversion needs for this transaction alone, remembering what was set before.

    Args:
        lock_timeout: in seconds.
    """
    milliseconds = f"{max(1, round(lock_timeout * 1000))}ms"
    names = [*_SETTINGS, "lock_timeout"]
    saved = joined([sql.SQL("{0}, pg_catalog.current_setting({0}, true)").format(sql.Literal(name)) for name in names])
    values = joined(
        [
            sql.SQL("({}, {})").format(sql.Literal(name), sql.Literal(value))
            for name, value in [*_SETTINGS.items(), ("lock_timeout", milliseconds)]
        ]
    )
    return block(
        sql.SQL(
            """BEGIN
  -- Up to the change of the search path only what is named in full means what it says.
  PERFORM pg_catalog.set_config('uuidkit.saved', pg_catalog.json_build_object({saved})::pg_catalog.text, true);
  PERFORM pg_catalog.set_config('search_path', {path}, true);
  -- transaction_timeout exists from 17 on.
  PERFORM set_config(name, value, true) FROM (VALUES {values}) AS settings (name, value)
    WHERE current_setting(name, true) IS NOT NULL;
END"""
        ).format(saved=saved, path=sql.Literal(SEARCH_PATH), values=values)
    )


def leave() -> str:
    """Put the settings back that ``enter`` changed, for whatever follows in the same transaction."""
    return block(
        sql.SQL(
            "DECLARE\n"
            "  setting record;\n"
            "BEGIN\n"
            "  FOR setting IN SELECT * FROM json_each_text(current_setting('uuidkit.saved')::json)\n"
            "                  WHERE value IS NOT NULL LOOP\n"
            "    PERFORM set_config(setting.key, setting.value, true);\n"
            "  END LOOP;\n"
            "END"
        )
    )


def search_as_before() -> str:
    """Look names up as the session does, for a statement that its user has written."""
    return "SELECT set_config('search_path', current_setting('uuidkit.saved')::json ->> 'search_path', true)"


def search_here() -> str:
    """Look names up in the catalog alone again."""
    return text_of(sql.SQL("SELECT pg_catalog.set_config('search_path', {}, true)").format(sql.Literal(SEARCH_PATH)))


# Everything in the catalog that a plan for table t rests on, one text per fact; names print qualified. No fact depends
# on the server or database it is read in: a revision may carry them from one to another.
_FACTS: LiteralString = """
         SELECT concat_ws('|', 'table', t.oid::regclass, c.relkind, c.relrowsecurity, c.relforcerowsecurity,
                          c.reloftype)
           FROM pg_class c WHERE c.oid = t.oid
         UNION ALL
         SELECT concat_ws('|', 'column', t.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                          a.attcollation::regcollation, a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
           FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
          WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
         UNION ALL
         SELECT concat_ws('|', 'domain', y.oid::regtype, y.typnotnull, pg_get_expr(y.typdefaultbin, 0), k.conname,
                          pg_get_constraintdef(k.oid))
           FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid AND y.typtype = 'd'
           LEFT JOIN pg_constraint k ON k.contypid = y.oid
          WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
         UNION ALL
         SELECT concat_ws('|', 'index', i.indisvalid, pg_get_indexdef(i.indexrelid))
           FROM pg_index i WHERE i.indrelid = t.oid
         UNION ALL
         SELECT concat_ws('|', 'constraint', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
           FROM pg_constraint k
          -- Those of other tables that refer to this one are found by what they depend on: no index finds them.
          WHERE k.oid IN (SELECT o.oid FROM pg_constraint o WHERE o.conrelid = t.oid
                          UNION
                          SELECT d.objid FROM pg_depend d
                           WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
                             AND d.classid = 'pg_constraint'::regclass)
            AND t.oid IN (k.conrelid, k.confrelid) AND k.contype <> 'n'
         UNION ALL
         SELECT concat_ws('|', 'inherits', h.inhparent::regclass, h.inhrelid::regclass)
           FROM pg_inherits h WHERE t.oid IN (h.inhparent, h.inhrelid)
         UNION ALL
         SELECT DISTINCT concat_ws('|', 'dependent', o.type, o.identity, a.attname)
           FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid,
                LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) AS o
          WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid AND d.refobjsubid > 0
            -- From 18 on NOT NULL is a constraint; the column's own line says it on every server.
            AND NOT EXISTS (SELECT FROM pg_constraint k
                             WHERE d.classid = 'pg_constraint'::regclass AND k.oid = d.objid AND k.contype = 'n')"""

Fingerprints = Sequence[tuple[TableName, str]]


def fingerprint_query(tables: Sequence[TableName]) -> sql.Composed:
    """Table by table one md5 over everything in the catalog that a plan rests on.

    It is computed when the plan is made and again under the locks; a difference means that somebody changed
    a table in between. Expects the search path to be ``pg_catalog``, so that names print the same.

    Args:
        tables: the result has one row for each, in this order.
    """
    return sql.SQL(
        """SELECT md5(string_agg(fact, E'\\n' ORDER BY fact COLLATE "C"))
  FROM unnest(ARRAY[{tables}]::regclass[]) WITH ORDINALITY AS t (oid, number),
       LATERAL ({facts}
       ) AS facts (fact)
 GROUP BY t.number ORDER BY t.number"""
    ).format(tables=joined([sql.Literal(text_of(table.identifier)) for table in tables]), facts=sql.SQL(_FACTS))


def same_schema(fingerprints: Fingerprints) -> str:
    """Stop unless the tables are still those that the plan was made for.

    Args:
        fingerprints: (table, md5 of its facts).
    """
    return block(
        sql.SQL(
            """DECLARE
  other text;
BEGIN
  SELECT string_agg(t.oid::text, ', ') INTO other
    FROM (VALUES {expected}) AS t (oid, fingerprint)
   WHERE t.fingerprint IS DISTINCT FROM (SELECT md5(string_agg(fact, E'\\n' ORDER BY fact COLLATE "C"))
                                           FROM ({facts}
       ) AS facts (fact));
  IF other IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = {code},
      MESSAGE = other || ': no longer as it was when the plan was made.',
      HINT = 'Make the plan again.';
  END IF;
END"""
        ).format(
            expected=joined(
                [
                    sql.SQL("({}::regclass, {})").format(sql.Literal(text_of(table.identifier)), sql.Literal(found))
                    for table, found in fingerprints
                ]
            ),
            facts=sql.SQL(_FACTS),
            code=sql.Literal(SCHEMA_CHANGED),
        )
    )


def no_rows(query: sql.Composable, message: str) -> str:
    """Stop when a query that counts offending rows gives anything but 0.

    The query runs through EXECUTE, so that PostgreSQL may use parallel workers for it.

    Args:
        query: gives one bigint.
        message: what it means when the count is not 0; the count is put in front.
    """
    return block(
        sql.SQL(
            "DECLARE\n"
            "  offending bigint;\n"
            "BEGIN\n"
            "  EXECUTE {query} INTO STRICT offending;\n"
            "  IF offending IS DISTINCT FROM 0 THEN\n"
            "    RAISE EXCEPTION USING ERRCODE = {code}, MESSAGE = offending || {message},\n"
            "      HINT = 'Nothing was changed: the transaction is rolled back.';\n"
            "  END IF;\n"
            "END"
        ).format(query=sql.Literal(text_of(query)), code=sql.Literal(PROOF_FAILED), message=sql.Literal(" " + message))
    )


def missing_objects(
    columns: Sequence[tuple[TableName, str, str]],
    constraints: Sequence[tuple[TableName, str, str]],
    indexes: Sequence[tuple[str, str, str]],
) -> sql.Composed:
    """A query that counts what should be there and is not.

    Args:
        columns: (table, column, type as PostgreSQL prints it).
        constraints: (table, name, definition); an empty definition stands for any.
        indexes: (schema, name, definition).
    """
    counts = [
        _missing(
            columns,
            "relation, name, type",
            "SELECT FROM pg_attribute a WHERE a.attrelid = w.relation AND a.attname = w.name "
            "AND format_type(a.atttypid, a.atttypmod) = w.type",
        ),
        _missing(
            constraints,
            "relation, name, definition",
            "SELECT FROM pg_constraint k WHERE k.conrelid = w.relation AND k.conname = w.name "
            "AND w.definition IN ('', pg_get_constraintdef(k.oid))",
        ),
        _missing(
            indexes,
            "schema, name, definition",
            "SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n "
            "ON n.oid = c.relnamespace WHERE n.nspname = w.schema AND c.relname = w.name "
            "AND i.indisvalid AND pg_get_indexdef(i.indexrelid) = w.definition",
        ),
    ]
    return sql.SQL("SELECT {}").format(joined([count for count in counts if count is not None], " + "))


def _missing(
    expected: Sequence[tuple[TableName | str, str, str]], names: LiteralString, query: LiteralString
) -> sql.Composable | None:
    """How many of the expected are not found; None where nothing is expected."""
    if not expected:
        return None
    rows = [
        sql.SQL("({}, {}, {})").format(
            sql.Literal(where)
            if isinstance(where, str)
            else sql.SQL("{}::regclass").format(sql.Literal(text_of(where.identifier))),
            sql.Literal(name),
            sql.Literal(definition),
        )
        for where, name, definition in expected
    ]
    return sql.SQL("(SELECT count(*) FROM (VALUES {}) AS w ({}) WHERE NOT EXISTS ({}))").format(
        joined(list(rows), ",\n    "), sql.SQL(names), sql.SQL(query)
    )
