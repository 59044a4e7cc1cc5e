"""What is judged and what came out, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.ids import Shape


@dataclass(frozen=True, slots=True)
class Conversion:
    """One column that will change its type to uuid.

    Attributes:
        type: the text type as PostgreSQL prints it, length included.
        collation: schema and name where it is not the type's default.
        expression: SQL that turns the old value into the uuid; it names the column by its quoted name.
        shapes: the regular shapes that occur among the column's values.
        backup: name of the column that will keep the text; empty where there is none.
    """

    column: ColumnName
    type: str
    collation: tuple[str, str] | None
    expression: str
    shapes: tuple[Shape, ...] = ()
    backup: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """One object whose expression reads a converted column, directly or through a view.

    Attributes:
        catalog: the system catalog that holds it: ``pg_class`` (index, view, materialised view), ``pg_constraint``
            (CHECK), ``pg_policy``, ``pg_trigger``, ``pg_rewrite`` (rule), ``pg_attrdef`` (generated column, default of
            a view's column), ``pg_publication_rel``, ``pg_proc`` (SQL-standard body), ``pg_statistic_ext``.
        oid: its object identifier there.
        kind: what people call it, e.g. ``index`` or ``policy``.
        table: the table or view it hangs on; of a view, the view itself.
    """

    catalog: str
    oid: int
    kind: str
    name: str
    table: TableName

    @property
    def key(self) -> tuple[str, int]:
        """What a judgement of it is found under."""
        return self.catalog, self.oid


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether an object says the same after the conversion as before.

    Attributes:
        meaning: ``same``; ``changed``: a difference was seen; ``unknown``: it could not be found out.
        why: the reason as a sentence for people.
        example: a value for which it differs: ``value``, ``uuid``, ``before``, ``after``, all fit for JSON.
        fails: whether the object cannot be made again at all as it is defined.
        offer: a complete new definition that means the same, where there is one: each literal that is an old id
            rewritten to its uuid.
        beside: columns with ids that it reads as well, and that stay texts.
    """

    meaning: Literal["same", "changed", "unknown"]
    why: str
    example: Mapping[str, Any] | None = None
    offer: str | None = None
    fails: bool = False
    beside: tuple[ColumnName, ...] = ()
