"""Every reason to refuse a conversion, found in the catalog and in the findings, all at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from uuidkit.catalog.model import Column, Index, Schema, Table
from uuidkit.catalog.names import ColumnName, TableName, display, too_long
from uuidkit.findings import ColumnFindings, Reference
from uuidkit.planning.defaults import convert_default
from uuidkit.planning.model import Blocker, DependentPlan, ForeignKeyPlan, Request
from uuidkit.wording import count

# Access methods whose default operator class exists for text and for uuid.
_METHODS = frozenset({"btree", "hash", "brin"})


def column_blockers(
    schema: Schema, request: Request, column: ColumnName, findings: ColumnFindings | None
) -> Iterator[Blocker]:
    """What is wrong with one column that would change: its type, backup, default and values."""
    found = schema.column(column)
    if found is None or found.is_uuid:
        return
    yield from _type(column, found)
    yield from _backup(schema, request, column)
    yield from _default(request, column, found)
    if findings is not None:
        yield from _values(request, column, found, findings)


def _type(column: ColumnName, found: Column) -> Iterator[Blocker]:
    name = str(column)
    if found.domain is not None:
        yield Blocker(
            "DEPENDENT",
            name,
            f"The column's type is the domain {found.domain}; its rules would disappear with it.",
            f"Change the column to {found.base_type} first, with the domain's rules as CHECK constraints.",
        )
    elif not found.is_text:
        yield Blocker(
            "TYPE",
            name,
            f"The column's type is {found.type}; only varchar, text and char(n) can be converted.",
            "Leave the column out, or change its type to text first.",
        )
    if found.generated:
        yield Blocker(
            "DEPENDENT",
            name,
            "The column is generated from other columns; its values cannot be converted, only its expression.",
            "Drop the generated column and add it again over the converted columns.",
        )


def _backup(schema: Schema, request: Request, column: ColumnName) -> Iterator[Blocker]:
    backup = column.name + request.backup_suffix
    if too_long(backup):
        yield Blocker(
            "NAME_TOO_LONG",
            str(column),
            f"The backup column {display(backup)} would have {len(backup.encode())} bytes; PostgreSQL cuts names "
            "at 63 bytes without an error.",
            "Choose a shorter suffix with --backup-suffix.",
        )
    elif backup in schema.tables[column.table_name].columns:
        yield Blocker(
            "NAME_TAKEN",
            str(column),
            f"The table already has a column {display(backup)}, which the backup of the text would be called.",
            "Choose another suffix with --backup-suffix, or rename or drop that column if it is no longer needed.",
        )


def _default(request: Request, column: ColumnName, found: Column) -> Iterator[Blocker]:
    if found.generated or not found.is_text:
        return
    default = convert_default(found.default, request.on_unparseable)
    if not default.understood:
        yield Blocker(
            "DEFAULT",
            str(column),
            f"The default {found.default} cannot be turned into a uuid: {default.why}.",
            f"Run ALTER TABLE {column.table_name} ALTER COLUMN {display(column.name)} DROP DEFAULT "
            "(or set another default, such as gen_random_uuid()::text) first.",
        )


def _values(request: Request, column: ColumnName, found: Column, findings: ColumnFindings) -> Iterator[Blocker]:
    name = str(column)
    if findings.unparseable:
        samples = ", ".join(repr(sample) for sample in findings.unparseable_samples)
        rows = count(findings.unparseable, "value")
        hold = "holds" if findings.unparseable == 1 else "hold"
        if request.on_unparseable == "fail":
            yield Blocker(
                "UNPARSEABLE",
                name,
                f"{rows} {hold} no uuid in any known format, for example {samples}.",
                "Correct or remove them, or decide with --on-unparseable derive (the same uuid for the same text, "
                "everywhere) or --on-unparseable null (the text stays in the backup column).",
            )
        elif request.on_unparseable == "null" and found.not_null:
            yield Blocker(
                "UNPARSEABLE",
                name,
                f"{rows} would become NULL, for example {samples}, but the column is NOT NULL.",
                "Use --on-unparseable derive, or correct the values.",
            )
        elif request.on_unparseable == "derive" and not found.deterministic:
            yield Blocker(
                "COLLATION",
                name,
                f"{rows} {hold} no uuid, for example {samples}; under the column's nondeterministic collation texts "
                "that are equal may differ in bytes, and a uuid derived from the bytes would part them.",
                "Correct the values first, or use --on-unparseable null where the column may be NULL.",
            )
    if findings.collision_count:
        examples = "; ".join(
            f"{', '.join(map(repr, collision.values))} → {collision.uuid} (under {display(collision.key)})"
            for collision in findings.collisions[:3]
        )
        yield Blocker(
            "COLLISION",
            name,
            f"{count(findings.collision_count, 'uuid')} would be shared by rows "
            f"that a key holds apart today: {examples}.",
            "Merge or rename those rows first: which of them is meant only their owner can know.",
        )


def table_blockers(schema: Schema, table: Table, changing: Collection[str]) -> Iterator[Blocker]:
    """What is wrong with one table as a whole: its kind, its family, the role's rights on it."""
    name = str(table.name)
    if table.kind == "f":
        yield _dependent(name, "It is a foreign table; its rows live on another server.", "Convert it there.")
    if table.typed:
        yield _dependent(
            name,
            "It was made with OF a composite type and cannot be put back as such.",
            f"Run ALTER TABLE {table.name} NOT OF first, and OF again afterwards by hand if it is needed.",
        )
    in_key = sorted(set(changing) & table.partition_key)
    if in_key:
        yield Blocker(
            "PARTITION_KEY",
            name,
            f"{', '.join(map(display, in_key))} is part of the partition key; PostgreSQL cannot change its type.",
            "Build a new partitioned table with a uuid key and copy the rows into it; this is not done here.",
        )
    elif table.kind == "p" or table.partition:
        yield _dependent(
            name,
            "It is a partitioned table or a partition; these are not converted yet.",
            "Leave it out, or convert it by hand.",
        )
    elif table.children or table.parents:
        relatives = ", ".join(str(relative) for relative in (*table.parents, *table.children))
        yield _dependent(
            name,
            f"It takes part in table inheritance with {relatives}; such tables are not converted yet.",
            "Run ALTER TABLE … NO INHERIT first, or leave it out.",
        )
    if not table.owned:
        yield Blocker(
            "PERMISSION",
            name,
            f"Only its owner may change it; {display(schema.role)} is not a member of {display(table.owner)}.",
            f"Connect as {display(table.owner)}, or GRANT {display(table.owner)} TO {display(schema.role)}.",
        )
    if not table.readable:
        yield Blocker(
            "PERMISSION",
            name,
            f"{display(schema.role)} may not read it, so its values cannot be judged.",
            f"GRANT SELECT ON {table.name} TO {display(schema.role)}; and USAGE on its schema.",
        )
    elif table.row_security_applies:
        yield Blocker(
            "PERMISSION",
            name,
            f"Row security hides rows from {display(schema.role)}; what cannot be seen cannot be converted safely.",
            f"ALTER TABLE {table.name} NO FORCE ROW LEVEL SECURITY for the time of the conversion, or use a role "
            "with BYPASSRLS.",
        )


