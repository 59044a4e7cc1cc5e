"""Text defaults, as PostgreSQL prints them, and the uuid defaults they become; each is then used by the server."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest

from uuidkit import ids
from uuidkit.database import conninfo
from uuidkit.planning.defaults import convert_default

TYPES = ["varchar", "text", "varchar(80)", "char(80)"]

FRESH = [
    "gen_random_uuid()",
    "gen_random_uuid()::text",
    "'batch_' || gen_random_uuid()",
    "'batch_' || gen_random_uuid()::text",
    "'batch_' || 'job_' || gen_random_uuid()",
    "replace(gen_random_uuid()::text, '-', '')",
    "replace(gen_random_uuid()::text, '-', '_')",
    "'batch_' || replace(gen_random_uuid()::text, '-', '')",
    "concat('batch_', gen_random_uuid())",
    "upper(gen_random_uuid()::text)",
    "lower('Batch_' || gen_random_uuid())",
    "md5(random()::text)",
    "md5(random()::text || clock_timestamp()::text)",
]

NOT_UNDERSTOOD = [
    "current_user",
    "'job_' || left(md5(random()::text), 8)",
    "'two words ' || gen_random_uuid()",
    "'dead-' || gen_random_uuid()",  # hexadecimal word before a hyphen: no prefix
    "gen_random_uuid()::text || '_x'",
    "left(gen_random_uuid()::text, 30)",
    "replace(gen_random_uuid()::text, '4', '5')",
    "nextval('numbers')::text",
    "md5('a') || md5('b')",
]


@pytest.fixture(scope="module")
def connection(module_database: str) -> Iterator[psycopg.Connection[tuple[str]]]:
    with psycopg.connect(conninfo(module_database), autocommit=True) as found:
        found.execute("CREATE SEQUENCE numbers")
        yield found


def printed(connection: psycopg.Connection[tuple[str]], type_name: str, default: str) -> str | None:
    connection.execute("DROP TABLE IF EXISTS probe")
    connection.execute(f"CREATE TABLE probe (id {type_name} DEFAULT {default})")
    row = connection.execute(
        "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'probe'::regclass"
    ).fetchone()
    return None if row is None else row[0]


@pytest.mark.parametrize("type_name", TYPES)
@pytest.mark.parametrize("default", FRESH)
def test_a_fresh_id_stays_a_fresh_id(connection: psycopg.Connection[tuple[str]], type_name: str, default: str) -> None:
    found = convert_default(printed(connection, type_name, default), "fail")
    assert found.understood
    connection.execute("DROP TABLE probe")
    connection.execute(f"CREATE TABLE probe (n int, id uuid DEFAULT {found.expression})")
    connection.execute("INSERT INTO probe (n) SELECT generate_series(1, 3)")
    assert connection.execute("SELECT count(DISTINCT id) FROM probe").fetchone() == (3,)


@pytest.mark.parametrize("default", NOT_UNDERSTOOD)
def test_what_is_not_understood_is_left_to_the_user(connection: psycopg.Connection[tuple[str]], default: str) -> None:
    found = convert_default(printed(connection, "text", default), "derive")
    assert not found.understood
    assert found.why


@pytest.mark.parametrize("type_name", TYPES)
def test_a_fixed_id_becomes_its_uuid(connection: psycopg.Connection[tuple[str]], type_name: str) -> None:
    text = "batch_687D53C4-1111-4222-8333-944455556666"
    found = convert_default(printed(connection, type_name, f"'{text}'"), "fail")
    row = connection.execute(f"SELECT {found.expression}").fetchone()
    assert row == (uuid.UUID("687d53c4-1111-4222-8333-944455556666"),)


@pytest.mark.parametrize("text", ["310", "it's none", ""])
def test_a_fixed_text_without_a_uuid_is_treated_as_a_value_is(
    connection: psycopg.Connection[tuple[str]], text: str
) -> None:
    default = printed(connection, "varchar", "'" + text.replace("'", "''") + "'")
    assert not convert_default(default, "fail").understood
    assert convert_default(default, "null") == convert_default(None, "null")
    derived = convert_default(default, "derive")
    assert connection.execute(f"SELECT {derived.expression}").fetchone() == (ids.derive(text),)


@pytest.mark.parametrize("type_name", TYPES)
def test_no_default_and_null_are_none(connection: psycopg.Connection[tuple[str]], type_name: str) -> None:
    assert convert_default(None, "fail").expression is None
    assert convert_default(printed(connection, type_name, "NULL"), "fail") == convert_default(None, "fail")
