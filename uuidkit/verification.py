"""Verify: a finished conversion proved from the catalog, the ledger and the backup columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from uuidkit import ledger, lexing
from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName, TableName, display
from uuidkit.database.session import Session, adapt
from uuidkit.explaining import sentences
from uuidkit.ids import sql as value
from uuidkit.ledger import LedgerColumn, LedgerEntry, LedgerLookup, store
from uuidkit.reading import read_database, reading
from uuidkit.render.values import untouched
from uuidkit.targets import resolve_roots
from uuidkit.wording import count

# Of an index as the server prints it: the word before its storage parameters, and what may follow them.
_OPTIONS = ("WITH", ("TABLESPACE", "WHERE"))


@dataclass(frozen=True, slots=True)
class ColumnProof:
    """What verification found about one converted column.

    Attributes:
        rows: rows of the table.
        checked: rows whose uuid was compared with the text it had.
        checks: what was found to hold, one sentence each.
        problems: what does not hold; the proof failed when there is one.
    """

    column: ColumnName
    rows: int
    checked: int
    checks: tuple[str, ...]
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Proof:
    """The result of a verification, column by column."""

    columns: tuple[ColumnProof, ...]

    @property
    def ok(self) -> bool:
        """Whether every column is proved."""
        return all(column.ok for column in self.columns)


def verify(connection: Any, targets: Sequence[str] = ()) -> Proof:
    """Prove finished conversions; changes nothing.

    A row that was converted has the uuid its text stands for, or, in a referencing column, another row's uuid that
    the column was changed to since. Keys, indexes, types and references are as the conversion left them.

    Args:
        connection: a psycopg or SQLAlchemy connection.
        targets: columns, any of a converted graph's; none for the whole ledger.

    Raises:
        UsageError: a target does not exist.
        LedgerError: the ledger does not know one.
    """
    session = adapt(connection)
    with sentences(), reading(session) as search_path:
        schema = read_database(session, search_path)
        entries = store.read(session, present=schema.ledger_present)
        chosen = store.select(entries, resolve_roots(schema, targets), everything=not targets)
        pairs = [(entry, column) for entry in chosen for column in entry.graph.columns]
        return Proof(tuple(_prove(session, schema, entry, column) for entry, column in pairs))


def _prove(session: Session, schema: Schema, entry: LedgerEntry, column: LedgerColumn) -> ColumnProof:
    name = column.name
    found = schema.column(name)
    kept = column.texts in schema.ledger_tables or schema.column(name.table_name.column(column.backup)) is not None
    structure = list(_structure(schema, entry, column))
    problems = list(structure)
    checks: list[str] = []
    rows = checked = 0
    if found is not None and found.is_uuid:
        checks.append("it is of type uuid")
    if found is not None and found.is_uuid and kept:
        rows, checked, value_checks, value_problems = _values(session, schema, entry, column)
        checks += value_checks
        problems += value_problems
    if not structure:
        keys = sum(1 for key in entry.graph.foreign_keys if key.table_name in column.tables)
        checks.append(
            "its indexes are in place and valid" + (f"; {count(keys, 'foreign key')} of the table, too" if keys else "")
        )
        checks += _set_since(schema, entry, column)
    return ColumnProof(name, rows, checked, tuple(checks), tuple(problems))


def _structure(schema: Schema, entry: LedgerEntry, column: LedgerColumn) -> Iterator[str]:
    name = column.name
    found = schema.column(name)
    if found is None:
        yield "The column is gone."
        return
    if not found.is_uuid:
        yield f"Its type is {found.type}, not uuid."
    backup = schema.column(name.table_name.column(column.backup))
    if column.texts:
        if column.texts not in schema.ledger_tables:
            yield f"The table {ledger.SCHEMA}.{column.texts} with its texts is gone; there is no way back."
    elif backup is None:
        yield f"The backup column {display(column.backup)} is gone; there is no way back."
    elif backup.type != column.backup_type:
        yield f"The backup column {display(column.backup)} is of type {backup.type}, it was {column.backup_type}."
    if column.not_null and not found.not_null:
        yield "It was NOT NULL and is not any more."
    if column.unique and not schema.is_unique(name):
        yield "The unique key on it is gone."
    keys = {(key.table, key.name): key for key in schema.foreign_keys_on(column.tables)}
    for key in entry.graph.foreign_keys:
        if key.table_name not in column.tables or key.table_name not in schema.tables:
            continue
        now = keys.get((key.table_name, key.name))
        if now is None:
            yield f"The foreign key {display(key.name)} is gone."
        elif key.existed and now.definition != key.definition:
            yield f"The foreign key {display(key.name)} was changed: {now.definition}."
        elif not key.existed and not now.validated:
            yield f"The foreign key {display(key.name)} is not validated."
    indexes = schema.indexes_on(column.tables)
    uniques = {(index.table, index.constraint) for index in indexes}
    for key in entry.graph.uniques:
        if key.table_name in column.tables and (key.table_name, key.name) not in uniques:
            yield f"The unique constraint {display(key.name)} is gone."
    named = {(index.table.schema, index.name): index for index in indexes}
    for index in entry.graph.indexes:
        table = TableName(index.schema, index.table)
        current = named.get((index.schema, index.name))
        if current is None:
            # A partition that was dropped has taken its own away.
            if table in column.tables and table in schema.tables:
                yield f"The index {display(index.name)} is gone."
        elif _form(current.definition) != _form(index.definition):
            yield f"The index {display(index.name)} was changed: {current.definition}."
        elif not current.valid:
            yield f"The index {display(index.name)} is not valid."


def _set_since(schema: Schema, entry: LedgerEntry, column: LedgerColumn) -> Iterator[str]:
    """What was set about the indexes since and is nobody's business: no answer depends on it, and revert keeps it."""
    named = {(index.table, index.name): index for index in schema.indexes_on(column.tables)}
    for index in entry.graph.indexes:
        current = named.get((TableName(index.schema, index.table), index.name))
        if current is not None and current.definition != index.definition:
            options = lexing.clause(current.definition, *_OPTIONS)
            yield f"storage parameters of {display(index.name)} were set since: {options or 'to the defaults'}"


