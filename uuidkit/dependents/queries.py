"""What the catalog is asked about the objects that hang on a column, one named query each.

All of them expect the search path to be ``pg_catalog``, so that whatever PostgreSQL prints is fully qualified.
"""

from __future__ import annotations

from typing import Final, LiteralString

# From the changing columns to whatever stands in their way: level by level, through views and what is made of them.
# A rule called _RETURN is the view itself; a row type is the relation it belongs to.
CLOSURE: Final[LiteralString] = """
WITH RECURSIVE start AS (
  SELECT * FROM unnest(%(relations)s::oid[], %(attnums)s::int2[]) AS s (relation, attnum)
), edge AS MATERIALIZED (
  SELECT CASE WHEN r.rulename = '_RETURN' THEN 'pg_class'::regclass::oid ELSE d.classid END AS classid,
         CASE WHEN r.rulename = '_RETURN' THEN r.ev_class ELSE d.objid END AS objid,
         CASE WHEN d.classid = 'pg_class'::regclass THEN d.objsubid ELSE 0 END AS objsubid,
         CASE WHEN t.relation IS NOT NULL THEN 'pg_class'::regclass::oid ELSE d.refclassid END AS refclassid,
         coalesce(t.relation, d.refobjid) AS refobjid,
         CASE WHEN t.relation IS NOT NULL THEN 0 ELSE d.refobjsubid END AS refobjsubid,
         t.relation IS NOT NULL AS by_row_type
    FROM pg_depend d
    LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    LEFT JOIN (SELECT y.oid, coalesce(nullif(y.typrelid, 0), e.typrelid) AS relation
                 FROM pg_type y LEFT JOIN pg_type e ON e.oid = y.typelem AND e.typarray = y.oid
                WHERE coalesce(nullif(y.typrelid, 0), e.typrelid, 0) <> 0) AS t
           ON d.refclassid = 'pg_type'::regclass AND t.oid = d.refobjid
   WHERE d.deptype IN ('n', 'a', 'i') AND d.classid <> 'pg_type'::regclass
), hanging (classid, objid, objsubid, refclassid, refobjid, refobjsubid, by_row_type) AS (
  SELECT e.* FROM start s
    JOIN edge e ON e.refclassid = 'pg_class'::regclass AND e.refobjid = s.relation AND e.refobjsubid = s.attnum
  UNION
  SELECT e.*
    FROM hanging h
    JOIN edge e ON e.refclassid = h.classid AND e.refobjid = h.objid AND (e.classid, e.objid) <> (h.classid, h.objid)
   WHERE (h.classid = 'pg_class'::regclass
          AND EXISTS (SELECT FROM pg_class v WHERE v.oid = h.objid AND v.relkind IN ('v', 'm')))
      OR (h.classid = 'pg_proc'::regclass AND h.by_row_type)
)
SELECT h.classid::regclass::text, h.objid::int8, h.objsubid, h.refclassid::regclass::text, h.refobjid::int8,
       h.refobjsubid, h.by_row_type
  FROM hanging h
  LEFT JOIN pg_class c ON h.classid = 'pg_class'::regclass AND c.oid = h.objid
  LEFT JOIN pg_index i ON h.classid = 'pg_class'::regclass AND i.indexrelid = h.objid
  LEFT JOIN pg_class ic ON ic.oid = i.indrelid
  LEFT JOIN pg_attrdef d ON h.classid = 'pg_attrdef'::regclass AND d.oid = h.objid
  LEFT JOIN pg_class dc ON dc.oid = d.adrelid
  LEFT JOIN pg_trigger t ON h.classid = 'pg_trigger'::regclass AND t.oid = h.objid
 WHERE NOT (h.classid = 'pg_class'::regclass AND (c.relkind IN ('S', 't') OR coalesce(ic.relkind, 'm') <> 'm'))
   AND NOT (h.classid = 'pg_constraint'::regclass AND h.refclassid = 'pg_class'::regclass)
   AND NOT (h.classid = 'pg_attrdef'::regclass AND dc.relkind <> 'v'
            AND d.adrelid = h.refobjid AND d.adnum = h.refobjsubid)
   AND NOT (h.classid = 'pg_trigger'::regclass AND (t.tgisinternal OR t.tgparentid <> 0))
 ORDER BY 1, 2, 3, 4, 5, 6"""

