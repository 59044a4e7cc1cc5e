"""One database with every kind of object: what each is judged to be, for varchar and for text."""

from __future__ import annotations

from tests.uuidkit.meaning.trying import BATCH, CANONICAL, HEX, IDS, trying

PLAIN = ", ".join(f"('{text}', 'n{n % 3}')" for n, text in enumerate(IDS[:20]))
PREFIXED = ", ".join(f"('batch_{text}', 'n{n % 3}')" for n, text in enumerate(HEX[:20]))
OLD = f"batch_{HEX[3]}"
TABLES = """
   CREATE TABLE b (id TYPE PRIMARY KEY, status text NOT NULL DEFAULT 'new', deleted timestamptz, n int);
   INSERT INTO b (id, status) VALUES ROWS;
   CREATE TABLE d (k serial PRIMARY KEY, b_id TYPE REFERENCES b, name text);
   INSERT INTO d (b_id, name) SELECT id, 'x' FROM b;
   CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
"""
MEANS_THE_SAME = """
   CREATE INDEX i_null ON d (name) WHERE b_id IS NOT NULL;
   CREATE UNIQUE INDEX i_id ON b (id) WHERE deleted IS NULL;
   CREATE POLICY p_half ON b FOR UPDATE USING (n < 5) WITH CHECK (id IS NOT NULL AND n > 0);
   CREATE VIEW v_join AS SELECT b.*, d.name FROM b JOIN d ON d.b_id = b.id;
   CREATE VIEW v_of_view AS SELECT id, count(*) AS n FROM v_join GROUP BY id;
   CREATE VIEW v_key AS SELECT b.*, count(d.k) AS total FROM b LEFT JOIN d ON d.b_id = b.id GROUP BY b.id;
   CREATE VIEW v_system AS SELECT ctid, id FROM b;
   CREATE VIEW v_locks AS SELECT id FROM b FOR UPDATE;
   CREATE VIEW v_first AS SELECT status FROM b ORDER BY id LIMIT 3;
   CREATE VIEW v_numbered AS SELECT row_number() OVER (ORDER BY id) AS n, id FROM b;
   CREATE VIEW v_array AS SELECT array_agg(id ORDER BY id) AS ids FROM b;
   CREATE VIEW v_recursive AS WITH RECURSIVE up AS (SELECT id FROM b WHERE status = 'n0'
       UNION SELECT d.b_id FROM up JOIN d ON d.b_id = up.id) SELECT * FROM up;
   CREATE MATERIALIZED VIEW m_max AS SELECT b_id, max(name) AS name FROM d GROUP BY b_id;
   CREATE INDEX i_of_view ON m_max (name) WHERE b_id IS NOT NULL;
   CREATE POLICY p_exists ON d USING (EXISTS (SELECT FROM b WHERE b.id = d.b_id AND b.status = 'n1'));
   CREATE POLICY p_setting ON b USING (status = current_setting('app.s', true) AND id IS NOT NULL);
   CREATE POLICY p_untouched ON b USING (status = 'n1');
   ALTER TABLE b ADD CONSTRAINT c_other CHECK (status <> '' OR id IS NULL);
   CREATE TRIGGER t_distinct BEFORE UPDATE ON b FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id)
       EXECUTE FUNCTION fire();
   CREATE TRIGGER t_row BEFORE UPDATE ON b FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION fire();
   CREATE TRIGGER t_column BEFORE UPDATE OF id ON b FOR EACH ROW EXECUTE FUNCTION fire();
   CREATE RULE r_nothing AS ON DELETE TO b WHERE OLD.id IS NULL DO INSTEAD NOTHING;
   CREATE FUNCTION f_count() RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM b WHERE id IS NOT NULL; END;
   CREATE FUNCTION f_unnamed(int, text) RETURNS bigint BEGIN ATOMIC
       SELECT count(*) FROM b WHERE id IS NOT NULL AND n = $1 AND status <> $2; END;
   CREATE FUNCTION f_of_row(r b) RETURNS boolean RETURN r.id IS NULL OR r.n > 1;
   CREATE POLICY p_any ON d USING (EXISTS (SELECT FROM b WHERE b.id IS NOT NULL));
   ALTER TABLE b ADD CONSTRAINT c_always CHECK (true OR id IS NULL);
   CREATE FUNCTION f_return() RETURNS text RETURN (SELECT min(status) FROM b WHERE id IS NOT NULL);
   CREATE PUBLICATION pub_same FOR TABLE b WHERE (id IS NOT NULL);
   ALTER VIEW v_join ALTER COLUMN status SET DEFAULT 'none';
"""
UNKNOWN = """
   CREATE VIEW u_volatile AS SELECT id, random() AS r FROM b;
   CREATE VIEW u_rows AS SELECT d AS entry FROM d;
   CREATE VIEW u_nothing AS SELECT id FROM b WHERE status = 'a' AND status = 'b';
   CREATE RULE u_writes AS ON UPDATE TO d DO ALSO DELETE FROM b WHERE id = OLD.b_id;
   CREATE FUNCTION u_deletes() RETURNS void BEGIN ATOMIC DELETE FROM b WHERE id IS NULL; END;
   CREATE PROCEDURE u_procedure(text) BEGIN ATOMIC SELECT status FROM b WHERE id IS NOT NULL AND n = 1; END;
   CREATE FUNCTION vol(text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN true; END';
   CREATE SEQUENCE s;
   CREATE FUNCTION writes(text) RETURNS boolean LANGUAGE plpgsql STABLE AS 'BEGIN RETURN nextval(''trial.s'') > 0; END';
   CREATE FUNCTION dyn(text) RETURNS boolean LANGUAGE plpgsql STABLE
     AS 'DECLARE found boolean; BEGIN EXECUTE ''SELECT true'' INTO found; RETURN found; END';
   CREATE FUNCTION owns(text) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT EXISTS (SELECT FROM trial.d)';
   CREATE FUNCTION through(text) RETURNS boolean LANGUAGE plpgsql STABLE AS 'BEGIN RETURN trial.owns($1); END';
   CREATE VIEW shown AS SELECT id FROM b;
   CREATE FUNCTION atomic(text) RETURNS boolean STABLE
     BEGIN ATOMIC SELECT EXISTS (SELECT FROM shown WHERE $1 = 'x'); END;
   CREATE FUNCTION atomic_two(text) RETURNS boolean STABLE RETURN atomic($1);
   CREATE FUNCTION atomic_three(text) RETURNS boolean STABLE RETURN owns($1);
   CREATE POLICY u_atomic ON b USING (atomic(id::text));
   CREATE POLICY u_atomic_two ON b USING (atomic_two(id::text));
   CREATE POLICY u_atomic_three ON b USING (atomic_three(id::text));
   CREATE POLICY u_user_volatile ON b USING (vol(id::text));
   CREATE POLICY u_user_writes ON b USING (writes(id::text));
   CREATE POLICY u_user_dynamic ON b USING (dyn(id::text));
   CREATE POLICY u_user_reads ON b USING (owns(id::text));
   CREATE POLICY u_user_through ON b USING (through(id::text));
   CREATE POLICY u_user_sets ON b USING (set_config('app.x', id, true) IS NOT NULL);
   CREATE POLICY u_setting ON b USING (current_setting('app.' || status, true) = id);
   CREATE VIEW u_shadowed AS WITH b AS (SELECT * FROM trial.b) SELECT id FROM b;
   CREATE SCHEMA trial_two;
   CREATE TABLE trial_two.b (id TYPE, name text);
   CREATE VIEW u_namesakes AS SELECT o.id FROM b JOIN trial_two.b AS o ON o.id = b.id;
   CREATE FOREIGN DATA WRAPPER w;
   CREATE SERVER elsewhere FOREIGN DATA WRAPPER w;
   CREATE FOREIGN TABLE far (b_id text) SERVER elsewhere;
   CREATE VIEW u_foreign AS SELECT b.id FROM b JOIN far ON far.b_id = b.id::text;
"""


