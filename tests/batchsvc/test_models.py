"""The models say the same as the database at the head revision."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import NullPool, select
from sqlalchemy.orm import Session

from batchsvc import schema
from batchsvc.models import Base, BatchJob, Contact, Domain, Job
from tests.versions import facts
from uuidkit.database import create_engine

TENANT = UUID("5c1f6f0e-7d43-4a0c-8d1e-2b9a64c0aa01")


@pytest.fixture(scope="module")
def head(module_database: str) -> str:
    schema.upgrade(module_database)
    return module_database


def test_tables_made_from_the_models_are_those_of_the_head_revision(head: str, database: str) -> None:
    Base.metadata.create_all(create_engine(database, poolclass=NullPool))
    assert facts.keys(database) == facts.keys(head)
    assert facts.indexes(database) == facts.indexes(head)
    assert facts.columns(database) == [row for row in facts.columns(head) if not row[0].endswith("_original")]


def test_a_batch_with_its_children_is_stored_and_found(head: str) -> None:
    batch = BatchJob(batch_id=uuid4(), tenant_id=TENANT, processor_type="domain_batch", options={"max_concurrent": 5})
    domain = Domain(id=uuid4(), tenant_id=TENANT, domain="new.example", batch_id=batch.batch_id, phone_numbers=["1"])
    job = Job(job_id=uuid4(), job_type="domain_scan", tenant_id=TENANT, batch_id=batch.batch_id, domain_id=domain.id)
    contact = Contact(id=uuid4(), domain_id=domain.id, source_job_id=job.job_id, email="info@new.example")
    engine = create_engine(head, poolclass=NullPool)
    with Session(engine) as session, session.begin():
        for row in (batch, domain, job, contact):
            session.add(row)
            session.flush()
    with Session(engine) as session:
        found = session.scalars(select(Job).join(BatchJob, Job.batch_id == BatchJob.batch_id)).one()
        assert (found.tenant_id, found.status, found.progress) == (TENANT, "pending", 0)
        session.delete(session.scalars(select(Domain)).one())
        session.commit()
        assert session.scalars(select(Contact)).all() == []
        assert session.scalars(select(Job.domain_id)).one() is None