# Views that take rows as a whole: no dependency tells, since no column of theirs is named.
WHOLE_ROW_VIEWS: Final[LiteralString] = """
WITH reading AS MATERIALIZED (  -- few views; to look into all of them, the server's own included, takes longer
  SELECT DISTINCT r.ev_class, r.oid, d.refobjid
    FROM pg_depend d
    JOIN pg_rewrite r ON r.oid = d.objid AND r.rulename = '_RETURN'
   WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
     AND d.refobjid = ANY (%(relations)s::oid[]) AND d.refobjsubid = 0
)
SELECT v.ev_class::int8, v.refobjid::int8
  FROM reading v
  JOIN pg_rewrite r ON r.oid = v.oid
 WHERE r.ev_action::text ~ ':varattno 0 '"""

# What every object has: its address, its comment, the extension that it belongs to or waits for.
_COMMON: LiteralString = """
       (SELECT jsonb_build_array(a.type, a.object_names, a.object_args)
          FROM pg_identify_object_as_address(o.classid, o.objid, 0) AS a) AS address,
       (SELECT i.identity FROM pg_identify_object(o.classid, o.objid, 0) AS i) AS identity,
       (SELECT string_agg(x.extname, ', ' ORDER BY x.extname) FROM pg_depend d JOIN pg_extension x ON x.oid = d.refobjid
         WHERE d.classid = o.classid AND d.objid = o.objid AND d.refclassid = 'pg_extension'::regclass
           AND d.deptype IN ('e', 'x')) AS extension,
       EXISTS (SELECT FROM pg_seclabel l WHERE l.classoid = o.classid AND l.objoid = o.objid) AS labelled"""

_ACL: LiteralString = """
         coalesce((SELECT jsonb_agg(jsonb_build_array(pg_get_userbyid(x.grantor),
                                                      CASE WHEN x.grantee <> 0 THEN pg_get_userbyid(x.grantee) END,
                                                      x.privilege_type, x.is_grantable,
                                                      {set_role}) ORDER BY x.ordinality)
                     FROM aclexplode({acl}) WITH ORDINALITY AS x), '[]'::jsonb)"""

# Whether the current role may SET ROLE to another: membership alone is not enough from PostgreSQL 16 on.
_MAY_BE: LiteralString = """CASE WHEN current_setting('server_version_num')::int < 160000
                                                           THEN pg_has_role(x.grantor, 'MEMBER')
                                                           ELSE pg_has_role(x.grantor, 'SET') END"""

# What nobody ever granted anything on has the list that its kind begins with.
_TABLE_ACL: LiteralString = "coalesce(c.relacl, acldefault('r', c.relowner))"
_FUNCTION_ACL: LiteralString = "coalesce(p.proacl, acldefault('f', p.proowner))"


def _acl(items: LiteralString) -> LiteralString:
    return _ACL.replace("{acl}", items).replace("{set_role}", _MAY_BE)


RELATIONS: Final[LiteralString] = f"""
SELECT o.objid::int8, n.nspname, c.relname, c.relkind::text, pg_get_viewdef(c.oid), pg_get_userbyid(c.relowner),
       pg_has_role(c.relowner, 'USAGE'), {_acl(_TABLE_ACL)}, c.relacl IS NULL, c.reloptions,
       (SELECT t.spcname FROM pg_tablespace t WHERE t.oid = c.reltablespace), m.amname, c.relispopulated,
       obj_description(c.oid, 'pg_class'),
       has_schema_privilege(c.relowner, n.oid, 'CREATE')
         OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
       (SELECT jsonb_agg(jsonb_build_object(
                 'name', a.attname, 'comment', col_description(c.oid, a.attnum),
                 'acl', {_acl("a.attacl")},
                 'statistics', CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END, 'options', a.attoptions,
                 'storage', CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END,
                 'compression', nullif(a.attcompression::text, '')) ORDER BY a.attnum)
          FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
       {_COMMON}
  FROM (SELECT 'pg_class'::regclass::oid AS classid, unnest(%(oids)s::oid[]) AS objid) AS o
  JOIN pg_class c ON c.oid = o.objid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_am m ON m.oid = c.relam
 ORDER BY o.objid"""

# Access methods that can index a uuid as it is.
UUID_METHODS: Final[LiteralString] = """
SELECT m.amname FROM pg_opclass o JOIN pg_am m ON m.oid = o.opcmethod
 WHERE o.opcintype = 'uuid'::regtype AND o.opcdefault"""