def test_what_means_the_same(module_database: str) -> None:
    for declared in ("varchar", "text"):
        for rows, shape in ((PLAIN, CANONICAL), (PREFIXED, BATCH)):
            script = (TABLES + MEANS_THE_SAME).replace("TYPE", declared).replace("ROWS", rows)
            with trying(module_database, script, "b.id d.b_id", [shape]) as trial:
                different = {name: j for name, j in trial.judged.items() if j.meaning != "same"}
                assert different == {}
                assert len(trial.judged) == 30
                assert trial["p_untouched"].why == "it reads none of the columns that change"


def test_what_is_not_known_is_said_with_its_reason(module_database: str) -> None:
    script = (TABLES + UNKNOWN).replace("TYPE", "varchar").replace("ROWS", PLAIN)
    with trying(module_database, script, "b.id d.b_id trial_two.b.id", [CANONICAL]) as trial:
        judged = {name: judgement for name, judgement in trial.judged.items() if name.startswith("u_")}
        sequence = trial.session.rows("SELECT is_called FROM trial.s")
    assert {name for name, judgement in judged.items() if judgement.meaning != "unknown"} == set()
    assert {name: judgement.why for name, judgement in judged.items()} == {
        "u_volatile": "it calls the volatile function random, which is not run for a trial",
        "u_rows": "it takes whole rows by their type, which nothing but the table itself has",
        "u_nothing": "no row came out of the view for any value tried, so that there was nothing to compare",
        "u_writes": "its commands write, and what they would write cannot be tried",
        "u_deletes": "its body writes, and what it would write cannot be tried",
        "u_procedure": "it is a procedure",
        "u_atomic": "it calls the function atomic, whose body reads a table or view that may change",
        "u_atomic_two": "it calls the function atomic_two, whose body reads a table or view that may change",
        "u_atomic_three": "it calls the function atomic_three, whose body mentions d, which changes",
        "u_user_volatile": "it calls the volatile function vol, which is not run for a trial",
        "u_user_writes": "it could not be tried: cannot execute nextval() in a read-only transaction",
        "u_user_dynamic": "it calls the function dyn, whose body puts commands together at run time",
        "u_user_reads": "it calls the function owns, whose body mentions d, which changes",
        "u_user_through": "it calls the function through, whose body mentions owns, which changes",
        "u_user_sets": "it calls the volatile function set_config, which is not run for a trial",
        "u_setting": "it reads a setting whose name is not a constant",
        "u_shadowed": "another relation, or a part of its query, has the name of trial.b",
        "u_namesakes": "it reads relations of one name in several schemas: b",
        "u_foreign": "it reads the foreign table trial.far, which is another server's",
    }
    assert sequence == [(False,)]


