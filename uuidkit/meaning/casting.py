"""Who is on the stage: the rows of each stand-in, real ones and made ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from psycopg import sql

from uuidkit.catalog.model import Column, Schema
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.composing import text_of
from uuidkit.ids import Shape, shape_of
from uuidkit.meaning import definitions, made, samples
from uuidkit.meaning.asking import Trial
from uuidkit.meaning.definitions import Key, Relation
from uuidkit.meaning.made import Sought
from uuidkit.meaning.matters import Catalog, Matter
from uuidkit.meaning.model import Conversion
from uuidkit.meaning.stage import Row, StagedColumn, StandIn, uuids_of

Texts = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is put on the stage for one table.

    Attributes:
        real: rows of the table itself.
        ids: made texts per converted column.
        variants: choices of values for the other columns.
        focused: made texts per converted column with what a single definition looks for in the other columns.
    """

    real: int
    ids: int
    variants: int
    focused: int


LARGE = Size(1_000, 400, 6, 40)
MIDDLE = Size(150, 40, 3, 12)
SMALL = Size(30, 8, 1, 0)
_LIKE_A_ROW = 2  # the variant that repeats a row of the table itself


@dataclass
class Company:
    """Everything that may be put on the stage, gathered once for all objects.

    Attributes:
        conversions: by column; those of inherited columns among them.
        columns: by table the columns that some object reads.
        keys: by table the columns of its primary key.
        real: by table the sampled rows, in the order of ``columns``.
        labels: of the enumerations, by type.
        uuids: by conversion what the texts become.
    """

    schema: Schema
    conversions: Mapping[ColumnName, Conversion]
    columns: dict[TableName, tuple[str, ...]] = field(default_factory=dict)
    keys: dict[TableName, frozenset[str]] = field(default_factory=dict)
    real: dict[TableName, list[Texts]] = field(default_factory=dict)
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    uuids: dict[Conversion, dict[str, str | None]] = field(default_factory=dict)

    @cached_property
    def shapes(self) -> frozenset[Shape]:
        """Every shape that occurs in any converted column."""
        return frozenset(shape for conversion in self.conversions.values() for shape in conversion.shapes)

    @cached_property
    def common(self) -> dict[ColumnName, Shape]:
        """How each column spells a uuid that all of them have, which is the same one for all only afterwards.

        Columns tied by foreign keys spell it alike, as the keys want it.
        """
        tied = {column: {column} for column in self.conversions}
        for key in self.schema.foreign_keys:
            for pair in zip(key.columns, key.referenced_columns, strict=True):
                both = [key.table.column(pair[0]), key.referenced_table.column(pair[1])]
                if all(column in tied for column in both):
                    together = tied[both[0]] | tied[both[1]]
                    tied |= dict.fromkeys(together, together)
        shared = {
            column: frozenset.intersection(*(frozenset(self.conversions[one].shapes) for one in group))
            for column, group in tied.items()
        }
        spread = Counter(shape for shapes in shared.values() for shape in shapes)
        return {
            column: max(shapes, key=lambda shape: (spread[shape], str(shape)))
            for column, shapes in shared.items()
            if shapes
        }

    @cached_property
    def all_uuids(self) -> dict[str, str | None]:
        """What every text of any converted column becomes; to be asked for after ``translate``."""
        return {text: uuid for known in self.uuids.values() for text, uuid in known.items()}

    @cached_property
    def real_values(self) -> frozenset[str | None]:
        """The sampled texts, and what they become."""
        return frozenset(self.real_texts) | {self.all_uuids.get(text) for text in self.real_texts}

    @cached_property
    def real_texts(self) -> set[str]:
        """Every text of a converted column that was sampled."""
        return {
            value
            for table, rows in self.real.items()
            for place, column in enumerate(self.columns[table])
            if table.column(column) in self.conversions
            for row in rows
            if (value := row[place]) is not None
        }


def inherited(schema: Schema, conversions: Iterable[Conversion]) -> dict[ColumnName, Conversion]:
    """The conversions by column, with those of the same column in every table that inherits it.

    Args:
        schema: the tables.
        conversions: as they were asked for.
    """
    found = {conversion.column: conversion for conversion in conversions}
    waiting = list(found.values())
    while waiting:
        conversion = waiting.pop()
        table = schema.tables.get(conversion.column.table_name)
        for child in table.children if table is not None else ():
            column = child.column(conversion.column.name)
            if column not in found and schema.column(column) is not None:
                found[column] = replace(conversion, column=column)
                waiting.append(found[column])
    return {column: conversion for column, conversion in found.items() if schema.column(column) is not None}


