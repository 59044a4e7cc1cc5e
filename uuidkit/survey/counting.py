"""The full pass over one column: exact counts from one statement, cheap for frequent shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, LiteralString
from uuid import UUID

import psycopg
from psycopg import sql

from uuidkit.catalog.names import ColumnName
from uuidkit.database.session import Session
from uuidkit.ids import FORMATS, Shape
from uuidkit.ids import sql as value
from uuidkit.survey.access import ask
from uuidkit.survey.sampling import Look

SAMPLES: Final = 5
MANY: Final = 50  # different unparseable values in a sample: from here on they are not told apart in the full pass
SAMPLE_LENGTH: Final = 80  # characters
_PREFIXES: Final = 50
_SEPARATOR: Final = "\x1f"
_SHORTEST: Final = 32  # a built-in format has 32 hex digits
_ZERO: Final = UUID(int=0)

# One group per frequent shape and case, and for each other value one per format and prefix, or per text without a uuid.
_COUNT: Final[LiteralString] = """
WITH grouped AS MATERIALIZED (
    SELECT key, count(*) AS n FROM (SELECT {key} AS key FROM {table}) AS keys GROUP BY key
)
SELECT 'count', split_part(key, {separator}, 1), split_part(key, {separator}, 2), sum(n)::int8
  FROM grouped GROUP BY 2, 3
UNION ALL
(SELECT 'prefix', split_part(key, {separator}, 3) COLLATE "C", '', sum(n)::int8
   FROM grouped WHERE split_part(key, {separator}, 2) = 'prefixed' GROUP BY 2 ORDER BY 4 DESC, 2 LIMIT {prefixes})
UNION ALL
(SELECT 'sample', substr(key, {start}) COLLATE "C", '', sum(n)::int8
   FROM grouped WHERE key LIKE 'r%' AND split_part(key, {separator}, 2) = ''
  GROUP BY 2 ORDER BY 4 DESC, 2 LIMIT {samples})"""

# clock_timestamp() is volatile: the planner then computes the key once per row, expects few groups, and so counts in
# parallel. It is reached only by values without a frequent shape.
_KEY: Final[LiteralString] = """CASE WHEN {text} IS NULL THEN 'n' {arms} WHEN clock_timestamp() IS NULL THEN NULL
 ELSE concat('r', {bits}, CASE WHEN octet_length({trimmed}) = octet_length({text}) THEN '0' ELSE '1' END, {separator},
 CASE WHEN CASE WHEN {surely_none} THEN false ELSE {parseable} END THEN concat({format}, {separator}, {prefix})
 ELSE concat({separator}, {sample}) END) END"""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a full pass counted.

    Attributes:
        rows, nulls: all rows, and those without a value.
        looks: values per frequent shape and case; a mixed one stands for any case that no other look has taken.
        shapes: per shape, the case aside: (values of exactly that shape, values that merely look like it included).
        formats: values per format.
        prefixes: values per prefix, the most frequent ones.
        unparseable: values in no known format; ``samples`` are some of them, the most frequent first.
        padded: values with blanks around them.
    """

    rows: int
    nulls: int
    looks: Mapping[Look, int]
    shapes: Mapping[Shape, tuple[int, int]]
    formats: Mapping[str, int]
    prefixes: Mapping[str, int] = field(default_factory=dict)
    unparseable: int = 0
    samples: tuple[str, ...] = ()
    padded: int = 0

    @property
    def values(self) -> int:
        """Number of values that are not NULL."""
        return self.rows - self.nulls

    @property
    def complete(self) -> bool:
        """Whether every value has one of the shapes."""
        return sum(count for count, _ in self.shapes.values()) == self.values

    @property
    def injective(self) -> bool:
        """Whether different texts are sure to stay different: they are all of one shape and case."""
        used = [look for look, count in self.looks.items() if count]
        if self.values <= 1:
            return True
        return len(used) == 1 and not used[0].mixed and self.looks[used[0]] == self.values


