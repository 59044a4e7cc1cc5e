"""A database of one transaction, and the judgement of everything in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal

import psycopg
from psycopg import sql

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.catalog.read import read_schema
from uuidkit.composing import text_of
from uuidkit.database.session import PsycopgSession, Session
from uuidkit.ids import Shape
from uuidkit.ids.sql import conversion
from uuidkit.meaning import Conversion, Judgement, Thing, judge

BATCH = Shape("batch_", "hex")
CANONICAL = Shape()
IDS = [f"{n:08x}-4a1b-4c2d-8e3f-0123456789ab" for n in range(1, 60)]
HEX = [text.replace("-", "") for text in IDS]

# Every object with an expression, with the table or view that it hangs on.
THINGS = """
SELECT 'pg_class', c.oid::int8, CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'index' END,
       c.relname, n.nspname, coalesce((SELECT t.relname FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
                                        WHERE i.indexrelid = c.oid), c.relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname ~ '^trial' AND (c.relkind IN ('v', 'm') OR EXISTS (SELECT FROM pg_index i WHERE i.indexrelid = c.oid
                                         AND (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL)))
UNION ALL
SELECT 'pg_constraint', k.oid::int8, 'check', k.conname, n.nspname, c.relname
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname ~ '^trial' AND k.contype = 'c'
UNION ALL
SELECT 'pg_policy', p.oid::int8, 'policy', p.polname, n.nspname, c.relname
  FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname ~ '^trial'
UNION ALL
SELECT 'pg_trigger', t.oid::int8, 'trigger', t.tgname, n.nspname, c.relname
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname ~ '^trial' AND NOT t.tgisinternal
UNION ALL
SELECT 'pg_rewrite', r.oid::int8, 'rule', r.rulename, n.nspname, c.relname
  FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname ~ '^trial' AND r.rulename <> '_RETURN'
UNION ALL
SELECT 'pg_attrdef', d.oid::int8, CASE WHEN a.attgenerated <> '' THEN 'generated column' ELSE 'default' END, a.attname,
       n.nspname, c.relname
  FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum
 WHERE n.nspname ~ '^trial' AND (a.attgenerated <> '' OR c.relkind = 'v')
UNION ALL
SELECT 'pg_publication_rel', r.oid::int8, 'publication', p.pubname, n.nspname, c.relname
  FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
  JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname ~ '^trial'
UNION ALL
SELECT 'pg_proc', p.oid::int8, 'function', p.proname, n.nspname, ''
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname ~ '^trial' AND p.prosqlbody IS NOT NULL
UNION ALL
SELECT 'pg_statistic_ext', s.oid::int8, 'statistics', s.stxname, n.nspname, c.relname
  FROM pg_statistic_ext s JOIN pg_class c ON c.oid = s.stxrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname ~ '^trial'
 ORDER BY 2"""


class Trial:
    """What was made by a script, and what came out of its judgement.

    Attributes:
        judged: by the name of the object.
    """

    def __init__(self, session: Session, schema: Schema, conversions: Sequence[Conversion]) -> None:
        self.session = session
        self.schema = schema
        self.conversions = conversions
        self.things = [
            Thing(catalog, oid, kind, name, TableName(namespace, table))
            for catalog, oid, kind, name, namespace, table in session.rows(THINGS)
        ]
        found = judge(session, schema, conversions, self.things)
        assert set(found) == {thing.key for thing in self.things}
        self.judged: Mapping[str, Judgement] = {thing.name: found[thing.key] for thing in self.things}

    def __getitem__(self, name: str) -> Judgement:
        return self.judged[name]

    @property
    def meanings(self) -> dict[str, str]:
        """Name and meaning of every object."""
        return {name: judgement.meaning for name, judgement in self.judged.items()}


@contextmanager
def trying(
    url: str,
    script: str,
    columns: str,
    shapes: Sequence[Shape] | Mapping[str, Sequence[Shape]] = (),
    on_unparseable: Literal["fail", "derive", "null"] = "fail",
) -> Iterator[Trial]:
    """Run a script in a schema of its own, judge everything in it, and leave nothing behind.

    Args:
        url: a database.
        script: statements; ``{n}`` and ``{hex}`` are not filled in.
        columns: the columns that change, ``table.column`` or ``schema.table.column``, parted by blanks.
        shapes: those that occur in each of them, or in one after the other.
        on_unparseable: what becomes of a text without a uuid.
    """
    with psycopg.connect(url) as connection, connection.transaction(force_rollback=True):
        connection.execute("CREATE SCHEMA trial")
        connection.execute("SET LOCAL search_path = trial")
        connection.execute(script)
        connection.execute("SET LOCAL search_path = pg_catalog, pg_temp")
        session = PsycopgSession(connection)
        schema = read_schema(session)
        of = shapes if isinstance(shapes, Mapping) else dict.fromkeys(columns.split(), shapes)
        yield Trial(
            session, schema, [conversion_of(schema, name, of[name], on_unparseable) for name in columns.split()]
        )


def conversion_of(
    schema: Schema, text: str, shapes: Sequence[Shape], on_unparseable: Literal["fail", "derive", "null"]
) -> Conversion:
    """The conversion of one column, as the general expression makes it."""
    parts = text.split(".")
    name = ColumnName(*(["trial", *parts] if len(parts) == 2 else parts))
    column = schema.column(name)
    assert column is not None, name
    expression = text_of(conversion(sql.Identifier(name.name), on_unparseable))
    return Conversion(name, column.type, column.collation, expression, tuple(shapes), f"{name.name}_old")
