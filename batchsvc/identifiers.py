"""Ids: new ones that sort by time, and those that somebody wrote."""

from __future__ import annotations

import os
import time
from uuid import UUID

from batchsvc.errors import BadRequest
from uuidkit import parse


def new_id() -> UUID:
    """Return a fresh id whose order is that of time.

    Source: RFC 9562, section 5.7 (version 7).
    """
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 7 << 76
    return UUID(int=value & ~(0b11 << 62) | 0b10 << 62)


def uuid_of(value: UUID | str, name: str) -> UUID:
    """Return the uuid that a text holds; the legacy spelling ``batch_<hex>`` is one.

    Args:
        value: a UUID or a text.
        name: what it is called, for the message.

    Raises:
        BadRequest: the text holds none.
    """
    if isinstance(value, UUID):
        return value
    found = parse(value)
    if found is None:
        raise BadRequest(f"{name} {value!r} is no uuid.")
    return found