def count(session: Session, column: ColumnName, looks: Sequence[Look], samples: Sequence[str] = ()) -> Counts:
    """Count formats, shapes, NULLs and what else there is, exactly, in one pass.

    A value that seems to have a frequent shape is cast and written again: only the very same text counts. Where the
    cast fails (22P02), the pass is repeated with guards that never fail.

    Args:
        session: within ``access.settings``.
        column: a text column.
        looks: what to look for cheaply; the result does not depend on it, only ``shapes`` do.
        samples: unparseable values of a sample, the most frequent first: with ``MANY`` of them known, the pass does not
            tell them apart, which would take a group for each.

    Raises:
        Unreadable: the values may not be read.
    """
    looks = sorted(looks, key=lambda look: look.mixed)
    shapes = tuple(dict.fromkeys(Shape(look.shape.prefix, look.shape.spelling) for look in looks))
    told_apart = len(samples) < MANY

    def run(*, guarded: bool) -> list[tuple[str, str, str, int]]:
        statement = _statement(column, looks, shapes, session.version_num, guarded=guarded, told_apart=told_apart)
        return ask(session, column, statement)

    try:
        rows = run(guarded=False)
    except psycopg.errors.InvalidTextRepresentation:
        rows = run(guarded=True)
    counted: dict[tuple[str, str], int] = {(key, name): n for kind, key, name, n in rows if kind == "count"}
    resembling = _resemblances(session, shapes)
    exact = dict.fromkeys(shapes, 0)
    alike = dict.fromkeys(shapes, 0)
    formats: dict[str, int] = {}
    prefixes = {key: n for kind, key, _, n in rows if kind == "prefix"}
    by_look: dict[Look, int] = {}
    nulls = padded = unparseable = 0
    for (key, name), n in counted.items():
        if key == "n":
            nulls += n
        elif key[0] == "r":
            bits, pad = key[1:-1], key[-1]
            padded += n * int(pad)
            for shape, bit in zip(shapes, bits, strict=True):
                exact[shape] += n if bit == "2" else 0
                alike[shape] += n if bit != "0" else 0
            if name:
                formats[name] = formats.get(name, 0) + n
            else:
                unparseable += n
        else:
            look = looks[int(key)]
            by_look[look] = n
            formats[look.shape.format] = formats.get(look.shape.format, 0) + n
            if look.shape.prefix:
                prefixes[look.shape.prefix] = prefixes.get(look.shape.prefix, 0) + n
            own = Shape(look.shape.prefix, look.shape.spelling)
            exact[own] += n
            for shape in resembling[own]:
                alike[shape] += n
    return Counts(
        rows=sum(counted.values()),
        nulls=nulls,
        looks=by_look,
        shapes={shape: (exact[shape], alike[shape]) for shape in shapes if exact[shape]},
        formats={known.name: formats[known.name] for known in FORMATS if known.name in formats},
        prefixes=dict(sorted(prefixes.items(), key=lambda item: (-item[1], item[0]))[:_PREFIXES]),
        unparseable=unparseable,
        samples=tuple(key for kind, key, _, _ in rows if kind == "sample")
        if told_apart
        else tuple(text[:SAMPLE_LENGTH] for text in samples[:SAMPLES]),
        padded=padded,
    )


def count_child(session: Session, column: ColumnName, parent: Counts) -> Counts | None:
    """Count a column whose every value is, byte for byte, a value of another one that was counted.

    Then length and beginning tell the shape, and nothing has to be cast. None when the parent's values are not all told
    apart that way, or the child's are not what was promised.

    Args:
        session: within ``access.settings``.
        column: a text column with a validated foreign key.
        parent: what was counted in the column it refers to.

    Raises:
        Unreadable: the values may not be read.
    """
    told_apart = parent.complete and all(exact == alike for exact, alike in parent.shapes.values())
    if not told_apart:
        return None
    shapes = tuple(parent.shapes)
    text = column.identifier
    arms = sql.SQL(" ").join(
        sql.SQL("WHEN {} THEN {}").format(shape.looks_like(text), sql.Literal(n)) for n, shape in enumerate(shapes)
    )
    key = sql.SQL("CASE WHEN {} IS NULL THEN -1 {} WHEN clock_timestamp() IS NULL THEN -2 ELSE -3 END").format(
        text, arms
    )
    rows = ask(
        session,
        column,
        sql.SQL("SELECT key, count(*) FROM (SELECT {key} AS key FROM {table}) AS keys GROUP BY key").format(
            key=key, table=column.table_name.identifier
        ),
    )
    counted: dict[int, int] = dict(rows)
    if -3 in counted:
        return None
    formats: dict[str, int] = {}
    prefixes: dict[str, int] = {}
    for n, shape in enumerate(shapes):
        if counted.get(n):
            formats[shape.format] = formats.get(shape.format, 0) + counted[n]
            if shape.prefix:
                prefixes[shape.prefix] = prefixes.get(shape.prefix, 0) + counted[n]
    return Counts(
        rows=sum(counted.values()),
        nulls=counted.get(-1, 0),
        looks={},
        shapes={shape: (counted[n], counted[n]) for n, shape in enumerate(shapes) if counted.get(n)},
        formats={known.name: formats[known.name] for known in FORMATS if known.name in formats},
        prefixes=dict(sorted(prefixes.items(), key=lambda item: (-item[1], item[0]))),
    )


