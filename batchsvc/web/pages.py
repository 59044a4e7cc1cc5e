"""The page's addresses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.datastructures import FormData, UploadFile

from batchsvc import credentials, keys, reading, service
from batchsvc.api.events import for_a_while
from batchsvc.api.identifiers import batch_id, cursor_of, position
from batchsvc.api.problems import KINDS, Problem
from batchsvc.api.refusals import problem_of
from batchsvc.api.state import Parts
from batchsvc.errors import ServiceError
from batchsvc.scanner.codes import ErrorCode
from batchsvc.scanner.domains import UnreadableList, read_text
from batchsvc.web import drawing, export, facts, reference
from batchsvc.web.sessions import HOURS, Anybody, SignedIn, check_form, forget, from_this_page, local, remember

router = APIRouter(include_in_schema=False)

PER_PAGE = 25
STATES = ("queued", "running", "completed", "failed", "cancelled")
EMPTY_FORM = {"domains": "", "max_pages": "10", "max_concurrent": "5", "skip_invalid": False}


@router.get("/")
async def first_page(request: Request, parts: Parts, found: Anybody, cursor: str | None = None) -> HTMLResponse:
    """The form for a new batch and the batches there are; for strangers the page to sign in."""
    if found is None:
        return drawing.page("sign_in.html", next="/", error="")
    return await _batches(parts, found, cursor=cursor, notice=_notice(request))


@router.get("/login")
async def login_page(found: Anybody) -> Response:
    """The page to sign in; the address that `batchsvc serve` prints has a key behind the #."""
    return drawing.page("sign_in.html", next="/", error="") if found is None else RedirectResponse("/", 303)


@router.post("/login")
async def login(request: Request, parts: Parts) -> Response:
    """Sign in with an API key."""
    from_this_page(request)
    async with request.form(max_files=0, max_fields=5) as form:
        key, wanted = str(form.get("key", "")).strip(), local(str(form.get("next", "/")))
    if keys.prefix_of(key) is None:
        return drawing.page("sign_in.html", 401, next=wanted, error="That is no API key: keys begin with bsk_.")
    session = await credentials.sign_in(parts.database, key, HOURS)
    if session is None:
        return drawing.page("sign_in.html", 401, next=wanted, error="That key does not exist, or has been revoked.")
    answer = RedirectResponse(wanted, 303)
    remember(answer, request, session)
    return answer


@router.post("/logout")
async def logout(request: Request, parts: Parts, found: SignedIn) -> Response:
    """Sign out."""
    async with request.form(max_files=0, max_fields=5) as form:
        check_form(request, form, found)
    answer = RedirectResponse("/", 303)
    await forget(answer, request, parts)
    return answer


@router.get("/batches")
async def list_page() -> Response:
    """Where a form with faults was, when it is opened anew."""
    return RedirectResponse("/", 303)


@router.post("/batches")
async def new_batch(request: Request, parts: Parts, found: SignedIn) -> Response:
    """Make a batch of what was pasted, uploaded, or both."""
    limit = 300 * parts.settings.max_domains + (1 << 20)
    async with request.form(max_files=1, max_fields=10, max_part_size=limit) as form:
        check_form(request, form, found)
        values = {**EMPTY_FORM, **{name: str(form[name]) for name in EMPTY_FORM if name in form}}
        values["skip_invalid"] = "skip_invalid" in form
        try:
            domains = read_text(str(values["domains"])) + await _uploaded(form)
            options = {
                "max_pages": _number(form, "max_pages", 100_000),
                "max_concurrent": _number(form, "max_concurrent", 1000),
                "skip_invalid": values["skip_invalid"],
            }
            async with parts.database.transaction(found.principal.tenant_id) as session:
                made = await service.create_batch(
                    session,
                    None,
                    domains,
                    found.principal.tenant_id,
                    found.principal.key_id,
                    options,
                    settings=parts.settings,
                )
        except (ServiceError, UnreadableList, ValueError) as error:
            return await _batches(parts, found, form=values, error=error)
    return RedirectResponse(f"/batches/{made['batch_id']}", 303)


@router.get("/events", response_class=EventSourceResponse)
async def list_events(parts: Parts, found: SignedIn) -> AsyncIterator[ServerSentEvent]:
    """A sign whenever one of the newest batches has changed; the page then asks for itself."""
    async for snapshot in for_a_while(parts.hub.follow((found.principal.tenant_id, None)), parts.stream_seconds):
        yield ServerSentEvent(data={}, event="progress", id=str(snapshot.version), retry=1000)


