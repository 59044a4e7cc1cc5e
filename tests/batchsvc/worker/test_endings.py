"""When a failed scan is worth another attempt, and when."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from batchsvc.items.claims import Claimed
from batchsvc.scanner.codes import ErrorCode
from batchsvc.scanner.protocol import ScanError, ScanResult
from batchsvc.worker import endings
from batchsvc.worker.engine import supervise
from batchsvc.worker.shares import Demand, allowance


def item(attempt: int) -> Claimed:
    return Claimed(uuid4(), 1, "shop.com", attempt, 1, uuid4())


@pytest.mark.parametrize(
    ("code", "attempt", "state"),
    [
        (ErrorCode.CONNECT_TIMEOUT, 1, "queued"),
        (ErrorCode.CONNECT_TIMEOUT, 2, "queued"),
        (ErrorCode.CONNECT_TIMEOUT, 3, "failed"),
        (ErrorCode.CONNECT_TIMEOUT, 4, "failed"),
        (ErrorCode.DNS_NXDOMAIN, 1, "failed"),
    ],
)
def test_attempts_are_capped_and_final_codes_are_final(code: ErrorCode, attempt: int, state: str) -> None:
    found = endings.failed(item(attempt), ScanError(code, "why"), max_attempts=3, first_delay=2)
    assert (found.state, found.code, found.error) == (state, code.value, "why")


@pytest.mark.parametrize(
    ("attempt", "retry_after", "spread", "delay"),
    [
        (1, None, 1, 2),
        (2, None, 1, 4),
        (3, None, 0.5, 4),
        (50, None, 1, 300),
        (1, 60, 0, 60),
        (1, 1, 1, 2),
        (1, 86400, 0, 3600),
    ],
)
def test_the_delay_doubles_and_the_site_may_ask_for_more(
    attempt: int, retry_after: float | None, spread: float, delay: float
) -> None:
    error = ScanError(ErrorCode.HTTP_429, "", retry_after=retry_after)
    assert endings.failed(item(attempt), error, max_attempts=99, first_delay=2, spread=spread).delay == delay


def test_what_no_scanner_should_raise_or_find_is_an_outcome() -> None:
    found = endings.failed(item(3), KeyError("x\x00y"), max_attempts=3, first_delay=2)
    assert (found.state, found.code, found.error) == ("failed", "internal", r"KeyError: 'x\x00y'")
    found = endings.completed(item(1), ScanResult("shop.com", extra={"when": object()}))
    assert (found.state, found.code) == ("failed", "internal")


def test_scans_are_shared_by_tenants_and_then_by_batches() -> None:
    def may(using: int, *others: Demand, used: int, owner: str = "me") -> int:
        return allowance(Demand(owner, using), others, concurrency=20, used=used)

    assert may(0, used=0) == 20
    assert may(1, used=1) == 17  # two are kept for a batch that has none
    assert may(18, used=18) == 0
    assert may(0, Demand("other", 18), used=18) == 2
    assert may(0, Demand("other", 20), used=20) == 0
    assert may(0, Demand("other", 0), used=0) == 10
    assert may(0, Demand("me", 0), Demand("other", 0), used=0) == 5
    assert may(5, Demand("me", 5), Demand("other", 0), used=10) == 0
    assert allowance(Demand("me", 0), [], concurrency=1, used=0) == 1


def test_the_engine_is_started_again_whatever_ended_it() -> None:
    runs: list[int] = []

    async def once() -> None:
        runs.append(1)
        if len(runs) == 2:
            raise RuntimeError("an error")

    async def test() -> None:
        task = asyncio.create_task(supervise(once, shortest=0.001))
        while len(runs) < 4:
            await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()

    asyncio.run(asyncio.wait_for(test(), 5))
