"""Whom an API key, or a session of the page, stands for; looked up with every request, in one round trip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, LiteralString

from psycopg.rows import DictRow

from batchsvc import keys
from batchsvc.database import Database

# When a key was used last is written down to the minute: that is enough, and spares a write with every request.
_USED: Final[LiteralString] = """, used AS (
    UPDATE api_keys AS k
       SET last_used_at = now()
      FROM found
     WHERE k.id = found.id AND (k.last_used_at IS NULL OR k.last_used_at < now() - interval '1 minute')
)
SELECT id, tenant_id, name FROM found
"""
_BY_KEY: Final[LiteralString] = (
    """
WITH found AS (
    SELECT id, tenant_id, name FROM api_keys WHERE key_hash = %(hash)s AND revoked_at IS NULL
)"""  # noqa: S608 - a constant of this module
    + _USED
)
_BY_SESSION: Final[LiteralString] = (
    """
WITH found AS (
    SELECT k.id, k.tenant_id, k.name
      FROM page_sessions AS s
      JOIN api_keys AS k ON k.id = s.key_id
     WHERE s.session_hash = %(hash)s AND s.ends_at > now() AND k.revoked_at IS NULL
)"""  # noqa: S608 - a constant of this module
    + _USED
)
_SIGN_IN: Final[LiteralString] = """
INSERT INTO page_sessions (session_hash, key_id, tenant_id, ends_at)
SELECT %(session)s, id, tenant_id, now() + make_interval(secs => 3600 * %(hours)s)
  FROM api_keys
 WHERE key_hash = %(hash)s AND revoked_at IS NULL
RETURNING ends_at
"""
_SIGN_OUT: Final[LiteralString] = "DELETE FROM page_sessions WHERE session_hash = %(hash)s"


async def find(database: Database, key: str) -> keys.Principal | None:
    """Whom a key stands for; None where it is not there or revoked.

    Args:
        database: where keys are.
        key: of the right form: :func:`batchsvc.keys.prefix_of` knows it.
    """
    # Looked up by its hash: how long that takes tells nothing about a key.
    return _principal(await database.ask(_BY_KEY, hash=keys.hash_of(key)))


async def find_by_session(database: Database, session: str) -> keys.Principal | None:
    """Whom a session stands for; None where it is not there or has ended, or its key is revoked.

    Args:
        database: where sessions are.
        session: any text.
    """
    return _principal(await database.ask(_BY_SESSION, hash=keys.hash_of_session(session)))


async def sign_in(database: Database, key: str, hours: float) -> str | None:
    """Begin a session; None where the key is not there or revoked.

    Args:
        database: where keys are.
        key: of the right form.
        hours: after which the session ends by itself.
    """
    session = keys.new_session()
    hashes = {"hash": keys.hash_of(key), "session": keys.hash_of_session(session)}
    return session if await database.ask(_SIGN_IN, **hashes, hours=hours) else None


async def sign_out(database: Database, session: str) -> None:
    """End a session.

    Args:
        database: where sessions are.
        session: which one.
    """
    await database.ask(_SIGN_OUT, hash=keys.hash_of_session(session))


def _principal(rows: Sequence[DictRow]) -> keys.Principal | None:
    return keys.Principal(rows[0]["tenant_id"], rows[0]["id"], rows[0]["name"]) if rows else None
