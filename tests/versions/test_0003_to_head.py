"""The service's own tables and the engine's: on a legacy database with rows in it, and back without a trace."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from batchsvc import schema, service
from batchsvc.database import Database
from tests.support import pg_dump, psql
from tests.versions.alembic_command import alembic


def value(url: str, query: str) -> Any:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def test_there_and_back_with_rows_in_it(legacy: str) -> None:
    alembic(legacy, "upgrade", "0002")
    converted = pg_dump(legacy)
    alembic(legacy, "upgrade", "0003")
    middle = pg_dump(legacy)
    alembic(legacy, "upgrade", "head")
    assert "No new upgrade operations detected" in alembic(legacy, "check").stdout
    head = pg_dump(legacy)
    alembic(legacy, "downgrade", "0003")
    assert pg_dump(legacy) == middle
    alembic(legacy, "downgrade", "0002")
    assert pg_dump(legacy) == converted
    alembic(legacy, "upgrade", "head")
    assert pg_dump(legacy) == head


def test_the_script_gives_the_same_tables(legacy: str, second_legacy: str) -> None:
    for url in (legacy, second_legacy):
        alembic(url, "upgrade", "0002")
    alembic(legacy, "upgrade", "head")
    done = psql(second_legacy, alembic(second_legacy, "upgrade", "0002:head", "--sql").stdout)
    assert done.returncode == 0, done.stderr
    assert pg_dump(second_legacy, "--schema=public") == pg_dump(legacy, "--schema=public")


def test_old_batches_answer_under_their_old_spelling(legacy: str) -> None:
    """batch_<hex> is the same batch before and after, and its rows are still its own."""
    spelled = value(legacy, "SELECT batch_id FROM batch_jobs WHERE batch_id ~ '^batch_[0-9a-f]{32}$' LIMIT 1")
    tenant, status = (
        value(legacy, f"SELECT {column} FROM batch_jobs WHERE batch_id = '{spelled}'")
        for column in ("tenant_id", "status")
    )
    alembic(legacy, "upgrade", "head")

    async def ask() -> dict[str, Any]:
        database = Database(legacy)
        try:
            async with database.sessions() as session, session.begin():
                found = await service.get_batch_status(session, spelled, tenant)
                assert found == await service.get_batch_status(session, UUID(spelled.removeprefix("batch_")), tenant)
                return found
        finally:
            await database.close()

    found = asyncio.run(ask())
    assert (found["batch_id"], found["status"]) == (str(UUID(spelled.removeprefix("batch_"))), status)


def test_a_domain_of_two_tenants_forbids_the_way_back(legacy: str) -> None:
    alembic(legacy, "upgrade", "head")
    psql(legacy, f"INSERT INTO domains (id, tenant_id, domain) VALUES ('{uuid4()}', '{uuid4()}', 'upper.example')")
    before = pg_dump(legacy)
    done = alembic(legacy, "downgrade", "0002", check=False)
    assert done.returncode == 1
    assert "Several tenants have the same domain" in done.stderr
    assert "upper.example" in done.stderr
    assert "Traceback" not in done.stderr
    assert pg_dump(legacy) == before


def test_the_engine_of_another_application_is_left_alone(database: str) -> None:
    alembic(database, "upgrade", "0003")
    psql(database, "CREATE TABLE procrastinate_jobs (theirs integer)")
    before = pg_dump(database)
    done = alembic(database, "upgrade", "head", check=False)
    assert done.returncode == 1
    assert "already has tables of procrastinate" in done.stderr
    assert pg_dump(database) == before


def test_the_engines_version_is_recorded_and_demanded(database: str) -> None:
    schema.upgrade(database)
    schema.demand_head(database)
    psql(database, "COMMENT ON TABLE procrastinate_jobs IS 'procrastinate 3.9.0, migration 03.03.00_01_pre'")
    for change, said in (("", "03.03.00_01_pre"), ("UPDATE alembic_version SET version_num = '0003'", "revision 0003")):
        psql(database, change)
        with pytest.raises(schema.NotAtHead, match=said):
            schema.demand_head(database)