def _dependent(name: str, message: str, remedy: str) -> Blocker:
    return Blocker("DEPENDENT", name, message, remedy)


def index_blockers(
    schema: Schema, changing: Collection[ColumnName], keys: Sequence[ForeignKeyPlan]
) -> Iterator[tuple[Blocker, DependentPlan]]:
    """Indexes on changing columns that PostgreSQL would refuse, lose, or let mean something else."""
    dropped = {key.existing.oid for key in keys if key.existing is not None}
    for index in schema.indexes:
        columns = {column.name for column in changing if column.table_name == index.table}
        if not columns or not (columns & index.reads or "*" in index.expression_reads):
            continue
        reason = _index_reason(schema, index, columns, dropped)
        if reason is not None:
            code, message, remedy = reason
            yield (
                Blocker(code, f"{display(index.table.schema)}.{display(index.name)}", message, remedy),
                DependentPlan(
                    "index", f"{display(index.table.schema)}.{display(index.name)}", index.table, "refuse", "unknown"
                ),
            )


def _index_reason(schema: Schema, index: Index, columns: set[str], dropped: set[int]) -> tuple[str, str, str] | None:
    again = "Drop it first and create it again afterwards for uuid."
    if columns & index.expression_reads or "*" in index.expression_reads:
        part = f"predicate WHERE {index.predicate}" if index.predicate else "expression"
        return (
            "MEANING",
            f"The index's {part} reads the column as text and would see something else in a uuid: {index.definition}.",
            again,
        )
    if not index.valid:
        return ("DEPENDENT", "The index is invalid; the conversion would silently make it valid, or fail on it.", again)
    if index.method not in _METHODS:
        return ("DEPENDENT", f"A {index.method} index cannot be kept over a uuid column: {index.definition}.", again)
    for key in index.keys:
        if key.column in columns and not key.opclass_default:
            return ("DEPENDENT", f"Operator class {key.opclass} does not accept uuid: {index.definition}.", again)
        if key.column in columns and key.collation_differs:
            return ("DEPENDENT", f"uuid has no collations, the index names one: {index.definition}.", again)
    if columns & set(index.includes):
        users = [key.name for key in schema.foreign_keys if key.index == index.oid and key.oid not in dropped]
        if users:
            message = (
                f"The column is only included in the index, which the foreign keys {', '.join(users)} refer to; "
                "PostgreSQL would have to drop it."
            )
            return (
                "DEPENDENT",
                message,
                "Drop those foreign keys first and declare them again afterwards.",
            )
    return None