INDEXES: Final[LiteralString] = f"""
SELECT o.objid::int8, n.nspname, c.relname, tn.nspname, t.relname, pg_get_indexdef(c.oid),
       pg_has_role(t.relowner, 'USAGE'),
       (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace), i.indisclustered, i.indisreplident,
       ARRAY(SELECT CASE WHEN a.attstattarget >= 0 THEN a.attstattarget::int END
               FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 ORDER BY a.attnum),
       obj_description(c.oid, 'pg_class'), k.conname, pg_get_constraintdef(k.oid),
       obj_description(k.oid, 'pg_constraint'), m.amname, i.indisunique, i.indnullsnotdistinct, c.reloptions,
       pg_get_expr(i.indpred, i.indrelid),
       ARRAY(SELECT jsonb_build_array(pg_get_indexdef(c.oid, p::int, false), coalesce(i.indoption[p - 1], 0),
                                      coalesce(q.opcdefault, true), qn.nspname, q.opcname, a.attname,
                                      p <= i.indnkeyatts,
                                      CASE WHEN l.oid <> coalesce(a.attcollation, 'pg_catalog.default'::regcollation)
                                           THEN l.collnamespace::regnamespace::text END,
                                      CASE WHEN l.oid <> coalesce(a.attcollation, 'pg_catalog.default'::regcollation)
                                           THEN l.collname END)
               FROM generate_series(1, i.indnatts) AS p
               LEFT JOIN pg_collation l ON p <= i.indnkeyatts AND l.oid = i.indcollation[p - 1]
               LEFT JOIN pg_opclass q ON p <= i.indnkeyatts AND q.oid = i.indclass[p - 1]
               LEFT JOIN pg_namespace qn ON qn.oid = q.opcnamespace
               LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[p - 1] AND a.attnum > 0
              ORDER BY p),
       t.relkind::text, pn.nspname, pc.relname,
       concat(CASE WHEN k.condeferrable THEN ' DEFERRABLE' END, CASE WHEN k.condeferred THEN ' INITIALLY DEFERRED' END),
       {_COMMON}
  FROM (SELECT 'pg_class'::regclass::oid AS classid, unnest(%(oids)s::oid[]) AS objid) AS o
  JOIN pg_class c ON c.oid = o.objid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_index i ON i.indexrelid = c.oid
  JOIN pg_class t ON t.oid = i.indrelid
  JOIN pg_namespace tn ON tn.oid = t.relnamespace
  JOIN pg_am m ON m.oid = c.relam
  LEFT JOIN pg_constraint k ON k.conindid = c.oid AND k.conrelid = t.oid AND k.contype IN ('p', 'u', 'x')
  LEFT JOIN pg_inherits h ON h.inhrelid = c.oid
  LEFT JOIN pg_class pc ON pc.oid = h.inhparent
  LEFT JOIN pg_namespace pn ON pn.oid = pc.relnamespace
 ORDER BY o.objid"""

# Of the copies that tables below have of a CHECK, those with a comment: it goes and comes with the root's.
_INHERITED_CHECKS: LiteralString = """
       coalesce((WITH RECURSIVE below (oid) AS (
                   SELECT h.inhrelid FROM pg_inherits h WHERE h.inhparent = t.oid
                   UNION
                   SELECT h.inhrelid FROM below b JOIN pg_inherits h ON h.inhparent = b.oid)
                 SELECT jsonb_agg(jsonb_build_array(bn.nspname, bc.relname, obj_description(bk.oid, 'pg_constraint'))
                                  ORDER BY bc.oid)
                   FROM below b JOIN pg_class bc ON bc.oid = b.oid JOIN pg_namespace bn ON bn.oid = bc.relnamespace
                   JOIN pg_constraint bk ON bk.conrelid = b.oid AND bk.conname = k.conname AND bk.contype = 'c'
                                        AND bk.coninhcount > 0 AND NOT bk.conislocal
                  WHERE obj_description(bk.oid, 'pg_constraint') IS NOT NULL), '[]'::jsonb)"""

