"""Requests that may be sent twice and are carried out once.

The answer is stored in the transaction that does the work: either both are there or neither. A stored answer is kept
for two days.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header
from pydantic import BaseModel
from sqlalchemy import Text, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from batchsvc.api.problems import Problem
from batchsvc.models import IdempotencyKey

KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="A name for this request, of your making: however often it is sent, it is carried out once.",
        pattern=r"^[!-~]{1,255}$",
        openapi_examples={"uuid": {"value": "8e03978e-40d5-43e8-bc93-6894a57f9324"}},
    ),
]


def fingerprint(operation: str, body: BaseModel) -> str:
    """What tells one request from another under the same key.

    Args:
        operation: its method and path.
        body: as it was understood: blanks and the order of members are not part of it.
    """
    text_of_it = json.dumps([operation, body.model_dump(mode="json")], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text_of_it.encode()).hexdigest()


async def recall(session: AsyncSession, tenant_id: UUID, key: str, request_hash: str) -> dict[str, Any] | None:
    """The body of the answer given before; None for a new request, which nobody else carries out meanwhile.

    Args:
        session: in the transaction that will do the work.
        request_hash: of :func:`fingerprint`.

    Raises:
        Problem: the key was used for another request (422), or the same request is being carried out (409).
    """
    # Held to the end of the transaction; the row itself is seen by others only after it.
    lock = func.pg_try_advisory_xact_lock(func.hashtextextended(cast(literal(f"batchsvc {tenant_id} {key}"), Text), 0))
    if not await session.scalar(select(lock)):
        raise Problem(
            "request-in-flight",
            "Another request with this Idempotency-Key is being carried out.",
            headers={"Retry-After": "1"},
        )
    found = await session.scalar(
        select(IdempotencyKey).where(IdempotencyKey.tenant_id == tenant_id, IdempotencyKey.key == key)
    )
    if found is None:
        return None
    if found.request_hash != request_hash:
        raise Problem("idempotency-mismatch", "This Idempotency-Key was used before, with another body or path.")
    return found.response


async def remember(
    session: AsyncSession, tenant_id: UUID, key: str, request_hash: str, status: int, answer: BaseModel
) -> None:
    """Store the answer to a request; :mod:`batchsvc.housekeeping` forgets it.

    Args:
        session: in the transaction that did the work.
        request_hash: of :func:`fingerprint`.
        status: of the answer.
        answer: its body.
    """
    response = answer.model_dump(mode="json")
    session.add(
        IdempotencyKey(tenant_id=tenant_id, key=key, request_hash=request_hash, status=status, response=response)
    )
    await session.flush()
