"""What `inspect` found, as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from uuidkit.catalog.model import ForeignKey
from uuidkit.report import words

if TYPE_CHECKING:
    from uuidkit.inspection import TableInspection


def inspection(tables: Sequence[TableInspection]) -> dict[str, Any]:
    """What ``inspect --format json`` prints."""
    return {"tables": [_inspected(item) for item in tables]}


def _inspected(item: TableInspection) -> dict[str, Any]:
    return {
        "table": str(item.table.name),
        "owner": item.table.owner,
        "rows_estimated": None if item.table.rows < 0 else round(item.table.rows),
        "bytes": item.table.bytes,
        "row_security": item.table.row_security,
        "comment": item.table.comment,
        "columns": [
            {
                "column": column.name,
                "type": column.type,
                "full_type": column.full_type,
                "null": column.nullable,
                "default": column.default,
                "primary_key": column.primary_key,
                "references": list(column.references),
                "comment": column.comment,
            }
            for column in item.columns
        ],
        "unique_constraints": [
            {
                "name": index.name,
                "columns": list(index.key_columns),
                "primary": index.primary,
                "constraint": index.constraint,
                "valid": index.valid,
                "definition": index.definition,
            }
            for index in item.uniques
        ],
        "indexes": [
            {
                "name": index.name,
                "columns": list(index.key_columns),
                "valid": index.valid,
                "definition": index.definition,
            }
            for index in item.indexes
        ],
        "foreign_keys": [_declared(key) for key in item.foreign_keys],
        "referenced_by": [_declared(key) for key in item.referenced_by],
        "checks": [{"name": check.name, "definition": check.definition} for check in item.checks],
        "dependents": [
            {"kind": d.kind, "name": d.name, "columns": list(d.columns), "definition": d.definition}
            for d in item.dependents
        ],
    }


def _declared(key: ForeignKey) -> dict[str, Any]:
    return {
        "name": key.name,
        "from": words.end(key.table, key.columns),
        "to": words.end(key.referenced_table, key.referenced_columns),
        "on_delete": key.on_delete,
        "on_update": key.on_update,
        "deferrable": key.deferrable,
        "validated": key.validated,
        "definition": key.definition,
    }
