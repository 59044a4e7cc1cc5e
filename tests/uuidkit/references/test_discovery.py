"""Undeclared references: which are found, which are certain, and why not."""

from __future__ import annotations

import psycopg

from tests.support.servers import Server
from tests.uuidkit.survey.looking import looking, name, run
from uuidkit.findings import Reference
from uuidkit.planning.model import Request
from uuidkit.references import closure, declared, discover
from uuidkit.survey import Unreadable


def found(url: str, *around: str) -> dict[tuple[str, str], Reference]:
    """The references of a database by their ends, those around some columns if any are named."""
    with looking(url) as (session, schema):
        references = discover(session, schema, around=list(map(name, around)) if around else None)
    return {(short(r.referencing), short(r.referenced)): r for r in references}


def short(column: object) -> str:
    """A column's name without the schema public."""
    return str(column).removeprefix("public.")


def certain(references: dict[tuple[str, str], Reference]) -> set[tuple[str, str]]:
    """The ends of the certain ones."""
    return {ends for ends, reference in references.items() if reference.certain}


def ids(number: int, tag: str = "", prefix: str = "") -> str:
    """SQL for rows of one uuid each as text, the same for the same tag."""
    return f"SELECT '{prefix}' || md5('{tag}' || i)::uuid::text FROM generate_series(1, {number}) AS i"


BATCHES = (
    "CREATE TABLE batch_jobs (id serial PRIMARY KEY, batch_id varchar UNIQUE NOT NULL, tenant_id uuid)",
    """INSERT INTO batch_jobs (batch_id, tenant_id)
       SELECT CASE i % 3 WHEN 0 THEN md5(i::text) WHEN 1 THEN 'batch_' || md5(i::text)::uuid ELSE 'batch_' || i END,
              md5((i % 2)::text)::uuid FROM generate_series(1, 60) AS i""",
    "CREATE TABLE domains (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), batch_id varchar, tenant_id varchar)",
)


def test_the_key_by_its_name_with_other_spellings_and_orphans(database: str) -> None:
    run(
        database,
        *BATCHES,
        "INSERT INTO domains (batch_id) SELECT batch_id FROM batch_jobs, generate_series(1, 2)",
        "INSERT INTO domains (batch_id) SELECT upper(md5(i::text)) FROM generate_series(1, 6) AS i WHERE i % 3 <> 2",
        "INSERT INTO domains (batch_id) VALUES (' batch_5'), ('batch_6'), ('gone'), ('gone'), (NULL)",
    )
    references = found(database)
    assert list(references) == [("domains.batch_id", "batch_jobs.batch_id")]
    [reference] = references.values()
    assert reference.certain
    assert not reference.declared
    assert reference.respelled == 5  # four in upper case, one with a blank
    assert reference.orphans == 3
    assert reference.orphan_samples == ("gone", "batch_6")
    assert reference.why == "It has the key's name, and 65 of its 67 different values occur there."


def test_no_more_than_half_is_no_majority(database: str) -> None:
    run(
        database,
        *BATCHES,
        "INSERT INTO domains (batch_id) SELECT batch_id FROM batch_jobs LIMIT 10",
        f"INSERT INTO domains (batch_id) {ids(10, 'other')}",
    )
    [reference] = found(database).values()
    assert not reference.certain
    assert reference.orphans == 10
    assert "only 10 of its 20 different values" in reference.why


