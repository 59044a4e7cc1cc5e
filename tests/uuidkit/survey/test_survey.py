"""The survey's numbers are those of the toolkit's Python side, whatever is sampled, and whatever the column is like."""

from __future__ import annotations

import random
from collections import Counter
from uuid import UUID

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from tests.uuidkit.ids.values import generate
from tests.uuidkit.survey.looking import Recorder, fill, looking, name, run
from uuidkit import ids
from uuidkit.catalog.read import read_schema
from uuidkit.database.session import adapt
from uuidkit.findings import ColumnFindings
from uuidkit.ids import Shape, grammar
from uuidkit.survey import survey
from uuidkit.survey.access import settings
from uuidkit.survey.counting import count
from uuidkit.survey.sampling import frequent

A = UUID("3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f01")


def uuids(number: int, seed: int = 1) -> list[UUID]:
    """Random uuids, the same for the same seed."""
    generator = random.Random(seed)
    return [UUID(int=generator.getrandbits(128)) for _ in range(number)]


def look(url: str, column: str = "t.v", **options: object) -> ColumnFindings:
    """The findings of one column."""
    with looking(url) as (session, schema):
        return survey(session, schema, [name(column)], **options)[name(column)]  # type: ignore[arg-type]


def agrees(findings: ColumnFindings, values: list[str | None]) -> None:
    """Every number is what Python counts."""
    texts = [value for value in values if value is not None]
    formats = Counter(ids.classify(text) for text in texts)
    unparseable = [text for text in texts if ids.parse(text) is None]
    prefixes = Counter(parts.prefix for text in texts if (parts := grammar.split(grammar.trim(text))) and parts.prefix)
    assert findings.rows == len(values)
    assert findings.nulls == len(values) - len(texts)
    assert dict(findings.formats) == {key: n for key, n in formats.items() if key is not None}
    assert findings.unparseable == len(unparseable)
    assert findings.padded == sum(grammar.trim(text) != text for text in texts)
    assert set(findings.unparseable_samples) <= {text[:80] for text in unparseable}
    assert len(findings.unparseable_samples) == min(5, len({text[:80] for text in unparseable}))
    if len(prefixes) <= 50:
        assert dict(findings.prefixes) == dict(prefixes)
    for found in findings.shapes:
        assert found.count == sum(found.shape.fits(text) for text in texts)
    assert findings.complete == (sum(found.count for found in findings.shapes) == len(texts))


def test_counts_are_those_of_python_on_hostile_values(database: str) -> None:
    values: list[str | None] = [*generate(6_000, seed=11), None, None]
    run(database, "CREATE TABLE t (v text)")
    fill(database, "t", "v", values)
    agrees(look(database), values)


def test_rare_values_in_a_large_table_are_counted_though_no_sample_met_them(database: str) -> None:
    rare = ["310", " 310 ", f"{{{A}}}", f"Sitemap_{A.hex}", "x" * 500, f"batch_{A.hex.upper()}"]
    values: list[str | None] = [f"batch_{uuid.hex}" for uuid in uuids(40_000)]
    values[20_000:20_000] = [*rare, None]
    run(database, "CREATE TABLE t (v varchar)")
    fill(database, "t", "v", values)
    found = look(database)
    agrees(found, values)
    assert [str(shape.shape) for shape in found.shapes] == ["batch_<hex>"]
    assert found.shapes[0].count == 40_001  # the case of the digits aside
    assert not found.complete


def test_what_is_looked_for_changes_no_number(database: str) -> None:
    values: list[str | None] = [*generate(2_000, seed=5), *(f"job:{uuid}" for uuid in uuids(50)), None]
    run(database, "CREATE TABLE t (v text)")
    fill(database, "t", "v", values)
    column = name("t.v")
    with looking(database) as (session, _), settings(session):
        learnt = count(session, column, frequent([value for value in values if value is not None]))
        blind = count(session, column, ())
    for field in ("rows", "nulls", "formats", "prefixes", "unparseable", "samples", "padded"):
        assert getattr(learnt, field) == getattr(blind, field)
    assert learnt.looks
    assert not blind.looks


def test_values_that_only_look_like_a_shape_are_told_apart(database: str) -> None:
    lookalikes = ["batch_" + "z" * 32, "batch_20250401_120000_and_no_uuid_here", "batch_" + "-" * 32]
    assert {len(text) for text in lookalikes} == {38}
    values: list[str | None] = [*(f"batch_{uuid.hex}" for uuid in uuids(100)), *lookalikes]
    run(database, "CREATE TABLE t (v text)")
    fill(database, "t", "v", values)
    found = look(database)
    agrees(found, values)
    [shape] = found.shapes
    assert (shape.count, shape.looks_like) == (100, 103)


