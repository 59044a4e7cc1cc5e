"""The service's functions: batches and scans are made, changed and handed to the workers.

Each takes an :class:`~sqlalchemy.ext.asyncio.AsyncSession` within a transaction of the caller's and never begins,
commits or rolls back; the caller owns the transaction. Each says to the database for which tenant it works
(:mod:`batchsvc.tenancy`), so a transaction serves one tenant. What they return is JSON: ids and times are text.

What only reads is in :mod:`batchsvc.reading` and can be had from here as well.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from batchsvc import accounting, hints
from batchsvc.errors import (
    BadRequest,
    BatchExists,
    InvalidDomains,
    LegacyBatch,
    NoDomains,
    QueueFull,
    TooManyDomains,
)
from batchsvc.identifiers import new_id, uuid_of
from batchsvc.items import transitions
from batchsvc.reading import (
    find_batch,
    get_batch_status,
    get_failures,
    get_job,
    list_batches,
    list_items,
    moment,
    unfinished_domains,
)
from batchsvc.scanner.codes import ErrorCode
from batchsvc.scanner.domains import Entries, read_entries
from batchsvc.scanner.hosts import HostMap
from batchsvc.scanner.protocol import storable
from batchsvc.settings import Settings, load
from batchsvc.tenancy import as_tenant

__all__ = [
    "cancel_batch",
    "create_batch",
    "create_scan",
    "get_batch_status",
    "get_failures",
    "get_job",
    "list_batches",
    "list_items",
    "process_domains_batch",
    "retry_batch",
    "unfinished_domains",
]

MAX_PAGES = 1000
MAX_CONCURRENT = 5
PROCESSOR = "batch_page_scraper"
_OPTIONS = {"max_pages", "max_concurrent", "skip_invalid", "metadata"}
_CHUNK = 10_000  # items in one INSERT
_MANY = 500  # entries that are better read in a thread

_BATCH = text("""
INSERT INTO batch_jobs (batch_id, tenant_id, processor_type, status, created_by, total_domains, queued_domains,
                        failed_domains, completed_domains, progress, batch_metadata, options, generation,
                        max_concurrent, max_pages, version, created_at, updated_at, end_time)
VALUES (:batch_id, :tenant_id, :processor, CASE WHEN :queued > 0 THEN 'pending' ELSE 'failed' END, :user_id,
        CAST(:queued AS integer) + CAST(:failed AS integer), :queued, :failed, 0,
        CAST(:failed AS double precision) / (CAST(:queued AS integer) + CAST(:failed AS integer)),
        CAST(:metadata AS jsonb), CAST(:options AS jsonb), 1, :max_concurrent, :max_pages, 1,
        timezone('UTC', now()), timezone('UTC', now()),
        CASE WHEN :queued > 0 THEN NULL ELSE timezone('UTC', now()) END)
ON CONFLICT (batch_id) DO NOTHING
RETURNING created_at
""")
_ITEMS = text("""
INSERT INTO batch_items (batch_id, tenant_id, domain, given)
SELECT CAST(:batch_id AS uuid), CAST(:tenant_id AS uuid), entry.domain, entry.given
  FROM unnest(string_to_array(:domains, E'\n'), string_to_array(:given, E'\n'))
       WITH ORDINALITY AS entry (domain, given, place)
 ORDER BY entry.place
""")
_INVALID = text("""
INSERT INTO batch_items (batch_id, tenant_id, domain, given, state, error_code, error, finished_at)
SELECT CAST(:batch_id AS uuid), CAST(:tenant_id AS uuid), entry.given, entry.given, 'failed', :code, entry.reason, now()
  FROM unnest(CAST(:given AS text[]), CAST(:reasons AS text[])) WITH ORDINALITY AS entry (given, reason, place)
 ORDER BY entry.place
""")
_JOB = text("""
INSERT INTO jobs (job_id, job_type, tenant_id, created_by, status, progress, batch_id, job_metadata, created_at,
                  updated_at)
VALUES (:job_id, 'domain_scan', :tenant_id, :user_id, 'pending', 0, :batch_id, CAST(:metadata AS jsonb),
        timezone('UTC', now()), timezone('UTC', now()))
