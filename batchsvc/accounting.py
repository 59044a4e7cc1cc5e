"""A batch's counters: moved with its items, in the same transaction, by this statement alone.

Locks are taken in one order everywhere: items by ascending id, then domains by name, then the batch. Only a claim locks
the batch first, and it waits for no item.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from batchsvc.errors import UnknownBatch

SCAN = "domain_scan"  # processor_type of a batch of one, which has a row in jobs


@dataclass(frozen=True, slots=True)
class Move:
    """By how much the number of items in each state changes."""

    queued: int = 0
    running: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0

    def __bool__(self) -> bool:
        return any(astuple(self))

    def as_parameters(self) -> dict[str, int]:
        """Return the numbers by state."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


_QUEUED = "(b.queued_domains + CAST(:queued AS integer))"
_RUNNING = "(b.running_domains + CAST(:running AS integer))"
_COMPLETED = "(coalesce(b.completed_domains, 0) + CAST(:completed AS integer))"
_FAILED = "(coalesce(b.failed_domains, 0) + CAST(:failed AS integer))"
_CANCELLED = "(b.cancelled_domains + CAST(:cancelled AS integer))"
_NOW = "timezone('UTC', clock_timestamp())"

_MOVE = text(f"""
UPDATE batch_jobs AS b
   SET queued_domains = {_QUEUED},
       running_domains = {_RUNNING},
       completed_domains = {_COMPLETED},
       failed_domains = {_FAILED},
       cancelled_domains = {_CANCELLED},
       status = CASE
           WHEN {_QUEUED} + {_RUNNING} > 0 AND ({_RUNNING} > 0 OR b.status = 'processing') THEN 'processing'
           WHEN {_QUEUED} > 0 THEN 'pending'
           WHEN {_CANCELLED} > 0 THEN 'cancelled'
           WHEN {_FAILED} = 0 THEN 'completed'
           WHEN {_COMPLETED} = 0 THEN 'failed'
           ELSE 'completed_with_errors'
       END,
       progress = ({_COMPLETED} + {_FAILED} + {_CANCELLED})::double precision / greatest(b.total_domains, 1),
       generation = greatest(b.generation, CAST(:generation AS integer)),
       start_time = CASE WHEN {_RUNNING} > 0 THEN coalesce(b.start_time, {_NOW}) ELSE b.start_time END,
       end_time = CASE WHEN {_QUEUED} + {_RUNNING} > 0 THEN NULL ELSE {_NOW} END,
       processing_time = CASE
           WHEN {_QUEUED} + {_RUNNING} > 0 THEN NULL ELSE extract(epoch FROM {_NOW} - b.start_time)
       END,
       updated_at = {_NOW},
       version = b.version + 1
 WHERE b.batch_id = :batch_id
RETURNING b.status, b.processor_type
""")  # noqa: S608 - constants of this module

# The row in jobs of a scan follows the one item of its batch.
_FOLLOW = text("""
UPDATE jobs AS j
   SET status = CASE i.state WHEN 'queued' THEN 'pending' WHEN 'running' THEN 'processing' ELSE i.state END,
       progress = CASE WHEN i.finished_at IS NULL THEN 0 ELSE 1 END,
       result_data = i.result,
       error = i.error,
       domain_id = coalesce((SELECT d.id FROM domains AS d WHERE d.tenant_id = i.tenant_id AND d.domain = i.domain),
                            j.domain_id),
       job_metadata = coalesce(j.job_metadata, '{}') || jsonb_build_object('error_code', i.error_code,
                                                                           'attempt', i.attempt,
                                                                           'generation', i.generation),
       updated_at = timezone('UTC', clock_timestamp())
  FROM batch_items AS i
 WHERE j.batch_id = :batch_id AND i.batch_id = :batch_id
""")


async def move(session: AsyncSession, batch_id: UUID, change: Move, *, generation: int = 0) -> str:
    """Move a batch's counters, and its status, progress and times with them.

    Args:
        session: within the transaction that has changed the items.
        batch_id: the batch.
        change: how many items have left and entered each state.
        generation: the highest of the items changed.

    Returns:
        The batch's status.

    Raises:
        UnknownBatch: it is not there, or not to be seen.
    """
    parameters = {**change.as_parameters(), "batch_id": batch_id, "generation": generation}
    row = (await session.execute(_MOVE, parameters)).one_or_none()
    if row is None:
        raise UnknownBatch(batch_id)
    if row.processor_type == SCAN:
        await session.execute(_FOLLOW, {"batch_id": batch_id})
    return str(row.status)