def test_the_aftermath_of_the_legacy_migration(database: str) -> None:
    # One month later: the parent uuid, nullable, without a key; its children text; batches without a parent row.
    run(
        database,
        "CREATE TABLE batch_jobs (id serial PRIMARY KEY, batch_id uuid, tenant_id uuid NOT NULL)",
        "INSERT INTO batch_jobs (batch_id, tenant_id) SELECT md5(i::text)::uuid, md5('t' || i)::uuid"
        " FROM generate_series(1, 40) AS i",
        "CREATE TABLE jobs (id serial PRIMARY KEY, batch_id varchar, tenant_id varchar(255))",
        "CREATE TABLE jobs_backup AS SELECT 'batch_' || md5(i::text) AS batch_id FROM generate_series(1, 30) AS i",
        "CREATE TABLE domains (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), batch_id varchar)",
        "INSERT INTO jobs (batch_id, tenant_id) SELECT 'batch_' || md5(i::text), md5('t' || i)"
        " FROM generate_series(1, 20) AS i",
        "INSERT INTO domains (batch_id) SELECT md5(i::text)::uuid FROM generate_series(31, 45) AS i",
    )
    expected = {(f"{table}.batch_id", "batch_jobs.batch_id") for table in ("jobs", "jobs_backup", "domains")}
    for around in ([], ["domains.batch_id"], ["batch_jobs.batch_id"], ["jobs_backup.batch_id"]):
        references = found(database, *around)
        assert certain(references) == expected
        assert references["domains.batch_id", "batch_jobs.batch_id"].orphans == 5
    assert found(database, "jobs.tenant_id") == {}
    with looking(database) as (session, schema):
        target = name("domains.batch_id")
        references_ = (*declared(schema), *discover(session, schema, around=[target]))
        [graph] = closure(schema, references_, Request((target,)))
    assert [column.table for column in graph] == ["batch_jobs", "jobs", "jobs_backup", "domains"]


def test_old_texts_are_looked_up_beside_a_uuid_key(database: str) -> None:
    run(
        database,
        "CREATE TABLE batch_jobs (batch_id uuid UNIQUE, label text, batch_id_original text)",
        "INSERT INTO batch_jobs VALUES ('00000000-0000-4000-8000-000000000001', 'x', '310'),"
        " ('00000000-0000-4000-8000-000000000002', 'y', 'batch_00000000000040008000000000000002')",
        "CREATE TABLE domains (batch_id text)",
        "INSERT INTO domains VALUES ('310'), ('batch_00000000000040008000000000000002'),"
        " ('00000000-0000-4000-8000-000000000002'), ('311')",
    )
    references = found(database)
    assert certain(references) == {("domains.batch_id", "batch_jobs.batch_id")}
    [reference] = references.values()
    assert reference.backup == name("batch_jobs.batch_id_original")
    assert (reference.orphans, reference.orphan_samples, reference.respelled) == (1, ("311",), 1)


def test_old_texts_are_recognised_by_what_they_are(database: str) -> None:
    # legacy_ref holds the old ids; ref2 holds one of the texts too, but beside another uuid than it says.
    run(
        database,
        "CREATE TABLE batch_jobs (batch_id uuid UNIQUE, ref2 text, legacy_ref text, error text)",
        "INSERT INTO batch_jobs VALUES"
        " ('00000000-0000-4000-8000-000000000001', 'batch_00000000000040008000000000000002', '310', ''),"
        " ('00000000-0000-4000-8000-000000000002', 'b_2', 'batch_00000000000040008000000000000002', '')",
        "CREATE TABLE domains (batch_id text)",
        "INSERT INTO domains VALUES ('310'), ('batch_00000000000040008000000000000002'), ('')",
    )
    references = found(database)
    assert certain(references) == {("domains.batch_id", "batch_jobs.batch_id")}
    reference = references["domains.batch_id", "batch_jobs.batch_id"]
    assert reference.backup == name("batch_jobs.legacy_ref")
    assert reference.orphan_samples == ("",)


def test_a_kept_text_is_no_reference(database: str) -> None:
    run(
        database,
        "CREATE TABLE batch_jobs (batch_id uuid UNIQUE, batch_id_original text)",
        "CREATE TABLE jobs (batch_id uuid REFERENCES batch_jobs (batch_id), batch_id_original text)",
        "INSERT INTO batch_jobs SELECT md5(i::text)::uuid, 'batch_' || md5(i::text) FROM generate_series(1, 9) AS i",
        "INSERT INTO jobs SELECT * FROM batch_jobs",
    )
    assert found(database) == {}


def test_a_uuid_parent_whose_values_repeat_says_so(database: str) -> None:
    run(
        database,
        "CREATE TABLE batch_jobs (batch_id uuid)",
        "INSERT INTO batch_jobs SELECT md5((i / 2)::text)::uuid FROM generate_series(1, 9) AS i",
        "CREATE TABLE domains (batch_id text)",
        "INSERT INTO domains SELECT DISTINCT batch_id::text FROM batch_jobs",
    )
    [reference] = found(database).values()
    assert reference.certain
    assert reference.why.endswith("occur there; the key's own values repeat.")


