"""The scan of a legacy database and of what merely looks like identifiers."""

from __future__ import annotations

import psycopg
import pytest

from tests.support.cases import has
from tests.support.servers import Server
from tests.uuidkit.survey.looking import looking, name, run
from uuidkit.scanning import ScanResult, scan

LEGACY = (
    """CREATE TABLE batch_jobs (
           id serial PRIMARY KEY, batch_id varchar UNIQUE NOT NULL, tenant_id uuid NOT NULL,
           processor_type varchar NOT NULL, status varchar DEFAULT 'pending', batch_metadata jsonb, error varchar)""",
    """CREATE TABLE domains (
           id uuid PRIMARY KEY, tenant_id uuid NOT NULL, domain varchar UNIQUE NOT NULL, batch_id varchar,
           title varchar, favicon_url varchar, email_addresses text[], meta_json jsonb)""",
    """CREATE TABLE jobs (
           id serial PRIMARY KEY, job_id uuid UNIQUE NOT NULL, tenant_id varchar(255) NOT NULL, status varchar,
           domain_id uuid REFERENCES domains ON DELETE SET NULL,
           batch_id varchar REFERENCES batch_jobs (batch_id) ON DELETE SET NULL)""",
    """INSERT INTO batch_jobs (batch_id, tenant_id, processor_type, batch_metadata)
       SELECT v, md5('t')::uuid, 'domain_batch', jsonb_build_object('batch_id', v)
         FROM unnest(ARRAY['3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f01', '3F0A5B52-6C1D-4F5E-9A37-0C6B1D2E4F02',
              '3f0a5b526c1d4f5e9a370c6b1d2e4f04', 'batch_3f0a5b526c1d4f5e9a370c6b1d2e4f05',
              'batch_3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f06',
              'batch_domain_sitemap_3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f07', 'sitemap_3f0a5b526c1d4f5e9a370c6b1d2e4f08',
              '3f0a5b52_6c1d_4f5e_9a37_0c6b1d2e4f10', 'batch_0c6b1d2e4f11', 'job_1d2e4f12',
              'batch_3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f01_0c6b1d13', 'batch_20250401_120000', '310',
              '  3f0a5b52-6c1d-4f5e-9a37-0c6b1d2e4f17 ', 'batch-3f0a5b526c1d4f5e9a370c6b1d2e4f18', '']) AS v""",
    """INSERT INTO domains (id, tenant_id, domain, batch_id, title)
       SELECT md5(id::text)::uuid, tenant_id, 'shop' || id || '.example', batch_id, 'Shop ' || id FROM batch_jobs""",
    """INSERT INTO domains (id, tenant_id, domain, batch_id)
       VALUES (md5('u')::uuid, md5('t')::uuid, 'upper.example', '3F0A5B52-6C1D-4F5E-9A37-0C6B1D2E4F01'),
              (md5('o')::uuid, md5('t')::uuid, 'orphan.example', 'batch_99999999999999999999999999999999'),
              (md5('n')::uuid, md5('t')::uuid, 'alone.example', NULL)""",
    """INSERT INTO jobs (job_id, tenant_id, domain_id, batch_id)
       SELECT md5('j' || id)::uuid, tenant_id::text, id, batch_id FROM domains
        WHERE batch_id IN (SELECT batch_id FROM batch_jobs)""",
)

HOSTILE = (
    """CREATE TABLE places (
           place_id text PRIMARY KEY, crm_contact_id text, source_id text, website text, external_ref text)""",
    """INSERT INTO places
       SELECT 'ChIJ' || left(md5('p' || i), 23), left(md5('c' || i), 20),
              CASE i % 3 WHEN 0 THEN 'master' ELSE md5('s' || i)::uuid::text END,
              'https://shop.example/item/' || md5('w' || i)::uuid, md5('ref' || i)::uuid::text
         FROM generate_series(1, 30) AS i""",
    """CREATE TABLE files (
           id uuid PRIMARY KEY DEFAULT gen_random_uuid(), etag text, content_hash text, commit_id text, version_id text,
           owner_email text, gravatar text, tags text[], note text)""",
    """INSERT INTO files (etag, content_hash, commit_id, version_id, owner_email, gravatar, tags, note)
       SELECT md5('t' || i), encode(sha256(convert_to(i::text, 'UTF8')), 'hex'),
              md5('a' || i) || left(md5('b' || i), 8), md5('v' || i), md5('m' || i)::uuid::text,
              'https://gravatar.example/avatar/' || md5('g' || i),
              ARRAY[md5('x' || i)::uuid::text, 'red'],
              CASE WHEN i = 7 THEN 'see batch_' || md5('n') || ', please' ELSE 'nothing to see' END
         FROM generate_series(1, 30) AS i""",
    "CREATE TABLE settings (key text PRIMARY KEY, value text)",
    "INSERT INTO settings VALUES ('theme', 'dark'), ('instance', md5('i')::uuid::text), ('limit', '10')",
    "CREATE TABLE licences (code text PRIMARY KEY)",
    "INSERT INTO licences VALUES ('trial'), (md5('1')::uuid::text), (md5('2')::uuid::text)",
    "CREATE TABLE events (id text PRIMARY KEY, subject_id text, trace_id text, request_uuid text, empty_id text)",
    """INSERT INTO events (id, subject_id, trace_id, request_uuid)
       SELECT 'evt_' || md5('e' || i), 'usr_' || md5('u' || i), md5('r' || i), md5('q' || i)::uuid
         FROM generate_series(1, 30) AS i""",
)