def test_what_changes_in_each_kind(module_database: str) -> None:
    """The difference is said in the words of each kind; for text most of it cannot be made again at all."""
    changes = f"""
        CREATE VIEW v_text AS SELECT id || '' AS id FROM b;
        CREATE VIEW v_less AS SELECT * FROM b WHERE id <> '{OLD}';
        CREATE VIEW v_of_less AS SELECT status FROM v_less;
        CREATE VIEW v_word AS SELECT * FROM b WHERE id = 'master';
        CREATE VIEW v_rest AS SELECT split_part(id, '_', 2) AS rest FROM b;
        CREATE VIEW v_json AS SELECT jsonb_agg(id ORDER BY id) AS doc FROM b;
        CREATE MATERIALIZED VIEW m_count AS SELECT count(*) FROM b WHERE id <> '{OLD}';
        CREATE MATERIALIZED VIEW m_ids AS SELECT id FROM b;
        CREATE INDEX i_of_view ON m_ids (lower(id));
        CREATE INDEX i_both ON b (status) WHERE status = 'n1' AND id LIKE 'batch_%';
        ALTER TABLE b ADD CONSTRAINT c_length CHECK (length(id) <= 45);
        ALTER TABLE b ADD CONSTRAINT c_unless CHECK (status <> 'zz' OR id <> '{OLD}');
        ALTER TABLE b ADD CONSTRAINT c_other CHECK (id NOT ILIKE 'JOB%');
        CREATE POLICY p_exists ON d USING (EXISTS (SELECT FROM b WHERE b.id = d.b_id AND b.id <> '{OLD}'));
        CREATE POLICY p_check ON b FOR INSERT WITH CHECK (id <> '{OLD}' AND status <> 'x');
        CREATE POLICY p_list ON b USING (id::text = ANY (string_to_array(current_setting('app.ids', true), ',')));
        CREATE FUNCTION who() RETURNS text LANGUAGE sql STABLE AS 'SELECT current_setting(''app.who'', true)';
        CREATE POLICY p_inside ON b USING (id = who());
        CREATE TRIGGER t_old BEFORE UPDATE ON b FOR EACH ROW WHEN (NEW.id = '{OLD}') EXECUTE FUNCTION fire();
        CREATE RULE r_old AS ON DELETE TO b WHERE OLD.id = '{OLD}' DO INSTEAD NOTHING;
        CREATE TABLE g (id TYPE, short text GENERATED ALWAYS AS (left(id, 8)) STORED,
                        same TYPE GENERATED ALWAYS AS (id) STORED);
        INSERT INTO g SELECT id FROM b;
        CREATE STATISTICS s_left ON status, (left(id, 8)) FROM b;
        CREATE FUNCTION f_find(wanted text) RETURNS text BEGIN ATOMIC SELECT status FROM b WHERE b.id = wanted; END;
        CREATE FUNCTION f_ids() RETURNS SETOF TYPE BEGIN ATOMIC SELECT id FROM b; END;
        CREATE PUBLICATION pub FOR TABLE b WHERE (id <> '{OLD}');
        CREATE VIEW v_plain AS SELECT id, status FROM b;
        ALTER VIEW v_plain ALTER COLUMN id SET DEFAULT 'none';
    """
    both = ("varchar", "text")
    scripts = {name: (TABLES + changes).replace("TYPE", name).replace("ROWS", PREFIXED) for name in both}
    with trying(module_database, scripts["varchar"], "b.id d.b_id g.id", [BATCH]) as trial:
        judged = trial.judged
    assert {name for name, judgement in judged.items() if judgement.meaning != "changed"} == {"v_plain", "m_ids"}
    assert {name for name, judgement in judged.items() if judgement.fails} == {"id", "pub"}
    words = {name: judgement.why for name, judgement in judged.items()}
    assert words["v_of_less"].endswith("it reads trial.v_less, which has changed itself")
    assert words["v_word"] == "the view looks for a value that is no id, and finds nothing any more"
    assert "the view showed ('" in words["v_rest"]
    assert "the materialized view showed ('" in words["m_count"]
    assert words["i_both"].endswith("the index held it, now leaves it out")
    assert judged["c_length"].example is not None
    assert len(judged["c_length"].example["value"]) > 45
    assert words["c_unless"] == f"row '{OLD}': the check refused it, now accepts it"
    assert words["c_other"].startswith("row 'JOB_")
    assert words["p_exists"] == f"row '{OLD}': the policy hid it, now shows it"
    assert words["p_check"] == f"row '{OLD}': the policy refused it, now accepts it"
    assert " with app.who = 'batch_" in words["p_inside"]
    assert words["t_old"] == f"row '{OLD}': the trigger fired for it, now does not fire"
    assert words["r_old"] == f"row '{OLD}': the rule applied to it, now does not apply"
    assert words["short"].startswith(f"for 'batch_{HEX[0]}' the generated column gave 'batch_00', now '0000")
    assert words["pub"].endswith("PostgreSQL takes no row filter that casts a uuid to a text")
    assert judged["pub"].offer == f"ALTER PUBLICATION pub ADD TABLE ONLY trial.b WHERE ((id <> '{IDS[3]}'::uuid));"
    assert words["f_ids"].startswith("the function showed ('batch_")
    assert words["id"] == "the view's column id becomes uuid, and its default 'none' is no uuid"

    with trying(module_database, scripts["text"], "b.id d.b_id g.id", [BATCH]) as trial:
        judged = trial.judged
    assert {name for name, judgement in judged.items() if judgement.meaning != "changed"} == {"v_plain", "m_ids"}
    # || takes a uuid, jsonb_agg too, and a column of type text takes one as its value.
    assert {n for n, j in judged.items() if j.meaning == "changed" and not j.fails} == {
        "v_text",
        "v_json",
        "same",
        "f_ids",
    }


