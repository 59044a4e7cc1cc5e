"""What became of items that a worker held: many at once, each only if it is still held under the same token."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from batchsvc.accounting import Move, move
from batchsvc.items.points import reached


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item.

    Attributes:
        id, token: the item, and the token under which it was taken.
        state: ``completed``, ``failed``, or ``queued`` for another attempt.
        code, error: why it failed, or is tried again.
        result: what was found, as JSON text.
        delay: seconds before the next attempt.
        refund: whether this attempt does not count, because the worker gave the item back.
    """

    id: int
    token: UUID
    state: Literal["completed", "failed", "queued"]
    code: str | None = None
    error: str | None = None
    result: str | None = None
    delay: float = 0.0
    refund: bool = False


_SETTLE = text("""
WITH outcome AS (
    SELECT *
      FROM unnest(CAST(:ids AS bigint[]), CAST(:tokens AS uuid[]), CAST(:states AS text[]), CAST(:codes AS text[]),
                  CAST(:errors AS text[]), CAST(:results AS text[]), CAST(:delays AS double precision[]),
                  CAST(:refunds AS integer[]))
        AS o (id, token, state, code, error, result, delay, refund)
), held AS (
    SELECT i.id
      FROM batch_items AS i
      JOIN outcome AS o ON o.id = i.id
     WHERE i.batch_id = :batch_id AND i.id = ANY (CAST(:ids AS bigint[]))
       AND i.state = 'running'
       AND i.lease_token = o.token
     ORDER BY i.id
       FOR NO KEY UPDATE OF i
)
UPDATE batch_items AS i
   SET state = o.state,
       error_code = o.code,
       error = o.error,
       result = CAST(o.result AS jsonb),
       attempt = i.attempt - o.refund,
       not_before = CASE WHEN o.state = 'queued' THEN clock_timestamp() + make_interval(secs => o.delay)
                         ELSE i.not_before END,
       finished_at = CASE WHEN o.state = 'queued' THEN NULL ELSE clock_timestamp() END,
       lease_token = NULL,
       lease_until = NULL
  FROM outcome AS o
 WHERE i.batch_id = :batch_id AND i.id = o.id AND i.id = ANY (ARRAY(SELECT id FROM held))
RETURNING i.id, i.state
""")

# The tenant's own list of domains gets what a completed scan found; in order of name, as another batch may have the
# same domains.
_FEED = text("""
INSERT INTO domains AS d (id, tenant_id, domain, batch_id, status, title, description, favicon_url, logo_url, language,
                          is_wordpress, wordpress_version, has_elementor, tech_stack, email_addresses, phone_numbers,
                          facebook_url, twitter_url, linkedin_url, instagram_url, youtube_url, last_scan, created_at,
                          updated_at)
SELECT gen_random_uuid(), i.tenant_id, i.domain, i.batch_id, 'completed', r ->> 'title', r ->> 'description',
       r ->> 'favicon_url', r ->> 'logo_url', r ->> 'language', (r ->> 'is_wordpress')::boolean,
       r ->> 'wordpress_version', (r ->> 'has_elementor')::boolean, r -> 'tech_stack',
       ARRAY(SELECT jsonb_array_elements_text(r -> 'email_addresses')),
       ARRAY(SELECT jsonb_array_elements_text(r -> 'phone_numbers')),
       r #>> '{social_links,facebook}', r #>> '{social_links,twitter}', r #>> '{social_links,linkedin}',
       r #>> '{social_links,instagram}', r #>> '{social_links,youtube}',
       timezone('UTC', clock_timestamp()), timezone('UTC', clock_timestamp()), timezone('UTC', clock_timestamp())
  FROM batch_items AS i
 CROSS JOIN LATERAL (SELECT i.result) AS found (r)
 WHERE i.batch_id = :batch_id AND i.id = ANY (CAST(:ids AS bigint[]))
 ORDER BY i.domain
ON CONFLICT (tenant_id, domain) DO UPDATE
   SET batch_id = excluded.batch_id,
       status = excluded.status,
       title = excluded.title,
       description = excluded.description,
       favicon_url = excluded.favicon_url,
       logo_url = excluded.logo_url,
       language = excluded.language,
       is_wordpress = excluded.is_wordpress,
       wordpress_version = excluded.wordpress_version,
       has_elementor = excluded.has_elementor,
       tech_stack = excluded.tech_stack,
       email_addresses = excluded.email_addresses,
       phone_numbers = excluded.phone_numbers,
       facebook_url = excluded.facebook_url,
       twitter_url = excluded.twitter_url,
       linkedin_url = excluded.linkedin_url,
       instagram_url = excluded.instagram_url,
       youtube_url = excluded.youtube_url,
       last_scan = excluded.last_scan,
       updated_at = excluded.updated_at
""")


async def settle(session: AsyncSession, batch_id: UUID, outcomes: Sequence[Outcome]) -> dict[int, str]:
    """Write what became of items, and move the batch's counters by what was really written.

    Args:
        session: within a transaction of a worker (:func:`batchsvc.tenancy.as_worker`).
        batch_id: the batch of all of them.
        outcomes: at most one for each item.

    Returns:
        The new states, by item. What is missing was not the worker's any more, and nothing of it was written.
    """
    parameters = {
        "batch_id": batch_id,
        "ids": [outcome.id for outcome in outcomes],
        "tokens": [outcome.token for outcome in outcomes],
        "states": [outcome.state for outcome in outcomes],
        "codes": [outcome.code for outcome in outcomes],
        "errors": [outcome.error for outcome in outcomes],
        "results": [outcome.result for outcome in outcomes],
        "delays": [float(outcome.delay) for outcome in outcomes],
        "refunds": [int(outcome.refund) for outcome in outcomes],
    }
    written = {row.id: str(row.state) for row in await session.execute(_SETTLE, parameters)}
    reached("outcomes written, counters not")
    if written:
        completed = [item for item, state in written.items() if state == "completed"]
        if completed:
            await session.execute(_FEED, {"batch_id": batch_id, "ids": completed})
        states = Counter(written.values())
        await move(session, batch_id, Move(running=-len(written), **states))
    return written
