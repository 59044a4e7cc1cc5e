"""The baseline is the legacy schema, fact by fact, and goes up and down without a trace."""

from __future__ import annotations

import psycopg
import pytest

from tests.support import pg_dump, psql
from tests.versions import facts
from tests.versions.alembic_command import alembic

# What the live legacy database showed: column, type, nullable or not, default.
COLUMNS = """
batch_jobs.id                 integer                      not null  nextval('batch_jobs_id_seq'::regclass)
batch_jobs.batch_id           character varying            not null  -
batch_jobs.tenant_id          uuid                         not null  -
batch_jobs.processor_type     character varying            not null  -
batch_jobs.status             character varying            not null  'pending'::character varying
batch_jobs.created_by         uuid                         null      -
batch_jobs.total_domains      integer                      null      0
batch_jobs.completed_domains  integer                      null      0
batch_jobs.failed_domains     integer                      null      0
batch_jobs.progress           double precision             null      0
batch_jobs.batch_metadata     jsonb                        null      -
batch_jobs.options            jsonb                        null      -
batch_jobs.start_time         timestamp without time zone  null      -
batch_jobs.end_time           timestamp without time zone  null      -
batch_jobs.processing_time    double precision             null      -
batch_jobs.error              character varying            null      -
batch_jobs.created_at         timestamp without time zone  not null  now()
batch_jobs.updated_at         timestamp without time zone  not null  now()
contacts.id                   uuid                         not null  -
contacts.domain_id            uuid                         null      -
contacts.source_job_id        uuid                         null      -
contacts.email                character varying            null      -
contacts.created_at           timestamp without time zone  not null  now()
contacts.updated_at           timestamp without time zone  not null  now()
domains.id                    uuid                         not null  -
domains.tenant_id             uuid                         not null  -
domains.domain                character varying            not null  -
domains.batch_id              character varying            null      -
domains.status                character varying            null      'pending'::character varying
domains.created_by            uuid                         null      -
domains.meta_json             jsonb                        null      -
domains.title                 character varying            null      -
domains.description           character varying            null      -
domains.favicon_url           character varying            null      -
domains.logo_url              character varying            null      -
domains.language              character varying            null      -
domains.is_wordpress          boolean                      null      -
domains.wordpress_version     character varying            null      -
domains.has_elementor         boolean                      null      -
domains.tech_stack            jsonb                        null      -
domains.email_addresses       text[]                       null      -
domains.phone_numbers         text[]                       null      -
domains.facebook_url          character varying            null      -
domains.twitter_url           character varying            null      -
domains.linkedin_url          character varying            null      -
domains.instagram_url         character varying            null      -
domains.youtube_url           character varying            null      -
domains.last_scan             timestamp without time zone  null      -
domains.created_at            timestamp without time zone  not null  now()
domains.updated_at            timestamp without time zone  not null  now()
jobs.id                       integer                      not null  nextval('jobs_id_seq'::regclass)
jobs.job_id                   uuid                         not null  -
jobs.job_type                 character varying            not null  -
jobs.tenant_id                character varying(255)       not null  -
jobs.created_by               uuid                         null      -
jobs.status                   character varying            not null  'pending'::character varying
jobs.domain_id                uuid                         null      -
jobs.progress                 double precision             null      0
jobs.result_data              jsonb                        null      -
jobs.job_metadata             jsonb                        null      -
jobs.error                    character varying            null      -
jobs.batch_id                 character varying            null      -
jobs.created_at               timestamp without time zone  not null  now()
jobs.updated_at               timestamp without time zone  not null  now()
"""

KEYS = """
batch_jobs_batch_id_key      UNIQUE (batch_id)
batch_jobs_pkey              PRIMARY KEY (id)
contacts_domain_id_email_key UNIQUE (domain_id, email)
contacts_domain_id_fkey      FOREIGN KEY (domain_id) REFERENCES domains(id) ON DELETE CASCADE
contacts_pkey                PRIMARY KEY (id)
contacts_source_job_id_fkey  FOREIGN KEY (source_job_id) REFERENCES jobs(job_id) ON DELETE SET NULL
domains_domain_key           UNIQUE (domain)
domains_pkey                 PRIMARY KEY (id)
jobs_batch_id_fkey           FOREIGN KEY (batch_id) REFERENCES batch_jobs(batch_id) ON DELETE SET NULL
jobs_domain_id_fkey          FOREIGN KEY (domain_id) REFERENCES domains(id) ON DELETE SET NULL
jobs_job_id_key              UNIQUE (job_id)
jobs_pkey                    PRIMARY KEY (id)
"""

