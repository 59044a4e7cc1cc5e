"""How long, how large, how often: the limits of a scan, and the memory that all scans share."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a scan.

    Waiting for one's turn at a site, or for memory, is in none of the times, since it depends on others.

    Attributes:
        connect_seconds: for a connection, TLS included.
        read_seconds: for the server's next bytes.
        page_seconds: for a page, with the DNS and all redirects.
        scan_seconds: for all pages of a site; what was read until then counts.
        dns_seconds: for an answer of the DNS.
        body_bytes: of one page, decompressed.
        robots_bytes: of robots.txt; RFC 9309 §2.5 asks for at least 500 KiB.
        redirects: that are followed from one address.
        small_body_bytes: of a page that are read at once; for the rest of a larger one there has to be room in
            ``memory_bytes``.
        memory_bytes: for all larger pages together that are being read or taken apart.
    """

    connect_seconds: float = 5.0
    read_seconds: float = 10.0
    page_seconds: float = 20.0
    scan_seconds: float = 600.0
    dns_seconds: float = 5.0
    body_bytes: int = 2 * 1024 * 1024
    robots_bytes: int = 500 * 1024
    redirects: int = 5
    small_body_bytes: int = 64 * 1024
    memory_bytes: int = 8 * 1024 * 1024


class Allowance:
    """Seconds of which only those count in which something is done.

    Args:
        seconds: how many there are.
    """

    def __init__(self, seconds: float) -> None:
        self.left = seconds
        self._timeout: asyncio.Timeout | None = None
        self._since = 0.0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Count the time of this block.

        Raises:
            TimeoutError: the seconds are used up.
        """
        loop = asyncio.get_running_loop()
        self._since = loop.time()
        try:
            async with asyncio.timeout(max(self.left, 0.0)) as self._timeout:
                yield
        finally:
            self.left -= loop.time() - self._since
            self._timeout = None

    @asynccontextmanager
    async def paused(self) -> AsyncIterator[None]:
        """Leave the time of this block out, within one that counts."""
        loop = asyncio.get_running_loop()
        assert self._timeout is not None, "only what runs can be paused"
        self.left -= loop.time() - self._since
        self._timeout.reschedule(None)
        try:
            yield
        finally:
            self._since = loop.time()
            self._timeout.reschedule(self._since + max(self.left, 0.0))


class Memory:
    """Bytes that many share; who asks first is served first.

    Args:
        size: how many bytes there are.
    """

    def __init__(self, size: int) -> None:
        self._size = self._free = size
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def reserved(self, size: int) -> AsyncIterator[None]:
        """Wait until so many bytes are free, and keep them during this block."""
        size = min(size, self._size)
        await self._take(size)
        try:
            yield
        finally:
            self._free += size
            self._serve()

    async def _take(self, size: int) -> None:
        place = asyncio.get_running_loop().create_future()
        entry = (size, place)
        self._waiting.append(entry)
        self._serve()
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._free += size  # served and called off in the same instant
            else:
                self._waiting.remove(entry)
            self._serve()
            raise

    def _serve(self) -> None:
        while self._waiting and self._waiting[0][0] <= self._free:
            size, place = self._waiting.popleft()
            if not place.done():
                self._free -= size
                place.set_result(None)
