"""A judgement needs evidence: values for which the ids make a difference, and the settings that policies read."""

from __future__ import annotations

from tests.uuidkit.meaning.test_kinds import PLAIN
from tests.uuidkit.meaning.trying import CANONICAL, HEX, IDS, trying
from uuidkit.ids import Shape


def test_claims_in_a_setting(module_database: str) -> None:
    """A function that reads a document in a setting, as hosted databases have it."""
    script = """
        CREATE FUNCTION claims() RETURNS jsonb LANGUAGE sql STABLE
          AS $$SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb$$;
        CREATE FUNCTION uid() RETURNS uuid LANGUAGE sql STABLE
          AS $$SELECT coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''),
                               nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid$$;
        CREATE TABLE t (id varchar, note text);
        CREATE POLICY p_claims ON t USING (id = claims() ->> 'tenant');
        CREATE POLICY p_uid ON t USING (id = uid()::text);
        CREATE POLICY p_uid_cast ON t USING (id::uuid = uid());
    """
    filled = script + f"INSERT INTO t VALUES {', '.join(f'({text!r})' for text in IDS[:5])};"
    with trying(module_database, filled, "t.id", [CANONICAL]) as trial:
        assert set(trial.meanings.values()) == {"same"}
    filled = script + f"INSERT INTO t VALUES {', '.join(f'({text!r})' for text in HEX[:5])};"
    with trying(module_database, filled, "t.id", [Shape(spelling="hex")]) as trial:
        assert trial.meanings == {"p_claims": "changed", "p_uid": "changed", "p_uid_cast": "same"}


def test_what_the_ids_have_no_part_in_is_unknown(module_database: str) -> None:
    """No value tried has 'abcd' in that place, so that only the rest has answered."""
    script = f"""
        CREATE TABLE t (id varchar, status text);
        INSERT INTO t VALUES {PLAIN};
        CREATE POLICY p ON t USING (status = 'n1' OR substr(id, 3, 4) = 'abcd');
        CREATE VIEW v AS SELECT status FROM t WHERE status = 'n1' OR substr(id, 3, 4) = 'abcd';
    """
    with trying(module_database, script, "t.id", [CANONICAL]) as trial:
        assert trial.meanings == {"p": "unknown", "v": "unknown"}
        assert "no id made a difference" in trial["p"].why


def test_ids_that_only_meet_as_uuids(module_database: str) -> None:
    """Two columns that spell ids in different ways: no row matches before, and they stand in another order."""
    hexadecimal = Shape(spelling="hex")
    script = f"""
        CREATE TABLE p (id varchar PRIMARY KEY);
        CREATE TABLE c (k serial, p_id varchar);
        INSERT INTO p VALUES {", ".join(f"({text!r})" for text in IDS[:10])};
        INSERT INTO c (p_id) VALUES {", ".join(f"({text!r})" for text in HEX[10:20])};
        CREATE VIEW matching AS SELECT p.id, k FROM p JOIN c ON p_id = id;
        CREATE VIEW together AS SELECT id FROM p UNION SELECT p_id FROM c;
        CREATE VIEW larger AS SELECT id FROM p, c WHERE id > p_id;
        CREATE VIEW beside AS SELECT id, p_id FROM p, c WHERE k = 1;
    """
    changed = dict.fromkeys(("matching", "together", "larger"), "changed")
    shapes = {"p.id": [CANONICAL], "c.p_id": [hexadecimal]}
    with trying(module_database, script, "p.id c.p_id", shapes) as trial:
        assert trial.meanings == {**changed, "beside": "same"}
    # Under a foreign key both are spelled alike: nothing that the key forbids is held against the views.
    tied = script.replace("serial, p_id varchar", "serial, p_id varchar REFERENCES p").replace("10:20", "0:10")
    tied = tied.replace(", ".join(f"({text!r})" for text in HEX[10:20]), ", ".join(f"({text!r})" for text in IDS[:10]))
    with trying(
        module_database, tied, "p.id c.p_id", {"p.id": [CANONICAL, hexadecimal], "c.p_id": [CANONICAL]}
    ) as trial:
        assert trial.meanings == {**dict.fromkeys(changed, "same"), "larger": "changed", "beside": "same"}


def test_a_verdict_is_not_that_of_others(module_database: str) -> None:
    """What another expression looks for is not held against an index; NULL does not hide what stands behind it."""
    script = f"""
        CREATE TABLE t (id varchar PRIMARY KEY, status text);
        INSERT INTO t VALUES {PLAIN};
        CREATE INDEX hashed ON t (md5(id));
        CREATE INDEX simple ON t (status) WHERE status = 'simple' AND id IS NOT NULL;
        CREATE VIEW document AS SELECT jsonb_build_object('id', id) AS doc, 'job' AS kind FROM t;
        CREATE VIEW last AS SELECT id FROM t ORDER BY id DESC LIMIT 1;
    """
    with trying(module_database, script, "t.id", [CANONICAL]) as trial:
        assert set(trial.meanings.values()) == {"same"}
    with trying(module_database, script, "t.id", [CANONICAL, Shape(spelling="hex")]) as trial:
        assert trial.meanings == {"hashed": "changed", "simple": "same", "document": "changed", "last": "changed"}


def test_rows_as_a_whole_get_the_column_that_keeps_the_texts(module_database: str) -> None:
    """It is NULL in every row that is added after the conversion."""
    script = f"""
        CREATE TABLE t (id varchar PRIMARY KEY, status text);
        INSERT INTO t VALUES {PLAIN};
        CREATE INDEX complete ON t (status) WHERE t IS NOT NULL;
        CREATE INDEX empty ON t (status) WHERE t IS NULL;
        CREATE VIEW document AS SELECT to_jsonb(t) AS doc FROM t;
    """
    with trying(module_database, script, "t.id", [CANONICAL]) as trial:
        assert trial.meanings == {"complete": "changed", "empty": "same", "document": "changed"}
        assert trial["complete"].why.endswith("the index held it, now leaves it out")