def _statement(
    column: ColumnName,
    looks: Sequence[Look],
    shapes: Sequence[Shape],
    version_num: int,
    *,
    guarded: bool,
    told_apart: bool,
) -> sql.Composable:
    operand = column.identifier
    text, trimmed = value.as_text(operand), value.trimmed(operand)
    separator = sql.Literal(_SEPARATOR)
    arms = sql.SQL(" ").join(
        sql.SQL("WHEN {} THEN {}").format(_arm(operand, look, version_num, guarded), sql.Literal(str(n)))
        for n, look in enumerate(looks)
    )
    bits: list[sql.Composable] = [
        sql.SQL("CASE WHEN {} THEN CASE WHEN {} THEN '2' ELSE '1' END ELSE '0' END").format(
            shape.looks_like(operand), shape.matches(operand, version_num)
        )
        for shape in shapes
    ]
    key = sql.SQL(_KEY).format(
        text=text,
        trimmed=trimmed,
        arms=arms,
        bits=sql.SQL(", ").join(bits or [sql.Literal("")]),
        separator=separator,
        surely_none=surely_none(operand),
        parseable=value.is_parseable(operand),
        format=value.format_name(operand),
        prefix=value.prefix_of(operand),
        sample=sql.SQL("left({}, {})").format(text, sql.Literal(SAMPLE_LENGTH)) if told_apart else sql.Literal(""),
    )
    return sql.SQL(_COUNT).format(
        key=key,
        table=column.table_name.identifier,
        separator=separator,
        start=sql.Literal(len(shapes) + 5),
        prefixes=sql.Literal(_PREFIXES),
        samples=sql.Literal(SAMPLES),
    )


def surely_none(operand: sql.Composable) -> sql.Composable:
    """A cheap condition under which a value is unparseable for sure; it says nothing where it does not hold.

    Args:
        operand: the raw value.
    """
    if FORMATS.added:
        return sql.SQL("false")
    # Every built-in format has 32 digits and ends in one, or in a brace.
    return sql.SQL(
        "CASE WHEN octet_length({text}) < {shortest} THEN true "
        "ELSE strpos('0123456789abcdefABCDEF}}', right({trimmed}, 1)) = 0 END"
    ).format(text=value.as_text(operand), trimmed=value.trimmed(operand), shortest=sql.Literal(_SHORTEST))


def _arm(operand: sql.Composable, look: Look, version_num: int, guarded: bool) -> sql.Composable:
    """The condition that a value has a shape and case, to the character."""
    shape = look.shape
    if look.mixed:
        return shape.matches(operand, version_num)  # what is in one case has been taken by the arms before
    condition = (
        shape.matches(operand, version_num)
        if guarded
        else sql.SQL("{} AND {} LIKE {}").format(
            shape.looks_like(operand), value.as_text(operand), sql.Literal(_template(shape))
        )
    )
    return sql.SQL("CASE WHEN {} THEN {} = {} END").format(
        condition, value.as_text(operand), shape.sql_text(shape.uuid(operand))
    )


def _template(shape: Shape) -> str:
    """A LIKE pattern that has the shape's joints; without it most texts of the same length would fail in the cast."""
    prefix = shape.prefix.replace("_", r"\_")
    spelled = Shape("", shape.spelling).render(_ZERO).replace("_", r"\_").replace("0", "_")
    return prefix + spelled


def _resemblances(session: Session, shapes: Sequence[Shape]) -> dict[Shape, tuple[Shape, ...]]:
    """For each shape, the shapes that its values look like, itself included: ``job_<hex>`` is as long as a uuid."""
    if len(shapes) < 2:
        return {shape: (shape,) for shape in shapes}
    asked = [shape.looks_like(sql.Literal(other.render(_ZERO))) for other in shapes for shape in shapes]
    [answers] = session.rows(sql.SQL("SELECT {}").format(sql.SQL(", ").join(asked)))
    size = len(shapes)
    return {
        other: tuple(shape for n, shape in enumerate(shapes) if answers[row * size + n])
        for row, other in enumerate(shapes)
    }
