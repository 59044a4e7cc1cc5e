"""`report --rehearse`: the option, and what the report gets of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from uuidkit.cli.progress import Progress

if TYPE_CHECKING:
    from uuidkit.planning.model import Plan

ALL = 0  # stands for every row: None means that the option was not given


class RowCount(click.ParamType[int]):
    """How many rows: a number, or ``all``."""

    name = "rows"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; ``ALL`` for all."""
        if isinstance(value, int):
            return value
        if str(value).strip().lower() == "all":
            return ALL
        if not str(value).strip().isdecimal() or int(value) < 1:
            self.fail(f"{value!r} is neither a number from 1 on nor 'all'.", param, ctx)
        return int(value)


def rehearsed(url: str, plan: Plan, rows: int | None) -> dict[str, Any] | None:
    """Rehearse a plan: what was found, for the report.

    Args:
        url: the real database.
        plan: made from it.
        rows: as the option says; None for its default.
    """
    from uuidkit.interruption import ended_in_order
    from uuidkit.rehearsal import rehearse
    from uuidkit.rehearsal.rehearsing import ROWS
    from uuidkit.report.rehearsed import as_json

    with ended_in_order(), Progress() as progress:
        limit = ROWS if rows is None else None if rows == ALL else rows
        return as_json(rehearse(url, plan, rows=limit, progress=progress))
