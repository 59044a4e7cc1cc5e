"""Batches over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Header, Query, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from batchsvc import reading, service
from batchsvc.api import idempotency
from batchsvc.api.authentication import Caller
from batchsvc.api.events import for_a_while
from batchsvc.api.identifiers import BatchIdPath, Cursor, batch_id, cursor_of, position
from batchsvc.api.problems import Problem, responses
from batchsvc.api.schemas import (
    BatchList,
    Changed,
    Created,
    ItemList,
    ItemState,
    NewBatch,
    RetryRequest,
    ScanCreated,
    Status,
)
from batchsvc.api.state import Parts
from batchsvc.scanner.codes import ErrorCode

PREFIX = "/api/v3/batch_page_scraper"
ALWAYS = ("unauthorized", "unavailable")
ONE = (*ALWAYS, "not-found", "invalid-request")
WITH_BODY = ("bad-request", "too-large", "unsupported-media-type")

LOCATION = {"Location": {"description": "where the status is", "schema": {"type": "string"}}}
REPLAYED = {
    "Idempotent-Replayed": {
        "description": "true: the answer given to this Idempotency-Key before",
        "schema": {"type": "string", "enum": ["true"]},
    }
}
LINKS = {
    name: {"operationId": name, "parameters": {"batch_id": "$response.body#/batch_id"}}
    for name in ("batch_status", "batch_items", "batch_events", "cancel_batch", "retry_batch")
}
RETRY_AFTER = {"Retry-After": {"description": "seconds until it is worth asking again", "schema": {"type": "string"}}}
ETAG = {"ETag": {"description": "changes with the batch; send it as If-None-Match", "schema": {"type": "string"}}}

router = APIRouter(tags=["Batches"])


def accepted(made: Created | ScanCreated, *, replayed: bool = False) -> Response:
    """The answer to a request that has been taken on, the same when it comes again."""
    headers = {"Location": made.status_url, **({"Idempotent-Replayed": "true"} if replayed else {})}
    return Response(made.model_dump_json(), 202, headers=headers, media_type="application/json")


def status_url(batch: object) -> str:
    """Where the status of a batch is."""
    return f"{PREFIX}/batch/{batch}/status"


def shape(batch: dict[str, Any]) -> dict[str, Any]:
    """A batch as clients get it."""
    return {**batch, "items_url": f"{PREFIX}/batch/{batch['batch_id']}/items"}


@router.post(
    "/batch",
    status_code=202,
    response_model=Created,
    summary="Scan a list of domains",
    responses={
        202: {"description": "Taken on", "headers": {**LOCATION, **REPLAYED}, "links": LINKS},
        **responses(
            *ALWAYS, *WITH_BODY, "not-found", "batch-exists", "request-in-flight", "invalid-request", "invalid-domains",
            "idempotency-mismatch", "queue-full",
        ),
    },
)  # fmt: skip
async def create_batch(parts: Parts, caller: Caller, body: NewBatch, key: idempotency.KeyHeader = None) -> Response:
    """Entries are domains or http(s) URLs; repeats count once. Entries that are no domain refuse the whole request."""
    if body.tenant_id not in (None, caller.tenant_id):
        raise Problem("not-found", "There is no such tenant for this API key. Its own is meant without tenant_id.")
    own_id = None if body.batch_id is None else batch_id(body.batch_id, "/batch_id")
    request_hash = idempotency.fingerprint("POST /batch", body)
    options = {
        "max_pages": body.max_pages,
        "max_concurrent": body.max_concurrent,
        "skip_invalid": body.skip_invalid,
    }
    async with parts.database.transaction(caller.tenant_id) as session:
        if key is not None:
            stored = await idempotency.recall(session, caller.tenant_id, key, request_hash)
            if stored is not None:
                return accepted(Created.model_validate(stored), replayed=True)
        made = await service.create_batch(
            session, own_id, body.domains, caller.tenant_id, caller.key_id, options, settings=parts.settings
        )
        answer = Created.model_validate({**made, "status_url": status_url(made["batch_id"])})
        if key is not None:
            await idempotency.remember(session, caller.tenant_id, key, request_hash, 202, answer)
    return accepted(answer)


@router.get("/batch", summary="List batches, the newest first", responses=responses(*ALWAYS, "invalid-request"))
async def list_batches(
    parts: Parts,
    caller: Caller,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200, description="most batches in the answer")] = 50,
) -> BatchList:
    """Those of the key's tenant. Domains are not listed here: `domain_statuses` is null."""
    async with parts.database.transaction(caller.tenant_id) as session:
        found, following = await service.list_batches(session, caller.tenant_id, before=position(cursor), limit=limit)
    batches = [Status.model_validate(shape(batch)) for batch in found]
    return BatchList(batches=batches, next_cursor=cursor_of(following))


