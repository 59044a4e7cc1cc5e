"""The ways to turn the ids of the two tables into uuid that are compared with `uuidkit convert`."""

from __future__ import annotations

import asyncio
import time
import uuid

import psycopg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

# The cheapest expression that is exact for the three spellings there are: the number of bytes tells them apart.
CHEAPEST = (
    "CASE octet_length({0}) WHEN 38 THEN right({0}, -6)::uuid WHEN 42 THEN right({0}, -6)::uuid ELSE {0}::uuid END"
)

# One pattern for every spelling that occurred in the old system. The loose one takes the last digits of whatever ends
# in enough of them, a SHA-1 too; the exact one wants the whole text to be prefixes and a uuid, as the toolkit does.
_UUID_PATTERN = "[0-9a-fA-F]{{8}}" + "[-_]?[0-9a-fA-F]{{4}}" * 3 + "[-_]?[0-9a-fA-F]{{12}}"
LOOSE = f"replace(substring({{0}} from '{_UUID_PATTERN}$'), '_', '-')::uuid"
EXACT = f"replace(substring({{0}} from '^(?:[A-Za-z][A-Za-z0-9]*[-_.:/])*({_UUID_PATTERN})$'), '_', '-')::uuid"

_DROP_KEY = "ALTER TABLE items DROP CONSTRAINT items_batch_id_fkey"
_ADD_KEY = (
    "ALTER TABLE items ADD CONSTRAINT items_batch_id_fkey "
    "FOREIGN KEY (batch_id) REFERENCES batches (batch_id) ON DELETE CASCADE"
)
_ANALYZE = "ANALYZE batches (batch_id), items (batch_id)"


def _alter(table: str, expression: str) -> str:
    return f"ALTER TABLE {table} ALTER COLUMN batch_id TYPE uuid USING {expression.format('batch_id')}"


def bare_alter(connection: psycopg.Connection, expression: str = CHEAPEST) -> dict[str, float]:
    """ALTER COLUMN … TYPE without backup, survey or proof: the seconds of each statement.

    Args:
        connection: in autocommit mode.
        expression: the USING expression, ``{0}`` for the column.
    """
    return _run(
        connection,
        {
            "drop key": _DROP_KEY,
            "rewrite parents": _alter("batches", expression),
            "rewrite children": _alter("items", expression),
            "add key": _ADD_KEY,
        },
    )


def update_then_alter(connection: psycopg.Connection) -> dict[str, float]:
    """A backup column that is filled by UPDATE, then the same ALTER: the seconds of each statement."""
    return _run(
        connection,
        {
            "add columns": "ALTER TABLE batches ADD COLUMN batch_id_original varchar; "
            "ALTER TABLE items ADD COLUMN batch_id_original varchar",
            "update parents": "UPDATE batches SET batch_id_original = batch_id",
            "update children": "UPDATE items SET batch_id_original = batch_id",
            "drop key": _DROP_KEY,
            "rewrite parents": _alter("batches", CHEAPEST),
            "rewrite children": _alter("items", CHEAPEST),
            "add key": _ADD_KEY,
        },
    )


def _run(connection: psycopg.Connection, statements: dict[str, str]) -> dict[str, float]:
    seconds = {}
    with connection.transaction():
        for name, statement in statements.items():
            begun = time.perf_counter()
            connection.execute(statement)
            seconds[name] = time.perf_counter() - begun
        begun = time.perf_counter()
    seconds["commit"] = time.perf_counter() - begun
    begun = time.perf_counter()
    connection.execute(_ANALYZE)
    seconds["analyze"] = time.perf_counter() - begun
    return seconds


_SECOND_COLUMN = "ALTER TABLE items ADD COLUMN batch_id_new uuid"


def _uuid(text: str) -> uuid.UUID:
    """As the script did: the whole text, and where that is none, what follows the last underscore."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(text.rpartition("_")[2])


def row_by_row(url: str, rows: int) -> float:
    """The loop of the legacy script over some of the children: fetch all, parse one, update one. Seconds per row.

    As there: into a second column, through an asynchronous SQLAlchemy session, in one transaction, with a statement
    made anew for each row.

    Args:
        url: the database.
        rows: how many rows.
    """
    select = sa.text("SELECT id, batch_id FROM items ORDER BY id LIMIT :rows")

    async def loop() -> float:
        engine = create_async_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
        async with AsyncSession(engine) as session:
            await session.execute(sa.text(_SECOND_COLUMN))
            await session.commit()
            begun = time.perf_counter()
            for number, text in (await session.execute(select, {"rows": rows})).all():
                update = sa.text("UPDATE items SET batch_id_new = :uuid WHERE id = :id")
                await session.execute(update, {"uuid": _uuid(text), "id": number})
            await session.commit()
            seconds = time.perf_counter() - begun
        await engine.dispose()
        return seconds / rows

    return asyncio.run(loop())


def row_by_row_at_its_best(url: str, rows: int) -> float:
    """The same loop with nothing between it and the server but psycopg. Seconds per row.

    Args:
        url: the database.
        rows: how many rows.
    """
    with psycopg.connect(url) as connection:
        connection.execute(_SECOND_COLUMN)
        connection.commit()
        begun = time.perf_counter()
        for number, text in connection.execute(
            "SELECT id, batch_id FROM items ORDER BY id LIMIT %s", [rows]
        ).fetchall():
            connection.execute("UPDATE items SET batch_id_new = %s WHERE id = %s", [_uuid(text), number])
        connection.commit()
        return (time.perf_counter() - begun) / rows
