"""Values to try: valid ones in every spelling, broken ones that resemble them, and hostile ones."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from uuid import UUID

PREFIXES = (
    "batch_", "sitemap_", "places_", "batch_domain_sitemap_", "batch-", "urn:uuid:", "fee_", "a_", "A1/", "x.y.z.",
    "dead_", "deadbeef-", "f00d-", "0x_", "1_", "_", "__", "-", "https://", "b@tch_", "batch__", "ba tch_", "bätch_",
    "job", "abcdefg-", "fg-ab-", "fg-ab_", "ab_fg-", "{", "(", "\u0131d_", "\uff41_",
)  # fmt: skip
JOINTS = ("", "", "", "-", "-", "_", "--", "-_", " ", "\u2010", ".", ":")
BLANKS = (" ", "\t", "\n", "\r", "\f", "\v", "  \n", "\u00a0", "\u2003", "\u200b", "\ufeff", "\x1c", "\x85")
ALPHABET = "0123456789abcdefABCDEFgGzZ-_:./{}() \t\n%\\'\"$@é\u0663\uff13\u0131\u017f\u212a\u00a0\u2010\U0001f600"
OTHER = (
    "", " ", "310", "-", "_", "{}", "{", "}", "batch_", "urn:uuid:", "null", "NULL", "0", "g" * 32, "0" * 31, "0" * 33,
    "-" * 36, "batch_20240131_235959", "domain_batch_20240131_235959", "ChIJN1t_tDeuEmsRUsoyG83frY4", "\\x00", "%s",
    "'; drop table t --", "{" + "0" * 32, "0" * 32 + "}", "{{" + "0" * 32 + "}}", "\u0663" * 32, "\uff10" * 32,
)  # fmt: skip


def spellings(uuid: UUID) -> tuple[str, ...]:
    """One uuid in many spellings, most of them valid."""
    hex_, text = uuid.hex, str(uuid)
    fours = [hex_[i : i + 4] for i in range(0, 32, 4)]
    bare = (text, hex_, "-".join(fours), text.replace("-", "_"), "_".join(fours), text.replace("-", "_", 2))
    braced = ("{" + text + "}", "{" + hex_ + "}", "{" + "-".join(fours) + "}", "{" + text.replace("-", "_") + "}")
    return (*bare, *braced)


def every_shape(uuid: UUID, prefixes: tuple[str, ...] = ("", "batch_", "urn:uuid:", "job-")) -> Iterator[str]:
    """The spellings of a uuid, bare and prefixed, lower-case, upper-case and mixed."""
    for prefix in prefixes:
        for body in spellings(uuid):
            yield prefix + body
            yield prefix + body.upper()
            yield prefix + body[:12] + body[12:].upper()


def generate(count: int, seed: int) -> list[str]:
    """That many values, the same for the same seed."""
    source = random.Random(seed)
    return [_value(source) for _ in range(count)]


def _value(source: random.Random) -> str:
    kind = source.random()
    if kind < 0.45:
        return _valid(source)
    if kind < 0.75:
        text = _valid(source)
        for _ in range(source.choice((1, 1, 1, 2, 3))):
            text = _mutated(text, source)
        return text
    if kind < 0.85:
        return _joined_at_random(source)
    return _hostile(source)


def _valid(source: random.Random) -> str:
    body = source.choice(spellings(UUID(int=source.getrandbits(128))))
    case = source.random()
    if case < 0.2:
        body = body.upper()
    elif case < 0.3:
        body = "".join(source.choice((c, c.upper())) for c in body)
    prefix = "" if source.random() < 0.35 else source.choice(PREFIXES[:12])
    text = prefix + body
    return source.choice(BLANKS) + text + source.choice(BLANKS) if source.random() < 0.05 else text


def _mutated(text: str, source: random.Random) -> str:
    place = source.randrange(len(text) + 1)
    other = source.randrange(len(text) + 1)
    character = source.choice(ALPHABET)
    match source.randrange(6):
        case 0:
            return text[:place] + character + text[place:]
        case 1:
            return text[:place] + text[place + 1 :]
        case 2:
            return text[:place] + character + text[place + 1 :]
        case 3:
            return text[:place] + text[place : place + 1] + text[place:]
        case 4:  # a character moves: the length stays, the joints do not
            moved = text[place : place + 1]
            rest = text[:place] + text[place + 1 :]
            return rest[:other] + moved + rest[other:]
        case _:
            return text[place:] + text[:place]


def _joined_at_random(source: random.Random) -> str:
    digits = f"{source.getrandbits(128):032x}"
    if source.random() < 0.8:
        joints = [source.choice(("", "-", "_") if source.random() < 0.5 else ("", "-")) for _ in range(7)]
    else:
        joints = [source.choice(JOINTS) for _ in range(7)]
    body = "".join(digits[4 * i : 4 * i + 4] + (joints[i] if i < 7 else "") for i in range(8))
    if source.random() < 0.3:
        body = "{" + body + source.choice(("}", "}", "}", "", "}}"))
    return source.choice(PREFIXES) + body if source.random() < 0.4 else body


def _hostile(source: random.Random) -> str:
    uuid = UUID(int=source.getrandbits(128))
    text = str(uuid)
    prefix = source.choice(PREFIXES)
    sha1 = hashlib.sha1(uuid.bytes, usedforsecurity=False).hexdigest()
    sha256 = hashlib.sha256(uuid.bytes).hexdigest()
    match source.randrange(12):
        case 0:
            return prefix + sha1
        case 1:
            return prefix + sha256
        case 2:
            return f"{prefix}{text}_{sha1[:8]}"
        case 3:
            return prefix + text + source.choice(("/", ".html", "-", "_", "\n\n.", "0", "x"))
        case 4:
            return f"https://example.org/{source.choice((text, uuid.hex))}"
        case 5:
            return f"{prefix}{prefix}{text}"
        case 6:
            return f"{prefix}{uuid.hex[: source.choice((8, 12, 16, 31))]}"
        case 7:  # as long as a regular value, and beginning like one
            length = source.choice((32, 36, 38))
            return source.choice(("", "batch_", "batch_{")) + "".join(source.choices(ALPHABET, k=length))
        case 8:
            return f"{text[:8]}-{prefix}{text}"
        case 9:
            return text.replace(source.choice("0123456789"), source.choice(("\u0663", "\uff13", "O", "")))
        case 10:
            return prefix + "".join(source.choices(ALPHABET, k=source.randrange(45)))
        case _:
            return source.choice(OTHER)


def enormous() -> list[str]:
    """Values of about a megabyte, made to keep a careless pattern busy; the first four are valid."""
    million = 1_000_000
    hex_ = "0123456789abcdef" * 2
    return [
        "a_" * (million // 2) + hex_,
        "g" * million + "-" + hex_,
        " " * (million // 2) + "{" + hex_ + "}" + "\n" * (million // 2),
        "ab.cd:" * (million // 6) + "x-" + hex_,
        "a" * million,
        "0" * million,
        "-" * million,
        "{" * million + hex_ + "}" * million,
        "a-" * (million // 2) + hex_,
        "a_" * (million // 2) + "!" + hex_,
        "a_" * (million // 2) + hex_ + "!",
        "abcdef" * (million // 6) + "-" + hex_,
        "0123-" * (million // 5) + "4567",
        "\u00e9" * (million // 2) + hex_,
        " \t" * (million // 2),
    ]