CHECKS: Final[LiteralString] = f"""
SELECT o.objid::int8, n.nspname, t.relname, k.conname, pg_get_constraintdef(k.oid), pg_has_role(t.relowner, 'USAGE'),
       obj_description(k.oid, 'pg_constraint'), {_INHERITED_CHECKS}, {_COMMON}
  FROM (SELECT 'pg_constraint'::regclass::oid AS classid, unnest(%(oids)s::oid[]) AS objid) AS o
  JOIN pg_constraint k ON k.oid = o.objid
  JOIN pg_class t ON t.oid = k.conrelid
  JOIN pg_namespace n ON n.oid = t.relnamespace
 ORDER BY o.objid"""

RULES: Final[LiteralString] = f"""
SELECT o.objid::int8, n.nspname, t.relname, r.rulename, pg_get_ruledef(r.oid), r.ev_enabled::text,
       pg_has_role(t.relowner, 'USAGE'), obj_description(r.oid, 'pg_rewrite'), {_COMMON}
  FROM (SELECT 'pg_rewrite'::regclass::oid AS classid, unnest(%(oids)s::oid[]) AS objid) AS o
  JOIN pg_rewrite r ON r.oid = o.objid
  JOIN pg_class t ON t.oid = r.ev_class
  JOIN pg_namespace n ON n.oid = t.relnamespace
 ORDER BY o.objid"""

POLICIES: Final[LiteralString] = f"""
SELECT o.objid::int8, n.nspname, t.relname, p.polname, p.polpermissive, p.polcmd::text,
       ARRAY(SELECT CASE WHEN m.oid <> 0 THEN pg_get_userbyid(m.oid) END
               FROM unnest(p.polroles) WITH ORDINALITY AS m (oid, number) ORDER BY m.number)::text[],
       pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid), pg_has_role(t.relowner, 'USAGE'),
       obj_description(p.oid, 'pg_policy'), {_COMMON}
  FROM (SELECT 'pg_policy'::regclass::oid AS classid, unnest(%(oids)s::oid[]) AS objid) AS o
  JOIN pg_policy p ON p.oid = o.objid
  JOIN pg_class t ON t.oid = p.polrelid
  JOIN pg_namespace n ON n.oid = t.relnamespace
 ORDER BY o.objid"""

# What a row trigger of a partitioned table is on its partitions, where it is not just the same there.
_TRIGGER_CLONES: LiteralString = """
       coalesce((WITH RECURSIVE below (oid) AS (
                   SELECT x.oid FROM pg_trigger x WHERE x.tgparentid = g.oid
                   UNION
                   SELECT x.oid FROM below b JOIN pg_trigger x ON x.tgparentid = b.oid)
                 SELECT jsonb_agg(jsonb_build_array(xn.nspname, xc.relname, x.tgenabled,
                                                    obj_description(x.oid, 'pg_trigger')) ORDER BY xc.oid)
                   FROM below b JOIN pg_trigger x ON x.oid = b.oid JOIN pg_class xc ON xc.oid = x.tgrelid
                   JOIN pg_namespace xn ON xn.oid = xc.relnamespace
                  WHERE x.tgenabled <> g.tgenabled OR obj_description(x.oid, 'pg_trigger') IS NOT NULL),
                '[]'::jsonb)"""

TRIGGERS: Final[LiteralString] = f"""
SELECT o.objid::int8, n.nspname, t.relname, g.tgname, pg_get_triggerdef(g.oid), g.tgenabled::text,
       pg_has_role(t.relowner, 'USAGE'), obj_description(g.oid, 'pg_trigger'),
       has_function_privilege(g.tgfoid, 'EXECUTE'), {_TRIGGER_CLONES}, {_COMMON}
  FROM (SELECT 'pg_trigger'::regclass::oid AS classid, unnest(%(oids)s::oid[]) AS objid) AS o
  JOIN pg_trigger g ON g.oid = o.objid
  JOIN pg_class t ON t.oid = g.tgrelid
  JOIN pg_namespace n ON n.oid = t.relnamespace
 ORDER BY o.objid"""

FUNCTIONS: Final[LiteralString] = f"""
SELECT o.objid::int8, n.nspname, p.proname, pg_get_function_identity_arguments(p.oid), p.prokind::text,
       CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END, pg_get_function_sqlbody(p.oid),
       pg_get_userbyid(p.proowner), pg_has_role(p.proowner, 'USAGE'), {_acl(_FUNCTION_ACL)},
       p.proacl IS NULL,
       obj_description(p.oid, 'pg_proc'), {_COMMON}
  FROM (SELECT 'pg_proc'::regclass::oid AS classid, unnest(%(oids)s::oid[]) AS objid) AS o
  JOIN pg_proc p ON p.oid = o.objid
  JOIN pg_namespace n ON n.oid = p.pronamespace
 ORDER BY o.objid"""