def test_a_value_of_another_shape_may_look_like_one(database: str) -> None:
    # job_ and 32 digits are as long as a canonical uuid, to which no prefix belongs.
    values: list[str | None] = [*map(str, uuids(60)), *(f"job_{uuid.hex}" for uuid in uuids(40, seed=2))]
    run(database, "CREATE TABLE t (v text)")
    fill(database, "t", "v", values)
    found = look(database)
    agrees(found, values)
    by_shape = {str(shape.shape): (shape.count, shape.looks_like) for shape in found.shapes}
    assert by_shape == {"<uuid>": (60, 100), "job_<hex>": (40, 40)}


def test_the_case_of_a_shape_is_that_of_most_values(database: str) -> None:
    values: list[str | None] = [str(uuid).upper() for uuid in uuids(30)]
    values += [str(uuid) for uuid in uuids(10, seed=2)]
    mixed = "3f0a5b52-6C1D-4f5e-9A37-0c6b1d2E4F03"
    run(database, "CREATE TABLE t (v text)")
    fill(database, "t", "v", [*values, mixed])
    found = look(database)
    agrees(found, [*values, mixed])
    [shape] = found.shapes
    assert shape.shape == Shape("", "canonical", upper=True)
    assert found.complete


def test_samples_are_the_most_frequent_unparseable_texts_cut_to_80_characters(database: str) -> None:
    values: list[str | None] = ["b"] * 3 + ["a"] * 2 + ["ä" * 500] * 4 + ["d", "c", "f", str(A)]
    run(database, "CREATE TABLE t (v text)")
    fill(database, "t", "v", values)
    assert look(database).unparseable_samples == ("ä" * 80, "b", "a", "c", "d")


def test_values_of_a_megabyte(database: str) -> None:
    values: list[str | None] = [*(str(uuid) for uuid in uuids(50)), None]
    run(
        database,
        "CREATE TABLE t (v text)",
        f"INSERT INTO t SELECT repeat(md5(i::text), 32768) || '{A}' FROM generate_series(1, 20) AS i",
        "INSERT INTO t SELECT repeat('word_', 200000) || '" + A.hex + "'",
    )
    fill(database, "t", "v", values)
    found = look(database)
    assert (found.rows, found.nulls, found.unparseable) == (72, 1, 20)
    assert found.formats == {"canonical": 50, "prefixed": 1}
    assert {len(text) for text in found.unparseable_samples} == {80}


@pytest.mark.parametrize("kind", ["text", "varchar", "varchar(60)", "char(60)", 'text COLLATE "C"'])
def test_every_text_type(database: str, kind: str) -> None:
    texts = [str(A), f"batch_{A.hex}", "310", f"{{{A}}}"]
    run(database, f"CREATE TABLE t (v {kind})")
    fill(database, "t", "v", [*texts, None])
    agrees(look(database), [*texts, None])


@pytest.mark.pg_max(159999)  # the servers of the wheel are built without ICU
def test_a_nondeterministic_collation_changes_no_number(database: str) -> None:
    texts: list[str | None] = [str(A), str(A).upper(), f"batch_{A.hex}", f"BATCH_{A.hex}", "310", None]
    run(
        database,
        "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
        "CREATE TABLE t (v text COLLATE ci)",
    )
    fill(database, "t", "v", texts)
    found = look(database)
    agrees(found, texts)
    assert found.distinct == 5
    assert found.prefixes == {"batch_": 1, "BATCH_": 1}


def test_odd_names_and_schemas(database: str) -> None:
    run(
        database,
        'CREATE SCHEMA "My Schema"',
        'CREATE TABLE "My Schema"."Or%der" ("batch""Id" text, "select" text)',
        f"""INSERT INTO "My Schema"."Or%der" VALUES ('{A}', 'x%s'), (NULL, '{{{A}}}')""",
    )
    with looking(database) as (session, schema):
        table = next(iter(schema.tables))
        found = survey(session, schema, [table.column('batch"Id'), table.column("select")])
    assert found[table.column('batch"Id')].formats == {"canonical": 1}
    assert found[table.column("select")].formats == {"braced": 1}
    assert found[table.column("select")].unparseable_samples == ("x%s",)


@pytest.mark.parametrize("values", [[], [None, None]])
def test_columns_without_a_value(database: str, values: list[str | None]) -> None:
    run(database, "CREATE TABLE t (v text)")
    fill(database, "t", "v", values)
    found = look(database)
    assert (found.rows, found.nulls, found.distinct) == (len(values), len(values), 0)
    assert (found.formats, found.shapes, found.unparseable, found.complete) == ({}, (), 0, True)


def test_rows_of_partitions_and_heirs_are_counted(database: str) -> None:
    run(
        database,
        "CREATE TABLE t (v text) PARTITION BY HASH (v)",
        "CREATE TABLE t0 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
        "CREATE TABLE t1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
        "CREATE TABLE p (v text UNIQUE)",
        "CREATE TABLE c () INHERITS (p)",
        f"INSERT INTO p VALUES ('{A}')",
        f"INSERT INTO c VALUES ('{A}')",
    )
    fill(database, "t", "v", [str(uuid) for uuid in uuids(30_000)])
    assert look(database).formats == {"canonical": 30_000}
    heirs = look(database, "p.v")
    assert (heirs.rows, heirs.distinct) == (2, 1)  # the parent's key does not reach its heirs


