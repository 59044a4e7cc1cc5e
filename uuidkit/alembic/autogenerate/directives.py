"""What autogenerate writes: a conversion where the model says ``Uuid`` over a text column, and never a lost backup."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from alembic.autogenerate import Rewriter
from alembic.operations import MigrateOperation, ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, String, Uuid

from uuidkit.alembic.autogenerate import sides
from uuidkit.alembic.autogenerate.joining import Conversion, joined
from uuidkit.alembic.autogenerate.models import Key, Models, Name, dotted, each, is_uuid, new_keys, reached, read_models
from uuidkit.alembic.failures import command_errors
from uuidkit.alembic.operations import ConvertToUuidOp, RevertFromUuidOp
from uuidkit.database.session import Session, adapt
from uuidkit.errors import UsageError
from uuidkit.ledger import LedgerEntry, store
from uuidkit.reading import read_database, reading
from uuidkit.report.layout import listing
from uuidkit.types import PrefixedUUID
from uuidkit.wording import count

# Options of context.configure(): arguments for the conversions that are written; whether facts are.
OPTIONS = "uuidkit_options"
FACTS = "uuidkit_facts"

log = logging.getLogger("alembic.uuidkit")


class Directives(Rewriter):
    """Rewrites what autogenerate found; ``chain`` adds a project's own rewriter."""

    def process_revision_directives(
        self, context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
    ) -> None:
        """Rewrite the operations of every script.

        Args:
            context, revision, directives: as Alembic passes them.

        Raises:
            UsageError: the models have changed on one side of a reference only. It is a CommandError too.
        """
        with command_errors():
            for script in directives:
                for upgrade, downgrade in zip(script.upgrade_ops_list, script.downgrade_ops_list, strict=True):
                    # Of several databases the one that this context is about.
                    if upgrade.upgrade_token == context.opts.get("upgrade_token", upgrade.upgrade_token):
                        if _rewrite(context, upgrade):
                            upgrade.reverse_into(downgrade)
                        if not context.opts.get("user_module_prefix") and _mentions_prefixed(upgrade, downgrade):
                            script.imports.add("import uuidkit.types")


process_revision_directives = Directives()


def _rewrite(context: MigrationContext, upgrade: ops.UpgradeOps) -> bool:
    """Rewrite in place; whether anything was."""
    models = read_models(context)
    changing: dict[Name, ops.AlterColumnOp] = {}
    back: dict[Name, ops.AlterColumnOp] = {}
    drops: dict[Name, ops.DropColumnOp] = {}
    for op in each(upgrade.ops):
        if isinstance(op, ops.DropColumnOp):
            drops[models.plain(op.schema, op.table_name, op.column_name)] = op
        elif isinstance(op, ops.AlterColumnOp):
            name = models.plain(op.schema, op.table_name, op.column_name)
            if isinstance(op.existing_type, String) and is_uuid(op.modify_type):
                changing[name] = op
            elif is_uuid(op.existing_type) and isinstance(op.modify_type, String):
                back[name] = op
    if not changing and not back and not drops:
        return False
    session = _session(context)
    entries = _ledger(session) if session is not None and (back or drops) else ()
    unwanted: list[MigrateOperation] = [drops.pop(name) for name in _backups(models, entries) if name in drops]
    reversions = list(_reversions(models, entries, back))
    for op in (*changing.values(), *(back[name] for _, names in reversions for name in names)):
        # The operation takes the type and the default along; a default in the downgrade would not fit the type.
        converted = op in changing.values()
        op.modify_type, op.modify_server_default = None, False
        op.existing_type = Uuid() if converted else op.existing_type
        if not op.has_changes():
            unwanted.append(op)
    _remove(upgrade, unwanted)
    conversions = _conversions(context, models, changing, new_keys(models, upgrade.ops))
    if session is not None:
        conversions = _looked_at(context, session, models, conversions, changing, _dropped(models, upgrade.ops))
    # First: a new table may refer to a column as it will be.
    upgrade.ops[:0] = [*(op for op, _ in reversions), *(one.operation for one in conversions)]
    return bool(conversions or reversions or unwanted)


def _session(context: MigrationContext) -> Session | None:
    """The live database; None with another driver, where include_object knows the backups by their comments."""
    try:
        return adapt(context.connection)
    except UsageError:
        return None


def _ledger(session: Session) -> tuple[LedgerEntry, ...]:
    with reading(session) as search_path:
        schema = read_database(session, search_path)
        return store.read(session, present=schema.ledger_present)


def _backups(models: Models, entries: Iterable[LedgerEntry]) -> list[Name]:
    """The backup columns that the ledger of the database names."""
    return [
        models.plain(column.schema, column.table, column.backup) for entry in entries for column in entry.graph.columns
    ]