def gather(
    trial: Trial,
    schema: Schema,
    catalog: Catalog,
    matters: Sequence[Matter],
    conversions: Mapping[ColumnName, Conversion],
) -> Company:
    """Read what is needed of the tables: the columns that some object reads, and some rows.

    Args:
        trial: the search path is set.
        schema: the tables.
        catalog: what the objects use.
        matters: the objects that are tried.
        conversions: by column.
    """
    company = Company(schema, conversions)
    trial.path(())
    readers: dict[TableName, tuple[Relation, set[Key]]] = {}
    for matter in matters:
        keys: set[Key] = {matter.thing.key, *(("pg_class", oid) for oid in matter.views)}
        for relation in matter.tables.values():
            readers.setdefault(relation.name, (relation, set()))[1].update(keys)
    for name, (relation, keys) in readers.items():
        read = catalog.columns(sorted(keys), relation.oid)
        columns = schema.tables[name].columns
        # A stand-in with a primary key has no row whose key is not known.
        key = {c for index in schema.indexes_of(name) if index.primary for c in index.key_columns if c is not None}
        company.keys[name] = frozenset(key)
        needed = tuple(
            column
            for column in columns
            if read is None or column in read or column in key or name.column(column) in conversions
        )
        company.columns[name] = needed or tuple(columns)[:1]  # rows without a column cannot be written down
    wanted = {name: (schema.tables[name], columns) for name, columns in company.columns.items() if columns}
    ordered = {
        name: [index.key_columns[0] for index in schema.indexes_of(name) if index.method == "btree" and index.valid]
        for name in wanted
    }
    company.real = samples.real_rows(trial, wanted, ordered)
    keys_between = [key for key in schema.foreign_keys if key.table in wanted and key.referenced_table in wanted]
    samples.referred_rows(trial, keys_between, wanted, company.real)
    company.conversions = {column: _with_cases(company, column, one) for column, one in conversions.items()}
    if any(column.base_type not in _KNOWN for name in wanted for column in schema.tables[name].columns.values()):
        company.labels = definitions.labels(trial)
    return company


def _with_cases(company: Company, column: ColumnName, conversion: Conversion) -> Conversion:
    """A conversion with the shapes of the rows that were read: the survey's tell the case of most values alone."""
    columns = company.columns.get(column.table_name, ())
    if column.name not in columns:
        return conversion
    place = columns.index(column.name)
    found = (shape_of(row[place] or "") for row in company.real.get(column.table_name, ()))
    return replace(conversion, shapes=tuple(dict.fromkeys([*conversion.shapes, *filter(None, found)])))


def translate(trial: Trial, company: Company, groups: Iterable[tuple[Collection[Relation], Sequence[str]]]) -> None:
    """Find out what every text becomes that will be on a stage.

    Args:
        trial: under the search path ``pg_catalog``.
        company: where it is kept.
        groups: the tables of each stage, with the definitions that are tried there.
    """
    wanted: dict[Conversion, dict[str, None]] = {}
    for tables, texts in groups:
        for relation in tables:
            what = made.sought(texts, company.columns[relation.name], company.schema.role)
            for name, values in _ids(company, relation, what).items():
                wanted.setdefault(company.conversions[name], {}).update(
                    (value, None) for value in values if value is not None
                )
    for table, rows in company.real.items():
        for place, column in enumerate(company.columns[table]):
            conversion = company.conversions.get(table.column(column))
            if conversion is not None:
                texts_of = {value: None for row in rows if (value := row[place]) is not None}
                wanted.setdefault(conversion, {}).update(texts_of)
    asked = {
        conversion: [value for value in values if value not in company.uuids.get(conversion, {})]
        for conversion, values in wanted.items()
    }
    for conversion, found in samples.convert(trial, asked).items():
        company.uuids.setdefault(conversion, {}).update(found)