def dependent_blockers(schema: Schema, changing: Collection[ColumnName]) -> Iterator[tuple[Blocker, DependentPlan]]:
    """Views, policies, triggers and all else that hangs on a changing column, each by name."""
    seen = set()
    tables = {column.table_name for column in changing}
    for dependent in schema.dependents:
        concerned = (
            dependent.table in tables
            if dependent.column is None
            else dependent.table.column(dependent.column) in changing
        )
        if not concerned or (dependent.kind, dependent.name) in seen or not dependent.hard:
            continue
        seen.add((dependent.kind, dependent.name))
        column = (
            f"{dependent.table}.{display(dependent.column)}" if dependent.column else f"the row of {dependent.table}"
        )
        if dependent.kind == "row type":
            message = f"A column is of the row type of {dependent.table}; PostgreSQL cannot change that under it."
            remedy = "Change that column to jsonb, or move it away, first."
        else:
            what = "statistics object" if dependent.kind == "statistics" else dependent.kind
            message = f"The {what} reads {column}; PostgreSQL refuses to change the column's type under it."
            remedy = f"Drop the {what} first and create it again afterwards, or leave the column out."
        yield (
            Blocker("DEPENDENT", dependent.name, message, remedy),
            DependentPlan(dependent.kind, dependent.name, dependent.table, "refuse", "unknown"),
        )
    for check in schema.checks:
        columns = [c for c in changing if c.table_name == check.table and c.name in check.columns]
        if columns:
            yield (
                Blocker(
                    "MEANING",
                    f"{check.table}.{display(check.name)}",
                    f"The constraint {check.definition} reads {', '.join(map(str, columns))} as text; over a uuid it "
                    "would fail, or hold for other rows than before.",
                    "Drop the constraint first; add it again afterwards where it still makes sense.",
                ),
                DependentPlan("check", f"{check.table}.{display(check.name)}", check.table, "refuse", "unknown"),
            )


def key_blockers(
    request: Request,
    keys: Sequence[ForeignKeyPlan],
    references: Sequence[Reference],
    findings: Mapping[ColumnName, ColumnFindings],
) -> Iterator[Blocker]:
    """Foreign keys that could not be put back as they are, and references that cannot be declared."""
    for key in keys:
        existing = key.existing
        if existing is None:
            continue
        name = f"{key.table}.{display(key.name)}"
        if existing.triggers_altered:
            yield Blocker(
                "DEPENDENT",
                name,
                "The foreign key's triggers are disabled or altered; a new key would enforce them again.",
                f"ALTER TABLE {key.table} ENABLE TRIGGER ALL (and on {key.referenced_table}) first, or drop the key.",
            )
        if request.on_unparseable == "null" and existing.match == "FULL" and len(key.columns) > 1:
            lost = [c for c in key.columns if (f := findings.get(key.table.column(c))) and f.unparseable]
            if lost:
                yield Blocker(
                    "UNPARSEABLE",
                    name,
                    f"The key is MATCH FULL: rows whose {', '.join(lost)} became NULL would violate it.",
                    "Use --on-unparseable derive, or correct the values.",
                )
    for reference in references:
        if reference.declared or not reference.orphans:
            continue
        if not request.declare_references and request.on_orphan == "keep":
            continue
        samples = ", ".join(repr(sample) for sample in reference.orphan_samples)
        yield Blocker(
            "ORPHAN",
            str(reference.referencing),
            f"{count(reference.orphans, 'row refers', 'rows refer')} to nothing in "
            f"{reference.referenced}, for example {samples}"
            + ("; a foreign key would refuse them." if request.declare_references else "."),
            "Add the missing rows, set these to NULL or remove them"
            + (
                ", or leave --declare-references away."
                if request.declare_references
                else ", or accept them with --on-orphan keep."
            ),
        )


def right_blockers(schema: Schema, new_constraints_in: Collection[TableName]) -> Iterator[Blocker]:
    """Rights the conversion needs beyond those on the tables: the ledger's schema, new constraints' schemas."""
    if not schema.may_create_schema:
        yield Blocker(
            "PERMISSION",
            display(schema.database),
            f"{display(schema.role)} may not create the schema uuidkit, in which the ledger is kept.",
            f"GRANT CREATE ON DATABASE {display(schema.database)} TO {display(schema.role)}; or make the schema "
            f"beforehand: CREATE SCHEMA uuidkit AUTHORIZATION {display(schema.role)};",
        )
    for name in sorted({table.schema for table in new_constraints_in} - schema.schemas_creatable):
        yield Blocker(
            "PERMISSION",
            display(name),
            f"{display(schema.role)} may not create a unique constraint's index in this schema.",
            f"GRANT CREATE ON SCHEMA {display(name)} TO {display(schema.role)};",
        )
