"""Claims, scans, settles: all batches that one process is at, and the scans it shares between them.

No connection is held while a site is asked: a turn is one short transaction that writes what has become of items and
takes new ones, then come the scans, then the next turn.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from batchsvc.database import AWAY, Database
from batchsvc.items.claims import Claim, Claimed, claim
from batchsvc.items.outcomes import Outcome, settle
from batchsvc.items.points import reached
from batchsvc.scanner.codes import ErrorCode
from batchsvc.scanner.protocol import ScanContext, ScanError, Scanner
from batchsvc.settings import Settings
from batchsvc.worker import endings
from batchsvc.worker.activity import Activity
from batchsvc.worker.shares import allowance

log = logging.getLogger("batchsvc.worker")

LINGER = 0.1  # seconds that an outcome may wait for others
NEAR = 30.0  # seconds for which a batch is kept for a next attempt, rather than found again by the reaper
LONGEST_PAUSE = 2.0  # seconds between two attempts to reach the database


class Runner:
    """The scans of one process.

    Args:
        database: where items are.
        scanner: scans a domain.
        settings: the service's.
        name: of the worker, for people.

    Attributes:
        counts: what was done, by name: ``claimed``, ``fenced_out``, and outcomes by ``outcome:<code or completed>``.
    """

    def __init__(self, database: Database, scanner: Scanner, settings: Settings, name: str) -> None:
        self.name = name
        self.counts: Counter[str] = Counter()
        self._database = database
        self._scanner = scanner
        self._settings = settings
        self._active: dict[UUID, Activity] = {}
        self._stopping = False
        self._in_hurry = False

    @property
    def held(self) -> list[Claimed]:
        """Every item that is the worker's now, as far as it knows."""
        return [item for activity in self._active.values() for item in activity.held()]

    @property
    def idle(self) -> bool:
        """Whether nothing is being worked on."""
        return not self._active

    async def drain(self, batch_id: UUID, seconds: float | None = None) -> bool:
        """Work on a batch until nothing of it can be claimed, or for a while; then it goes on by itself.

        Args:
            batch_id: the batch.
            seconds: how long to wait; None until its end.

        Returns:
            Whether there may be more to do.
        """
        if self._stopping:
            return True
        activity = self._active.get(batch_id)
        if activity is None:
            activity = self._active[batch_id] = Activity(batch_id)
            activity.work = asyncio.create_task(self._work(activity), name=f"batch {batch_id}")
        else:
            activity.look_again()
        assert activity.work is not None
        await asyncio.wait([activity.work], timeout=seconds)
        return not activity.work.done()

    def let_go(self, lost: Iterable[Claimed]) -> int:
        """Stop scanning items that are not the worker's any more.

        Args:
            lost: items as they were claimed; one that was claimed anew since is left alone.

        Returns:
            How many scans were stopped.
        """
        stopped = 0
        for item in lost:
            activity = self._active.get(item.batch_id)
            stopped += activity is not None and activity.drop(item)
        self.counts["fenced_out"] += stopped
        return stopped

    async def stop(self, seconds: float) -> None:
        """Claim nothing more, let scans end, give back what does not, and write all of it.

        Args:
            seconds: for the scans that are under way.
        """
        self._stopping = True
        reached("stopping")
        deadline = time.monotonic() + seconds
        self._wake_all()
        while self._active and time.monotonic() < deadline and not self._in_hurry:
            await asyncio.sleep(0.05)
        await self._give_back()
        reached("released")

    def hurry(self) -> None:
        """Wait for no scan any more."""
        self._in_hurry = True

    async def _give_back(self) -> None:
        for activity in self._active.values():
            activity.give_back()
        self._wake_all()
        work = [activity.work for activity in self._active.values() if activity.work is not None]
        if not work:
            return
        _, late = await asyncio.wait(work, timeout=3)
        for task in late:  # the database is away: the leases end by themselves
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)

    async def _work(self, activity: Activity) -> None:
        failures = 0
        try:
            while True:
                await self._until_due(activity)
                if activity.finished or (self._stopping and not activity.scans and not activity.outcomes):
                    return
                wanted = 0 if self._stopping else self._allow(activity)
                try:
                    await self._turn(activity, wanted)
                    failures = 0
                except AWAY as error:
                    failures += 1
                    log.warning("batch %s: the database is away (%s)", activity.batch_id, _brief(error))
                    await asyncio.sleep(random.uniform(0.2, min(LONGEST_PAUSE, 0.2 * 2 ** min(failures, 10))))
                except DBAPIError:
                    if not activity.outcomes:
                        raise
                    log.exception("batch %s: an outcome cannot be stored", activity.batch_id)
                    activity.isolate()
        except Exception:
            log.exception("batch %s: the worker lets go of it; its leases end by themselves", activity.batch_id)
        finally:
            activity.abandon()
            if self._active.get(activity.batch_id) is activity:
                del self._active[activity.batch_id]
            self._wake_all()

    async def _until_due(self, activity: Activity) -> None:
        """Wait until there is something to write, or to take."""
        while not activity.finished:
            pause = activity.pause(LINGER, in_hurry=self._stopping)
            if pause == 0 or (
                activity.wants and not self._stopping and not activity.outcomes and self._allow(activity)
            ):
                return
            if self._stopping and not activity.scans and not activity.outcomes:
                return
            await activity.wait(pause)

    def _allow(self, activity: Activity) -> int:
        if not activity.wants:
            return 0
        used = sum(other.using for other in self._active.values())
        others = [other.demand for other in self._active.values() if other is not activity and other.wants]
        return allowance(activity.demand, others, concurrency=self._settings.concurrency, used=used)

    async def _turn(self, activity: Activity, wanted: int) -> None:
        """One transaction: write what has become of items, take new ones."""
        outcomes = activity.take_outcomes()
        activity.reserved = wanted
        taken: Claim | None = None
        written: dict[int, str] | None = None
        try:
            async with self._database.worker() as session:
                if outcomes:
                    written = await settle(session, activity.batch_id, outcomes)
                    reached("settled, not committed")
                if wanted:
                    taken = await claim(
                        session,
                        activity.batch_id,
                        wanted,
                        worker=self.name,
                        lease_seconds=self._settings.lease_seconds,
                        max_attempts=self._settings.max_attempts,
                    )
                    reached("claimed, not committed")
        except BaseException:
            # Whether it was committed is not known. Written again, an outcome that was is fenced out.
            activity.put_back(outcomes)
            raise
        finally:
            activity.reserved = 0
        if outcomes:
            reached("settled")
            self._count(outcomes, written or {})
            activity.settled(outcomes, written or {}, NEAR)
        if wanted:
            reached("claimed")
            activity.claimed(taken, wanted)
        for item in taken.items if taken else ():
            self.counts["claimed"] += 1
            activity.start(item, self._scan(activity, item))
        if outcomes or not activity.wants:
            self._wake_all()

    async def _scan(self, activity: Activity, item: Claimed) -> None:
        context = ScanContext(activity.max_pages, item.attempt, activity.batch_id, activity.tenant_id)
        begun = time.monotonic()
        try:
            async with asyncio.timeout(self._settings.scan_seconds):
                result = await self._scanner.scan(item.domain, context)
            outcome = endings.completed(item, result)
        except TimeoutError:
            error = ScanError(ErrorCode.READ_TIMEOUT, f"Not done within {self._settings.scan_seconds:g} s.")
            outcome = self._failed(item, error)
        except Exception as error:  # noqa: BLE001 - any: a scanner may be somebody's own, and its failure is an outcome
            outcome = self._failed(item, error)
        reached("scanned")
        self.counts["scans"] += 1
        self.counts["scan_milliseconds"] += int((time.monotonic() - begun) * 1000)
        activity.ended(outcome)
        self._wake_all()

    def _failed(self, item: Claimed, error: Exception) -> Outcome:
        settings = self._settings
        return endings.failed(item, error, max_attempts=settings.max_attempts, first_delay=settings.retry_seconds)

    def _wake_all(self) -> None:
        # Whoever has fewest scans looks first, so that what has become free goes round.
        for activity in sorted(self._active.values(), key=lambda one: one.using):
            activity.wake()

    def _count(self, outcomes: list[Outcome], written: dict[int, str]) -> None:
        for outcome in outcomes:
            if outcome.id not in written:
                self.counts["fenced_out"] += 1
            elif not outcome.refund:
                self.counts[f"outcome:{outcome.code or 'completed'}"] += 1


def _brief(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
