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
