"""What PostgreSQL accepts without a word although its meaning has changed: each is found, for varchar and for text."""

from __future__ import annotations

import pytest

from tests.uuidkit.meaning.trying import BATCH, HEX, trying

TYPES = pytest.mark.parametrize("type", ["varchar", "varchar(60)", "text"])
ROWS = ", ".join(f"('batch_{text}')" for text in HEX[:20])


@TYPES
def test_everything_at_once(module_database: str, type: str) -> None:
    script = f"""
        CREATE TABLE t (id {type} PRIMARY KEY, note text);
        INSERT INTO t (id) VALUES {ROWS};
        CREATE INDEX partial ON t (note) WHERE id LIKE 'batch_%';
        CREATE UNIQUE INDEX beginning ON t (left(id, 14));
        ALTER TABLE t ADD CONSTRAINT new_rows CHECK (id ~ '^batch_') NOT VALID;
        ALTER TABLE t ADD CONSTRAINT not_empty CHECK (id <> '');
        CREATE POLICY mine ON t USING (id = current_setting('app.batch', true));
        CREATE POLICY others ON t USING (id <> current_setting('app.batch', true));
        CREATE VIEW batches AS SELECT * FROM t WHERE id LIKE 'batch_%';
        CREATE TABLE empty (id {type}, CONSTRAINT prefixed CHECK (id LIKE 'batch_%'));
    """
    with trying(module_database, script, "t.id empty.id", [BATCH]) as trial:
        for name, judgement in trial.judged.items():
            print(name, judgement)
        assert trial.meanings == {}
