"""Columns that hold uuids among other things, or refer to several tables, and whatever would change with them."""

from __future__ import annotations

import psycopg
import pytest

import uuidkit
from tests.uuidkit.scan.test_scanning import look, verdicts, why
from tests.uuidkit.survey.looking import fill, looking, name, run
from uuidkit.errors import BlockedError
from uuidkit.references.samples import read_samples
from uuidkit.scanning import scan
from uuidkit.survey import survey
from uuidkit.survey.small import findings_of

MIXED = (
    "CREATE TABLE realms (realm_id text PRIMARY KEY)",
    "INSERT INTO realms SELECT md5(i::text)::uuid FROM generate_series(1, 20) AS i",
    "INSERT INTO realms VALUES ('master')",
    "CREATE TABLE clients (client_id text PRIMARY KEY, realm_id text REFERENCES realms, owner_realm_id text)",
    (
        "INSERT INTO clients SELECT md5('c' || i)::uuid, md5(i::text)::uuid, md5(i::text)::uuid"
        " FROM generate_series(1, 20) AS i"
    ),
    # Legacy ids that are no uuids are another matter: derived uuids may stand for them.
    "CREATE TABLE batches (batch_id text PRIMARY KEY)",
    "INSERT INTO batches SELECT md5('b' || i)::uuid FROM generate_series(1, 9) AS i",
    "INSERT INTO batches VALUES ('batch_20250401_120000'), ('310'), ('job_1d2e4f12')",
    # A key of each kind, and a column that refers now to one, now to the other.
    "CREATE TABLE users (user_id text PRIMARY KEY)",
    "INSERT INTO users SELECT md5('u' || i)::uuid FROM generate_series(1, 20) AS i",
    "CREATE TABLE groups (group_id text PRIMARY KEY)",
    "INSERT INTO groups SELECT md5('g' || i)::uuid FROM generate_series(1, 20) AS i",
    "CREATE TABLE comments (comment_id text PRIMARY KEY, subject_type text, subject_id text)",
    (
        "INSERT INTO comments SELECT md5('k' || i)::uuid, 'user', user_id FROM users, generate_series(1, 2) AS i"
        " WHERE user_id = md5('u' || i)::uuid::text"
    ),
    "INSERT INTO comments SELECT md5('l' || i)::uuid, 'group', md5('g' || i)::uuid FROM generate_series(1, 9) AS i",
    # One that may refer to others too, though it refers to one table alone today.
    "CREATE TABLE attachments (record_type text, record_id text)",
    "INSERT INTO attachments SELECT 'User', md5('u' || i)::uuid FROM generate_series(1, 5) AS i",
    # One that nothing here is referred to by says what it is all the same.
    "CREATE TABLE beacons (device_type text, device_id text)",
    "INSERT INTO beacons SELECT 'phone', md5('d' || i)::uuid FROM generate_series(1, 5) AS i",
    "CREATE TABLE properties (owner text, name text, val text, PRIMARY KEY (owner, name))",
    (
        "INSERT INTO properties SELECT 'p' || i, 'n',"
        " CASE i % 3 WHEN 0 THEN i::text WHEN 1 THEN md5('v' || i)::uuid::text"
        " ELSE 'green' END FROM generate_series(1, 30) AS i"
    ),
)


