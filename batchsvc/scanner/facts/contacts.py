"""E-mail addresses, telephone numbers and addresses in social networks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from yarl import URL

SIGNS = 2000  # at-signs of one text that are looked at

_LOCAL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._%+'-]{0,62}[A-Za-z0-9_+-])?$")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,6}([A-Za-z]{2,24})(?![A-Za-z0-9-])")
_FILES = frozenset(
    "png jpg jpeg gif svg webp avif ico css js mjs map json woff woff2 ttf mp4 webm pdf php html htm".split()
)
_PLACEHOLDER_HOSTS = frozenset(
    "example.com example.org example.net domain.com yourdomain.com email.com mysite.com sentry.io".split()
)
_PHONE = re.compile(r"(?<![\w+])\+\d[\d ()./\u00a0-]{5,22}\d(?![\d\w])")
_NOT_A_DIGIT = re.compile(r"[^0-9]")

_NETWORKS = {
    "facebook.com": "facebook",
    "fb.com": "facebook",
    "fb.me": "facebook",
    "twitter.com": "twitter",
    "x.com": "twitter",
    "linkedin.com": "linkedin",
    "instagram.com": "instagram",
    "youtube.com": "youtube",
    "youtu.be": "youtube",
}
# Not somebody's page but a function of the network: a button to share, a picture that counts, a single post or video.
_FUNCTIONS = frozenset(
    "sharer sharer.php share.php share sharing sharearticle dialog plugins tr intent home.php hashtag search "
    "login login.php embed watch playlist results p reel reels explore privacy policies policy about legal help "
    "i widgets js".split()
)


def emails(text: str) -> Iterator[str]:
    """Yield the e-mail addresses in a text, in lower case."""
    at, seen = text.find("@"), 0
    while at >= 0 and seen < SIGNS:
        seen += 1
        local = _LOCAL.search(text[max(0, at - 64) : at])
        host = _HOST.match(text, at + 1)
        if local and host and ".." not in local[0]:
            address = f"{local[0]}@{host[0]}".lower()
            if plausible_email(address):
                yield address
        at = text.find("@", at + 1)


def plausible_email(address: str) -> bool:
    """Return whether something of the form of an e-mail address is likely one, not a file name or an example."""
    local, _, host = address.partition("@")
    if host.rpartition(".")[2] in _FILES or host in _PLACEHOLDER_HOSTS or host.endswith(".sentry.io"):
        return False
    return not (len(local) >= 32 and set(local) <= set("0123456789abcdef"))


def mailto(href: str) -> Iterator[str]:
    """Yield the addresses of a ``mailto:`` link (RFC 6068)."""
    yield from emails(unquote(href[7:].partition("?")[0])[:500])


def hidden_email(code: str) -> str | None:
    """Return the address that Cloudflare hides from programs as hexadecimal digits, the first of them the key."""
    try:
        data = bytes.fromhex(code[:400])
    except ValueError:
        return None
    text = bytes(byte ^ data[0] for byte in data[1:]).decode("utf-8", "replace") if len(data) > 3 else ""
    return next(emails(text), None)


def phones(text: str) -> Iterator[str]:
    """Yield the telephone numbers in a text that are written with a country code, as ``+`` and digits (E.164)."""
    for match in _PHONE.finditer(text):
        if number := phone(match[0]):
            yield number


def phone(text: str) -> str | None:
    """Return a number that is said to be a telephone number as digits, with ``+`` where it has one, or None."""
    text = unquote(text).partition(";")[0].strip()[:40]
    international = text.startswith(("+", "00"))
    digits = _NOT_A_DIGIT.sub("", text.replace("(0)", "") if international else text)
    if text.startswith("00"):
        digits = digits[2:]
    if not 7 <= len(digits) <= 15:  # E.164 §6.1
        return None
    return f"+{digits}" if international else digits


def social(address: URL) -> tuple[str, str] | None:
    """Return the network and the address there, for a link to somebody's page in a social network."""
    host = (address.host or "").lower().removeprefix("www.").removeprefix("m.")
    labels = host.split(".")
    network = _NETWORKS.get(".".join(labels[-2:]))
    parts = [part for part in address.path.lower().split("/") if part]
    if network is None or not parts:
        return None
    if labels[-2:] == ["youtu", "be"] or (
        parts[0] in _FUNCTIONS and not (network == "linkedin" and parts[0] == "about")
    ):
        return None
    if network == "facebook" and parts[0] == "profile.php":
        address = address.with_fragment(None)
        return (network, str(address)) if "id" in address.query else None
    return network, str(address.with_query(None).with_fragment(None))
