"""What the catalog says of an object, as two texts and their md5: the same on every server and in every copy.

Expects the search path to be ``pg_catalog``, so that whatever PostgreSQL prints is fully qualified.
"""

from __future__ import annotations

from typing import Final, LiteralString

# All that is said about an object in two texts: its definition, which follows the types of what it reads, and
# everything else about it, which does not.
_DEFINITION: LiteralString = """
CASE {classid}
  WHEN 'pg_class'::regclass THEN
    (SELECT CASE WHEN c.relkind IN ('i', 'I') THEN pg_get_indexdef(c.oid) ELSE concat_ws('|', pg_get_viewdef(c.oid),
              -- These are said by the statement that makes it.
              c.reloptions::text, nullif(c.reltablespace, 0)::text, nullif(c.relam, 0)::text,
              (SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ', '
                                 ORDER BY a.attnum)
                 FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)) END
       FROM pg_class c WHERE c.oid = {objid})
  WHEN 'pg_constraint'::regclass THEN pg_get_constraintdef({objid})
  WHEN 'pg_rewrite'::regclass THEN pg_get_ruledef({objid})
  WHEN 'pg_policy'::regclass THEN
    (SELECT concat_ws('|', 'using', pg_get_expr(p.polqual, p.polrelid), 'check',
                      pg_get_expr(p.polwithcheck, p.polrelid))
       FROM pg_policy p WHERE p.oid = {objid})
  WHEN 'pg_trigger'::regclass THEN pg_get_triggerdef({objid})
  WHEN 'pg_proc'::regclass THEN
    (SELECT pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.oid = {objid} AND p.prokind <> 'a')
  WHEN 'pg_attrdef'::regclass THEN
    (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d WHERE d.oid = {objid})
  WHEN 'pg_publication_rel'::regclass THEN
    (SELECT concat_ws('|', pg_get_expr(r.prqual, r.prrelid), r.prattrs::text)
       FROM pg_publication_rel r WHERE r.oid = {objid})
  WHEN 'pg_statistic_ext'::regclass THEN pg_get_statisticsobjdef({objid})
END"""

_ATTRIBUTES: LiteralString = """
CASE {classid}
  WHEN 'pg_class'::regclass THEN
    (SELECT concat_ws('|', c.relkind, pg_get_userbyid(c.relowner),
                      coalesce(c.relacl, acldefault('r', c.relowner))::text, c.reloptions::text,
                      (SELECT t.spcname FROM pg_tablespace t WHERE t.oid = c.reltablespace),
                      (SELECT m.amname FROM pg_am m WHERE m.oid = c.relam), c.relispopulated,
                      obj_description(c.oid, 'pg_class'), i.indisclustered, i.indisreplident, i.indisvalid,
                      (SELECT concat_ws('|', k.conname, k.contype, k.condeferrable, k.condeferred,
                                        obj_description(k.oid, 'pg_constraint'))
                         FROM pg_constraint k WHERE k.conindid = c.oid AND k.conrelid = i.indrelid
                          AND k.contype IN ('p', 'u', 'x')),
                      (SELECT string_agg(concat_ws(' ', a.attname, a.attacl::text, col_description(c.oid, a.attnum),
                                                   coalesce(a.attstattarget, -1), a.attoptions::text), ', '
                                         ORDER BY a.attnum)
                         FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped))
       FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid WHERE c.oid = {objid})
  WHEN 'pg_constraint'::regclass THEN
    (SELECT concat_ws('|', k.convalidated, k.coninhcount, k.conislocal, obj_description(k.oid, 'pg_constraint'))
       FROM pg_constraint k WHERE k.oid = {objid})
  WHEN 'pg_rewrite'::regclass THEN
    (SELECT concat_ws('|', r.ev_enabled, r.ev_type, r.is_instead, obj_description(r.oid, 'pg_rewrite'))
       FROM pg_rewrite r WHERE r.oid = {objid})
  WHEN 'pg_policy'::regclass THEN
    (SELECT concat_ws('|', p.polpermissive, p.polcmd,
                      ARRAY(SELECT CASE WHEN m.role <> 0 THEN pg_get_userbyid(m.role) END
                              FROM unnest(p.polroles) AS m (role) ORDER BY 1)::text,
                      obj_description(p.oid, 'pg_policy'))
       FROM pg_policy p WHERE p.oid = {objid})
  WHEN 'pg_trigger'::regclass THEN
    (SELECT concat_ws('|', g.tgenabled, g.tgtype, g.tgdeferrable, g.tginitdeferred,
                      obj_description(g.oid, 'pg_trigger'))
       FROM pg_trigger g WHERE g.oid = {objid})
  WHEN 'pg_proc'::regclass THEN
    (SELECT concat_ws('|', pg_get_userbyid(p.proowner),
                      coalesce(p.proacl, acldefault('f', p.proowner))::text, p.prosecdef, p.provolatile, p.proleakproof,
                      p.proparallel, p.procost, p.prorows, p.proconfig::text, obj_description(p.oid, 'pg_proc'))
       FROM pg_proc p WHERE p.oid = {objid})
  WHEN 'pg_attrdef'::regclass THEN
    (SELECT concat_ws('|', a.attname, a.attgenerated, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                      (SELECT l.collname FROM pg_collation l WHERE l.oid = a.attcollation),
                      a.attacl::text, coalesce(a.attstattarget, -1), a.attoptions::text,
                      col_description(a.attrelid, a.attnum),
                      (SELECT string_agg(concat_ws(' ', k.conname, pg_get_constraintdef(k.oid)), ', ')
                         FROM pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'n'
                          AND k.conkey = ARRAY[a.attnum]))
       -- The default of a view's column has nothing of its own: the column is the view's.
       FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum AND a.attgenerated <> ''
      WHERE d.oid = {objid})
  WHEN 'pg_statistic_ext'::regclass THEN
    (SELECT concat_ws('|', pg_get_userbyid(s.stxowner), coalesce(s.stxstattarget, -1),
                      obj_description(s.oid, 'pg_statistic_ext'))
       FROM pg_statistic_ext s WHERE s.oid = {objid})
  ELSE ''
END"""