def test_words_among_uuids_and_two_referenced_tables_are_for_review(database: str) -> None:
    run(database, *MIXED)
    result = look(database)
    assert verdicts(result) == {
        "realms.realm_id": "review",
        "clients.client_id": "convert",
        "clients.realm_id": "review",
        "clients.owner_realm_id": "review",
        "batches.batch_id": "convert",
        "users.user_id": "convert",
        "groups.group_id": "convert",
        "comments.comment_id": "convert",
        "comments.subject_id": "review",
        "attachments.record_id": "review",
        "beacons.device_id": "convert",
        "properties.val": "review",
    }
    assert "record_type beside it says what each of them is" in why(result, "attachments.record_id")
    assert "20 of 21 values are uuids, but words stand among them, such as 'master'" in why(result, "realms.realm_id")
    assert "words stand among them" in why(result, "clients.owner_realm_id")  # found, not declared
    assert "others in public.users.user_id" in why(result, "comments.subject_id") or (
        "others in public.groups.group_id" in why(result, "comments.subject_id")
    )

    with psycopg.connect(database, autocommit=True) as connection:
        now_and_then, one_kind = uuidkit.plan(connection, ["users.user_id"]).graphs[0].notes
        assert now_and_then.startswith("public.comments.subject_id → public.users.user_id: perhaps a reference")
        assert one_kind.startswith("public.attachments.record_id → public.users.user_id: perhaps a reference")
        notes = uuidkit.plan(connection, [], all_columns=True, on_unparseable="derive").notes
        assert [note.partition(". ")[0] for note in notes] == [
            f"Left out, to be reviewed: public.{column}"
            for column in [
                "realms.realm_id",
                "clients.realm_id",
                "clients.owner_realm_id",
                "comments.subject_id",
                "attachments.record_id",
                "properties.val",
            ]
        ]
        # One of those left out is named, and brings along what is tied to it.
        more = uuidkit.plan(connection, ["realms.realm_id"], all_columns=True, on_unparseable="derive")
        reviewed = [note.partition(". ")[0].rpartition(" public.")[2] for note in more.notes]
        assert reviewed == ["comments.subject_id", "attachments.record_id", "properties.val"]
        added = {str(c.column) for graph in more.graphs for c in graph.changing} - {
            str(c.column)
            for graph in uuidkit.plan(connection, [], all_columns=True, on_unparseable="derive").graphs
            for c in graph.changing
        }
        assert added == {"public.realms.realm_id", "public.clients.realm_id", "public.clients.owner_realm_id"}
        uuidkit.convert(connection, [], all_columns=True, on_unparseable="derive")
        [(left,)] = connection.execute(
            "SELECT count(*) FROM information_schema.columns WHERE column_name IN ('realm_id', 'subject_id', 'val')"
            " AND data_type = 'text' AND table_schema = 'public'"
        ).fetchall()
        assert left == 4


def test_what_changes_together_is_judged_together(database: str) -> None:
    run(
        database,
        "CREATE TABLE users (user_id text PRIMARY KEY)",
        "INSERT INTO users SELECT md5('u' || i)::uuid FROM generate_series(1, 9) AS i",
        "CREATE TABLE subjects (subject_id text PRIMARY KEY)",
        "INSERT INTO subjects SELECT user_id FROM users",
        "INSERT INTO subjects VALUES ('anonymous'), ('nobody')",
        "INSERT INTO users SELECT md5('later' || i)::uuid FROM generate_series(1, 9) AS i",
        # Both keys at once: a user, and a subject.
        "CREATE TABLE logins (user_id text REFERENCES users REFERENCES subjects)",
        "INSERT INTO logins SELECT user_id FROM users JOIN subjects ON subject_id = user_id",
        "CREATE TABLE empty_yet (user_id text PRIMARY KEY REFERENCES users)",
        "CREATE TABLE machines (machine_id text PRIMARY KEY)",
        "INSERT INTO machines SELECT md5('m' || i)::uuid FROM generate_series(1, 9) AS i",
    )
    result = look(database)
    assert verdicts(result) == {
        "users.user_id": "review",
        "subjects.subject_id": "review",
        "logins.user_id": "review",
        "empty_yet.user_id": "review",
        "machines.machine_id": "convert",
    }
    assert "It changes together with public.logins.user_id: its foreign key" in why(result, "users.user_id")
    with psycopg.connect(database, autocommit=True) as connection:
        plan = uuidkit.plan(connection, [], all_columns=True)
        assert [str(column.column) for graph in plan.graphs for column in graph.columns] == [
            "public.machines.machine_id"
        ]


def test_a_column_that_is_left_out_keeps_what_foreign_keys_tie_to_it(database: str) -> None:
    run(
        database,
        "CREATE TABLE users (user_id text PRIMARY KEY)",
        "INSERT INTO users SELECT md5('u' || i)::uuid FROM generate_series(1, 9) AS i",
        "CREATE TABLE logins (login_id text PRIMARY KEY, user_id text REFERENCES users)",
        "INSERT INTO logins SELECT md5('l' || i)::uuid, md5('u' || i)::uuid FROM generate_series(1, 9) AS i",
        "CREATE TABLE visits (user_id text)",  # not declared
        "INSERT INTO visits SELECT user_id FROM users",
    )
    with psycopg.connect(database, autocommit=True) as connection:
        plan = uuidkit.plan(connection, [], all_columns=True, exclude=["logins.user_id"])
        changing = {str(column.column) for graph in plan.graphs for column in graph.changing}
        assert changing == {"public.logins.login_id"}
        assert any("logins.user_id, which is left out" in note for note in plan.notes)
        plan = uuidkit.plan(connection, [], all_columns=True, exclude=["visits.user_id"])
        changing = {str(column.column) for graph in plan.graphs for column in graph.changing}
        assert changing == {"public.logins.login_id", "public.logins.user_id", "public.users.user_id"}


