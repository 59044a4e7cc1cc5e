"""What can be asked of batches, their items and jobs; nothing here changes anything.

As in :mod:`batchsvc.service`, each function takes a session within a transaction of the caller's, serves one tenant,
and returns JSON.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from batchsvc.errors import UnknownBatch, UnknownJob
from batchsvc.identifiers import uuid_of
from batchsvc.models import BatchItem, BatchJob, Job
from batchsvc.tenancy import as_tenant

INLINE = 100  # most domains that a status names one by one
OPEN = ("pending", "processing")
LEFT_BEHIND = (
    "The system before this one did not finish this batch, and nobody works on it any more; submit its domains again."
)


# Rows of tables, and statements made once: objects kept in step with the database cost more here than the database.
_JOBS, _BATCHES, _ITEMS = (model.__table__ for model in (Job, BatchJob, BatchItem))
_BATCH = select(_BATCHES).where(_BATCHES.c.batch_id == bindparam("batch"), _BATCHES.c.tenant_id == bindparam("tenant"))
_STATUSES = (
    select(_ITEMS.c.domain, _ITEMS.c.state.label("status"), _ITEMS.c.error_code, _ITEMS.c.error)
    .where(_ITEMS.c.batch_id == bindparam("batch"))
    .order_by(_ITEMS.c.id)
)


async def find_batch(session: AsyncSession, batch_id: UUID | str, tenant_id: UUID | str) -> Row[Any]:
    """Return the row of a batch as it is now.

    Raises:
        UnknownBatch: there is none, or it is another tenant's.
    """
    batch, tenant = uuid_of(batch_id, "batch_id"), uuid_of(tenant_id, "tenant_id")
    await as_tenant(session, tenant)
    row = (await session.execute(_BATCH, {"batch": batch, "tenant": tenant})).one_or_none()
    if row is None:
        raise UnknownBatch(batch)
    return row


async def get_batch_status(session: AsyncSession, batch_id: UUID | str, tenant_id: UUID | str) -> dict[str, Any]:
    """Return a batch with its counters; of one of up to 100 domains also what each is doing.

    Args:
        session: within a transaction of the caller's.
        batch_id: a uuid, as such or as text; ``batch_<hex>`` is the same batch.
        tenant_id: whose it has to be.

    Returns:
        The legacy system's fields (``batch_id``, ``status``, ``total_domains``, ``completed_domains``,
        ``failed_domains``, ``progress`` from 0 to 1, ``created_at``, ``updated_at``, ``start_time``, ``end_time``,
        ``processing_time`` in seconds, ``domain_statuses``, ``error``, ``metadata``) and ``counts``, ``done``,
        ``generation``, ``version``, ``max_pages``, ``max_concurrent``.

    Raises:
        UnknownBatch: there is none, or it is another tenant's.
    """
    batch = await find_batch(session, batch_id, tenant_id)
    found = _status(batch)
    if batch.generation and (batch.total_domains or 0) <= INLINE:
        rows = await session.execute(_STATUSES, {"batch": batch.batch_id})
        found["domain_statuses"] = [dict(row) for row in rows.mappings()]
    return found


async def list_batches(
    session: AsyncSession, tenant_id: UUID | str, *, before: int | None = None, limit: int = 50
) -> tuple[list[dict[str, Any]], int | None]:
    """Return a tenant's batches, the newest first, without their domains.

    Args:
        session: within a transaction of the caller's.
        tenant_id: whose.
        before: go on after this position; None begins with the newest.
        limit: most batches.

    Returns:
        The batches, and where to go on; None where nothing follows.
    """
    tenant = uuid_of(tenant_id, "tenant_id")
    await as_tenant(session, tenant)
    query = select(_BATCHES).where(_BATCHES.c.tenant_id == tenant).order_by(_BATCHES.c.id.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(_BATCHES.c.id < min(before, 2**31 - 1))
    rows = (await session.execute(query)).all()
    return [_status(row) for row in rows[:limit]], rows[limit - 1].id if len(rows) > limit else None


async def list_items(
    session: AsyncSession,
    batch_id: UUID | str,
    tenant_id: UUID | str,
    *,
    state: str | None = None,
    code: str | None = None,
    after: int | None = None,
    limit: int = 100,
) -> tuple[list[dict[str, Any]], int | None]:
    """Return domains of a batch in the order in which they were given, with what became of each.

    Args:
        session: within a transaction of the caller's.
        batch_id: which batch.
        tenant_id: whose it has to be.
        state: only those in this state.
        code: only those that failed for this reason.
        after: go on after this position; None begins with the first.
        limit: most domains.

    Returns:
        The items, and where to go on; None where nothing follows.

    Raises:
        UnknownBatch: there is none, or it is another tenant's.
    """
    batch = await find_batch(session, batch_id, tenant_id)
    query = select(_ITEMS).where(_ITEMS.c.batch_id == batch.batch_id).order_by(_ITEMS.c.id).limit(limit + 1)
    if state is not None:
        query = query.where(_ITEMS.c.state == state)
    if code is not None:
        query = query.where(_ITEMS.c.state == "failed", _ITEMS.c.error_code == code)
    if after is not None:
        query = query.where(_ITEMS.c.id > after)
    rows = (await session.execute(query)).all()
    return [_item(row) for row in rows[:limit]], rows[limit - 1].id if len(rows) > limit else None


async def get_failures(session: AsyncSession, batch_id: UUID | str, tenant_id: UUID | str) -> dict[str, int]:
    """Return how many domains of a batch failed for each reason, the most frequent first.

    Raises:
        UnknownBatch: there is none, or it is another tenant's.
    """
    batch = await find_batch(session, batch_id, tenant_id)
    query = (
        select(_ITEMS.c.error_code, func.count())
        .where(_ITEMS.c.batch_id == batch.batch_id, _ITEMS.c.state == "failed")
        .group_by(_ITEMS.c.error_code)
        .order_by(func.count().desc(), _ITEMS.c.error_code)
    )
    return {str(code): number for code, number in await session.execute(query)}


async def get_job(session: AsyncSession, job_id: UUID | str, tenant_id: UUID | str) -> dict[str, Any]:
    """Return a job, as the legacy system named its fields: a scan of one domain and what it found.

    Raises:
        UnknownJob: there is none, or it is another tenant's.
    """
    job, tenant = uuid_of(job_id, "job_id"), uuid_of(tenant_id, "tenant_id")
    await as_tenant(session, tenant)
    query = select(_JOBS).where(_JOBS.c.job_id == job, _JOBS.c.tenant_id == tenant)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise UnknownJob(job)
    return {
        "job_id": str(row.job_id),
        "batch_id": _text(row.batch_id),
        "status": row.status,
        "progress": _share(row.progress),
        "domain_id": _text(row.domain_id),
        "created_by": _text(row.created_by),
        "result_data": row.result_data,
        "job_metadata": row.job_metadata,
        "error": row.error,
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
    }


async def unfinished_domains(session: AsyncSession, tenant_id: UUID | str) -> int:
    """Return how many domains of a tenant are queued or running."""
    tenant = uuid_of(tenant_id, "tenant_id")
    await as_tenant(session, tenant)
    batches = _BATCHES.c
    unfinished = func.coalesce(func.sum(batches.queued_domains + batches.running_domains), 0)
    query = select(unfinished).where(batches.tenant_id == tenant, batches.status.in_(OPEN), batches.generation > 0)
    return int((await session.scalars(query)).one())


def _status(batch: Row[Any]) -> dict[str, Any]:
    left_behind = batch.generation == 0 and batch.status in OPEN
    return {
        "batch_id": str(batch.batch_id),
        "status": batch.status,
        "done": left_behind or batch.status not in OPEN,
        "total_domains": batch.total_domains or 0,
        "completed_domains": batch.completed_domains or 0,
        "failed_domains": batch.failed_domains or 0,
        "counts": {
            "queued": batch.queued_domains,
            "running": batch.running_domains,
            "completed": batch.completed_domains or 0,
            "failed": batch.failed_domains or 0,
            "cancelled": batch.cancelled_domains,
        },
        "progress": _share(batch.progress),
        "generation": batch.generation,
        "version": batch.version,
        "max_pages": batch.max_pages,
        "max_concurrent": batch.max_concurrent,
        "created_at": moment(batch.created_at),
        "updated_at": moment(batch.updated_at),
        "start_time": moment(batch.start_time),
        "end_time": moment(batch.end_time),
        "processing_time": batch.processing_time,
        "domain_statuses": None,
        "error": batch.error or (LEFT_BEHIND if left_behind else None),
        "metadata": batch.batch_metadata,
    }


def _item(item: Row[Any]) -> dict[str, Any]:
    return {
        "id": item.id,
        "domain": item.domain,
        "given": item.given,
        "state": item.state,
        "attempt": item.attempt,
        "generation": item.generation,
        "error_code": item.error_code,
        "error": item.error,
        "started_at": moment(item.started_at),
        "finished_at": moment(item.finished_at),
        "result": item.result,
    }


def _share(progress: float | None) -> float:
    """Progress from 0 to 1; the legacy system also wrote 0 to 100."""
    value = progress or 0.0
    return min(1.0, value / 100 if value > 1 else value)


def moment(value: datetime | None) -> str | None:
    """Return a time as it is told, in UTC; what has no time zone is."""
    if value is None:
        return None
    utc = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return utc.isoformat().replace("+00:00", "Z")


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
