"""Revert: the way back, from the ledger and the backup columns."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

from uuidkit import ids, ledger
from uuidkit.catalog.model import ForeignKey, Schema
from uuidkit.catalog.names import ColumnName, TableName, display
from uuidkit.catalog.trees import families, family_tables, root_of
from uuidkit.conversion import after_commit, finished_named, sentences
from uuidkit.database.session import Session, adapt
from uuidkit.dependents.proof import Expected
from uuidkit.errors import BlockedError, UsageError
from uuidkit.execute import Event, GraphOutcome, Outcome, Progress, run, silent
from uuidkit.ledger import LedgerColumn, LedgerEntry, store
from uuidkit.planning.blockers import dependent_blockers, table_blockers
from uuidkit.planning.keys import kept_keys
from uuidkit.planning.model import Blocker, Statement
from uuidkit.planning.restoration import Restoration
from uuidkit.planning.trees import tree_blockers, turn_blockers
from uuidkit.reading import fingerprints, read_database, reading
from uuidkit.render.reversion import reversion_statements
from uuidkit.restoring import out_of_order, restoration
from uuidkit.targets import resolve_roots


def revert(
    connection: Any,
    targets: Sequence[str] = (),
    *,
    all: bool = False,  # the contract's own word
    legacy_format: str | None = None,
    progress: Progress | None = None,
    lock_timeout: float = 2.0,
    lock_attempts: int = 30,
) -> Outcome:
    """Put the text columns back, exactly; the latest conversion first, one transaction each.

    Where the connection is in a transaction already, everything happens in that one and nothing is committed here.

    Args:
        connection: a psycopg or SQLAlchemy connection.
        targets: columns, any of a converted graph's.
        all: every conversion in the ledger.
        legacy_format: how rows added since are spelled: a prefix and ``<uuid>`` or ``<hex>``, e.g. ``batch_<hex>``;
            without it, as the column used to be.
        progress: told of every step.
        lock_timeout: seconds that one attempt waits for the locks.
        lock_attempts: how many attempts are made.

    Raises:
        UsageError: a target does not exist, or the format is none.
        LedgerError: the ledger does not know a target.
        BlockedError: something new hangs on a column; nothing was changed.
        LockNotAvailable, ConversionFailed: as for ``convert``.
    """
    session = adapt(connection)
    tell = progress or silent
    begun = time.monotonic()
    shape = parse_legacy_format(legacy_format) if legacy_format is not None else None
    done: list[GraphOutcome] = []
    commit = not session.in_transaction
    with finished_named(done, commit=commit), sentences():
        with reading(session, lock_timeout) as search_path:
            schema = read_database(session, search_path)
            entries = chosen_entries(session, schema, targets, everything=all)
            found: list[Blocker] = []
            later: list[Expected] = []
            for entry in reversed(entries):
                restored = restoration(session, schema, entry, later)
                found += (*reversion_blockers(schema, entry), *restored.blockers)
                later += restored.expected
            found += out_of_order(store.read(session, present=schema.ledger_present), entries)
        if found:
            raise BlockedError(tuple(dict.fromkeys(found)))
        for entry in reversed(entries):
            with reading(session) as search_path:
                schema = read_database(session, search_path)
                restored = restoration(session, schema, entry)
                statements, tables = make_statements(session, schema, entry, shape, lock_timeout, restored)
            started = time.monotonic()
            columns = tuple(column.name for column in entry.graph.columns)
            tell(Event("graph", f"Reverting {', '.join(map(str, columns))}"))
            for note in restored.notes:
                tell(Event("note", note))
            with session.transaction():
                run(session, statements, tables, attempts=lock_attempts, progress=tell)
            after_commit(session, statements, tell, commit=commit)
            rows = {column.name.table_name: column.rows for column in entry.graph.columns}
            done.append(GraphOutcome(columns, sum(rows.values()), time.monotonic() - started))
    tell(Event("done", f"{len(done)} graph{'' if len(done) == 1 else 's'} reverted"))
    return Outcome(done=tuple(done), seconds=time.monotonic() - begun)


def chosen_entries(
    session: Session, schema: Schema, targets: Sequence[str], *, everything: bool
) -> tuple[LedgerEntry, ...]:
    """The ledger's entries that hold the targets, oldest first.

    Raises:
        UsageError: no target, or one that does not exist.
        LedgerError: the ledger does not know one.
    """
    if not targets and not everything:
        raise UsageError("No column was named.", "Name one as table.column, or use --all.")
    entries = store.read(session, present=schema.ledger_present)
    return store.select(entries, resolve_roots(schema, targets), everything=everything)


def parse_legacy_format(text: str) -> ids.Shape:
    """The shape that ``--legacy-format`` names.

    Args:
        text: ``<uuid>`` or ``<hex>``, perhaps with a prefix before it.

    Raises:
        UsageError: it is neither.
    """
    for ending, spelling in (("<uuid>", "canonical"), ("<hex>", "hex")):
        if text.endswith(ending):
            prefix = text[: -len(ending)]
            try:
                return ids.Shape(prefix=prefix, spelling=spelling)  # type: ignore[arg-type]
            except ValueError as error:
                raise UsageError(str(error), "Write for example batch_<hex>.") from error
    raise UsageError(f"{text!r} is no format.", "Write <uuid> or <hex>, perhaps with a prefix: batch_<hex>.")


def reversion_blockers(schema: Schema, entry: LedgerEntry) -> Iterator[Blocker]:
    """What stands in the way of reverting one conversion.

    Args:
        schema: what is there now.
        entry: the ledger's entry.
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
    ours = new_constraints(entry)
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
    wanted = set(backups)
    for dependent in schema.dependents:
        if dependent.column is not None and dependent.table.column(dependent.column) in wanted:
            yield Blocker(
                "DEPENDENT",
                dependent.name,
                f"The {dependent.kind} reads the backup column {dependent.table}.{display(dependent.column)}, which "
                "is to be dropped.",
                f"Drop the {dependent.kind} first.",
            )
    for index in schema.indexes:
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


