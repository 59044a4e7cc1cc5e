"""What the catalog says about the objects to be judged: their definitions, and the relations and functions in them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString, Protocol

from uuidkit.catalog.names import TableName

# The stored expression of each object; it names functions, operators and relations by number, built-in ones too.
FACTS: Final[LiteralString] = """
WITH asked AS (SELECT * FROM unnest(%(catalogs)s::text[], %(oids)s::oid[]) AS asked (catalog, oid)),
     noted AS MATERIALIZED (SELECT asked.*, CASE asked.catalog
         WHEN 'pg_class' THEN coalesce((SELECT concat(i.indpred::text, i.indexprs::text) FROM pg_index i
                                         WHERE i.indexrelid = asked.oid),
                                       (SELECT r.ev_action::text FROM pg_rewrite r
                                         WHERE r.ev_class = asked.oid AND r.rulename = '_RETURN'))
         WHEN 'pg_constraint' THEN (SELECT k.conbin::text FROM pg_constraint k WHERE k.oid = asked.oid)
         WHEN 'pg_policy' THEN (SELECT concat(p.polqual::text, p.polwithcheck::text) FROM pg_policy p
                                   WHERE p.oid = asked.oid)
         WHEN 'pg_trigger' THEN (SELECT t.tgqual::text FROM pg_trigger t WHERE t.oid = asked.oid)
         WHEN 'pg_rewrite' THEN (SELECT concat(r.ev_qual::text, r.ev_action::text) FROM pg_rewrite r
                                    WHERE r.oid = asked.oid)
         WHEN 'pg_attrdef' THEN (SELECT d.adbin::text FROM pg_attrdef d WHERE d.oid = asked.oid)
         WHEN 'pg_publication_rel' THEN (SELECT p.prqual::text FROM pg_publication_rel p WHERE p.oid = asked.oid)
         WHEN 'pg_proc' THEN (SELECT p.prosqlbody::text FROM pg_proc p WHERE p.oid = asked.oid)
         WHEN 'pg_statistic_ext' THEN (SELECT s.stxexprs::text FROM pg_statistic_ext s WHERE s.oid = asked.oid)
       END AS nodes,
                    CASE WHEN asked.catalog = 'pg_class'
                         THEN coalesce((SELECT r.oid FROM pg_rewrite r
                                         WHERE r.ev_class = asked.oid AND r.rulename = '_RETURN'), asked.oid)
                         ELSE asked.oid END AS dependent,
                    CASE WHEN asked.catalog = 'pg_class' AND EXISTS (SELECT FROM pg_rewrite r
                                         WHERE r.ev_class = asked.oid AND r.rulename = '_RETURN')
                         THEN 'pg_rewrite' ELSE asked.catalog END AS dependent_catalog
               FROM asked)