VIEW_DEFAULTS: Final[LiteralString] = f"""
SELECT o.objid::int8, n.nspname, v.relname, a.attname, pg_get_expr(d.adbin, d.adrelid),
       pg_has_role(v.relowner, 'USAGE'), pg_get_userbyid(v.relowner), {_COMMON}
  FROM (SELECT 'pg_attrdef'::regclass::oid AS classid, unnest(%(oids)s::oid[]) AS objid) AS o
  JOIN pg_attrdef d ON d.oid = o.objid
  JOIN pg_class v ON v.oid = d.adrelid AND v.relkind = 'v'
  JOIN pg_namespace n ON n.oid = v.relnamespace
  JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
 ORDER BY o.objid"""

GENERATED: Final[LiteralString] = f"""
SELECT o.objid::int8, n.nspname, t.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attgenerated::text,
       pg_get_expr(d.adbin, d.adrelid), a.attnotnull, pg_has_role(t.relowner, 'USAGE'),
       -- Backup columns, which have this comment, go again and do not count.
       NOT EXISTS (SELECT FROM pg_attribute b WHERE b.attrelid = t.oid AND b.attnum > a.attnum AND NOT b.attisdropped
                      AND coalesce(col_description(t.oid, b.attnum), '')
                          NOT LIKE '%% before it became uuid; kept by uuidkit.'),
       EXISTS (SELECT FROM pg_depend e WHERE e.refclassid = 'pg_class'::regclass AND e.refobjid = t.oid
                  AND e.refobjsubid = a.attnum AND NOT (e.classid = 'pg_attrdef'::regclass AND e.objid = d.oid)),
       a.attinhcount > 0 OR EXISTS (SELECT FROM pg_inherits h WHERE h.inhparent = t.oid),
       (SELECT CASE WHEN a.attcollation <> y.typcollation THEN jsonb_build_array(cn.nspname, co.collname) END
          FROM pg_type y, pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace
         WHERE y.oid = a.atttypid AND co.oid = a.attcollation),
       col_description(t.oid, a.attnum), CASE WHEN a.attstattarget >= 0 THEN a.attstattarget::int END,
       {_acl("a.attacl")}, a.attoptions,
       (SELECT CASE WHEN a.attstorage <> y.typstorage THEN a.attstorage::text END FROM pg_type y
         WHERE y.oid = a.atttypid), nullif(a.attcompression::text, ''),
       -- A virtual column's expression stays where a table has CHECKs or belongs to a publication.
       a.attgenerated = 'v' AND (EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = t.oid AND k.contype = 'c')
                                 OR EXISTS (SELECT FROM pg_publication_rel r WHERE r.prrelid = t.oid)
                                 OR EXISTS (SELECT FROM pg_publication p WHERE p.puballtables)),
       {_COMMON}
  FROM (SELECT 'pg_attrdef'::regclass::oid AS classid, unnest(%(oids)s::oid[]) AS objid) AS o
  JOIN pg_attrdef d ON d.oid = o.objid
  JOIN pg_class t ON t.oid = d.adrelid
  JOIN pg_namespace n ON n.oid = t.relnamespace
  JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum AND a.attgenerated <> ''
 ORDER BY o.objid"""

PUBLICATIONS: Final[LiteralString] = f"""
SELECT o.objid::int8, n.nspname, t.relname, t.relkind::text, p.pubname, pg_has_role(p.pubowner, 'USAGE'),
       pg_get_userbyid(p.pubowner), pg_has_role(t.relowner, 'USAGE'), pg_get_expr(r.prqual, r.prrelid),
       CASE WHEN r.prattrs IS NOT NULL THEN
         ARRAY(SELECT a.attname FROM unnest(r.prattrs::int2[]) WITH ORDINALITY AS k (attnum, n)
                 JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum ORDER BY k.n)::text[] END, {_COMMON}
  FROM (SELECT 'pg_publication_rel'::regclass::oid AS classid, unnest(%(oids)s::oid[]) AS objid) AS o
  JOIN pg_publication_rel r ON r.oid = o.objid
  JOIN pg_publication p ON p.oid = r.prpubid
  JOIN pg_class t ON t.oid = r.prrelid
  JOIN pg_namespace n ON n.oid = t.relnamespace
 ORDER BY o.objid"""

