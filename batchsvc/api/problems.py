"""Every error of the HTTP interface as one kind of document: problem details (RFC 9457)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from psycopg import errors as postgres
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.routing import Match

from uuidkit.errors import ConnectionFailed

log = logging.getLogger("batchsvc.http")

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem.

    Attributes:
        code: its stable name, the last part of the ``type``.
        meaning: what it says and what to do, for the documentation.
    """

    code: str
    status: HTTPStatus
    title: str
    meaning: str

    @property
    def uri(self) -> str:
        """The ``type`` of its documents, where the service itself explains it."""
        return f"/problems/{self.code}"


_KINDS = (
    Kind("bad-request", HTTPStatus.BAD_REQUEST, "The request cannot be read", "The body is no text in UTF-8."),
    Kind(
        "unauthorized",
        HTTPStatus.UNAUTHORIZED,
        "A valid API key is needed",
        "Send the header Authorization: Bearer KEY, with a key that exists and has not been revoked.",
    ),
    Kind(
        "forbidden",
        HTTPStatus.FORBIDDEN,
        "The form is not from this page",
        "The page was opened before the last sign-in, or the form comes from another site. Open the page again.",
    ),
    Kind(
        "not-found",
        HTTPStatus.NOT_FOUND,
        "There is no such thing",
        "Nothing has this address, or it belongs to another tenant than the key does.",
    ),
    Kind(
        "method-not-allowed",
        HTTPStatus.METHOD_NOT_ALLOWED,
        "The method is not for this address",
        "The header Allow lists the methods that are.",
    ),
    Kind(
        "batch-exists",
        HTTPStatus.CONFLICT,
        "The batch id is taken",
        "Choose another batch_id, or none. To repeat a request safely send an Idempotency-Key.",
    ),
    Kind(
        "request-in-flight",
        HTTPStatus.CONFLICT,
        "The same request is being carried out",
        "Another request with this Idempotency-Key has not ended yet. Send it again after a moment.",
    ),
    Kind(
        "state-conflict",
        HTTPStatus.CONFLICT,
        "The batch is not in a state for that",
        "The detail says what the batch is doing.",
    ),
    Kind(
        "too-large",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The body is too large",
        "Divide the domains into several batches.",
    ),
    Kind(
        "unsupported-media-type",
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "The body has to be JSON",
        "Send the header Content-Type: application/json.",
    ),
    Kind(
        "invalid-request",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The request is not valid",
        "The member errors lists every fault, each with a pointer to its place.",
    ),
    Kind(
        "invalid-domains",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Some entries are no domains",
        "The member errors lists each with its reason. With skip_invalid the others are taken.",
    ),
    Kind(
        "idempotency-mismatch",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The Idempotency-Key was used for another request",
        "A key stands for one body. Use a new key for a new request.",
    ),
    Kind(
        "queue-full",
        HTTPStatus.TOO_MANY_REQUESTS,
        "Too much is waiting already",
        "Send the request again when earlier batches are done; Retry-After says when to try.",
    ),
    Kind(
        "internal",
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "The service failed",
        "A fault of the service; its log has the details under the request_id.",
    ),
    Kind(
        "unavailable",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The service cannot answer now",
        "The database is away, or its schema is not the one of this version. Nothing was changed; try again.",
    ),
)
KINDS: Mapping[str, Kind] = {kind.code: kind for kind in _KINDS}
AsPage = Callable[[Kind, str, Mapping[str, str], str | None], Response]
_BY_STATUS = {kind.status.value: kind for kind in reversed(_KINDS)}  # the first of a status speaks for it
_BY_STATUS[HTTPStatus.CONFLICT.value] = KINDS["state-conflict"]


class Problem(Exception):
    """An answer other than the one asked for.

    Args:
        code: of a kind in ``KINDS``.
        detail: what is wrong with this request, for its sender.
        headers: for the response.
        members: further members of the document.
    """

    def __init__(self, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any) -> None:
        super().__init__(detail)
        self.kind = KINDS[code]
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members


class Fault(BaseModel):
    """One fault of a request."""

    pointer: str = Field(description="where: a JSON pointer into the body, or query/NAME, path/NAME, header/NAME")
    detail: str = Field(description="what is wrong there")
    value: str | None = Field(default=None, description="what stands there, shortened")


class ProblemDocument(BaseModel):
    """An error, as RFC 9457 writes it."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="the kind of problem; its address explains it", examples=["/problems/not-found"])
    title: str = Field(description="the kind in words")
    status: int = Field(description="the HTTP status", examples=[404])
    detail: str = Field(description="what is wrong with this request")
    request_id: str | None = Field(default=None, description="what the log calls this request")
    errors: list[Fault] | None = Field(default=None, description="every fault, where there may be several")


def responses(*codes: str) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI descriptions of problems that an operation may answer with.

    Args:
        codes: of kinds; those that every operation shares are added by the caller.
    """
    found: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        kind = KINDS[code]
        known = found.get(kind.status.value)
        description = f"{known['description']}; or: {kind.title.lower()}" if known else kind.title
        example = {"type": kind.uri, "title": kind.title, "status": kind.status.value, "detail": kind.meaning}
        examples = dict(known["content"][MEDIA_TYPE]["examples"]) if known else {}
        found[kind.status.value] = {
            "description": description,
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/ProblemDocument"},
                    "examples": {**examples, code: {"value": example}},
                }
            },
        }
    return found


def render(
    kind: Kind, detail: str, request_id: str | None, headers: Mapping[str, str], members: Mapping[str, Any]
) -> Response:
    """The response for a problem.

    Args:
        request_id: of the request; None before it has one.
        members: further members of the document.
    """
    document = {"type": kind.uri, "title": kind.title, "status": kind.status.value, "detail": detail, **members}
    if request_id is not None:
        document["request_id"] = request_id
    return JSONResponse(document, kind.status.value, headers=dict(headers), media_type=MEDIA_TYPE)