SELECT noted.catalog, noted.oid::int8, noted.nodes IS NOT NULL,
       ARRAY(SELECT DISTINCT m[1]::int8 FROM regexp_matches(noted.nodes, ':relid (\\d+)', 'g') AS m WHERE m[1] <> '0'),
       ARRAY(SELECT DISTINCT m[1]::int8
               FROM regexp_matches(noted.nodes, ':(?:funcid|opfuncid|aggfnoid|winfnoid) (\\d+)', 'g') AS m
              WHERE m[1] <> '0'
             UNION
             SELECT o.oprcode::oid::int8 FROM regexp_matches(noted.nodes, ':opno (\\d+)', 'g') AS m
               JOIN pg_operator o ON o.oid = m[1]::oid),
       noted.nodes ~ ':varattno 0 ',
       ARRAY(SELECT DISTINCT json_build_array(d.refobjid::int8, a.attname)::text
               FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
              WHERE d.classid = noted.dependent_catalog::regclass AND d.objid = noted.dependent
                AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid <> 0)
  FROM noted"""

RELATIONS: Final[LiteralString] = """
SELECT c.oid::int8, n.nspname, c.relname, c.relkind::text,
       ARRAY(SELECT a.attname FROM pg_attribute a
              WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)::text[]
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.oid = ANY (%(oids)s::oid[])"""

NAMED_RELATIONS: Final[LiteralString] = """
SELECT c.oid::int8 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname = ANY (%(names)s) AND n.nspname = ANY (%(schemas)s)"""

NAMED_FUNCTIONS: Final[LiteralString] = """
SELECT p.proname, p.oid::int8 FROM pg_proc p WHERE p.proname = ANY (%(names)s)"""

# An SQL-standard body names in pg_depend what it reads and calls, and so on through what it calls.
FUNCTIONS: Final[LiteralString] = """
WITH RECURSIVE called (root, oid) AS (
       SELECT o, o FROM unnest(%(oids)s::oid[]) AS o
       UNION
       SELECT c.root, d.refobjid FROM called c
         JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_proc'::regclass)
SELECT p.oid::int8, p.proname, p.provolatile::text,
       (SELECT string_agg(f.prosrc, E'\n') FROM called c
          JOIN pg_proc f ON f.oid = c.oid JOIN pg_language l ON l.oid = f.prolang
         WHERE c.root = p.oid AND f.oid >= 16384 AND f.prosqlbody IS NULL AND l.lanname NOT IN ('c', 'internal')),
       ARRAY(SELECT d.refobjid::int8 FROM called c
               JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = c.oid
                               AND d.refclassid = 'pg_class'::regclass
              WHERE c.root = p.oid)
  FROM pg_proc p
 WHERE p.oid = ANY (%(oids)s::oid[])"""

# Functions that a function with a string body may call are known from the words of that body alone.
BODIES: Final[LiteralString] = """
SELECT p.proname, p.prosrc FROM pg_proc p
  JOIN pg_namespace n ON n.oid = p.pronamespace
  JOIN pg_language l ON l.oid = p.prolang
 WHERE p.oid >= 16384 AND l.lanname NOT IN ('c', 'internal')
   AND n.nspname NOT IN ('pg_catalog', 'information_schema')"""

LABELS: Final[LiteralString] = """
SELECT format_type(e.enumtypid, NULL), array_agg(e.enumlabel ORDER BY e.enumsortorder)::text[]
  FROM pg_enum e GROUP BY e.enumtypid"""

PRINTED: Final[LiteralString] = """
SELECT asked.catalog, asked.oid::int8,
       CASE asked.catalog
         WHEN 'pg_class' THEN
           (SELECT CASE WHEN c.relkind IN ('v', 'm') THEN json_build_object('query', pg_get_viewdef(c.oid))
                   ELSE (SELECT json_build_object(
                                  'predicate', pg_get_expr(i.indpred, i.indrelid),
                                  'unique', i.indisunique AND i.indnkeyatts = 1,
                                  'values', ARRAY(SELECT pg_get_indexdef(i.indexrelid, k.n::int, false)
                                                    FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, n)
                                                   WHERE k.attnum = 0))
                           FROM pg_index i WHERE i.indexrelid = c.oid) END
              FROM pg_class c WHERE c.oid = asked.oid)
         WHEN 'pg_constraint' THEN
           (SELECT json_build_object('check', pg_get_expr(k.conbin, k.conrelid), 'validated', k.convalidated)
              FROM pg_constraint k WHERE k.oid = asked.oid)
         WHEN 'pg_policy' THEN
           (SELECT json_build_object('using', pg_get_expr(p.polqual, p.polrelid),
                                     'with_check', pg_get_expr(p.polwithcheck, p.polrelid))
              FROM pg_policy p WHERE p.oid = asked.oid)
         WHEN 'pg_trigger' THEN json_build_object('trigger', pg_get_triggerdef(asked.oid))
         WHEN 'pg_rewrite' THEN json_build_object('rule', pg_get_ruledef(asked.oid))
         WHEN 'pg_attrdef' THEN
           (SELECT json_build_object('value', pg_get_expr(d.adbin, d.adrelid), 'column', a.attname,
                                     'type', format_type(a.atttypid, a.atttypmod),
                                     'generated', a.attgenerated <> '')
              FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
             WHERE d.oid = asked.oid)
         WHEN 'pg_publication_rel' THEN
           (SELECT json_build_object('filter', pg_get_expr(p.prqual, p.prrelid))
              FROM pg_publication_rel p WHERE p.oid = asked.oid)
         WHEN 'pg_statistic_ext' THEN json_build_object('values', pg_get_statisticsobjdef_expressions(asked.oid))
         WHEN 'pg_proc' THEN
           (SELECT json_build_object('body', pg_get_function_sqlbody(p.oid), 'name', p.proname,
                                     'arguments', coalesce(p.proargnames, '{}'),
                                     'modes', p.proargmodes, 'retset', p.proretset,
                                     'types', ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) AS t),
                                     'row', ARRAY(SELECT a.attname FROM pg_type t
                                                    JOIN pg_attribute a ON a.attrelid = t.typrelid AND a.attnum > 0
                                                     AND NOT a.attisdropped
                                                   WHERE t.oid = p.prorettype ORDER BY a.attnum),
                                     'row_of', (SELECT t.typrelid::int8 FROM pg_type t WHERE t.oid = p.prorettype),
                                     'result', pg_get_function_result(p.oid))
              FROM pg_proc p WHERE p.oid = asked.oid)
       END
  FROM unnest(%(catalogs)s::text[], %(oids)s::oid[]) AS asked (catalog, oid)"""

HIDDEN: Final[LiteralString] = """
SELECT c.oid::int8 FROM pg_class c WHERE c.oid = ANY (%(oids)s::oid[]) AND NOT pg_table_is_visible(c.oid)"""

COMPLETE: Final[LiteralString] = """
SELECT CASE %(catalog)s
         WHEN 'pg_class' THEN
           (SELECT CASE c.relkind
                     WHEN 'v' THEN json_build_object(
                       'head', 'CREATE VIEW ' || c.oid::regclass::text
                               || coalesce(' WITH (' || array_to_string(c.reloptions, ', ') || ')', '') || ' AS',
                       'body', pg_get_viewdef(c.oid))
                     WHEN 'm' THEN json_build_object(
                       'head', 'CREATE MATERIALIZED VIEW ' || c.oid::regclass::text
                               || coalesce(' WITH (' || array_to_string(c.reloptions, ', ') || ')', '') || ' AS',
                       'body', pg_get_viewdef(c.oid))
                     ELSE json_build_object('body', pg_get_indexdef(c.oid)) END
              FROM pg_class c WHERE c.oid = %(oid)s::oid)
         WHEN 'pg_constraint' THEN
           (SELECT json_build_object('head', format('ALTER TABLE %%s ADD CONSTRAINT %%I', k.conrelid::regclass,
                                                    k.conname),
                                     'body', pg_get_constraintdef(k.oid))
              FROM pg_constraint k WHERE k.oid = %(oid)s::oid)
         WHEN 'pg_trigger' THEN json_build_object('body', pg_get_triggerdef(%(oid)s::oid))
         WHEN 'pg_publication_rel' THEN
           (SELECT json_build_object(
                     'head', format('ALTER PUBLICATION %%I ADD TABLE %%s%%s%%s WHERE', p.pubname,
                                    CASE c.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END, c.oid::regclass,
                                    (SELECT ' (' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')'
                                       FROM pg_attribute a
                                      WHERE a.attrelid = c.oid AND a.attnum = ANY (r.prattrs::int2[]))),
                     'body', '(' || pg_get_expr(r.prqual, r.prrelid) || ')')
              FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid JOIN pg_class c ON c.oid = r.prrelid
             WHERE r.oid = %(oid)s::oid)
         WHEN 'pg_policy' THEN
           (SELECT json_build_object(
                     'head', format('CREATE POLICY %%I ON %%s AS %%s FOR %%s TO %%s', p.polname, p.polrelid::regclass,
                                    CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
                                    CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
                                                  WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
                                    (SELECT string_agg(CASE WHEN r = 0 THEN 'PUBLIC'
                                                            ELSE quote_ident(pg_get_userbyid(r)) END, ', ')
                                       FROM unnest(p.polroles) AS r)),
                     'body', concat_ws(' ', 'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
                                       'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'))
              FROM pg_policy p WHERE p.oid = %(oid)s::oid)
       END"""

Key = tuple[str, int]


class Asks(Protocol):
    """Whatever answers a query."""

    def rows(self, statement: str, params: dict[str, Any] | None = None, /) -> list[tuple[Any, ...]]:
        """The rows of a query."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view that an expression reads.

    Attributes:
        kind: pg_class.relkind.
        columns: names of its columns in order.
    """

    oid: int
    name: TableName
    kind: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What one object's stored expression uses.

    Attributes:
        stored: whether it has an expression at all.
        relations: oids of the relations it reads by name.
        functions: oids of its functions, those of operators and aggregates among them.
        whole_row: whether it reads a row as a whole.
        columns: (oid of a relation, column) that it reads.
    """

    stored: bool
    relations: frozenset[int]
    functions: frozenset[int]
    whole_row: bool
    columns: frozenset[tuple[int, str]]

    def with_those_of(self, other: Facts | None) -> Facts:
        """The same together with what another definition uses."""
        if other is None:
            return self
        return Facts(
            self.stored or other.stored,
            self.relations | other.relations,
            self.functions | other.functions,
            self.whole_row or other.whole_row,
            self.columns | other.columns,
        )


