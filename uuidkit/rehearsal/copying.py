"""A scratch copy of a database: its definitions, some or all of its rows, where its sequences stand, the ledger."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import IsolationLevel, sql

from uuidkit.catalog.model import Schema, Table
from uuidkit.catalog.names import TableName
from uuidkit.database import connect, pooler
from uuidkit.database.session import Session, adapt
from uuidkit.reading import read_database, reading
from uuidkit.rehearsal.model import RehearsalError
from uuidkit.rehearsal.programs import Programs, programs
from uuidkit.rehearsal.rows import Chosen, copy
from uuidkit.rehearsal.scratch import Scratch, scratch

_COUNTED = 64 * 1024 * 1024  # bytes: the rows of a larger table are not counted, only estimated, for a sample

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Extent:
    """What of the rows is copied.

    Attributes:
        tables: those that hold rows of their own and are copied; the others stay empty.
        chosen: which of their rows; None for all.
        notes: what has to be said about it.
    """

    tables: Sequence[Table]
    chosen: Chosen | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScratchCopy:
    """A copy that exists.

    Attributes:
        url: the scratch database.
        where: in words.
        tables: whose rows were copied.
        rows: rows copied, and how many these tables have (about, where they are large).
        notes: in what it differs from the database itself.
        tool: reads its definitions.
    """

    url: str
    where: str
    tables: tuple[Table, ...]
    rows: tuple[int, int]
    notes: tuple[str, ...]
    tool: Programs

    def definitions(self) -> str:
        """The definitions of everything in it, as SQL.

        Raises:
            RehearsalError: pg_dump failed.
        """
        return self.tool.definitions(self.url)


@contextmanager
def scratch_copy(
    url: str,
    select: Callable[[Session, Schema], Extent],
    *,
    lock_timeout: float = 2.0,
    begun: Callable[[str], None] = lambda where: None,
) -> Iterator[ScratchCopy]:
    """A copy of a database, dropped at the end whatever happens; the database itself is only read.

    Args:
        url: the real database.
        select: says what of the rows is copied, in the transaction that reads them.
        lock_timeout: seconds to wait for a table that somebody holds exclusively.
        begun: is told where the copy is made.

    Raises:
        RehearsalError: the copy cannot be made.
        ConnectionFailed: the server cannot be reached.
        LockNotAvailable: somebody holds a table exclusively.
    """
    with ExitStack() as stack:
        with connect(url) as source:
            session = adapt(source)
            _refuse_pooler(url, session)
            tool = programs(session.version_num // 10000)
            place = stack.enter_context(scratch(url, session))
            begun(place.where)
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="uuidkit-rehearsal-"))
            made = _Copying(url, source, place, tool, Path(folder) / "definitions").made(select, lock_timeout)
        yield made


class _Copying:
    """One copy being made."""

    def __init__(self, url: str, source: Connection, place: Scratch, tool: Programs, archive: Path) -> None:
        self._url = url
        self._source = source
        self._place = place
        self._tool = tool
        self._archive = archive
        self._notes: list[str] = []

    def made(self, select: Callable[[Session, Schema], Extent], lock_timeout: float) -> ScratchCopy:
        """Definitions without keys, rows, then keys and triggers: all of one moment."""
        session = adapt(self._source)
        self._source.isolation_level = IsolationLevel.REPEATABLE_READ
        self._source.read_only = True
        with reading(session, lock_timeout) as search_path:
            schema = read_database(session, search_path)
            extent = select(session, schema)
            [(snapshot,)] = session.rows("SELECT pg_catalog.pg_export_snapshot()")
            self._tool.archive(self._url, self._archive, str(snapshot))
            self._restore("pre-data")
            with connect(self._place.url) as target:
                rows = self._copy_rows(session, target, extent)
                _copy_ledger(self._source, target, schema)
                _set_sequences(session, target)
            filled = session.rows(
                """SELECT schemaname, matviewname FROM pg_catalog.pg_matviews m
                    WHERE ispopulated
                    ORDER BY pg_catalog.to_regclass(pg_catalog.format('%I.%I', schemaname, matviewname))::oid"""
            )
        self._restore("post-data")
        with connect(self._place.url) as target:
            self._refresh(target, [TableName(*one) for one in filled])
            target.execute("ANALYZE")
        if not self._place.owners:
            self._notes.append("Owners and grants are not part of the copy: all in it belongs to the current role.")
        notes = (*extent.notes, *self._notes)
        return ScratchCopy(self._place.url, self._place.where, tuple(extent.tables), rows, notes, self._tool)

    def _restore(self, section: str) -> None:
        found = self._tool.restore(self._place.url, self._archive, section, owners=self._place.owners)
        self._notes += [f"Not in the copy: {complaint}." for complaint in dict.fromkeys(found)]

    def _copy_rows(self, session: Session, target: Connection, extent: Extent) -> tuple[int, int]:
        total = copied = 0
        for table in extent.tables:
            places = None if extent.chosen is None else extent.chosen.get(table.oid, set())
            found = copy(self._source, target, table, places)
            copied += found
            total += found if places is None else max(found, _rows(session, table))
        return copied, total

    def _refresh(self, target: Connection, views: Sequence[TableName]) -> None:
        for view in views:
            try:
                target.execute(sql.SQL("REFRESH MATERIALIZED VIEW {}").format(view.identifier))
            except psycopg.Error as error:
                said = error.diag.message_primary or error
                self._notes.append(f"The materialized view {view} is empty in the copy: {said}.")


def refuse_hidden(schema: Schema, tables: Sequence[TableName]) -> None:
    """Refuse a copy of tables whose rows the current role does not see.

    Args:
        schema: of the real database.
        tables: to be copied.

    Raises:
        RehearsalError: with the names of those that are hidden.
    """
    hidden = [name for name in tables if not schema.tables[name].readable or schema.tables[name].row_security_applies]
    if hidden:
        raise RehearsalError(
            f"Rows of {', '.join(map(str, hidden))} are hidden from the current role, so that no copy can be made.",
            "Connect as the owner of the tables, or leave --rehearse out.",
        )


def _refuse_pooler(url: str, session: Session) -> None:
    """pg_dump empties the search_path of its session; a pool of transactions would hand that session to others."""
    found = pooler.from_session(session)
    if found is not None and not pooler.pools_sessions(url):
        raise RehearsalError(
            f"Before the server stands {found.name} ({found.why}), and pg_dump changes settings of its session that a "
            "pool of transactions would hand on to other programs.",
            "Give the server's own address, or leave --rehearse out.",
        )


def _rows(session: Session, table: Table) -> int:
    if table.rows >= 0 and table.bytes > _COUNTED:
        return int(table.rows)
    return int(session.rows(sql.SQL("SELECT count(*) FROM ONLY {}").format(table.name.identifier))[0][0])


def _copy_ledger(source: Connection, target: Connection, schema: Schema) -> None:
    """The ledger's rows, whole: what was converted before counts in the copy, too."""
    for name in sorted(schema.ledger_tables):
        table = sql.Identifier("uuidkit", name)
        with source.cursor() as reading_cursor, target.cursor() as writing:
            into = sql.SQL("COPY {} FROM STDIN").format(table)
            given_out = sql.SQL("COPY (SELECT * FROM {}) TO STDOUT").format(table)
            with reading_cursor.copy(given_out) as output, writing.copy(into) as given:
                for block in output:
                    given.write(block)


def _set_sequences(session: Session, target: Connection) -> None:
    """Let every sequence go on where the real one stands; definitions alone begin at 1, among the copied rows."""
    for schema, name, last in session.rows(
        "SELECT schemaname, sequencename, last_value FROM pg_catalog.pg_sequences WHERE last_value IS NOT NULL"
    ):
        target.execute(
            "SELECT pg_catalog.setval(c.oid, %s) FROM pg_catalog.pg_class c "
            "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = %s AND c.relname = %s AND c.relkind = 'S'",
            (last, schema, name),
        )