def test_unusual_tables(module_database: str) -> None:
    """Partitions, inheritance, char(n), collations, domains, enumerations, names that need quotes."""
    script = f"""
        CREATE TABLE p (id varchar, at int, CONSTRAINT c_p CHECK (id LIKE 'batch_%')) PARTITION BY RANGE (at);
        CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
        INSERT INTO p SELECT 'batch_' || h, 1 FROM unnest('{{{",".join(HEX[:5])}}}'::text[]) AS h;
        ALTER TABLE p1 ADD CONSTRAINT c_p1 CHECK (id IS NOT NULL OR at = 3);
        CREATE TABLE par (id varchar); CREATE TABLE chi (more int, CONSTRAINT c_chi CHECK (id <> '')) INHERITS (par);
        CREATE TABLE c (id char(38) COLLATE "C", "Mixed Case" text, CONSTRAINT c_char CHECK (id >= 'a'),
                        CONSTRAINT c_mixed CHECK ("Mixed Case" <> 'it''s 100%' OR id IS NULL));
        CREATE TABLE "Order" ("batchId" varchar COLLATE "C", "select" text, CONSTRAINT "C o" CHECK ("select" <> '%s'
                              OR "batchId" IS NOT NULL));
        CREATE VIEW "V" AS SELECT "batchId" AS "b.id", "select" FROM "Order" WHERE "batchId" <> "select";
        CREATE DOMAIN dom AS text NOT NULL CHECK (VALUE <> 'bad');
        CREATE TYPE mood AS ENUM ('sad', 'ok');
        CREATE TABLE q (id varchar, x dom, m mood, a text[], j jsonb, r int4range,
                        CONSTRAINT c_enum CHECK (id <> '' OR m = 'ok'),
                        CONSTRAINT c_dom CHECK (x <> 'y' OR id IS NULL));
        CREATE VIEW v_enum AS SELECT * FROM q WHERE m = 'ok';
        CREATE VIEW v_parts AS SELECT id FROM ONLY par UNION ALL SELECT id FROM p TABLESAMPLE SYSTEM (100);
        CREATE VIEW v_natural AS SELECT * FROM par NATURAL JOIN chi;
        CREATE VIEW v_lateral AS SELECT p.id, x.n FROM p LEFT JOIN LATERAL
            (SELECT count(*) AS n FROM p AS o WHERE o.id = p.id) AS x ON true;
    """
    with trying(module_database, script, "p.id par.id c.id Order.batchId q.id", [BATCH]) as trial:
        meanings = trial.meanings
    assert meanings == {
        "c_p": "changed",
        "c_p1": "same",
        "c_chi": "changed",
        "c_char": "changed",
        "c_mixed": "same",
        "C o": "same",
        "V": "same",
        "c_enum": "changed",
        "c_dom": "same",
        "v_enum": "same",
        "v_parts": "same",
        "v_natural": "same",
        "v_lateral": "same",
    }


