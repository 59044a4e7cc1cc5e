"""What a database is like: its dump, the order in which its keys act, and how a conversion may change both."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import psycopg
from psycopg import sql

from tests.support.clients import pg_dump
from uuidkit import ids

_ENTRY = re.compile(r"^--\n-- ((?:Data for )?Name: .*; Type: .*; Schema: .*; Owner: .*)\n--\n", re.MULTILINE)
_NOT_NULL = re.compile(r'(?: CONSTRAINT (?:"(?:[^"]|"")+"|\S+))? NOT NULL(?: NO INHERIT)?(?= COLLATE \S+$|$)')
_CAST = re.compile(r"::(?:text|uuid|bpchar|character varying(?:\(\d+\))?|character(?:\(\d+\))?|varchar)\b")
_LOST_WITH_THE_TYPE = re.compile(r" SET (?:STORAGE|COMPRESSION) ")

_TEXTS = re.compile(r"\btexts_[0-9a-f]{16}\b")

Column = tuple[str, str, str]


@dataclass(frozen=True)
class State:
    """Everything about a database that a conversion and its way back must answer for.

    Attributes:
        dump: pg_dump's output, schema and data.
        triggers: the names of the triggers that carry foreign keys out; they fire in that order, and no dump shows it.
            On a partition the order alone counts: nobody can give those there a name of their own.
        columns: type and position of every column.
    """

    dump: str
    triggers: tuple[tuple[str | None, ...], ...]
    columns: Mapping[Column, tuple[str, int]]


def state(connection: psycopg.Connection, url: str) -> State:
    """The database as it is.

    Args:
        connection, url: a superuser's.
    """
    triggers = connection.execute(
        """
        SELECT t.tgrelid::regclass::text, p.proname, t.tgtype::text, k.conname,
               CASE WHEN t.tgparentid = 0 THEN t.tgname END
          FROM pg_trigger t
          JOIN pg_proc p ON p.oid = t.tgfoid
          JOIN pg_constraint k ON k.oid = t.tgconstraint AND k.contype = 'f'
         ORDER BY 1, t.tgname
        """
    ).fetchall()
    columns = connection.execute(
        """
        SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnum
          FROM pg_attribute a
          JOIN pg_class c ON c.oid = a.attrelid
          JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped
           AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'uuidkit') AND n.nspname !~ '^pg_toast'
        """
    ).fetchall()
    return State(pg_dump(url, "--encoding=UTF8"), tuple(triggers), {row[:3]: row[3:] for row in columns})


def next_transaction(connection: psycopg.Connection) -> int:
    """The number that the server's next writing transaction gets: it stays the same as long as nobody writes."""
    [number] = connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint").fetchone() or []
    return int(number)


