"""``serve``: the HTTP interface, the page and a worker in one event loop, which end together."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType

import click
import uvicorn

from batchsvc.api.app import create_app
from batchsvc.database import Database
from batchsvc.settings import Settings
from batchsvc.worker.running import Worker
from batchsvc.worker.scanners import scanner_for
from uuidkit.errors import UuidkitError

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


class CannotListen(UuidkitError):
    """The address to serve on cannot be had."""


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens; before anything else is started, so that a taken port costs nothing.

    Args:
        host, port: where; port 0 takes one that is free.

    Raises:
        CannotListen: the port is taken, or the address is not this machine's.
    """
    try:
        found = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise CannotListen(
            f"Cannot listen on {host}, port {port}: {os.strerror(error.errno or 0)}.", "Choose another --port."
        ) from None
    with found:
        # Accepted connections inherit it. asyncio would set it for a socket of its own making only; without it each
        # answer waits 40 ms for the reader's delayed acknowledgement.
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield found


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """uvicorn raises a signal once more after it has ended by it; what is around us has to end in order, too."""
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
            with listening(host, port) as listener, _ending_in_order():
                shown = f"[{host}]" if ":" in host else host
                click.echo(f"Serving on http://{shown}:{listener.getsockname()[1]}/; stop with Ctrl-C.", err=True)
                await server.serve(sockets=[listener])
    finally:
        await asyncio.shield(database.close())
