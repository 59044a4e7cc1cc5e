"""The cheapest exact expression for a column, made from what a survey found in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import sql

from uuidkit.ids.formats import FORMATS, Formats
from uuidkit.ids.shapes import Shape
from uuidkit.ids.sql import OnUnparseable, cast, conversion


@dataclass(frozen=True, slots=True)
class ShapeUse:
    """A shape that occurs in a column.

    Attributes:
        shape: the shape; the case of its digits does not matter here.
        guard: whether some value has the shape's length and beginning (``Shape.looks_like``) but not the shape.
    """

    shape: Shape
    guard: bool = True


def cheapest(
    operand: sql.Composable,
    shapes: Sequence[ShapeUse],
    on_unparseable: OnUnparseable,
    version_num: int,
    *,
    complete: bool = False,
    formats: Formats = FORMATS,
) -> sql.Composable:
    """The cheapest SQL expression that gives what ``ids.sql.conversion`` gives.

    With ``derive`` and ``null`` it does so for every value. With ``fail`` it relies on the survey: a value that was
    not surveyed gives the same uuid, or the server raises 22P02, also where the general expression would not.

    Args:
        operand: the raw value.
        shapes: the shapes that occur, the most frequent first.
        on_unparseable: as in ``conversion``.
        version_num: the server's, such as 180004.
        complete: whether every value has one of the shapes.
        formats: the known formats.
    """
    uses = _merged(shapes)
    relying = on_unparseable == "fail"
    otherwise = conversion(operand, on_unparseable, formats)
    if relying and complete:
        # What the cast itself accepts needs no arm of its own, and no guard: the cast is exact or fails.
        uses = [use for use in uses if not _is_cast(use.shape)]
        otherwise = cast(operand)
    if not uses:
        return otherwise
    arms = []
    for use in uses:
        shape = use.shape
        guarded = use.guard or not relying
        condition = shape.matches(operand, version_num) if guarded else shape.looks_like(operand)
        arms.append(sql.SQL("WHEN {} THEN {}").format(condition, shape.uuid(operand)))
    return sql.SQL("CASE {} ELSE {} END").format(sql.SQL(" ").join(arms), otherwise)


def _merged(shapes: Sequence[ShapeUse]) -> list[ShapeUse]:
    """One use for each prefix and spelling, in order: the arms do not look at the case of the digits."""
    guards: dict[Shape, bool] = {}
    for use in shapes:
        shape = Shape(use.shape.prefix, use.shape.spelling)
        guards[shape] = guards.get(shape, False) or use.guard
    return [ShapeUse(shape, guard) for shape, guard in guards.items()]


def _is_cast(shape: Shape) -> bool:
    return not shape.prefix and shape.spelling != "underscored"
