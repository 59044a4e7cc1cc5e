"""Expressions of real applications on an id column: which of them mean the same, and which are offered to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.uuidkit.meaning.trying import BATCH, CANONICAL, HEX, IDS, trying
from uuidkit.ids import Shape

PLAIN_HEX = Shape(spelling="hex")
TABLES = """
    CREATE FUNCTION claims() RETURNS jsonb LANGUAGE sql STABLE
      AS $$SELECT coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb$$;
    CREATE FUNCTION uid() RETURNS uuid LANGUAGE sql STABLE
      AS $$SELECT coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''), claims() ->> 'sub')::uuid$$;
    CREATE TABLE t (id TYPE PRIMARY KEY, owner TYPE, x text NOT NULL, n int);
    INSERT INTO t SELECT v, v, 'x' || k % 3, k FROM unnest(ARRAY[ROWS]) WITH ORDINALITY AS u (v, k);
    CREATE TABLE raw (ref TYPE, note text);
    INSERT INTO raw SELECT id, 'n' FROM t WHERE n < 9;
    CREATE TABLE member (user_id TYPE, t_id TYPE REFERENCES t);
    INSERT INTO member SELECT owner, id FROM t;
"""
# Each with what it is judged to be for canonical ids in varchar and in text, for batch_<hex> in varchar, and for ids of
# which some are canonical and some hex: s(ame), c(hanged), o: changed, and another definition is offered.
VIEWS = {
    "SELECT lower(id) AS v FROM t": "socc",
    "SELECT id || ':' || x AS v FROM t": "sscc",
    "SELECT concat_ws('-', id, x) AS v FROM t": "sscc",
    "SELECT md5(id) AS v FROM t": "socc",
    "SELECT abs(hashtext(id)) % 4 AS v FROM t": "socc",
    "SELECT split_part(id, '_', 2) AS v FROM t": "socs",
    "SELECT right(id, 36)::uuid AS v FROM t WHERE length(id) = 36": "socc",
    "SELECT id::uuid AS v FROM t": "ssus",
    "SELECT coalesce(owner, '') AS v, x FROM t": "oocc",
    "SELECT jsonb_build_object('id', id) AS v FROM t": "sscc",
    "SELECT string_agg(id, ',' ORDER BY n) AS v FROM t": "socc",
    "SELECT array_agg(id ORDER BY n) AS v FROM t": "ssss",
    "SELECT x, min(id) AS v FROM t GROUP BY x": "socc",
    "SELECT id FROM t ORDER BY id LIMIT 3": "sssc",
    "SELECT DISTINCT ON (x) x, id FROM t ORDER BY x, id DESC": "sssc",
    "SELECT id, rank() OVER (ORDER BY id) AS v FROM t": "sssc",
    "SELECT greatest(id, owner) AS v FROM t": "sssc",
    'SELECT id FROM t ORDER BY id COLLATE "C" LIMIT 3': "oocc",
    "SELECT id FROM t WHERE id > 'LITERAL' ORDER BY id LIMIT 5": "sooc",
    "SELECT CASE id WHEN 'LITERAL' THEN 1 ELSE 2 END AS v FROM t": "oooc",
    "SELECT id FROM t WHERE id IN ('LITERAL', 'none')": "soos",
    "SELECT id FROM t WHERE id LIKE 'batch\\_%'": "cccc",
    "SELECT id FROM t WHERE length(id) = 42": "cccc",
    "SELECT id FROM t WHERE id > 'b'": "cccc",
    "SELECT id FROM t UNION SELECT ref FROM raw": "oocc",
    "SELECT id FROM t WHERE id IN (SELECT ref FROM raw)": "socc",
    "SELECT id FROM t WHERE id = ANY (ARRAY(SELECT ref FROM raw))": "socc",
    "SELECT t.id, note FROM t LEFT JOIN raw ON ref = id": "socc",
}
POLICIES = {
    "id = uid()::text": "socc",
    "id::uuid = uid()": "ssus",
    "owner = claims() ->> 'sub'": "socc",
    "EXISTS (SELECT FROM member m WHERE m.t_id = t.id AND m.user_id = uid()::text)": "socc",
    "id IN (SELECT t_id FROM member WHERE user_id = uid()::text)": "oocc",
    "id IN (SELECT t_id FROM member)": "osoo",
    "id::text = current_setting('app.id', true)": "socc",
    "id = ANY (string_to_array(current_setting('app.ids', true), ','))": "socc",
    "id = 'batch_' || current_setting('app.id', true)": "uccu",
}
FORMS: dict[str, tuple[str, Callable[[int], str], Sequence[Shape]]] = {
    "canonical varchar": ("varchar", lambda n: IDS[n], [CANONICAL]),
    "canonical text": ("text", lambda n: IDS[n], [CANONICAL]),
    "batch varchar": ("varchar", lambda n: f"batch_{HEX[n]}", [BATCH]),
    "mixed varchar": ("varchar", lambda n: IDS[n] if n % 2 else HEX[n], [CANONICAL, PLAIN_HEX]),
}


@pytest.mark.parametrize("form", FORMS)
def test_what_expressions_mean(module_database: str, form: str) -> None:
    declared, value, shapes = FORMS[form]
    script = TABLES.replace("TYPE", declared).replace("ROWS", ", ".join(f"'{value(n)}'" for n in range(30)))
    expressions = [*VIEWS, *POLICIES]
    for number, text in enumerate(expressions):
        created = (
            f"CREATE VIEW e{number} AS {text}" if text in VIEWS else f"CREATE POLICY e{number} ON t USING ({text})"
        )
        script += created.replace("LITERAL", value(3)) + ";\n"
    with trying(module_database, script, "t.id t.owner member.user_id member.t_id", shapes) as trial:
        found = {
            text: "o" if judgement.offer else judgement.meaning[0]
            for number, text in enumerate(expressions)
            for judgement in [trial[f"e{number}"]]
        }
    place = list(FORMS).index(form)
    wanted = {text: letters[place] for text, letters in (VIEWS | POLICIES).items()}
    assert {t: (f, wanted[t], trial[f"e{expressions.index(t)}"].why) for t, f in found.items() if f != wanted[t]} == {}
