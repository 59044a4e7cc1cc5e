"""The survey: for each column one full pass, and a second one only where texts may merge."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

import psycopg
from psycopg import sql

from uuidkit.catalog.model import Schema, Table
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.catalog.trees import inheriting, root_of
from uuidkit.database.session import Session
from uuidkit.findings import ColumnFindings, ShapeCount
from uuidkit.ids import Shape
from uuidkit.ids import sql as value
from uuidkit.ids.sql import OnUnparseable
from uuidkit.survey import access, counting, merging, sampling
from uuidkit.survey.counting import Counts
from uuidkit.survey.merging import Key, Merges

_CHEAPLY_DISTINCT: Final = 200_000  # rows
_NOTHING: Final = Merges(0, ())


def survey(
    session: Session,
    schema: Schema,
    columns: Collection[ColumnName],
    *,
    on_unparseable: OnUnparseable = "fail",
    unique_expected: Mapping[ColumnName, str] | Collection[ColumnName] = (),
    thorough: bool = False,
    merges: bool = True,
    samples: Mapping[ColumnName, Collection[str]] | None = None,
) -> Mapping[ColumnName, ColumnFindings]:
    """What the values of some text columns are: exact counts over all rows, in SQL, without a lock beyond reading.

    Per column one parallel pass; where its values are not all of one shape and case, a second one looks for texts that
    become one uuid. A column whose validated foreign key refers to one surveyed here is read on that key's word, which
    spares the casts and the second pass.

    Args:
        session: in a transaction; row security is turned off for the survey, so that nothing is hidden unnoticed.
        schema: the catalog.
        columns: text columns, in any order.
        on_unparseable: what becomes of a value without a uuid; it decides what can merge.
        unique_expected: columns that are to become unique, with the name of the constraint to be made; their texts are
            counted exactly, and texts that merge are collisions.
        thorough: count the different texts of every column, however large it is.
        merges: look for texts that become one uuid.
        samples: values that were read before, to learn the frequent shapes from.

    Raises:
        Unreadable: a right is missing, or row security would hide rows; it names the column.
        psycopg.Error: anything else that the server refuses.
    """
    names = (
        dict(unique_expected)
        if isinstance(unique_expected, Mapping)
        else {column: f"{column.table}_{column.name}_key" for column in unique_expected}
    )
    with access.settings(session):
        counts: dict[ColumnName, Counts] = {}
        empty = _without_rows(session, columns)
        for column in _parents_first(schema, columns):
            counts[column] = (
                Counts(0, 0, {}, {}, {})
                if column.table_name in empty
                else _count(session, schema, column, counts, None if samples is None else samples.get(column))
            )
        found: dict[ColumnName, ColumnFindings] = {}
        for column in counts:
            found[column] = _findings(
                session, schema, column, counts, found, on_unparseable if merges else None, names, thorough
            )
        return {column: found[column] for column in columns}


def _without_rows(session: Session, columns: Collection[ColumnName]) -> frozenset[TableName]:
    """The tables that have no row, asked all at once; none where one of the columns cannot be read."""
    found: set[TableName] = set()
    read: dict[TableName, list[sql.Composable]] = {}
    for column in sorted(columns):
        read.setdefault(column.table_name, []).append(column.identifier)
    ordered = list(read)
    for start in range(0, len(ordered), 100):
        asked = [
            sql.SQL("SELECT {} WHERE NOT EXISTS (SELECT {} FROM {})").format(
                sql.Literal(n), sql.SQL(", ").join(read[ordered[n]]), ordered[n].identifier
            )
            for n in range(start, min(start + 100, len(ordered)))
        ]
        try:
            with session.savepoint():
                found.update(ordered[number] for (number,) in session.rows(sql.SQL(" UNION ALL ").join(asked)))
        except psycopg.errors.InsufficientPrivilege:
            continue  # the survey itself names the column
    return frozenset(found)


def _parents_first(schema: Schema, columns: Collection[ColumnName]) -> list[ColumnName]:
    """The columns with those that they take their word from before them, as far as there is no cycle."""
    order: dict[ColumnName, None] = {}

    waiting = list(reversed(list(columns)))
    opened: set[ColumnName] = set()
    while waiting:
        column = waiting[-1]
        parents = [p for p in _vouchers(schema, column, columns) if p not in order and p not in opened]
        opened.add(column)
        if parents:
            waiting.extend(parents)
        else:
            order[waiting.pop()] = None
    return list(order)


def _vouchers(schema: Schema, column: ColumnName, columns: Collection[ColumnName]) -> list[ColumnName]:
    """Columns that are sure to hold every text of this one, byte for byte: by a foreign key that is in force."""
    own = schema.column(column)
    table = schema.tables[column.table_name]
    if own is None or not own.deterministic or (table.kind == "r" and table.children):
        return []  # rows of inheritance children are not held by the key
    found = []
    for key in schema.foreign_keys_on([column.table_name]):
        if key.table != column.table_name or key.columns != (column.name,) or key.triggers_altered:
            continue
        if not (key.validated and key.enforced):
            continue
        [(_, parent)] = key.pairs
        other = schema.column(parent)
        if parent not in columns or parent == column or other is None or not other.is_text:
            continue
        # To a char(n) key blanks at the end do not count, so that a child may spell its texts otherwise.
        if other.deterministic and (other.base_type != "bpchar" or own.base_type == "bpchar"):
            found.append(parent)
    return found


def _count(
    session: Session,
    schema: Schema,
    column: ColumnName,
    known: Mapping[ColumnName, Counts],
    texts: Collection[str] | None,
) -> Counts:
    for parent in _vouchers(schema, column, known):
        counts = counting.count_child(session, column, known[parent])
        if counts is not None:
            return counts
    if texts is None:
        texts = sampling.sample(session, schema.tables[column.table_name], column)
    looks = sampling.frequent(texts)
    return counting.count(session, column, looks, sampling.unparseable(texts, counting.MANY))


def _findings(
    session: Session,
    schema: Schema,
    column: ColumnName,
    counts: Mapping[ColumnName, Counts],
    known: Mapping[ColumnName, ColumnFindings],
    on_unparseable: OnUnparseable | None,
    unique_expected: Mapping[ColumnName, str],
    thorough: bool,
) -> ColumnFindings:
    counted = counts[column]
    found = schema.column(column)
    assert found is not None  # the caller took the columns from the schema
    collisions, elsewhere, distinct = (
        _merges(session, schema, column, counts, known, on_unparseable, unique_expected)
        if on_unparseable is not None
        else (_NOTHING, _NOTHING, None)
    )
    return ColumnFindings(
        column=column,
        type=found.type,
        rows=counted.rows,
        nulls=counted.nulls,
        distinct=distinct
        if distinct is not None
        else _distinct(session, schema, column, counted, thorough or column in unique_expected),
        formats=counted.formats,
        shapes=_shapes(counted),
        complete=counted.complete,
        prefixes=counted.prefixes,
        unparseable=counted.unparseable,
        unparseable_samples=counted.samples,
        padded=counted.padded,
        collisions=collisions.examples,
        collision_count=collisions.count,
        merged=elsewhere.examples,
        merged_count=elsewhere.count,
    )


def _shapes(counts: Counts) -> tuple[ShapeCount, ...]:
    upper: dict[Shape, int] = {}
    for look, number in counts.looks.items():
        own = Shape(look.shape.prefix, look.shape.spelling)
        if not look.mixed:
            upper[own] = upper.get(own, 0) + (number if look.shape.upper else -number)
    found = [
        ShapeCount(replace(shape, upper=upper.get(shape, 0) > 0), exact, alike)
        for shape, (exact, alike) in counts.shapes.items()
    ]
    return tuple(sorted(found, key=lambda item: (-item.count, str(item.shape))))


def _merges(
    session: Session,
    schema: Schema,
    column: ColumnName,
    counts: Mapping[ColumnName, Counts],
    known: Mapping[ColumnName, ColumnFindings],
    on_unparseable: OnUnparseable,
    unique_expected: Mapping[ColumnName, str],
) -> tuple[Merges, Merges, int | None]:
    """(under keys, elsewhere, number of different texts when it came out on the way)."""
    becoming_null = on_unparseable == "null" and counts[column].unparseable > 0
    settled = not becoming_null and (counts[column].injective or _vouched_for(schema, column, known))
    if settled or not counts[column].values:
        return _NOTHING, _NOTHING, None
    keys = [(column, key) for key in merging.keys_of(session, schema, column)]
    if column in unique_expected:
        keys.append((column, Key(unique_expected[column], (column.name,), holds=False)))
    keys += _keys_below(session, schema, column, [key for _, key in keys])
    under = _NOTHING
    for member, key in keys:
        known_there = counts if member == column else _counts_below(schema, member, counts)
        found = merging.collisions(session, key, member, known_there, on_unparseable)
        if found.count > under.count:
            examples = (*found.examples, *under.examples)
        else:
            examples = (*under.examples, *found.examples)
        under = Merges(max(under.count, found.count), examples[: merging.EXAMPLES])
    whole = any(
        key.columns == (column.name,) and key.predicate is None and not key.only
        for member, key in keys
        if member == column
    )
    if whole:
        return under, _NOTHING, None
    elsewhere, distinct = merging.merged(session, column, counts[column], on_unparseable)
    return under, elsewhere, distinct


def _keys_below(
    session: Session, schema: Schema, column: ColumnName, held: Collection[Key]
) -> list[tuple[ColumnName, Key]]:
    """The keys that partitions and children have of their own, and not as their part of the root's."""
    partitioned = schema.tables[column.table_name].kind == "p"
    everywhere = {(key.columns, key.predicate) for key in held} if partitioned else set()
    return [
        (member, key)
        for member in inheriting(schema, column)
        for key in merging.keys_of(session, schema, member)
        if (key.columns, key.predicate) not in everywhere
    ]


