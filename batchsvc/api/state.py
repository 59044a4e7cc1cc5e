"""What the routers share in one application, and how they get at it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, cast
from uuid import UUID

from fastapi import Depends, Request

from batchsvc.api.events import Hub
from batchsvc.api.metrics import Metrics
from batchsvc.database import Database
from batchsvc.settings import Settings

# Tenant and batch; without a batch, the list of the tenant's batches.
StreamKey = tuple[UUID, UUID | None]


@dataclass(frozen=True, slots=True)
class State:
    """The parts of an application.

    Attributes:
        settings: the service's.
        database: where transactions come from.
        hub: progress as it happens.
        metrics: what is counted.
        stream_seconds: how long one answer with events lasts; its reader then asks again.
        worker_ready: says whether the worker in this process, if there is one, is at work.
    """

    settings: Settings
    database: Database
    hub: Hub[StreamKey]
    metrics: Metrics
    stream_seconds: float
    worker_ready: Callable[[], bool] | None = None


async def state_of(request: Request) -> State:
    """The parts of the application that a request is for."""
    # A coroutine, because FastAPI runs every other dependency in a thread.
    return cast(State, request.app.state.parts)


Parts = Annotated[State, Depends(state_of)]
