"""Which keys the sampled values of a column occur in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from psycopg import sql

from uuidkit import ids
from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName
from uuidkit.database.session import Session
from uuidkit.ids import sql as value
from uuidkit.ids.grammar import trim
from uuidkit.references.naming import NameEvidence, Names, names_copy_of
from uuidkit.references.samples import Sample
from uuidkit.survey.access import ask
from uuidkit.survey.sampling import frequent, spread

# Values of one column that are looked up in a key too large to be read whole.
_ASKED: Final = 100
_ASKED_UNNAMED: Final = 24

_Texts = dict[str, UUID | None]


@dataclass(frozen=True, slots=True)
class Match:
    """A column and a key that some evidence ties together.

    Attributes:
        child, key: the columns.
        name: what the child's name says, if anything.
        compared: how many of the child's sampled values were looked up in the key: all kinds where the name points
            there, else those that are uuids.
        found: those that stand for a value of the key.
        backup: the text column beside a uuid key in which old texts are looked up.
    """

    child: ColumnName
    key: ColumnName
    name: NameEvidence | None
    compared: int
    found: frozenset[str]
    backup: ColumnName | None = None


def match(
    session: Session,
    schema: Schema,
    children: Collection[ColumnName],
    keys: Collection[ColumnName],
    samples: Mapping[ColumnName, Sample],
) -> list[Match]:
    """Every pair of a column and a key that names or values tie together.

    Args:
        session: within ``survey.access.settings``.
        schema: the catalog.
        children: text columns that may refer.
        keys: columns that may be referred to.
        samples: of all of them.
    """
    children = [child for child in children if child in samples]
    keys = [key for key in keys if key in samples]
    inside = _in_whole_keys(children, keys, samples)
    names = Names(children)
    places = {child: place for place, child in enumerate(children)}
    with_uuids = [child for child in children if samples[child].uuids]
    matches: list[Match] = []
    for key in keys:
        whole = samples[key].whole
        named = names.pointing_to(key)
        held = inside.get(key, {})
        asked: dict[ColumnName, _Texts] = {}
        for child in sorted({*named, *(held if whole else with_uuids)} - {key}, key=places.__getitem__):
            sample = samples[child]
            chosen = sample.texts if child in named else sample.uuids
            most = len(chosen) if whole else _ASKED if child in named else _ASKED_UNNAMED
            asked[child] = {text: sample.uuids.get(text) for text in spread(chosen, most)}
        present = frozenset() if whole else _in_large_key(session, schema, key, samples[key], asked.values())
        backups = _backups(session, schema, key, [child for child in asked if child in named], samples)
        for child, texts in asked.items():
            backup, old = backups.get(child, (None, frozenset()))
            if whole:
                present = frozenset(held.get(child, ()))
                if child in named:
                    present |= _plain_in_whole_key(schema, key, samples[key], texts)
            found = frozenset(text for text in texts if text in present or text in old)
            if found or child in named:
                matches.append(Match(child, key, named.get(child), len(texts), found, backup))
    return matches


def _in_whole_keys(
    children: Collection[ColumnName],
    keys: Collection[ColumnName],
    samples: Mapping[ColumnName, Sample],
) -> dict[ColumnName, dict[ColumnName, set[str]]]:
    """For each key of which all values are known, the columns with the uuids that it holds as well."""
    where: dict[int, list[ColumnName]] = {}
    for key in keys:
        if samples[key].whole:
            for number in {uuid.int for uuid in samples[key].uuids.values()}:
                where.setdefault(number, []).append(key)
    found: dict[ColumnName, dict[ColumnName, set[str]]] = {}
    for child in children:
        for text, uuid in samples[child].uuids.items():
            for key in where.get(uuid.int, ()):
                if key != child:
                    found.setdefault(key, {}).setdefault(child, set()).add(text)
    return found


def _plain_in_whole_key(schema: Schema, key: ColumnName, sample: Sample, texts: _Texts) -> frozenset[str]:
    """Those of the texts without a uuid that stand for a value of a key of which all values are known."""
    column = schema.column(key)
    others = [text for text, uuid in texts.items() if uuid is None]
    if column is not None and column.is_uuid:
        uuids = set(sample.uuids.values())
        return frozenset(text for text in others if ids.derive(text) in uuids)
    plain = {trim(text) for text in sample.texts if text not in sample.uuids}
    return frozenset(text for text in others if trim(text) in plain)


def _in_large_key(
    session: Session, schema: Schema, key: ColumnName, sample: Sample, asked: Iterable[_Texts]
) -> frozenset[str]:
    """Those of the texts that stand for a value of a key too large to be read whole."""
    texts: _Texts = {}
    for some in asked:
        texts |= some
    column = schema.column(key)
    if not texts or column is None:
        return frozenset()
    spelled = _spellings(texts, sample, is_uuid=column.is_uuid)
    kind = sql.SQL("uuid" if column.is_uuid else "bpchar" if column.base_type == "bpchar" else "text")
    rows = ask(
        session,
        key,
        sql.SQL(
            "SELECT text FROM unnest({texts}::text[]) AS asked (text) WHERE text::{kind} IN (SELECT {key} FROM {table})"
        ).format(texts=sql.Literal(sorted(spelled)), kind=kind, key=key.identifier, table=key.table_name.identifier),
    )
    return frozenset(text for (spelling,) in rows for text in spelled[spelling])


def _spellings(texts: _Texts, sample: Sample, *, is_uuid: bool) -> dict[str, set[str]]:
    """The forms under which a key too large to be read whole may hold the texts, with the texts they stand for."""
    spelled: dict[str, set[str]] = {}
    shapes = [look.shape for look in frequent(sample.texts) if not look.mixed]
    for text, uuid in texts.items():
        if is_uuid:
            forms = {str(uuid or ids.derive(text))}
        else:
            forms = {text, trim(text)} | {shape.render(uuid) for shape in shapes if uuid is not None}
        for form in forms:
            spelled.setdefault(form, set()).add(text)
    return spelled


def _backups(
    session: Session,
    schema: Schema,
    key: ColumnName,
    children: Collection[ColumnName],
    samples: Mapping[ColumnName, Sample],
) -> dict[ColumnName, tuple[ColumnName, frozenset[str]]]:
    """For each column the text column beside a uuid key that holds some of its texts, with those texts.

    A column called after the key (``batch_id_original``) is one in any case; any other has to hold a text of the child,
    and where it holds uuids in another spelling, they have to be those of the key in the same row.
    """
    column = schema.column(key)
    if column is None or not column.is_uuid:
        return {}
    table = schema.tables[key.table_name]
    beside = [name for c in table.columns.values() if c.is_text and (name := table.name.column(c.name)) in samples]
    result: dict[ColumnName, tuple[ColumnName, frozenset[str]]] = {}
    for child in children:
        texts = {text for text in spread(samples[child].texts, _ASKED) if trim(text)}
        best: tuple[bool, int] = (False, 0)
        for other in beside:
            named = names_copy_of(other.name, key.name)
            if other == child or (not named and other.name == child.name):
                continue
            held = _held(session, other, samples[other], texts)
            if not named and (not held or _contradicts(session, other, key, held)):
                continue
            if (named, len(held)) > best:
                best = (named, len(held))
                result[child] = (other, held)
    return result


def _held(session: Session, column: ColumnName, sample: Sample, texts: Collection[str]) -> frozenset[str]:
    """Those of the texts that the column holds, to the byte."""
    if sample.whole or not texts:
        return frozenset(texts) & sample.texts
    rows = ask(
        session,
        column,
        sql.SQL(
            'SELECT text FROM unnest({}::text[]) AS asked (text) WHERE text COLLATE "C" IN (SELECT {} FROM {})'
        ).format(sql.Literal(sorted(texts)), value.as_text(column.identifier), column.table_name.identifier),
    )
    return frozenset(text for (text,) in rows)


def _contradicts(session: Session, column: ColumnName, key: ColumnName, texts: Collection[str]) -> bool:
    """Whether a row with one of the texts has another uuid than the text says."""
    rows = ask(
        session,
        column,
        sql.SQL("SELECT 1 FROM {table} WHERE {text} = ANY ({texts}) AND {parsed} <> {key} LIMIT 1").format(
            table=column.table_name.identifier,
            text=value.as_text(column.identifier),
            texts=sql.Literal(sorted(texts)),
            parsed=value.parsed(column.identifier),
            key=key.identifier,
        ),
    )
    return bool(rows)