def test_what_reads_a_generated_column(module_database: str) -> None:
    """It is judged by what becomes of the generated column, whose values are worked out anew."""
    script = f"""
        CREATE TABLE g (id varchar, short text GENERATED ALWAYS AS (left(id, 8)) STORED);
        INSERT INTO g VALUES ('batch_{HEX[0]}');
        CREATE VIEW v_short AS SELECT id, short FROM g;
        CREATE VIEW v_of_view AS SELECT short FROM v_short;
        CREATE VIEW v_id AS SELECT id FROM g;
    """
    with trying(module_database, script, "g.id", [BATCH]) as trial:
        assert trial.meanings == {"short": "changed", "v_short": "unknown", "v_of_view": "unknown", "v_id": "same"}
        assert trial["v_short"].why == "it reads the generated column trial.g.short, whose values may change"
    plain = script.replace(f"batch_{HEX[0]}", IDS[0])
    with trying(module_database, plain, "g.id", [CANONICAL]) as trial:
        assert set(trial.meanings.values()) == {"same"}


def test_texts_without_a_uuid(module_database: str) -> None:
    """What becomes of them decides what the expressions that look for them mean."""
    script = f"""
        CREATE TABLE t (id varchar, name text);
        INSERT INTO t VALUES {PLAIN}, ('master', 'm'), ('', 'e');
        CREATE VIEW v_master AS SELECT * FROM t WHERE id = 'master';
        CREATE VIEW v_some AS SELECT * FROM t WHERE id <> '';
        CREATE INDEX i_master ON t (name) WHERE id <> 'master';
    """
    with trying(module_database, script, "t.id", [CANONICAL], "derive") as trial:
        derived = trial.judged
    assert {name: judgement.meaning for name, judgement in derived.items()} == dict.fromkeys(derived, "changed")
    assert derived["i_master"].why == "row 'master': the index left it out, now holds it"
    assert derived["i_master"].offer is not None
    with trying(module_database, script, "t.id", [CANONICAL], "null") as trial:
        assert trial["v_some"].meaning == "changed"
        assert trial["v_master"].example == {
            "value": "master", "uuid": None, "before": ["master", "m"], "after": None,
        }  # fmt: skip
    with trying(module_database, script, "t.id", [CANONICAL], "fail") as trial:
        assert trial.meanings == {"v_master": "changed", "v_some": "same", "i_master": "changed"}
