"""Takes HTML apart into tags and texts, in time and memory that grow with its length alone.

A tree is not needed for the facts that are collected, and building one can be made to take hours: given two megabytes
of nested ``<div>``, or one tag with a hundred thousand attributes, a parser in C holds the interpreter all the while.

Source: the tokenization of the HTML standard (§13.2.5), without its tree construction.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

ATTRIBUTES = 64
SECONDS = 0.5  # of processor time for one page; the rest of it is left unread
TEXT_LENGTH = 100_000

_NAME = re.compile(r"[a-zA-Z][^\s/>]{0,63}")
_REST_OF_NAME = re.compile(r"[^\s/>]*")
_ATTRIBUTE = re.compile(r"[\s/]*(=?[^\s/>=]+|=)")
_EQUALS = re.compile(r"\s*=\s*")
_UNQUOTED = re.compile(r"[^\s>]*")
_GAP = re.compile(r"[\s/]*")
_LONG_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")  # no character; the conversion of a very long one fails
_RAW = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title", "iframe", "xmp", "noembed", "noframes")
}
_DECODED = ("textarea", "title")

# What charset labels mean (WHATWG Encoding). Others are not tried: some of Python's codecs are no character sets, and
# some take very long.
_CHARSETS = {
    label: label
    for label in (
        "utf-8 iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6 iso-8859-7 iso-8859-8 iso-8859-10 iso-8859-13 "
        "iso-8859-14 iso-8859-15 iso-8859-16 windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 "
        "windows-1255 windows-1256 windows-1257 windows-1258 koi8-r koi8-u gb18030 big5 shift_jis euc-jp euc-kr "
        "iso-2022-jp utf-16le utf-16be"
    ).split()
} | {
    "utf8": "utf-8",
    "us-ascii": "windows-1252",
    "ascii": "windows-1252",
    "iso-8859-1": "windows-1252",
    "latin1": "windows-1252",
    "iso-8859-9": "windows-1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift-jis": "shift_jis",
    "utf-16": "utf-16le",
}
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}["']?([a-zA-Z0-9_-]{1,40})""", re.IGNORECASE)
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16le"), (b"\xfe\xff", "utf-16be"))


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag.

    Attributes:
        name: in lower case.
        attributes: names in lower case and values, the first 64 of them.
        text: what stands in it, for a tag whose inside is no markup, such as ``script`` and ``title``.
    """

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Characters between two tags."""

    text: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment."""

    text: str


def decode(body: bytes | bytearray, declared: str | None) -> str:
    """Return a page's text; what is not valid in its character set is replaced.

    Args:
        body: the page.
        declared: the character set of the header Content-Type, if it names one.
    """
    for mark, charset in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    meta = _META_CHARSET.search(body[:2048])
    for label in (declared, meta[1].decode("ascii") if meta else None):
        if label and (known := _CHARSETS.get(label.strip().strip("\"'").lower())):
            # A page that says in ASCII that it is UTF-16 is not.
            return body.decode("utf-8" if known.startswith("utf-16") and not declared else known, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("windows-1252", "replace")


def pieces(page: str, seconds: float = SECONDS) -> Iterator[Tag | Text | Comment]:
    """Yield the start tags, texts and comments of a page, until its end or until the time is used up.

    Args:
        page: the text of the page.
        seconds: of this thread's processor time.
    """
    until = time.thread_time() + seconds
    at, count = 0, 0
    while at < len(page):
        start = page.find("<", at)
        if start < 0 or start > at:
            text = page[at : start if start >= 0 else len(page)]
            if text and not text.isspace():
                yield Text(decoded(text))
        if start < 0:
            return
        count += 1
        if count % 256 == 0 and time.thread_time() > until:
            return
        following = page[start + 1 : start + 2]
        if following.isascii() and following.isalpha():
            tag, at = _tag(page, start + 1)
            if tag is None:
                return
            if ending := _RAW.get(tag.name):
                end = ending.search(page, at)
                inside = page[at : end.start() if end else len(page)]
                at = end.start() if end else len(page)
                tag = Tag(tag.name, tag.attributes, decoded(inside) if tag.name in _DECODED else inside)
            yield tag
        elif following in ("!", "?", "/"):
            comment = page.startswith("<!--", start)
            end_at = page.find("-->", start + 4) if comment else page.find(">", start + 2)
            if comment:
                yield Comment(page[start + 4 : end_at if end_at >= 0 else len(page)][:1000])
            if end_at < 0:
                return
            at = end_at + (3 if comment else 1)
        else:
            yield Text("<")
            at = start + 1


def decoded(text: str) -> str:
    """Return a text with its character references replaced, cut to 100,000 characters."""
    text = text[:TEXT_LENGTH]
    return unescape(_LONG_NUMBER.sub("\ufffd", text)) if "&" in text else text


def squeezed(text: str, length: int) -> str | None:
    """Return a text with every run of blanks as one, cut to a length, or None where nothing is left."""
    return " ".join(text[: length * 8].split())[:length].strip() or None


def _tag(page: str, at: int) -> tuple[Tag | None, int]:
    """Read a start tag whose name begins at a position; None where the page ends within it."""
    name = _NAME.match(page, at)
    assert name is not None, "the caller has seen a letter"
    rest = _REST_OF_NAME.match(page, name.end())
    at = rest.end() if rest else name.end()
    attributes: dict[str, str] = {}
    while found := _ATTRIBUTE.match(page, at):
        at = found.end()
        value = ""
        if equals := _EQUALS.match(page, at):
            at = equals.end()
            quote = page[at : at + 1]
            if quote and quote in "\"'":
                end = page.find(quote, at + 1)
                if end < 0:
                    return None, len(page)
                value, at = page[at + 1 : end], end + 1
            elif unquoted := _UNQUOTED.match(page, at):
                value, at = unquoted[0], unquoted.end()
        if len(attributes) < ATTRIBUTES:
            attributes.setdefault(found[1].lower()[:64], decoded(value))
    gap = _GAP.match(page, at)
    at = gap.end() if gap else at
    return (Tag(name[0].lower(), attributes), at + 1) if at < len(page) else (None, len(page))
