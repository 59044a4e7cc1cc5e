"""What stands in the way of undoing a conversion, or of dropping its backups: pure, from the catalog and the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from uuidkit import ledger
from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName, TableName, display
from uuidkit.catalog.trees import families, family_tables, root_of
from uuidkit.ledger import LedgerColumn, LedgerEntry
from uuidkit.planning.blockers import dependent_blockers, table_blockers
from uuidkit.planning.keys import kept_keys
from uuidkit.planning.model import Blocker
from uuidkit.planning.trees import tree_blockers, turn_blockers


def reversion_blockers(
    schema: Schema, entry: LedgerEntry, going: Collection[tuple[TableName, str]] = ()
) -> Iterator[Blocker]:
    """What stands in the way of reverting one conversion.

    Args:
        schema: what is there now.
        entry: the ledger's entry.
        going: (table, name) of constraints that later conversions made, which are reverted before this one.
    """
    names = [column.name for column in entry.graph.columns]
    for column in entry.graph.columns:
        found = schema.column(column.name)
        if found is None or not found.is_uuid:
            yield _changed(column.name, "it is gone" if found is None else f"its type is {found.type} now")
            continue
        yield from _backup_gone(schema, column)
        yield from _domain_gone(schema, column)
        yield from _defaults(schema, column)
        yield from _left_the_tree(schema, column)
    roots = [name for name in names if schema.column(name) is not None]
    changing = families(schema, roots)
    for table in family_tables(schema, dict.fromkeys(name.table_name for name in roots)):
        yield from table_blockers(schema, schema.tables[table], ())
    keys = kept_keys(schema, changing)
    yield from tree_blockers(schema, roots)
    yield from turn_blockers(schema, keys)
    yield from dependent_blockers(schema, changing)
    backups = backups_of(schema, entry)
    yield from backup_blockers(schema, backups)
    ours = new_constraints(entry).union(going)
    for key in keys:
        pairs = key.existing.pairs if key.existing is not None and (key.table, key.name) not in ours else ()
        outside = [a if b in changing else b for a, b in pairs if (a in changing) != (b in changing)]
        if outside:
            yield Blocker(
                "DEPENDENT",
                f"{key.table}.{display(key.name)}",
                f"The foreign key was added since the conversion and ties {', '.join(map(str, outside))}, which was "
                "not converted with the others.",
                "Drop it first.",
            )


def backups_of(schema: Schema, entry: LedgerEntry) -> tuple[ColumnName, ...]:
    """The backup columns of a conversion, those in the tables below included; also those that are gone by now.

    Args:
        schema: what is there.
        entry: the ledger's.
    """
    found: dict[ColumnName, None] = {}
    for column in entry.graph.columns:
        if column.backup:
            tables = (*column.tables, *(name.table_name for name in families(schema, (column.name,))))
            found.update(dict.fromkeys(table.column(column.backup) for table in tables))
    return tuple(found)


def _backup_gone(schema: Schema, column: LedgerColumn) -> Iterator[Blocker]:
    if column.texts:
        if column.texts not in schema.ledger_tables:
            yield _changed(column.name, f"the table {display(ledger.SCHEMA)}.{column.texts} with its texts is gone")
        return
    backup = schema.column(column.name.table_name.column(column.backup))
    if backup is None or backup.type != column.backup_type:
        what = "is gone" if backup is None else f"is of type {backup.type} now"
        yield _changed(column.name, f"its backup column {display(column.backup)} {what}")


def _domain_gone(schema: Schema, column: LedgerColumn) -> Iterator[Blocker]:
    if column.text_type and column.type not in schema.domains:
        yield _changed(column.name, f"the domain {column.type} is gone, which was its type")


def _defaults(schema: Schema, column: LedgerColumn) -> Iterator[Blocker]:
    then = {column.name.table_name: column.default_after}
    then |= {one.table_name: one.default_after for one in column.inherited}
    for member in families(schema, (column.name,)):
        found = schema.column(member)
        now = found.default if found is not None else None
        # A table that came to the tree since then has the root's, or none.
        expected = then.get(member.table_name, column.default_after if now is not None else None)
        if now != expected and not _same_default(now, expected):
            yield Blocker(
                "DEFAULT",
                str(member),
                f"Its default was changed since the conversion to {now}; it would be lost.",
                "Note it, drop the default, revert, and set it again for text.",
            )


def _left_the_tree(schema: Schema, column: LedgerColumn) -> Iterator[Blocker]:
    for one in column.inherited:
        member = one.table_name.column(column.column)
        found = schema.column(member)
        if found is not None and found.is_uuid and root_of(schema, member) != column.name:
            yield _changed(
                member,
                f"it does not belong to {column.name.table_name} any more, with which it was converted",
                "Attach it again (ATTACH PARTITION, INHERIT), revert, and detach it then; or drop it, or the column, "
                "if it is not needed.",
            )


def new_constraints(entry: LedgerEntry) -> frozenset[tuple[TableName, str]]:
    """(table, name) of every constraint that the conversion made."""
    made = (*entry.graph.foreign_keys, *entry.graph.uniques)
    return frozenset((key.table_name, key.name) for key in made if not key.existed)


def backup_blockers(schema: Schema, backups: Sequence[ColumnName]) -> Iterator[Blocker]:
    """Whatever was built on a backup column, which is to be dropped.

    Args:
        backups: the backup columns.
    """
    wanted = dict.fromkeys(backups)
    for dependent in schema.dependents:
        if dependent.column is not None and dependent.table.column(dependent.column) in wanted:
            yield Blocker(
                "DEPENDENT",
                dependent.name,
                f"The {dependent.kind} reads the backup column {dependent.table}.{display(dependent.column)}, which "
                "is to be dropped.",
                f"Drop the {dependent.kind} first.",
            )
    for index in schema.indexes_on(backup.table_name for backup in wanted):
        if any(index.table == backup.table_name and backup.name in index.reads for backup in wanted):
            yield Blocker(
                "DEPENDENT",
                f"{display(index.table.schema)}.{display(index.name)}",
                "The index is on a backup column, which is to be dropped.",
                "Drop the index first.",
            )


def _changed(
    name: ColumnName,
    what: str,
    remedy: str = "Bring it back as the conversion left it, or finalize the conversion.",
) -> Blocker:
    return Blocker(
        "LEDGER",
        str(name),
        f"The ledger does not fit the table any more: {what}.",
        remedy,
    )


def _same_default(now: str | None, then: str | None) -> bool:
    def plain(text: str | None) -> str:
        return "" if text is None else "".join(c for c in text if c not in "() ")

    return plain(now) == plain(then)