def look(url: str, **options: object) -> ScanResult:
    """The scan of a database."""
    with looking(url) as (session, schema):
        return scan(session, schema, **options)  # type: ignore[arg-type]


def verdicts(result: ScanResult) -> dict[str, str]:
    """The verdicts by short names."""
    return {str(item.findings.column).removeprefix("public."): item.verdict for item in result.columns}


def why(result: ScanResult, column: str) -> str:
    """The reason for one verdict."""
    [item] = [item for item in result.columns if item.findings.column == name(column)]
    return item.why


def test_a_legacy_database(database: str) -> None:
    run(database, *LEGACY)
    result = look(database)
    assert verdicts(result) == {
        "batch_jobs.batch_id": "convert",
        "domains.domain": "keep",
        "domains.batch_id": "convert",
        "jobs.tenant_id": "convert",
        "jobs.batch_id": "convert",
    }
    batch_id = result.columns[0].findings
    assert batch_id.formats == {"canonical": 3, "hex": 1, "underscored": 1, "prefixed": 5}
    assert (batch_id.unparseable, batch_id.distinct, batch_id.padded) == (6, 16, 1)
    assert why(result, "batch_jobs.batch_id").startswith("It is a key (batch_jobs_batch_id_key), and 10 of 16 values")
    assert "jobs_batch_id_fkey refers to public.batch_jobs.batch_id" in why(result, "jobs.batch_id")
    assert "without a foreign key (it has the key's name" in why(result, "domains.batch_id")
    ends = {(str(r.referencing), str(r.referenced), r.declared) for r in result.references}
    assert ends == {
        ("public.jobs.domain_id", "public.domains.id", True),
        ("public.jobs.batch_id", "public.batch_jobs.batch_id", True),
        ("public.domains.batch_id", "public.batch_jobs.batch_id", False),
    }
    [found] = [r for r in result.references if not r.declared]
    assert (found.certain, found.orphans, found.respelled) == (True, 1, 1)
    assert [item.column for item in result.embedded] == [name("batch_jobs.batch_metadata")]


def test_what_merely_looks_like_identifiers(database: str) -> None:
    run(database, *HOSTILE)
    result = look(database)
    assert verdicts(result) == {
        "places.place_id": "keep",  # Google's: no uuids, though a key
        "places.crm_contact_id": "keep",
        "places.source_id": "review",  # 'master' among uuids
        "places.external_ref": "review",  # uuids, and the name does not say what for
        "files.etag": "review",  # 32 digits may be a hash
        "files.content_hash": "keep",  # SHA-256
        "files.commit_id": "keep",  # SHA-1, though called an id
        "files.version_id": "review",  # 32 digits without a key or a reference
        "files.owner_email": "review",
        "settings.key": "keep",
        "settings.value": "review",
        "licences.code": "review",
        "events.id": "convert",
        "events.subject_id": "convert",  # all prefixed, and called an id
        "events.trace_id": "review",
        "events.request_uuid": "convert",
        "events.empty_id": "keep",
    }
    assert "such as 'master'" in why(result, "places.source_id")
    assert "SHA-1" in why(result, "files.commit_id")
    assert "(email)" in why(result, "files.owner_email")
    assert "(value)" in why(result, "settings.value")
    assert "such as 'trial'" in why(result, "licences.code")
    assert why(result, "events.empty_id") == "The column is empty."
    assert not [r for r in result.references if r.certain]
    inside = {
        str(item.column).removeprefix("public."): (item.where, item.rows, item.example) for item in result.embedded
    }
    assert set(inside) == {"places.website", "files.tags", "files.note"}
    assert inside["files.note"] == ("longer text", 1, "batch_7b8b965ad4bca0e41ab51de7b31363a1")
    assert inside["files.tags"][0] == "array"
    assert "files.note (text): longer text, for example batch_7b8b" in "\n".join(map(str, result.embedded))


def test_a_key_decides_for_all_that_refer_to_it(database: str) -> None:
    run(
        database,
        "CREATE TABLE tokens (token text PRIMARY KEY)",
        "CREATE TABLE uses (token text REFERENCES tokens, used_token_id text)",
        "CREATE TABLE nothing_yet (batch_id text REFERENCES tokens)",
        "INSERT INTO tokens SELECT md5(i::text)::uuid FROM generate_series(1, 9) AS i",
        "INSERT INTO uses SELECT token, NULL FROM tokens",
        "CREATE TABLE batches (id text PRIMARY KEY)",
        "CREATE TABLE parts (id serial, batch text REFERENCES batches, file_hash text REFERENCES batches)",
        "INSERT INTO batches SELECT md5(i::text) FROM generate_series(1, 9) AS i",
    )
    result = look(database)
    assert verdicts(result) == {
        "tokens.token": "review",
        "uses.token": "review",
        "uses.used_token_id": "keep",
        "nothing_yet.batch_id": "review",
        "batches.id": "convert",  # 32 digits, but a key
        "parts.batch": "convert",
        "parts.file_hash": "convert",
    }
    assert "tokens_pkey" not in why(result, "tokens.token")
    assert "(token)" in why(result, "nothing_yet.batch_id")


