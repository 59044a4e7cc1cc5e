"""Whether the service is there, whether it can work, and what it is doing."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Mapping
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import func, select, text

from batchsvc import schema
from batchsvc.api.metrics import CONTENT_TYPE
from batchsvc.api.problems import Problem, responses, unavailable
from batchsvc.api.state import Parts, State
from batchsvc.database import Database
from batchsvc.models import BatchItem, BatchJob

router = APIRouter(tags=["Operation"])

SECONDS = 5.0  # for the database to answer; also how long the queue's numbers are good for


class Health(BaseModel):
    """The service is there."""

    status: Literal["ok"]


class Readiness(BaseModel):
    """The service can do its work."""

    status: Literal["ok"]
    checks: dict[str, Literal["ok"]] = Field(description="what was looked at: database, schema, engine, worker")


NOT_READY: dict[int | str, dict[str, Any]] = {
    503: {
        **responses("unavailable")[503],
        "description": "The member checks says what is missing",
    }
}


@router.get("/healthz", summary="Whether the process answers")
async def healthz() -> Health:
    """Looks at nothing else, so that a supervisor does not end a process whose database is away."""
    return Health(status="ok")


@router.get("/readyz", summary="Whether requests can be carried out", responses=NOT_READY)
async def readyz(parts: Parts) -> Readiness:
    """Looks at the database, its schema, the engine's tables and the worker of this process, if it has one."""
    found = await check(parts)
    if set(found.values()) != {"ok"}:
        wrong = "; ".join(f"{name}: {said}" for name, said in found.items() if said != "ok")
        raise Problem("unavailable", wrong, headers={"Retry-After": "5"}, checks=found)
    return Readiness(status="ok", checks=dict.fromkeys(found, "ok"))


@router.get(
    "/metrics",
    summary="Numbers for Prometheus",
    response_class=Response,
    responses={
        200: {"description": "Prometheus' text format", "content": {"text/plain": {"schema": {"type": "string"}}}}
    },
)
async def metrics(request: Request, parts: Parts) -> Response:
    """Names no tenant, batch or domain. Those of the queue are missing while the database is away."""
    await _refresh_queue(request, parts)
    parts.metrics.streams.set(parts.hub.viewers)
    return Response(parts.metrics.text(), media_type=CONTENT_TYPE)


async def check(parts: State) -> Mapping[str, str]:
    """What the service needs, and for each ``ok`` or a sentence."""
    found = {"database": "ok", "schema": "ok", "engine": "ok"}
    try:
        async with asyncio.timeout(SECONDS):
            revision, engine = await _versions(parts.database)
    except TimeoutError:
        return {"database": f"It did not answer within {SECONDS:.0f} s."}
    except Exception as error:
        problem = unavailable(error)
        if problem is None:
            raise
        return {"database": problem.detail}
    if revision != schema.head_revision():
        found["schema"] = (
            f"It is at revision {revision or '(none)'}, this version needs {schema.head_revision()}: "
            "run batchsvc db upgrade."
        )
    if revision == schema.head_revision() and engine != schema.engine_migration():
        found["engine"] = f"Its tables are at {engine or '(none)'}, the library at {schema.engine_migration()}."
    if parts.worker_ready is not None:
        found["worker"] = "ok" if parts.worker_ready() else "It is not at work."
    return found


async def _versions(database: Database) -> tuple[str | None, str | None]:
    """The revision of the schema, and the migration at which the engine's tables stand."""
    async with database.worker() as session:
        if not await session.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL")):
            return None, None
        revision = await session.scalar(text("SELECT max(version_num) FROM alembic_version"))
        comment = await session.scalar(text("SELECT obj_description(to_regclass('procrastinate_jobs'), 'pg_class')"))
    match = re.search(r"migration (\S+)", comment or "")
    return revision, match[1] if match else None


async def _refresh_queue(request: Request, parts: State) -> None:
    state = request.app.state
    if time.monotonic() < getattr(state, "queue_good_until", 0):
        return
    state.queue_good_until = time.monotonic() + SECONDS
    unfinished = (BatchJob.status.in_(("pending", "processing")), BatchJob.generation > 0)
    open_batches = select(
        func.count(),
        func.coalesce(func.sum(BatchJob.queued_domains), 0),
        func.coalesce(func.sum(BatchJob.running_domains), 0),
    ).where(*unfinished)
    codes = (
        select(BatchItem.error_code, func.count())
        .join(BatchJob, BatchJob.batch_id == BatchItem.batch_id)
        .where(*unfinished, BatchItem.state == "failed")
        .group_by(BatchItem.error_code)
    )
    # One look into the index for each batch, however many domains wait.
    first = (
        select(func.min(BatchItem.not_before))
        .where(BatchItem.batch_id == BatchJob.batch_id, BatchItem.state == "queued")
        .scalar_subquery()
    )
    oldest = select(func.extract("epoch", func.now() - func.min(first))).where(*unfinished)
    try:
        async with asyncio.timeout(SECONDS), parts.database.worker() as session:
            batches, queued, running = (await session.execute(open_batches)).one()
            failures = {str(code): number for code, number in (await session.execute(codes)).all()}
            age = await session.scalar(oldest)
    except Exception as error:
        if not isinstance(error, TimeoutError) and unavailable(error) is None:
            raise
        return
    parts.metrics.queue({"queued": queued, "running": running}, failures, batches, max(float(age or 0), 0))
