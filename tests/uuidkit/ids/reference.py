"""The rules for a value written a second time, character by character, to compare the real ones with."""

from __future__ import annotations

from uuid import UUID

HEX = set("0123456789abcdefABCDEF")
LETTERS = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
DIGITS = set("0123456789")
BLANKS = set(" \t\n\r\f\v")


def read(text: str) -> tuple[str, str, UUID] | None:
    """(format, prefix, uuid) of a value, or None when it is unparseable."""
    start, end = 0, len(text)
    while start < end and text[start] in BLANKS:
        start += 1
    while end > start and text[end - 1] in BLANKS:
        end -= 1
    text = text[start:end]
    body_start = _start_of_body(text)
    if body_start is None:
        return None
    prefix, body = text[:body_start], text[body_start:]
    if not _may_precede(prefix):
        return None
    uuid = UUID("".join(c for c in body if c in HEX))
    if prefix:
        return "prefixed", prefix, uuid
    joints = [i for i, c in enumerate(body) if c not in HEX]
    if not joints:
        return "hex", "", uuid
    if body[0] == "{":
        return "braced", "", uuid
    if "_" in body:
        return "underscored", "", uuid
    return ("canonical" if joints == [8, 13, 18, 23] else "hyphenated"), "", uuid


def _start_of_body(text: str) -> int | None:
    """Read 32 digits backwards, with a joint allowed after any four of them."""
    place = len(text) - 1
    braced = place >= 0 and text[place] == "}"
    if braced:
        place -= 1
    joints = "-" if braced else "-_"
    for digit in range(32):
        if digit and digit % 4 == 0 and place >= 0 and text[place] in joints:
            place -= 1
        if place < 0 or text[place] not in HEX:
            return None
        place -= 1
    if not braced:
        return place + 1
    return place if place >= 0 and text[place] == "{" else None


def _may_precede(prefix: str) -> bool:
    """Read words forwards, each with its separator."""
    word = ""
    for c in prefix:
        if c in LETTERS or (c in DIGITS and word):
            word += c
        elif not word or c not in "_:./-" or (c == "-" and all(letter in HEX for letter in word)):
            return False
        else:
            word = ""
    return word == ""
