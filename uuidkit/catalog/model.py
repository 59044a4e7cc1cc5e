"""What is there: tables, columns, keys and everything that hangs on a column, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from uuidkit.catalog.names import ColumnName, TableName

TEXT_TYPES = frozenset({"varchar", "text", "bpchar"})


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain, as far as a column of it loses something when it becomes uuid.

    Attributes:
        name: as PostgreSQL prints it, with its schema.
        base: the type below all domains, length included (``character varying(36)``).
        rules: its CHECKs and NOT NULL, those of the domains below it included.
        default: the default of columns that have none of their own.
        base_collation: schema and name of a column's collation when it is not the base type's default, else None.
    """

    name: str
    base: str
    rules: tuple[str, ...] = ()
    default: str | None = None
    base_collation: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class NotNull:
    """A column's NOT NULL where it is a constraint (PostgreSQL 18 and later).

    Attributes:
        local: whether it was declared on the table itself, not only on one that it inherits from.
    """

    name: str
    definition: str
    local: bool = True
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the catalog describes it.

    Attributes:
        type: the type as PostgreSQL prints it, length included (``character varying(36)``).
        base_type: the catalog's name of the type (``varchar``, ``text``, ``bpchar``, ``uuid`` …), of that below a
            domain.
        domain: the domain when the type is one, else None.
        collation: schema and name when it is not the type's default, else None.
        deterministic: False under a nondeterministic collation.
        default: the default as an expression; None without one, and for a generated column.
        default_is_uuid: whether it is a function's uuid, cast to the column's type and to nothing else.
        storage, compression: as in pg_attribute, to be put back by a way back.
        statistics_target: None when it is the server's default.
        inherited: how many parents the column comes from.
        writable: whether the current role owns the table.
    """

    name: str
    attnum: int
    type: str
    base_type: str
    not_null: bool
    default: str | None = None
    default_is_uuid: bool = False
    domain: Domain | None = None
    collation: tuple[str, str] | None = None
    deterministic: bool = True
    identity: str = ""
    generated: str = ""
    storage: str = "x"
    type_storage: str = "x"
    compression: str = ""
    statistics_target: int | None = None
    options: tuple[str, ...] = ()
    comment: str | None = None
    inherited: int = 0
    not_null_constraint: NotNull | None = None

    @property
    def is_text(self) -> bool:
        """Whether the column is varchar, text or char(n), or a domain over one."""
        return self.base_type in TEXT_TYPES

    @property
    def text_type(self) -> str:
        """The text type without its domain, length included, as PostgreSQL prints it."""
        return self.type if self.domain is None else self.domain.base

    @property
    def text_collation(self) -> tuple[str, str] | None:
        """Schema and name of the collation when it is not the default of ``text_type``, else None."""
        return self.collation if self.domain is None else self.domain.base_collation

    @property
    def is_uuid(self) -> bool:
        """Whether the column is a uuid already."""
        return self.base_type == "uuid" and self.domain is None


@dataclass(frozen=True, slots=True)
class IndexColumn:
    """One key column of an index; ``column`` is None for an expression, which alone may have a statistics target."""

    column: str | None
    opclass_default: bool = True
    opclass: str = ""
    collation_differs: bool = False
    statistics_target: int | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """An index, with the constraint it serves, if any.

    Attributes:
        definition: ``pg_get_indexdef``.
        reads: every column that a key, INCLUDE list, expression or predicate reads.
        constraint: name of the primary key, unique or exclusion constraint it serves.
        constraint_type: ``p``, ``u``, ``x`` or empty.
        parent: oid of the partitioned table's index that it is attached to, or 0.
    """

    oid: int
    table: TableName
    name: str
    method: str
    unique: bool
    primary: bool
    valid: bool
    nulls_not_distinct: bool
    keys: tuple[IndexColumn, ...]
    includes: tuple[str, ...]
    predicate: str | None
    has_expressions: bool
    expression_reads: frozenset[str]
    definition: str
    constraint: str | None = None
    constraint_type: str = ""
    deferrable: bool = False
    clustered: bool = False
    replica_identity: bool = False
    comment: str | None = None
    parent: int = 0

    @property
    def reads(self) -> frozenset[str]:
        """Names of all columns the index depends on."""
        plain = {key.column for key in self.keys if key.column is not None}
        return frozenset(plain | set(self.includes) | self.expression_reads)

    @property
    def key_columns(self) -> tuple[str | None, ...]:
        """The key columns' names in order."""
        return tuple(key.column for key in self.keys)

    @property
    def is_key(self) -> bool:
        """Whether a foreign key may refer to it: unique, immediate, valid, whole, plain columns."""
        return (
            self.unique and self.valid and not self.deferrable and self.predicate is None and not self.has_expressions
        )


