"""The scanner that comes along: reads a website breadth first and puts the facts of its pages together."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from types import TracebackType
from typing import TYPE_CHECKING, Self

from yarl import URL

from batchsvc.scanner.codes import ErrorCode
from batchsvc.scanner.domains import is_address, registered_domain
from batchsvc.scanner.facts.page import PageFacts, read_page
from batchsvc.scanner.fetch import Fetcher, Response
from batchsvc.scanner.guard import Guard
from batchsvc.scanner.hosts import HostMap
from batchsvc.scanner.limits import Allowance, Limits
from batchsvc.scanner.politeness import Politeness
from batchsvc.scanner.protocol import PageVisit, ScanContext, ScanError, ScanResult
from batchsvc.scanner.resolver import Resolver
from batchsvc.scanner.robots import Robots

if TYPE_CHECKING:
    from batchsvc.settings import HostRule

PRODUCT = "batchsvc"
LINKS_LENGTH = 1_000_000  # characters of addresses that are kept of one site

# Where another spelling of the address may lead further; anything else the site has answered, and that counts.
_TRY_ANOTHER = (
    ErrorCode.DNS_NXDOMAIN,
    ErrorCode.CONNECT_REFUSED,
    ErrorCode.CONNECT_TIMEOUT,
    ErrorCode.CONNECT_FAILED,
    ErrorCode.TLS_ERROR,
)
# After these a site is left alone for the rest of the scan.
_STOP_AT = (ErrorCode.HTTP_429, ErrorCode.ROBOTS_UNREACHABLE)
_FAILURES_IN_A_ROW = 3
_NO_PAGES = frozenset(
    "7z avi bmp css csv doc docx eot epub exe gif gz ico ics iso jpeg jpg js json m4a m4v mov mp3 mp4 mpeg odt ogg otf "
    "pdf png ppt pptx rar rss svg tar tgz tif tiff ttf txt vcf wav webm webp wmv woff woff2 xls xlsx xml zip".split()
)


class WebsiteScanner:
    """Scans websites; one of it serves all scans of a process, and is to be entered before use.

    Args:
        hosts: names with fixed addresses.
        allow_networks: networks that may be asked although they are not public.
        limits: how long and how large.
        contact: an address that tells the owner of a site who is asking; it becomes part of the User-Agent.
        pause: seconds between two requests to one site, where it does not ask for more itself.
        obey_robots: whether robots.txt is read and followed.
        guard: decides on addresses, in place of one made of ``hosts`` and ``allow_networks``.
        resolver: looks names up, in place of the system's.
    """

    def __init__(
        self,
        *,
        hosts: Iterable[HostRule] = (),
        allow_networks: Iterable[IPv4Network | IPv6Network | str] = (),
        limits: Limits | None = None,
        contact: str = "",
        pause: float = 0.0,
        obey_robots: bool = True,
        guard: Guard | None = None,
        resolver: Resolver | None = None,
    ) -> None:
        self._hosts = HostMap(hosts)
        self._limits = limits or Limits()
        guard = guard or Guard(allow_networks, self._hosts)
        self._fetcher = Fetcher(
            guard,
            resolver or Resolver(guard, self._hosts, self._limits.dns_seconds),
            self._hosts,
            Politeness(pause),
            self._limits,
            f"Mozilla/5.0 (compatible; {PRODUCT}{f'; +{contact}' if contact else ''})",
        )
        self._robots = Robots(self._fetcher, PRODUCT) if obey_robots else None
        # One at a time: a page takes a processor, and the memory of one page is known.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="batchsvc-page")

    async def __aenter__(self) -> Self:
        await self._fetcher.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._fetcher.__aexit__(kind, error, trace)
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def scan(self, domain: str, context: ScanContext) -> ScanResult:
        """Scan a website; see :class:`batchsvc.scanner.protocol.Scanner`."""
        begun = time.monotonic()
        allowance = Allowance(self._limits.scan_seconds)
        url, status, facts = await self._front_page(domain, allowance)
        site = _Site(domain, url, facts, registered_domain(url.raw_host or domain, self._hosts))
        site.visits.append(PageVisit(str(url), status, facts.title))
        site.note_links(facts, self._hosts)
        stopped = await self._other_pages(site, max(context.max_pages, 1), allowance)
        return site.result(stopped, time.monotonic() - begun)

    async def _front_page(self, domain: str, allowance: Allowance) -> tuple[URL, int, PageFacts]:
        """Read the first page, by https or http, with or without www."""
        failure: ScanError | None = None
        unknown: set[str | None] = set()
        for url in self._addresses(domain):
            if url.raw_host in unknown:
                continue
            try:
                async with self._page(url, allowance) as (response, facts):
                    return response.url, response.status, facts
            except ScanError as error:
                failed_at = URL(error.url).raw_host if error.url else url.raw_host
                # Failing at another host, it has answered: with a redirect to there.
                if error.code not in _TRY_ANOTHER or (
                    failed_at != url.raw_host and error.code is not ErrorCode.TLS_ERROR
                ):
                    raise
                if error.code is ErrorCode.DNS_NXDOMAIN:
                    unknown.add(failed_at)
                # The usual address says more than the others, unless there is no such name and another one exists.
                if failure is None or (failure.code is ErrorCode.DNS_NXDOMAIN) > (error.code is ErrorCode.DNS_NXDOMAIN):
                    failure = error
        assert failure is not None, "at least one address was tried"
        raise failure

    def _addresses(self, domain: str) -> list[URL]:
        if rule := self._hosts.get(domain):
            return [URL.build(scheme="https" if rule.port == 443 else "http", host=domain, path="/")]
        names = [domain]
        if registered_domain(domain) == domain and not is_address(domain):
            names.append(f"www.{domain}")
        return [URL.build(scheme=scheme, host=name, path="/") for name in names for scheme in ("https", "http")]

    async def _other_pages(self, site: _Site, max_pages: int, allowance: Allowance) -> str | None:
        failures = requests = 0
        while site.waiting:
            if len(site.visits) >= max_pages or requests > 2 * max_pages:
                return "max_pages"
            if allowance.left <= 0:
                return "time"
            requests += 1
            url = URL(site.waiting.popleft())
            try:
                async with self._page(url, allowance) as (response, facts):
                    failures = 0
                    site.add(url, response, facts, self._hosts)
            except ScanError as error:
                if error.code is ErrorCode.ROBOTS_DISALLOWED:
                    continue  # not asked for, and so not a page
                site.visits.append(PageVisit(str(url), error_code=error.code))
                failures = failures + 1 if error.retryable else 0
                if error.code in _STOP_AT or failures >= _FAILURES_IN_A_ROW:
                    return error.code.value if site.waiting else None
        return None

    @asynccontextmanager
    async def _page(self, url: URL, scan: Allowance) -> AsyncIterator[tuple[Response, PageFacts]]:
        page = Allowance(min(self._limits.page_seconds, scan.left))
        before = page.left

        async def permission(hop: URL) -> float:
            return await self._robots.pause(hop, page) if self._robots else 0.0

        try:
            async with AsyncExitStack() as stack:
                response = await stack.enter_async_context(self._fetcher.page(url, page, permission))
                facts = await self._facts(response)
                yield response, facts
        finally:
            scan.left -= before - page.left

    async def _facts(self, response: Response) -> PageFacts:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(
                self._thread, read_page, response.body, response.url, response.charset, response.headers
            )
        except (ValueError, IndexError, KeyError, RecursionError) as error:
            message = f"The page could not be taken apart: {type(error).__name__}."
            raise ScanError(ErrorCode.PARSE_ERROR, message, url=str(response.url)) from error


@dataclass(slots=True)
class _Site:
    """What is known of a site while it is read."""

    domain: str
    url: URL
    front: PageFacts
    registered: str
    visits: list[PageVisit] = field(default_factory=list)
    waiting: deque[str] = field(default_factory=deque)
    known: set[str] = field(default_factory=set)
    known_length: int = 0

    def note_links(self, facts: PageFacts, hosts: HostMap) -> None:
        """Put the links of a page to pages of the same site at the end of the queue."""
        self.known.add(str(self.url))
        if facts.nofollow:
            return
        for link in facts.links:
            if link not in self.known and self.known_length < LINKS_LENGTH and self._is_page(URL(link), hosts):
                self.known_length += len(link)
                self.known.add(link)
                self.waiting.append(link)

    def add(self, asked: URL, response: Response, facts: PageFacts, hosts: HostMap) -> None:
        """Add what another page says."""
        if response.url != asked:
            if any(visit.url == str(response.url) for visit in self.visits):
                return  # a redirect to a page that has been read
            self.known.add(str(response.url))
            if registered_domain(response.url.raw_host or "", hosts) != self.registered:
                self.visits.append(PageVisit(str(response.url), response.status))
                return  # somebody else's page
        self.visits.append(PageVisit(str(response.url), response.status, facts.title))
        for address in facts.emails:
            self.front.emails.setdefault(address)
        for number in facts.phones:
            self.front.phones.setdefault(number)
        for network, link in facts.social_links.items():
            self.front.social_links.setdefault(network, link)
        self.front.technologies.merge(facts.technologies)
        self.note_links(facts, hosts)

    def result(self, stopped: str | None, seconds: float) -> ScanResult:
        front = self.front
        technologies = front.technologies.concluded()
        return ScanResult(
            domain=self.domain,
            url=str(self.url),
            title=front.title,
            description=front.description,
            language=front.language,
            favicon_url=front.favicon_url,
            logo_url=front.logo_url,
            is_wordpress="wordpress" in technologies,
            wordpress_version=technologies.get("wordpress", {}).get("version"),
            has_elementor="elementor" in technologies,
            tech_stack=technologies,
            email_addresses=tuple(front.emails),
            phone_numbers=tuple(front.phones),
            social_links=dict(front.social_links),
            pages=tuple(self.visits),
            stopped=stopped,
            seconds=round(seconds, 3),
        )

    def _is_page(self, link: URL, hosts: HostMap) -> bool:
        if registered_domain((link.raw_host or "").rstrip(".").lower(), hosts) != self.registered:
            return False
        name, dot, suffix = link.name.rpartition(".")
        return not (name and dot and suffix.lower() in _NO_PAGES)
