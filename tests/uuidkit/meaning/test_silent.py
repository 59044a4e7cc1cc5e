"""What PostgreSQL accepts without a word although its meaning has changed: each is found, for varchar and for text."""

from __future__ import annotations

import pytest

from tests.uuidkit.meaning.trying import BATCH, HEX, IDS, trying

ROWS = ", ".join(f"('batch_{text}')" for text in HEX[:20])
FIRST = f"batch_{HEX[0]}"
BECOMES = {"value": FIRST, "uuid": IDS[0]}
SCRIPT = f"""
    CREATE TABLE t (id TYPE PRIMARY KEY, note text);
    INSERT INTO t (id) VALUES {ROWS};
    CREATE INDEX partial ON t (note) WHERE id LIKE 'batch_%';
    CREATE UNIQUE INDEX beginning ON t (left(id, 14));
    ALTER TABLE t ADD CONSTRAINT new_rows CHECK (id ~ '^batch_') NOT VALID;
    ALTER TABLE t ADD CONSTRAINT not_empty CHECK (id <> '');
    ALTER TABLE t ADD CONSTRAINT validated CHECK (id LIKE 'batch\\_%');
    CREATE TABLE empty (id TYPE, CONSTRAINT prefixed CHECK (id LIKE 'batch_%'), CONSTRAINT word CHECK (id <> ''));
    CREATE POLICY mine ON t USING (id = current_setting('app.batch', true));
    CREATE POLICY others ON t USING (id <> current_setting('app.batch', true));
    CREATE VIEW batches AS SELECT * FROM t WHERE id LIKE 'batch_%';
    CREATE FUNCTION known(text) RETURNS boolean LANGUAGE sql STABLE
      AS 'SELECT EXISTS (SELECT FROM trial.t WHERE t.id = $1)';
    CREATE POLICY by_function ON t USING (known(id));
"""


@pytest.mark.parametrize("type", ["varchar", "varchar(60)"])
def test_varchar_is_accepted_and_means_something_else(module_database: str, type: str) -> None:
    with trying(module_database, SCRIPT.replace("TYPE", type), "t.id empty.id", [BATCH]) as trial:
        judged = trial.judged
    meanings = {name: judgement.meaning for name, judgement in judged.items()}
    assert meanings == {**dict.fromkeys(judged, "changed"), "by_function": "unknown"}
    assert judged["partial"].why == f"row '{FIRST}': the index held it, now leaves it out"
    assert judged["partial"].example == {**BECOMES, "before": True, "after": False}
    assert judged["beginning"].example == {**BECOMES, "before": FIRST[:14], "after": IDS[0][:14]}
    assert judged["new_rows"].why == f"row '{FIRST}': the check accepted it, now refuses it"
    assert judged["not_empty"].example == {"value": "", "uuid": None, "before": False, "after": True}
    assert judged["not_empty"].why.startswith("row '': the check refused it; now the ids make no difference")
    assert "the policy showed it, now hides it with app.batch = 'batch_" in judged["mine"].why
    assert "the policy hid it, now shows it with app.batch = 'batch_" in judged["others"].why
    assert "that the view showed is not shown now" in judged["batches"].why
    assert judged["batches"].example is not None
    assert judged["batches"].example["after"] is None
    assert "known, whose body mentions t" in judged["by_function"].why
    # Nothing but what is worked out for the rows that are there keeps an object from being made again.
    assert [name for name, judgement in judged.items() if judgement.fails] == ["validated"]


def test_text_is_refused(module_database: str) -> None:
    with trying(module_database, SCRIPT.replace("TYPE", "text"), "t.id empty.id", [BATCH]) as trial:
        judged = trial.judged
    assert all(judgement.fails for judgement in judged.values())
    assert judged["partial"].why == "the index cannot be put back over uuids: operator does not exist: uuid ~~ text"
    assert judged["beginning"].why.endswith("function left(uuid, integer) does not exist")
    assert judged["new_rows"].why.endswith("operator does not exist: uuid ~ text")
    assert judged["mine"].why.endswith("operator does not exist: uuid = text")
    # It is not run, as what it calls reads the table; that nothing of that name takes a uuid is known all the same.
    assert judged["by_function"].why.endswith("function known(uuid) does not exist")


def test_canonical_ids_may_keep_what_tells_them_apart_by_their_text(module_database: str) -> None:
    """Where every value is written as PostgreSQL writes a uuid, comparing texts means what it meant."""
    script = f"""
        CREATE TABLE t (id varchar(36) PRIMARY KEY, note text NOT NULL DEFAULT 'n');
        INSERT INTO t (id) VALUES {", ".join(f"('{text}')" for text in IDS[:20])};
        CREATE INDEX lowered ON t (lower(id));
        CREATE POLICY mine ON t USING (id = current_setting('app.batch', true));
        CREATE POLICY cast_both ON t USING (id::uuid = nullif(current_setting('app.batch', true), '')::uuid);
        CREATE POLICY word ON t USING (note = current_setting('app.note', true) AND id IS NOT NULL);
        CREATE VIEW beginnings AS SELECT id, left(id, 8) AS short FROM t;
        CREATE INDEX partial ON t (note) WHERE id LIKE 'batch_%';
        ALTER TABLE t ADD CONSTRAINT hexadecimal CHECK (id ~ '^[0-9a-f-]{{36}}$');
        ALTER TABLE t ADD CONSTRAINT short CHECK (length(id) <= 36);
        CREATE PUBLICATION filtered FOR TABLE t WHERE (id LIKE '0000%');
    """
    with trying(module_database, script, "t.id", [BATCH.__class__()]) as trial:
        judged = trial.judged
    assert judged["filtered"].fails
    assert judged["filtered"].offer is None  # it would cast, as no row filter may
    dead = {"partial", "hexadecimal", "filtered"}
    assert {name: judgement.meaning for name, judgement in judged.items()} == {
        # No longer text fits into the column: whether the constraint ever refused anything cannot be seen.
        **{name: "changed" if name in dead else "same" for name in judged},
        "short": "unknown",
    }