RETURNING created_at
""")


async def create_batch(
    session: AsyncSession,
    batch_id: UUID | str | None,
    domains: Sequence[str],
    tenant_id: UUID | str,
    user_id: UUID | str | None = None,
    options: Mapping[str, Any] | None = None,
    *,
    settings: Settings | None = None,
) -> dict[str, Any]:
    """Make a batch of domains and tell the workers, both at the caller's commit.

    Args:
        session: within a transaction of the caller's.
        batch_id: a uuid, as such or as text; None for a new one.
        domains: domains or http(s) addresses; one that occurs again counts once.
        tenant_id: whose batch it is.
        user_id: who made it, if known.
        options: ``max_pages`` of each site (1000), ``max_concurrent`` domains at a time (5), ``skip_invalid`` (false):
            take what is no domain as failed items instead of refusing the batch, ``metadata``: any JSON object.
        settings: limits and fixed host names; those of the environment where None.

    Returns:
        ``batch_id``, ``job_count`` (different domains), ``created_at``, ``duplicates``, ``invalid``.

    Raises:
        NoDomains, TooManyDomains, InvalidDomains, BadRequest: the arguments cannot be used.
        QueueFull: the tenant has too many unfinished domains.
        BatchExists: the id is taken.
    """
    return await _create(session, batch_id, domains, tenant_id, user_id, options or {}, settings or load(), PROCESSOR)


async def create_scan(
    session: AsyncSession,
    base_url: str,
    tenant_id: UUID | str,
    user_id: UUID | str | None = None,
    max_pages: int = 100,
    *,
    settings: Settings | None = None,
) -> dict[str, Any]:
    """Make a scan of one domain: a batch of one, with a row in ``jobs`` that keeps what was found.

    Args:
        session: within a transaction of the caller's.
        base_url: a domain or an http(s) address, of which the host is taken.
        tenant_id: whose scan it is.
        user_id: who asked for it, if known.
        max_pages: most pages of the site.
        settings: as for :func:`create_batch`.

    Returns:
        ``job_id``, ``batch_id``, ``created_at``.

    Raises:
        InvalidDomains, BadRequest, QueueFull: as :func:`create_batch`.
    """
    options = {"max_pages": max_pages, "max_concurrent": 1}
    made = await _create(session, None, [base_url], tenant_id, user_id, options, settings or load(), accounting.SCAN)
    parameters = {
        "job_id": new_id(),
        "tenant_id": uuid_of(tenant_id, "tenant_id"),
        "user_id": None if user_id is None else uuid_of(user_id, "user_id"),
        "batch_id": UUID(made["batch_id"]),
        "metadata": _json({"base_url": storable(base_url), "max_pages": max_pages}),
    }
    await session.execute(_JOB, parameters)
    return {"job_id": str(parameters["job_id"]), "batch_id": made["batch_id"], "created_at": made["created_at"]}


async def cancel_batch(session: AsyncSession, batch_id: UUID | str, tenant_id: UUID | str) -> dict[str, Any]:
    """Cancel every domain of a batch that has no outcome yet; one that is being scanned is let go of.

    Args:
        session: within a transaction of the caller's.
        batch_id: which batch.
        tenant_id: whose it has to be.

    Returns:
        ``batch_id``, ``status``, ``changed`` (domains cancelled; 0 when there was nothing left).

    Raises:
        UnknownBatch, LegacyBatch: there is none, or it has no items.
    """
    batch = await _own(session, batch_id, tenant_id)
    status, changed = await transitions.cancel(session, batch)
    return await _changed(session, batch, tenant_id, status, changed)


async def retry_batch(
    session: AsyncSession,
    batch_id: UUID | str,
    tenant_id: UUID | str,
    code: str | None = None,
    *,
    settings: Settings | None = None,
) -> dict[str, Any]:
    """Queue the failed domains of a batch again, each in its next generation and with all its attempts.

    Args:
        session: within a transaction of the caller's.
        batch_id: which batch.
        tenant_id: whose it has to be.
        code: only those that failed for this reason. Entries that are no domains are never tried.
        settings: limits; those of the environment where None.

    Returns:
        ``batch_id``, ``status``, ``changed`` (domains queued again).

    Raises:
        UnknownBatch, LegacyBatch: there is none, or it has no items.
        BadRequest: there is no such code.
        QueueFull: the tenant would have too many unfinished domains.
    """
    if code is not None and code not in set(ErrorCode):
        raise BadRequest(f"There is no error code {code!r}; there are {', '.join(ErrorCode)}.")
    batch = await _own(session, batch_id, tenant_id)
    await _demand_room(session, tenant_id, await transitions.retriable(session, batch, code), settings or load())
    status, changed = await transitions.retry(session, batch, code)
    if changed:
        await _hint(session, batch, changed)
    return await _changed(session, batch, tenant_id, status, changed)


async def process_domains_batch(session: AsyncSession, batch_id: UUID | str, tenant_id: UUID | str) -> dict[str, Any]:
    """Tell the workers of a batch once more; they take up what is queued and not taken yet.

    A batch that was just created, or retried, needs no telling.

    Args:
        session: within a transaction of the caller's.
        batch_id: which batch.
        tenant_id: whose it has to be.

    Returns:
        What :func:`get_batch_status` returns.

    Raises:
        UnknownBatch, LegacyBatch: there is none, or it has no items.
    """
    batch = await _own(session, batch_id, tenant_id)
    found = await get_batch_status(session, batch, tenant_id)
    if found["counts"]["queued"]:
        await _hint(session, batch, found["counts"]["queued"])
    return found


async def _create(
    session: AsyncSession,
    batch_id: UUID | str | None,
    domains: Sequence[str],
    tenant_id: UUID | str,
    user_id: UUID | str | None,
    options: Mapping[str, Any],
    settings: Settings,
    processor: str,
) -> dict[str, Any]:
    tenant = uuid_of(tenant_id, "tenant_id")
    batch = new_id() if batch_id is None else uuid_of(batch_id, "batch_id")
    user = None if user_id is None else uuid_of(user_id, "user_id")
    unknown = sorted(set(options) - _OPTIONS)
    if unknown:
        raise BadRequest(f"There is no option {', '.join(unknown)}; there are {', '.join(sorted(_OPTIONS))}.")
    limits = {
        "max_pages": _positive(options, "max_pages", MAX_PAGES),
        "max_concurrent": _positive(options, "max_concurrent", MAX_CONCURRENT),
    }
    entries, invalid = await _entries(domains, settings, skip_invalid=bool(options.get("skip_invalid")))
    await as_tenant(session, tenant)
    queued = len(entries.domains)
    await _demand_room(session, tenant, queued, settings)
    whose = {"batch_id": batch, "tenant_id": tenant}
    metadata = {"domain_count": queued + len(invalid), **(options.get("metadata") or {})}
    parameters = {
        **whose,
        **limits,
        "processor": processor,
        "user_id": user,
        "queued": queued,
        "failed": len(invalid),
        "metadata": _json(storable(metadata)),
        "options": _json(limits),
    }
    created_at = (await session.execute(_BATCH, parameters)).scalar_one_or_none()
    if created_at is None:
        raise BatchExists(batch)
    for start in range(0, queued, _CHUNK):
        chunk = entries.domains[start : start + _CHUNK]
        # As lines, which are read faster than arrays; nothing that spells a domain has more than one.
        domains_given = "\n".join(entry.domain for entry in chunk), storable("\n".join(entry.given for entry in chunk))
        await session.execute(_ITEMS, {**whose, **dict(zip(("domains", "given"), domains_given, strict=True))})
    if invalid:
        lists = {"given": list(invalid), "reasons": list(invalid.values())}
        await session.execute(_INVALID, {**whose, **lists, "code": ErrorCode.INVALID_DOMAIN.value})
    if queued:
        await hints.defer_new(session, batch, hints.shards(queued, limits["max_concurrent"]))
    return {
        "batch_id": str(batch),
        "job_count": queued + len(invalid),
        "created_at": moment(created_at),
        "duplicates": len(domains) - queued - len(invalid),
        "invalid": len(invalid),
    }


async def _entries(domains: Sequence[str], settings: Settings, *, skip_invalid: bool) -> tuple[Entries, dict[str, str]]:
    """The different domains, and the different entries that are none with why; refuses what must not be taken."""
    if isinstance(domains, str):
        raise BadRequest("domains is one text; a list of texts is expected.")
    if not domains:
        raise NoDomains("A batch needs at least one domain.")
    if len(domains) > settings.max_domains:
        raise TooManyDomains(len(domains), settings.max_domains)
    hosts = HostMap(settings.hosts)
    if len(domains) > _MANY:
        entries = await asyncio.to_thread(read_entries, domains, hosts)
    else:
        entries = read_entries(domains, hosts)
    if entries.invalid and not skip_invalid:
        raise InvalidDomains(entries.invalid)
    taken = {entry.domain for entry in entries.domains} if entries.invalid else set()
    invalid = {storable(entry.given): entry.reason for entry in entries.invalid}
    return entries, {given: reason for given, reason in invalid.items() if given not in taken}


async def _demand_room(session: AsyncSession, tenant_id: UUID | str, domains: int, settings: Settings) -> None:
    """Refuse more domains than a tenant may have unfinished at a time."""
    if domains:
        unfinished = await unfinished_domains(session, tenant_id)
        if unfinished + domains > settings.max_open_domains:
            raise QueueFull(unfinished, settings.max_open_domains)


async def _own(session: AsyncSession, batch_id: UUID | str, tenant_id: UUID | str) -> UUID:
    """The id of a batch that is the tenant's and has items."""
    batch = await find_batch(session, batch_id, tenant_id)
    if batch.generation == 0:
        raise LegacyBatch(batch.batch_id)
    found: UUID = batch.batch_id
    return found


async def _changed(
    session: AsyncSession, batch: UUID, tenant_id: UUID | str, status: str | None, changed: int
) -> dict[str, Any]:
    if status is None:
        status = (await find_batch(session, batch, tenant_id)).status
    return {"batch_id": str(batch), "status": status, "changed": changed}


async def _hint(session: AsyncSession, batch: UUID, domains: int) -> None:
    for shard in range(hints.shards(domains, hints.MOST_SHARDS)):
        await hints.defer(session, batch, shard)


def _positive(options: Mapping[str, Any], name: str, default: int) -> int:
    value = options.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**31:
        raise BadRequest(f"{name} is {value!r}; a whole number from 1 is expected.")
    return value


def _json(value: Any) -> str:
    return json.dumps(value)
