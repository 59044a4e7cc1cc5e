"""The uuid of a text that holds none."""

from __future__ import annotations

import hashlib
from uuid import RFC_4122, UUID

import psycopg
import pytest

from tests.uuidkit.ids.evaluation import VALUE, evaluate
from uuidkit.ids import NAMESPACE, derive, parse
from uuidkit.ids import sql as ids_sql
from uuidkit.ids.derivation import version8

# These are in users' databases: they may never change.
KNOWN = {
    "": UUID("85757fc8-6d43-8ea1-9ca5-161ac611f762"),
    "310": UUID("375094ff-f9ea-8971-8f70-f76d945954a0"),
    "batch_20240131_235959": UUID("988e07bc-e525-80c4-8fde-abd9dc6a07ed"),
    "b\u00e4tch \U0001f600 \\ % '": UUID("de75d69a-f52c-8cd8-b958-e29dd2ae6d27"),
}


def test_the_vector_of_the_rfc() -> None:
    """RFC 9562, appendix B.2."""
    dns = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
    assert version8(dns, b"www.example.com") == UUID("5c146b14-3c52-8afd-938a-375d0df1fbf6")


@pytest.mark.parametrize(("text", "expected"), KNOWN.items())
def test_derived_uuids_never_change(text: str, expected: UUID) -> None:
    assert derive(text) == expected


def test_version_variant_and_hash() -> None:
    for number in range(1_000):
        uuid = derive(f"job_{number}")
        assert uuid.version == 8
        assert uuid.variant == RFC_4122
        digest = hashlib.sha256(NAMESPACE.bytes + f"job_{number}".encode()).digest()
        differing = int.from_bytes(digest[:16], "big") ^ uuid.int
        assert differing & ~(0xF << 76 | 0b11 << 62) == 0


def test_blanks_around_do_not_count_and_everything_else_does() -> None:
    assert derive(" 310\n") == derive("310")
    assert derive("\u00a0310") != derive("310")
    assert derive("Job_1") != derive("job_1")
    assert derive(" ") == derive("")


def test_a_derived_uuid_is_not_derived_again() -> None:
    uuid = derive("310")
    assert parse(str(uuid)) == uuid
    assert derive(str(uuid)) != uuid


def test_half_a_surrogate_pair_is_no_text() -> None:
    with pytest.raises(UnicodeEncodeError):
        derive("\ud800")


def test_the_server_derives_the_same(database: str) -> None:
    texts = [*KNOWN, *(f"job_{number}" for number in range(5_000))]
    with psycopg.connect(database) as connection:
        rows = evaluate(connection, texts, {"uuid": ids_sql.derived(VALUE)})
    assert [row["uuid"] for row in rows] == [derive(text) for text in texts]


def test_in_a_database_of_another_encoding(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        name = f"{connection.info.dbname}_latin1"
        connection.execute(f"CREATE DATABASE {name} ENCODING LATIN1 LOCALE 'C' TEMPLATE template0")
        try:
            with psycopg.connect(database, dbname=name) as other:
                assert other.execute("SHOW server_encoding").fetchone() == ("LATIN1",)
                texts = ["b\u00e4tch", " \u00fc ", "310", "\u00a0"]
                rows = evaluate(other, texts, {"uuid": ids_sql.derived(VALUE), "parsed": ids_sql.parsed(VALUE)})
                assert [row["uuid"] for row in rows] == [derive(text) for text in texts]
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
