"""One entry of a list of domains, brought to the one form in which it is stored; and lists read from text and CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from typing import NoReturn
from urllib.parse import urlsplit

import idna
from publicsuffixlist import PublicSuffixList

from batchsvc.scanner.hosts import HostMap
from batchsvc.scanner.protocol import storable

ENTRY_LENGTH = 2048
NAME_LENGTH = 253  # RFC 1035 §2.3.4: 255 octets, of which the wire format takes two
COLUMNS = ("domain", "url", "website")
PORTS = (80, 443)

_LABEL = r"(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_UNSEEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\\]")


class InvalidDomain(ValueError):
    """An entry is neither a domain nor an http or https address; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A domain to scan.

    Attributes:
        domain: its name in ASCII, lower case.
        given: how it was first spelled.
    """

    domain: str
    given: str


@dataclass(frozen=True, slots=True)
class Invalid:
    """An entry that is no domain.

    Attributes:
        position: where it stood in the list, counted from 0.
        given: how it was spelled, cut to 255 characters.
        reason: why it is none.
    """

    position: int
    given: str
    reason: str


@dataclass(frozen=True, slots=True)
class Entries:
    """What a list of entries comes to.

    Attributes:
        domains: the different domains, in order.
        invalid: the entries that are none.
        repeats: how many entries named a domain again.
    """

    domains: tuple[Entry, ...]
    invalid: tuple[Invalid, ...]
    repeats: int


class UnreadableList(ValueError):
    """A text or CSV file cannot be read as a list of domains; the message says why and what is expected."""


def normalise(entry: str, hosts: HostMap | None = None) -> str:
    """Return the name in ASCII of a domain, or of the host of an http or https address.

    Args:
        entry: ``example.com``, ``Bücher.example.``, ``example.com:443``, ``https://example.com/page``.
        hosts: names with fixed addresses, which need no public suffix.

    Raises:
        InvalidDomain: with the reason.

    Source: UTS #46 and RFC 5891 for the name; the WHATWG URL standard for names that end in a number, which a resolver
    would take for an IPv4 address.
    """
    text = entry.strip()
    if not text:
        raise InvalidDomain("it is empty")
    if len(text) > ENTRY_LENGTH:
        raise InvalidDomain(f"it has more than {ENTRY_LENGTH} characters")
    host = text.lower() if _PLAIN.fullmatch(text.lower()) else _host(text)
    host = host.removesuffix(".")  # the root of the DNS, written out
    if hosts and (rule := hosts.get(host)) and rule.name == host:
        return host
    name = host if _PLAIN.fullmatch(host) else _encode(host)
    if len(name) > NAME_LENGTH:
        raise InvalidDomain(f"its name has more than {NAME_LENGTH} characters")
    if hosts and hosts.get(name):
        return name
    last = name.rpartition(".")[2]
    if ends_in_number(name):
        raise InvalidDomain("it is an IP address or ends like one; a domain is expected")
    if "." not in name:
        raise InvalidDomain("it is a single word; a domain such as example.com is expected")
    if not _is_suffix(last) and _suffixes().publicsuffix(name, accept_unknown=False) is None:
        raise InvalidDomain(f"it ends in .{last}, which is no public suffix")
    return name


def read_entries(entries: Iterable[str], hosts: HostMap | None = None) -> Entries:
    """Return the different domains of a list, in order, and every entry that is none."""
    domains: dict[str, Entry] = {}
    invalid: list[Invalid] = []
    repeats = 0
    for position, given in enumerate(entries):
        try:
            name = normalise(given, hosts)
        except InvalidDomain as error:
            invalid.append(Invalid(position, storable(given[:255]), str(error)))
            continue
        if name in domains:
            repeats += 1
        else:
            domains[name] = Entry(name, given.strip())
    return Entries(tuple(domains.values()), tuple(invalid), repeats)


def read_text(content: str | bytes) -> list[str]:
    """Return the entries of a file: one in each line, or a CSV with a column domain, url or website.

    A first line that names such a column makes it a CSV; its columns may be divided by commas, semicolons or tabs.
    Empty lines and lines that begin with ``#`` are left out.

    Args:
        content: the file; bytes are UTF-8, with or without a byte order mark, or UTF-16 with one.

    Raises:
        UnreadableList: it is not text, or no proper CSV, or has several columns and none of these names.
    """
    text = (_decode(content) if isinstance(content, bytes) else content).removeprefix("\ufeff")
    if "\x00" in text:
        raise UnreadableList("The file holds zero bytes; a text or CSV file is expected.")
    lines = text.splitlines()
    first = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    delimiter = next((mark for mark in ",;\t" if mark in first), ",")
    try:
        header = [cell.strip().lower() for cell in next(csv.reader([first], delimiter=delimiter), [])]
        named = [column for column in COLUMNS if column in header]
        if named:
            at = header.index(named[0])
            body = io.StringIO(text[text.index(first) + len(first) :], newline="")
            return [
                row[at].strip()
                for row in csv.reader(body, delimiter=delimiter, strict=True)
                if len(row) > at and row[at].strip() and not row[0].lstrip().startswith("#")
            ]
    except csv.Error as error:
        raise UnreadableList(f"The CSV cannot be read: {error}.") from error
    if len(header) > 1:
        raise UnreadableList(
            f"The first line has {len(header)} columns, none of them called domain, url or website. "
            "Name the column, or give one domain in each line."
        )
    return [line.strip().strip('"') for line in lines if line.strip() and not line.lstrip().startswith("#")]


def registered_domain(name: str, hosts: HostMap | None = None) -> str:
    """Return the part of a name that somebody has registered: ``example.co.uk`` of ``www.example.co.uk``.

    A mapped name counts as registered itself, with and without ``www.``; so does a public suffix, and an address.
    """
    if hosts and hosts.get(name):
        return name.removeprefix("www.")
    if is_address(name):
        return name
    return _suffixes().privatesuffix(name) or name


def ends_in_number(host: str) -> bool:
    """Return whether some programs take a host for an IPv4 address (WHATWG URL, "ends in a number")."""
    return _NUMBER.fullmatch(host.rpartition(".")[2]) is not None


def is_address(host: str) -> bool:
    """Return whether a host is an IP address, perhaps with a scope."""
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


@cache
def _is_suffix(label: str) -> bool:
    """Whether a last label is a public suffix itself, as most are: then so is some part of every name under it."""
    return _suffixes().publicsuffix(f"example.{label}", accept_unknown=False) is not None


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _host(text: str) -> str:
    if _UNSEEN.search(text):
        raise InvalidDomain("it contains blanks, control characters or backslashes")
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise InvalidDomain(f"{scheme[1]} is not read; http and https are")
    try:
        parts = urlsplit(text if scheme else f"http://{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise InvalidDomain("it is not a well-formed address") from None
    if "@" in parts.netloc:
        raise InvalidDomain("it contains a user name or is an e-mail address")
    if "[" in parts.netloc:
        raise InvalidDomain("it is an IP address or ends like one; a domain is expected")
    if not host:
        raise InvalidDomain("it names no host")
    if port is not None and port not in PORTS:
        raise InvalidDomain(f"port {port} is not read; 80 and 443 are")
    return host


def _encode(host: str) -> str:
    try:
        if host.endswith((".", "\u3002", "\uff0e", "\uff61")):
            raise UnicodeError("Empty label")
        return idna.encode(host, uts46=True, std3_rules=True, transitional=False).decode("ascii")
    except UnicodeError as error:  # idna's own errors are UnicodeErrors
        _refuse(host, error)


def _refuse(host: str, error: UnicodeError) -> NoReturn:
    if ".." in host or host.startswith(".") or host.endswith("."):
        reason = "it has an empty part between two dots"
    elif any(len(label) > 63 for label in host.split(".")):
        reason = "a part between dots has more than 63 characters"
    elif "_" in host:
        reason = "an underscore cannot occur in the name of a website"
    else:
        reason = f"its name is not valid ({str(error).rstrip('.')})"
    raise InvalidDomain(reason) from None


def _decode(content: bytes) -> str:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableList("The file is not in UTF-8; save it as UTF-8 text or CSV.") from error
