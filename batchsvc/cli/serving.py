"""``serve``: the HTTP interface, the page and a worker in one event loop, which end together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import FrameType

import click
import uvicorn

from batchsvc.api import create_app
from batchsvc.database import Database
from batchsvc.settings import Settings
from batchsvc.worker.running import Worker
from batchsvc.worker.scanners import scanner_for

CONNECTIONS = 20
CLOSING = 3  # seconds for requests under way


class _Server(uvicorn.Server):
    """Begins to stop the worker together with the requests, and hurries at a second signal."""

    worker: Worker | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Streams of progress would be waited for.
        self.config.app.state.parts.hub.close()  # type: ignore[union-attr]
        if self.worker is not None:
            if self.should_exit:
                self.worker.hurry()
            else:
                self.worker.begin_to_stop()
        super().handle_exit(sig, frame)


async def serve_until_told(url: str, settings: Settings, host: str, port: int, *, with_worker: bool) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        url: the database, at the head revision.
        settings: the service's.
        host, port: where to listen.
        with_worker: whether batches are worked on in this process, too.
    """
    database = Database(url, connections=CONNECTIONS)
    try:
        async with scanner_for(settings) as scanner:
            worker = Worker(database, scanner, settings) if with_worker else None

            @asynccontextmanager
            async def background() -> AsyncIterator[None]:
                assert worker is not None
                worker.start()
                try:
                    yield
                finally:
                    await worker.stop()

            app = create_app(
                settings,
                database,
                background=background if worker else None,
                worker_ready=(lambda: worker.ready) if worker else None,
            )
            config = uvicorn.Config(
                app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=CLOSING, server_header=False
            )
            server = _Server(config)
            server.worker = worker
            click.echo(f"Serving on http://{host}:{port}/; stop with Ctrl-C.", err=True)
            await server.serve()
            if not server.started:
                raise OSError(f"Nothing could listen on {host}:{port}.")
    finally:
        await asyncio.shield(database.close())
