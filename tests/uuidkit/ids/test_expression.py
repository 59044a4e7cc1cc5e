"""The cheapest expression: its text for typical columns, and that it is exact inside and outside of the survey."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from tests.support.servers import Server
from tests.uuidkit.ids.evaluation import VALUE, evaluate
from uuidkit.ids import Shape, derive, parse
from uuidkit.ids import sql as ids_sql
from uuidkit.ids.expression import ShapeUse, cheapest
from uuidkit.ids.sql import OnUnparseable

U = UUID("c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f05")
BARE = Shape()
HEX = Shape("", "hex")
BATCH = Shape("batch_")
BATCH_HEX = Shape("batch_", "hex")

TEXT = '("v"::text COLLATE "C")'
LIKE_BATCH = f"(octet_length({TEXT}) = 42 AND left({TEXT}, 6) = 'batch_')"
LIKE_BATCH_HEX = f"(octet_length({TEXT}) = 38 AND left({TEXT}, 6) = 'batch_')"


def sure(*shapes: Shape) -> list[ShapeUse]:
    return [ShapeUse(shape, guard=False) for shape in shapes]


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        (sure(BARE), '"v"::text::uuid'),
        (sure(Shape(upper=True), BARE), '"v"::text::uuid'),
        (sure(HEX, BARE, Shape("", "braced")), '"v"::text::uuid'),
        ([ShapeUse(BARE, guard=True)], '"v"::text::uuid'),
        ([], '"v"::text::uuid'),
        (sure(BATCH), f'CASE WHEN {LIKE_BATCH} THEN right({TEXT}, -6)::uuid ELSE "v"::text::uuid END'),
        (
            sure(BARE, BATCH_HEX, BATCH),
            (
                f"CASE WHEN {LIKE_BATCH_HEX} THEN right({TEXT}, -6)::uuid"
                f' WHEN {LIKE_BATCH} THEN right({TEXT}, -6)::uuid ELSE "v"::text::uuid END'
            ),
        ),
        (
            [ShapeUse(BATCH_HEX, guard=True)],
            (
                f"CASE WHEN {LIKE_BATCH_HEX[:-1]} AND right({TEXT}, -6) !~ '[^0-9a-fA-F]') THEN right({TEXT}, -6)::uuid"
                ' ELSE "v"::text::uuid END'
            ),
        ),
    ],
)
def test_a_fully_surveyed_column(shapes: Sequence[ShapeUse], expected: str) -> None:
    assert cheapest(VALUE, shapes, "fail", 180000, complete=True).as_string(None) == expected


@pytest.mark.parametrize("guards", [(False, True), (True, False)])
def test_the_most_frequent_shape_comes_first_and_only_once(guards: tuple[bool, bool]) -> None:
    first, last = guards
    uses = [ShapeUse(Shape("batch_", upper=True), first), *sure(HEX), ShapeUse(BATCH, last)]
    text = cheapest(VALUE, uses, "fail", 180000).as_string(None)
    assert text.startswith(f"CASE WHEN {BATCH.matches(VALUE, 180000).as_string(None)} THEN ")
    assert text.count("WHEN") == 2 + ids_sql.conversion(VALUE, "fail").as_string(None).count("WHEN")


@pytest.mark.parametrize("mode", ["fail", "derive", "null"])
def test_without_shapes_it_is_the_general_expression(mode: OnUnparseable) -> None:
    expected = ids_sql.conversion(VALUE, mode).as_string(None)
    assert cheapest(VALUE, [], mode, 180000).as_string(None) == expected
    if mode != "fail":
        assert cheapest(VALUE, [], mode, 180000, complete=True).as_string(None) == expected


# What a survey saw, and what may have come since.
SURVEYED = [
    str(U),
    U.hex,
    f"batch_{U}",
    f"batch_{U.hex}",
    f"batch_{str(U).upper()}",
    f"batch_{str(U).replace('-', '_')}",
]
SINCE_PARSEABLE = [
    f" {U}",
    f"{U.hex}\n",
    f"{{{U}}}",
    f"sitemap_{U}",
    f"ab_{U.hex}  ",
    f"batch_{U.hex}    ",
    f" batch_{U.hex}   ",
    "batch_c0a8-f2d4-5b1e-4f3a-9d271e6b8a4c7f05",
    str(U).replace("-", "_"),
]
SINCE_UNPARSEABLE = ["", "310", "x" * 36, "x" * 32, f"batch_{'x' * 36}", f"batch_{'x' * 32}", "batch_" + "\u00e9" * 16]


def uses_of(surveyed: Sequence[str], connection: psycopg.Connection[Any], shapes: Sequence[Shape]) -> list[ShapeUse]:
    uses = []
    for shape in shapes:
        rows = evaluate(connection, surveyed, {"looks": shape.looks_like(VALUE)})
        looks = [text for text, row in zip(surveyed, rows, strict=True) if row["looks"]]
        uses.append(ShapeUse(shape, guard=any(not shape.fits(text) for text in looks)))
    return uses


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.parametrize("mode", ["fail", "derive", "null"])
def test_values_that_came_after_the_survey(database: str, server: Server, mode: OnUnparseable, complete: bool) -> None:
    shapes = [BATCH, BARE, HEX, BATCH_HEX, Shape("batch_", "underscored")]
    with psycopg.connect(database, autocommit=True) as connection:
        uses = uses_of(SURVEYED, connection, shapes)
        assert [use.guard for use in uses] == [True, False, False, False, False]
        expression = {"uuid": cheapest(VALUE, uses, mode, server.version_num, complete=complete)}
        assert [row["uuid"] for row in evaluate(connection, SURVEYED, expression)] == [U] * len(SURVEYED)
        assert evaluate(connection, [None], expression) == [{"uuid": None}]
        for text in [*SINCE_PARSEABLE, *SINCE_UNPARSEABLE]:
            expected = parse(text) or (derive(text) if mode == "derive" else None)
            try:
                found = evaluate(connection, [text], expression)[0]["uuid"]
            except psycopg.errors.InvalidTextRepresentation:
                assert mode == "fail", text
            else:
                assert found == expected, text
                assert found is not None or mode == "null", text


def test_a_column_is_converted_in_place(database: str, server: Server) -> None:
    table = sql.Identifier('odd "table" %s')
    column = sql.Identifier('odd "column" %s')
    for kind in ("varchar", "text", "char(60)", 'varchar(60) COLLATE "POSIX"'):
        values = [*SURVEYED, None, "310"]
        with psycopg.connect(database) as connection:
            connection.execute(sql.SQL("CREATE TABLE {} (place serial, {} {})").format(table, column, sql.SQL(kind)))
            connection.cursor().executemany(
                sql.SQL("INSERT INTO {} ({}) VALUES (%s)").format(_doubled(table), _doubled(column)),
                [(value,) for value in values],
            )
            expression = cheapest(column, sure(BATCH_HEX, BARE), "derive", server.version_num)
            connection.execute(
                sql.SQL("ALTER TABLE {} ALTER COLUMN {} TYPE uuid USING {}").format(table, column, expression)
            )
            rows = connection.execute(sql.SQL("SELECT {} FROM {} ORDER BY place").format(column, table)).fetchall()
            assert [uuid for (uuid,) in rows] == [*[U] * len(SURVEYED), None, derive("310")]
            connection.rollback()


def _doubled(name: sql.Identifier) -> sql.SQL:
    """A name for a statement with parameters, where a percent sign counts."""
    return sql.SQL(name.as_string(None).replace("%", "%%"))
