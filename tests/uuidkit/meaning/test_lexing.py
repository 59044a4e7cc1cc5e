"""Definitions taken apart into words, and put together again with uuids for old ids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import sql

from tests.uuidkit.meaning.trying import BATCH, CANONICAL, HEX, IDS
from uuidkit import lexing
from uuidkit.composing import text_of
from uuidkit.meaning import made, offers

OLD, NEW = f"batch_{HEX[0]}", IDS[0]
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@given(TEXTS, TEXTS)
def test_literals_and_names_come_back_as_they_are(literal: str, name: str) -> None:
    text = f"({text_of(sql.Identifier(name or 'n'))})::text <> {text_of(sql.Literal(literal))}::text"
    words = lexing.tokens(text)
    assert [word.value for word in words if word.kind == "name"][:1] == [name or "n"]
    assert literal in [word.value for word in words if word.kind == "string"]
    assert "".join(text[w.start : w.end] for w in words).replace(" ", "") == text.replace(" ", "")


def test_what_is_read_from_a_definition() -> None:
    text = (
        "((status = 'new'::text) AND (deleted IS NULL) AND (n > 3) AND ((id)::text = ANY "
        "('{batch_1,\"batch 2\"}'::text[])) AND (id = current_setting('app.id'::text, true)))"
    )
    assert lexing.literals(text) == ["new", '{batch_1,"batch 2"}', "batch_1", "batch 2"]
    assert lexing.numbers(text) == [3]
    assert lexing.settings(text) == (["app.id"], True)
    assert lexing.settings("current_setting(name)") == ([], False)
    assert list(lexing.hints(text, ["status", "deleted", "n"])) == [("status", "new"), ("deleted", None), ("n", "3")]
    assert lexing.keys("(claims() -> 'a'::text) ->> 'sub'::text > 'z'") == (["sub"], ["a"])
    claims = "coalesce(current_setting('a.sub', true), nullif(current_setting('a.claims', true), '')::jsonb ->> 'sub')"
    assert lexing.documents(claims) == ["a.claims"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("SELECT 1 FROM Batches", "batches"),
        ("SELECT 1 FROM batches_2", None),
        ('SELECT 1 FROM "Odd Name"', "Odd Name"),
        ("-- nothing", None),
    ],
)
def test_names_in_a_body(body: str, found: str | None) -> None:
    assert lexing.mentions(body, ("batches", "Odd Name")) == found


def test_clauses() -> None:
    trigger = (
        "CREATE TRIGGER \"WHEN\" BEFORE UPDATE ON t FOR EACH ROW WHEN ((new.a = ' EXECUTE ')) EXECUTE FUNCTION f()"
    )
    assert lexing.clause(trigger, "WHEN", ("EXECUTE",)) == "((new.a = ' EXECUTE '))"
    assert lexing.clause("CREATE TRIGGER t BEFORE UPDATE ON t EXECUTE FUNCTION f()", "WHEN", ("EXECUTE",)) is None
    assert lexing.statements("SELECT ';'; SELECT 2;") == ["SELECT ';'", "SELECT 2"]


@pytest.mark.parametrize(
    ("text", "as_uuid", "as_text"),
    [
        (f"((id)::text <> '{OLD}'::text)", f"(id <> '{NEW}'::uuid)", f"((id)::text <> '{NEW}'::text)"),
        (
            f"(t.id = ANY (ARRAY['{OLD}'::character varying(50), 'x'::text]))",
            f"(t.id = ANY (ARRAY['{NEW}'::uuid, 'x'::text]))",
            f"(t.id = ANY (ARRAY['{NEW}'::character varying(50), 'x'::text]))",
        ),
        (f"((\"Id\")::text = '{OLD}')", f"(\"Id\" = '{NEW}'::uuid)", f"((\"Id\")::text = '{NEW}')"),
        ("((t.id)::text IN ( SELECT 1))", "(t.id IN ( SELECT 1))", None),
        ("((other)::text = 'it''s'::text)", None, None),
        # A cast to an array is none of one id, and no column's.
        (f"(ARRAY['{OLD}'])::text[]", f"(ARRAY['{NEW}'::uuid])::text[]", f"(ARRAY['{NEW}'])::text[]"),
    ],
)
def test_old_ids_become_uuids(text: str, as_uuid: str | None, as_text: str | None) -> None:
    places = offers.places(text, {OLD: NEW}, {"id", "Id"})
    found = [offers.apply(text, choice) for choice in offers.beginnings(places)]
    assert found == [*(wanted for wanted in (as_uuid, as_text) if wanted is not None), text]


def test_where_a_place_is() -> None:
    """In a complete definition, which has schemas in it; and in the text once it is changed before it."""
    text = "(EXISTS ( SELECT FROM b x WHERE ((x.id)::text = d.b_id AND x.id <> d.b_id)))"
    whole = f"USING {text.replace(' b ', ' trial.b ')} WITH CHECK (true)"
    places = offers.places(text, {}, {"id", "b_id"})
    assert [(place.kind, place.inner[1] - place.inner[0]) for place in places] == [
        ("text", 2), ("column", 2), ("column", 2), ("column", 2),
    ]  # fmt: skip
    moved = offers.within({text: frozenset(places)}, whole)
    assert moved is not None
    assert offers.apply(whole, moved) == (
        "USING (EXISTS ( SELECT FROM trial.b x WHERE (x.id = (d.b_id)::text AND (x.id)::text <> (d.b_id)::text))) "
        "WITH CHECK (true)"
    )
    assert offers.within({text: frozenset(places)}, whole.replace("EXISTS", "NOT")) is None
    changed = offers.apply(text, places[:2])
    start, end = offers.positions(text, places[:2], places)[places[2]]
    assert changed[start:end] == "x.id"


def test_a_condition_that_stands_there_twice_is_changed_twice() -> None:
    """One that is a part of another is not meant there: the other has places of its own."""
    part, whole = "(id = (f())::text)", "((id = (f())::text) OR shown)"
    kinds = {text: {place.kind: place for place in offers.places(text, {}, {"id"})} for text in (part, whole)}
    assert all(set(found) == {"column", "cast"} for found in kinds.values())
    chosen = {part: frozenset({kinds[part]["cast"]}), whole: frozenset({kinds[whole]["column"]})}
    moved = offers.within(chosen, f"USING {whole} WITH CHECK {part} AND {part}")
    assert moved is not None
    assert offers.apply(f"USING {whole} WITH CHECK {part} AND {part}", moved) == (
        "USING (((id)::text = (f())::text) OR shown) WITH CHECK (id = (f())) AND (id = (f()))"
    )
    assert offers.within(chosen, f"USING {whole}") is None


def test_only_old_ids_are_rewritten() -> None:
    """A word that derives a uuid is an old id only where it occurs as one."""
    uuids = {OLD: NEW, "active": IDS[1], "master": IDS[2], IDS[3]: IDS[3], "gone": None}
    texts = [f"id <> '{OLD}' AND status = 'active' AND id <> 'master' AND id <> '{IDS[3]}' AND id <> 'gone'"]
    assert offers.old_ids(texts, uuids, {"master"}) == {OLD: NEW, "master": IDS[2]}


@pytest.mark.parametrize(
    ("literal", "prefixes"),
    [
        ("batch_%", ["batch_"]),
        (r"batch\_%", ["batch", "_", "batch_"]),
        ("^(?:batch|job)_[0-9a-f]{32}$", ["batch", "job", "_"]),
        ("%-old", ["-old"]),
        ("%", []),
    ],
)
def test_parts_of_patterns(literal: str, prefixes: list[str]) -> None:
    found = made.pieces(literal)
    assert set(prefixes) <= set(found)
    assert all(found)


def test_made_ids_have_every_form() -> None:
    what = made.Sought(("^job_[0-9a-f]+$", "master"), (40,), ())
    found = made.ids(what, [BATCH, CANONICAL], empty=False)
    assert [text for text in found if text and BATCH.fits(text)][1:]  # two, to be told apart
    assert [text for text in found if text and CANONICAL.fits(text)][1:]
    assert any(text and text.startswith("job_") and len(text) == 36 for text in found)
    assert {None, "", "master", "x" * 39, "x" * 40, "x" * 41} <= set(found)
    # The same in every table, so that children meet their parents.
    assert found == made.ids(what, [BATCH, CANONICAL], empty=False)
    assert max(len(text) for text in made.fitting(found, "character varying(38)", not_null=True) if text) == 38


def test_a_definition_without_a_clause() -> None:
    index = "CREATE INDEX \"WITH\" ON t USING btree (a) NULLS NOT DISTINCT{} WHERE (a <> 'WITH (fillfactor=1)'::text)"
    options = " WITH (fillfactor='70', deduplicate_items=off)"
    assert lexing.without(index.format(options), "WITH", ("WHERE",)) == index.format("")
    assert lexing.without(index.format(""), "WITH", ("WHERE",)) == index.format("")
    assert lexing.without(f"CREATE INDEX i ON t USING hash (a){options}", "WITH", ("WHERE",)).endswith(" (a)")