def make_statements(
    session: Session,
    schema: Schema,
    entry: LedgerEntry,
    shape: ids.Shape | None,
    lock_timeout: float,
    restored: Restoration | None = None,
) -> tuple[tuple[Statement, ...], tuple[TableName, ...]]:
    """The statements that revert one entry, and the tables they lock.

    Args:
        session: within ``reading``.
        schema: what is there now.
        shape: how rows added since are spelled; None for the ledger's choice.
        lock_timeout: seconds that one attempt waits for the locks.
        restored: what becomes of the objects that hang on the columns; None to find that out here.

    Raises:
        BlockedError: one of them stands in the way.
    """
    if restored is None:
        restored = restoration(session, schema, entry)
    if restored.blockers:
        raise BlockedError(restored.blockers)
    names = [column.name for column in entry.graph.columns]
    new = new_constraints(entry)
    keys = [key.existing for key in kept_keys(schema, families(schema, names)) if key.existing is not None]
    tables = list(dict.fromkeys(name.table_name for name in names))
    tables += [
        table
        for key in (*entry.graph.foreign_keys, *entry.graph.uniques)
        for table in (key.table_name,)
        if table in schema.tables
    ]
    tables += [end.table_name for key in keys for pair in key.pairs for end in pair]
    ordered = family_tables(schema, tables)
    kept: list[ForeignKey] = [key for key in keys if (key.table, key.name) not in new]
    statements = reversion_statements(
        entry,
        ordered,
        schema=schema,
        kept=kept,
        restored=restored,
        fingerprints=fingerprints(session, ordered),
        shape=shape,
        lock_timeout=lock_timeout,
    )
    return tuple(statements), ordered
