"""How many scans a batch may have at a time, so that no batch and no tenant waits for another's end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Demand:
    """A batch that wants scans.

    Attributes:
        owner: whose it is.
        using: scans it has now.
    """

    owner: object
    using: int


def allowance(mine: Demand, others: Iterable[Demand], *, concurrency: int, used: int) -> int:
    """Return how many more scans a batch may have now.

    Each tenant gets the same part of the process, and each batch of a tenant the same part of that. A tenth, at least
    one, is kept for a batch that has none yet: it never waits for a long scan of another.

    Args:
        mine: the batch.
        others: all others that want more.
        concurrency: scans of the process at a time.
        used: scans that it has now.
    """
    free = concurrency - used
    if free <= 0:
        return 0
    everybody = [mine, *others]
    owners = len({demand.owner for demand in everybody})
    siblings = sum(demand.owner == mine.owner for demand in everybody)
    share = max(1, -(-concurrency // (owners * siblings)))
    if mine.using == 0:
        return min(free, share)
    kept = max(1, concurrency // 10) if concurrency > 1 else 0
    return max(0, min(free - kept, share - mine.using))
