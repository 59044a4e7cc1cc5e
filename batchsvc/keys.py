"""API keys and sessions of the page: secrets that are shown once, of which the database has hashes.

A key is ``bsk_<prefix>_<secret>`` with 256 random bits; the prefix is no secret and names the key in lists. A browser
keeps a session instead of a key: other random bits, good for some hours. So whoever reads the tables can neither send a
request nor open the page, and whoever reads a cookie does not have the key.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from uuid import UUID

_KEY = re.compile(r"bsk_([a-z2-7]{8})_[A-Za-z0-9_-]{43}")
_SESSION = re.compile(r"[A-Za-z0-9_-]{43}")
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


def hash_of(key: str) -> bytes:
    """What the database keeps of a key.

    Args:
        key: a key.
    """
    # Random bits need no slow hash: there is nothing to guess. The first of the two steps is of the keys made so far.
    step = hmac.new(key.encode(), b"batchsvc session", hashlib.sha256).hexdigest()
    return hashlib.sha256(f"{prefix_of(key)}.{step}".encode()).digest()


def new_session() -> str:
    """What a browser is to keep instead of a key."""
    return secrets.token_urlsafe(32)


def is_session(text: str) -> bool:
    """Whether a text may be a session."""
    return _SESSION.fullmatch(text) is not None


def hash_of_session(session: str) -> bytes:
    """What the database keeps of a session.

    Args:
        session: of :func:`new_session`.
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
