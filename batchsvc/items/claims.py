"""Leases: items are taken under a token and until a time, kept for longer, and taken over when the time has passed.

All times are the server's; a worker's clock may be wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from batchsvc.accounting import Move, move
from batchsvc.scanner.codes import ErrorCode


@dataclass(frozen=True, slots=True)
class Claimed:
    """An item that a worker may scan.

    Attributes:
        attempt: which attempt of its generation this is, from 1.
        token: whoever has it may write the outcome.
    """

    batch_id: UUID
    id: int
    domain: str
    attempt: int
    generation: int
    token: UUID


@dataclass(frozen=True, slots=True)
class Claim:
    """What was claimed of a batch at once.

    Attributes:
        max_pages: most pages of each site.
        room: whether the batch allows more domains at a time than it has running now.
    """

    tenant_id: UUID
    max_pages: int
    items: tuple[Claimed, ...]
    room: bool


# Claims of one batch queue up here, so that max_concurrent holds for all workers together.
_LOCK_BATCH = text("""
SELECT tenant_id, max_pages, max_concurrent - running_domains AS room
  FROM batch_jobs
 WHERE batch_id = :batch_id AND status IN ('pending', 'processing') AND generation > 0
   FOR NO KEY UPDATE
""")

# Whoever is about to write an outcome holds the item and waits for the batch, which is ours by now: items that are held
# are passed over, never waited for.
_CLAIM = text("""
WITH expired AS (
    SELECT id
      FROM batch_items
     WHERE batch_id = :batch_id AND state = 'running' AND lease_until < now() AND attempt < :max_attempts
     ORDER BY id
     LIMIT :most
       FOR NO KEY UPDATE SKIP LOCKED
), waiting AS (
    SELECT id
      FROM batch_items
     WHERE batch_id = :batch_id AND state = 'queued' AND not_before <= now()
     ORDER BY not_before, id
     LIMIT least(CAST(:most AS bigint) - (SELECT count(*) FROM expired), CAST(:room AS bigint))
       FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE batch_items AS i
   SET state = 'running',
       lease_token = :token,
       lease_until = clock_timestamp() + make_interval(secs => :lease),
       attempt = i.attempt + 1,
       worker = :worker,
       started_at = clock_timestamp()
 WHERE i.batch_id = :batch_id
   AND i.id = ANY (ARRAY(SELECT id FROM waiting UNION ALL SELECT id FROM expired))
RETURNING i.id, i.domain, i.attempt, i.generation, i.id = ANY (ARRAY(SELECT id FROM waiting)) AS waited
""")

_OURS = """
unnest(CAST(:batches AS uuid[]), CAST(:ids AS bigint[]), CAST(:tokens AS uuid[])) AS ours (batch_id, id, token)
  JOIN batch_items AS i ON i.batch_id = ours.batch_id AND i.id = ours.id
 WHERE i.state = 'running' AND i.lease_token = ours.token
"""

_RENEW = text(f"""
WITH mine AS (
    SELECT i.batch_id, i.id FROM {_OURS} ORDER BY i.batch_id, i.id FOR NO KEY UPDATE OF i SKIP LOCKED
)
UPDATE batch_items AS i
   SET lease_until = clock_timestamp() + make_interval(secs => :lease)
  FROM mine
 WHERE i.batch_id = mine.batch_id AND i.id = mine.id
""")  # noqa: S608 - a constant of this module

_HELD = text(f"SELECT i.batch_id, i.id FROM {_OURS}")  # noqa: S608 - a constant of this module

_LOST = text("""
SELECT DISTINCT batch_id
  FROM batch_items
 WHERE state = 'running' AND lease_until < now() AND attempt >= :max_attempts
""")

_BURY = text("""
WITH lost AS (
    SELECT id
      FROM batch_items
     WHERE batch_id = :batch_id AND state = 'running' AND lease_until < now() AND attempt >= :max_attempts
     ORDER BY id
       FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE batch_items AS i
   SET state = 'failed',
       error_code = :code,
       error = :error,
       lease_token = NULL,
       lease_until = NULL,
       finished_at = clock_timestamp()
 WHERE i.batch_id = :batch_id AND i.id = ANY (ARRAY(SELECT id FROM lost))
RETURNING i.id
""")


async def claim(
    session: AsyncSession, batch_id: UUID, most: int, *, worker: str, lease_seconds: float, max_attempts: int
) -> Claim | None:
    """Take items of a batch: those whose worker has disappeared first, then those that wait and are due.

    Args:
        session: within a transaction of a worker (:func:`batchsvc.tenancy.as_worker`).
        batch_id: the batch.
        most: items.
        worker: who takes them, for people.
        lease_seconds: how long they are the worker's unless it says more.
        max_attempts: an item whose workers have disappeared this often is not taken over any more.

    Returns:
        What was taken, possibly nothing; None where the batch has nothing left, or does not exist.
    """
    batch = (await session.execute(_LOCK_BATCH, {"batch_id": batch_id})).one_or_none()
    if batch is None:
        return None
    token = uuid4()
    parameters = {
        "batch_id": batch_id,
        "most": most,
        "room": max(0, batch.room),
        "token": token,
        "lease": lease_seconds,
        "worker": worker,
        "max_attempts": max_attempts,
    }
    rows = (await session.execute(_CLAIM, parameters)).all()
    waited = sum(row.waited for row in rows)
    if waited:
        await move(session, batch_id, Move(queued=-waited, running=waited))
    items = tuple(Claimed(batch_id, row.id, row.domain, row.attempt, row.generation, token) for row in rows)
    return Claim(batch.tenant_id, batch.max_pages, items, batch.room > waited)


async def renew(session: AsyncSession, items: Collection[Claimed], lease_seconds: float) -> set[tuple[UUID, int]]:
    """Keep items for longer.

    Args:
        session: within a transaction of a worker.
        items: that the worker believes to hold.
        lease_seconds: from now.

    Returns:
        Batch and id of those that are not the worker's any more: taken over, or cancelled.
    """
    parameters = {
        "batches": [item.batch_id for item in items],
        "ids": [item.id for item in items],
        "tokens": [item.token for item in items],
        "lease": lease_seconds,
    }
    await session.execute(_RENEW, parameters)
    held = {(row.batch_id, row.id) for row in await session.execute(_HELD, parameters)}
    return {(item.batch_id, item.id) for item in items} - held


async def batches_with_lost_items(session: AsyncSession, max_attempts: int) -> Iterable[UUID]:
    """Return the batches with items whose workers have disappeared ``max_attempts`` times."""
    return list((await session.scalars(_LOST, {"max_attempts": max_attempts})).all())


async def bury(session: AsyncSession, batch_id: UUID, max_attempts: int) -> int:
    """Give up items whose workers have disappeared too often: the domain itself may be what kills them.

    Args:
        session: within a transaction of a worker.
        batch_id: the batch.
        max_attempts: how often is too often.

    Returns:
        How many have failed by it.
    """
    code = ErrorCode.WORKER_LOST
    parameters = {"batch_id": batch_id, "max_attempts": max_attempts, "code": code.value, "error": code.meaning}
    number = len((await session.execute(_BURY, parameters)).all())
    if number:
        await move(session, batch_id, Move(running=-number, failed=number))
    return number
