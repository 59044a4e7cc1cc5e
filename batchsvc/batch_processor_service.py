"""The batch processor's four functions under the name that callers of the legacy system know.

    from batchsvc import batch_processor_service

    async with session.begin():
        batch = await batch_processor_service.create_batch(session, None, domains, tenant_id, user_id, {"max_pages": 5})

The first three take a session within a transaction of the caller's and never begin, commit or roll back.
:func:`process_batch_with_own_session` works without any worker: it takes a batch to its end in the caller's own
process, with short transactions of its own, and no connection held while a website is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from batchsvc.database import Database
from batchsvc.errors import UnknownBatch
from batchsvc.identifiers import uuid_of
from batchsvc.scanner.protocol import Scanner
from batchsvc.service import create_batch, get_batch_status, process_domains_batch
from batchsvc.settings import Settings, load

__all__ = ["create_batch", "get_batch_status", "process_batch_with_own_session", "process_domains_batch"]


async def process_batch_with_own_session(
    batch_id: UUID | str,
    domains: Sequence[str] | None = None,
    tenant_id: UUID | str | None = None,
    user_id: UUID | str | None = None,
    max_pages: int | None = None,
    *,
    database: Database | None = None,
    scanner: Scanner | None = None,
    settings: Settings | None = None,
) -> dict[str, Any]:
    """Take a batch to its end in this process; other workers may help, and nothing is done twice.

    Args:
        batch_id: the batch; it is made of ``domains`` where it does not exist yet.
        domains: of a batch that is to be made.
        tenant_id: whose batch it is; the tenant of the settings where None.
        user_id: who makes it, if known.
        max_pages: most pages of each site of a batch that is to be made.
        database: where the batch is; that of ``DATABASE_URL``, or the embedded server, where None.
        scanner: scans a domain; what the settings ask for where None.
        settings: those of the environment where None.

    Returns:
        What :func:`get_batch_status` returns, with ``done`` true.

    Raises:
        UnknownBatch: there is none, and no domains to make one of.
        ServiceError: as of :func:`create_batch`.
    """
    from batchsvc.worker.alone import worker_alone

    found = settings or load()
    tenant = tenant_id or found.tenant
    options = {} if max_pages is None else {"max_pages": max_pages}

    async with worker_alone(database, scanner, found) as (base, take_to_the_end):
        async with base.sessions() as session, session.begin():
            try:
                await get_batch_status(session, batch_id, tenant)
            except UnknownBatch:
                if not domains:
                    raise
                await create_batch(session, batch_id, domains, tenant, user_id, options, settings=found)
        await take_to_the_end(uuid_of(batch_id, "batch_id"))
        async with base.sessions() as session, session.begin():
            return await get_batch_status(session, batch_id, tenant)
