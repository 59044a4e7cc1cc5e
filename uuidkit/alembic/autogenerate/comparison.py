"""Keeps Alembic from comparing defaults that have no common type.

With ``compare_server_default=True`` Alembic asks the server whether the default of the database equals that of the
model. Over a text column whose model is a uuid that is ``text = uuid``, an error that ends autogenerate. The conversion
takes the default along, so there is nothing to compare before it.
"""

from __future__ import annotations

from typing import Any

from alembic.runtime.plugins import Plugin
from alembic.util import DispatchPriority, PriorityDispatchResult
from sqlalchemy import Column, String

from uuidkit.alembic.autogenerate.models import is_uuid

# Within the name space that Alembic's own default, "alembic.autogenerate.*", switches on.
_NAME = "alembic.autogenerate.uuidkit"


def skip_defaults(
    autogen_context: Any,
    alter_column_op: Any,
    schema: str | None,
    table: str,
    column: str,
    found: Column[Any],
    wanted: Column[Any],
) -> PriorityDispatchResult:
    """Leave out the comparison of defaults where one side is text and the other uuid.

    Args:
        autogen_context, schema, table, column: as Alembic passes them.
        alter_column_op: gets the default that the database has.
        found: the column in the database.
        wanted: the column in the models.
    """
    sides = (
        (isinstance(found.type, String), is_uuid(wanted.type)),
        (is_uuid(found.type), isinstance(wanted.type, String)),
    )
    if not any(all(side) for side in sides):
        return PriorityDispatchResult.CONTINUE
    alter_column_op.existing_server_default = found.server_default
    return PriorityDispatchResult.STOP


def register() -> None:
    """Make the comparison known to Alembic; once per process."""
    Plugin(_NAME).add_autogenerate_comparator(
        skip_defaults, "column", "server_default", priority=DispatchPriority.FIRST
    )
