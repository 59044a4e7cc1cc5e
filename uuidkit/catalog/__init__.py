"""What is there: a database's tables, columns, keys and everything that hangs on a column."""

from uuidkit.catalog.model import Check, Column, Dependent, ForeignKey, Index, IndexColumn, Schema, Table
from uuidkit.catalog.names import ColumnName, TableName

__all__ = [
    "Check",
    "Column",
    "ColumnName",
    "Dependent",
    "ForeignKey",
    "Index",
    "IndexColumn",
    "Schema",
    "Table",
    "TableName",
]