def _dropped(models: Models, operations: Sequence[MigrateOperation]) -> set[Name]:
    """Columns that go in the same revision, by themselves or with their table."""
    found = set()
    for op in each(operations):
        if isinstance(op, ops.DropColumnOp):
            found.add(models.plain(op.schema, op.table_name, op.column_name))
        elif isinstance(op, ops.DropTableOp):
            table = op.to_table()
            found |= {models.plain(op.schema, op.table_name, column.name) for column in table.columns}
    return found


def _remove(container: ops.OpContainer, unwanted: Sequence[MigrateOperation]) -> None:
    for op in container.ops:
        if isinstance(op, ops.OpContainer):
            _remove(op, unwanted)
    container.ops[:] = [
        op
        for op in container.ops
        if not any(op is other for other in unwanted) and not (isinstance(op, ops.ModifyTableOps) and op.is_empty())
    ]


def _reversions(
    models: Models, entries: Sequence[LedgerEntry], back: Mapping[Name, ops.AlterColumnOp]
) -> Iterator[tuple[RevertFromUuidOp, list[Name]]]:
    """The way back, where all models of a conversion say text again; each with the columns it covers."""
    problems: list[str] = []
    for entry in entries:
        names = [models.plain(column.schema, column.table, column.column) for column in entry.graph.columns]
        covered = [name for name in names if name in back]
        if not covered:
            continue
        halves = sides.still_text(models, entry, covered)
        problems += halves
        if not halves:
            first = entry.graph.columns[0]
            schema, table, column = names[0]
            operation = RevertFromUuidOp(table, column, schema=schema)
            operation.forward = ConvertToUuidOp(
                table,
                column,
                schema=schema,
                include=[
                    dotted(
                        models.plain(
                            reference.referencing.schema, reference.referencing.table, reference.referencing.name
                        )
                    )
                    for reference in entry.graph.references
                    if not reference.declared and reference.referencing != first.name
                ],
                on_unparseable=first.on_unparseable,
                backup="column" if first.backup else "table",
                backup_suffix=first.backup.removeprefix(first.column) or "_original",
            )
            yield operation, covered
    sides.refuse(problems)


def _conversions(
    context: MigrationContext, models: Models, changing: Iterable[Name], new: set[Key]
) -> list[Conversion]:
    """One conversion for all columns that the models tie together, of the column that the others refer to."""
    left = list(changing)
    sides.refuse(sides.by_models(models, left, models.keys))
    keys = {(a, b) for a, b in models.keys if a in left and b in left}
    referencing = {a for a, b in keys if a != b}
    options = dict(context.opts.get(OPTIONS) or {})
    more = list(options.pop("include", ()))
    found = []
    for root in [*(name for name in left if name not in referencing), *left]:
        if root not in left:
            continue
        members = reached(root, keys)
        # Those that the database ties to the root come along by themselves.
        tied = reached(root, keys - new)
        left = [name for name in left if name not in members]
        schema, table, column = root
        include = [dotted(name) for name in sorted(members - tied, key=dotted)]
        operation = ConvertToUuidOp(table, column, schema=schema, include=[*include, *more], **options)
        found.append(Conversion(root, operation))
    return found


def _looked_at(
    context: MigrationContext,
    session: Session,
    models: Models,
    conversions: Sequence[Conversion],
    changing: Iterable[Name],
    dropped: set[Name],
) -> list[Conversion]:
    """Plan each conversion from the live database: is it whole, is it possible, and what will a script need."""
    problems: list[str] = []
    wanted = set(changing)
    found = joined(session, models, conversions)
    for one in found:
        operation, look = one.operation, one.look(session)
        problems += sides.by_database(models, look.plan, wanted, dropped, one.root)
        if context.opts.get(FACTS, True):
            operation.facts, operation.missing = look.facts, look.missing
        columns = listing([str(column.column) for graph in look.plan.graphs for column in graph.changing])
        if look.plan.blockers:
            log.warning(
                "Detected text ids that become uuid: %s; %s it at present (alembic -x dry-run upgrade head, or uuidkit "
                "report %s, says what)",
                columns,
                count(len(look.plan.blockers), "finding forbids", "findings forbid"),
                dotted(one.root),
            )
        else:
            log.info("Detected text ids that become uuid: %s", columns)
    sides.refuse(problems)
    return found


def _mentions_prefixed(*containers: ops.OpContainer) -> bool:
    """Whether an operation writes a PrefixedUUID into the revision."""
    return any(isinstance(kind, PrefixedUUID) for container in containers for kind in _types(container.ops))


def _types(operations: Iterable[MigrateOperation]) -> Iterator[Any]:
    for op in each(operations):
        if isinstance(op, ops.CreateTableOp):
            yield from (item.type for item in op.columns if isinstance(item, Column))
        elif isinstance(op, ops.AddColumnOp):
            yield op.column.type
        elif isinstance(op, ops.AlterColumnOp):
            yield from (op.existing_type, op.modify_type)
