"""A running service for tests: the application on a port of this machine, on a database at the head revision."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID, uuid4

import requests
import uvicorn

from batchsvc import key_store, keys, schema
from batchsvc.api.app import create_app
from batchsvc.api.batches import PREFIX
from batchsvc.database import Database
from batchsvc.settings import Settings
from batchsvc.worker.running import running as worker_running
from tests.support.servers import Server

T = TypeVar("T")


@dataclass
class Client:
    """Sends requests with one tenant's key."""

    base: str
    key: str
    tenant: UUID
    session: requests.Session = field(default_factory=requests.Session)

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request; a path that does not begin with a slash is one of the interface's."""
        headers = {"Authorization": f"Bearer {self.key}", **options.pop("headers", {})}
        url = self.base + (path if path.startswith("/") else f"{PREFIX}/{path}")
        return self.session.request(
            method, url, headers=headers, timeout=options.pop("timeout", 20), allow_redirects=False, **options
        )

    def get(self, path: str, **options: Any) -> requests.Response:
        return self("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> requests.Response:
        return self("POST", path, **({} if body is None else {"json": body}), **options)

    def batch(self, *domains: str, **more: Any) -> str:
        """Make a batch: its id."""
        answer = self.post("batch", {"domains": list(domains), **more})
        assert answer.status_code == 202, answer.text
        return str(answer.json()["batch_id"])


@dataclass
class Service:
    """A running service.

    Attributes:
        base: its address.
        url: of its database, as the role it uses.
        app: the application.
    """

    base: str
    url: str
    app: Any

    def client(self, tenant: UUID | None = None) -> Client:
        """A client with a new key, of a new tenant unless one is given."""
        tenant = tenant or uuid4()
        return Client(self.base, new_key(self.url, tenant), tenant)

    def revoke(self, client: Client) -> None:
        """End a client's key."""

        async def end() -> None:
            database = Database(self.url, connections=1)
            try:
                async with database.worker() as session:
                    prefix = keys.prefix_of(client.key)
                    assert prefix is not None
                    assert len(await key_store.revoke(session, prefix)) == 1
            finally:
                await database.close()

        apart(end())


def apart(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a thread of its own: in ours a browser may have a loop already."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def new_key(url: str, tenant: UUID, name: str = "tests") -> str:
    """Make a key."""

    async def make() -> str:
        database = Database(url, connections=1)
        try:
            async with database.worker() as session:
                return (await key_store.create(session, tenant, name))[0]
        finally:
            await database.close()

    return apart(make())


@contextmanager
def plain_database(server: Server) -> Iterator[str]:
    """A database at the head revision, as its owner: a role without any other right, whom row security binds."""
    server.start()
    role = server.create_role()
    name = server.create_database(owner=role).partition("?")[0].rpartition("/")[2]
    url = server.url_of(name, role)
    try:
        schema.upgrade(url)
        yield url
    finally:
        server.start()
        server.drop_database(server.url_of(name))
        server.drop_role(role)


@contextmanager
def running(url: str, settings: Settings | None = None, scanner: Any = None, **options: Any) -> Iterator[Service]:
    """The service in a thread of its own.

    Args:
        scanner: for a worker in it; without one everything stays queued.
        options: of `create_app`.
    """
    ready = threading.Event()
    holder: dict[str, Any] = {}

    async def serve() -> None:
        database = Database(url, connections=5)
        found = settings or Settings()
        if scanner is not None:
            options["background"] = lambda: worker_running(database, scanner, found)
        app = create_app(found, database, poll_seconds=0.05, **options)
        config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="on", access_log=False)
        server = uvicorn.Server(config)
        holder.update(server=server, app=app)
        running_server = asyncio.create_task(server.serve())
        while not server.started and not running_server.done():
            await asyncio.sleep(0.01)
        if server.started:
            holder["port"] = server.servers[0].sockets[0].getsockname()[1]
        ready.set()
        try:
            while not server.should_exit:
                await asyncio.sleep(0.02)
            app.state.parts.hub.close()
            await running_server
        finally:
            await database.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield Service(f"http://127.0.0.1:{holder['port']}", url, holder["app"])
    finally:
        holder["server"].should_exit = True
        thread.join(20)
        assert not thread.is_alive()
