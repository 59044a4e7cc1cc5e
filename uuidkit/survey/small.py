"""What the values of a column are, counted from values that were read: all of a small table's, or a sample. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from uuidkit.catalog.names import ColumnName
from uuidkit.findings import ColumnFindings, ShapeCount
from uuidkit.ids import FORMATS, Shape, grammar
from uuidkit.ids.formats import classify
from uuidkit.survey.counting import SAMPLE_LENGTH, SAMPLES
from uuidkit.survey.sampling import MOST_SHAPES, look_of

_MOST_PREFIXES: Final = 50


def findings_of(
    column: ColumnName,
    type_name: str,
    counted: Mapping[str, int],
    uuids: Collection[str],
    rows: int,
    nulls: int,
    *,
    sampled: bool,
) -> ColumnFindings:
    """The findings on a column whose values were read.

    Args:
        column: the column.
        type_name: its type as PostgreSQL prints it.
        counted: how often each text occurs.
        uuids: those of the texts that are a uuid in a known format.
        rows, nulls: rows that were read, and those without a value.
        sampled: whether there are more.
    """
    formats: Counter[str] = Counter()
    prefixes: Counter[str] = Counter()
    shapes: Counter[Shape] = Counter()
    upper: Counter[Shape] = Counter()
    odd: Counter[str] = Counter()
    padded = 0
    for text, number in counted.items():
        name = classify(text) if text in uuids else None
        if grammar.trim(text) != text:
            padded += number
        if name is None:
            odd[text[:SAMPLE_LENGTH]] += number
            continue
        formats[name] += number
        look = look_of(text)
        if look is not None:
            own = Shape(look.shape.prefix, look.shape.spelling)
            shapes[own] += number
            if not look.mixed:
                upper[own] += number if look.shape.upper else -number
        parts = grammar.split(grammar.trim(text))
        if parts is not None and parts.prefix:
            prefixes[parts.prefix] += number
    found = [ShapeCount(replace(shape, upper=upper[shape] > 0), number, number) for shape, number in shapes.items()]
    found = sorted(found, key=lambda item: (-item.count, str(item.shape)))[:MOST_SHAPES]
    return ColumnFindings(
        column=column,
        type=type_name,
        rows=rows,
        nulls=nulls,
        distinct=None if sampled else len(counted),
        complete=rows - nulls == sum(item.count for item in found),
        formats={known.name: formats[known.name] for known in FORMATS if formats[known.name]},
        shapes=tuple(found),
        prefixes=dict(sorted(prefixes.items(), key=lambda item: (-item[1], item[0]))[:_MOST_PREFIXES]),
        unparseable=rows - nulls - sum(formats.values()),
        unparseable_samples=tuple(
            text for text, _ in sorted(odd.items(), key=lambda item: (-item[1], item[0]))[:SAMPLES]
        ),
        padded=padded,
        sampled=sampled,
    )
