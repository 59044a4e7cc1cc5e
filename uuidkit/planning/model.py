"""A plan as plain values: what will be done, step by step, or every reason why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from uuidkit.catalog.model import Column, ForeignKey
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.dependents.model import Action, DependentObject, StringFunction
from uuidkit.findings import ColumnFindings, Reference
from uuidkit.ids import Shape

OnUnparseable = Literal["fail", "derive", "null"]
OnOrphan = Literal["keep", "fail"]
References = Literal["auto", "declared", "none"]
Backup = Literal["column", "table"]


OFFERED = "offered"  # as a definition: the one that the report offers


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asks for.

    Attributes:
        targets: columns named by the user.
        include: columns added by hand as references.
        exclude: columns left out by hand.
        references: which undeclared references come along.
        backup: where the texts are kept: in a column beside each, or in one table of the ledger's schema.
        backup_suffix: appended to a column's name to name its backup column.
        allow: names of objects that may come to mean something else, or whose meaning could not be judged.
        through: columns of partitions and children that were named and stand for the targets at their roots.
        rewrites: (name, definition) of objects that are made anew by the user's own statement; an empty one for none,
            ``OFFERED`` for that which the report offers.
        rewrite_offered: whether all objects for which the report offers a definition are made by it, unless named in
            ``allow`` or ``rewrites``.
        join_graphs: whether reference graphs that have a table in common are one, so that the table is rewritten once.
        optional_names: whether a name in ``allow`` or ``rewrites`` may be one that nothing has.
        lock_timeout: seconds one attempt waits for the locks.
        lock_attempts: how many attempts are made.
    """

    targets: tuple[ColumnName, ...]
    include: tuple[ColumnName, ...] = ()
    exclude: tuple[ColumnName, ...] = ()
    references: References = "auto"
    on_unparseable: OnUnparseable = "fail"
    on_orphan: OnOrphan = "keep"
    declare_references: bool = False
    backup: Backup = "column"
    backup_suffix: str = "_original"
    allow: tuple[str, ...] = ()
    rewrites: tuple[tuple[str, str], ...] = ()
    rewrite_offered: bool = False
    join_graphs: bool = False
    optional_names: bool = False
    through: tuple[ColumnName, ...] = ()
    lock_timeout: float = 2.0
    lock_attempts: int = 30


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason why a conversion is refused.

    Attributes:
        code: UNPARSEABLE, COLLISION, ORPHAN, DEPENDENT, MEANING, PARTITION_KEY, PERMISSION, NAME_TAKEN …
        object: what it is about, e.g. ``public.jobs.batch_id``.
        message: what is wrong and why it matters.
        remedy: what to do.
    """

    code: str
    object: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of the list that is printed, shown and run.

    Attributes:
        sql: the statement, without a closing semicolon.
        phase: ``before`` (guards), ``lock``, ``change``, ``prove``, ``ledger`` inside the transaction;
            ``after`` outside of it.
        summary: what it does, in a few words.
        table: the table it works on, if one.
    """

    sql: str
    phase: Literal["before", "lock", "change", "prove", "ledger", "after"]
    summary: str
    table: TableName | None = None


@dataclass(frozen=True, slots=True)
class InheritedColumn:
    """The column in a table that inherits it, a partition or a child: it changes with the root's.

    Attributes:
        before: the column as it is there.
        default_after: the new default there as SQL, None for none.
    """

    column: ColumnName
    before: Column
    default_after: str | None


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """How one column changes.

    Attributes:
        before: the column as it is.
        backup: name of the column that will hold the text; empty when a table does.
        expression: the USING expression, as SQL.
        default_after: the new default as SQL, None for none.
        legacy_shape: the one prefixed form the column used to have, None for canonical text.
        done: the column is a uuid already (a half-converted graph) and stays as it is.
        lookup: backup columns of referenced uuid columns in which the text is looked up first.
        inherited: the column in the tables that inherit it, each after the one that it inherits from.
    """

    column: ColumnName
    before: Column
    findings: ColumnFindings | None
    backup: str
    expression: str
    default_after: str | None
    legacy_shape: Shape | None
    on_unparseable: OnUnparseable
    done: bool = False
    lookup: tuple[ColumnName, ...] = ()
    inherited: tuple[InheritedColumn, ...] = ()

    @property
    def family(self) -> tuple[ColumnName, ...]:
        """The column with all that inherit it."""
        return (self.column, *(one.column for one in self.inherited))


@dataclass(frozen=True, slots=True)
class ForeignKeyPlan:
    """A foreign key that exists after the conversion.

    Attributes:
        existing: the key as it is, None when it is to be declared.
    """

    name: str
    table: TableName
    columns: tuple[str, ...]
    referenced_table: TableName
    referenced_columns: tuple[str, ...]
    definition: str
    existing: ForeignKey | None = None

    @property
    def declared(self) -> bool:
        """Whether the key was there before."""
        return self.existing is not None


@dataclass(frozen=True, slots=True)
class UniquePlan:
    """A unique constraint to be made because a declared reference needs it."""

    name: str
    column: ColumnName


