"""Scans of one domain over HTTP."""

from __future__ import annotations

from fastapi import APIRouter, Response

from batchsvc import service
from batchsvc.api import idempotency
from batchsvc.api.authentication import Caller
from batchsvc.api.batches import ALWAYS, LINKS, LOCATION, ONE, PREFIX, REPLAYED, WITH_BODY, accepted
from batchsvc.api.identifiers import JobIdPath, job_id
from batchsvc.api.problems import responses
from batchsvc.api.schemas import Job, NewScan, ScanCreated
from batchsvc.api.state import Parts

router = APIRouter(tags=["Scans"])


@router.post(
    "/scan",
    status_code=202,
    response_model=ScanCreated,
    summary="Scan one domain",
    responses={
        202: {
            "description": "Taken on",
            "headers": {**LOCATION, **REPLAYED},
            "links": {
                "scan_status": {"operationId": "scan_status", "parameters": {"job_id": "$response.body#/job_id"}},
                **LINKS,
            },
        },
        **responses(
            *ALWAYS, *WITH_BODY, "request-in-flight", "invalid-request", "invalid-domains", "idempotency-mismatch",
            "queue-full",
        ),
    },
)  # fmt: skip
async def create_scan(parts: Parts, caller: Caller, body: NewScan, key: idempotency.KeyHeader = None) -> Response:
    """The host of the URL is scanned, from its first page on."""
    request_hash = idempotency.fingerprint("POST /scan", body)
    async with parts.database.transaction(caller.tenant_id) as session:
        if key is not None:
            stored = await idempotency.recall(session, caller.tenant_id, key, request_hash)
            if stored is not None:
                return accepted(ScanCreated.model_validate(stored), replayed=True)
        made = await service.create_scan(
            session, body.base_url, caller.tenant_id, caller.key_id, body.max_pages, settings=parts.settings
        )
        answer = ScanCreated.model_validate({**made, "status_url": f"{PREFIX}/status/{made['job_id']}"})
        if key is not None:
            await idempotency.remember(session, caller.tenant_id, key, request_hash, 202, answer)
    return accepted(answer)


@router.get("/status/{job_id}", summary="What a scan has found", responses=responses(*ONE))
async def scan_status(parts: Parts, caller: Caller, named: JobIdPath) -> Job:
    """Its results stay there to be asked for."""
    async with parts.database.transaction(caller.tenant_id) as session:
        found = await service.get_job(session, job_id(named), caller.tenant_id)
    return Job.model_validate(found)
