"""Definitions that the user gives: judged beside what they replace, without being run."""

from __future__ import annotations

import psycopg
import pytest

import uuidkit
from tests.uuidkit.meaning.trying import BATCH, HEX, IDS, conversion_of
from tests.uuidkit.meaning.trying import THINGS as EVERY_THING
from uuidkit.catalog.names import TableName
from uuidkit.catalog.read import read_schema
from uuidkit.database.session import PsycopgSession
from uuidkit.meaning import Judgement, Thing, judge
from uuidkit.planning.model import OFFERED

FIRST = f"batch_{HEX[0]}"
SCRIPT = f"""
    CREATE SCHEMA trial;
    SET LOCAL search_path = trial;
    CREATE TABLE t (id varchar PRIMARY KEY, n int, note text);
    INSERT INTO t SELECT 'batch_' || h, n, 'n' || n % 3
      FROM unnest('{{{",".join(HEX[:20])}}}'::text[]) WITH ORDINALITY AS u (h, n);
    CREATE SEQUENCE s;
    CREATE VIEW v AS SELECT id, n FROM t WHERE id LIKE 'batch_%';
    CREATE VIEW above AS SELECT count(*) FROM v;
    CREATE VIEW less AS SELECT n FROM t WHERE id <> '{FIRST}';
    CREATE VIEW of_less AS SELECT sum(n) FROM less;
    CREATE MATERIALIZED VIEW m AS SELECT n FROM t WHERE id <> '{FIRST}';
    CREATE INDEX i ON t (n) WHERE id LIKE 'batch_%';
    CREATE INDEX e ON t (left(id, 10));
    ALTER TABLE t ADD CONSTRAINT c CHECK (id <> '');
    CREATE POLICY p ON t FOR UPDATE USING (id = current_setting('app.id', true));
    CREATE POLICY q ON t FOR INSERT WITH CHECK (id <> '{FIRST}');
    CREATE POLICY whole ON t USING (id IS NOT NULL) WITH CHECK (id IS NOT NULL AND note <> 'no');
    CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.id LIKE 'batch_%') EXECUTE FUNCTION fire();
    CREATE FUNCTION f() RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM t WHERE id LIKE 'batch_%'; END;
"""


def judged(url: str, **rewrites: str) -> dict[str, Judgement]:
    """The judgement of every object, some of them with definitions given."""
    with psycopg.connect(url) as connection, connection.transaction(force_rollback=True):
        connection.execute(SCRIPT)
        connection.execute("SET LOCAL search_path = pg_catalog, pg_temp")
        session = PsycopgSession(connection)
        schema = read_schema(session)
        things = [
            Thing(catalog, oid, kind, name, TableName(namespace, table))
            for catalog, oid, kind, name, namespace, table in session.rows(EVERY_THING)
        ]
        given = {thing.key: rewrites[thing.name] for thing in things if thing.name in rewrites}
        assert len(given) == len(rewrites)
        found = judge(session, schema, [conversion_of(schema, "t.id", [BATCH], "fail")], things, rewrites=given)
        [(called,)] = session.rows("SELECT is_called FROM trial.s")
        assert not called
        return {thing.name: found[thing.key] for thing in things}


def test_as_before(module_database: str) -> None:
    """What reads a view is judged by the definition that the view gets, given or offered."""
    found = judged(
        module_database,
        v="create or replace view trial.v (id, n) as select id, n from trial.t with check option;",
        m=f"CREATE MATERIALIZED VIEW trial.m AS SELECT n FROM trial.t WHERE id <> '{IDS[0]}' WITH NO DATA",
        i="CREATE INDEX i ON trial.t (n DESC)",
        c="ALTER TABLE trial.t ADD CONSTRAINT c CHECK (id IS NOT NULL)",
        q=f"CREATE POLICY q ON trial.t FOR INSERT WITH CHECK (id <> '{IDS[0]}')",
        g="CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.id IS NOT NULL) EXECUTE FUNCTION trial.fire()",
        f="CREATE OR REPLACE FUNCTION trial.f() RETURNS bigint RETURN (SELECT count(*) FROM trial.t WHERE n > 0);",
    )
    assert {
        name: j.why for name, j in found.items() if (j.meaning == "same") == (name in ("e", "p", "less", "of_less"))
    } == {}
    offered = judged(module_database, less=OFFERED)
    assert offered["less"].offer is not None
    assert (offered["less"].meaning, offered["of_less"].meaning) == ("changed", "same")
    taken = judged(module_database, v="CREATE VIEW trial.v AS SELECT id, n FROM trial.t WHERE id IS NOT NULL AND n > 3")
    assert (taken["v"].meaning, taken["above"].meaning) == ("changed", "changed")
    assert taken["above"].why.endswith("it reads trial.v, which has changed itself")


