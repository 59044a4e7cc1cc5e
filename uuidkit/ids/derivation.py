"""A uuid for a text that holds none: the same one for the same text, in every table and on every run."""

from __future__ import annotations

import hashlib
from typing import Final
from uuid import UUID

from uuidkit.ids.grammar import trim

NAMESPACE: Final = UUID("004be6bb-e890-40b6-ad63-a5c100e64dc3")
"""The namespace of every derived uuid; it never changes, or parents and children of different runs would part."""


def version8(namespace: UUID, name: bytes) -> UUID:
    """A name-based uuid of version 8: the first 128 bits of SHA-256, with version and variant set.

    Source: RFC 9562, section 5.8 and appendix B.2.

    Args:
        namespace: its 16 bytes go before the name.
        name: the bytes that are given a uuid.
    """
    bits = int.from_bytes(hashlib.sha256(namespace.bytes + name).digest()[:16], "big")
    bits = bits & ~(0xF << 76) | 0x8 << 76
    bits = bits & ~(0b11 << 62) | 0b10 << 62
    return UUID(int=bits)


def derive(text: str) -> UUID:
    """The uuid that stands for a text which is no uuid: version 8 from SHA-256 of a fixed namespace and the text.

    Blanks around do not count, case does. The text is not looked at otherwise: ``derive`` of a uuid's text is not
    that uuid.

    Args:
        text: any text that PostgreSQL can store.

    Raises:
        UnicodeEncodeError: the text holds half a surrogate pair, which no text of a database can.
    """
    return version8(NAMESPACE, trim(text).encode())
