"""Revert: the way back, from the ledger and the backup columns."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from uuidkit import ids
from uuidkit.catalog.model import ForeignKey, Schema
from uuidkit.catalog.names import TableName
from uuidkit.catalog.trees import families, family_tables
from uuidkit.database.session import Session, adapt
from uuidkit.dependents.model import Address
from uuidkit.dependents.proof import Expected
from uuidkit.errors import BlockedError, PlanOutdated, UsageError
from uuidkit.execute import Event, GraphOutcome, Outcome, Progress, fingerprints, silent
from uuidkit.ledger import LedgerEntry, store
from uuidkit.obstacles import new_constraints, reversion_blockers
from uuidkit.planning.keys import kept_keys
from uuidkit.planning.model import Blocker, Statement
from uuidkit.planning.restoration import Restoration
from uuidkit.render.reversion import reversion_statements
from uuidkit.restoring import out_of_order, read_hanging, restoration
from uuidkit.succession import Succession
from uuidkit.targets import resolve_roots
from uuidkit.undisturbed import undisturbed


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
    succession = Succession(session, tell, lock_attempts, commit=not session.in_transaction)

    def chosen(schema: Schema) -> tuple[LedgerEntry, ...]:
        return chosen_entries(session, schema, targets, everything=all)

    with succession.finished_named():
        _revert_all(succession, chosen, shape, lock_timeout)
    done = succession.done
    tell(Event("done", f"{len(done)} graph{'' if len(done) == 1 else 's'} reverted"))
    return Outcome(done=tuple(done), seconds=time.monotonic() - begun)


def _revert_all(
    succession: Succession,
    chosen: Callable[[Schema], Sequence[LedgerEntry]],
    shape: ids.Shape | None,
    lock_timeout: float,
) -> None:
    """The latest first, as a later one may rest on an earlier one."""
    session = succession.session
    waiting = _planned(session, chosen, lock_timeout)
    while waiting:
        batch, outdated = succession.apart(waiting)
        try:
            if outdated:
                succession.left.clear()
                batch = _planned(session, _of_these(session, batch), lock_timeout)
            for reversion in batch:
                _revert_one(succession, reversion, shape, lock_timeout, last=len(waiting) == 1)
                waiting = [other for other in waiting if other.entry.id != reversion.entry.id]
        except PlanOutdated as error:
            succession.plan_again(error)
            waiting = _planned(session, _of_these(session, waiting), lock_timeout)


def _of_these(session: Session, waiting: Sequence[Reversion]) -> Callable[[Schema], Sequence[LedgerEntry]]:
    """The entries of some reversions, read again."""
    wanted = {reversion.entry.id for reversion in waiting}

    def chosen(schema: Schema) -> Sequence[LedgerEntry]:
        return [entry for entry in store.read(session, present=schema.ledger_present) if entry.id in wanted]

    return chosen


def _revert_one(
    succession: Succession, reversion: Reversion, shape: ids.Shape | None, lock_timeout: float, *, last: bool
) -> None:
    begun = time.monotonic()
    columns = tuple(column.name for column in reversion.entry.graph.columns)
    succession.tell(Event("graph", f"Reverting {', '.join(map(str, columns))}"))
    for note in reversion.restored.notes:
        succession.tell(Event("note", note))
    statements = reversion.statements(shape, lock_timeout)
    succession.run(reversion, statements, last=last)
    rows = {column.name.table_name: column.rows for column in reversion.entry.graph.columns}
    succession.done.append(GraphOutcome(columns, sum(rows.values()), time.monotonic() - begun))


@dataclass(frozen=True, slots=True)
class Reversion:
    """How one conversion is undone.

    Attributes:
        schema: what is there.
        kept: the foreign keys on the columns that stay.
        restored: what becomes of the objects that hang on the columns.
        fingerprints: (table to be locked, md5 of the catalog facts about it), in the order of locking.
    """

    entry: LedgerEntry
    schema: Schema = field(repr=False)
    kept: tuple[ForeignKey, ...]
    restored: Restoration
    fingerprints: tuple[tuple[TableName, str], ...]

    @property
    def tables(self) -> tuple[TableName, ...]:
        """The tables that it locks or looks texts up in."""
        lookups = (one for column in self.entry.graph.columns for one in column.lookup)
        return (*(table for table, _ in self.fingerprints), *(TableName(one.schema, one.table) for one in lookups))

    @property
    def remakes(self) -> frozenset[object]:
        """What it takes down, makes, or drops for good: objects and constraints, not tables."""
        addresses = [found.address for found in self.restored.down]
        addresses += [found.address for found in self.restored.up]
        addresses += [found.address for found in self.restored.expected]
        keys = [(key.table, key.name) for key in self.kept]
        return frozenset((*addresses, *keys, *new_constraints(self.entry)))

    def statements(self, shape: ids.Shape | None, lock_timeout: float) -> tuple[Statement, ...]:
        """Everything that undoes it, in order.

        Args:
            shape: how rows added since are spelled; None for the ledger's choice.
            lock_timeout: seconds that one attempt waits for the locks.
        """
        return tuple(
            reversion_statements(
                self.entry,
                [table for table, _ in self.fingerprints],
                schema=self.schema,
                kept=self.kept,
                restored=self.restored,
                fingerprints=self.fingerprints,
                shape=shape,
                lock_timeout=lock_timeout,
            )
        )


def _planned(
    session: Session, chosen: Callable[[Schema], Sequence[LedgerEntry]], lock_timeout: float
) -> list[Reversion]:
    """The way back of some conversions, latest first, from one reading of the catalog.

    Raises:
        BlockedError: something stands in the way of one.
    """

    def make(schema: Schema) -> list[Reversion]:
        return reversions(session, schema, chosen(schema))

    def tables(found: list[Reversion]) -> frozenset[TableName]:
        return frozenset(table for reversion in found for table, _ in reversion.fingerprints)

    return undisturbed(session, lock_timeout, make, tables)


def reversions(session: Session, schema: Schema, entries: Sequence[LedgerEntry]) -> list[Reversion]:
    """The way back of some conversions, latest first.

    Args:
        session: within ``reading``.
        schema: what is there now.
        entries: oldest first.

    Raises:
        BlockedError: something stands in the way of one.
    """
    hanging = read_hanging(session, schema, [column.name for entry in entries for column in entry.graph.columns])
    restored: list[Restoration] = []
    blockers: list[Blocker] = []
    later: dict[Address, Expected] = {}
    going: set[tuple[TableName, str]] = set()
    for entry in reversed(entries):
        restored.append(restoration(session, schema, entry, hanging, later))
        blockers += (*reversion_blockers(schema, entry, going), *restored[-1].blockers)
        later |= {found.address: found for found in restored[-1].expected}
        going |= new_constraints(entry)
    blockers += out_of_order(store.read(session, present=schema.ledger_present), entries)
    if blockers:
        raise BlockedError(tuple(dict.fromkeys(blockers)))
    found = [(entry, *_tables_and_keys(schema, entry)) for entry in reversed(entries)]
    every = tuple(dict.fromkeys(table for _, tables, _ in found for table in tables))
    prints = dict(fingerprints(session, every)) if every else {}
    return [
        Reversion(entry, schema, kept, one, tuple((table, prints[table]) for table in tables))
        for (entry, tables, kept), one in zip(found, restored, strict=True)
    ]


def _tables_and_keys(schema: Schema, entry: LedgerEntry) -> tuple[tuple[TableName, ...], tuple[ForeignKey, ...]]:
    """The tables to be locked, and the foreign keys on the columns that stay."""
    names = [column.name for column in entry.graph.columns]
    keys = [key.existing for key in kept_keys(schema, families(schema, names)) if key.existing is not None]
    tables = [name.table_name for name in names]
    tables += [key.table_name for key in (*entry.graph.foreign_keys, *entry.graph.uniques)]
    tables += [end.table_name for key in keys for pair in key.pairs for end in pair]
    new = new_constraints(entry)
    return family_tables(schema, tables), tuple(key for key in keys if (key.table, key.name) not in new)


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


def make_statements(
    session: Session, schema: Schema, entry: LedgerEntry, shape: ids.Shape | None, lock_timeout: float
) -> tuple[tuple[Statement, ...], tuple[tuple[TableName, str], ...]]:
    """The statements that revert one entry, and the tables they lock, as they are now.

    Args:
        session: within ``reading``.
        schema: what is there now.
        shape: how rows added since are spelled; None for the ledger's choice.
        lock_timeout: seconds that one attempt waits for the locks.

    Raises:
        BlockedError: something stands in the way.
    """
    [reversion] = reversions(session, schema, [entry])
    return reversion.statements(shape, lock_timeout), reversion.fingerprints
