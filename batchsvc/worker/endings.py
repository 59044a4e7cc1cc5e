"""What an ended scan means for its item: completed, failed, or once more after a while."""

from __future__ import annotations

import json
import logging
import random

from batchsvc.items.claims import Claimed
from batchsvc.items.outcomes import Outcome
from batchsvc.scanner.codes import ErrorCode
from batchsvc.scanner.protocol import ScanError, ScanResult, storable

log = logging.getLogger("batchsvc.worker")

LONGEST_DELAY = 300.0
LONGEST_RETRY_AFTER = 3600.0


def completed(item: Claimed, result: ScanResult) -> Outcome:
    """Return the outcome of a scan that came to its end.

    Args:
        item: what was scanned.
        result: what was found.
    """
    try:
        text = json.dumps(result.to_dict(), allow_nan=False)
    except (TypeError, ValueError) as error:
        log.exception("scan of %s: its result is no JSON", item.domain)
        return Outcome(item.id, item.token, "failed", ErrorCode.INTERNAL.value, f"The result is no JSON: {error}.")
    return Outcome(item.id, item.token, "completed", result=text)


def failed(
    item: Claimed, error: BaseException, *, max_attempts: int, first_delay: float, spread: float | None = None
) -> Outcome:
    """Return the outcome of a scan that failed: final, or another attempt later.

    The delay doubles with each attempt and is drawn from the whole range (full jitter), so that what failed together
    does not come back together; a site's ``Retry-After`` is the least, up to an hour.

    Args:
        item: what was scanned.
        error: a ScanError; anything else is ``internal``.
        max_attempts: most attempts at an item in one generation.
        first_delay: most seconds before the second attempt.
        spread: where in the range the delay is, from 0 to 1; drawn where None.
    """
    if isinstance(error, ScanError):
        code, message, retry_after = error.code, error.message, error.retry_after
    else:
        log.error("scan of %s failed", item.domain, exc_info=error)
        code, message, retry_after = ErrorCode.INTERNAL, f"{type(error).__name__}: {error}", None
    message = storable(message)[:500]
    if not code.retryable or item.attempt >= max_attempts:
        return Outcome(item.id, item.token, "failed", code.value, message)
    where = random.random() if spread is None else spread
    delay = min(LONGEST_DELAY, first_delay * 2 ** min(item.attempt - 1, 30)) * where
    if retry_after is not None:
        delay = max(delay, min(retry_after, LONGEST_RETRY_AFTER))
    return Outcome(item.id, item.token, "queued", code.value, message, delay=delay)


def given_back(item: Claimed) -> Outcome:
    """Return the outcome of an item that the worker does not get to; the attempt does not count.

    Args:
        item: what is given back.
    """
    return Outcome(item.id, item.token, "queued", refund=True)