@router.get("/batches/{named}")
async def batch_page(
    request: Request,
    parts: Parts,
    found: SignedIn,
    named: str,
    state: str = "",
    code: str = "",
    cursor: str | None = None,
) -> HTMLResponse:
    """One batch: progress, failures by code, domains."""
    tenant, batch = found.principal.tenant_id, _known(named)
    chosen_state, chosen_code = state if state in STATES else "", code if code in set(ErrorCode) else ""
    async with parts.database.transaction(tenant) as session:
        status = await reading.get_batch_status(session, batch, tenant)
        failures = await reading.get_failures(session, batch, tenant)
        items, following = await reading.list_items(
            session,
            batch,
            tenant,
            state=chosen_state or None,
            code=chosen_code or None,
            after=_position(cursor),
            limit=PER_PAGE,
        )
    query = urlencode({name: value for name, value in (("state", chosen_state), ("code", chosen_code)) if value})
    return drawing.page(
        "batch.html",
        principal=found.principal,
        token=found.token,
        notice=_notice(request),
        batch=status,
        pace=_pace(status),
        failures=[_failure(name, number) for name, number in failures.items()],
        items=items,
        state=chosen_state,
        code=chosen_code,
        query=query,
        cursor=cursor,
        next_cursor=cursor_of(following),
    )


async def _followed(parts: Parts, found: SignedIn, named: str) -> tuple[UUID, UUID]:
    tenant, batch = found.principal.tenant_id, _known(named)
    async with parts.database.transaction(tenant) as session:
        await reading.find_batch(session, batch, tenant)
    return tenant, batch


@router.get("/batches/{named}/events", response_class=EventSourceResponse)
async def batch_events(
    parts: Parts, followed: Annotated[tuple[UUID, UUID], Depends(_followed)]
) -> AsyncIterator[ServerSentEvent]:
    """The progress of a batch, for the page."""
    async for snapshot in for_a_while(parts.hub.follow(followed), parts.stream_seconds):
        batch = snapshot.document
        data = {
            "status": batch["status"],
            "total_domains": batch["total_domains"],
            "counts": batch["counts"],
            "pace": drawing.pace(snapshot.rate, snapshot.seconds_left) or _pace(batch),
        }
        yield ServerSentEvent(
            data=data, event="done" if snapshot.done else "progress", id=str(snapshot.version), retry=1000
        )


@router.post("/batches/{named}/{action}")
async def change_batch(request: Request, parts: Parts, found: SignedIn, named: str, action: str) -> Response:
    """Retry what failed, or cancel what is not finished."""
    if action not in ("retry", "cancel"):
        raise Problem("not-found", "Nothing has this address.")
    tenant, batch = found.principal.tenant_id, _known(named)
    async with request.form(max_files=0, max_fields=5) as form:
        check_form(request, form, found)
        code = str(form["code"]) if "code" in form else None
    async with parts.database.transaction(tenant) as session:
        if action == "retry":
            changed = await service.retry_batch(session, batch, tenant, code, settings=parts.settings)
        else:
            changed = await service.cancel_batch(session, batch, tenant)
    return RedirectResponse(f"/batches/{batch}?{urlencode({'done': action, 'number': changed['changed']})}", 303)


@router.get("/batches/{named}/export.{kind}")
async def download(parts: Parts, found: SignedIn, named: str, kind: str) -> Response:
    """All domains of a batch as CSV or JSON lines."""
    writers = {"csv": (export.as_csv, "text/csv"), "jsonl": (export.as_json_lines, "application/jsonl")}
    if kind not in writers:
        raise Problem("not-found", "Nothing has this address.")
    tenant, batch = await _followed(parts, found, named)
    write, media_type = writers[kind]
    return StreamingResponse(
        write(parts.database, tenant, batch),
        media_type=f"{media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="batch-{batch}.{kind}"'},
    )


@router.get("/batches/{named}/items/{number}")
async def item_page(parts: Parts, found: SignedIn, named: str, number: str) -> HTMLResponse:
    """One domain of a batch, and all that was found there."""
    tenant, batch = found.principal.tenant_id, _known(named)
    after = int(number) - 1 if number.isascii() and number.isdigit() and len(number) < 19 else -1
    items: list[dict[str, Any]] = []
    if after >= 0:
        async with parts.database.transaction(tenant) as session:
            items, _ = await reading.list_items(session, batch, tenant, after=after, limit=1)
    if not items or items[0]["id"] != after + 1:
        raise Problem("not-found", "The batch has no such domain.")
    [item] = items
    return drawing.page(
        "item.html",
        principal=found.principal,
        token=found.token,
        batch_id=batch,
        item=item,
        facts=facts.of_item(item),
        pages=(item["result"] or {}).get("pages") or [],
    )


