"""What a site's robots.txt allows (RFC 9309), kept for a day."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from protego import Protego
from yarl import URL

from batchsvc.scanner.codes import ErrorCode
from batchsvc.scanner.fetch import Fetcher
from batchsvc.scanner.limits import Allowance
from batchsvc.scanner.protocol import ScanError

KEPT_SECONDS = 24 * 3600.0  # RFC 9309 §2.4
KEPT_LENGTH = 1_000_000  # characters of all files that are kept; parsed they take about ten times as much
LINES = 5_000

_NOT_THERE = (
    ErrorCode.HTTP_4XX,
    ErrorCode.HTTP_STATUS,
    ErrorCode.TOO_MANY_REDIRECTS,
    ErrorCode.BAD_RESPONSE,
)
_OUT_OF_REACH = (ErrorCode.HTTP_5XX, ErrorCode.HTTP_408, ErrorCode.READ_TIMEOUT)


class Robots:
    """Asks each site once what may be read.

    Args:
        fetcher: fetches the file.
        product: the name that a site may give rules for.
    """

    def __init__(self, fetcher: Fetcher, product: str) -> None:
        self._fetcher = fetcher
        self._product = product
        self._kept: OrderedDict[str, tuple[float, Protego, int]] = OrderedDict()
        self._kept_length = 0
        self._asking: dict[str, tuple[asyncio.Lock, list[None]]] = {}

    async def pause(self, url: URL, allowance: Allowance) -> float:
        """Return the seconds between two requests that the site asks for.

        Args:
            url: the page that is to be read.
            allowance: seconds that are left for it.

        Raises:
            ScanError: ``robots_disallowed``; ``robots_unreachable`` where the file may exist but cannot be read; or why
                the site itself cannot be reached.
        """
        rules = await self._rules(url.origin(), allowance)
        if not rules.can_fetch(str(url), self._product):
            raise ScanError(
                ErrorCode.ROBOTS_DISALLOWED, "The site's robots.txt asks not to read this page.", url=str(url)
            )
        return float(rules.crawl_delay(self._product) or 0.0)

    async def _rules(self, origin: URL, allowance: Allowance) -> Protego:
        key = str(origin)
        async with self._alone(key):
            if (kept := self._kept.get(key)) and kept[0] > time.monotonic():
                return kept[1]
            rules, length = await self._read(origin, allowance)
            self._keep(key, rules, length)
            return rules

    def _keep(self, key: str, rules: Protego, length: int) -> None:
        self._forget(key)
        while self._kept and self._kept_length + length > KEPT_LENGTH:
            self._forget(next(iter(self._kept)))
        self._kept[key] = (time.monotonic() + KEPT_SECONDS, rules, length)
        self._kept_length += length

    def _forget(self, key: str) -> None:
        if key in self._kept:
            self._kept_length -= self._kept.pop(key)[2]

    async def _read(self, origin: URL, allowance: Allowance) -> tuple[Protego, int]:
        try:
            async with self._fetcher.robots(origin.with_path("/robots.txt"), allowance) as response:
                return await asyncio.to_thread(_parsed, response.body)
        except ScanError as error:
            if error.code in _NOT_THERE:
                return _parsed(b"")
            if error.code in _OUT_OF_REACH:
                raise ScanError(
                    ErrorCode.ROBOTS_UNREACHABLE,
                    f"The site's robots.txt could not be read. {error.message}",
                    retry_after=error.retry_after,
                    url=error.url,
                ) from error
            raise

    @asynccontextmanager
    async def _alone(self, key: str) -> AsyncIterator[None]:
        lock, users = self._asking.setdefault(key, (asyncio.Lock(), []))
        users.append(None)
        try:
            async with lock:
                yield
        finally:
            users.pop()
            if not users:
                self._asking.pop(key, None)


def _parsed(body: bytes | bytearray) -> tuple[Protego, int]:
    text = "\n".join(body.decode("utf-8-sig", "replace").splitlines()[:LINES])
    return Protego.parse(text), len(text) + 200
