"""Texts that become one uuid: under every kind of key, and where no key forbids it."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.uuidkit.survey.looking import fill, looking, name, run
from uuidkit import ids
from uuidkit.findings import Collision, ColumnFindings
from uuidkit.survey import survey

A = UUID("3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f0a")
B = UUID("3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f0b")
C = UUID("3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f0c")


def look(url: str, *columns: str, **options: object) -> list[ColumnFindings]:
    """The findings of some columns."""
    with looking(url) as (session, schema):
        found = survey(session, schema, [name(column) for column in columns], **options)  # type: ignore[arg-type]
    return [found[name(column)] for column in columns]


def found_under(findings: ColumnFindings) -> dict[str, dict[UUID | None, tuple[str, ...]]]:
    """Per key the uuids and texts of the collisions."""
    keys: dict[str, dict[UUID | None, tuple[str, ...]]] = {}
    for collision in findings.collisions:
        keys.setdefault(collision.key, {})[collision.uuid] = collision.values
    return keys


def test_spellings_under_a_primary_key(database: str) -> None:
    run(database, "CREATE TABLE t (v text PRIMARY KEY)")
    same = [f"batch_{A.hex}", f"sitemap_{A.hex}", str(A)]
    case = [str(B), str(B).upper(), f"{{{B}}}", f" {B} "]
    fill(database, "t", "v", [*same, *case, str(C)])
    [found] = look(database, "t.v")
    assert found.collision_count == 2
    assert found.collisions == (
        Collision(A, tuple(sorted(same)), 3, "t_pkey"),
        Collision(B, tuple(sorted(case)), 4, "t_pkey"),
    )
    assert (found.merged_count, found.merged) == (0, ())


def test_spellings_where_no_key_forbids_them(database: str) -> None:
    run(database, "CREATE TABLE t (v text)")
    fill(database, "t", "v", [str(A), str(A), f"batch_{A.hex}", str(B), str(B), None, "310"])
    [found] = look(database, "t.v")
    assert found.collision_count == 0
    assert found.merged_count == 1
    assert found.merged == (Collision(A, (str(A), f"batch_{A.hex}"), 3),)
    assert found.distinct == 4


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("derive", {ids.derive("310"): ("\t310", "310"), ids.derive(""): ("", " ")}),
        ("null", {}),
        ("fail", {}),
    ],
)
def test_unparseable_texts_merge_as_they_will_be_converted(
    database: str, choice: str, expected: dict[UUID, tuple[str, ...]]
) -> None:
    run(database, "CREATE TABLE t (v text UNIQUE)")
    fill(database, "t", "v", ["310", "\t310", "", " ", str(A), None])
    [found] = look(database, "t.v", on_unparseable=choice)
    assert found_under(found).get("t_v_key", {}) == expected
    assert found.collision_count == len(expected)


def test_a_text_may_be_the_uuid_that_is_derived_from_another(database: str) -> None:
    derived = str(ids.derive("310"))
    run(database, "CREATE TABLE t (v text UNIQUE)")
    fill(database, "t", "v", ["310", derived])
    [found] = look(database, "t.v", on_unparseable="derive")
    assert found_under(found) == {"t_v_key": {UUID(derived): ("310", derived)}}


def test_a_composite_key_holds_apart_only_equal_companions(database: str) -> None:
    run(
        database,
        "CREATE TABLE t (tenant int, v text, PRIMARY KEY (tenant, v))",
        f"INSERT INTO t VALUES (1, '{A}'), (2, 'batch_{A}'), (3, '{B}'), (3, 'batch_{B}')",
    )
    [found] = look(database, "t.v")
    assert found.collision_count == 1
    assert found_under(found) == {"t_pkey": {B: (str(B), f"batch_{B}")}}
    assert found.merged_count == 2  # A merges too, and no key forbids it


def test_both_columns_of_a_composite_key_change(database: str) -> None:
    run(
        database,
        "CREATE TABLE t (v text, w text, UNIQUE (v, w))",
        f"INSERT INTO t VALUES ('{A}', '{B}'), ('batch_{A}', 'batch_{B}'), ('{C}', '{B}'), ('{C}', 'x_{B}')",
    )
    v, w = look(database, "t.v", "t.w")
    assert (v.collision_count, w.collision_count) == (1, 1)
    assert set(found_under(v)["t_v_w_key"]) == {A}
    assert found_under(w)["t_v_w_key"] == {B: (str(B), f"batch_{B}", f"x_{B}")}
    # Alone, either change leaves the other column to tell the rows apart.
    assert look(database, "t.v")[0].collision_count == 0
    assert look(database, "t.w")[0].collision_count == 1


def test_a_partial_key_forbids_only_its_rows(database: str) -> None:
    run(
        database,
        "CREATE TABLE t (v text, state text, merged_at date)",
        "CREATE UNIQUE INDEX live ON t (v) WHERE state <> 'gone'::text AND merged_at IS NULL",
        f"INSERT INTO t VALUES ('{A}', 'on', NULL), ('batch_{A}', 'gone', NULL)",
        f"INSERT INTO t VALUES ('{B}', 'on', NULL), ('batch_{B}', 'off', NULL)",
    )
    [found] = look(database, "t.v")
    assert found_under(found) == {"live": {B: (str(B), f"batch_{B}")}}
    assert found.merged_count == 2


def test_nulls_not_distinct_meets_texts_that_become_null(database: str) -> None:
    run(
        database,
        "CREATE TABLE t (v text UNIQUE NULLS NOT DISTINCT)",
        "CREATE TABLE u (v text UNIQUE)",
        "CREATE TABLE w (v text, n int, UNIQUE NULLS NOT DISTINCT (v, n))",
        "INSERT INTO t VALUES (NULL), ('310')",
        "INSERT INTO u VALUES (NULL), ('310'), ('311')",
        "INSERT INTO w VALUES (NULL, NULL), ('310', NULL), ('310', 1), ('311', 1), ('312', 2)",
    )
    t, u, w = look(database, "t.v", "u.v", "w.v", on_unparseable="null")
    assert found_under(t) == {"t_v_key": {None: ("310",)}}
    assert u.collision_count == 0
    assert w.collision_count == 1
    assert set(found_under(w)) == {"w_v_n_key"}
    for found in look(database, "t.v", "u.v", "w.v", on_unparseable="derive"):
        assert found.collision_count == 0


def test_an_exclusion_constraint_with_equality_is_a_key(database: str) -> None:
    run(
        database,
        "CREATE TABLE t (v text, n int, CONSTRAINT one EXCLUDE USING btree (v WITH =, n WITH =))",
        "CREATE TABLE u (v text, n int, CONSTRAINT other EXCLUDE (v WITH =) WHERE (n > 0))",
        f"INSERT INTO t VALUES ('{A}', 1), ('batch_{A}', 1), ('{B}', 1), ('batch_{B}', 2)",
        f"INSERT INTO u VALUES ('{A}', 1), ('batch_{A}', 0), ('{B}', 1), ('batch_{B}', 2)",
    )
    t, u = look(database, "t.v", "u.v")
    assert found_under(t) == {"one": {A: (str(A), f"batch_{A}")}}
    assert found_under(u) == {"other": {B: (str(B), f"batch_{B}")}}


def test_an_invalid_index_may_hold_equal_texts(database: str) -> None:
    run(
        database,
        "CREATE TABLE t (v text)",
        f"INSERT INTO t VALUES ('{A}'), ('{A}'), ('{B}'), ('batch_{B}')",
    )
    with pytest.raises(Exception, match="could not create unique index"):
        run(database, "CREATE UNIQUE INDEX CONCURRENTLY broken ON t (v)")
    [found] = look(database, "t.v")
    assert found_under(found) == {"broken": {B: (str(B), f"batch_{B}")}}


@pytest.mark.parametrize("unique", [["t.v"], {"t.v": "to_be_made"}])
def test_a_column_that_is_to_become_unique(database: str, unique: list[str] | dict[str, str]) -> None:
    run(database, "CREATE TABLE t (v text)")
    fill(database, "t", "v", [str(A), f"batch_{A}", str(B), str(B)])
    expected = {name(key): value for key, value in unique.items()} if isinstance(unique, dict) else [name("t.v")]
    [found] = look(database, "t.v", unique_expected=expected)
    constraint = "to_be_made" if isinstance(unique, dict) else "t_v_key"
    assert found_under(found) == {constraint: {A: (str(A), f"batch_{A}")}}
    assert (found.values, found.distinct) == (4, 3)


def test_values_of_one_shape_and_case_are_not_compared(database: str) -> None:
    run(database, "CREATE TABLE t (v text)")
    fill(database, "t", "v", [f"batch_{A}", f"batch_{B}", f"batch_{B}", None])
    with looking(database) as (session, schema):
        survey(session, schema, [name("t.v")])
        assert not [text for text in session.sent if "HAVING" in text]


@pytest.mark.parametrize("other", [str(A).upper(), A.hex, f"Batch_{A}", f"batch_{A} "])
def test_one_other_spelling_is_enough_to_compare(database: str, other: str) -> None:
    run(database, "CREATE TABLE t (v text)")
    usual = [f"batch_{UUID(int=n, version=4)}" for n in range(5_000)]
    fill(database, "t", "v", [f"batch_{A}", *usual, other])
    [found] = look(database, "t.v")
    assert found.merged == (Collision(A, tuple(sorted([f"batch_{A}", other])), 2),)


def test_a_child_merges_only_what_its_parent_does(database: str) -> None:
    run(
        database,
        "CREATE TABLE p (k text UNIQUE)",
        "CREATE TABLE t (v text REFERENCES p (k))",
    )
    fill(database, "p", "k", [str(A), f"batch_{B}", "310", str(C)])
    fill(database, "t", "v", [str(A), f"batch_{B}", "310", "310"])
    with looking(database) as (session, schema):
        child, _ = survey(session, schema, [name("t.v"), name("p.k")]).values()
        assert not [text for text in session.sent if "HAVING" in text and '"t"' in text]
    assert (child.unparseable, child.merged_count) == (2, 0)
    fill(database, "p", "k", [f"batch_{A}"])
    fill(database, "t", "v", [f"batch_{A}"])
    child, parent = look(database, "t.v", "p.k")
    assert (child.merged_count, parent.collision_count) == (1, 1)


def test_blanks_that_a_foreign_key_to_char_does_not_see(database: str) -> None:
    run(
        database,
        "CREATE TABLE p (k char(40) UNIQUE)",
        "CREATE TABLE t (v varchar REFERENCES p (k))",
    )
    fill(database, "p", "k", [str(A), str(B)])
    fill(database, "t", "v", [str(A), f"{A}  ", str(B)])
    child, parent = look(database, "t.v", "p.k")
    assert (child.padded, child.complete, parent.complete) == (1, False, True)
    assert child.merged == (Collision(A, (str(A), f"{A}  "), 2),)


def test_many_collisions_are_counted_and_five_shown(database: str) -> None:
    run(database, "CREATE TABLE t (v text UNIQUE)")
    ids_ = [UUID(int=n, version=4) for n in range(1, 41)]
    spellings = ["{}", "batch_{}", "{{{}}}", "a_{}", "b_{}", "c_{}", "d_{}"]
    fill(database, "t", "v", [spelling.format(uuid) for uuid in ids_ for spelling in spellings])
    [found] = look(database, "t.v")
    assert found.collision_count == 40
    assert [collision.uuid for collision in found.collisions] == ids_[:5]
    assert {(len(collision.values), collision.rows) for collision in found.collisions} == {(5, 7)}
