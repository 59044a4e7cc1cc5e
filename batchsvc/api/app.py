"""The application: its routers, what is around them, and what they share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from batchsvc.api import batches, events, health, middleware, problems, progress, refusals, scans
from batchsvc.api.batches import PREFIX
from batchsvc.api.metrics import Metrics
from batchsvc.api.state import State, StreamKey
from batchsvc.database import Database
from batchsvc.settings import Settings
from batchsvc.web import pages, sessions
from uuidkit.version import __version__

DESCRIPTION = (
    "Scans web domains in batches. Every domain of a batch comes to exactly one outcome for each generation: "
    "a retry begins a new one. Times are UTC."
)

Background = Callable[[], AbstractAsyncContextManager[None]]


def create_app(
    settings: Settings,
    database: Database,
    *,
    background: Background | None = None,
    worker_ready: Callable[[], bool] | None = None,
    metrics: Metrics | None = None,
    stream_seconds: float = 600,
    poll_seconds: float = 0.5,
) -> FastAPI:
    """Make the application.

    Args:
        settings: the service's.
        database: where transactions come from; the caller closes it.
        background: runs as long as the application does, such as a worker.
        worker_ready: whether that worker is at work, for ``/readyz``.
        metrics: where things are counted.
        stream_seconds: how long one answer with events lasts before its reader has to ask again.
        poll_seconds: how often progress is read for viewers.
    """
    counted = metrics or Metrics()
    hub: events.Hub[StreamKey] = events.Hub(progress.reader(database), poll_seconds)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        try:
            if background is None:
                yield
            else:
                async with background():
                    yield
        finally:
            hub.close()

    app = FastAPI(
        title="batchsvc",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,  # that page loads its parts from elsewhere; batchsvc.web has one of its own
        redoc_url=None,
        redirect_slashes=False,  # a redirect loses a body
        generate_unique_id_function=_operation_id,
    )
    app.state.parts = State(
        settings=settings,
        database=database,
        hub=hub,
        metrics=counted,
        stream_seconds=stream_seconds,
        worker_ready=worker_ready,
    )
    problems.install(app)
    refusals.install(app)
    sessions.install(app)
    for router in (batches.router, scans.router):
        app.include_router(router, prefix=PREFIX)
    app.include_router(health.router)
    app.add_api_route(  # where the interface that this one replaces had it
        f"{PREFIX}/health", health.readyz, name="health", tags=["Operation"], summary="As /readyz, by its old name",
        responses=health.NOT_READY,
    )  # fmt: skip
    app.include_router(pages.router, include_in_schema=False)
    app.add_middleware(
        middleware.Outermost,
        body_limit=body_limit(settings),
        metrics=counted,
        on_failure=app.state.on_failure,
    )
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def body_limit(settings: Settings) -> int:
    """Most bytes of a request's body: room for as many domains as a batch may have, in any spelling that occurs."""
    return max(1 << 20, 300 * settings.max_domains)


def _operation_id(route: APIRoute) -> str:
    return route.name


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with our problems where FastAPI would describe errors of its own."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
        )
        schemas = document["components"]["schemas"]
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        template = "#/components/schemas/{model}"
        model = problems.ProblemDocument.model_json_schema(ref_template=template)
        schemas.update(model.pop("$defs"))
        schemas["ProblemDocument"] = model
        schemas["NewBatch"]["properties"]["domains"]["maxItems"] = app.state.parts.settings.max_domains
        app.openapi_schema = document
    return app.openapi_schema
