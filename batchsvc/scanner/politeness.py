"""One request at a time for each registered domain and each address, and none while a site asks to be left alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

RETRY_AFTER_CAP = 3600.0  # seconds; a site that wants more is asked again after an hour
LONGEST_PAUSE = 5.0  # seconds that a scan waits by itself; for more it gives its place back


class AskedToWait(Exception):
    """The site has asked to be left alone for longer than a scan waits by itself.

    Attributes:
        seconds: how much longer.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"The site has asked to be left alone for another {seconds:.0f} s.")


@dataclass(slots=True)
class _Place:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class Politeness:
    """Whose turn it is, within this process.

    Args:
        pause: seconds from the end of one request to a registered domain to the beginning of the next.
    """

    def __init__(self, pause: float = 0.0) -> None:
        self._pause = pause
        self._places: dict[str, _Place] = {}
        self._not_before: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, domain: str, addresses: Iterable[str], pause: float = 0.0) -> AsyncIterator[None]:
        """Wait until nobody else asks this domain or one of these addresses, and keep both meanwhile.

        Args:
            domain: the registered domain.
            addresses: the addresses of the host; none where no limit applies.
            pause: seconds between two requests that this site asks for; the longer one counts.

        Raises:
            AskedToWait: instead of waiting for long.
        """
        keys = [f"d {domain}", *sorted(f"a {address}" for address in set(addresses))]
        async with AsyncExitStack() as stack:
            for key in keys:  # always in this order, so that two scans never wait for each other
                await stack.enter_async_context(self._place(key))
            wait = self._not_before.get(domain, 0.0) - time.monotonic()
            if wait > LONGEST_PAUSE:
                raise AskedToWait(wait)
            if wait > 0:
                await asyncio.sleep(wait)
            try:
                yield
            finally:
                self._later(domain, max(self._pause, min(pause, LONGEST_PAUSE)))

    def leave_alone(self, domain: str, seconds: float) -> None:
        """Ask a registered domain nothing for some seconds, at most an hour."""
        self._later(domain, min(seconds, RETRY_AFTER_CAP))

    def _later(self, domain: str, seconds: float) -> None:
        if seconds > 0:
            now = time.monotonic()
            self._not_before[domain] = max(now + seconds, self._not_before.get(domain, 0.0))
            if len(self._not_before) > 10_000:
                self._not_before = {name: until for name, until in self._not_before.items() if until > now}

    @asynccontextmanager
    async def _place(self, key: str) -> AsyncIterator[None]:
        place = self._places.setdefault(key, _Place())
        place.users += 1
        try:
            async with place.lock:
                yield
        finally:
            place.users -= 1
            if not place.users:
                del self._places[key]
