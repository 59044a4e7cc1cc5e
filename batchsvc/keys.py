"""API keys: 256 random bits that are shown once, of which the database has a hash.

A key is ``bsk_<prefix>_<secret>``; the prefix is no secret and names the key in lists. Two values are computed from it,
each one-way: the *session* that a browser gets in a cookie instead of the key, and from the session the *hash* that is
stored. So whoever reads the table can neither send a request nor open the page, and whoever reads the cookie does not
have the key.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from uuid import UUID

_KEY = re.compile(r"bsk_([a-z2-7]{8})_[A-Za-z0-9_-]{43}")
_SESSION = re.compile(r"([a-z2-7]{8})\.[0-9a-f]{64}")
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


@dataclass(frozen=True, slots=True)
class Principal:
    """Whom a key stands for.

    Attributes:
        tenant_id: the tenant; nothing else in a request says which.
        key_id: the key, which is also the user in ``created_by``.
        name: the key's name.
    """

    tenant_id: UUID
    key_id: UUID
    name: str


def generate() -> str:
    """A new key."""
    prefix = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"bsk_{prefix}_{secrets.token_urlsafe(32)}"


def prefix_of(key: str) -> str | None:
    """The public part of a key; None for a text that is no key.

    Args:
        key: any text.
    """
    match = _KEY.fullmatch(key)
    return match[1] if match else None


def session_of(key: str) -> str:
    """What a browser keeps instead of a key.

    Args:
        key: a key.
    """
    prefix = prefix_of(key)
    assert prefix is not None
    # A random key of 256 bits needs no slow hash: there is nothing to guess.
    return f"{prefix}.{hmac.new(key.encode(), b'batchsvc session', hashlib.sha256).hexdigest()}"


def session_prefix(session: str) -> str | None:
    """The public part of a session; None for a text that is none.

    Args:
        session: any text.
    """
    match = _SESSION.fullmatch(session)
    return match[1] if match else None


def hash_of(session: str) -> bytes:
    """What the database keeps of a key.

    Args:
        session: of the key.
    """
    return hashlib.sha256(session.encode()).digest()


def form_token(session: str) -> str:
    """What a form on the page has to carry, so that no other site can send it.

    Args:
        session: of whoever looks at the page.
    """
    return hmac.new(session.encode(), b"batchsvc form", hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell how much of them is."""
    return hmac.compare_digest(one.encode(), other.encode())
