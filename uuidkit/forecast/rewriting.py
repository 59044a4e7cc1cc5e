"""Some rows of a table in a temporary one, rewritten as the conversion would, as often as wanted."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from uuidkit.composing import joined, raw, text_of
from uuidkit.database.session import Session, undone
from uuidkit.ledger import LedgerColumn
from uuidkit.planning.model import ColumnPlan, GraphPlan, Work
from uuidkit.planning.rates import Sample, Server
from uuidkit.render.values import untouched

_BYTES = 16 * 1024 * 1024  # of one table: wide rows are fewer
_FEWEST = 2000  # rows of one table


@dataclass(slots=True)
class Rewriting:
    """A temporary table with rows of a real one, as it is before the change.

    Attributes:
        rows: how many it has.
        change: the statement that rewrites it.
        proof: the query that compares its uuids with their texts; None where a table has those.
        analysis: the statement that gathers its statistics.
        indexes: whether it has the real table's indexes.
        logged: whether changes of the real table are written to the log.
        times: seconds of each time, for the table, for its indexes and for the proof.
        analyzed: seconds for the statistics, the first time.
        sizes: bytes afterwards, of the table, without its long values, and of its indexes.
    """

    name: str
    rows: int
    change: sql.Composable
    proof: sql.Composable | None
    analysis: sql.Composable
    indexes: bool
    logged: bool
    times: list[tuple[float, float, float]] = field(default_factory=list)
    analyzed: float = 0.0
    sizes: tuple[int, int, int] = (0, 0, 0)

    def once(self, session: Session) -> float:
        """Rewrite it, and take that back: the seconds it took.

        Args:
            session: in the transaction that made it.

        Raises:
            psycopg.Error: these rows cannot be rewritten by themselves.
        """
        copy = sql.Identifier("pg_temp", self.name)
        with undone(session):
            whole = timed(session, self.change)
            proved = timed(session, self.proof) if self.proof is not None else 0.0
            built = timed(session, sql.SQL("REINDEX TABLE {}").format(copy)) if self.indexes else 0.0
            if not self.times:
                self.analyzed = timed(session, self.analysis)
            [(heap, plain, index)] = session.rows(
                sql.SQL(
                    "SELECT pg_table_size(oid), pg_relation_size(oid), pg_indexes_size(oid) "
                    "FROM (SELECT {}::regclass AS oid) AS copy"
                ).format(sql.Literal(f"pg_temp.{self.name}"))
            )
        built = min(built, whole * 0.9)
        self.times.append((whole - built, built, proved))
        self.sizes = (int(heap), int(plain), int(index))
        return whole + proved

    def sample(self, server: Server) -> Sample:
        """What all times together have shown.

        Args:
            server: where that was.
        """
        heap, index, proof = (statistics.median(series) / self.rows for series in zip(*self.times, strict=True))
        return Sample(
            rows=self.rows,
            heap=heap,
            index=index,
            proof=proof,
            statistics=self.analyzed / min(self.rows, server.statistics),
            heap_bytes=self.sizes[0] / self.rows,
            row_bytes=self.sizes[1] / self.rows,
            index_bytes=self.sizes[2] / self.rows,
            logged=self.logged,
            paged=self.sizes[0] > server.temporary,
        )


def rewriting(session: Session, graph: GraphPlan, work: Work, name: str, most: int) -> Rewriting:
    """Take rows of a table and rewrite them once, with its indexes where they can be had.

    Args:
        session: in a transaction that is rolled back.
        graph: that the table belongs to.
        work: what will be done to the table.
        name: for the temporary table.
        most: rows that are taken.

    Raises:
        psycopg.Error: nothing of the kind can be done.
    """
    width = max(1, work.bytes // max(1, work.rows or 1))
    limit = max(_FEWEST, min(most, _BYTES // width, work.rows or 0))
    columns = [column for column in graph.changing if column.column.table_name == work.table]
    try:
        with session.savepoint():
            return _made(session, work, columns, name, limit, indexes=True)
    except psycopg.Error:
        # An index that the conversion makes anew in another form, or one that these rows do not satisfy.
        with session.savepoint():
            return _made(session, work, columns, f"{name}_plain", limit, indexes=False)


def _made(
    session: Session, work: Work, columns: Sequence[ColumnPlan], name: str, limit: int, *, indexes: bool
) -> Rewriting:
    copy = sql.Identifier("pg_temp", name)
    session.run(
        sql.SQL("CREATE TEMPORARY TABLE {} (LIKE {} INCLUDING STORAGE{})").format(
            sql.Identifier(name), work.table.identifier, sql.SQL(" INCLUDING INDEXES" if indexes else "")
        )
    )
    rows = session.run(
        sql.SQL("INSERT INTO {} SELECT * FROM {} LIMIT {}").format(copy, work.table.identifier, sql.Literal(limit))
    )
    adds: list[sql.Composable] = [
        sql.SQL("ADD COLUMN {} {}").format(sql.Identifier(column.backup), raw(column.before.type))
        for column in columns
        if column.backup
    ]
    if adds:
        session.run(sql.SQL("ALTER TABLE {} {}").format(copy, joined(adds, ", ")))
    [(persistence,)] = session.rows(
        "SELECT relpersistence FROM pg_catalog.pg_class WHERE oid = to_regclass(%(table)s)",
        {"table": text_of(work.table.identifier)},
    )
    found = Rewriting(
        name,
        rows,
        sql.SQL("ALTER TABLE {} {}").format(copy, joined(_changes(columns), ", ")),
        _proof(copy, columns, session.version_num),
        _analysis(copy, columns),
        indexes,
        logged=persistence == "p",
    )
    found.once(session)
    return found


def _proof(copy: sql.Composable, columns: Sequence[ColumnPlan], version_num: int) -> sql.Composable | None:
    wrong: list[sql.Composable] = [
        sql.SQL("count(*) FILTER (WHERE ({}) IS NOT TRUE)").format(untouched(_kept(column), version_num, {}))
        for column in columns
        if column.backup
    ]
    return sql.SQL("SELECT {} FROM {}").format(joined(wrong, " + "), copy) if wrong else None


def _analysis(copy: sql.Composable, columns: Sequence[ColumnPlan]) -> sql.Composable:
    names = [sql.Identifier(name) for column in columns for name in (column.column.name, column.backup) if name]
    return sql.SQL("ANALYZE {} ({})").format(copy, sql.SQL(", ").join(names))


def _kept(column: ColumnPlan) -> LedgerColumn:
    """The column as far as a comparison with its text needs it; a look-up is left out, as it is in the change."""
    return LedgerColumn(
        schema=column.column.schema,
        table=column.column.table,
        column=column.column.name,
        backup=column.backup,
        type=column.before.type,
        collation=None,
        default=None,
        default_after=None,
        storage=column.before.storage,
        type_storage=column.before.type_storage,
        compression="",
        on_unparseable=column.on_unparseable,
        shapes=tuple(found.shape for found in column.findings.shapes if found.count) if column.findings else (),
        legacy_shape=column.legacy_shape,
    )


def _changes(columns: Sequence[ColumnPlan]) -> list[sql.Composable]:
    changes: list[sql.Composable] = []
    for column in columns:
        if column.backup:
            changes.append(
                sql.SQL("ALTER COLUMN {} TYPE {} USING {}").format(
                    sql.Identifier(column.backup), raw(column.before.type), column.column.identifier
                )
            )
        changes.append(
            sql.SQL("ALTER COLUMN {} TYPE uuid USING {}").format(column.column.identifier, raw(column.expression))
        )
    return changes


def timed(session: Session, statement: sql.Composable) -> float:
    """Seconds that a statement takes."""
    begun = time.perf_counter()
    session.rows(statement)
    return time.perf_counter() - begun
