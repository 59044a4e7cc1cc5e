"""What is kept for a while goes when the while is over: answers to repeated requests, and sessions of the page.

Batches and what was found stay: they are the users'.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import TextClause, text

from batchsvc.database import Database

ANSWERS_KEPT: Final = "48 hours"  # a client that tries again for a day finds its answer
_MOST = 5_000  # rows in one transaction

_ANSWERS = text("""
WITH old AS (
    SELECT tenant_id, key
      FROM idempotency_keys
     WHERE created_at < now() - CAST(:kept AS interval)
     ORDER BY created_at
     LIMIT :most
       FOR UPDATE SKIP LOCKED
)
DELETE FROM idempotency_keys AS k USING old WHERE k.tenant_id = old.tenant_id AND k.key = old.key
RETURNING 1
""").bindparams(kept=ANSWERS_KEPT, most=_MOST)
_SESSIONS = text("""
WITH old AS (
    SELECT session_hash FROM page_sessions WHERE ends_at < now() ORDER BY ends_at LIMIT :most FOR UPDATE SKIP LOCKED
)
DELETE FROM page_sessions AS s USING old WHERE s.session_hash = old.session_hash
RETURNING 1
""").bindparams(most=_MOST)


async def clear_away(database: Database) -> int:
    """Delete what nobody may ask for any more, in short transactions.

    Args:
        database: where it is.

    Returns:
        The number of rows deleted.
    """
    return await _delete(database, _ANSWERS) + await _delete(database, _SESSIONS)


async def _delete(database: Database, statement: TextClause) -> int:
    number, deleted = 0, _MOST
    while deleted == _MOST:
        async with database.worker() as session:
            deleted = len((await session.execute(statement)).all())
        number += deleted
    return number