def test_one_schema_of_several_takes_along_what_foreign_keys_tie_to_it(database: str) -> None:
    run(
        database,
        "CREATE SCHEMA crm",
        "CREATE TABLE crm.people (person_id text PRIMARY KEY)",
        "INSERT INTO crm.people SELECT md5('p' || i)::uuid FROM generate_series(1, 9) AS i",
        "CREATE TABLE calls (call_id text PRIMARY KEY, person_id text REFERENCES crm.people)",
        "INSERT INTO calls SELECT md5('c' || i)::uuid, md5('p' || i)::uuid FROM generate_series(1, 9) AS i",
    )
    with psycopg.connect(database, autocommit=True) as connection:
        outcome = uuidkit.convert(connection, [], all_columns=True, schema="crm")
        assert [str(column) for graph in outcome.done for column in graph.columns] == [
            "crm.people.person_id",
            "public.calls.person_id",
        ]
        with pytest.raises(BlockedError):
            connection.execute("INSERT INTO calls VALUES ('310')")
            uuidkit.convert(connection, [], all_columns=True)


VALUES: list[str | None] = [
    "3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f01",
    " 3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f02 ",
    "batch_3F0A5B526C1D4F5E9A370C6B1D2E4F03",
    "batch_3f0a5b526c1d4f5e9a370c6b1d2e4f04",
    "{3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f05}",
    "3f0a5b52_6c1d_4f5e_9a37_0c6b1d2e4f06",
    "3F0a5b526c1d4f5e9a370c6b1d2e4f07",
    "urn:uuid:3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f08",
    *("310", "310", "", "x" * 90, None, None),
]


def test_a_small_table_is_counted_as_the_full_pass_counts_it(database: str) -> None:
    run(database, "CREATE TABLE t (v text)")
    fill(database, "t", "v", VALUES)
    column = name("t.v")
    with looking(database) as (session, schema):
        sample = read_samples(session, schema, [column], print)[column]
        found = findings_of(
            column, "text", sample.counted, sample.uuids, sample.rows, sample.nulls, sampled=not sample.whole
        )
        full = survey(session, schema, [column], merges=False, thorough=True)[column]
    for field in ("rows", "nulls", "distinct", "formats", "prefixes", "unparseable", "unparseable_samples", "padded"):
        assert getattr(found, field) == getattr(full, field), field
    assert {(str(item.shape), item.count) for item in found.shapes} == {
        (str(item.shape), item.count) for item in full.shapes
    }
    assert not found.sampled


def test_a_large_table_is_read_in_full_only_for_what_is_to_be_converted(database: str) -> None:
    run(
        database,
        "CREATE TABLE big (id text, parent_id text, source text, note_id text)",
        "INSERT INTO big SELECT md5(i::text)::uuid, md5((i / 2 + 1)::text)::uuid,"
        " CASE i % 3 WHEN 0 THEN 'feed' ELSE md5('s' || i)::uuid::text END, CASE WHEN i % 7 = 0 THEN i::text END"
        " FROM generate_series(1, 60000) AS i",
        "UPDATE big SET parent_id = 'odd one' WHERE id = md5('31234')::uuid::text",
        "ALTER TABLE big ADD PRIMARY KEY (id)",
    )
    with looking(database) as (session, schema):
        result = scan(session, schema)
    assert verdicts(result) == {
        "big.id": "convert", "big.parent_id": "convert", "big.source": "review", "big.note_id": "keep",
    }  # fmt: skip
    seen = {item.findings.column.name: item.findings for item in result.columns}
    assert (seen["id"].sampled, seen["id"].rows) == (False, 60_000)
    assert (seen["parent_id"].sampled, seen["parent_id"].unparseable_samples) == (False, ("odd one",))
    assert seen["source"].sampled
    assert seen["note_id"].sampled
    assert seen["source"].rows < 2_000
