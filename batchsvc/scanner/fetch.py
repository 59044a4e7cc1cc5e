"""Fetches one page: every hop guarded, in its turn, within its limits, and each failure with a code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from batchsvc.scanner.bodies import ACCEPT_ENCODING, SNIFFED, Decompressor, is_html, looks_like_html
from batchsvc.scanner.codes import ErrorCode
from batchsvc.scanner.domains import ends_in_number, is_address, registered_domain
from batchsvc.scanner.failures import of_exception, of_status, seconds_of
from batchsvc.scanner.guard import PORTS, Guard
from batchsvc.scanner.hosts import HostMap
from batchsvc.scanner.limits import Allowance, Limits, Memory
from batchsvc.scanner.politeness import RETRY_AFTER_CAP, AskedToWait, Politeness
from batchsvc.scanner.protocol import ScanError
from batchsvc.scanner.resolver import Resolver

_REDIRECTS = frozenset({301, 302, 303, 307, 308})

Permission = Callable[[URL], Awaitable[float]]
"""Asked before each hop; returns the seconds between two requests that the site asks for, or raises ScanError."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer that has been read.

    Attributes:
        url: its address, after redirects.
        status: the HTTP status.
        headers: names and values.
        charset: the character set that the header Content-Type names.
        body: decompressed.
    """

    url: URL
    status: int
    headers: tuple[tuple[str, str], ...]
    charset: str | None
    body: bytes | bytearray


class Fetcher:
    """Fetches pages; to be entered before use.

    Args:
        guard: decides which addresses may be asked.
        resolver: looks names up.
        hosts: names with fixed addresses.
        politeness: whose turn it is.
        limits: how long and how large.
        user_agent: what the scanner calls itself.
    """

    def __init__(
        self,
        guard: Guard,
        resolver: Resolver,
        hosts: HostMap,
        politeness: Politeness,
        limits: Limits,
        user_agent: str,
    ) -> None:
        self._guard = guard
        self._resolver = resolver
        self._hosts = hosts
        self._politeness = politeness
        self._limits = limits
        self._user_agent = user_agent
        self._memory = Memory(limits.memory_bytes)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        limits = self._limits
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=self._resolver,
                socket_factory=self._guard.socket,
                use_dns_cache=False,  # the resolver keeps its answers, which the turns at an address go by
                limit=0,  # the turns and the worker's concurrency are the limit
                keepalive_timeout=1.5,  # from one page of a site to the next; more would only hold sockets
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,  # a proxy would look names up and connect where the guard does not see it
            auto_decompress=False,
            read_bufsize=16 * 1024,
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=limits.connect_seconds, sock_read=limits.read_seconds
            ),
            headers={
                "User-Agent": self._user_agent,
                "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1",
                "Accept-Encoding": ACCEPT_ENCODING,
                "Accept-Language": "en;q=0.5,*;q=0.1",
            },
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
        await self._resolver.close()

    @asynccontextmanager
    async def page(self, url: URL, allowance: Allowance, permission: Permission) -> AsyncIterator[Response]:
        """Fetch a page, and keep the memory it takes until the block ends.

        Args:
            url: its address.
            allowance: seconds that are left for it.
            permission: asked before each hop.

        Raises:
            ScanError: it could not be fetched.
        """
        async with AsyncExitStack() as stack:
            yield await self._follow(url, allowance, permission, stack, html=True, size=self._limits.body_bytes)

    @asynccontextmanager
    async def robots(self, url: URL, allowance: Allowance) -> AsyncIterator[Response]:
        """Fetch a robots.txt, or as much of it as is read, and keep the memory it takes until the block ends.

        Raises:
            ScanError: it could not be fetched.
        """
        async with AsyncExitStack() as stack:
            yield await self._follow(url, allowance, _anywhere, stack, html=False, size=self._limits.robots_bytes)

    async def _follow(
        self, url: URL, allowance: Allowance, permission: Permission, stack: AsyncExitStack, *, html: bool, size: int
    ) -> Response:
        seen: list[URL] = []
        while True:
            url = self._checked(url)
            if url in seen:
                raise ScanError(ErrorCode.TOO_MANY_REDIRECTS, "The server redirects in a circle.", url=str(url))
            if len(seen) > self._limits.redirects:
                message = f"The server redirects more than {self._limits.redirects} times."
                raise ScanError(ErrorCode.TOO_MANY_REDIRECTS, message, url=str(url))
            seen.append(url)
            pause = await permission(url)
            answer = await self._hop(url, pause, allowance, stack, html=html, size=size)
            if isinstance(answer, Response):
                return answer
            url = answer

    def _checked(self, url: URL) -> URL:
        """Return an address as it is asked for, or refuse it; what it leads to is for the guard to judge."""
        if url.scheme not in ("http", "https"):
            raise ScanError(
                ErrorCode.BLOCKED_ADDRESS, f"{url.scheme or 'An address without scheme'} is not read.", url=str(url)
            )
        host = (url.raw_host or "").rstrip(".").lower()
        if not host:
            raise ScanError(ErrorCode.BAD_RESPONSE, "The address names no host.", url=str(url))
        if ends_in_number(host) and not is_address(host):
            message = f"{host} is a number that only some programs take for an address."
            raise ScanError(ErrorCode.BLOCKED_ADDRESS, message, url=str(url))
        rule = self._hosts.get(host)
        if url.port not in PORTS and not (rule and url.port == rule.port):
            raise ScanError(ErrorCode.BLOCKED_ADDRESS, f"Port {url.port} is not asked; 80 and 443 are.", url=str(url))
        url = url.with_user(None).with_fragment(None)
        if rule and url.scheme == "https" and rule.port != 443:
            return url.with_scheme("http").with_port(None)  # a mapped port speaks one protocol
        return url

    async def _hop(
        self, url: URL, pause: float, allowance: Allowance, stack: AsyncExitStack, *, html: bool, size: int
    ) -> Response | URL:
        host = (url.raw_host or "").rstrip(".").lower()
        domain = registered_domain(host, self._hosts)
        try:
            async with allowance.running():
                addresses = await self._addresses(host)
            async with self._politeness.turn(domain, addresses, pause), allowance.running():
                return await self._ask(url, domain, allowance, stack, html=html, size=size)
        except AskedToWait as error:
            raise ScanError(ErrorCode.HTTP_429, str(error), retry_after=error.seconds, url=str(url)) from error
        except asyncio.CancelledError:
            raise
        except Exception as error:
            raise of_exception(error, str(url)) from error

    async def _addresses(self, host: str) -> Iterable[str]:
        if self._hosts.get(host):
            return ()  # a mapped address serves many names, by design
        if is_address(host):
            return (host,)
        return (await self._resolver.answer(host)).addresses

    async def _ask(
        self, url: URL, domain: str, allowance: Allowance, stack: AsyncExitStack, *, html: bool, size: int
    ) -> Response | URL:
        assert self._session is not None, "the fetcher has to be entered first"
        async with self._session.get(url, allow_redirects=False) as response:
            # Leaving the block gives the connection back only where the answer was read to its end.
            if response.status in _REDIRECTS and "Location" in response.headers:
                return _target(url, response.headers["Location"])
            retry_after = response.headers.get("Retry-After")
            if retry_after and response.status in (429, 503) and (seconds := seconds_of(retry_after)):
                self._politeness.leave_alone(domain, min(seconds, RETRY_AFTER_CAP))
            if error := of_status(response.status, str(url), retry_after):
                raise error
            declared = is_html(response.headers.get("Content-Type", "")) if html else True
            if declared is False:
                kind = response.headers.get("Content-Type", "")[:100]
                raise ScanError(ErrorCode.NOT_HTML, f"The answer is {kind}, not an HTML page.", url=str(url))
            body = await self._read(response, allowance, stack, size, sniff=declared is None, cut=not html)
            headers = tuple(response.headers.items())
            return Response(url, response.status, headers, _charset(response.headers.get("Content-Type", "")), body)

    async def _read(
        self,
        response: aiohttp.ClientResponse,
        allowance: Allowance,
        stack: AsyncExitStack,
        size: int,
        *,
        sniff: bool,
        cut: bool,
    ) -> bytearray:
        if (response.content_length or 0) > size and not cut:
            raise _too_large(response, size)
        decompressor = Decompressor(response.headers.get("Content-Encoding", ""))
        body = bytearray()
        reserved = False
        try:
            async for data in response.content.iter_any():
                for piece in decompressor.feed(data):
                    body += piece
                    if sniff and len(body) >= SNIFFED:
                        sniff = _sniffed(body, response)
                    if len(body) > size:
                        if cut:
                            return body[:size]
                        raise _too_large(response, size)
                    if len(body) > self._limits.small_body_bytes and not reserved:
                        async with allowance.paused():
                            await stack.enter_async_context(self._memory.reserved(size))
                        reserved = True
            if sniff:
                _sniffed(body, response)
        except BaseException:
            body.clear()  # the traceback would keep it for as long as somebody keeps the exception
            raise
        return body


async def _anywhere(url: URL) -> float:
    return 0.0


def _too_large(response: aiohttp.ClientResponse, size: int) -> ScanError:
    return ScanError(ErrorCode.TOO_LARGE, f"The page is larger than {size:,} bytes.", url=str(response.url))


def _sniffed(body: bytearray, response: aiohttp.ClientResponse) -> bool:
    if not looks_like_html(body):
        raise ScanError(ErrorCode.NOT_HTML, "The answer does not begin like an HTML page.", url=str(response.url))
    return False


def _target(url: URL, location: str) -> URL:
    try:
        return url.join(URL(location.strip()))
    except ValueError as error:
        raise ScanError(ErrorCode.BAD_RESPONSE, "The server redirects to something that is no address.") from error


def _charset(content_type: str) -> str | None:
    for part in content_type.split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip()[:40] or None
    return None
