"""The facts of one page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from yarl import URL

from batchsvc.scanner.facts import contacts
from batchsvc.scanner.facts.markup import Comment, Tag, Text, decode, pieces, squeezed
from batchsvc.scanner.facts.technology import Technologies

CONTACTS = 50  # of each kind
LINKS_LENGTH = 200_000  # characters of addresses that are kept of one page
ADDRESS_LENGTH = 2048
TITLE_LENGTH = 300
DESCRIPTION_LENGTH = 1000
JSON_LENGTH = 256 * 1024
JSON_NODES = 5000

_LANGUAGE = re.compile(r"([A-Za-z]{2,3})((?:-[A-Za-z0-9]{2,8}){0,3})")
_LOGO = re.compile(r"(?:^|[^a-z])logo(?:$|[^a-z])|(?:site|custom|brand|header)logo", re.IGNORECASE)
_NEAR = 8  # tags after one that is called a logo, within which a picture is taken for it


@dataclass(slots=True)
class PageFacts:
    """What one page says.

    Attributes:
        links: addresses it links to, without fragments, in order.
        nofollow: whether it asks that its links be not followed.
        technologies: what it is made with.

    The other attributes are as in :class:`batchsvc.scanner.protocol.ScanResult`.
    """

    title: str | None = None
    description: str | None = None
    language: str | None = None
    favicon_url: str | None = None
    logo_url: str | None = None
    emails: dict[str, None] = field(default_factory=dict)
    phones: dict[str, None] = field(default_factory=dict)
    social_links: dict[str, str] = field(default_factory=dict)
    links: dict[str, None] = field(default_factory=dict)
    nofollow: bool = False
    technologies: Technologies = field(default_factory=Technologies)


def read_page(
    body: bytes | bytearray, url: URL, charset: str | None = None, headers: Iterable[tuple[str, str]] = ()
) -> PageFacts:
    """Return what a page says.

    Args:
        body: the page, decompressed.
        url: its address.
        charset: the character set that the header Content-Type names.
        headers: the headers of the answer.
    """
    reader = _Reader(url)
    headers = tuple(headers)
    reader.facts.technologies.headers(headers)
    for piece in pieces(decode(body, charset)):
        reader.take(piece)
    language = next((value for name, value in headers if name.lower() == "content-language"), None)
    return reader.finish(language)


class _Reader:
    def __init__(self, url: URL) -> None:
        self.facts = PageFacts()
        self._base = url
        self._meta: dict[str, str] = {}
        self._icons: dict[str, str] = {}
        self._logos: dict[str, str] = {}
        self._logo_near = 0
        self._in_svg = False
        self._links_left = LINKS_LENGTH

    def take(self, piece: Tag | Text | Comment) -> None:
        if isinstance(piece, Text):
            self._contacts(piece.text)
        elif isinstance(piece, Comment):
            self.facts.technologies.comment(piece.text)
        else:
            self._tag(piece)

    def finish(self, content_language: str | None) -> PageFacts:
        facts, meta = self.facts, self._meta
        facts.title = facts.title or squeezed(meta.get("og:title", ""), TITLE_LENGTH)
        described = meta.get("description") or meta.get("og:description") or meta.get("twitter:description", "")
        facts.description = squeezed(described, DESCRIPTION_LENGTH)
        facts.language = facts.language or next(
            (found for name in ("content-language", "og:locale") if (found := language(meta.get(name, "")))),
            language(content_language or ""),
        )
        facts.favicon_url = next(
            (self._icons[kind] for kind in ("icon", "apple-touch-icon") if kind in self._icons), None
        )
        if address := self._address(meta.get("og:logo", "")):
            self._logos.setdefault("og", str(address))
        facts.logo_url = next(
            (self._logos[kind] for kind in ("json", "og", "img", "near") if kind in self._logos), None
        )
        return facts

    def _tag(self, tag: Tag) -> None:
        attributes = tag.attributes
        technologies = self.facts.technologies
        if names := attributes.get("class"):
            technologies.classes(names)
        if len(attributes) > 1:
            technologies.attributes(attributes)
        if code := attributes.get("data-cfemail"):
            self._email(contacts.hidden_email(code))
        self._logo(tag)
        match tag.name:
            case "html":
                self.facts.language = self.facts.language or language(
                    attributes.get("lang", attributes.get("xml:lang", ""))
                )
            case "base":
                self._base = self._address(attributes.get("href", "")) or self._base
            case "svg":
                self._in_svg = True  # has titles of its own
            case "body":
                self._in_svg = False
            case "title":
                if not self.facts.title and not self._in_svg:
                    self.facts.title = squeezed(tag.text, TITLE_LENGTH)
            case "meta":
                self._meta_tag(attributes)
            case "link":
                self._link_tag(attributes)
            case "script":
                if attributes.get("type", "").strip().lower() == "application/ld+json":
                    self._linked_data(tag.text)
                elif "__NEXT_DATA__" in attributes.get("id", ""):
                    technologies.add("nextjs")
                technologies.url(attributes.get("src", ""))
            case "img" | "iframe" | "source":
                technologies.url(attributes.get("src", ""))
            case "a" | "area":
                self._anchor(attributes)

    def _meta_tag(self, attributes: dict[str, str]) -> None:
        name = (
            (attributes.get("name") or attributes.get("property") or attributes.get("http-equiv") or "").strip().lower()
        )
        content = attributes.get("content", "")
        if name == "generator":
            self.facts.technologies.generator(content)
        elif name == "robots":
            self.facts.nofollow = self.facts.nofollow or bool(
                {"nofollow", "none"} & set(re.split(r"[\s,]+", content.lower()))
            )
        if content and len(self._meta) < 100:
            self._meta.setdefault(name, content)

    def _link_tag(self, attributes: dict[str, str]) -> None:
        relations = attributes.get("rel", "").lower().split()
        href = attributes.get("href", "")
        self.facts.technologies.url(href)
        if "https://api.w.org/" in relations:
            self.facts.technologies.add("wordpress")
        for kind in ("icon", "apple-touch-icon"):
            if kind in relations and kind not in self._icons and (address := self._address(href)):
                self._icons[kind] = str(address)

    def _anchor(self, attributes: dict[str, str]) -> None:
        href = attributes.get("href", "").strip()
        kind = href[:7].lower()
        if kind == "mailto:":
            for address in contacts.mailto(href):
                self._email(address)
        elif kind.startswith("tel:"):
            self._phone(contacts.phone(href[4:]))
        elif "/cdn-cgi/l/email-protection#" in href:
            self._email(contacts.hidden_email(href.partition("#")[2]))
        elif target := self._address(href):
            if found := contacts.social(target):
                self.facts.social_links.setdefault(*found)
            link = str(target.with_fragment(None))
            if self._links_left > 0 and "nofollow" not in attributes.get("rel", "").lower().split():
                self._links_left -= len(link) if link not in self.facts.links else 0
                self.facts.links.setdefault(link)

    def _logo(self, tag: Tag) -> None:
        attributes = tag.attributes
        named = bool(_LOGO.search(f"{attributes.get('class', '')} {attributes.get('id', '')}"[:300]))
        if tag.name == "img":
            source = attributes.get("src") or attributes.get("data-src", "")
            if source.startswith("data:"):
                source = attributes.get("data-src", "")
            named = named or bool(_LOGO.search(f"{attributes.get('alt', '')} {source.rpartition('/')[2]}"[:300]))
            kind = "img" if named else "near" if self._logo_near else None
            if kind and kind not in self._logos and (address := self._address(source)):
                self._logos[kind] = str(address)
        self._logo_near = _NEAR if named else max(0, self._logo_near - 1)

    def _contacts(self, text: str) -> None:
        if "@" in text:
            for address in contacts.emails(text):
                self._email(address)
        if "+" in text:
            for number in contacts.phones(text):
                self._phone(number)

    def _email(self, address: str | None) -> None:
        if address and len(self.facts.emails) < CONTACTS:
            self.facts.emails.setdefault(address)

    def _phone(self, number: str | None) -> None:
        if number and len(self.facts.phones) < CONTACTS:
            self.facts.phones.setdefault(number)

    def _address(self, text: str) -> URL | None:
        text = text.strip()
        if not text or len(text) > ADDRESS_LENGTH or text.startswith(("data:", "javascript:", "#")):
            return None
        try:
            address = self._base.join(URL(text))
            if address.scheme in ("http", "https") and address.host and len(str(address)) <= ADDRESS_LENGTH:
                return address.with_user(None)
        except ValueError:
            pass
        return None

    def _linked_data(self, text: str) -> None:
        """Take what schema.org's vocabulary says of the organisation."""
        if len(text) > JSON_LENGTH:
            return
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            return
        for node in _nodes(document):
            for address in _texts(node.get("email")):
                for found in contacts.emails(address.removeprefix("mailto:")[:500]):
                    self._email(found)
            for number in _texts(node.get("telephone")):
                self._phone(contacts.phone(number))
            for link in _texts(node.get("sameAs")):
                if (target := self._address(link)) and (profile := contacts.social(target)):
                    self.facts.social_links.setdefault(*profile)
            logo = node.get("logo")
            if isinstance(logo, dict):
                logo = logo.get("url") or logo.get("contentUrl")
            for link in _texts(logo):
                if "json" not in self._logos and (target := self._address(link)):
                    self._logos["json"] = str(target)


def language(tag: str) -> str | None:
    """Return a language tag in its usual spelling (RFC 5646 §2.1.1), or None where it is none."""
    match = _LANGUAGE.fullmatch(tag.strip().replace("_", "-"))
    if not match:
        return None
    parts = [part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower()
             for part in match[2].split("-")[1:]]  # fmt: skip
    return "-".join([match[1].lower(), *parts])


def _nodes(document: Any) -> Iterator[dict[str, Any]]:
    waiting, seen = [document], 0
    while waiting and seen < JSON_NODES:
        seen += 1
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(reversed(node))


def _texts(value: Any) -> list[str]:
    return [part for part in (value if isinstance(value, list) else [value]) if isinstance(part, str)][:20]