def difference(before: str, after: str) -> str:
    """The lines in which two dumps differ; empty when they are the same."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "before", "after", lineterm="", n=2)
    return "\n".join(lines)


def definitions(found: State) -> str:
    """Everything in a dump but rows, the state of sequences and the tables of texts, whose names are of one plan."""
    kept = [
        (header, body)
        for header, body in _entries(found.dump).items()
        if not header.startswith("Data for ") and "; Type: SEQUENCE SET; " not in header
        if not _TEXTS.search(header)
    ]
    return "\n".join(f"{header}\n{body}" for header, body in kept)


def converted_columns(before: State, after: State) -> list[Column]:
    """The columns that have become uuid."""
    return [
        name
        for name, (type_name, _) in before.columns.items()
        if type_name != "uuid" and after.columns.get(name, ("",))[0] == "uuid"
    ]


def unexpected_changes(
    connection: psycopg.Connection, before: State, after: State, suffix: str, *, new_keys: bool
) -> list[str]:
    """Whatever a conversion has changed beyond types, defaults and backup columns.

    Args:
        connection: a superuser's, of the converted database.
        suffix: what the backup columns' names end with.
        new_keys: whether new foreign keys and unique constraints were asked for.
    """
    columns = converted_columns(before, after)
    found = [
        f"{name} has moved from {before.columns[name][1]} to {place}"
        for name, (_, place) in after.columns.items()
        if name in before.columns and place != before.columns[name][1]
    ]
    kept = [trigger for trigger in after.triggers if trigger in set(before.triggers)]
    if kept != list(before.triggers):
        found.append(f"foreign keys act in another order:\n{before.triggers}\n{after.triggers}")
    quoted = _quoted(connection, columns, suffix)
    old, new = _entries(before.dump), _entries(after.dump)
    for header, body in old.items():
        if header.startswith("Data for "):
            continue
        if header not in new:
            found.append(f"gone: {header}\n{body}")
        elif _neutral(header, body, quoted) != _neutral(header, new[header], quoted):
            found.append(f"changed: {header}\n{difference(body, new[header])}")
    for header in new.keys() - old.keys():
        if not _ours(header, quoted, new_keys=new_keys):
            found.append(f"added: {header}\n{new[header]}")
    return found


def _quoted(connection: psycopg.Connection, columns: list[Column], suffix: str) -> dict[str, set[tuple[str, str]]]:
    """Per table, as pg_dump names it in headers, the converted columns and their backups as it writes them."""
    result: dict[str, set[tuple[str, str]]] = {}
    for schema, table, column in columns:
        [name, backup] = (
            connection.execute("SELECT quote_ident(%s), quote_ident(%s)", [column, column + suffix]).fetchone() or ()
        )
        result.setdefault(f"Name: {table}; Type: TABLE; Schema: {schema};", set()).add((name, backup))
    return result


def _entries(dump: str) -> dict[str, str]:
    parts = _ENTRY.split(dump)
    result: dict[str, str] = {}
    for header, body in zip(parts[1::2], parts[2::2], strict=True):
        while header in result:
            header += " again"
        lines = [line for line in body.splitlines() if line and not line.startswith(("SET default_", "--", "\\"))]
        result[header] = "\n".join(lines)
    return result


def _neutral(header: str, body: str, quoted: dict[str, set[tuple[str, str]]]) -> list[str]:
    """The definition of a table without what a conversion is meant to change in it."""
    columns = next((found for start, found in quoted.items() if header.startswith(start)), None)
    lines = body.splitlines()
    if columns is None:
        # What was made anew over uuid says the same with other casts.
        return [_without_casts(line) for line in lines]
    result = []
    for line in (line.removesuffix(",") for line in lines):
        column = next((name for name, _ in columns if line.startswith(f"    {name} ")), None)
        if column is not None:
            not_null = _NOT_NULL.search(line)
            result.append(f"    {column} …{not_null[0] if not_null else ''}")
        elif not any(line.startswith(f"    {backup} ") for _, backup in columns) and not (
            _LOST_WITH_THE_TYPE.search(line) and any(f" ALTER COLUMN {name} SET " in line for name, _ in columns)
        ):
            result.append(_without_casts(line))
    return result


def _without_casts(line: str) -> str:
    return re.sub("[() ]", "", _CAST.sub("", line))


def _ours(header: str, quoted: dict[str, set[tuple[str, str]]], *, new_keys: bool) -> bool:
    if "Schema: uuidkit;" in header or re.match(r"Name: (?:SCHEMA )?uuidkit; Type: (?:SCHEMA|COMMENT); ", header):
        return True
    if "; Type: COMMENT; " in header:
        return any(f".{backup}; " in header for columns in quoted.values() for _, backup in columns)
    return new_keys and ("; Type: CONSTRAINT; " in header or "; Type: FK CONSTRAINT; " in header)


def wrong_values(
    connection: psycopg.Connection, columns: list[Column], suffix: str | None, on_unparseable: str
) -> list[str]:
    """Rows whose uuid is not what the Python side makes of the text that was kept.

    Args:
        connection: a superuser's, of the converted database.
        columns: the converted columns.
        suffix: what the backup columns' names end with; None where tables have the texts.
        on_unparseable: as asked for.
    """
    found = []
    for schema, table, column in columns:
        if suffix is None:
            query = _in_tables(connection, schema, table, column)
        else:
            query = sql.SQL("SELECT DISTINCT {}::text, {} FROM {}").format(
                sql.Identifier(column + suffix), sql.Identifier(column), sql.Identifier(schema, table)
            )
        pairs = connection.execute(query).fetchall()
        for text, uuid in pairs:
            expected = None if text is None else _expected(text, on_unparseable)
            if uuid != expected:
                found.append(f"{schema}.{table}.{column}: {text!r} became {uuid}, not {expected}")
    return found


def _in_tables(connection: psycopg.Connection, schema: str, table: str, column: str) -> sql.Composed:
    """The texts and uuids of a column that has its texts in a table of the ledger's schema."""
    place = connection.execute(
        """
        SELECT c ->> 'texts', (c ->> 'position')::int
          FROM uuidkit.conversions, jsonb_array_elements(graph -> 'columns') AS c
         WHERE c ->> 'schema' = %s AND c ->> 'column' = %s
           AND (c ->> 'table' = %s OR c -> 'inherited' @> jsonb_build_array(jsonb_build_object('table', %s::text)))
        """,
        [schema, column, table, table],
    ).fetchone()
    assert place is not None, f"the ledger has no texts of {schema}.{table}.{column}"
    return sql.SQL("SELECT DISTINCT k.old, t.{} FROM {} t LEFT JOIN {} k ON k.position = {} AND k.id = t.{}").format(
        sql.Identifier(column),
        sql.Identifier(schema, table),
        sql.Identifier("uuidkit", place[0]),
        sql.Literal(place[1]),
        sql.Identifier(column),
    )


def _expected(text: str, on_unparseable: str) -> UUID | None:
    parsed = ids.parse(text)
    return ids.derive(text) if parsed is None and on_unparseable == "derive" else parsed
