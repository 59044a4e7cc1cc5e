"""The rules for one value, as a table: what it is, in Python and on the server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.uuidkit.ids.evaluation import VALUE, evaluate
from tests.uuidkit.ids.values import enormous
from uuidkit.ids import FORMATS, classify, derive, grammar, parse
from uuidkit.ids import sql as ids_sql

U = UUID("c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f05")
CANONICAL = str(U)
HEX = U.hex
FOURS = "c0a8-f2d4-5b1e-4f3a-9d27-1e6b-8a4c-7f05"
UNDERSCORED = CANONICAL.replace("-", "_")

# (text, format, prefix)
PARSEABLE = [
    (CANONICAL, "canonical", None),
    (CANONICAL.upper(), "canonical", None),
    (CANONICAL[:10] + CANONICAL[10:].upper(), "canonical", None),
    (HEX, "hex", None),
    (HEX.upper(), "hex", None),
    ("{" + CANONICAL + "}", "braced", None),
    ("{" + HEX + "}", "braced", None),
    ("{" + FOURS + "}", "braced", None),
    (FOURS, "hyphenated", None),
    ("c0a8f2d4-5b1e4f3a9d271e6b8a4c7f05", "hyphenated", None),
    ("c0a8f2d45b1e4f3a9d271e6b8a4c-7f05", "hyphenated", None),
    ("c0a8-f2d4-5b1e-4f3a-9d271e6b8a4c7f05", "hyphenated", None),  # 36 characters, but not in the usual places
    (UNDERSCORED, "underscored", None),
    (FOURS.replace("-", "_"), "underscored", None),
    ("c0a8f2d4_5b1e-4f3a-9d27-1e6b8a4c7f05", "underscored", None),
    ("c0a8_f2d45b1e4f3a9d271e6b8a4c7f05", "underscored", None),
    # a prefix with each separator
    ("batch_" + HEX, "prefixed", "batch_"),
    ("batch:" + HEX, "prefixed", "batch:"),
    ("batch." + HEX, "prefixed", "batch."),
    ("batch/" + HEX, "prefixed", "batch/"),
    ("batch-" + HEX, "prefixed", "batch-"),
    # every spelling after it
    ("batch_" + CANONICAL.upper(), "prefixed", "batch_"),
    ("batch_{" + CANONICAL + "}", "prefixed", "batch_"),
    ("batch_" + UNDERSCORED, "prefixed", "batch_"),
    ("batch_" + FOURS, "prefixed", "batch_"),
    # several words, digits within a word, one letter
    ("batch_domain_sitemap_" + CANONICAL, "prefixed", "batch_domain_sitemap_"),
    ("urn:uuid:" + CANONICAL, "prefixed", "urn:uuid:"),
    ("a/b.c:d_" + HEX, "prefixed", "a/b.c:d_"),
    ("A1b2_" + HEX, "prefixed", "A1b2_"),
    ("x-" + HEX, "prefixed", "x-"),
    ("job-batch-" + CANONICAL, "prefixed", "job-batch-"),
    # a word of hex digits only may stand before every separator but the hyphen
    ("fee_" + HEX, "prefixed", "fee_"),
    ("deadbeef_" + HEX, "prefixed", "deadbeef_"),
    ("deadbeef:" + CANONICAL, "prefixed", "deadbeef:"),
    ("dead9beef8g-" + HEX, "prefixed", "dead9beef8g-"),
    # blanks around
    (f" {CANONICAL}", "canonical", None),
    (f"{HEX}\n", "hex", None),
    (f" \t\n\r\f\v{HEX}\v\f\r\n\t ", "hex", None),
    (f"\tbatch_{HEX} ", "prefixed", "batch_"),
]

UNPARSEABLE = [
    "",
    " ",
    "310",
    "batch_",
    "{}",
    "batch_c0a8f2d45b1e",
    "job_c0a8f2d4",
    "batch_20240131_235959",
    "domain_batch_20240131_235959",
    "ChIJN1t_tDeuEmsRUsoyG83frY4",
    # something after the uuid
    f"{CANONICAL}_c0a8f2d4",
    f"batch_{CANONICAL}_c0a8f2d4",
    f"batch_{HEX}/",
    f"{HEX}.html",
    f"{CANONICAL}-",
    f"{CANONICAL}}}",
    # a uuid in the middle, or two
    f"batch_{CANONICAL}_x",
    f"{CANONICAL}_{CANONICAL}",
    f"{CANONICAL}{CANONICAL}",
    # longer hex strings
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "batch_da39a3ee5e6b4b0d3255bfef95601890afd80709",
    f"0{HEX}",
    f"batch_0{HEX}",
    HEX[1:],
    # prefixes that are none
    f"deadbeef-{HEX}",
    f"fee-{CANONICAL}",
    f"batch_fee-{HEX}",
    f"batch{HEX}",
    f"_{HEX}",
    f"-{HEX}",
    f"1_{HEX}",
    f"9batch_{HEX}",
    f"batch__{HEX}",
    f"batch_-{HEX}",
    f"ba tch_{HEX}",
    f"batch_ {HEX}",
    f"https://{CANONICAL}",
    f"https://example.org/{CANONICAL}",
    f"someone@example.org/{HEX}",
    f"b\u00e4tch_{HEX}",
    f"b\uff41tch_{HEX}",
    f"batch\u2010{HEX}",
    f"batch|{HEX}",
    f"batch={HEX}",
    # wrong joints
    f"{CANONICAL[:8]}--{CANONICAL[9:]}",
    f"{CANONICAL[:7]}-{CANONICAL[7]}{CANONICAL[9:]}",
    f"-{CANONICAL}",
    CANONICAL.replace("-", " "),
    CANONICAL.replace("-", "\u2010"),
    CANONICAL.replace("-", ":"),
    f"{HEX[:2]}-{HEX[2:]}",
    # braces
    f"{{{CANONICAL}",
    f"{CANONICAL}}}",
    f"{{{{{CANONICAL}}}}}",
    f"({CANONICAL})",
    f"{{ {CANONICAL} }}",
    f"{{batch_{HEX}}}",
    f"{{{UNDERSCORED}}}",  # braces go with hyphens only
    f"batch_{{{UNDERSCORED}}}",
    f"{{{CANONICAL}-}}",
    # digits that are no ASCII digits, letters that are no hex digits
    CANONICAL.replace("0", "\u0660"),
    CANONICAL.replace("5", "\uff15"),
    CANONICAL.replace("a", "\uff41"),
    CANONICAL.replace("0", "O"),
    CANONICAL[:-1] + "g",
    # blanks that are not ASCII, and blanks inside
    f"\u00a0{CANONICAL}",
    f"{CANONICAL}\u2003",
    f"\ufeff{CANONICAL}",
    f"\x1c{CANONICAL}",
    f"{CANONICAL}\x85",
    f"{CANONICAL[:9]} {CANONICAL[9:]}",
    f"{CANONICAL}\n.",
    f"x\n{CANONICAL}",
]


@pytest.fixture
def connection(module_database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(module_database) as connection:
        yield connection


@pytest.mark.parametrize(("text", "name", "prefix"), PARSEABLE)
def test_parseable(text: str, name: str, prefix: str | None) -> None:
    assert parse(text) == U
    assert classify(text) == name
    parts = grammar.split(grammar.trim(text))
    assert parts is not None
    assert (parts.prefix or None) == prefix
    assert parts.prefix + parts.body == grammar.trim(text)


@pytest.mark.parametrize("text", UNPARSEABLE)
def test_unparseable(text: str) -> None:
    assert parse(text) is None
    assert classify(text) is None


def test_every_format_is_in_the_table() -> None:
    assert {name for _, name, _ in PARSEABLE} == {known.name for known in FORMATS}


def test_the_server_reads_the_table_alike(connection: psycopg.Connection[Any]) -> None:
    expressions = {
        "parseable": ids_sql.is_parseable(VALUE),
        "uuid": ids_sql.parsed(VALUE),
        "name": ids_sql.format_name(VALUE),
        "prefix": ids_sql.prefix_of(VALUE),
        "null": ids_sql.conversion(VALUE, "null"),
        "derive": ids_sql.conversion(VALUE, "derive"),
    }
    rows = evaluate(connection, [text for text, _, _ in PARSEABLE], expressions)
    for (text, name, prefix), row in zip(PARSEABLE, rows, strict=True):
        expected = {"parseable": True, "uuid": U, "name": name, "prefix": prefix, "null": U, "derive": U}
        assert row == expected, text
    rows = evaluate(connection, UNPARSEABLE, expressions)
    for text, row in zip(UNPARSEABLE, rows, strict=True):
        expected = {"parseable": False, "uuid": None, "name": None, "prefix": None, "null": None}
        assert row == {**expected, "derive": derive(text)}, text


def test_fail_converts_what_is_parseable(connection: psycopg.Connection[Any]) -> None:
    rows = evaluate(connection, [text for text, _, _ in PARSEABLE], {"uuid": ids_sql.conversion(VALUE, "fail")})
    assert {row["uuid"] for row in rows} == {U}


@pytest.mark.parametrize("text", UNPARSEABLE)
def test_fail_names_the_value(connection: psycopg.Connection[Any], text: str) -> None:
    with pytest.raises(psycopg.errors.InvalidTextRepresentation) as error:
        evaluate(connection, [text], {"uuid": ids_sql.conversion(VALUE, "fail")})
    assert error.value.diag.message_primary == f'invalid input syntax for type uuid: "{text}"'


def test_null_stays_null(connection: psycopg.Connection[Any]) -> None:
    modes: tuple[ids_sql.OnUnparseable, ...] = ("fail", "derive", "null")
    expressions = {mode: ids_sql.conversion(VALUE, mode) for mode in modes} | {
        "parseable": ids_sql.is_parseable(VALUE),
        "parsed": ids_sql.parsed(VALUE),
        "name": ids_sql.format_name(VALUE),
        "prefix": ids_sql.prefix_of(VALUE),
        "derived": ids_sql.derived(VALUE),
        "trimmed": ids_sql.trimmed(VALUE),
    }
    assert evaluate(connection, [None], expressions) == [dict.fromkeys(expressions)]


def test_enormous_values_are_read_in_linear_time() -> None:
    for text in enormous():
        started = time.perf_counter()
        parse(text)
        classify(text)
        assert time.perf_counter() - started < 1, text[:20]
