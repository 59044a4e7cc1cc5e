from __future__ import annotations

import re
from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql

from uuidkit.report.layout import width
from uuidkit.report.sqltext import wrap_sql

Connection = psycopg.Connection[tuple[object, ...]]


@pytest.fixture(scope="module")
def module_connection(module_database: str) -> Iterator[Connection]:
    with psycopg.connect(module_database, autocommit=True) as connection:
        yield connection


words = st.sampled_from(
    ["SELECT", "a", '"two words"', "'a  b'", "E'it\\'s  so'", "'it''s'", "(x)::text", "=", "||", ",", "right(v, 36)"]
)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@given(st.lists(words, min_size=1, max_size=60))
def test_lines_fit_and_say_the_same(parts: list[str]) -> None:
    statement = " ".join(parts)
    lines = wrap_sql(statement, "    ", columns=60)
    assert all(width(line) <= 60 for line in lines)
    assert squeezed(" ".join(lines)) == squeezed(statement)
    # Nothing within quotes is broken: every quoted word is whole on one line.
    for word in ('"two words"', "'a  b'", "E'it\\'s  so'"):
        assert sum(line.count(word) for line in lines) == statement.count(word)


def test_words_without_blanks_break_between_their_atoms() -> None:
    name = "n" * 30
    assert wrap_sql(f'SELECT f("{name}","{name}"."{name}")::text', columns=60) == [
        f'SELECT f("{name}",',
        f'  "{name}".',
        f'  "{name}")::text',
    ]


def test_a_literal_that_fits_no_line_becomes_several() -> None:
    lines = wrap_sql(f"INSERT INTO t VALUES ('{'some words ' * 20}', 1)", "  ", columns=60)
    assert all(width(line) <= 60 for line in lines)
    assert lines[:2] == [
        "  INSERT INTO t VALUES (",
        "    'some words some words some words some words some '",
    ]
    assert lines[-1].endswith("', 1)")


@given(
    st.lists(
        st.text(st.sampled_from("ab1x'\\\n \"表-"), max_size=200).map(lambda text: text + "x" * 50),
        min_size=1,
        max_size=3,
    )
)
def test_the_server_reads_the_lines_as_it_reads_the_statement(module_connection: Connection, values: list[str]) -> None:
    statement = sql.SQL("SELECT ARRAY[{}]").format(sql.SQL(", ").join(map(sql.Literal, values))).as_string(None)
    lines = wrap_sql(statement, "  ", columns=40)
    assert all(width(line) <= 40 for line in lines)
    [(read,)] = module_connection.execute("\n".join(lines)).fetchall()
    assert read == values


def test_own_line_breaks_and_their_indentation_stay() -> None:
    assert wrap_sql("ALTER TABLE t\n  ADD a,\n  ADD b", "   ") == ["   ALTER TABLE t", "     ADD a,", "     ADD b"]


def test_code_in_dollar_quotes_is_set_in_lines_too() -> None:
    assert wrap_sql("DO $uuidkit$\nBEGIN\n  PERFORM 'x;  y';\nEND\n$uuidkit$;", "  ") == [
        "  DO $uuidkit$",
        "  BEGIN",
        "    PERFORM 'x;  y';",
        "  END",
        "  $uuidkit$;",
    ]


@pytest.mark.parametrize("statement", ["SELECT 'unfinished", 'SELECT "unfinished', "SELECT $tag$ unfinished", "$$", ""])
def test_strange_statements_are_shown_as_they_are(statement: str) -> None:
    assert squeezed(" ".join(wrap_sql(statement))) == squeezed(statement)


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert wrap_sql("SELECT '\x1b[31m'") == [r"SELECT '\x1b[31m'"]
