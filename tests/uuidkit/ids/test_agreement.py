"""Python and the server judge every value alike: 100,000 generated ones, hostile ones, those of hypothesis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from tests.support.servers import Server
from tests.uuidkit.ids import reference, values
from tests.uuidkit.ids.evaluation import VALUE, evaluate, make_attempt
from uuidkit.ids import FORMATS, Shape, classify, derive, grammar, parse
from uuidkit.ids import sql as ids_sql
from uuidkit.ids.expression import ShapeUse, cheapest

COUNT = 100_000
SHAPES = tuple(
    Shape(prefix, spelling)
    for prefix in ("batch_", "", "urn:uuid:", "batch-")
    for spelling in ("canonical", "hex", "braced", "underscored")
)
GUARDED = [ShapeUse(shape) for shape in SHAPES]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Distinct generated values."""
    found = dict.fromkeys(values.generate(COUNT + COUNT // 4, seed=20240131))
    for number in range(200):
        found.update(dict.fromkeys(values.every_shape(UUID(int=number * 0x0123456789ABCDEF0123456789ABCDEF % 2**128))))
    return list(found)


@pytest.fixture(scope="module")
def connection(module_database: str, texts: list[str]) -> Iterator[psycopg.Connection[Any]]:
    """A connection on which the table `given` holds all values and what Python says about each."""
    with psycopg.connect(module_database) as connection:
        connection.execute(
            "CREATE TEMP TABLE given (place int, v text, uuid uuid, name text, prefix text, derived uuid, shape int)"
        )
        with connection.cursor().copy("COPY given FROM STDIN") as copy:
            for place, text in enumerate(texts):
                parts = grammar.split(grammar.trim(text))
                prefix = parts.prefix or None if parts else None
                copy.write_row((place, text, parse(text), classify(text), prefix, derive(text), shape_number(text)))
        yield connection


def shape_number(text: str) -> int:
    """Which of SHAPES a text has, -1 for none."""
    return next((n for n, shape in enumerate(SHAPES) if shape.length == len(text) and shape.fits(text)), -1)


def differences(
    connection: psycopg.Connection[Any], checks: Mapping[str, tuple[sql.Composable, sql.Composable]]
) -> dict[str, list[str]]:
    """For each check the first values for which expectation and expression differ."""
    columns = [
        sql.SQL("(array_agg(v) FILTER (WHERE ({}) IS DISTINCT FROM ({})))[:5]").format(*check)
        for check in checks.values()
    ]
    row = connection.execute(sql.SQL("SELECT {} FROM given").format(sql.SQL(", ").join(columns))).fetchone()
    assert row is not None
    return {name: found for name, found in zip(checks, row, strict=True) if found}


def test_the_values_are_worth_trying(texts: list[str]) -> None:
    assert len(texts) >= COUNT
    counts = Counter(classify(text) for text in texts)
    assert set(counts) == {*(known.name for known in FORMATS), None}
    assert min(counts.values()) > 1_000
    assert counts[None] > COUNT // 4
    assert set(map(shape_number, texts)) == {-1, *range(len(SHAPES))}


def test_an_independent_reading_agrees(texts: list[str]) -> None:
    for text in texts:
        parts = grammar.split(grammar.trim(text))
        read = None if parts is None else (classify(text), parts.prefix, parse(text))
        assert read == reference.read(text), text


def test_each_value_has_one_format(texts: list[str]) -> None:
    for text in texts[::5]:
        trimmed = grammar.trim(text)
        names = [known.name for known in FORMATS if known.parse(trimmed) is not None]
        assert names == ([] if parse(text) is None else [classify(text)]), text


def test_server_agrees_on_every_value(connection: psycopg.Connection[Any]) -> None:
    column = {name: sql.Identifier(name) for name in ("uuid", "name", "prefix", "derived")}
    checks = {
        "is_parseable": (sql.SQL("uuid IS NOT NULL"), ids_sql.is_parseable(VALUE)),
        "parsed": (column["uuid"], ids_sql.parsed(VALUE)),
        "format_name": (column["name"], ids_sql.format_name(VALUE)),
        "prefix_of": (column["prefix"], ids_sql.prefix_of(VALUE)),
        "derived": (column["derived"], ids_sql.derived(VALUE)),
        "conversion null": (column["uuid"], ids_sql.conversion(VALUE, "null")),
        "conversion derive": (sql.SQL("coalesce(uuid, derived)"), ids_sql.conversion(VALUE, "derive")),
    }
    assert differences(connection, checks) == {}


def test_each_format_alone_agrees(connection: psycopg.Connection[Any]) -> None:
    text = ids_sql.trimmed(VALUE)
    checks = {
        known.name: (
            sql.SQL("CASE WHEN name = {} THEN uuid END").format(sql.Literal(known.name)),
            sql.SQL("CASE WHEN {} THEN {} END").format(known.sql_condition(text), known.sql_uuid(text)),
        )
        for known in FORMATS
    }
    assert differences(connection, checks) == {}


def test_shapes_agree(connection: psycopg.Connection[Any], server: Server) -> None:
    checks: dict[str, tuple[sql.Composable, sql.Composable]] = {}
    for number, shape in enumerate(SHAPES):
        expected = sql.SQL("shape = {}").format(sql.Literal(number))
        checks[f"{shape} matches"] = (expected, shape.matches(VALUE, server.version_num))
        checks[f"{shape} matches before 16"] = (expected, shape.matches(VALUE, 150000))
        looks_like_what_it_is = sql.SQL("{} OR {}").format(shape.looks_like(VALUE), expected)
        checks[f"{shape} looks_like"] = (looks_like_what_it_is, shape.looks_like(VALUE))
        checks[f"{shape} uuid"] = (
            sql.SQL("CASE WHEN {} THEN uuid END").format(expected),
            sql.SQL("CASE WHEN {} THEN {} END").format(expected, shape.uuid(VALUE)),
        )
    assert differences(connection, checks) == {}


@pytest.mark.parametrize("version_num", [150000, None], ids=["before 16", "own version"])
def test_cheapest_is_exact(connection: psycopg.Connection[Any], server: Server, version_num: int | None) -> None:
    version_num = version_num or server.version_num
    checks: dict[str, tuple[sql.Composable, sql.Composable]] = {}
    unguarded = [ShapeUse(shape, guard=False) for shape in SHAPES[:3]]
    for uses, complete in ((GUARDED, False), (unguarded, True)):  # in these modes neither word is relied on
        null = cheapest(VALUE, uses, "null", version_num, complete=complete)
        checks[f"null {len(uses)}"] = (sql.SQL("uuid"), null)
        derived = cheapest(VALUE, uses, "derive", version_num, complete=complete)
        checks[f"derive {len(uses)}"] = (sql.SQL("coalesce(uuid, derived)"), derived)
    assert differences(connection, checks) == {}


def test_fail_fails_where_it_should_and_nowhere_else(
    connection: psycopg.Connection[Any], server: Server, guarded_as_surveyed: list[ShapeUse]
) -> None:
    assert {use.guard for use in guarded_as_surveyed} == {True, False}
    make_attempt(connection, "general", ids_sql.conversion(VALUE, "fail"))
    make_attempt(connection, "guarded", cheapest(VALUE, GUARDED, "fail", server.version_num))
    make_attempt(connection, "relying", cheapest(VALUE, guarded_as_surveyed, "fail", server.version_num))
    make_attempt(
        connection, "complete", cheapest(VALUE, guarded_as_surveyed, "fail", server.version_num, complete=True)
    )
    rows = connection.execute(
        """SELECT v, uuid, shape >= 0, pg_temp.general(v), pg_temp.guarded(v), pg_temp.relying(v), pg_temp.complete(v)
           FROM given WHERE place % 4 = 0"""
    ).fetchall()
    assert len(rows) > COUNT // 4
    for text, uuid, surveyed, general, guarded, relying, complete in rows:
        assert general == guarded == uuid, text
        # What relies on the survey may fail on a value that was not in it; it never gives another uuid.
        assert relying == uuid or (relying is None and not surveyed), text
        assert complete == uuid or (complete is None and not surveyed), text


@pytest.fixture
def guarded_as_surveyed(connection: psycopg.Connection[Any]) -> list[ShapeUse]:
    """All shapes, as a survey of the values that have one of them would report them."""
    guards = [
        sql.SQL("bool_or({} AND shape <> {})").format(shape.looks_like(VALUE), sql.Literal(number))
        for number, shape in enumerate(SHAPES)
    ]
    row = connection.execute(sql.SQL("SELECT {} FROM given WHERE shape >= 0").format(sql.SQL(", ").join(guards)))
    return [ShapeUse(shape, guard) for shape, guard in zip(SHAPES, row.fetchone() or (), strict=True)]


def test_the_servers_own_cast_accepts_the_formats_without_prefix(connection: psycopg.Connection[Any]) -> None:
    make_attempt(connection, "own", sql.SQL("v::uuid"))
    accepted = {"canonical", "hex", "braced", "hyphenated"}
    rows = connection.execute("SELECT v, name, uuid, pg_temp.own(v) FROM given WHERE place % 2 = 0").fetchall()
    assert len(rows) > COUNT // 2
    for text, name, uuid, own in rows:
        assert own == (uuid if name in accepted and text == grammar.trim(text) else None), text


def test_enormous_values_take_no_time(connection: psycopg.Connection[Any], server: Server) -> None:
    texts = values.enormous()
    connection.execute("SET LOCAL statement_timeout = '20s'")
    rows = evaluate(
        connection,
        texts,
        {
            "parsed": ids_sql.parsed(VALUE),
            "name": ids_sql.format_name(VALUE),
            "prefix": ids_sql.prefix_of(VALUE),
            "derived": ids_sql.derived(VALUE),
            "cheapest": cheapest(VALUE, GUARDED, "null", server.version_num),
        },
    )
    for number, (text, row) in enumerate(zip(texts, rows, strict=True)):
        assert (parse(text) is not None) == (number < 4)
        parts = grammar.split(grammar.trim(text))
        assert row["parsed"] == row["cheapest"] == parse(text)
        assert row["name"] == classify(text)
        assert row["prefix"] == (parts.prefix or None if parts else None)
        assert row["derived"] == derive(text)
        assert Shape().fits(text) is False


pieces = st.one_of(
    st.sampled_from(values.PREFIXES),
    st.uuids().flatmap(lambda uuid: st.sampled_from(values.spellings(uuid))),
    st.text(alphabet=values.ALPHABET, max_size=6),
    st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=4),
    st.sampled_from(values.BLANKS),
)


def test_server_agrees_on_what_hypothesis_finds(connection: psycopg.Connection[Any]) -> None:
    expressions = {
        "parsed": ids_sql.parsed(VALUE),
        "name": ids_sql.format_name(VALUE),
        "prefix": ids_sql.prefix_of(VALUE),
        "derived": ids_sql.derived(VALUE),
    }

    @settings(max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.lists(pieces, max_size=4).map("".join), max_size=100))
    def agree(texts: list[str]) -> None:
        for text, row in zip(texts, evaluate(connection, texts, expressions), strict=True):
            read = reference.read(text)
            assert (row["name"], row["prefix"], row["parsed"]) == (
                (read[0], read[1] or None, read[2]) if read else (None, None, None)
            ), text
            assert (row["name"], row["parsed"], row["derived"]) == (classify(text), parse(text), derive(text)), text

    agree()
