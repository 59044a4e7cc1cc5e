"""The judgement against the server: the object is taken down, the columns are converted, and it is made again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from tests.uuidkit.meaning.test_kinds import OLD, PREFIXED, TABLES
from tests.uuidkit.meaning.trying import BATCH, HEX, IDS, Trial, trying
from uuidkit.catalog.read import empty_search_path
from uuidkit.composing import text_of


@dataclass(frozen=True)
class Object:
    """How an object is made and taken down, and the query that tells what it says."""

    name: str
    create: str
    drop: str
    query: str = ""


def _view(name: str, query: str) -> Object:
    return Object(name, f"CREATE VIEW {name} AS {query}", f"DROP VIEW {name}", f"SELECT * FROM trial.{name}")


def _index(name: str, rest: str) -> Object:
    return Object(name, f"CREATE INDEX {name} ON {rest}", f"DROP INDEX {name}")


def _check(name: str, condition: str) -> Object:
    create = f"ALTER TABLE b ADD CONSTRAINT {name} CHECK ({condition})"
    query = f"SELECT count(*) FROM trial.b WHERE ({condition}) IS NOT FALSE"
    return Object(name, create, f"ALTER TABLE b DROP CONSTRAINT {name}", query)


def _policy(name: str, condition: str, table: str = "b") -> Object:
    create = f"CREATE POLICY {name} ON {table} USING ({condition})"
    return Object(
        name, create, f"DROP POLICY {name} ON {table}", f"SELECT {table}.* FROM trial.{table} WHERE {condition}"
    )


OBJECTS = [
    _view("plain", "SELECT id, status FROM b"),
    _view("less", f"SELECT id FROM b WHERE id <> '{OLD}'"),
    _view("listed", f"SELECT id FROM b WHERE id IN ('{OLD}', 'batch_{HEX[5]}')"),
    _view("joined", "SELECT b.id, d.name FROM b JOIN d ON d.b_id = b.id"),
    _view("within", "SELECT name FROM d WHERE b_id IN (SELECT id FROM b WHERE status = 'n1')"),
    _view("grouped", "SELECT b.*, count(d.k) FROM b LEFT JOIN d ON d.b_id = b.id GROUP BY b.id"),
    _view("else_word", "SELECT coalesce(b_id, 'none') AS id FROM d"),
    _view("prefixed", "SELECT id FROM b WHERE id LIKE 'batch_%'"),
    _view("smallest", "SELECT min(id) AS id FROM b"),
    _view("joined_text", "SELECT id || '-' AS id FROM b"),
    _view("first_three", "SELECT status FROM b ORDER BY id LIMIT 3"),
    _view("sliced", "SELECT substring(id, 7)::uuid AS id FROM b"),
    _index("i_like", "b (status) WHERE id LIKE 'batch_%'"),
    _index("i_null", "d (name) WHERE b_id IS NOT NULL"),
    _index("i_lower", "b (lower(id))"),
    _index("i_cast", "b ((substring(id, 7)::uuid))"),
    _check("c_like", "id LIKE 'batch_%'"),
    _check("c_word", "id <> ''"),
    _check("c_other", "status <> '' OR id IS NULL"),
    _policy("p_exists", "EXISTS (SELECT FROM trial.b WHERE b.id = d.b_id AND b.status = 'n1')", "d"),
    _policy("p_literal", f"id <> '{OLD}'"),
    Object(
        "t_when",
        f"CREATE TRIGGER t_when BEFORE UPDATE ON b FOR EACH ROW WHEN (NEW.id = '{OLD}') EXECUTE FUNCTION fire()",
        "DROP TRIGGER t_when ON b",
    ),
    Object("s_left", "CREATE STATISTICS s_left ON status, (left(id, 8)) FROM b", "DROP STATISTICS s_left"),
    Object(
        "f_ids",
        "CREATE FUNCTION f_ids() RETURNS SETOF TYPE BEGIN ATOMIC SELECT id FROM b; END",
        "DROP FUNCTION f_ids",
        "SELECT trial.f_ids()",
    ),
    Object(
        "f_all",
        "CREATE FUNCTION f_all() RETURNS TYPE[] RETURN (SELECT array_agg(id ORDER BY id) FROM b)",
        "DROP FUNCTION f_all",
    ),
    Object(
        "f_count",
        "CREATE FUNCTION f_count() RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM b WHERE id IS NOT NULL; END",
        "DROP FUNCTION f_count",
        "SELECT trial.f_count()",
    ),
]


@pytest.mark.parametrize("type", ["varchar", "text"])
@pytest.mark.parametrize("thing", OBJECTS, ids=lambda thing: thing.name)
def test_judged_as_the_server_does(module_database: str, thing: Object, type: str) -> None:
    script = f"{TABLES}{thing.create};".replace("TYPE", type).replace("ROWS", PREFIXED)
    with trying(module_database, script, "b.id d.b_id", [BATCH]) as trial:
        judged = trial[thing.name]
        before = trial.session.rows(thing.query) if thing.query else []
        definition = _definition(trial, thing.name)
        _convert(trial, thing)
        made = _make(trial, definition)
        assert (made != "") == judged.fails, made
        if made:
            assert made in judged.why or "violated by some row" in made
        elif judged.meaning == "same" and thing.query:
            assert Counter(map(_translated, before)) == Counter(trial.session.rows(thing.query))
        if judged.offer is not None:
            if not made:
                trial.session.run(f"SET LOCAL search_path = trial; {thing.drop}")
            # What is offered can be made, and says what the object said.
            assert _make(trial, judged.offer) == ""
            if thing.name in ("less", "listed", "within", "prefixed"):
                assert Counter(map(_translated, before)) == Counter(trial.session.rows(thing.query))


def test_what_is_offered(module_database: str) -> None:
    """Old ids become uuids in the whole definition; what is compared as text may stay so; no offer without proof."""
    script = (
        TABLES.replace("TYPE", "varchar(50)").replace("ROWS", PREFIXED)
        + f"""
        CREATE TABLE "Odd" ("Id" varchar, note text DEFAULT '{OLD}');
        CREATE INDEX i_both ON b (status) WHERE id <> '{OLD}' AND status <> '{OLD}';
        CREATE POLICY p_two ON b AS RESTRICTIVE FOR UPDATE TO pg_monitor, CURRENT_USER
          USING (id <> '{OLD}') WITH CHECK (id <> '{OLD}' AND status <> 'x');
        CREATE POLICY p_set ON b USING (id = current_setting('app.x', true));
        ALTER TABLE "Odd" ADD CONSTRAINT "it's" CHECK ("Id" <> '{OLD}' OR note = E'it''s \\\\ 100%');
        CREATE VIEW v_opts WITH (security_barrier) AS SELECT id FROM b WHERE id <> '{OLD}';
        CREATE TRIGGER t_when BEFORE UPDATE OF id ON b FOR EACH ROW WHEN (NEW.id = '{OLD}') EXECUTE FUNCTION fire();
    """
    )
    with trying(module_database, script, "b.id d.b_id Odd.Id", [BATCH]) as trial:
        offers = {name: judgement.offer for name, judgement in trial.judged.items()}
    new = f"'{IDS[3]}'::uuid"
    # The same literal beside another column stays a text there.
    assert offers["i_both"] == (
        f"CREATE INDEX i_both ON trial.b USING btree (status) WHERE ((id <> {new}) AND (status <> '{OLD}'::text));"
    )
    assert offers["p_set"] is None
    assert offers["p_two"] == (
        "CREATE POLICY p_two ON trial.b AS RESTRICTIVE FOR UPDATE TO pg_monitor, postgres "
        f"USING ((id <> {new})) WITH CHECK (((id <> {new}) AND (status <> 'x'::text)));"
    )
    assert offers["it's"] == (
        'ALTER TABLE trial."Odd" ADD CONSTRAINT "it\'s" CHECK '
        f"""((("Id" <> {new}) OR (note = 'it''s \\ 100%'::text)));"""
    )
    assert offers["v_opts"] is not None
    assert offers["v_opts"].startswith("CREATE VIEW trial.v_opts WITH (security_barrier=true) AS SELECT")
    assert offers["t_when"] is not None
    assert f"WHEN ((new.id = {new}))" in offers["t_when"]


def _definition(trial: Trial, name: str) -> str:
    [thing] = [thing for thing in trial.things if thing.name == name]
    with empty_search_path(trial.session):
        ask = {
            "pg_class": "SELECT CASE WHEN c.relkind = 'v' THEN 'CREATE VIEW ' || c.oid::regclass || ' AS ' "
            "|| pg_get_viewdef(c.oid) ELSE pg_get_indexdef(c.oid) END FROM pg_class c WHERE c.oid = {}",
            "pg_constraint": "SELECT format('ALTER TABLE %s ADD CONSTRAINT %I ', k.conrelid::regclass, k.conname) "
            "|| pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.oid = {}",
            "pg_policy": "SELECT format('CREATE POLICY %I ON %s USING (%s)', p.polname, p.polrelid::regclass, "
            "pg_get_expr(p.polqual, p.polrelid)) FROM pg_policy p WHERE p.oid = {}",
            "pg_trigger": "SELECT pg_get_triggerdef({})",
            "pg_statistic_ext": "SELECT pg_get_statisticsobjdef({})",
            "pg_proc": "SELECT pg_get_functiondef({})",
        }[thing.catalog]
        [(definition,)] = trial.session.rows(ask.format(thing.oid))
    return str(definition)


def _convert(trial: Trial, thing: Object) -> None:
    trial.session.run(f"SET LOCAL search_path = trial; {thing.drop}; ALTER TABLE d DROP CONSTRAINT d_b_id_fkey")
    for conversion in trial.conversions:
        column = conversion.column
        trial.session.run(
            text_of(
                sql.SQL("ALTER TABLE {table} ALTER {name} TYPE uuid USING ({expression})").format(
                    table=column.table_name.identifier,
                    name=column.identifier,
                    expression=sql.SQL(conversion.expression),
                )
            )
        )


def _make(trial: Trial, definition: str) -> str:
    try:
        with trial.session.savepoint():
            trial.session.run(f"SET LOCAL search_path = ''; {definition}")
    except psycopg.Error as error:
        return error.diag.message_primary or "?"
    return ""


def _translated(row: tuple[object, ...]) -> tuple[object, ...]:
    known = {f"batch_{text}": text for text in HEX}
    return tuple(UUID(known[cell]) if isinstance(cell, str) and cell in known else cell for cell in row)