def _form(definition: str) -> str:
    """The definition of an index without its storage parameters."""
    return lexing.without(definition, *_OPTIONS)


def _values(
    session: Session, schema: Schema, entry: LedgerEntry, column: LedgerColumn
) -> tuple[int, int, list[str], list[str]]:
    """Rows, rows compared, what holds, what does not."""
    name = column.name
    uuid = sql.Identifier("t", column.column)
    text = sql.Identifier("k", "old") if column.texts else sql.Identifier("t", column.backup)
    lookups: dict[LedgerLookup, str] = {}
    # Look-ups are joined here: a read-only transaction cannot make the helper that the conversion used.
    joins = [
        sql.SQL(
            "LEFT JOIN (SELECT DISTINCT {old} AS old, {id} AS id FROM {table} WHERE {backup} IS NOT NULL) AS {alias} "
            "ON {alias}.old = {text}"
        ).format(
            old=value.as_text(sql.Identifier(lookup.backup)),
            id=sql.Identifier(lookup.column),
            table=sql.Identifier(lookup.schema, lookup.table),
            backup=sql.Identifier(lookup.backup),
            alias=sql.Identifier(f"lookup_{number}"),
            text=value.as_text(text),
        )
        for number, lookup in enumerate(column.lookup)
    ]
    if column.texts:
        joins.insert(
            0,
            sql.SQL("LEFT JOIN {} AS k ON k.position = {} AND k.id = {}").format(
                sql.Identifier(ledger.SCHEMA, column.texts), sql.Literal(column.position), uuid
            ),
        )
    same = untouched(
        column,
        schema.version_num,
        lookups,
        uuid=uuid,
        text=text,
        looked_up=[sql.Identifier(f"lookup_{number}", "id") for number in range(len(column.lookup))],
    )
    # A row that was changed since has the text of its present uuid there, if it has one: none is another row's.
    parents = [] if column.texts else _parents(schema, entry, column)
    known = (
        sql.SQL(" OR ").join(
            [
                sql.SQL("EXISTS (SELECT FROM {} AS p WHERE p.{} = {})").format(
                    parent.table_name.identifier, parent.identifier, sql.Identifier("judged", "now")
                )
                for parent in parents
            ]
        )
        if parents
        else sql.SQL("false")
    )
    query = sql.SQL(
        """SELECT count(*), count(*) FILTER (WHERE had_text),
       count(*) FILTER (WHERE changed AND now IS NULL),
       count(*) FILTER (WHERE changed AND now IS NOT NULL AND known),
       count(*) FILTER (WHERE changed AND now IS NOT NULL AND NOT known),
       (array_agg(now::text ORDER BY now) FILTER (WHERE changed AND now IS NOT NULL AND NOT known))[1],
       count(*) FILTER (WHERE NOT had_text AND now IS NOT NULL)
  FROM (SELECT had_text, now, changed, CASE WHEN changed THEN {known} END AS known
          FROM (SELECT {text} IS NOT NULL AS had_text, {uuid} AS now,
                       {text} IS NOT NULL AND ({same}) IS NOT TRUE AS changed
                  FROM {table} AS t {joins}) AS judged) AS rows"""
    ).format(
        text=text,
        uuid=uuid,
        same=same,
        known=known,
        table=name.table_name.identifier,
        joins=sql.SQL(" ").join(joins),
    )
    [(rows, checked, emptied, moved, wrong, sample, added)] = session.rows(query)
    checks = [
        f"{checked - emptied - moved - wrong:,} of {count(checked, 'row')} have the uuid that their text stands for"
    ]
    problems: list[str] = []
    referencing = bool(parents)
    if emptied:
        sentence = f"{count(emptied, 'row')} that had an id {'has' if emptied == 1 else 'have'} none now"
        (checks if referencing else problems).append(
            sentence + (": set to NULL since." if referencing else ": changed since, or lost.")
        )
    if moved:
        checks.append(
            f"{count(moved, 'row refers', 'rows refer')} to another existing row than at the conversion: changed since"
        )
    if wrong:
        problems.append(
            f"{count(wrong, 'row holds', 'rows hold')} a uuid that is not the one the old text stands for, for example "
            f"{sample}: changed since the conversion, or damaged."
        )
    if added and column.texts:
        # Without a text beside it, a row that was changed looks like one that was added.
        checks.append(f"{count(added, 'row was', 'rows were')} added or changed since")
    elif added:
        checks.append(f"{count(added, 'row was', 'rows were')} added since")
    return rows, checked, checks, problems


def _parents(schema: Schema, entry: LedgerEntry, column: LedgerColumn) -> list[ColumnName]:
    found = dict.fromkeys(
        reference.referenced for reference in entry.graph.references if reference.referencing == column.name
    )
    return [parent for parent in found if (now := schema.column(parent)) is not None and now.is_uuid]
