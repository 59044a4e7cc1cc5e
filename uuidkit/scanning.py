"""The scan: which text columns of a database hold identifiers, and what is to be done about each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName
from uuidkit.database.session import Session
from uuidkit.findings import ColumnFindings, Reference
from uuidkit.references.candidates import wanted_columns
from uuidkit.references.discovery import discover
from uuidkit.references.graph import declared
from uuidkit.references.samples import OnUnreadable, Sample, read_samples
from uuidkit.survey import Unreadable, access, survey
from uuidkit.survey.embedded import Embedded, embedded, may_embed
from uuidkit.survey.small import findings_of
from uuidkit.verdicts import Judge, Verdict

__all__ = ["Embedded", "ScanResult", "ScannedColumn", "Verdict", "scan"]

_IDENTIFIERS: Final = frozenset({"varchar", "text", "bpchar", "uuid"})


@dataclass(frozen=True, slots=True)
class ScannedColumn:
    """A text column with the verdict on it.

    Attributes:
        findings: what its values are.
        verdict: ``convert``, ``review`` or ``keep``.
        why: the reason, in a sentence.
    """

    findings: ColumnFindings
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a scan found.

    Attributes:
        columns: the text columns that hold identifiers, or look as if, in the order of the tables.
        references: between text or uuid columns, declared ones first.
        embedded: columns that hold ids inside other values.
        unreadable: what could not be looked at, one sentence per table.
        discovered: every reference that no foreign key declares, whatever the scan was narrowed to.
    """

    columns: tuple[ScannedColumn, ...]
    references: tuple[Reference, ...]
    embedded: tuple[Embedded, ...] = ()
    unreadable: tuple[str, ...] = ()
    discovered: tuple[Reference, ...] = field(default=(), compare=False, repr=False)


def scan(
    session: Session,
    schema: Schema,
    *,
    schemas: Collection[str] | None = None,
    exclude: Collection[ColumnName] = (),
) -> ScanResult:
    """Look at every text column of the database.

    A column is judged ``convert`` when it is a key that holds uuids or refers to one (declared or found), or when every
    value is a hyphenated or prefixed uuid and the name says that it identifies. It is judged ``review`` when there is
    evidence on both sides: 32 hex digits alone without key or reference, uuids in a column that by its name is for
    something else, uuids among other words. Everything else is ``keep``, and listed only where it is a key, refers to
    something, is called an id, or looks like one (SHA-1). A column tied to another by a reference shares its verdict.

    Args:
        session: in a transaction; row security is turned off meanwhile.
        schema: the catalog.
        schemas: list only columns of these schemas; references are looked for everywhere.
        exclude: columns to leave out of the list.

    Raises:
        psycopg.Error: the server refuses something else than reading a table.
    """
    unreadable: dict[str, str] = {}

    def note(error: Unreadable) -> None:
        unreadable.setdefault(str(error.column.table_name), error.message)

    def wanted(name: ColumnName) -> bool:
        return (schemas is None or name.schema in schemas) and name not in exclude

    with access.settings(session):
        samples = read_samples(session, schema, wanted_columns(schema), note)
        found = discover(session, schema, samples=samples, on_unreadable=note)
        references = (*_between_identifiers(schema), *found)
        judge = Judge(schema, samples, references, exclude)
        listed = [name for name in judge.worth_listing() if wanted(name)]
        findings = _findings(session, schema, judge, judge.with_relatives(listed), samples, note)
        columns = tuple(
            ScannedColumn(findings[name], *judge.verdict(name, findings)) for name in listed if name in findings
        )
        ids = {column.findings.column for column in columns if column.verdict != "keep"}
        inside = tuple(item for item in _embedded(session, schema, ids, note) if wanted(item.column))
    return ScanResult(
        columns=columns,
        references=tuple(r for r in references if wanted(r.referencing)),
        embedded=inside,
        unreadable=tuple(unreadable.values()),
        discovered=found,
    )


def _findings(
    session: Session,
    schema: Schema,
    judge: Judge,
    names: Sequence[ColumnName],
    samples: Mapping[ColumnName, Sample],
    note: OnUnreadable,
) -> dict[ColumnName, ColumnFindings]:
    """What the values are: counted from the sample where it is all, else in full where that is cheap or matters.

    A column of a large table is read in full only where its sample says that it is to be converted.
    """
    findings = {name: _of_sample(schema, samples[name]) for name in names}
    rest = [name for name in names if findings[name].sampled]
    proved = [name for name in rest if samples[name].small or judge.verdict(name, findings)[0] == "convert"]
    in_full = _survey(session, schema, proved, samples, note)
    judge.forget()
    return {name: in_full.get(name, found) for name, found in findings.items() if name in in_full or name not in proved}


def _of_sample(schema: Schema, sample: Sample) -> ColumnFindings:
    column = schema.column(sample.column)
    assert column is not None  # samples are of the schema's columns
    return findings_of(
        sample.column, column.type, sample.counted, sample.uuids, sample.rows, sample.nulls, sampled=not sample.whole
    )


def _between_identifiers(schema: Schema) -> Iterator[Reference]:
    """The declared foreign keys between columns that are text or uuid, domains over them included."""
    for reference in declared(schema):
        ends = (schema.column(reference.referencing), schema.column(reference.referenced))
        if all(end is not None and end.base_type in _IDENTIFIERS for end in ends):
            yield reference


def _survey(
    session: Session,
    schema: Schema,
    columns: Collection[ColumnName],
    samples: Mapping[ColumnName, Sample],
    note: OnUnreadable,
) -> dict[ColumnName, ColumnFindings]:
    texts = {name: samples[name].texts for name in columns}
    try:
        return dict(survey(session, schema, columns, merges=False, samples=texts))
    except Unreadable as error:
        note(error)
        table = error.column.table_name
        return _survey(session, schema, [name for name in columns if name.table_name != table], samples, note)


def _embedded(session: Session, schema: Schema, ids: Collection[ColumnName], note: OnUnreadable) -> Iterator[Embedded]:
    for table in schema.tables.values():
        names = [name for c in table.columns if may_embed(table, c) and (name := table.name.column(c)) not in ids]
        if not names or table.partition or not table.readable or table.row_security_applies:
            continue
        try:
            yield from embedded(session, table, names)
        except Unreadable as error:
            note(error)