def test_the_number_of_different_texts(database: str) -> None:
    run(
        database,
        "CREATE TABLE t (v text, k text UNIQUE)",
        "INSERT INTO t SELECT md5((i % 100)::text), nullif(i, 7)::text FROM generate_series(1, 210000) AS i",
    )
    assert look(database, "t.k").distinct == 209_999
    assert look(database, "t.v").distinct is None
    assert look(database, "t.v", thorough=True).distinct == 100


def test_a_format_added_by_hand_is_counted(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from psycopg import sql

    run(database, "CREATE TABLE t (v text)")
    fill(database, "t", "v", ["#1", "#22", str(A), "1"])
    formats = ids.Formats()
    formats.add(
        ids.Format(
            name="number",
            description="A number sign and digits.",
            example="#7",
            parse=lambda text: UUID(int=int(text[1:])) if text[:1] == "#" and text[1:].isdecimal() else None,
            sql_condition=lambda text: sql.SQL("{} ~ '^#[0-9]+$'").format(text),
            sql_uuid=lambda text: sql.SQL("lpad(ltrim({}, '#'), 32, '0')::uuid").format(text),
        )
    )
    monkeypatch.setattr(ids.FORMATS, "_formats", formats._formats)
    found = look(database)
    assert found.formats == {"canonical": 1, "number": 2}
    assert found.unparseable_samples == ("1",)


def test_the_same_over_sqlalchemy(database: str) -> None:
    values: list[str | None] = [*generate(500, seed=3), "100%", "%(x)s", ":name", None]
    run(database, "CREATE TABLE t (v text)")
    fill(database, "t", "v", values)
    engine = create_engine(database.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    with engine.begin() as connection:
        session = adapt(connection)
        found = survey(session, read_schema(session), [name("t.v")], on_unparseable="derive")[name("t.v")]
    agrees(found, values)
    assert found == look(database, on_unparseable="derive")


def _key(database: str, child_values: list[str], *, child: str = "v text REFERENCES p (k)") -> None:
    run(database, "CREATE TABLE p (k text UNIQUE)", f"CREATE TABLE t ({child})")
    fill(database, "p", "k", [*(f"batch_{uuid}" for uuid in uuids(50)), *(uuid.hex for uuid in uuids(50, seed=2))])
    fill(database, "t", "v", child_values)


def _casts(session: Recorder, table: str) -> int:
    return sum(f'"{table}"' in text and "::uuid" in text for text in session.sent)


def test_a_childs_values_are_taken_on_the_word_of_its_foreign_key(database: str) -> None:
    children = [*(f"batch_{uuid}" for uuid in uuids(50)), uuids(50, seed=2)[0].hex]
    _key(database, children)
    with looking(database) as (session, schema):
        found = survey(session, schema, [name("t.v"), name("p.k")])[name("t.v")]
        assert _casts(session, "t") == 0
    agrees(found, list(children))


def test_the_word_of_a_foreign_key_is_not_taken_where_it_does_not_hold(database: str) -> None:
    _key(database, [])
    run(
        database,
        "ALTER TABLE p ADD COLUMN x text UNIQUE",
        "ALTER TABLE t ADD COLUMN w text",
        "INSERT INTO t (w) VALUES ('xyz')",
        "ALTER TABLE t ADD FOREIGN KEY (w) REFERENCES p (x) NOT VALID",
        "SET session_replication_role = replica",
        "INSERT INTO t (v) VALUES ('310')",  # against the validated key, unseen
    )
    fill(database, "p", "x", [str(A)])
    with looking(database) as (session, schema):
        found = survey(session, schema, [name("t.v"), name("t.w"), name("p.k"), name("p.x")])
    assert found[name("t.v")].unparseable_samples == ("310",)
    assert found[name("t.w")].unparseable_samples == ("xyz",)


def test_foreign_keys_in_a_circle(database: str) -> None:
    run(
        database,
        "CREATE TABLE a (id text PRIMARY KEY, b text)",
        "CREATE TABLE b (id text PRIMARY KEY, a text REFERENCES a (id), parent text REFERENCES b (id))",
        f"INSERT INTO a VALUES ('{A}', '{A}')",
        f"INSERT INTO b VALUES ('{A}', '{A}', '{A}')",
        "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b (id), ADD FOREIGN KEY (id) REFERENCES b (id)",
        "ALTER TABLE b ADD FOREIGN KEY (id) REFERENCES a (id)",
    )
    columns = [name(text) for text in ("a.id", "a.b", "b.id", "b.a", "b.parent")]
    with looking(database) as (session, schema):
        found = survey(session, schema, columns)
    assert all(dict(found[column].formats) == {"canonical": 1} for column in columns)
