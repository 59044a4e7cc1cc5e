"""Progress as it happens: one reader per batch and process, however many look on.

A viewer holds no connection to the database. Each gets the newest state that there is when it can take one, so a slow
viewer misses steps in between, never the last.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from batchsvc.database import AWAY

log = logging.getLogger("batchsvc.http")

Key = TypeVar("Key", bound=Hashable)

WINDOW = 20.0  # seconds over which the rate is taken


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of something at a moment.

    Attributes:
        version: grows with every change; two snapshots of one version are the same.
        done: whether nothing will change any more.
        finished: how many domains are finished, for the rate.
        left: how many are not.
        document: what viewers are sent.
        rate: domains finished per second, lately; None while nobody knows.
    """

    version: int
    done: bool
    finished: int
    left: int
    document: dict[str, Any] = field(default_factory=dict)
    rate: float | None = None

    @property
    def seconds_left(self) -> float | None:
        """How long it will take at that rate."""
        return self.left / self.rate if self.rate else None


Reader = Callable[[Key], Awaitable[Snapshot | None]]


class Channel:
    """The viewers of one thing, and the task that reads it for them."""

    def __init__(self) -> None:
        self.viewers = 0
        self.latest: Snapshot | None = None
        self.ended = False
        self._changed = asyncio.Event()
        self._history: deque[tuple[float, int]] = deque()

    def publish(self, snapshot: Snapshot) -> None:
        """Give viewers a new state."""
        self.latest = snapshot
        self._wake()

    def end(self, task: asyncio.Task[None] | None = None) -> None:
        """Send every viewer away.

        Args:
            task: the reader's, if that has ended.
        """
        if task is not None and not task.cancelled() and (error := task.exception()) is not None:
            log.error("progress is not read any more", exc_info=error)
        self.ended = True
        self._wake()

    async def next(self, seen: Snapshot | None) -> Snapshot | None:
        """The newest state, once it is another than the one seen; None at the end."""
        while self.latest is seen and not self.ended:
            await self._changed.wait()
        return None if self.latest is seen else self.latest

    def rate(self, finished: int, now: float) -> float | None:
        """Domains finished per second over the last while.

        Args:
            finished: how many are, in all.
            now: seconds on any clock that only goes forward.
        """
        self._history.append((now, finished))
        while self._history[0][0] < now - WINDOW and len(self._history) > 2:
            self._history.popleft()
        then, before = self._history[0]
        # A retry takes finished domains back.
        return (finished - before) / (now - then) if now - then >= 1 and finished >= before else None

    def _wake(self) -> None:
        before, self._changed = self._changed, asyncio.Event()
        before.set()


class Hub(Generic[Key]):
    """The channels of a process.

    Args:
        read: gets the state of a thing; None when there is no such thing any more.
        interval: seconds between two reads.
    """

    def __init__(self, read: Reader[Key], interval: float = 0.5) -> None:
        self._read = read
        self._interval = interval
        self._channels: dict[Key, Channel] = {}
        self._tasks: dict[Key, asyncio.Task[None]] = {}
        self.closed = False

    @property
    def viewers(self) -> int:
        """How many look on."""
        return sum(channel.viewers for channel in self._channels.values())

    async def follow(self, key: Key) -> AsyncGenerator[Snapshot, None]:
        """The states of a thing, from the present one to the last, or until the hub is closed.

        Args:
            key: what.
        """
        if self.closed:
            return
        channel = self._channels.get(key)
        if channel is None or channel.ended:
            channel = self._channels[key] = Channel()
            self._tasks[key] = task = asyncio.create_task(self._poll(key, channel))
            task.add_done_callback(channel.end)
        channel.viewers += 1
        seen: Snapshot | None = None
        try:
            while (snapshot := await channel.next(seen)) is not None:
                seen = snapshot
                yield snapshot
                if snapshot.done:
                    return
        finally:
            channel.viewers -= 1
            if not channel.viewers and self._channels.get(key) is channel:
                del self._channels[key]
                self._tasks.pop(key).cancel()

    def close(self) -> None:
        """Send every viewer away; a browser comes back by itself, to whoever answers then."""
        self.closed = True
        for channel in self._channels.values():
            channel.end()

    async def _poll(self, key: Key, channel: Channel) -> None:
        failing = False
        while not self.closed:
            try:
                snapshot = await self._read(key)
                failing = False
            except AWAY as error:  # perhaps for a while: viewers wait for it
                if not failing:
                    log.warning("progress cannot be read: %s", " ".join(str(error).split())[:200])
                failing = True
                await asyncio.sleep(min(self._interval * 4, 2))
                continue
            if snapshot is None:
                return
            rate = channel.rate(snapshot.finished, time.monotonic())
            if channel.latest is None or snapshot.version != channel.latest.version:
                channel.publish(replace(snapshot, rate=rate))
            if snapshot.done:
                return
            await asyncio.sleep(self._interval)


async def for_a_while(snapshots: AsyncGenerator[Snapshot, None], seconds: float) -> AsyncGenerator[Snapshot, None]:
    """The states that come within a time; whoever wants more comes again, with a key that is looked at again.

    Args:
        snapshots: of :meth:`Hub.follow`.
        seconds: how long.
    """
    end = time.monotonic() + seconds
    async with aclosing(snapshots) as source:
        while True:
            try:
                async with asyncio.timeout(max(end - time.monotonic(), 0)):
                    snapshot = await anext(source)
            except (StopAsyncIteration, TimeoutError):
                return
            yield snapshot
