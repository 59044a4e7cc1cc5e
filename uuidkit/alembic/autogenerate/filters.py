"""What autogenerate and ``alembic check`` leave alone: the ledger, and the backup columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, String, Table, Uuid

from uuidkit import ledger
from uuidkit.render.conversion import is_backup_comment

IncludeObject = Callable[[Any, Any, Any, bool, Any], bool]

_SUFFIX = "_original"
_LEDGER_COLUMNS = {"id", "converted_at", "converted_by", "toolkit_version", "plan_hash", "graph"}


def include_object(object: Any, name: Any, type_: Any, reflected: bool, compare_to: Any) -> bool:
    """Whether autogenerate looks at an object; for ``context.configure(include_object=…)``.

    The ledger's table is left out, and so is a backup column that the models do not have: a text column that says in
    its comment that the toolkit made it, or whose name is that of a uuid column beside it with ``_original``.

    Args:
        object, name, type_, reflected, compare_to: as Alembic passes them.
    """
    if not reflected or compare_to is not None:
        return True
    if isinstance(object, Table):
        return not _is_ledger(object)
    if isinstance(object, Column):
        return not is_backup(object)
    return True


def compose(*functions: IncludeObject) -> IncludeObject:
    """One ``include_object`` of several: what any of them leaves out stays out.

    Args:
        functions: the toolkit's and a project's own.
    """

    def include(object: Any, name: Any, type_: Any, reflected: bool, compare_to: Any) -> bool:
        return all(function(object, name, type_, reflected, compare_to) for function in functions)

    return include


def is_backup(column: Column[Any]) -> bool:
    """Whether a column, as the database has it, holds the texts of a converted one.

    Args:
        column: reflected, with its table.
    """
    if not isinstance(column.type, String) or column.table is None:
        return False
    if is_backup_comment(column.comment or ""):  # whatever the column is called by now
        return True
    return any(column.name == other.name + _SUFFIX for other in column.table.columns if isinstance(other.type, Uuid))


def _is_ledger(table: Table) -> bool:
    if table.name != ledger.TABLE.name:
        return False
    if table.schema is not None:
        return table.schema == ledger.SCHEMA
    # Where the search path leads to the ledger's schema first, its table comes without one.
    return {column.name for column in table.columns} >= _LEDGER_COLUMNS