@dataclass(frozen=True, slots=True)
class DependentPlan:
    """What becomes of an object that hangs on a converted column.

    Attributes:
        action: ``keep`` it as it is; ``recreate`` it as it was; ``rewrite`` it by another definition; ``drop`` it until
            the way back; ``refuse`` the conversion, as it could not come back.
        meaning: whether it says over uuid what it said over text.
        example: a row for which it does not.
        why: the reason for action or meaning, as a sentence.
        offer: a definition that means the same.
        definition: the statement that makes it instead of its own, with the action ``rewrite``.
        object: what takes it down and puts it back; None where PostgreSQL takes it along by itself.
    """

    kind: str
    name: str
    table: TableName
    action: Action
    meaning: Literal["same", "changed", "unknown"] = "same"
    example: Mapping[str, Any] | None = None
    why: str = ""
    offer: str | None = None
    definition: str | None = None
    object: DependentObject | None = None

    @property
    def up(self) -> tuple[str, ...]:
        """The statements that put it back, as the plan wants it."""
        if self.object is None or self.action in ("keep", "drop"):
            return ()
        return self.object.up if self.definition is None else (self.definition, *self.object.up[1:])


@dataclass(frozen=True, slots=True)
class Work:
    """What is done to one table, with the partitions and children that change with it.

    Attributes:
        rows: None when not known.
        bytes: of its rows as they are.
        columns: how many change.
        indexes: how many are built anew.
        keys: how many foreign keys of it are checked again.
        backups: how many columns are added.
    """

    table: TableName
    rows: int | None
    bytes: int
    columns: int
    indexes: int
    keys: int
    backups: int


@dataclass(frozen=True, slots=True)
class GraphPlan:
    """One reference graph: the columns that change together, in one transaction.

    Attributes:
        tables: all tables to be locked, in the order of locking.
        columns: the columns that change, parents first.
        foreign_keys: all foreign keys dropped and put back, in their original order, then the newly declared.
        functions: functions with a string for a body that open sessions have to plan again.
        notes: what the reader should know and nothing forbids.
        fingerprints: (table, md5 of the catalog facts about it) as the plan saw them.
        works: how much there is to do, table by table.
    """

    tables: tuple[TableName, ...]
    columns: tuple[ColumnPlan, ...]
    references: tuple[Reference, ...]
    foreign_keys: tuple[ForeignKeyPlan, ...]
    uniques: tuple[UniquePlan, ...]
    dependents: tuple[DependentPlan, ...]
    blockers: tuple[Blocker, ...]
    functions: tuple[StringFunction, ...] = ()
    notes: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    fingerprints: tuple[tuple[TableName, str], ...] = ()
    works: tuple[Work, ...] = ()

    @property
    def changing(self) -> tuple[ColumnPlan, ...]:
        """The columns that are not uuid yet."""
        return tuple(column for column in self.columns if not column.done)

    @property
    def remakes(self) -> frozenset[object]:
        """What two graphs may not have in common that are planned at once: objects and constraints, not tables."""
        objects = [d.object.key for d in self.dependents if d.object is not None and d.action != "keep"]
        keys = [(key.table, key.name) for key in self.foreign_keys]
        return frozenset((*objects, *keys, *((unique.column.table_name, unique.name) for unique in self.uniques)))

    @property
    def name(self) -> str:
        """The graph's name in messages: its first column."""
        return str(self.columns[0].column)


@dataclass(frozen=True, slots=True)
class TableEstimate:
    """What one table's part of the conversion is expected to cost.

    Attributes:
        rows: rows that are rewritten; None when not known.
        seconds: rewrite, indexes, foreign keys, proof and statistics; None when it cannot be known.
        bytes_written: the table and its indexes written anew.
        measured: whether rows of this very table were rewritten to find out.
    """

    table: TableName
    rows: int | None
    seconds: float | None
    bytes_written: int
    measured: bool = False


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the conversion is expected to cost.

    Attributes:
        seconds: of all transactions, with fresh statistics; None when it cannot be known.
        bytes_written: heap and indexes written anew, in bytes.
        locks: (table, lock mode, seconds held).
        disk_peak: bytes of disk needed at the worst moment, beyond what is used now.
        wal: bytes of write-ahead log.
        basis: how it is known, as a sentence or two.
        tables: table by table.
        between: the fewest and the most seconds that the server's speed allows for; None where none was measured.
    """

    seconds: float | None
    bytes_written: int
    locks: tuple[tuple[TableName, str, float | None], ...] = ()
    disk_peak: int = 0
    wal: int = 0
    basis: str = ""
    tables: tuple[TableEstimate, ...] = ()
    between: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A complete plan: one graph or several, in order.

    Attributes:
        hash: SHA-256 over request, catalog facts, findings and statements; the same plan gives the same hash.
        found: with ``--all``, why the scan judged each target so.
        found_in: the only schema that was looked at for them; None for all.
    """

    request: Request
    graphs: tuple[GraphPlan, ...]
    estimate: Estimate
    version_num: int
    hash: str
    notes: tuple[str, ...] = field(default=())
    found: Mapping[ColumnName, str] = field(default_factory=dict, repr=False)
    found_in: str | None = None

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        """Every blocker of every graph, once where an object hangs on columns of several."""
        return tuple(dict.fromkeys(blocker for graph in self.graphs for blocker in graph.blockers))

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The statements of all graphs, in order; none when a graph is blocked, as then nothing is begun."""
        if self.blockers:
            return ()
        return tuple(statement for graph in self.graphs for statement in graph.statements)

    @property
    def status(self) -> Literal["ready", "blocked", "nothing to do"]:
        """The verdict of a dry run."""
        if self.blockers:
            return "blocked"
        return "ready" if any(graph.statements for graph in self.graphs) else "nothing to do"