def answer(request: Request, problem: Problem) -> Response:
    """The response for a problem that a request met: for people a page, where the application has one."""
    request_id = getattr(request.state, "request_id", None)
    as_page: AsPage | None = getattr(request.app.state, "problem_page", None)
    reads_pages = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")
    if as_page is not None and reads_pages:
        return as_page(problem.kind, problem.detail, problem.headers, request_id)
    return render(problem.kind, problem.detail, request_id, problem.headers, problem.members)


def install(app: FastAPI) -> None:
    """Make every error of an application a problem document."""

    async def of_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return answer(request, error)

    async def of_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        kind = _BY_STATUS.get(error.status_code, KINDS["bad-request" if error.status_code < 500 else "internal"])
        detail = error.detail if kind.code == "too-large" else _http_detail(request, kind)
        headers = dict(error.headers or {})
        if kind.code == "method-not-allowed":
            headers["Allow"] = ", ".join(allowed(request))
        return answer(request, Problem(kind.code, detail, headers=headers))

    async def of_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return answer(request, from_validation(request, error.errors()))

    async def of_anything(request: Request, error: Exception) -> Response:
        found = unavailable(error)
        if found is not None:
            log.warning("%s %s: %s", request.method, request.url.path, " ".join(str(error).split())[:300])
            return answer(request, found)
        log.error(
            "%s %s failed, request %s",
            request.method,
            request.url.path,
            getattr(request.state, "request_id", "-"),
            exc_info=error,
        )
        return answer(request, Problem("internal", "A fault of the service; it is in its log."))

    app.add_exception_handler(Problem, of_problem)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(RequestValidationError, of_validation)
    app.add_exception_handler(DBAPIError, of_anything)
    app.add_exception_handler(postgres.Error, of_anything)
    app.add_exception_handler(PoolTimeout, of_anything)
    app.add_exception_handler(ConnectionFailed, of_anything)
    app.state.on_failure = of_anything  # for what nobody else has caught: see middleware.Outermost


def allowed(request: Request) -> list[str]:
    """The methods that the address of a request is for; the router knows those of one route alone."""
    scope = {name: value for name, value in request.scope.items() if name not in ("path_params", "endpoint", "route")}
    return [
        method
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in request.app.routes)
    ]


def unavailable(error: BaseException) -> Problem | None:
    """The problem for a database that is away or too busy; None for every other error.

    Args:
        error: what was raised, by SQLAlchemy, psycopg or our own connecting.
    """
    seconds = {"Retry-After": "5"}
    if isinstance(error, ConnectionFailed):
        return Problem("unavailable", "The database cannot be reached.", headers=seconds)
    if isinstance(error, PoolTimeout):
        return Problem("unavailable", "Every connection to the database is in use.", headers=seconds)
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return Problem("unavailable", "The connection to the database was lost.", headers=seconds)
    if isinstance(cause, postgres.UndefinedTable | postgres.UndefinedColumn | postgres.UndefinedFunction):
        return Problem("unavailable", "The schema of the database is not the one of this version.", headers=seconds)
    if isinstance(cause, postgres.QueryCanceled | postgres.LockNotAvailable | postgres.DeadlockDetected):
        return Problem("unavailable", "The database is too busy.", headers=seconds)
    if isinstance(cause, postgres.OperationalError | postgres.InterfaceError | ConnectionFailed):
        return Problem("unavailable", "The database cannot be reached.", headers=seconds)
    return None


def from_validation(request: Request, errors: Sequence[Any]) -> Problem:
    """The problem for a request that does not fit its description.

    Args:
        errors: what pydantic found.
    """
    if any(error["type"] == "json_invalid" for error in errors):
        fault = errors[0]
        place = fault["loc"][-1]
        return Problem(
            "invalid-request", f"The body is no valid JSON: {fault['ctx']['error']}, at character {place}.", errors=[]
        )
    content_type = request.headers.get("content-type", "")
    json_type = re.match(r"application/([\w.+-]+\+)?json\b", content_type)
    if not json_type and any(error["loc"] == ("body",) for error in errors):
        said = f"not {content_type.partition(';')[0][:80]}" if content_type else "and no Content-Type was sent"
        return Problem("unsupported-media-type", f"The body has to be application/json, {said}.")
    faults = [fault_of(error) for error in errors[:100]]
    more = f" and {len(errors) - 100} more" if len(errors) > 100 else ""
    named = "; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults[:3])
    and_so_on = " …" if len(faults) > 3 else ""
    return Problem(
        "invalid-request", f"{named}{and_so_on}{more}", errors=[fault.model_dump(exclude_none=True) for fault in faults]
    )


def fault_of(error: Mapping[str, Any]) -> Fault:
    """One of pydantic's findings, without what its sender need not know."""
    where, *path = error["loc"]
    if where == "body":
        pointer = "/" + "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in path) if path else ""
    else:
        pointer = "/".join(str(part) for part in (where, *path))
    detail = str(error["msg"]).removeprefix("Value error, ")
    given = error.get("input")
    value = shown(given) if isinstance(given, str | int | float | bool) else None
    return Fault(pointer=pointer[:200], detail=detail, value=value)


def shown(value: object) -> str:
    """A value as it may stand in an answer: short, printable."""
    text = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(value)[:101])
    return text if len(text) <= 100 else f"{text[:99]}…"


def _http_detail(request: Request, kind: Kind) -> str:
    """What is wrong, in our words: those of the framework are of another tone, and change."""
    match kind.code:
        case "not-found":
            return "Nothing has this address."
        case "method-not-allowed":
            return f"{request.method} is not for this address."
        case _:
            return kind.meaning