def test_changed_with_an_example(module_database: str) -> None:
    found = judged(
        module_database,
        v=f"CREATE VIEW v AS SELECT id, n FROM trial.t WHERE id <> '{IDS[0]}'",
        i=f"CREATE INDEX i ON trial.t (n) WHERE id = '{IDS[0]}'",
        e="CREATE INDEX e ON trial.t (left(id::text, 10))",
        c=f"ALTER TABLE trial.t ADD CONSTRAINT c CHECK (id <> '{IDS[0]}')",
        p="CREATE POLICY p ON trial.t FOR UPDATE USING (id = nullif(current_setting('app.id', true), '')::uuid)",
        whole="CREATE POLICY whole ON trial.t USING (id IS NOT NULL)",  # which holds for new rows as well
    )
    assert "that the view showed is not shown now" in found["v"].why
    assert found["i"].why == f"row 'batch_{HEX[1]}': the index held it, now leaves it out"
    assert found["e"].why == f"for '{FIRST}' the index gave '{FIRST[:10]}', now '{IDS[0][:10]}'"
    assert found["c"].why == f"row '{FIRST}': the check accepted it, now refuses it"
    assert found["whole"].why.endswith("the policy refused it, now accepts it")
    assert "now it fails: invalid input syntax for type uuid" in found["p"].why
    assert {name for name in ("v", "i", "e", "p") if found[name].meaning != "changed" or found[name].fails} == set()


@pytest.mark.parametrize(
    ("name", "definition", "words"),
    [
        ("v", "CREATE VIEW trial.v AS SELECT id, nn FROM trial.t", 'column "nn" does not exist'),
        ("v", "CREATE VIEW trial.v AS SELECT id FORM trial.t", 'syntax error at or near "'),
        ("v", "CREATE VIEW trial.v AS SELECT id FROM trial.gone", 'relation "trial.gone" does not exist'),
        ("v", "CREATE VIEW trial.v AS SELECT id FROM trial.t WHERE id LIKE 'b%'", "operator does not exist: uuid ~~ "),
        ("c", "ALTER TABLE trial.t ADD CHECK (length(id) > 3)", "function length(uuid) does not exist"),
        ("p", "CREATE POLICY p ON trial.t USING (nobody(id))", "function nobody(uuid) does not exist"),
    ],
)
def test_what_cannot_be_made(module_database: str, name: str, definition: str, words: str) -> None:
    found = judged(module_database, **{name: definition})[name]
    assert found.fails
    assert found.why.startswith("the definition given for the ")
    assert words in found.why


@pytest.mark.parametrize(
    ("name", "definition", "why"),
    [
        ("v", "CREATE VIEW v AS SELECT id, nextval('trial.s') FROM trial.t", "calls the volatile function nextval"),
        ("c", "ALTER TABLE trial.t ADD CHECK (nextval('trial.s') > 0)", "calls the volatile function nextval"),
        ("v", "CREATE VIEW v AS SELECT id FROM trial.t WHERE id_old LIKE 'b%'", "reads id_old, which the conv"),
        ("v", "DROP TABLE trial.t", "the definition given has no VIEW in it"),
        ("v", "", "that the view showed is not shown now"),
        ("e", "CREATE INDEX e ON trial.t (id)", "the definition given has other expressions"),
        ("c", "ALTER TABLE trial.t ADD CHECK (id IS NOT NULL", "the definition given has a parenthesis that is not"),
        ("f", "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT 1'", "function given is a string"),
    ],
)  # fmt: skip
def test_what_is_not_tried(module_database: str, name: str, definition: str, why: str) -> None:
    """Nothing that could write is called; the judgement says why there is none."""
    found = judged(module_database, **{name: definition})[name]
    assert why in found.why
    assert found.meaning == ("unknown" if definition else "changed")
    assert not found.fails


def test_offers_do_not_depend_on_ids_of_another_form_elsewhere(database: str) -> None:
    """Of a whole database some column always has values of another form."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE orders (id text PRIMARY KEY)")
        connection.execute(f"INSERT INTO orders SELECT unnest(ARRAY{list(IDS[1:6])})")
        connection.execute("CREATE TABLE payments (id text PRIMARY KEY)")
        connection.execute("INSERT INTO payments SELECT 'pay_' || gen_random_uuid() FROM generate_series(1, 5)")
        connection.execute("INSERT INTO payments VALUES ('pay_" + IDS[7] + "')")
        connection.execute(f"CREATE VIEW of_orders AS SELECT id FROM orders WHERE id <> '{IDS[0]}'")
        connection.execute(f"CREATE VIEW of_payments AS SELECT id FROM payments WHERE id <> 'pay_{IDS[7]}'")
        plan = uuidkit.plan(connection, [], all_columns=True)
    views = {found.name: found.offer for graph in plan.graphs for found in graph.dependents if found.kind == "view"}
    assert f"'{IDS[0]}'" in (views["public.of_orders"] or "")
    assert f"'{IDS[7]}'::uuid" in (views["public.of_payments"] or "")