STATISTICS: Final[LiteralString] = f"""
SELECT o.objid::int8, n.nspname, s.stxname, tn.nspname, t.relname, pg_get_statisticsobjdef(s.oid),
       pg_get_userbyid(s.stxowner), pg_has_role(s.stxowner, 'USAGE'),
       CASE WHEN s.stxstattarget >= 0 THEN s.stxstattarget::int END, obj_description(s.oid, 'pg_statistic_ext'),
       {_COMMON}
  FROM (SELECT 'pg_statistic_ext'::regclass::oid AS classid, unnest(%(oids)s::oid[]) AS objid) AS o
  JOIN pg_statistic_ext s ON s.oid = o.objid
  JOIN pg_namespace n ON n.oid = s.stxnamespace
  JOIN pg_class t ON t.oid = s.stxrelid
  JOIN pg_namespace tn ON tn.oid = t.relnamespace
 ORDER BY o.objid"""

# What nothing above knows: it is named, and the conversion refused.
OTHERS: Final[LiteralString] = """
SELECT x.catalog, x.oid, pg_describe_object(x.catalog::regclass, x.oid::oid, x.part)
  FROM unnest(%(catalogs)s::text[], %(oids)s::int8[], %(parts)s::int4[]) AS x (catalog, oid, part)"""

# String-bodied functions of PL/pgSQL keep plans, with the types of the columns, in every session that has called them;
# a change of the function's own row makes the sessions forget them.
PROCEDURAL: Final[LiteralString] = """
SELECT p.oid::int8, (SELECT i.identity FROM pg_identify_object('pg_proc'::regclass, p.oid, 0) AS i), n.nspname,
       p.proname, pg_get_function_identity_arguments(p.oid), p.prokind::text, l.lanname, p.prosrc, p.procost::text,
       p.prosecdef, pg_has_role(p.proowner, 'USAGE'),
       -- What it meets for certain: tables that call it as a trigger, and relations whose rows its signature names.
       ARRAY(SELECT t.tgrelid::int8 FROM pg_trigger t WHERE t.tgfoid = p.oid AND NOT t.tgisinternal
             UNION
             SELECT coalesce(nullif(y.typrelid, 0), e.typrelid)::int8
               FROM unnest(p.proargtypes::oid[] || coalesce(p.proallargtypes, '{}') || p.prorettype) AS a (type)
               JOIN pg_type y ON y.oid = a.type LEFT JOIN pg_type e ON e.oid = y.typelem AND e.typarray = y.oid
              WHERE coalesce(nullif(y.typrelid, 0), e.typrelid, 0) <> 0)
  FROM pg_proc p
  JOIN pg_namespace n ON n.oid = p.pronamespace
  JOIN pg_language l ON l.oid = p.prolang
 WHERE l.lanname NOT IN ('c', 'internal') AND p.prosqlbody IS NULL AND p.prokind IN ('f', 'p')
   AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'uuidkit') AND n.nspname !~ '^pg_(toast|temp)'
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid
                      AND e.deptype = 'e')
 ORDER BY 2"""

# The arguments are kept as one value, each with a zero byte behind it.
TRIGGER_ARGUMENTS: Final[LiteralString] = """
SELECT g.tgrelid::int8, (SELECT i.identity FROM pg_identify_object('pg_trigger'::regclass, g.oid, 0) AS i),
       (SELECT i.identity FROM pg_identify_object('pg_proc'::regclass, g.tgfoid, 0) AS i),
       ARRAY(SELECT convert_from(decode(replace(x.hex, ' ', ''), 'hex'), getdatabaseencoding())
               FROM unnest(string_to_array(regexp_replace(encode(g.tgargs, 'hex'), '(..)', '\\1 ', 'g'), '00 '))
                    WITH ORDINALITY AS x (hex, n)
              WHERE x.n <= g.tgnargs ORDER BY x.n)
  FROM pg_trigger g
 WHERE g.tgrelid = ANY (%(relations)s::oid[]) AND g.tgnargs > 0 AND NOT g.tgisinternal AND g.tgparentid = 0
 ORDER BY 2"""
