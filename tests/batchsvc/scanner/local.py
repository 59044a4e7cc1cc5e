"""The whole DNS on one local server: every name leads to 127.0.0.1, so that names need no fixed addresses."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.abc import ResolveResult

from batchsvc.scanner.guard import Guard
from batchsvc.scanner.resolver import Resolver
from batchsvc.scanner.website import WebsiteScanner

LOOPBACK = ("127.0.0.0/8",)
NOBODY = 1  # a port on which nobody listens

Answer = tuple[int, dict[str, str], str] | str


class _AnyPort(Guard):
    def refusal(self, address: str, port: int) -> str | None:
        return super().refusal(address, 443)


class _OneServer(Resolver):
    def __init__(self, guard: Guard, addresses: Callable[[str], list[str]], ports: dict[int, int]) -> None:
        async def lookup(name: str) -> list[str]:
            if not (found := addresses(name)):
                raise socket.gaierror(socket.EAI_NONAME, "no such name")
            return found

        super().__init__(guard, lookup=lookup)
        self._ports = ports

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await super().resolve(host, port, family)
        return [{**answer, "host": "127.0.0.1", "port": self._ports[port]} for answer in found]


def scanner(
    http: int, https: int = NOBODY, addresses: Callable[[str], list[str]] = lambda name: ["127.0.0.1"], **options: Any
) -> WebsiteScanner:
    """Return a scanner for which names have these addresses, all of which lead to 127.0.0.1 and these ports."""
    guard = _AnyPort(LOOPBACK)
    return WebsiteScanner(guard=guard, resolver=_OneServer(guard, addresses, {80: http, 443: https}), **options)


class Site:
    """A server that answers from a table, and takes note of what it is asked.

    Args:
        answers: host and path, such as ``a.example/page``, and what is answered: markup, or status, headers and text.
        seconds: how long each answer takes.
    """

    def __init__(self, answers: dict[str, Answer], seconds: float = 0.0) -> None:
        self.answers = answers
        self.seconds = seconds
        self.asked: list[str] = []
        self.times: list[float] = []
        self.at_once: dict[str, int] = defaultdict(int)
        self.most_at_once = 0
        self._now = 0

    @asynccontextmanager
    async def served(self) -> AsyncIterator[int]:
        """Serve on a free port, which is yielded."""
        application = web.Application()
        application.router.add_get("/{path:.*}", self._answer)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield runner.addresses[0][1]
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        key = f"{request.host.partition(':')[0]}{request.path}"
        self.asked.append(key)
        self.times.append(time.monotonic())
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self._now -= 1
        answer = self.answers.get(key)
        if answer is None:
            return web.Response(status=404)
        status, headers, text = (200, {}, answer) if isinstance(answer, str) else answer
        return web.Response(status=status, headers={"Content-Type": "text/html; charset=utf-8", **headers}, text=text)