# Beside those of the keys.
INDEXES = """
domains_batch_id_idx CREATE INDEX domains_batch_id_idx ON public.domains USING btree (batch_id)
jobs_batch_id_idx    CREATE INDEX jobs_batch_id_idx ON public.jobs USING btree (batch_id)
"""


def table(text: str, fields: int) -> list[list[str]]:
    """Split a table written by hand into rows; two blanks (or the first one, for two fields) part the fields."""
    lines = [line for line in text.splitlines() if line]
    if fields == 2:
        return [line.split(maxsplit=1) for line in lines]
    return [[field.strip() for field in line.split("  ") if field.strip()] for line in lines]


@pytest.fixture
def baseline(database: str) -> str:
    alembic(database, "upgrade", "0001")
    return database


@pytest.fixture(scope="module")
def unchanged_baseline(module_database: str) -> str:
    """For tests that only read."""
    alembic(module_database, "upgrade", "0001")
    return module_database


def test_columns_are_those_of_the_legacy_system(unchanged_baseline: str) -> None:
    assert facts.columns(unchanged_baseline) == table(COLUMNS, 4)


def test_serial_columns_own_their_sequences(unchanged_baseline: str) -> None:
    with psycopg.connect(unchanged_baseline) as connection:
        row = connection.execute(
            "SELECT pg_get_serial_sequence('batch_jobs', 'id'), pg_get_serial_sequence('jobs', 'id')"
        ).fetchone()
    assert row == ("public.batch_jobs_id_seq", "public.jobs_id_seq")


def test_keys_are_those_of_the_legacy_system(unchanged_baseline: str) -> None:
    assert facts.keys(unchanged_baseline) == table(KEYS, 2)


def test_other_indexes_are_on_the_batch_ids_alone(unchanged_baseline: str) -> None:
    assert facts.indexes(unchanged_baseline) == table(INDEXES, 2)


def test_down_leaves_nothing(database: str) -> None:
    before = pg_dump(database, "--exclude-table=alembic_version")
    alembic(database, "upgrade", "0001")
    assert pg_dump(database, "--exclude-table=alembic_version") != before
    alembic(database, "downgrade", "base")
    assert pg_dump(database, "--exclude-table=alembic_version") == before


def test_the_script_gives_the_same_database(database: str, unchanged_baseline: str) -> None:
    script = alembic("postgresql://nobody@/nowhere?host=/nonexistent", "upgrade", "0001", "--sql").stdout
    done = psql(database, script)
    assert done.returncode == 0, done.stderr
    assert pg_dump(database) == pg_dump(unchanged_baseline)


def test_the_script_stops_at_an_error(baseline: str) -> None:
    script = alembic(baseline, "upgrade", "0001", "--sql").stdout
    before = pg_dump(baseline)
    done = psql(baseline, script)
    assert done.returncode != 0
    assert "already exists" in done.stderr
    assert pg_dump(baseline) == before


def test_existing_legacy_tables_are_not_touched_and_can_be_stamped(baseline: str) -> None:
    psql(baseline, "DROP TABLE alembic_version, contacts")
    before = pg_dump(baseline)
    done = alembic(baseline, "upgrade", "0001", check=False)
    assert done.returncode == 1
    assert "already has batch_jobs, domains, jobs," in done.stderr
    assert "alembic stamp 0001" in done.stderr
    assert "Traceback" not in done.stderr
    assert pg_dump(baseline) == before
    alembic(baseline, "stamp", "0001")
    assert alembic(baseline, "current").stdout.split() == ["0001"]
    alembic(baseline, "upgrade", "0001")
    assert pg_dump(baseline, "--exclude-table=alembic_version") == before


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://someone:s3cret@127.0.0.1:1/nowhere", "127.0.0.1"),
        ("postgresql://postgres@/none?host=/nonexistent-folder", "/nonexistent-folder"),
        ("mysql://someone:s3cret@127.0.0.1/nowhere", "mysql"),
        ("nonsense", "URL"),
    ],
)
def test_an_unusable_database_is_one_sentence(url: str, words: str) -> None:
    done = alembic(url, "upgrade", "head", check=False)
    assert done.returncode in (1, 2)
    assert done.stderr.startswith("FAILED: ")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert "s3cret" not in done.stdout + done.stderr