@dataclass(frozen=True, slots=True)
class KeyTrigger:
    """One of the internal triggers that carry a foreign key out.

    Attributes:
        function: its function, e.g. ``"RI_FKey_cascade_del"``.
        type: pg_trigger.tgtype.
    """

    table: TableName
    function: str
    type: int
    name: str


@dataclass(frozen=True, slots=True)
class KeyClone:
    """What a foreign key is on one partition: of the referencing table, or of the referenced one.

    Attributes:
        triggers: those that carry it out there; they fire in the order of their names.
    """

    table: TableName
    referenced_table: TableName
    name: str
    comment: str | None = None
    triggers: tuple[KeyTrigger, ...] = ()


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A declared foreign key.

    Attributes:
        definition: ``pg_get_constraintdef``, complete (NOT VALID and DEFERRABLE included).
        on_delete, on_update: ``NO ACTION``, ``RESTRICT``, ``CASCADE``, ``SET NULL`` or ``SET DEFAULT``.
        match: ``SIMPLE`` or ``FULL``.
        index: oid of the unique index it refers to.
        parent: oid of the constraint it was inherited from (partitions), or 0.
        triggers_altered: a trigger of the key is not in its ordinary (origin) state.
        triggers: the triggers that carry the key out; they fire in the order of their names.
        clones: the constraints that PostgreSQL has made of it for partitions on either side, all levels.
    """

    oid: int
    name: str
    table: TableName
    columns: tuple[str, ...]
    referenced_table: TableName
    referenced_columns: tuple[str, ...]
    definition: str
    on_delete: str
    on_update: str
    match: str
    deferrable: bool
    deferred: bool
    validated: bool
    enforced: bool
    index: int
    parent: int = 0
    comment: str | None = None
    triggers_altered: bool = False
    triggers: tuple[KeyTrigger, ...] = ()
    clones: tuple[KeyClone, ...] = ()

    @property
    def pairs(self) -> tuple[tuple[ColumnName, ColumnName], ...]:
        """(referencing, referenced) column by column."""
        return tuple(
            (self.table.column(a), self.referenced_table.column(b))
            for a, b in zip(self.columns, self.referenced_columns, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Dependent:
    """Something else in the database that depends on a column, its table or the table's row type.

    Attributes:
        kind: ``view``, ``materialized view``, ``rule``, ``policy``, ``trigger``, ``check``, ``generated column``,
            ``function``, ``publication``, ``statistics``, ``partition``, ``inherited table``, ``sequence`` …
        name: its identity as PostgreSQL prints it.
        column: the column it depends on; None when it depends on the whole table or row type.
        definition: its definition where PostgreSQL gives one.
        hard: whether ``ALTER TABLE`` would be refused, or the object would be lost or mean something else.
    """

    kind: str
    name: str
    table: TableName
    column: str | None
    definition: str = ""
    hard: bool = True


@dataclass(frozen=True, slots=True)
class Check:
    """A CHECK constraint of a table.

    Attributes:
        inherited: from how many tables it comes.
        local: whether the table has it of its own.
    """

    oid: int
    table: TableName
    name: str
    columns: frozenset[str]
    definition: str
    validated: bool
    inherited: int = 0
    local: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its columns.

    Attributes:
        kind: pg_class.relkind: ``r`` table, ``p`` partitioned table, ``f`` foreign table.
        persistence: ``p`` permanent, ``u`` unlogged, ``t`` temporary.
        rows: the planner's estimate; -1 when the table was never analysed.
        bytes: size of the heap with TOAST and free-space map, in bytes.
        owned: whether the current role may ALTER it (is, or is a member of, its owner).
        readable: whether the current role may SELECT from it.
        row_security: ``none``, ``enabled`` or ``forced``.
        row_security_applies: whether policies would hide rows from the current role.
        typed: made with ``OF type``.
        partition_key: the columns that decide into which of its partitions a row goes.
        parents, children: the tables next to it in its inheritance or partition tree.
        detaching: a DETACH PARTITION CONCURRENTLY of it was begun and has not ended.
    """

    oid: int
    name: TableName
    kind: str
    persistence: str
    owner: str
    rows: float
    bytes: int
    columns: Mapping[str, Column]
    owned: bool = True
    readable: bool = True
    row_security: str = "none"
    row_security_applies: bool = False
    typed: bool = False
    partition: bool = False
    partition_key: frozenset[str] = frozenset()
    parents: tuple[TableName, ...] = ()
    children: tuple[TableName, ...] = ()
    comment: str | None = None
    detaching: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """A database's tables, as one snapshot of its catalog.

    Attributes:
        version_num: as in server_version_num, e.g. 180004.
        encoding: the database's encoding, e.g. ``UTF8``.
        role: the current role.
        domains: names of the domains over text.
        ledger_tables: names of the tables in the ledger's schema.
    """

    database: str
    version_num: int
    encoding: str
    role: str
    superuser: bool
    search_path: tuple[str, ...]
    tables: Mapping[TableName, Table]
    indexes: tuple[Index, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    dependents: tuple[Dependent, ...] = ()
    ledger_present: bool = False
    may_create_schema: bool = True
    schemas_creatable: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    ledger_tables: frozenset[str] = frozenset()
    # Made when they are asked for; a copy with other indexes or keys makes its own.
    _by_table: dict[TableName, tuple[Index, ...]] = field(init=False, default_factory=dict, repr=False, compare=False)
    _keys_by_table: dict[TableName, tuple[ForeignKey, ...]] = field(
        init=False, default_factory=dict, repr=False, compare=False
    )

    def column(self, name: ColumnName) -> Column | None:
        """The column of that name, or None."""
        table = self.tables.get(name.table_name)
        return None if table is None else table.columns.get(name.name)

    def indexes_of(self, table: TableName) -> tuple[Index, ...]:
        """All indexes of a table, in order of oid."""
        if not self._by_table:
            grouped: dict[TableName, list[Index]] = {}
            for index in self.indexes:
                grouped.setdefault(index.table, []).append(index)
            self._by_table.update({name: tuple(found) for name, found in grouped.items()})
        return self._by_table.get(table, ())

    def indexes_on(self, tables: Iterable[TableName]) -> tuple[Index, ...]:
        """All indexes of some tables, in order of oid."""
        found = [index for table in dict.fromkeys(tables) for index in self.indexes_of(table)]
        return tuple(sorted(found, key=lambda index: index.oid))

    def foreign_keys_on(self, tables: Iterable[TableName]) -> tuple[ForeignKey, ...]:
        """All foreign keys of some tables or to them, in order of oid."""
        if not self._keys_by_table:
            grouped: dict[TableName, list[ForeignKey]] = {}
            for key in self.foreign_keys:
                for table in {key.table, key.referenced_table}:
                    grouped.setdefault(table, []).append(key)
            self._keys_by_table.update({name: tuple(found) for name, found in grouped.items()})
        found = {key.oid: key for table in tables for key in self._keys_by_table.get(table, ())}
        return tuple(found[oid] for oid in sorted(found))

    def is_unique(self, column: ColumnName) -> bool:
        """Whether a valid, whole unique index has this column as its only key."""
        return any(i.is_key and i.key_columns == (column.name,) for i in self.indexes_of(column.table_name))
