"""Serves the demonstration's websites on a port of the loopback interface."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from batchsvc.demo_site.pages import SITES
from batchsvc.settings import HostRule

NETWORK = "127.0.0.1/32"
"""What BATCHSVC_ALLOW_NETWORKS has to hold for the demonstration's websites."""

BROKEN, GONE, LOOPING = "broken.test", "gone.test", "circle.test"
DOMAINS = (*SITES, BROKEN, GONE, LOOPING)
"""The names that the demonstration scans; some of them fail, each in its own way."""

SLOW_SECONDS = 3.0


@asynccontextmanager
async def demo_site(port: int = 0) -> AsyncIterator[tuple[HostRule, ...]]:
    """Serve the demonstration's websites during this block.

    Args:
        port: of 127.0.0.1; 0 takes one that is free.

    Returns:
        what the setting BATCHSVC_HOSTS has to hold, while BATCHSVC_ALLOW_NETWORKS holds :data:`NETWORK`.
    """
    application = web.Application()
    application.router.add_get("/{path:.*}", _answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        taken = runner.addresses[0][1]
        yield tuple(HostRule(name, "127.0.0.1", taken) for name in DOMAINS)
    finally:
        await runner.cleanup()


async def _answer(request: web.Request) -> web.StreamResponse:
    host = request.host.partition(":")[0].lower()
    if request.path == "/robots.txt":
        return web.Response(
            text="User-agent: *\nDisallow: /\n" if host == "private.test" else "User-agent: *\nAllow: /\n"
        )
    if host == BROKEN:
        return web.Response(status=503, text="Out of order.")
    if host == LOOPING:
        raise web.HTTPFound("/two" if request.path != "/two" else "/")
    if host == "slow.test":
        await asyncio.sleep(SLOW_SECONDS)
    found = SITES.get(host, {}).get(request.path)
    if found is None:
        return web.Response(status=404, text="Not found.")
    return web.Response(text=found, content_type="text/html", charset="utf-8")