def _counts_below(schema: Schema, member: ColumnName, counts: Mapping[ColumnName, Counts]) -> dict[ColumnName, Counts]:
    """What was counted in the columns at the roots, by those of one table that inherits them."""
    found = {}
    for name in schema.tables[member.table_name].columns:
        own = member.table_name.column(name)
        root = root_of(schema, own)
        if root in counts:
            found[own] = counts[root]
    return found


def _vouched_for(schema: Schema, column: ColumnName, known: Mapping[ColumnName, ColumnFindings]) -> bool:
    """Whether a column that holds all texts of this one was found to keep its texts apart."""
    return any(
        not known[parent].collision_count and not known[parent].merged_count
        for parent in _vouchers(schema, column, known)
    )


def _distinct(session: Session, schema: Schema, column: ColumnName, counts: Counts, thorough: bool) -> int | None:
    if schema.is_unique(column) and not _has_descendants(schema.tables[column.table_name]):
        return counts.values
    if not counts.values:
        return 0
    if not thorough and counts.rows > _CHEAPLY_DISTINCT:
        return None
    [(number,)] = access.ask(
        session,
        column,
        sql.SQL("SELECT count(text) FROM (SELECT DISTINCT {text} AS text FROM {table}) AS texts").format(
            text=value.as_text(column.identifier), table=column.table_name.identifier
        ),
    )
    return int(number)


def _has_descendants(table: Table) -> bool:
    return table.kind == "r" and bool(table.children)