# The definition of a relation or an index without its options, by which it is known again when these were set since.
_FORM: LiteralString = """
CASE {classid} WHEN 'pg_class'::regclass THEN
  (SELECT CASE WHEN c.relkind IN ('i', 'I')
          THEN (SELECT concat_ws('|', i.indrelid::regclass, m.amname, i.indisunique, i.indnullsnotdistinct,
                                 i.indnkeyatts, i.indclass::text, i.indcollation::text, i.indoption::text,
                                 ARRAY(SELECT pg_get_indexdef(c.oid, n, false)
                                         FROM generate_series(1, i.indnatts::int) AS n ORDER BY n)::text,
                                 pg_get_expr(i.indpred, i.indrelid))
                  FROM pg_index i JOIN pg_am m ON m.oid = c.relam WHERE i.indexrelid = c.oid)
          ELSE concat_ws('|', pg_get_viewdef(c.oid), nullif(c.reltablespace, 0)::text, nullif(c.relam, 0)::text,
                 (SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ', '
                                    ORDER BY a.attnum)
                    FROM pg_attribute a
                   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)) END
     FROM pg_class c WHERE c.oid = {objid}) END"""

_OPTIONS: LiteralString = """
CASE {classid} WHEN 'pg_class'::regclass THEN (SELECT c.reloptions FROM pg_class c WHERE c.oid = {objid}) END"""


def _about(text: LiteralString, classid: LiteralString, objid: LiteralString) -> LiteralString:
    return text.replace("{classid}", classid).replace("{objid}", objid)


# Of an object whose catalog and oid stand in o.classid and o.objid.
DEFINITION: Final[LiteralString] = _about(_DEFINITION, "o.classid", "o.objid")
ATTRIBUTES: Final[LiteralString] = _about(_ATTRIBUTES, "o.classid", "o.objid")
FORM: Final[LiteralString] = _about(_FORM, "o.classid", "o.objid")
OPTIONS: Final[LiteralString] = _about(_OPTIONS, "o.classid", "o.objid")

FINGERPRINTS: Final[LiteralString] = f"""
SELECT o.classid::regclass::text, o.objid::int8, md5(coalesce({DEFINITION}, '')), md5(coalesce({ATTRIBUTES}, ''))
  FROM (SELECT x.catalog::regclass::oid AS classid, x.oid::oid AS objid
          FROM unnest(%(catalogs)s::text[], %(oids)s::int8[]) AS x (catalog, oid)) AS o"""