USERS = ("CREATE TABLE users (id text PRIMARY KEY)", f"INSERT INTO users {ids(20)}", "CREATE TABLE docs (id serial)")


def test_without_a_name_all_values_have_to_be_contained_uuids(database: str) -> None:
    run(
        database,
        *USERS,
        "ALTER TABLE docs ADD created_by text, ADD closed_by text, ADD read_by text, ADD sent_by text, ADD shape text",
        f"INSERT INTO docs (created_by) SELECT 'usr_' || replace(u, '-', '') FROM ({ids(9)}) AS i (u)",
        f"INSERT INTO docs (closed_by) {ids(9)}",
        "INSERT INTO docs (closed_by) VALUES ('nobody')",
        f"INSERT INTO docs (read_by) {ids(30)}",
        f"INSERT INTO docs (sent_by) {ids(1)}",
        f"INSERT INTO docs (sent_by) {ids(1)}",
        f"INSERT INTO docs (shape) {ids(5, 'round')}",
    )
    references = found(database)
    assert certain(references) == {("docs.created_by", "users.id")}
    assert references["docs.created_by", "users.id"].respelled == 9
    assert "All of its 9 different values are uuids" in references["docs.created_by", "users.id"].why
    assert "other values are no uuids" in references["docs.closed_by", "users.id"].why
    assert "others do not" in references["docs.read_by", "users.id"].why
    assert "one value alone" in references["docs.sent_by", "users.id"].why
    assert ("docs.shape", "users.id") not in references


def test_mere_texts_are_no_evidence_without_a_name(database: str) -> None:
    run(
        database,
        "CREATE TABLE users (id text PRIMARY KEY, state text)",
        "INSERT INTO users SELECT i::text, (i % 3)::text FROM generate_series(1, 50) AS i",
        "CREATE TABLE docs (pages text, user_id text, customer_user_ref text)",
        "INSERT INTO docs SELECT i::text, i::text, i::text FROM generate_series(1, 50) AS i",
    )
    assert certain(found(database)) == {("docs.user_id", "users.id")}


def test_a_name_that_merely_fits_needs_a_uuid(database: str) -> None:
    run(
        database,
        "CREATE TABLE customer_accounts (id text PRIMARY KEY)",
        "INSERT INTO customer_accounts VALUES ('1'), ('2'), ('00000000-0000-4000-8000-000000000001')",
        "CREATE TABLE a (customer_id text)",
        "CREATE TABLE b (customer_id text)",
        "INSERT INTO a VALUES ('1'), ('2')",
        "INSERT INTO b VALUES ('1'), ('00000000-0000-4000-8000-000000000001')",
    )
    assert certain(found(database)) == {("b.customer_id", "customer_accounts.id")}


def test_a_column_with_another_purpose_is_never_certain(database: str) -> None:
    run(
        database,
        "CREATE TABLE sessions (token text PRIMARY KEY, etag text UNIQUE)",
        f"INSERT INTO sessions SELECT u, md5(u) FROM ({ids(20)}) AS i (u)",
        "CREATE TABLE logins (token text, etag text, digest text, version text, email text)",
        "INSERT INTO logins SELECT token, etag, etag, etag, token FROM sessions",
    )
    references = found(database)
    assert certain(references) == set()
    assert "meant for something else (token)" in references["logins.token", "sessions.token"].why
    assert "that column is meant for something else (etag)" in references["logins.version", "sessions.etag"].why
    assert "meant for something else (email)" in references["logins.email", "sessions.token"].why


