"""The grammar of identifiers: blanks, prefix, uuid body; one set of patterns for Python and PostgreSQL.

    value  = blanks [prefix] body blanks
    prefix = one or more of: word, then one of ``_ : . /``; or word with a letter that is no hex digit, then ``-``
    word   = an ASCII letter, then ASCII letters and digits
    body   = what PostgreSQL's uuid input accepts, or the same without braces and with ``_`` for any ``-``

Nothing may follow the body, and everything else is unparseable. A body holds exactly 32 hex digits and ends the value,
so there is at most one way to read a value. Braces go with hyphens only: ``{xxxx_…}`` is unparseable.

The patterns are written in the part of the syntax that Python's ``re`` and PostgreSQL's regular expressions share, and
without backslash and percent sign, so that they can be put into any statement. PostgreSQL: chapter 8.12 (uuid), 9.7.3.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple
from uuid import UUID

BLANKS: Final = " \t\n\r\f\v"  # ASCII white space only: a no-break space is part of a value.

Spelling = Literal["canonical", "hex", "braced", "hyphenated", "underscored"]

DIGIT: Final = "[0-9a-fA-F]"
GROUP: Final = f"{DIGIT}{{4}}"
CANONICAL: Final = f"{DIGIT}{{8}}-{GROUP}-{GROUP}-{GROUP}-{DIGIT}{{12}}"
HEX: Final = f"{DIGIT}{{32}}"
HYPHENATED: Final = f"(?:{GROUP}-?){{7}}{GROUP}"
BRACED: Final = f"[{{]{HYPHENATED}[}}]"
JOINED: Final = f"(?:{GROUP}[-_]?){{7}}{GROUP}"
BODY: Final = f"(?:{BRACED}|{JOINED})"
# Before a hyphen the word must hold a letter from g to z: `deadbeef-…` could be the beginning of a longer hex string.
WORD: Final = "(?:[A-Za-z][A-Za-z0-9]*[_:./]|(?:[A-Fa-f][A-Fa-f0-9]*)?[G-Zg-z][A-Za-z0-9]*-)"

LONGEST_BODY: Final = 41  # 32 digits, 7 hyphens, 2 braces

_BODY_AT_END = re.compile(f"{BODY}\\Z")
# Atomic and possessive, so that a word once read is never read again: linear time, and no stack that grows.
_PREFIX = re.compile(f"(?>{WORD})++")
_CANONICAL = re.compile(CANONICAL)
_JOINTS = str.maketrans("", "", "-_{}")


class Parts(NamedTuple):
    """A value that follows the grammar, cut in two: the prefix ('' when there is none) and the uuid's body."""

    prefix: str
    body: str

    @property
    def spelling(self) -> Spelling:
        """How the body is spelled."""
        body = self.body
        if len(body) == 32:
            return "hex"
        if body[0] == "{":
            return "braced"
        if "_" in body:
            return "underscored"
        return "canonical" if _CANONICAL.fullmatch(body) else "hyphenated"

    @property
    def digits(self) -> str:
        """The 32 hex digits, in their own case."""
        return self.body.translate(_JOINTS)

    @property
    def uuid(self) -> UUID:
        """The uuid that is meant."""
        return UUID(int=int(self.digits, 16))


def trim(text: str) -> str:
    """The text without ASCII white space around it."""
    return text.strip(BLANKS)


def split(text: str) -> Parts | None:
    """Cut a trimmed text into prefix and body; None when it does not follow the grammar.

    The body is looked for in the last 41 characters, then the prefix is read once from the left: linear time.
    """
    found = _BODY_AT_END.search(text, max(0, len(text) - LONGEST_BODY))
    if found is None:
        return None
    prefix = text[: found.start()]
    return Parts(prefix, found.group()) if not prefix or is_prefix(prefix) else None


def is_prefix(text: str) -> bool:
    """Whether the text may stand before a uuid: words, each followed by its separator."""
    return _PREFIX.fullmatch(text) is not None
