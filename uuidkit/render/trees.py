"""What has to be said table by table where a column is inherited: defaults, storage, NOT NULL, names of keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from psycopg import sql

from uuidkit import guard
from uuidkit.catalog.model import KeyClone, NotNull, Schema
from uuidkit.catalog.names import ColumnName, TableName, display
from uuidkit.catalog.trees import families, names_not_null
from uuidkit.composing import joined, raw, text_of
from uuidkit.planning.model import Statement


def only(table: TableName, action: sql.Composable, summary: str) -> Statement:
    """One ALTER TABLE ONLY, which leaves the tables below alone.

    Args:
        action: what follows the table's name.
        summary: what it does, in a few words.
    """
    return Statement(
        text_of(sql.SQL("ALTER TABLE ONLY {} {}").format(table.identifier, action)), "change", summary, table
    )


def set_default(column: ColumnName, default: str) -> Statement:
    """Give one table its default: on a root, PostgreSQL would give it to all below.

    Args:
        default: as SQL.
    """
    return only(
        column.table_name,
        sql.SQL("ALTER COLUMN {} SET DEFAULT {}").format(column.identifier, raw(default)),
        f"set the default of {column}",
    )


def take_down_not_null(schema: Schema, columns: Sequence[ColumnName]) -> Iterator[Statement]:
    """Take down the NOT NULL constraints of tables below which are some with other names or with comments.

    Args:
        schema: what is there.
        columns: at the roots.
    """
    for column in columns:
        for name, constraint in _own_not_null(schema, families(schema, (column,))).items():
            yield Statement(
                text_of(
                    sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                        name.table_name.identifier, sql.Identifier(constraint.name)
                    )
                ),
                "change",
                f"take down {display(constraint.name)} of {name.table_name} and all below",
                name.table_name,
            )


def _own_not_null(schema: Schema, family: Sequence[ColumnName]) -> dict[ColumnName, NotNull]:
    """Those that a table has by itself, and below which is another name or a comment: from the top."""
    own = {name: found.not_null_constraint for name in family if (found := schema.column(name)) is not None}
    return {
        name: constraint
        for name, constraint in own.items()
        if constraint is not None and constraint.local and names_not_null(schema, families(schema, (name,)))
    }


def put_back_not_null(schema: Schema, columns: Sequence[ColumnName]) -> Iterator[Statement]:
    """Put them back, from the bottom up: a constraint above merges with the one that a table below has by then.

    Args:
        schema: what is there.
        columns: at the roots.
    """
    for column in columns:
        family = families(schema, (column,))
        own = _own_not_null(schema, family)
        if not own:
            continue
        constraints = {name: found.not_null_constraint for name in family if (found := schema.column(name)) is not None}
        gone = [
            (name, constraint)
            for name, constraint in constraints.items()
            if constraint is not None and (name in own or not constraint.local)
        ]
        for name, constraint in reversed(gone):
            # One with the name of that above is made together with it.
            if name in own or not _named_as_above(schema, name, constraint, constraints):
                yield Statement(
                    text_of(
                        sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                            name.table_name.identifier, sql.Identifier(constraint.name), raw(constraint.definition)
                        )
                    ),
                    "change",
                    f"put up {display(constraint.name)} of {name.table_name}",
                    name.table_name,
                )
        for name, constraint in gone:
            if constraint.comment is not None:
                yield Statement(
                    text_of(
                        sql.SQL("COMMENT ON CONSTRAINT {} ON {} IS {}").format(
                            sql.Identifier(constraint.name), name.table_name.identifier, sql.Literal(constraint.comment)
                        )
                    ),
                    "change",
                    f"put back the comment of {display(constraint.name)}",
                    name.table_name,
                )


def _named_as_above(
    schema: Schema, name: ColumnName, constraint: NotNull, constraints: dict[ColumnName, NotNull | None]
) -> bool:
    above = (constraints.get(parent.column(name.name)) for parent in schema.tables[name.table_name].parents)
    return any(one is not None and one.name == constraint.name for one in above)


def name_clones(table: TableName, name: str, clones: Sequence[KeyClone]) -> Iterator[Statement]:
    """Give the parts of a foreign key on the partitions the names that they had; a violation is reported by them.

    Args:
        table, name: the key on the root.
        clones: as they were.
    """
    if not clones:
        return
    wanted = joined(
        [
            sql.SQL("({}::regclass, {}::regclass, {}, {}::text)").format(
                sql.Literal(text_of(clone.table.identifier)),
                sql.Literal(text_of(clone.referenced_table.identifier)),
                sql.Literal(clone.name),
                sql.Literal(clone.comment),
            )
            for clone in clones
        ]
    )
    body = sql.SQL(
        """DECLARE
  found record;
BEGIN
  -- Twice, as two of them may have each other's name.
  FOR pass IN 1..2 LOOP
    FOR found IN
      WITH RECURSIVE tree (oid) AS (
        SELECT k.oid FROM pg_constraint k WHERE k.conrelid = {table}::regclass AND k.conname = {name}
        UNION
        SELECT k.oid FROM tree t JOIN pg_constraint k ON k.conparentid = t.oid
      )
      SELECT k.conrelid::regclass AS relation, k.conname, w.name, w.comment,
             CASE pass WHEN 1 THEN 'uuidkit_' || k.oid ELSE w.name END AS next
        FROM (VALUES {wanted}) AS w (relation, referenced, name, comment)
        JOIN pg_constraint k ON k.conrelid = w.relation AND k.confrelid = w.referenced AND k.conparentid <> 0
        JOIN tree t ON t.oid = k.oid
    LOOP
      IF found.conname <> found.name THEN
        EXECUTE format('ALTER TABLE ONLY %s RENAME CONSTRAINT %I TO %I', found.relation, found.conname, found.next);
      END IF;
      IF pass = 2 AND found.comment IS NOT NULL THEN
        EXECUTE format('COMMENT ON CONSTRAINT %I ON %s IS %L', found.name, found.relation, found.comment);
      END IF;
    END LOOP;
  END LOOP;
END"""
    ).format(table=sql.Literal(text_of(table.identifier)), name=sql.Literal(name), wanted=wanted)
    yield Statement(guard.block(body), "change", f"give the parts of {display(name)} their old names", table)
