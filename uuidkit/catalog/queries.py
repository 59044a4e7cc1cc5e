"""The catalog's questions, one named query each.

All of them expect an empty search_path, so that whatever PostgreSQL prints is fully qualified.
System schemas, temporary tables and the ledger's own schema are left out.
"""

from __future__ import annotations

from typing import Final, LiteralString

_USER_SCHEMAS: Final[LiteralString] = """
    n.nspname NOT IN ('pg_catalog', 'information_schema', 'uuidkit') AND n.nspname !~ '^pg_(toast|temp)'"""

SERVER: Final[LiteralString] = """
SELECT current_database(),
       current_setting('server_version_num')::int,
       current_setting('server_encoding'),
       current_user,
       (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
       (SELECT count(*) > 0 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'uuidkit' AND c.relname = 'conversions'),
       has_database_privilege(current_database(), 'CREATE')
       OR coalesce((SELECT has_schema_privilege(n.oid, 'CREATE') FROM pg_namespace n WHERE n.nspname = 'uuidkit'),
                   false)"""

LEDGER_TABLES: Final[LiteralString] = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'uuidkit' AND c.relkind = 'r'"""

SCHEMAS_CREATABLE: Final[LiteralString] = f"""
SELECT n.nspname FROM pg_namespace n WHERE {_USER_SCHEMAS} AND has_schema_privilege(n.oid, 'CREATE')"""

TABLES: Final[LiteralString] = f"""
SELECT c.oid::int8, n.nspname, c.relname, c.relkind::text, c.relpersistence::text, r.rolname, c.reltuples::float8,
       c.relpages::int8 * current_setting('block_size')::int8,
       pg_has_role(c.relowner, 'USAGE'),
       has_schema_privilege(n.oid, 'USAGE')
         AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT')),
       CASE WHEN c.relforcerowsecurity AND c.relrowsecurity THEN 'forced'
            WHEN c.relrowsecurity THEN 'enabled' ELSE 'none' END,
       row_security_active(c.oid),
       c.reloftype <> 0,
       c.relispartition,
       ARRAY(SELECT a.attname FROM pg_partitioned_table p, pg_attribute a
              WHERE p.partrelid = c.oid AND a.attrelid = c.oid
                AND (a.attnum = ANY (p.partattrs::int2[])
                     OR p.partexprs::text ~ (':varattno ' || a.attnum || ' ')))::text[],
       obj_description(c.oid, 'pg_class')
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_roles r ON r.oid = c.relowner
 WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't' AND {_USER_SCHEMAS}
 ORDER BY c.oid"""

# A function that returns a uuid (2950), under casts to a text and to its length (668, 669) alone: no printed default
# tells what its function returns.
_DEFAULT_IS_UUID: Final[LiteralString] = (
    r"coalesce(a.attgenerated = '' AND d.adbin::text ~ '^(\{(FUNCEXPR :funcid 66[89] [^{]*|RELABELTYPE :arg ))*"
    r"\{COERCEVIAIO :arg \{FUNCEXPR :funcid \d+ :funcresulttype 2950 ', false)"
)

COLUMNS: Final[LiteralString] = f"""
SELECT a.attrelid::int8, a.attname, a.attnum::int, format_type(a.atttypid, a.atttypmod),
       t.typname, CASE WHEN t.typtype = 'd' THEN a.atttypid::int8 END,
       a.attnotnull,
       CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
       CASE WHEN a.attcollation <> t.typcollation THEN ln.nspname END,
       CASE WHEN a.attcollation <> t.typcollation THEN l.collname END,
       coalesce(l.collisdeterministic, true),
       a.attidentity::text, a.attgenerated::text, a.attstorage::text, t.typstorage::text, a.attcompression::text,
       CASE WHEN a.attstattarget >= 0 THEN a.attstattarget::int END,
       a.attoptions, col_description(a.attrelid, a.attnum), a.attinhcount::int, a.attcollation::int8,
       ln.nspname, l.collname, {_DEFAULT_IS_UUID}, k.conname, pg_get_constraintdef(k.oid), k.conislocal,
       obj_description(k.oid, 'pg_constraint')
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN pg_collation l ON l.oid = a.attcollation
  LEFT JOIN pg_namespace ln ON ln.oid = l.collnamespace
  LEFT JOIN pg_constraint k ON a.attnotnull AND k.contype = 'n' AND k.conrelid = a.attrelid
                           AND k.conkey = ARRAY[a.attnum]
 WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't' AND a.attnum > 0 AND NOT a.attisdropped
   AND {_USER_SCHEMAS}
 ORDER BY a.attrelid, a.attnum"""

# A domain has the rules of those below it, too; its default, which it takes over from them, stands in its own row.
DOMAINS: Final[LiteralString] = """
WITH RECURSIVE chain (domain, oid, depth) AS (
  SELECT t.oid, t.oid, 0 FROM pg_type t WHERE t.typtype = 'd'
  UNION ALL
  SELECT c.domain, t.typbasetype, c.depth + 1 FROM chain c JOIN pg_type t ON t.oid = c.oid AND t.typtype = 'd'
)
SELECT d.oid::int8, d.oid::regtype::text, b.typname,
       format_type(b.oid, (SELECT t.typtypmod FROM chain c JOIN pg_type t ON t.oid = c.oid
                            WHERE c.domain = d.oid AND t.typbasetype = b.oid AND t.typtype = 'd')),
       b.typcollation::int8,
       ARRAY(SELECT r.rule
               FROM chain c JOIN pg_type t ON t.oid = c.oid AND t.typtype = 'd',
                    LATERAL (SELECT 'NOT NULL' AS rule, '' AS name WHERE t.typnotnull
                             UNION ALL
                             SELECT pg_get_constraintdef(k.oid), k.conname FROM pg_constraint k
                              WHERE k.contypid = t.oid AND k.contype = 'c') AS r
              WHERE c.domain = d.oid ORDER BY c.depth, r.name)::text[],
       pg_get_expr(d.typdefaultbin, 0)
  FROM pg_type d
  JOIN chain e ON e.domain = d.oid
  JOIN pg_type b ON b.oid = e.oid AND b.typtype <> 'd'
 ORDER BY d.oid"""

INHERITANCE: Final[LiteralString] = """
SELECT inhparent::int8, inhrelid::int8, inhdetachpending FROM pg_inherits ORDER BY inhparent, inhrelid"""

# A Var in a stored expression names the column it reads; 0 is the whole row.
INDEXES: Final[LiteralString] = f"""
SELECT i.indexrelid::int8, i.indrelid::int8, ic.relname, am.amname, i.indisunique, i.indisprimary,
       i.indisvalid AND i.indislive, i.indnullsnotdistinct,
       ARRAY(SELECT a.attname FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, n)
               LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0
              ORDER BY k.n)::text[],
       i.indnkeyatts::int,
       ARRAY(SELECT o.opcdefault FROM unnest(i.indclass::oid[]) WITH ORDINALITY AS k (oid, n)
               JOIN pg_opclass o ON o.oid = k.oid ORDER BY k.n),
       ARRAY(SELECT o.opcname FROM unnest(i.indclass::oid[]) WITH ORDINALITY AS k (oid, n)
               JOIN pg_opclass o ON o.oid = k.oid ORDER BY k.n)::text[],
       ARRAY(SELECT coalesce(k.coll <> 0 AND k.coll <> a.attcollation, false)
               FROM unnest(i.indcollation::oid[], (i.indkey::int2[])[0:i.indnkeyatts - 1])
                    WITH ORDINALITY AS k (coll, attnum, n)
               LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0
              ORDER BY k.n),
       pg_get_expr(i.indpred, i.indrelid), i.indexprs IS NOT NULL,
       ARRAY(SELECT DISTINCT coalesce(a.attname, '*')
               FROM regexp_matches(concat(i.indpred::text, i.indexprs::text), ':varattno (-?\\d+) ', 'g') AS m (v)
               LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = m.v[1]::int2 AND a.attnum <> 0
              )::text[],
       pg_get_indexdef(i.indexrelid), con.conname, coalesce(con.contype::text, ''), coalesce(con.condeferrable, false),
       i.indisclustered, i.indisreplident, obj_description(i.indexrelid, 'pg_class'),
       ARRAY(SELECT CASE WHEN a.attstattarget >= 0 THEN a.attstattarget::int END
               FROM pg_attribute a WHERE a.attrelid = i.indexrelid AND a.attnum > 0 ORDER BY a.attnum),
       coalesce((SELECT h.inhparent::int8 FROM pg_inherits h WHERE h.inhrelid = i.indexrelid), 0)
  FROM pg_index i
  JOIN pg_class ic ON ic.oid = i.indexrelid
  JOIN pg_am am ON am.oid = ic.relam
  JOIN pg_class c ON c.oid = i.indrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_constraint con ON con.conindid = i.indexrelid AND con.conrelid = i.indrelid
                             AND con.contype IN ('p', 'u', 'x')
 WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND {_USER_SCHEMAS}
 ORDER BY i.indexrelid"""

FOREIGN_KEYS: Final[LiteralString] = """
SELECT k.oid::int8, k.conname, k.conrelid::int8,
       ARRAY(SELECT a.attname FROM unnest(k.conkey) WITH ORDINALITY AS u (attnum, n)
               JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum ORDER BY u.n)::text[],
       k.confrelid::int8,
       ARRAY(SELECT a.attname FROM unnest(k.confkey) WITH ORDINALITY AS u (attnum, n)
               JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum ORDER BY u.n)::text[],
       pg_get_constraintdef(k.oid), k.confdeltype::text, k.confupdtype::text, k.confmatchtype::text,
       k.condeferrable, k.condeferred, k.convalidated,
       coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true),  -- a column of pg_constraint from 18 on
       k.conindid::int8, k.conparentid::int8, obj_description(k.oid, 'pg_constraint'),
       EXISTS (SELECT FROM pg_trigger t WHERE t.tgconstraint = k.oid AND t.tgenabled <> 'O'),
       ARRAY(SELECT json_build_array(t.tgrelid::int8, p.proname, t.tgtype, t.tgname)
               FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
              WHERE t.tgconstraint = k.oid ORDER BY t.tgname)
  FROM pg_constraint k
 WHERE k.contype = 'f'
 ORDER BY k.oid"""

CHECKS: Final[LiteralString] = f"""
SELECT k.oid::int8, k.conrelid::int8, k.conname,
       ARRAY(SELECT a.attname FROM pg_attribute a
              WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
             -- 0 stands for the row as a whole.
             UNION ALL SELECT '*' WHERE 0 = ANY (k.conkey))::text[],
       pg_get_constraintdef(k.oid), k.convalidated, k.coninhcount::int, k.conislocal
  FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE k.contype = 'c' AND {_USER_SCHEMAS}
 ORDER BY k.oid"""

# Whatever depends on a column and is no key, index, plain CHECK or default of its own.
COLUMN_DEPENDENTS: Final[LiteralString] = f"""
SELECT DISTINCT d.refobjid::int8, a.attname, d.classid::regclass::text, d.objid::int8,
       coalesce(v.relkind::text, dep.relkind::text, ''),
       coalesce(rw.rulename, ''),
       CASE WHEN v.oid IS NOT NULL AND rw.rulename = '_RETURN'
            THEN (SELECT i.identity FROM pg_identify_object('pg_class'::regclass, v.oid, 0) i)
            WHEN d.classid = 'pg_attrdef'::regclass
            THEN (SELECT i.identity FROM pg_attrdef x, pg_identify_object('pg_class'::regclass, x.adrelid, x.adnum) i
                   WHERE x.oid = d.objid)
            ELSE (SELECT i.identity FROM pg_identify_object(d.classid, d.objid, d.objsubid) i) END,
       pg_describe_object(d.classid, d.objid, d.objsubid),
       CASE d.classid
         WHEN 'pg_rewrite'::regclass THEN pg_get_ruledef(d.objid)
         WHEN 'pg_trigger'::regclass THEN pg_get_triggerdef(d.objid)
         WHEN 'pg_statistic_ext'::regclass THEN pg_get_statisticsobjdef(d.objid)
         WHEN 'pg_policy'::regclass THEN
           (SELECT concat_ws(' ', 'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
                             'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
              FROM pg_policy p WHERE p.oid = d.objid)
         WHEN 'pg_attrdef'::regclass THEN
           (SELECT pg_get_expr(x.adbin, x.adrelid) FROM pg_attrdef x WHERE x.oid = d.objid)
         ELSE '' END,
       CASE d.classid
         WHEN 'pg_attrdef'::regclass THEN
           (SELECT x.adrelid = d.refobjid AND x.adnum = d.refobjsubid FROM pg_attrdef x WHERE x.oid = d.objid)
         WHEN 'pg_statistic_ext'::regclass THEN
           (SELECT s.stxexprs IS NULL AND coalesce(s.stxstattarget, -1) = -1
                   AND s.stxowner = (SELECT r.oid FROM pg_roles r WHERE r.rolname = current_user)
              FROM pg_statistic_ext s WHERE s.oid = d.objid)
         WHEN 'pg_constraint'::regclass THEN
           (SELECT k.contype IN ('p', 'u', 'x', 'f', 'c', 'n') FROM pg_constraint k WHERE k.oid = d.objid)
         WHEN 'pg_trigger'::regclass THEN (SELECT t.tgisinternal FROM pg_trigger t WHERE t.oid = d.objid)
         ELSE false END
  FROM pg_depend d
  JOIN pg_class c ON c.oid = d.refobjid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  LEFT JOIN pg_rewrite rw ON d.classid = 'pg_rewrite'::regclass AND rw.oid = d.objid
  LEFT JOIN pg_class v ON v.oid = rw.ev_class
  LEFT JOIN pg_class dep ON d.classid = 'pg_class'::regclass AND dep.oid = d.objid
 WHERE d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND c.relkind IN ('r', 'p', 'f')
   AND NOT (d.classid = 'pg_class'::regclass AND coalesce(dep.relkind, '') IN ('i', 'I'))
   AND {_USER_SCHEMAS}
 ORDER BY 1, 2, 3, 4"""

ROW_TYPE_DEPENDENTS: Final[LiteralString] = f"""
SELECT c.oid::int8, d.classid::regclass::text,
       (SELECT i.identity FROM pg_identify_object(d.classid, d.objid, d.objsubid) i),
       pg_describe_object(d.classid, d.objid, d.objsubid)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_type t ON t.oid = c.reltype
  JOIN pg_depend d ON d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray)
                  AND d.deptype <> 'i'
 WHERE c.relkind IN ('r', 'p') AND {_USER_SCHEMAS}
 ORDER BY c.oid, 3"""

# Publications that send whole rows: a new column reaches their subscribers.
WHOLE_ROW_PUBLICATIONS: Final[LiteralString] = """
SELECT DISTINCT p.pubname, c.oid::int8
  FROM pg_publication p, LATERAL pg_get_publication_tables(p.pubname) AS t
  JOIN pg_class c ON c.oid = t.relid
 WHERE NOT EXISTS (SELECT FROM pg_publication_rel r
                    WHERE r.prpubid = p.oid AND r.prrelid = c.oid AND r.prattrs IS NOT NULL)
 ORDER BY 1, 2"""

SUBSCRIPTIONS: Final[LiteralString] = """
SELECT s.subname, r.srrelid::int8
  FROM pg_subscription_rel r JOIN pg_subscription s ON s.oid = r.srsubid ORDER BY 1, 2"""

# Triggers whose function handles NEW or OLD as a whole, as in INSERT INTO history SELECT OLD.*: the backup column is
# one value more than the other table has columns.
WHOLE_ROW_TRIGGERS: Final[LiteralString] = """
SELECT t.tgname, t.tgrelid::int8, (SELECT i.identity FROM pg_identify_object('pg_proc'::regclass, p.oid, 0) i)
  FROM pg_trigger t
  JOIN pg_proc p ON p.oid = t.tgfoid
 WHERE NOT t.tgisinternal AND p.prosrc ~* '(^|[^[:alnum:]_$.])(new|old)[)]?[[:space:]]*[.][[:space:]]*[*]'
 ORDER BY 2, 1"""