@router.get(
    "/batch/{batch_id}/status",
    summary="How far a batch is",
    response_model=Status,
    responses={
        200: {"description": "The batch", "headers": {**ETAG, **RETRY_AFTER}},
        304: {"description": "Nothing has changed since If-None-Match", "headers": ETAG},
        **responses(*ONE),
    },
)
async def batch_status(
    parts: Parts,
    caller: Caller,
    named: BatchIdPath,
    known: Annotated[str | None, Header(alias="If-None-Match", description="the ETag of an answer before")] = None,
) -> Response:
    """Cheap to ask, whatever the batch's size; an unfinished batch names in Retry-After when to ask again."""
    async with parts.database.transaction(caller.tenant_id) as session:
        found = await service.get_batch_status(session, batch_id(named), caller.tenant_id)
    # Without a change of the counters a single domain may still have gone from one attempt to the next.
    headers = {"ETag": f'W/"{found["version"]}"', **({} if found["done"] else {"Retry-After": "1"})}
    if known is not None and headers["ETag"] in [part.strip() for part in known.split(",")]:
        return Response(status_code=304, headers=headers)
    document = Status.model_validate(shape(found))
    return Response(document.model_dump_json(), media_type="application/json", headers=headers)


@router.get("/batch/{batch_id}/items", summary="The domains of a batch", responses=responses(*ONE))
async def batch_items(
    parts: Parts,
    caller: Caller,
    named: BatchIdPath,
    state: Annotated[ItemState | None, Query(description="those in this state")] = None,
    code: Annotated[ErrorCode | None, Query(description="those that failed with this code")] = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="most domains in the answer")] = 100,
) -> ItemList:
    """In the order in which they were given. A cursor stays good while the batch goes on."""
    async with parts.database.transaction(caller.tenant_id) as session:
        found, following = await service.list_items(
            session,
            batch_id(named),
            caller.tenant_id,
            state=state and state.value,
            code=code and code.value,
            after=position(cursor),
            limit=limit,
        )
    return ItemList.model_validate({"items": found, "next_cursor": cursor_of(following)})


async def followed_batch(parts: Parts, caller: Caller, named: BatchIdPath) -> UUID:
    """A batch that is there; looked up before the answer with its events begins."""
    found = batch_id(named)
    async with parts.database.transaction(caller.tenant_id) as session:
        await reading.find_batch(session, found, caller.tenant_id)
    return found


@router.get(
    "/batch/{batch_id}/events",
    summary="The progress of a batch as it happens",
    response_class=EventSourceResponse,
    responses={
        200: {"description": "Events `progress`, each with a status as data, the last of them as `done`"},
        **responses(*ONE),
    },
)
async def batch_events(
    parts: Parts, caller: Caller, followed: Annotated[UUID, Depends(followed_batch)]
) -> AsyncIterator[ServerSentEvent]:
    """Begins with the present state, so nothing is lost by coming again. After `done` a reader has to close: it is for
    good. Before it the stream may end at any time; then ask again. Between events there are comments."""
    async for snapshot in for_a_while(parts.hub.follow((caller.tenant_id, followed)), parts.stream_seconds):
        data = {
            **shape(snapshot.document),
            "rate": snapshot.rate,
            "seconds_left": snapshot.seconds_left,
        }
        event = "done" if snapshot.done else "progress"
        yield ServerSentEvent(data=data, event=event, id=str(snapshot.version), retry=1000)


@router.post(
    "/batch/{batch_id}/cancel",
    summary="Cancel what is not finished",
    responses=responses(*ONE, "state-conflict"),
)
async def cancel_batch(parts: Parts, caller: Caller, named: BatchIdPath) -> Changed:
    """Outcomes that are there already stay. Domains being scanned are let go of. A finished batch is left as it is."""
    async with parts.database.transaction(caller.tenant_id) as session:
        found = await service.cancel_batch(session, batch_id(named), caller.tenant_id)
    return Changed.model_validate({**found, "status_url": status_url(found["batch_id"])})


@router.post(
    "/batch/{batch_id}/retry",
    summary="Scan failed domains again",
    responses=responses(*ONE, *WITH_BODY, "state-conflict", "queue-full"),
)
async def retry_batch(
    parts: Parts,
    caller: Caller,
    named: BatchIdPath,
    body: Annotated[RetryRequest | None, Body()] = None,
) -> Changed:
    """All of them, or with a body those that failed with one code. Each begins a new generation, with all its
    attempts; entries that are no domain are not tried."""
    async with parts.database.transaction(caller.tenant_id) as session:
        found = await service.retry_batch(
            session,
            batch_id(named),
            caller.tenant_id,
            body.code.value if body and body.code else None,
            settings=parts.settings,
        )
    return Changed.model_validate({**found, "status_url": status_url(found["batch_id"])})