def test_a_half_converted_database(database: str) -> None:
    run(
        database,
        "CREATE TABLE batch_jobs (id serial PRIMARY KEY, batch_id uuid, batch_id_old text)",
        "INSERT INTO batch_jobs (batch_id, batch_id_old) SELECT md5(i::text)::uuid, 'batch_' || i"
        " FROM generate_series(1, 20) AS i",
        "CREATE TABLE domains (batch_id varchar)",
        "INSERT INTO domains SELECT 'batch_' || i FROM generate_series(1, 12) AS i",
        "INSERT INTO domains SELECT 'batch_' || md5(i::text) FROM generate_series(5, 20) AS i",
    )
    result = look(database)
    assert verdicts(result) == {"domains.batch_id": "convert"}
    assert "which is uuid already" in why(result, "domains.batch_id")
    [reference] = result.references
    assert reference.backup == name("batch_jobs.batch_id_old")


def test_only_what_was_asked_for_is_listed(database: str) -> None:
    run(
        database,
        *LEGACY,
        "CREATE SCHEMA other",
        "CREATE TABLE other.reports (batch_id text, tenant_id text, data jsonb)",
        """INSERT INTO other.reports
           SELECT batch_id, md5(batch_id)::uuid, jsonb_build_object('b', batch_id) FROM batch_jobs""",
    )
    result = look(database, schemas=["other"])
    assert verdicts(result) == {"other.reports.batch_id": "convert", "other.reports.tenant_id": "convert"}
    assert [str(item.column) for item in result.embedded] == ["other.reports.data"]
    assert [str(r.referencing) for r in result.references] == ["other.reports.batch_id"]
    fewer = look(database, schemas=["other"], exclude=[name("other.reports.tenant_id")])
    assert verdicts(fewer) == {"other.reports.batch_id": "convert"}


def test_partitions_and_heirs_are_judged_with_their_family(database: str) -> None:
    run(
        database,
        "CREATE TABLE events (event_id text, day date) PARTITION BY RANGE (day)",
        "CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
        "INSERT INTO events SELECT md5(i::text)::uuid, '2025-05-05' FROM generate_series(1, 9) AS i",
        "CREATE TABLE base (base_id text)",
        "CREATE TABLE heir (extra_id text) INHERITS (base)",
        "INSERT INTO heir SELECT md5(i::text)::uuid, md5(i::text)::uuid FROM generate_series(1, 9) AS i",
    )
    result = look(database)
    assert verdicts(result) == {
        "events.event_id": "convert",
        "base.base_id": "convert",
        "heir.extra_id": "convert",
    }
    assert [item.findings.rows for item in result.columns] == [9, 9, 9]


def test_an_empty_database(database: str) -> None:
    assert look(database) == ScanResult(columns=(), references=())


@pytest.fixture
def both(server: Server, owner_database: str) -> tuple[str, str]:
    """The URLs of one database: for its plain owner, and for the superuser."""
    return owner_database, server.url_of(psycopg.conninfo.conninfo_to_dict(owner_database)["dbname"])


def test_the_owner_sees_what_the_superuser_sees(both: tuple[str, str]) -> None:
    owner, superuser = both
    run(
        owner,
        *LEGACY,
        *HOSTILE,
        "ALTER TABLE domains ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY nothing ON domains USING (false)",
    )
    assert look(owner) == look(superuser)
    assert look(owner).unreadable == ()


def test_what_the_owner_cannot_see_is_said(both: tuple[str, str]) -> None:
    owner, superuser = both
    run(owner, *LEGACY, "ALTER TABLE jobs ENABLE ROW LEVEL SECURITY", "ALTER TABLE jobs FORCE ROW LEVEL SECURITY")
    result = look(owner)
    assert "jobs.batch_id" not in verdicts(result)
    [message] = result.unreadable
    assert "public.jobs" in message
    assert "row-level security" in message
    assert "jobs.batch_id" in verdicts(look(superuser))
    assert look(superuser).unreadable == ()


def test_ids_without_regard_to_case(server: Server, database: str) -> None:
    """Ids of the extension's type are no texts, and not converted; they are listed, with what is to be done first."""
    if not has(server.release, "citext"):
        return  # the servers of the wheel come without extensions
    run(
        database,
        "CREATE EXTENSION citext",
        "CREATE TABLE accounts (id citext PRIMARY KEY, email citext)",
        "INSERT INTO accounts SELECT md5('a' || n), 'a' || n || '@shop.example' FROM generate_series(1, 5) AS n",
    )
    [found] = look(database).embedded
    assert (found.column, found.rows, found.example) == (name("accounts.id"), 5, "32cfe6c19200b67afb7c3d0e1c43eadb")
    assert "only after it was made text" in found.where
