"""The registry of formats, and what a project adds to it."""

from __future__ import annotations

import base64
import re
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from tests.uuidkit.ids.evaluation import VALUE, evaluate
from tests.uuidkit.ids.values import generate
from uuidkit.ids import FORMATS, Format, Formats, Shape, classify, parse
from uuidkit.ids import sql as ids_sql
from uuidkit.ids.expression import ShapeUse, cheapest
from uuidkit.ids.formats import pattern_condition

BASE64 = re.compile("[A-Za-z0-9+/]{21}[AQgw]==")


def _base64_uuid(text: str) -> UUID | None:
    return UUID(bytes=base64.b64decode(text)) if BASE64.fullmatch(text) else None


BASE64_FORMAT = Format(
    name="base64",
    description="The 16 bytes in base 64, padded.",
    example="wKjy1FseTzqdJx5rikx/BQ==",
    parse=_base64_uuid,
    sql_condition=pattern_condition(BASE64.pattern),
    sql_uuid=lambda text: sql.SQL("encode(decode({}, 'base64'), 'hex')::uuid").format(text),
)


def test_the_order_of_the_built_in_formats() -> None:
    names = [known.name for known in FORMATS]
    assert names == ["canonical", "hex", "braced", "hyphenated", "underscored", "prefixed"]
    assert len(FORMATS) == 6
    assert all(FORMATS[name].name == name and name in FORMATS for name in names)


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.name)
def test_descriptions_and_examples(known: Format) -> None:
    assert known.description.endswith(".")
    assert classify(known.example) == known.name
    assert parse(known.example) == known.parse(known.example) == UUID("c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f05")


def test_an_added_format_comes_last_and_stays_in_its_registry() -> None:
    formats = Formats()
    assert formats.add(BASE64_FORMAT) is BASE64_FORMAT
    assert formats.added == (BASE64_FORMAT,)
    assert [known.name for known in formats][-1] == "base64"
    assert formats.classify(f" {BASE64_FORMAT.example}\n") == "base64"
    assert formats.parse(BASE64_FORMAT.example) == _base64_uuid(BASE64_FORMAT.example)
    assert "base64" not in FORMATS
    assert classify(BASE64_FORMAT.example) is None
    assert parse(BASE64_FORMAT.example) is None


def test_an_added_format_on_the_server(database: str) -> None:
    formats = Formats()
    formats.add(BASE64_FORMAT)
    texts = [
        BASE64_FORMAT.example,
        f"\t{BASE64_FORMAT.example} ",
        "wKjy1FseTzqdJx5rikx/BR==",
        *generate(2_000, seed=64),
    ]
    uses = [ShapeUse(Shape("batch_")), ShapeUse(Shape("", "hex"))]
    with psycopg.connect(database) as connection:
        rows = evaluate(
            connection,
            texts,
            {
                "parseable": ids_sql.is_parseable(VALUE, formats),
                "parsed": ids_sql.parsed(VALUE, formats),
                "name": ids_sql.format_name(VALUE, formats),
                "converted": ids_sql.conversion(VALUE, "null", formats),
                "cheapest": cheapest(VALUE, uses, "null", connection.info.server_version, formats=formats),
            },
        )
    assert [row["name"] for row in rows[:3]] == ["base64", "base64", None]
    for text, row in zip(texts, rows, strict=True):
        uuid = formats.parse(text)
        assert row["parsed"] == row["converted"] == row["cheapest"] == uuid, text
        assert row["parseable"] == (uuid is not None), text
        assert row["name"] == formats.classify(text), text


def test_a_condition_that_is_null_means_no(database: str) -> None:
    formats = Formats()
    unsure = Format("unsure", "An example.", "?", lambda text: UUID(int=0) if text == "?" else None, _null, _null)
    formats.add(unsure)
    with psycopg.connect(database) as connection:
        assert evaluate(connection, ["?"], {"parseable": ids_sql.is_parseable(VALUE, formats)}) == [
            {"parseable": False}
        ]


def _null(text: sql.Composable) -> sql.Composable:
    return sql.NULL


def _renamed(**changes: Any) -> Format:
    fields = {name: getattr(BASE64_FORMAT, name) for name in Format.__dataclass_fields__}
    return Format(**{**fields, **changes})


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (_renamed(name="hex"), "'hex' is taken"),
        (_renamed(name=""), "is empty"),
        (_renamed(name="other", example="batch_c0a8f2d45b1e4f3a9d271e6b8a4c7f05"), "already of format 'prefixed'"),
        (_renamed(name="other", example="wKjy1FseTzqdJx5rikx/BR=="), "does not parse its own example"),
    ],
)
def test_what_cannot_be_added(new: Format, reason: str) -> None:
    formats = Formats()
    with pytest.raises(ValueError, match=reason):
        formats.add(new)
    assert formats.added == ()


def test_a_second_format_may_not_take_the_firsts_example() -> None:
    formats = Formats()
    formats.add(BASE64_FORMAT)
    with pytest.raises(ValueError, match="already of format 'base64'"):
        formats.add(_renamed(name="again"))
