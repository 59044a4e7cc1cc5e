"""What a scanner is given and what it gives back.

A scanner is any object with the method of :class:`Scanner`; the one that comes along is
:class:`batchsvc.scanner.website.WebsiteScanner`. It knows nothing of batches, items or the database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol
from uuid import UUID

from batchsvc.scanner.codes import ErrorCode

MESSAGE_LENGTH = 500

# PostgreSQL stores no NUL in text or jsonb, and a lone surrogate is no UTF-8.
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


class ScanError(Exception):
    """A scan failed for a reason of the closed list.

    Args:
        code: which reason.
        message: what happened, for people; cut to 500 characters.
        retry_after: seconds for which the site asked to be left alone, if it did.
        url: the address at which it happened, if any.
    """

    def __init__(
        self, code: ErrorCode, message: str, *, retry_after: float | None = None, url: str | None = None
    ) -> None:
        self.code = code
        self.message = storable(message)[:MESSAGE_LENGTH]
        self.retry_after = retry_after
        self.url = url
        super().__init__(code, self.message)

    @property
    def retryable(self) -> bool:
        """Whether another attempt may end differently."""
        return self.code.retryable

    def __str__(self) -> str:
        return f"{self.code.value}: {self.message}"


@dataclass(frozen=True, slots=True)
class ScanContext:
    """What a scan needs to know beside the domain.

    Attributes:
        max_pages: most pages of the site to read, the first included; at least 1.
        attempt: which attempt at this domain it is, counted from 1.
        batch_id: the batch it belongs to, for log lines.
        tenant_id: whose batch that is, for log lines.
    """

    max_pages: int = 1
    attempt: int = 1
    batch_id: UUID | None = None
    tenant_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PageVisit:
    """One page that was asked for.

    Attributes:
        url: its address, after redirects.
        status: the HTTP status, if there was an answer.
        title: its title, if it is a page.
        error_code: why it could not be read, if it could not.
    """

    url: str
    status: int | None = None
    title: str | None = None
    error_code: ErrorCode | None = None


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a scan found.

    Attributes:
        domain: the domain that was asked for, in ASCII.
        url: the address of the first page, after redirects.
        title: its title.
        description: its description, as it gives itself.
        language: its language as a BCP 47 tag, such as ``de`` or ``pt-BR``.
        favicon_url: the address of its icon.
        logo_url: the address of its logo.
        is_wordpress: whether it is made with WordPress.
        wordpress_version: the version of that, where the site says it.
        has_elementor: whether it is made with Elementor.
        tech_stack: a name of a technology, such as ``woocommerce``, and what is known of it, such as ``version``.
        email_addresses: e-mail addresses on all pages read, in the order in which they were found.
        phone_numbers: telephone numbers on all pages read.
        social_links: ``facebook``, ``twitter``, ``linkedin``, ``instagram``, ``youtube`` and the site's address there.
        pages: every page that was asked for, the first included.
        stopped: why the site was left before all known pages were read: ``max_pages``, ``time`` or a retryable error
            code; None when nothing was left.
        seconds: how long the scan took.
        extra: whatever else a scanner wants to store, as JSON.
    """

    domain: str
    url: str | None = None
    title: str | None = None
    description: str | None = None
    language: str | None = None
    favicon_url: str | None = None
    logo_url: str | None = None
    is_wordpress: bool = False
    wordpress_version: str | None = None
    has_elementor: bool = False
    tech_stack: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    email_addresses: Sequence[str] = ()
    phone_numbers: Sequence[str] = ()
    social_links: Mapping[str, str] = field(default_factory=dict)
    pages: Sequence[PageVisit] = ()
    stopped: str | None = None
    seconds: float = 0.0
    extra: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON that PostgreSQL stores: without NUL and without lone surrogates."""
        document: dict[str, Any] = storable(asdict(self))
        document["pages_scanned"] = sum(page.error_code is None for page in self.pages)
        return document


class Scanner(Protocol):
    """Something that scans a domain."""

    async def scan(self, domain: str, context: ScanContext) -> ScanResult:
        """Scan a domain.

        Args:
            domain: a name in ASCII, lower case, as :func:`batchsvc.scanner.domains.normalise` gives it.
            context: how far to go.

        Raises:
            ScanError: it failed for a reason of the closed list. Any other exception counts as ``internal``.
        """
        ...


def storable(value: Any) -> Any:
    """Return a JSON value with every character left out that PostgreSQL does not store."""
    if isinstance(value, ErrorCode):
        return value.value
    if isinstance(value, str):
        return _NOT_STORABLE.sub("", value)
    if isinstance(value, Mapping):
        return {storable(str(key)): storable(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [storable(part) for part in value]
    return value
