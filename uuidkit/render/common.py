"""Statements that every change begins and ends with, and constraints taken down and put up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from psycopg import sql

from uuidkit import guard, ledger
from uuidkit.catalog.model import ForeignKey, Index
from uuidkit.catalog.names import ColumnName, TableName, display
from uuidkit.composing import joined, raw, text_of
from uuidkit.planning.model import Statement
from uuidkit.render.trees import name_clones


def opening(tables: Sequence[TableName], lock_timeout: float, held: Iterable[Statement] = ()) -> Iterator[Statement]:
    """Settings for the transaction, the toolkit's own lock, then all tables at once in the one order.

    Args:
        tables: referenced ones first.
        lock_timeout: seconds that one attempt waits.
        held: statements that lock what has to be locked before the tables.
    """
    yield Statement(guard.enter(lock_timeout), "before", "set what this transaction needs")
    yield Statement(
        text_of(sql.SQL("SELECT pg_advisory_xact_lock({})").format(sql.Literal(ledger.ADVISORY_KEY))),
        "lock",
        "let no other conversion run at the same time",
    )
    yield from held
    yield Statement(
        text_of(
            sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(joined([table.identifier for table in tables]))
        ),
        "lock",
        f"lock {', '.join(map(str, tables))}",
    )


def as_planned(fingerprints: guard.Fingerprints) -> Statement:
    """See under the locks that the tables are those of the plan.

    Args:
        fingerprints: per table the md5 of the catalog facts.
    """
    return Statement(guard.same_schema(fingerprints), "lock", "check that the tables are those of the plan")


def after_others(
    statements: Sequence[Statement], planned: guard.Fingerprints, left: Mapping[TableName, str]
) -> tuple[Statement, ...]:
    """The statements of one graph, when others that share tables with it have been changed since it was planned.

    What they did with the tables is known; whatever else was done to these is still noticed.

    Args:
        planned: the fingerprints that the statements compare with.
        left: the tables of the others, as they have left them.
    """
    known = tuple((table, left.get(table, found)) for table, found in planned)
    before, now = as_planned(planned), as_planned(known)
    return tuple(now if statement == before else statement for statement in statements)


def closing() -> Statement:
    """The last statement inside the transaction."""
    return Statement(guard.leave(), "ledger", "put the transaction's settings back")


def alter(table: TableName, action: sql.Composable, summary: str) -> Statement:
    """One ALTER TABLE.

    Args:
        action: what follows the table's name.
        summary: what it does, in a few words.
    """
    return Statement(text_of(sql.SQL("ALTER TABLE {} {}").format(table.identifier, action)), "change", summary, table)


def drop_constraint(table: TableName, name: str) -> Statement:
    """Take one constraint down; nothing that depends on it goes with it."""
    return alter(
        table, sql.SQL("DROP CONSTRAINT {}").format(sql.Identifier(name)), f"take down {display(name)} of {table}"
    )


def add_constraint(table: TableName, name: str, definition: str, comment: str | None = None) -> Iterator[Statement]:
    """Put one constraint up, with its comment.

    Args:
        definition: as pg_get_constraintdef prints it.
    """
    yield alter(
        table,
        sql.SQL("ADD CONSTRAINT {} {}").format(sql.Identifier(name), raw(definition)),
        f"put up {display(name)} of {table}",
    )
    if comment is not None:
        yield Statement(
            text_of(
                sql.SQL("COMMENT ON CONSTRAINT {} ON {} IS {}").format(
                    sql.Identifier(name), table.identifier, sql.Literal(comment)
                )
            ),
            "change",
            f"put back the comment of {display(name)}",
            table,
        )


def as_they_were(keys: Sequence[ForeignKey]) -> Iterator[Statement]:
    """Give foreign keys that are up again their turn, and their parts on partitions the names that these had.

    The triggers on a table act in the order of their names, which PostgreSQL makes of their age: a key made anew would
    act after keys that it used to act before. Triggers on partitions take the names over.

    Args:
        keys: as they were.
    """
    wanted = [
        sql.SQL("({}::regclass, {}, {}::regclass, {}, {}, {})").format(
            sql.Literal(text_of(key.table.identifier)),
            sql.Literal(key.name),
            sql.Literal(text_of(trigger.table.identifier)),
            sql.Literal(trigger.function),
            sql.Literal(trigger.type),
            sql.Literal(trigger.name),
        )
        for key in keys
        for trigger in key.triggers
    ]
    if wanted:
        rename = sql.SQL(
            "DECLARE\n"
            "  found record;\n"
            "BEGIN\n"
            "  FOR found IN\n"
            "    SELECT w.relation, t.tgname, w.name\n"
            "      FROM (VALUES {wanted}) AS w (owner, key, relation, function, type, name)\n"
            "      JOIN pg_constraint k ON k.conrelid = w.owner AND k.conname = w.key\n"
            "      JOIN pg_trigger t ON t.tgconstraint = k.oid AND t.tgrelid = w.relation AND t.tgtype = w.type\n"
            "                       AND t.tgname <> w.name\n"
            "      JOIN pg_proc p ON p.oid = t.tgfoid AND p.proname = w.function\n"
            "  LOOP\n"
            "    EXECUTE format('ALTER TRIGGER %I ON %s RENAME TO %I', found.tgname, found.relation, found.name);\n"
            "  END LOOP;\n"
            "END"
        ).format(wanted=joined(list(wanted), ",\n                   "))
        names = ", ".join(display(key.name) for key in keys if key.triggers)
        yield Statement(guard.block(rename), "change", f"let {names} act in the old turn", keys[0].table)
    for key in keys:
        yield from name_clones(key.table, key.name, key.clones)


def index_statistics(indexes: Iterable[Index], columns: Collection[ColumnName]) -> Iterator[Statement]:
    """Put the statistics targets of index expressions back, which a rebuilt index has lost.

    Args:
        indexes: all of them, as they were.
        columns: those whose type has changed; the indexes on them were rebuilt.
    """
    for index in indexes:
        if not any(index.table == column.table_name and column.name in index.reads for column in columns):
            continue
        name = sql.Identifier(index.table.schema, index.name)
        for position, key in enumerate(index.keys, 1):
            if key.statistics_target is not None:
                yield Statement(
                    text_of(
                        sql.SQL("ALTER INDEX {} ALTER COLUMN {} SET STATISTICS {}").format(
                            name, sql.Literal(position), sql.Literal(key.statistics_target)
                        )
                    ),
                    "change",
                    f"put back the statistics target of {display(index.name)}",
                    index.table,
                )


def analyze(table: TableName, columns: Sequence[str]) -> Statement:
    """Fresh statistics for columns that were rewritten; their old ones are gone."""
    return Statement(
        text_of(
            sql.SQL("ANALYZE {} ({})").format(table.identifier, joined([sql.Identifier(name) for name in columns]))
        ),
        "after",
        f"gather statistics of {table}",
        table,
    )
