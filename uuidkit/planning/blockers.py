"""Every reason to refuse a conversion, found in the catalog and in the findings, all at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from uuidkit.catalog.model import Column, Schema, Table
from uuidkit.catalog.names import ColumnName, TableName, display, too_long
from uuidkit.catalog.trees import families, family_tables
from uuidkit.findings import ColumnFindings, Reference
from uuidkit.planning.defaults import default_of
from uuidkit.planning.keeping import kept_in_table
from uuidkit.planning.model import Blocker, ForeignKeyPlan, Request
from uuidkit.wording import count


def column_blockers(
    schema: Schema, request: Request, column: ColumnName, findings: ColumnFindings | None
) -> Iterator[Blocker]:
    """What is wrong with one column that would change: its type, backup, default and values."""
    found = schema.column(column)
    if found is None or found.is_uuid:
        return
    yield from _type(column, found)
    yield from _backup(schema, request, column)
    for member in families(schema, (column,)):
        if (there := schema.column(member)) is not None:
            yield from _default(request, member, there)
    if findings is not None:
        yield from _values(request, column, found, findings)
        yield from kept_in_table(request, column, findings)


def _type(column: ColumnName, found: Column) -> Iterator[Blocker]:
    name = str(column)
    if not found.is_text:
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
    if request.backup == "table":
        return
    backup = column.name + request.backup_suffix
    if too_long(backup):
        yield Blocker(
            "NAME_TOO_LONG",
            str(column),
            f"The backup column {display(backup)} would have {len(backup.encode())} bytes; PostgreSQL cuts names "
            "at 63 bytes without an error.",
            "Choose a shorter suffix with --backup-suffix.",
        )
        return
    # PostgreSQL would merge it with a column of that name in a table that inherits, and overwrite what that one holds.
    for table in family_tables(schema, (column.table_name,)):
        if backup in schema.tables[table].columns:
            yield Blocker(
                "NAME_TAKEN",
                str(table.column(column.name)),
                f"The table already has a column {display(backup)}, which the backup of the text would be called.",
                "Choose another suffix with --backup-suffix, keep the texts in a table with --backup table, or rename "
                "or drop that column if it is no longer needed.",
            )


def _default(request: Request, column: ColumnName, found: Column) -> Iterator[Blocker]:
    if found.generated or not found.is_text:
        return
    default = default_of(found, request.on_unparseable)
    if not default.understood and found.default is None and found.domain is not None:
        yield Blocker(
            "DEFAULT",
            str(column),
            f"The default {found.domain.default} of the domain {found.domain.name} cannot be turned into a uuid: "
            f"{default.why}.",
            f"Run ALTER TABLE {column.table_name} ALTER COLUMN {display(column.name)} SET DEFAULT "
            "gen_random_uuid()::text (or another default that is a uuid) first.",
        )
    elif not default.understood:
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
        columns = ", ".join(map(display, in_key))
        yield Blocker(
            "PARTITION_KEY",
            name,
            f"{columns} is part of the partition key; PostgreSQL cannot change its type.",
            f"Make a new table that has {columns} as uuid and is partitioned likewise, INSERT … SELECT the rows into "
            "it and let it take this one's name (docs/limits.md has the statements); or leave the column out.",
        )
    if table.detaching:
        yield _dependent(
            name,
            "DETACH PARTITION CONCURRENTLY of it was begun and has not ended; it is neither in the table nor out.",
            "Run ALTER TABLE … DETACH PARTITION … FINALIZE on the table above it first.",
        )
    if not table.owned:
        yield Blocker(
            "PERMISSION",
            name,
            f"Only its owner may change it; {display(schema.role)} does not have the rights of {display(table.owner)}.",
            f"Connect as {display(table.owner)}, or GRANT {display(table.owner)} TO {display(schema.role)}; a member "
            "that does not inherit needs INHERIT as well.",
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


def dependent_blockers(schema: Schema, changing: Collection[ColumnName]) -> Iterator[Blocker]:
    """What can neither be kept nor taken down: invalid indexes, columns of the table's row type."""
    tables = {column.table_name for column in changing}
    for index in schema.indexes_on(tables):
        columns = {column.name for column in changing if column.table_name == index.table}
        # On a partitioned table an index is invalid as long as a partition has none for it; it comes back so.
        incomplete = schema.tables[index.table].kind == "p"
        reads = columns & index.reads or (columns and "*" in index.expression_reads)
        if not index.valid and not incomplete and reads:
            yield Blocker(
                "DEPENDENT",
                f"{display(index.table.schema)}.{display(index.name)}",
                "The index is invalid; the conversion would silently make it valid, or fail on it.",
                "Drop it, or build it again (REINDEX INDEX), first.",
            )
    for dependent in schema.dependents:
        if dependent.kind == "row type" and dependent.table in tables:
            yield Blocker(
                "DEPENDENT",
                dependent.name,
                f"A column is of the row type of {dependent.table}; PostgreSQL cannot change that under it.",
                "Change that column to jsonb, or move it away, first.",
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
