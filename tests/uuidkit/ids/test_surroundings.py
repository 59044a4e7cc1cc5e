"""The expressions mean the same under any collation, type and setting, and pass unchanged through any driver."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import psycopg
import pytest
import sqlalchemy
from psycopg import sql

from tests.support.servers import Server
from tests.uuidkit.ids.evaluation import VALUE, evaluate
from tests.uuidkit.ids.values import generate, spellings
from uuidkit.ids import Shape, classify, derive, parse
from uuidkit.ids import sql as ids_sql
from uuidkit.ids.expression import ShapeUse, cheapest

U = UUID("c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f05")
SHAPES = [
    Shape("batch_"),
    Shape("", "hex"),
    Shape("urn:uuid:", "underscored"),
    Shape("a/b.x-d:y-", "braced", upper=True),
]
TEXTS = [
    *(prefix + text for prefix in ("", "batch_", "urn:uuid:") for text in spellings(U)),
    *generate(1_000, seed=7),
]


def expressions(version_num: int) -> Mapping[str, sql.Composable]:
    """Every expression of the room, by name."""
    found: dict[str, sql.Composable] = {
        "trimmed": ids_sql.trimmed(VALUE),
        "parseable": ids_sql.is_parseable(VALUE),
        "parsed": ids_sql.parsed(VALUE),
        "name": ids_sql.format_name(VALUE),
        "prefix": ids_sql.prefix_of(VALUE),
        "derived": ids_sql.derived(VALUE),
        "null": ids_sql.conversion(VALUE, "null"),
        "derive": ids_sql.conversion(VALUE, "derive"),
        "cheapest": cheapest(VALUE, [ShapeUse(shape) for shape in SHAPES], "derive", version_num),
        "relying": cheapest(sql.SQL("NULL"), [ShapeUse(shape, guard=False) for shape in SHAPES], "fail", version_num),
    }
    for shape in SHAPES:
        found[f"matches {shape}"] = shape.matches(VALUE, version_num)
        found[f"text {shape}"] = shape.sql_text(ids_sql.parsed(VALUE))
    return found


def kinds(connection: psycopg.Connection[Any]) -> list[str]:
    """Column types to try; a nondeterministic collation among them where the server was built with ICU."""
    found = ["text", "varchar", "varchar(200)", "char(200)", 'text COLLATE "C"']
    try:
        with connection.transaction():
            connection.execute(
                "CREATE COLLATION lax (provider = icu, locale = 'und-u-ks-level1', deterministic = false)"
            )
            connection.execute("CREATE COLLATION turkish (provider = icu, locale = 'tr')")
    except psycopg.errors.FeatureNotSupported:
        return found
    found += ["text COLLATE lax", "varchar COLLATE turkish", "char(200) COLLATE lax"]
    return found


def test_any_type_and_collation(database: str, server: Server) -> None:
    wanted = expressions(server.version_num)
    columns = sql.SQL(", ").join(wanted.values())
    texts = [text for text in TEXTS if len(text) <= 200]
    with psycopg.connect(database) as connection:
        answers = [tuple(row.values()) for row in evaluate(connection, texts, wanted)]
        for kind in kinds(connection):
            connection.execute(f"CREATE TEMP TABLE given (place int, v {kind}) ON COMMIT PRESERVE ROWS")
            with connection.cursor().copy("COPY given FROM STDIN") as copy:
                for row in enumerate(texts):
                    copy.write_row(row)
            found = connection.execute(sql.SQL("SELECT {} FROM given ORDER BY place").format(columns)).fetchall()
            for text, row, answer in zip(texts, found, answers, strict=True):
                # A char(n) has lost its trailing spaces; "matches" looks at the value before it is trimmed.
                if not (kind.startswith("char") and text.endswith(" ")):
                    assert row == answer, (kind, text)
            connection.execute("DROP TABLE given")


def test_a_padded_value_has_its_shape(database: str, server: Server) -> None:
    with psycopg.connect(database) as connection:
        row = connection.execute(
            sql.SQL("SELECT {}, {} FROM (SELECT {}::char(80)) AS t (v)").format(
                Shape("batch_").matches(VALUE, server.version_num), Shape("batch_").uuid(VALUE), f"batch_{U}"
            )
        ).fetchone()
    assert row == (True, U)


@pytest.mark.filterwarnings("ignore")
def test_backslashes_in_plain_strings(database: str, server: Server) -> None:
    wanted = expressions(server.version_num)
    texts = [text for text in TEXTS if "\\" not in text]  # evaluate() itself writes these as E'…'
    with psycopg.connect(database) as connection:
        expected = evaluate(connection, texts, wanted)
        connection.execute("SET standard_conforming_strings = off")
        assert evaluate(connection, texts, wanted) == expected


def test_values_agree_with_python(database: str, server: Server) -> None:
    with psycopg.connect(database) as connection:
        rows = evaluate(connection, TEXTS, expressions(server.version_num))
    for text, row in zip(TEXTS, rows, strict=True):
        uuid = parse(text)
        assert row["parsed"] == uuid
        assert row["cheapest"] == row["derive"] == (uuid or derive(text))
        assert row["name"] == classify(text)
        assert [row[f"text {shape}"] for shape in SHAPES] == [uuid and shape.render(uuid) for shape in SHAPES]


@pytest.mark.parametrize("version_num", [150000, 180000])
def test_no_driver_finds_a_parameter(version_num: int) -> None:
    for name, expression in expressions(version_num).items():
        text = expression.as_string(None)
        assert "%" not in text, name
        clause = sqlalchemy.text(text)
        assert clause.compile().params == {}, name
        assert str(clause) == text, name
        assert re.search(r"[\t\n]|[$][0-9]", text) is None, name


def test_no_expression_needs_more_than_the_server_has(database: str, server: Server) -> None:
    """In a database without extensions, as a role that may do nothing, with nothing on the search path."""
    with psycopg.connect(database) as connection:
        role = sql.Identifier(f"nobody_{connection.info.dbname}")
        connection.execute(sql.SQL("CREATE ROLE {}").format(role))
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(role))
        connection.execute("SET LOCAL search_path = ''")
        assert len(evaluate(connection, TEXTS[:10], expressions(server.version_num))) == 10
        connection.rollback()
