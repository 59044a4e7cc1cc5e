"""What a user changes: cancelling what has no outcome yet, trying again what has failed."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from batchsvc.accounting import Move, move
from batchsvc.scanner.codes import ErrorCode

# An item that is being scanned loses its token: whatever its worker finds is not written any more.
_CANCEL = text("""
WITH unfinished AS (
    SELECT id, state
      FROM batch_items
     WHERE batch_id = :batch_id AND state IN ('queued', 'running')
     ORDER BY id
       FOR NO KEY UPDATE
), gone AS (
    UPDATE batch_items AS i
       SET state = 'cancelled', lease_token = NULL, lease_until = NULL, finished_at = clock_timestamp()
      FROM unfinished AS u
     WHERE i.batch_id = :batch_id AND i.id = u.id
    RETURNING u.state
)
SELECT count(*) FILTER (WHERE state = 'queued') AS queued, count(*) FILTER (WHERE state = 'running') AS running
  FROM gone
""")

_FAILED = """
      FROM batch_items
     WHERE batch_id = :batch_id AND state = 'failed' AND error_code <> :never
       AND (CAST(:code AS text) IS NULL OR error_code = CAST(:code AS text))
"""

_COUNT = text(f"SELECT count(*) {_FAILED}")

_RETRY = text(f"""
WITH chosen AS (
    SELECT id {_FAILED}
     ORDER BY id
       FOR NO KEY UPDATE
), again AS (
    UPDATE batch_items AS i
       SET state = 'queued', generation = i.generation + 1, attempt = 0, not_before = now(), worker = NULL,
           error_code = NULL, error = NULL, result = NULL, started_at = NULL, finished_at = NULL
      FROM chosen
     WHERE i.batch_id = :batch_id AND i.id = chosen.id
    RETURNING i.generation
)
SELECT count(*) AS changed, coalesce(max(generation), 0) AS generation FROM again
""")  # noqa: S608 - constants of this module


async def cancel(session: AsyncSession, batch_id: UUID) -> tuple[str | None, int]:
    """Cancel all items of a batch that are queued or running.

    Args:
        session: within a transaction that may see the batch.
        batch_id: the batch.

    Returns:
        The batch's status and how many were cancelled; None where nothing was left to cancel.
    """
    row = (await session.execute(_CANCEL, {"batch_id": batch_id})).one()
    changed = row.queued + row.running
    if not changed:
        return None, 0
    change = Move(queued=-row.queued, running=-row.running, cancelled=changed)
    return await move(session, batch_id, change), changed


async def retriable(session: AsyncSession, batch_id: UUID, code: str | None) -> int:
    """Return how many failed items :func:`retry` would queue.

    Args:
        session, batch_id, code: as for :func:`retry`.
    """
    return int(await session.scalar(_COUNT, _parameters(batch_id, code)) or 0)


async def retry(session: AsyncSession, batch_id: UUID, code: str | None) -> tuple[str | None, int]:
    """Queue failed items again, each in its next generation.

    Args:
        session: within a transaction that may see the batch.
        batch_id: the batch.
        code: only those that failed for this reason.

    Returns:
        The batch's status and how many were queued; None where there was none to queue.
    """
    row = (await session.execute(_RETRY, _parameters(batch_id, code))).one()
    if not row.changed:
        return None, 0
    change = Move(queued=row.changed, failed=-row.changed)
    return await move(session, batch_id, change, generation=row.generation), row.changed


def _parameters(batch_id: UUID, code: str | None) -> dict[str, object]:
    return {"batch_id": batch_id, "code": code, "never": ErrorCode.INVALID_DOMAIN.value}