@dataclass(frozen=True, slots=True)
class Function:
    """A function that an expression calls.

    Attributes:
        body: its text where the server knows nothing else about it, with those of the functions that it is known to
            call; None for one that is built in, written in C, or has an SQL-standard body.
        reads: oids of the relations that SQL-standard bodies read.
    """

    name: str
    volatile: bool
    body: str | None
    reads: frozenset[int]


def facts(session: Asks, keys: Collection[Key]) -> dict[Key, Facts]:
    """What each object's stored expression uses.

    Args:
        session: under a search path without a relation named like one of the catalog's.
        keys: (catalog, oid).
    """
    return {
        (catalog, oid): Facts(
            stored,
            frozenset(relations or ()),
            frozenset(functions or ()),
            bool(whole),
            frozenset((relation, column) for relation, column in map(json.loads, columns)),
        )
        for catalog, oid, stored, relations, functions, whole, columns in session.rows(FACTS, _asked(keys))
    }


def relations(session: Asks, oids: Collection[int]) -> dict[int, Relation]:
    """Relations by their oids."""
    return {
        oid: Relation(oid, TableName(schema, name), kind, tuple(columns))
        for oid, schema, name, kind, columns in session.rows(RELATIONS, {"oids": list(oids)})
    }


def relations_named(session: Asks, names: Collection[str], schemas: Collection[str]) -> list[Relation]:
    """Tables and views of some names in some schemas."""
    found = session.rows(NAMED_RELATIONS, {"names": list(names), "schemas": list(schemas)})
    return list(relations(session, [oid for (oid,) in found]).values())


