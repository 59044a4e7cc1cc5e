"""What viewers of progress are shown: a batch, or a tenant's newest batches."""

from __future__ import annotations

from batchsvc import service
from batchsvc.api.events import Reader, Snapshot
from batchsvc.api.state import StreamKey
from batchsvc.database import Database
from batchsvc.errors import UnknownBatch

NEWEST = 50


def reader(database: Database) -> Reader[StreamKey]:
    """What reads for a hub.

    Args:
        database: where transactions come from; none is held between two readings.
    """

    async def read(key: StreamKey) -> Snapshot | None:
        tenant_id, batch_id = key
        async with database.transaction(tenant_id) as session:
            if batch_id is None:
                batches, _ = await service.list_batches(session, tenant_id, limit=NEWEST)
            else:
                try:
                    batches = [await service.get_batch_status(session, batch_id, tenant_id)]
                except UnknownBatch:
                    return None
        finished = sum(batch["counts"][state] for batch in batches for state in ("completed", "failed", "cancelled"))
        left = sum(batch["counts"]["queued"] + batch["counts"]["running"] for batch in batches)
        if batch_id is not None:
            [batch] = batches
            document = {**batch, "domain_statuses": None}
            return Snapshot(batch["version"], batch["done"], finished, left, document)
        # A new batch begins at version 1, so the sum grows with it too.
        version = sum(batch["version"] for batch in batches)
        return Snapshot(version, False, finished, left)

    return read