def test_a_column_that_refers_now_here_now_there_is_not_certain(database: str) -> None:
    run(
        database,
        "CREATE TABLE users (id text PRIMARY KEY)",
        "CREATE TABLE teams (id text PRIMARY KEY)",
        f"INSERT INTO users {ids(20, 'u')}",
        f"INSERT INTO teams {ids(20, 't')}",
        "CREATE TABLE notes (subject_type text, subject_id text, user_id text)",
        f"INSERT INTO notes SELECT 'user', u, u FROM ({ids(12, 'u')}) AS i (u)",
        f"INSERT INTO notes SELECT 'team', u, u FROM ({ids(5, 't')}) AS i (u)",
    )
    references = found(database)
    assert certain(references) == set()
    assert "now to this, now to that" in references["notes.subject_id", "users.id"].why
    assert "now to this, now to that" in references["notes.user_id", "users.id"].why
    assert ("notes.subject_id", "teams.id") in references
    # One kind alone today; what stands beside it says that others may come.
    run(database, "DELETE FROM notes WHERE subject_type = 'team'", "UPDATE notes SET user_id = NULL")
    references = found(database)
    assert certain(references) == set()
    assert (
        "by subject_type beside it, it may refer to other tables too" in references["notes.subject_id", "users.id"].why
    )


def test_two_keys_that_fit_equally_well_are_not_certain(database: str) -> None:
    run(
        database,
        "CREATE TABLE first (id text PRIMARY KEY)",
        "CREATE TABLE second (id text PRIMARY KEY)",
        f"INSERT INTO first {ids(20)}",
        f"INSERT INTO second {ids(7)}",
        f"INSERT INTO second {ids(7, 'more')}",
        "CREATE TABLE notes (owner text)",
        f"INSERT INTO notes {ids(5)}",
    )
    references = found(database, "notes.owner")
    assert certain(references) == set()
    assert "occur in public.second.id as well" in references["notes.owner", "first.id"].why


def test_keys_that_share_their_ids_are_one(database: str) -> None:
    run(
        database,
        "CREATE TABLE batch_jobs (batch_id text PRIMARY KEY)",
        "CREATE TABLE batch_reports (batch_id text PRIMARY KEY REFERENCES batch_jobs)",
        "CREATE TABLE batch_results (batch_id text PRIMARY KEY)",
        "CREATE TABLE domains (batch_id text)",
        f"INSERT INTO batch_jobs {ids(20)}",
        f"INSERT INTO batch_reports {ids(20)}",
        f"INSERT INTO batch_results {ids(12)}",
        f"INSERT INTO domains {ids(15)}",
    )
    assert certain(found(database)) == {
        ("domains.batch_id", "batch_jobs.batch_id"),
        ("batch_results.batch_id", "batch_jobs.batch_id"),
    }


def test_of_two_keys_with_the_same_ids_one_refers_to_the_other(database: str) -> None:
    run(
        database,
        "CREATE TABLE reports (batch_id text PRIMARY KEY)",
        "CREATE TABLE batches (batch_id text PRIMARY KEY)",
        f"INSERT INTO batches {ids(20)}",
        f"INSERT INTO reports {ids(20)}",
    )
    assert set(found(database)) == {("reports.batch_id", "batches.batch_id")}


def test_a_column_without_values_is_not_certain(database: str) -> None:
    run(database, *BATCHES, "INSERT INTO domains (batch_id) VALUES (NULL)")
    [reference] = found(database).values()
    assert not reference.certain
    assert reference.why == "It has the key's name, but the column holds no value yet, so nothing shows it."


def test_a_row_may_refer_to_another_of_its_table(database: str) -> None:
    run(
        database,
        "CREATE TABLE nodes (id text PRIMARY KEY, parent_id text, copy text)",
        f"INSERT INTO nodes SELECT u, max(u) OVER (), replace(u, '-', '') FROM ({ids(20)}) AS i (u)",
    )
    references = found(database)
    assert certain(references) == {("nodes.parent_id", "nodes.id")}
    assert "in the same table" in references["nodes.copy", "nodes.id"].why