@router.get("/docs")
async def api_page(request: Request, found: Anybody) -> HTMLResponse:
    """The HTTP interface, described."""
    document = request.app.openapi()
    return drawing.page(
        "reference.html",
        principal=found.principal if found else None,
        token=found.token if found else "",
        info=document["info"],
        groups=reference.groups(document),
        kinds=KINDS.values(),
    )


@router.get("/problems/{code}")
async def problem_page(found: Anybody, code: str) -> HTMLResponse:
    """What a type of problem means."""
    if code not in KINDS:
        raise Problem("not-found", "There is no such type of problem.")
    return drawing.page(
        "problem.html",
        principal=found.principal if found else None,
        token=found.token if found else "",
        kind=KINDS[code],
        detail=KINDS[code].meaning,
        request_id=None,
    )


@router.get("/static/{name}")
async def static(request: Request, name: str) -> Response:
    """The page's own files; their address changes with them."""
    if name not in drawing.statics():
        raise Problem("not-found", "Nothing has this address.")
    content, media_type = drawing.statics()[name]
    kept = "public, max-age=31536000, immutable" if request.url.query == drawing.static_version() else "no-cache"
    return Response(content, media_type=media_type, headers={"Cache-Control": kept})


async def _batches(
    parts: Parts,
    found: SignedIn,
    *,
    cursor: str | None = None,
    form: Mapping[str, object] = EMPTY_FORM,
    error: Exception | None = None,
    notice: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """The first page, as it is or with what is wrong with the form just sent."""
    problem = problem_of(error) if isinstance(error, ServiceError) else None
    async with parts.database.transaction(found.principal.tenant_id) as session:
        batches, following = await reading.list_batches(
            session, found.principal.tenant_id, before=_position(cursor), limit=PER_PAGE
        )
    return drawing.page(
        "batches.html",
        200 if error is None else problem.kind.status.value if problem else 422,
        principal=found.principal,
        token=found.token,
        notice=notice,
        batches=batches,
        cursor=cursor,
        next_cursor=cursor_of(following),
        form=form,
        problem=problem.detail if problem else str(error or ""),
        faults=[fault for fault in problem.members.get("errors", ()) if "value" in fault] if problem else [],
    )


async def _uploaded(form: FormData) -> list[str]:
    file = form.get("file")
    content = await file.read() if isinstance(file, UploadFile) else b""
    return read_text(content) if content else []


def _number(form: FormData, name: str, most: int) -> int:
    given = str(form.get(name, EMPTY_FORM[name]))
    if not given.isascii() or not given.isdigit() or not 1 <= int(given[:9]) <= most:
        raise ValueError(f"{name} should be a whole number from 1 to {most}.")
    return int(given)


def _known(named: str) -> UUID:
    """The batch in an address; to whoever looks at a page a wrong id is just a page that is not there."""
    try:
        return batch_id(named)
    except Problem:
        raise Problem("not-found", "There is no such batch.") from None


def _position(cursor: str | None) -> int | None:
    try:
        return position(cursor)
    except ValueError:
        return None


def _pace(batch: Mapping[str, Any]) -> str:
    """The average pace since the start, where nobody has watched long enough to know a better one."""
    if batch["done"] or not batch["start_time"]:
        return ""
    since = (datetime.now(UTC) - datetime.fromisoformat(batch["start_time"])).total_seconds()
    if since < 1:
        return ""
    rate = drawing.finished(batch) / since
    left = batch["counts"]["queued"] + batch["counts"]["running"]
    return drawing.pace(rate, left / rate if rate else None)


def _failure(code: str, number: int) -> dict[str, object]:
    known = next((known for known in ErrorCode if known.value == code), None)
    return {
        "code": code,
        "number": number,
        "meaning": known.meaning if known else "",
        "again": known is not ErrorCode.INVALID_DOMAIN,
    }


def _notice(request: Request) -> dict[str, str] | None:
    """What the last form has done; words of ours alone, whatever an address says."""
    number = request.query_params.get("number", "")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        return None
    domains = f"{drawing.thousands(int(number))} domain{'' if int(number) == 1 else 's'}"
    match request.query_params.get("done"):
        case "retry":
            return {"kind": "done", "text": f"{domains} queued again."}
        case "cancel":
            return {"kind": "done", "text": f"{domains} cancelled."}
    return None