def functions_named(session: Asks, names: Collection[str]) -> list[tuple[str, int]]:
    """Name and oid of every function of some names, in whatever schema."""
    return [(name, oid) for name, oid in session.rows(NAMED_FUNCTIONS, {"names": list(names)})]


def functions(session: Asks, oids: Collection[int]) -> dict[int, Function]:
    """Functions by their oids."""
    return {
        oid: Function(name, volatility == "v", body, frozenset(reads))
        for oid, name, volatility, body, reads in session.rows(FUNCTIONS, {"oids": list(oids)})
    }


def bodies(session: Asks) -> list[tuple[str, str]]:
    """Name and text of every function of the users'."""
    return [(name, source) for name, source in session.rows(BODIES)]


def labels(session: Asks) -> dict[str, tuple[str, ...]]:
    """The labels of every enumeration, by the type's name."""
    return {name: tuple(found) for name, found in session.rows(LABELS)}


def printed(session: Asks, keys: Collection[Key]) -> dict[Key, Mapping[str, Any]]:
    """The parts of each object's definition, as the server prints them under the search path at hand."""
    return {(catalog, oid): parts for catalog, oid, parts in session.rows(PRINTED, _asked(keys)) if parts is not None}


def hidden(session: Asks, oids: Collection[int]) -> frozenset[int]:
    """Those relations that the search path at hand does not find under their plain names."""
    return frozenset(oid for (oid,) in session.rows(HIDDEN, {"oids": list(oids)}))


def complete(session: Asks, key: Key) -> tuple[str, str] | None:
    """Head and body of a complete definition; None for a kind that has none.

    Args:
        session: under the search path ``pg_catalog``, so that names print in full.
        key: (catalog, oid).
    """
    [(found,)] = session.rows(COMPLETE, {"catalog": key[0], "oid": key[1]})
    return None if found is None else (found.get("head", ""), found["body"].strip())


def _asked(keys: Collection[Key]) -> dict[str, Sequence[Any]]:
    return {"catalogs": [catalog for catalog, _ in keys], "oids": [oid for _, oid in keys]}
