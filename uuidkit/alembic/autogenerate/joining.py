"""Conversions that the models keep apart and the database ties together become one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from uuidkit.alembic.autogenerate.models import Models, Name, dotted
from uuidkit.alembic.operations import ConvertToUuidOp
from uuidkit.alembic.scripts.facts import Look, look
from uuidkit.database.session import Session


@dataclass(slots=True)
class Conversion:
    """An operation to be written.

    Attributes:
        root: the column that it names.
    """

    root: Name
    operation: ConvertToUuidOp
    _look: Look | None = field(default=None, init=False)

    def look(self, session: Session) -> Look:
        """What it finds in the live database, looked at once.

        Args:
            session: to that database.
        """
        if self._look is None:
            self._look = look(session, self.operation)
        return self._look

    def columns(self, session: Session, models: Models) -> list[Name]:
        """The columns that it changes, those referred to first.

        Args:
            session: to the live database.
            models: for the names.
        """
        found = (column.column for graph in self.look(session).plan.graphs for column in graph.changing)
        return [models.plain(name.schema, name.table, name.name) for name in found]


def joined(session: Session, models: Models, conversions: Sequence[Conversion]) -> list[Conversion]:
    """One conversion for all columns that change together.

    Values tie columns that no foreign key of the models ties: two operations would be about the same columns.

    Args:
        session: to the live database.
        models: for the names.
        conversions: one for all columns that the models tie together.
    """
    groups: list[list[Conversion]] = []
    for conversion in conversions:
        own = set(conversion.columns(session, models))
        tied = [group for group in groups if any(own.intersection(one.columns(session, models)) for one in group)]
        if not tied:
            groups.append([conversion])
            continue
        first, *others = tied
        first += [*(one for group in others for one in group), conversion]
        groups = [group for group in groups if not any(group is other for other in others)]
    return [_one(session, models, group) for group in groups]


def _one(session: Session, models: Models, group: Sequence[Conversion]) -> Conversion:
    """The conversion of the column that the others refer to, with all that the others would have taken along."""
    if len(group) == 1:
        return group[0]
    order = [name for one in group for name in one.columns(session, models)]
    first = min(group, key=lambda one: order.index(one.root) if one.root in order else len(order))
    covered = {dotted(name) for name in first.columns(session, models)}
    wanted = dict.fromkeys(
        name for one in group for name in (*one.operation.include, *([] if one is first else [dotted(one.root)]))
    )
    missing = [name for name in wanted if name not in covered and name not in first.operation.include]
    if not missing:
        return first
    schema, table, column = first.root
    given = {name: value for name, value in first.operation.options.items() if name != "optional_names"}
    given["include"] = [*first.operation.include, *missing]
    return Conversion(first.root, ConvertToUuidOp(table, column, schema=schema, **given))