def test_keys_too_large_to_be_read_whole(database: str) -> None:
    run(
        database,
        "CREATE TABLE batch_jobs (batch_id varchar PRIMARY KEY)",
        "INSERT INTO batch_jobs SELECT CASE i % 2 WHEN 0 THEN md5(i::text) ELSE 'batch_' || md5(i::text)::uuid END"
        " FROM generate_series(1, 30000) AS i",
        "INSERT INTO batch_jobs VALUES ('310'), ('batch_20250401')",
        "CREATE TABLE users (id uuid PRIMARY KEY)",
        "INSERT INTO users SELECT md5('u' || i)::uuid FROM generate_series(1, 30000) AS i",
        "CREATE TABLE domains (batch_id char(42), owner text, unrelated text)",
        "INSERT INTO domains SELECT 'batch_' || md5((i * 10)::text)::uuid, 'usr_' || md5('u' || i * 7),"
        " md5('x' || i)::uuid FROM generate_series(1, 3000) AS i",
        "INSERT INTO domains (batch_id) VALUES ('310'), ('nowhere')",
    )
    references = found(database)
    assert certain(references) == {("domains.batch_id", "batch_jobs.batch_id"), ("domains.owner", "users.id")}
    reference = references["domains.batch_id", "batch_jobs.batch_id"]
    assert (reference.orphans, reference.orphan_samples, reference.respelled) == (1, ("nowhere",), 3000)
    assert len(references) == 2


def test_only_what_touches_the_graph_is_proved(database: str) -> None:
    run(
        database,
        *BATCHES,
        "INSERT INTO domains (batch_id) SELECT batch_id FROM batch_jobs",
        "CREATE TABLE files (file_id text PRIMARY KEY)",
        f"INSERT INTO files {ids(20, 'f')}",
        "CREATE TABLE copies (file_id text)",
        f"INSERT INTO copies {ids(20, 'f')}",
    )
    with looking(database) as (session, schema):
        references = discover(session, schema, around=[name("batch_jobs.batch_id")])
        proofs = [text for text in session.sent if "texts AS MATERIALIZED" in text]
    assert [short(r.referencing) for r in references] == ["domains.batch_id"]
    assert proofs
    assert not [text for text in proofs if '"copies"' in text]


def test_references_are_followed_to_any_depth(database: str) -> None:
    run(
        database,
        "CREATE TABLE a (a_id text PRIMARY KEY)",
        "CREATE TABLE b (b_id text PRIMARY KEY, a_id text)",
        "CREATE TABLE c (c_id text PRIMARY KEY, b_id text UNIQUE REFERENCES b)",
        "CREATE TABLE d (old_b_id text)",
        f"INSERT INTO a {ids(9, 'a')}",
        "INSERT INTO b SELECT md5('b' || a_id)::uuid, a_id FROM a",
        "INSERT INTO c SELECT md5('c' || b_id)::uuid, b_id FROM b",
        "INSERT INTO d SELECT b_id FROM b",
    )
    assert certain(found(database, "d.old_b_id")) == {("d.old_b_id", "b.b_id")}
    # b.a_id does not touch b.b_id: another graph.
    assert certain(found(database, "a.a_id")) == {("b.a_id", "a.a_id")}


def test_what_cannot_be_read_is_told_and_left_out(server: Server, owner_database: str) -> None:
    run(
        owner_database,
        *BATCHES,
        "INSERT INTO domains (batch_id) SELECT batch_id FROM batch_jobs",
        "CREATE TABLE secret (batch_id text)",
        "INSERT INTO secret SELECT batch_id FROM batch_jobs",
        "ALTER TABLE secret ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE secret FORCE ROW LEVEL SECURITY",
        "CREATE TABLE hidden (batch_id text, open text)",
    )
    other = server.create_role()
    url = server.url_of(psycopg.conninfo.conninfo_to_dict(owner_database)["dbname"], other)
    run(owner_database, f"GRANT SELECT ON batch_jobs, domains TO {other}", f"GRANT SELECT (open) ON hidden TO {other}")
    try:
        for who, expected in ((owner_database, {"secret"}), (url, {"secret", "hidden"})):
            told: list[Unreadable] = []
            with looking(who) as (session, schema):
                references = discover(session, schema, on_unreadable=told.append)
            assert [short(r.referencing) for r in references if r.certain] == ["domains.batch_id"]
            assert {error.column.table for error in told} == expected
    finally:
        run(owner_database, f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {other}",
            f"REVOKE ALL ON hidden FROM {other}")  # fmt: skip
        server.drop_role(other)
