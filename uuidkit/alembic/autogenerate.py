"""What autogenerate writes: a conversion where the model says ``Uuid`` over a text column, and never a lost backup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from alembic.autogenerate import Rewriter, renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import MigrateOperation, ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, String, Uuid
from sqlalchemy.exc import NoReferenceError

from uuidkit.alembic.operations import ConvertToUuidOp, FinalizeUuidOp, RevertFromUuidOp, UuidOperation
from uuidkit.catalog.names import display
from uuidkit.database.session import adapt
from uuidkit.errors import UsageError
from uuidkit.ledger import store
from uuidkit.reading import read_database, reading

# Schema (None for the default one), table, column, as Alembic's operations name them.
Name: TypeAlias = "tuple[str | None, str, str]"


class Directives(Rewriter):
    """Rewrites what autogenerate found; ``chain`` adds a project's own rewriter."""

    def process_revision_directives(
        self, context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
    ) -> None:
        """Rewrite the operations of every script.

        Args:
            context, revision, directives: as Alembic passes them.
        """
        for script in directives:
            for upgrade, downgrade in zip(script.upgrade_ops_list, script.downgrade_ops_list, strict=True):
                if _rewrite(context, upgrade):
                    upgrade.reverse_into(downgrade)


process_revision_directives = Directives()


def _rewrite(context: MigrationContext, upgrade: ops.UpgradeOps) -> bool:
    """Rewrite in place; whether anything was."""
    found = list(_changes(upgrade.ops))
    if not found:
        return False
    backups = _backups(context) if any(isinstance(op, ops.DropColumnOp) for op in found) else frozenset()
    changing: dict[Name, ops.AlterColumnOp] = {}
    unwanted: list[MigrateOperation] = []
    for op in found:
        if isinstance(op, ops.AlterColumnOp):
            changing[op.schema, op.table_name, op.column_name] = op
        elif (op.schema or context.dialect.default_schema_name, op.table_name, op.column_name) in backups:
            unwanted.append(op)
    for op in changing.values():
        # The conversion takes the type and the default along; a default in the downgrade would not fit the type.
        op.modify_type, op.modify_server_default, op.existing_type = None, False, Uuid()
        if not op.has_changes():
            unwanted.append(op)
    _remove(upgrade, unwanted)
    # First: a new table may refer to a column as it will be.
    upgrade.ops[:0] = _conversions(context, changing, _new_keys(upgrade.ops))
    return bool(changing or unwanted)


def _changes(operations: Iterable[MigrateOperation]) -> Iterator[ops.AlterColumnOp | ops.DropColumnOp]:
    """The operations that this module has a say in."""
    for op in operations:
        if isinstance(op, ops.OpContainer):
            yield from _changes(op.ops)
        elif isinstance(op, ops.DropColumnOp):
            yield op
        elif isinstance(op, ops.AlterColumnOp):
            before, after = op.existing_type, op.modify_type
            if isinstance(before, String) and isinstance(after, Uuid) and after.native_uuid:
                yield op


def _backups(context: MigrationContext) -> frozenset[tuple[str, str, str]]:
    """The backup columns that the ledger of the database names."""
    try:
        session = adapt(context.connection)
    except UsageError:
        return frozenset()  # another driver: include_object knows them by their comments
    with reading(session) as search_path:
        schema = read_database(session, search_path)
        entries = store.read(session, present=schema.ledger_present)
    return frozenset(
        (column.schema, column.table, column.backup) for entry in entries for column in entry.graph.columns
    )


def _remove(container: ops.OpContainer, unwanted: Sequence[MigrateOperation]) -> None:
    for op in container.ops:
        if isinstance(op, ops.OpContainer):
            _remove(op, unwanted)
    container.ops[:] = [
        op
        for op in container.ops
        if not any(op is other for other in unwanted) and not (isinstance(op, ops.ModifyTableOps) and op.is_empty())
    ]


def _new_keys(operations: Iterable[MigrateOperation]) -> set[tuple[Name, Name]]:
    """(referencing, referenced) columns of foreign keys that the models have and the database has not."""
    found: set[tuple[Name, Name]] = set()
    for op in operations:
        if isinstance(op, ops.OpContainer):
            found |= _new_keys(op.ops)
        elif isinstance(op, ops.CreateForeignKeyOp):
            for local, remote in zip(op.local_cols, op.remote_cols, strict=True):
                source = (op.kw.get("source_schema"), op.source_table, local)
                found.add((source, (op.kw.get("referent_schema"), op.referent_table, remote)))
    return found


def _conversions(
    context: MigrationContext, changing: Iterable[Name], new_keys: set[tuple[Name, Name]]
) -> Iterator[ConvertToUuidOp]:
    """One conversion for all columns that the models tie together, of the column that the others refer to."""
    left = list(changing)
    keys = {(a, b) for a, b in _keys(context) if a in left and b in left}
    referencing = {a for a, _ in keys}
    for root in [*(name for name in left if name not in referencing), *left]:
        if root not in left:
            continue
        members = _reached(root, keys)
        # Those that the database ties to the root come along by themselves.
        tied = _reached(root, keys - new_keys)
        left = [name for name in left if name not in members]
        schema, table, column = root
        yield ConvertToUuidOp(
            table, column, schema=schema, include=[_dotted(name) for name in sorted(members - tied, key=_dotted)]
        )


def _keys(context: MigrationContext) -> Iterator[tuple[Name, Name]]:
    """(referencing, referenced) columns of the models' foreign keys."""
    given = context.opts.get("target_metadata")
    for metadata in [given] if isinstance(given, MetaData) else given or ():
        for table in metadata.tables.values():
            for key in table.foreign_keys:
                try:
                    end = key.column
                except NoReferenceError:
                    continue  # to a table that the models do not have
                yield (
                    (table.schema, table.name, key.parent.name),
                    (end.table.schema, end.table.name, end.name),
                )


def _reached(start: Name, keys: Iterable[tuple[Name, Name]]) -> set[Name]:
    edges = list(keys)
    reached = {start}
    while new := {end for edge in edges if reached & set(edge) for end in edge} - reached:
        reached |= new
    return reached


def _dotted(name: Name) -> str:
    return ".".join(display(part) for part in name if part is not None)


@renderers.dispatch_for(ConvertToUuidOp)
@renderers.dispatch_for(RevertFromUuidOp)
@renderers.dispatch_for(FinalizeUuidOp)
def _render(context: AutogenContext, operation: UuidOperation) -> str:
    """The call, with what differs from the defaults."""
    context.imports.add("import uuidkit.alembic  # noqa: F401")
    plain = type(operation)(operation.table, operation.column)
    arguments = [repr(operation.table), repr(operation.column)]
    for option, value in vars(operation).items():
        if option not in ("table", "column", "_mutations") and value != getattr(plain, option):
            arguments.append(f"{option}={list(value) if isinstance(value, tuple) else value!r}")
    return f"{context.opts['alembic_module_prefix']}{operation.name}({', '.join(arguments)})"
