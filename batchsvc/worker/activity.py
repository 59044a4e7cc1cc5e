"""One batch as one process is at it: its scans under way, and outcomes that wait to be written."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterable
from typing import Any
from uuid import UUID

from batchsvc.items.claims import Claim, Claimed
from batchsvc.items.outcomes import Outcome
from batchsvc.scanner.codes import ErrorCode
from batchsvc.worker.endings import given_back
from batchsvc.worker.shares import Demand

GROUP = 200  # outcomes in one transaction


class Activity:
    """What a process does for one batch.

    Args:
        batch_id: the batch.

    Attributes:
        work: the task that makes its turns.
        scans: scans under way, by item.
        outcomes: what waits to be written, by item.
        reserved: scans that a claim under way may bring.
        wants: whether another claim may bring something now.
    """

    def __init__(self, batch_id: UUID) -> None:
        self.batch_id = batch_id
        self.tenant_id: UUID | None = None
        self.max_pages = 1
        self.work: asyncio.Task[None] | None = None
        self.scans: dict[int, asyncio.Task[None]] = {}
        self.outcomes: dict[int, Outcome] = {}
        self.reserved = 0
        self.wants = True
        self._items: dict[int, Claimed] = {}
        self._event = asyncio.Event()
        self._oldest = 0.0
        self._next_attempt: float | None = None
        self._group = GROUP
        self._tried: list[Outcome] = []

    @property
    def using(self) -> int:
        """Scans it has now, or has asked for."""
        return len(self.scans) + self.reserved

    @property
    def demand(self) -> Demand:
        """What it has, and whose it is."""
        return Demand(self.tenant_id or self.batch_id, self.using)

    @property
    def finished(self) -> bool:
        """Whether nothing is under way, and nothing to be had soon."""
        if self._next_attempt is not None and time.monotonic() >= self._next_attempt:
            self._next_attempt, self.wants = None, True
        return not (self.scans or self.outcomes or self.wants or self._next_attempt)

    def held(self) -> Iterable[Claimed]:
        """Its items that are the worker's."""
        return list(self._items.values())

    def look_again(self) -> None:
        """Somebody says that there may be something to take."""
        self.wants = True
        self.wake()

    def wake(self) -> None:
        """Have the task that makes its turns look whether one is due."""
        self._event.set()

    async def wait(self, seconds: float | None) -> None:
        """Wait to be woken, or for a while."""
        self._event.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            pass

    def pause(self, linger: float, *, in_hurry: bool) -> float | None:
        """Return how long outcomes may still wait to be written, in seconds; 0 for now, None without any.

        Args:
            linger: seconds for which an outcome may wait for others; as many as there are scans under way are enough.
            in_hurry: whether none may wait.
        """
        if self.outcomes:
            if in_hurry or len(self.outcomes) >= min(self._group, max(1, len(self.scans))):
                return 0
            return max(0.0, self._oldest + linger - time.monotonic())
        return max(0.0, self._next_attempt - time.monotonic()) or None if self._next_attempt else None

    def start(self, item: Claimed, scan: Coroutine[Any, Any, None]) -> None:
        """Begin to scan an item."""
        self._items[item.id] = item
        self.scans[item.id] = asyncio.create_task(scan, name=f"scan {item.domain}")

    def ended(self, outcome: Outcome) -> None:
        """A scan has come to its end."""
        self.scans.pop(outcome.id, None)
        if outcome.id in self._items:
            self._add(outcome)

    def drop(self, lost: Claimed) -> bool:
        """Forget an item that was lost, and end its scan; whether there was a scan to end."""
        if self._items.get(lost.id) != lost:
            return False
        del self._items[lost.id]
        self.outcomes.pop(lost.id, None)
        scan = self.scans.pop(lost.id, None)
        if scan is not None:
            scan.cancel()
        self.wake()
        return scan is not None

    def give_back(self) -> None:
        """End every scan; the items go back as if they had not been taken."""
        for item_id, scan in list(self.scans.items()):
            scan.cancel()
            del self.scans[item_id]
            self._add(given_back(self._items[item_id]))

    def abandon(self) -> None:
        """End every scan and forget everything."""
        for scan in self.scans.values():
            scan.cancel()
        self.scans.clear()
        self.outcomes.clear()
        self._items.clear()

    def isolate(self) -> None:
        """A group of outcomes was refused: write them one by one, and one that is refused alone without its result."""
        self._group = 1
        if len(self._tried) == 1 and self._tried[0].id in self.outcomes:
            refused, code = self._tried[0], ErrorCode.INTERNAL
            self.outcomes[refused.id] = Outcome(
                refused.id, refused.token, "failed", code.value, "What was found cannot be stored."
            )

    def take_outcomes(self) -> list[Outcome]:
        """Take outcomes that are to be written, in order of item."""
        taken = sorted(self.outcomes)[: self._group]
        self._tried = [self.outcomes.pop(item_id) for item_id in taken]
        return self._tried

    def put_back(self, outcomes: Iterable[Outcome]) -> None:
        """Outcomes could not be written; they wait again."""
        for outcome in outcomes:
            if outcome.id in self._items:
                self._add(outcome)

    def settled(self, outcomes: Iterable[Outcome], written: dict[int, str], near: float) -> None:
        """Outcomes were written, or were not the worker's to write.

        Args:
            near: seconds within which a next attempt is worth waiting for.
        """
        for outcome in outcomes:
            self._items.pop(outcome.id, None)
            if written.get(outcome.id) == "queued" and outcome.delay <= near and not outcome.refund:
                due = time.monotonic() + outcome.delay
                self._next_attempt = min(due, self._next_attempt or due)
        if not self.outcomes:
            self._group = GROUP
        self.wants = True  # what was running is not any more: max_concurrent may have room

    def claimed(self, claim: Claim | None, wanted: int) -> None:
        """Items were taken, or there were none."""
        if claim is None:
            self.wants, self._next_attempt = False, None
            return
        self.tenant_id, self.max_pages = claim.tenant_id, claim.max_pages
        self.wants = len(claim.items) == wanted

    def _add(self, outcome: Outcome) -> None:
        if not self.outcomes:
            self._oldest = time.monotonic()
        self.outcomes[outcome.id] = outcome
