"""What happens around every request: its id, a limit for its body, headers of the answer, a line in the log."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from batchsvc.api.metrics import Metrics
from batchsvc.api.problems import KINDS, MEDIA_TYPE, render

log = logging.getLogger("batchsvc.http")

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")

# The page needs nothing from elsewhere, and nothing written into it may run.
SECURITY_HEADERS = (
    (
        b"content-security-policy",
        (
            b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)

OnFailure = Callable[[Request, Exception], Awaitable[Response]]


class Outermost:
    """The layer around the application.

    Args:
        app: the application.
        body_limit: most bytes of a request's body.
        metrics: where requests are counted.
        on_failure: makes the answer for an exception that nobody has caught.
    """

    def __init__(self, app: ASGIApp, *, body_limit: int, metrics: Metrics, on_failure: OnFailure) -> None:
        self._app = app
        self._body_limit = body_limit
        self._metrics = metrics
        self._on_failure = on_failure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection of any kind."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"")
        request_id = given.decode() if _REQUEST_ID.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        began = time.perf_counter()
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given_headers = dict(message["headers"])
                streams = given_headers.get(b"content-type", b"").startswith(b"text/event-stream")
                present = set(given_headers) - ({b"cache-control"} if streams else set())
                message["headers"] = [pair for pair in message["headers"] if pair[0] in present]
                added = [(b"x-request-id", request_id.encode()), (b"cache-control", b"no-store"), *SECURITY_HEADERS]
                message["headers"] = [*message["headers"], *(pair for pair in added if pair[0] not in present)]
            await send(message)

        try:
            limited = _limited(receive, self._body_limit)
            if _announced(headers) > self._body_limit:
                await _too_large(self._body_limit, request_id)(scope, receive, answer)
            else:
                await self._app(scope, limited, answer)
        except Exception as error:
            if status:  # the answer has begun; nothing but the end of the connection can say that it failed
                log.error("request %s failed after its answer had begun", request_id, exc_info=error)
                raise
            response = await self._on_failure(Request(scope, receive), error)
            await response(scope, receive, answer)
        finally:
            seconds = time.perf_counter() - began
            route = _route(scope)
            self._metrics.answered(scope["method"], route, status, seconds)
            log.info(
                "%s %s %d %.1f ms",
                scope["method"],
                scope["path"],
                status,
                seconds * 1000,
                extra={"request_id": request_id, "route": route, "status": status, "milliseconds": seconds * 1000},
            )


def _route(scope: Scope) -> str:
    """The path as it was declared: a path with ids in it would make a metric of every batch."""
    route: Any = scope.get("route")
    return str(getattr(route, "path", "")) or "(none)"


def _announced(headers: dict[bytes, bytes]) -> int:
    length = headers.get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


def _limited(receive: Receive, limit: int) -> Receive:
    """The body as it arrives, up to a limit; for bodies sent in chunks, which announce no length."""
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        if message["type"] == "http.request":
            received += len(message.get("body", b""))
            if received > limit:
                raise BodyTooLarge(limit)
        return message

    return counted


class BodyTooLarge(HTTPException):
    """A body that went on beyond the limit; of the kind that FastAPI passes on when it reads a body."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, _sentence(limit), headers={"Connection": "close"})


def _sentence(limit: int) -> str:
    return f"The body has more than {limit:,} bytes."


def _too_large(limit: int, request_id: str) -> Response:
    response = render(KINDS["too-large"], _sentence(limit), request_id, {"Connection": "close"}, {})
    assert response.media_type == MEDIA_TYPE
    return response
