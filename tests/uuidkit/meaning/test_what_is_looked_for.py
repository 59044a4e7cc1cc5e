"""What a definition looks for beside the ids decides whether an id is looked at: each is tried."""

from __future__ import annotations

from tests.uuidkit.meaning.trying import BATCH, HEX, trying
from uuidkit import lexing

SCRIPT = f"""
    CREATE TYPE state AS ENUM ('new', 'done', 'archived');
    CREATE TABLE t (id varchar(60) PRIMARY KEY, kind integer, state state, day date, at timestamptz, host inet,
                    span interval, length interval minute);
    INSERT INTO t (id, kind, state, day, at, host)
      SELECT id, 1, 'new', '2024-02-03', now(), '10.1.1.1'
        FROM unnest('{{{",".join(f"batch_{h}" for h in HEX)}}}'::text[])
        AS u (id);
    -- Functions: the parameter decides.
    CREATE FUNCTION by_number(kind int) RETURNS SETOF int LANGUAGE sql STABLE BEGIN ATOMIC
      SELECT t.kind FROM t WHERE CASE by_number.kind WHEN 27 THEN id LIKE 'batch_%' ELSE id IS NOT NULL END; END;
    CREATE FUNCTION by_small(n smallint) RETURNS bigint LANGUAGE sql STABLE
      RETURN (SELECT count(id) FROM t WHERE coalesce(n, 0) <> 41 OR id LIKE 'batch_%');
    CREATE FUNCTION by_flag(strict boolean) RETURNS bigint LANGUAGE sql STABLE
      RETURN (SELECT count(*) FROM t WHERE (strict OR id LIKE 'batch_%') AND id IS NOT NULL);
    CREATE FUNCTION by_date(since date, flag bool) RETURNS bigint LANGUAGE sql STABLE
      RETURN (SELECT count(id) FROM t WHERE day < since AND (since < '2041-05-06' OR flag OR id LIKE 'batch_%'));
    CREATE FUNCTION by_word(word text, other text) RETURNS bigint LANGUAGE sql STABLE
      RETURN (SELECT count(id) FROM t WHERE other = id AND (word <> 'old' OR id LIKE 'batch_%'));
    CREATE FUNCTION by_ids(ids text[]) RETURNS bigint LANGUAGE sql STABLE
      RETURN (SELECT count(*) FROM t WHERE id = ANY (ids));
    CREATE FUNCTION by_state(wanted state) RETURNS bigint LANGUAGE sql STABLE
      RETURN (SELECT count(id) FROM t WHERE wanted <> 'archived' OR id LIKE 'batch_%');
    CREATE FUNCTION counted(since date, n numeric, flag boolean) RETURNS bigint LANGUAGE sql STABLE
      RETURN (SELECT count(DISTINCT id) FROM t WHERE day > since AND t.kind < n AND flag);
    CREATE FUNCTION rows_of(one t, fewest int) RETURNS boolean LANGUAGE sql IMMUTABLE
      RETURN (one).kind > fewest OR fewest < 8 AND (one).id LIKE 'batch_%';
    -- Nothing is set at first, which shows everything.
    CREATE VIEW by_setting AS SELECT kind FROM t
     WHERE id IS NOT NULL AND (coalesce(current_setting('app.x', true), '') = '' OR id LIKE 'batch_%');
    -- Views: the other columns decide.
    CREATE VIEW on_day AS SELECT kind FROM t WHERE id IS NOT NULL AND (day <> '2041-05-06' OR id LIKE 'batch_%');
    CREATE VIEW at_time AS SELECT kind FROM t WHERE id IS NOT NULL
      AND (at <> '2041-05-06 10:00+00' OR id LIKE 'batch_%');
    CREATE VIEW in_year AS SELECT kind FROM t WHERE id IS NOT NULL
      AND (extract(year FROM day) <> 2031 OR id LIKE 'batch_%');
    CREATE VIEW in_month AS SELECT kind FROM t WHERE id IS NOT NULL
      AND (extract(month FROM at) <> 11 OR id LIKE 'batch_%');
    CREATE VIEW from_host AS SELECT kind FROM t WHERE id IS NOT NULL AND (host <> '192.0.2.7' OR id LIKE 'batch_%');
    CREATE VIEW for_long AS SELECT kind FROM t WHERE id IS NOT NULL AND (span <> '3 weeks' OR id LIKE 'batch_%');
    CREATE VIEW for_minutes AS SELECT kind FROM t WHERE id IS NOT NULL AND (length <> '3 min' OR id LIKE 'batch_%');
"""


def test_each_is_tried(module_database: str) -> None:
    with trying(module_database, SCRIPT, "t.id", [BATCH]) as trial:
        meanings = trial.meanings
    assert {name for name, meaning in meanings.items() if meaning != "changed"} == {"counted"}
    assert meanings["counted"] == "same"


def test_constants_and_their_types() -> None:
    text = (
        "((a = 'x'::state) AND (b > '2031-01-01 00:00:00+00'::timestamp with time zone) AND c = ANY ('{1,2}'::int[]) "
        "OR d = '1'::\"My Types\".\"A B\" AND (e)::text = 'plain' AND f = '7'::character varying)"
    )
    assert lexing.constants(text) == [
        ("x", "state"),
        ("2031-01-01 00:00:00+00", "timestamp with time zone"),
        ("{1,2}", "int[]"),
        ("1", '"My Types"."A B"'),
        ("7", "character varying"),
    ]