def stand_in(
    company: Company, relation: Relation, texts: Sequence[str], size: Size, reads: Collection[str] | None = None
) -> StandIn:
    """A table with the rows that suit some definitions.

    Args:
        company: what there is.
        relation: the table.
        texts: the definitions.
        size: how many rows.
        reads: the columns that have values beside keys and ids; None for all that any object reads.
    """
    name = relation.name
    everything = company.columns[name]
    always = company.keys.get(name, frozenset())
    filled = tuple(
        column
        for column in everything
        if reads is None or column in reads or column in always or name.column(column) in company.conversions
    )
    filled = filled or everything[:1]  # rows without a column cannot be written down
    places = [everything.index(column) for column in filled]
    columns = tuple(_staged(company, name, column, filled) for column in company.schema.tables[name].columns.values())
    what = made.sought(texts, filled, company.schema.role)
    ids = {column.name: values for column, values in _ids(company, relation, what).items() if column.name in filled}
    others = made.Others(
        [
            column
            for column in company.schema.tables[name].columns.values()
            if column.name in filled and column.name not in ids
        ],
        what,
        company.labels,
    )
    known = [company.uuids.get(company.conversions[name.column(c)], {}) if c in ids else None for c in filled]
    converted = [place for place, column in enumerate(filled) if column in ids]

    idle = made.IDLE.difference(what.literals)

    def row(values: Texts, variant: int) -> Row:
        null = bool(converted) and any(values[place] is None for place in converted)
        uuids = uuids_of(values, known)
        odd = {values[place] for place in converted if values[place] not in {None, *(known[place] or ())}}
        return Row(values, uuids, variant, null, idle=variant >= 0 and uuids is None and odd <= idle)

    real = dict.fromkeys(tuple(values[place] for place in places) for values in company.real.get(name, []))
    rows = {values: row(values, -1) for values in _spread(list(real), size.real)}
    fresh: dict[tuple[Texts, int], Row] = {}
    longest = max((min(len(values), size.ids) for values in ids.values()), default=4)
    for variant in range(size.variants if others.columns or len(ids) > 1 else 1):
        # Without ids of its own, a table shows each variant of the rest.
        rest = others.variant(variant)
        if variant == _LIKE_A_ROW and rows:
            rest = dict(zip(filled, next(iter(rows)), strict=True))
        for number in range(longest):
            if not ids:
                rest = others.variant(variant * longest + number)
            values = tuple(
                _pick(ids[column], number + place * (variant % 2), size.ids) if column in ids else rest[column]
                for place, column in enumerate(filled)
            )
            fresh.setdefault((values, variant), row(values, variant))
    variant = size.variants
    for text in dict.fromkeys(texts) if ids and others.columns and size.focused else ():
        own = _ids(company, relation, made.sought([text], filled, company.schema.role))
        for rest in others.focused(text):
            for number in range(min(size.focused, max(map(len, own.values())))):
                values = tuple(
                    _pick(own[name.column(column)], number, size.focused) if column in ids else rest[column]
                    for column in filled
                )
                fresh.setdefault((values, variant), row(values, variant))
            variant += 1
    # Whoever reads rows as a whole gets the columns, too, that keep the texts.
    kept = tuple(
        (company.conversions[name.column(column)].backup, place)
        for place, column in enumerate(filled)
        if reads is None and column in ids and company.conversions[name.column(column)].backup
    )
    return StandIn(relation, columns, (*rows.values(), *fresh.values()), kept)


def empty_stand_in(company: Company, relation: Relation) -> StandIn:
    """A table without any row, whose columns have their types.

    Args:
        company: for which nothing need have been gathered.
        relation: the table.
    """
    columns = company.schema.tables[relation.name].columns
    return StandIn(relation, tuple(_staged(company, relation.name, column, columns) for column in columns.values()), ())


def own_texts(company: Company, relation: Relation, definition: str) -> set[str | None]:
    """The made texts of a table's converted columns that one definition alone asks for.

    Args:
        company: what there is.
        relation: the table.
        definition: one of those that are tried.
    """
    what = made.sought([definition], company.columns[relation.name], company.schema.role)
    return {text for values in _ids(company, relation, what).values() for text in values}


def strange(company: Company, relations: Iterable[Relation], definitions: Sequence[str]) -> dict[str, str]:
    """Texts that some definitions may look for, and that no value of the columns is spelled like; with their uuids.

    Args:
        company: what there is.
        relations: the tables.
        definitions: those that are tried.
    """
    found: dict[str, str] = {}
    for relation in relations:
        what = made.sought(definitions, company.columns[relation.name], company.schema.role)
        usual = _ids(company, relation, Sought())
        for column, values in _ids(company, relation, what).items():
            known = company.uuids.get(company.conversions[column], {})
            found |= {v: uuid for v in values if v and v not in usual[column] and (uuid := known.get(v)) is not None}
    return {text: uuid for text, uuid in found.items() if text not in company.real_texts}


def _staged(company: Company, name: TableName, column: Column, filled: Collection[str]) -> StagedColumn:
    # The type under a domain compares as the domain does, and refuses none of the values made.
    printed = column.type if column.domain is None else text_of(sql.Identifier(column.base_type))
    converted = name.column(column.name) in company.conversions
    return StagedColumn(column.name, printed, column.collation, converted, column.name in filled, column.not_null)


def _ids(company: Company, relation: Relation, what: Sought) -> dict[ColumnName, list[str | None]]:
    found = {}
    for column in company.columns[relation.name]:
        name = relation.name.column(column)
        conversion = company.conversions.get(name)
        if conversion is not None:
            empty = not company.real.get(relation.name)
            values = made.ids(
                what, conversion.shapes, empty=empty, everywhere=company.shapes, common=company.common.get(name)
            )
            # NULL too where the column refuses it: it makes no difference to what an id says.
            found[name] = made.fitting(values, conversion.type, not_null=False)
    return found


def _pick(values: Sequence[str | None], number: int, most: int) -> str | None:
    return values[number % min(len(values), most)]


def _spread(rows: Sequence[Texts], most: int) -> list[Texts]:
    # Half from the beginning, where rows that belong together stand in several tables, half from everywhere.
    first, rest = rows[: most // 2], rows[most // 2 :]
    step = max(1, len(rest) / (most - len(first)))
    return [*first, *(rest[int(n * step)] for n in range(min(len(rest), most - len(first))))]


_KNOWN = frozenset("varchar text bpchar uuid int2 int4 int8 bool timestamp timestamptz date jsonb json".split())
