"""What an operation amounts to on a database that is only read: for dry runs and for scripts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from uuidkit import finalization, reversion
from uuidkit.alembic.operations import ConvertToUuidOp, RevertFromUuidOp, UuidOperation
from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.conversion import plan
from uuidkit.database.session import Session
from uuidkit.explaining import sentences
from uuidkit.guard import same_schema
from uuidkit.ledger import LedgerEntry, store
from uuidkit.obstacles import reversion_blockers
from uuidkit.planning.model import Blocker, Plan, Statement
from uuidkit.reading import read_database, reading
from uuidkit.targets import resolve_column


@dataclass(frozen=True, slots=True)
class Part:
    """One reference graph of an operation.

    Attributes:
        columns: the columns that change, or whose backups go.
        involved: these, their backups, and whatever else they were looked at with.
        tables: all tables to be locked, in order, each with the md5 of what the catalog says of it.
        statements: what would be done; none when nothing has to be.
        guard: the one among them that compares the tables with what is known of them; empty where none does.
        details: by facts, what is known of each table beside its fingerprint.
    """

    columns: tuple[ColumnName, ...]
    involved: frozenset[ColumnName]
    tables: tuple[tuple[TableName, str], ...] = ()
    statements: tuple[Statement, ...] = ()
    guard: str = ""
    details: Mapping[TableName, str] | None = None


@dataclass(frozen=True, slots=True)
class Examination:
    """An operation, graph by graph, or every reason why not.

    Attributes:
        plan: of a conversion; None for the way back and for finalize.
    """

    operation: UuidOperation
    parts: tuple[Part, ...]
    blockers: tuple[Blocker, ...]
    plan: Plan | None = None

    @property
    def involved(self) -> frozenset[ColumnName]:
        """Every column that the operation has to do with."""
        return frozenset().union(*(part.involved for part in self.parts))

    def met(self, others: Collection[ColumnName]) -> list[ColumnName]:
        """The columns that both this and something else have to do with; backups only where nothing else is."""
        found = sorted(self.involved.intersection(others))
        named = {column for part in self.parts for column in part.columns}
        return [column for column in found if column in named] or found


def examine(session: Session, operation: UuidOperation) -> Examination:
    """Look at what an operation would do; reads only.

    Args:
        session: in a transaction or not.
        operation: what would be done.

    Raises:
        UsageError: a name does not exist.
        LedgerError: the ledger does not know the conversion that is to be reverted or finalized.
        LockNotAvailable: somebody holds a table exclusively.
    """
    if isinstance(operation, ConvertToUuidOp):
        found = plan(session, [operation.target], **operation.options)
        return Examination(operation, tuple(parts_of(found)), found.blockers, found)
    with sentences(), reading(session) as search_path:
        schema = read_database(session, search_path)
        if isinstance(operation, RevertFromUuidOp) and reversion_is_done(session, schema, operation):
            return Examination(operation, (), ())
        entries = reversion.chosen_entries(session, schema, [operation.target], everything=False)
        blockers: list[Blocker] = []
        parts = []
        for entry in entries:
            columns = tuple(column.name for column in entry.graph.columns)
            part = Part(columns, _involved(entry))
            standing = list(_blockers(schema, operation, entry))
            if not standing:
                statements, seen = _statements(session, schema, operation, entry)
                part = replace(part, statements=statements, tables=seen, guard=same_schema(seen))
            blockers += standing
            parts.append(part)
        return Examination(operation, tuple(parts), tuple(dict.fromkeys(blockers)))


def reversion_is_done(session: Session, schema: Schema, operation: RevertFromUuidOp) -> bool:
    """Whether the column is text, and no conversion of it is in the ledger: somebody has reverted it already.

    Args:
        session: within ``reading``.
        schema: what is there.

    Raises:
        UsageError: there is no such column.
    """
    name = resolve_column(schema, operation.target)
    column = schema.column(name)
    entries = store.read(session, present=schema.ledger_present)
    known = any(found.name == name for entry in entries for found in entry.graph.columns)
    return column is not None and column.is_text and not known


def parts_of(plan: Plan) -> Iterator[Part]:
    """A conversion graph by graph.

    Args:
        plan: from the live database, or from a revision's facts.
    """
    checked: set[TableName] = set()
    for graph in plan.graphs:
        columns = [column.column for column in graph.columns]
        backups = [column.column.table_name.column(column.backup) for column in graph.columns if column.backup]
        # A plan compares each table once, before its first change.
        first = [found for found in graph.fingerprints if found[0] not in checked]
        yield Part(
            tuple(column.column for column in graph.changing),
            frozenset((*columns, *backups)),
            graph.fingerprints,
            graph.statements,
            same_schema(first) if first else "",
        )
        if graph.statements:
            checked |= {table for table, _ in graph.fingerprints}


def _blockers(schema: Schema, operation: UuidOperation, entry: LedgerEntry) -> Iterator[Blocker]:
    if isinstance(operation, RevertFromUuidOp):
        return reversion_blockers(schema, entry)
    return finalization.finalization_blockers(schema, entry)


def _statements(
    session: Session, schema: Schema, operation: UuidOperation, entry: LedgerEntry
) -> tuple[tuple[Statement, ...], tuple[tuple[TableName, str], ...]]:
    if isinstance(operation, RevertFromUuidOp):
        given = operation.legacy_format
        shape = None if given is None else reversion.parse_legacy_format(given)
        return reversion.make_statements(session, schema, entry, shape, operation.lock_timeout)
    return finalization.make_statements(session, schema, entry, operation.lock_timeout)


def _involved(entry: LedgerEntry) -> frozenset[ColumnName]:
    names = [column.name for column in entry.graph.columns]
    backups = [column.name.table_name.column(column.backup) for column in entry.graph.columns]
    return frozenset((*names, *backups))
