"""Servers that do what no server should, each under a name of its own."""

from __future__ import annotations

import asyncio
import gzip
import os
import ssl
import subprocess
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from batchsvc.settings import HostRule

Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]

_HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
_FOREVER = 1_000_000


def _bomb(size: int) -> bytes:
    made = zlib.compressobj(9, wbits=31)
    return b"".join(made.compress(b"<p>" * 100_000) for _ in range(size // 300_000)) + made.flush()


_BOMB = _bomb(50_000_000)


def _sends(*parts: bytes) -> Behaviour:
    async def behave(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            for at in range(0, len(part), 0x8000):
                writer.write(part[at : at + 0x8000])
                await writer.drain()

    return behave


def _repeats(begin: bytes, part: bytes, pause: float = 0.0) -> Behaviour:
    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(begin)
        for _ in range(_FOREVER):
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    return behave


async def _says_nothing(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(_FOREVER)


async def _resets(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


def _page(markup: bytes) -> Behaviour:
    return _sends(_HTML + b"Content-Length: %d\r\n\r\n" % len(markup), markup)


# Name → what the server does, and the code that it comes to; None for a page that can be read all the same.
BEHAVIOURS: dict[str, tuple[Behaviour, str | None]] = {
    "gzip-bomb": (
        _sends(_HTML + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(_BOMB), _BOMB),
        "too_large",
    ),
    "bomb-in-a-bomb": (
        _sends(_HTML + b"Content-Encoding: gzip, gzip\r\nConnection: close\r\n\r\n", gzip.compress(_BOMB)),
        "bad_response",
    ),
    "brotli": (_sends(_HTML + b"Content-Encoding: br\r\nConnection: close\r\n\r\nxxxx"), "bad_response"),
    "broken-gzip": (
        _sends(_HTML + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\n\x1f\x8bgarbage"),
        "bad_response",
    ),
    "endless-body": (_repeats(_HTML + b"Connection: close\r\n\r\n", b"<p>x</p>" * 4096), "too_large"),
    "endless-chunks": (
        _repeats(_HTML + b"Transfer-Encoding: chunked\r\n\r\n", b"8000\r\n" + b"x" * 0x8000 + b"\r\n"),
        "too_large",
    ),
    "large-by-its-own-word": (_sends(_HTML + b"Content-Length: 99999999999\r\n\r\n<p>"), "too_large"),
    "drip": (_repeats(_HTML + b"Connection: close\r\n\r\n", b"<", 0.05), "read_timeout"),
    "drip-of-headers": (_repeats(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", 0.05), "read_timeout"),
    "silence": (_says_nothing, "read_timeout"),
    "silence-after-headers": (_repeats(_HTML + b"Content-Length: 10\r\n\r\n", b"", 1.0), "read_timeout"),
    "endless-headers": (_repeats(b"HTTP/1.1 200 OK\r\n", b"X-Header: value\r\n" * 100), "bad_response"),
    "endless-header": (_repeats(b"HTTP/1.1 200 OK\r\nX-Header: ", b"x" * 4096), "bad_response"),
    "endless-status-line": (_repeats(b"HTTP/1.1 200 ", b"x" * 4096), "bad_response"),
    "endless-interim": (_repeats(b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 100), "read_timeout"),
    "no-http": (_sends(b"SSH-2.0-OpenSSH_9.6\r\n"), "bad_response"),
    "nul": (_sends(b"HTTP/1.1 200 OK\r\nA: \x00\r\n\r\n"), "bad_response"),
    "bad-chunk": (_sends(_HTML + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nxx"), "bad_response"),
    "closes": (_sends(), "connect_failed"),
    "resets": (_resets, "connect_failed"),
    "cut-off": (_sends(_HTML + b"Content-Length: 500\r\n\r\n<p>"), "connect_failed"),
    "picture": (_sends(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 4\r\n\r\n\x89PNG"), "not_html"),
    "binary": (_sends(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\x00\x01\x02\x03"), "not_html"),
    "circle": (_sends(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"), "too_many_redirects"),
    "nowhere": (_sends(b"HTTP/1.1 302 Found\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n"), "bad_response"),
    "no-target": (_sends(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"), "http_status"),
    "no-content": (_sends(b"HTTP/1.1 204 No Content\r\n\r\n"), "http_status"),
    "teapot": (_sends(b"HTTP/1.1 418 No\r\nContent-Length: 0\r\n\r\n"), "http_4xx"),
    "gone-wrong": (_sends(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"), "http_5xx"),
    "unsupported": (_sends(b"HTTP/1.1 505 No\r\nContent-Length: 0\r\n\r\n"), "http_status"),
    "busy": (_sends(b"HTTP/1.1 429 No\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n"), "http_429"),
    "late": (_sends(b"HTTP/1.1 408 No\r\nContent-Length: 0\r\n\r\n"), "http_408"),
    "large": (_page(b"<p>" + b"words and words " * 125_000), None),
    "tags": (_page(b"<div>" * 400_000), None),
    "attributes": (_page(b"<p " + b" ".join(b"a%d=1" % n for n in range(150_000)) + b">"), None),
    "angles": (_page(b"<" * 2_000_000), None),
    "deep-json": (_page(b"<script type=application/ld+json>" + b"[" * 200_000), None),
    "codec": (_page(b"<meta charset=punycode>" + b"a-" * 100_000), None),
    "nothing": (_page(b""), None),
}


@asynccontextmanager
async def misbehaving() -> AsyncIterator[tuple[HostRule, ...]]:
    """Serve every behaviour on a port of its own, under ``<copy>.<behaviour>.test``, and yield the map of hosts."""
    servers: list[asyncio.Server] = []
    tasks: set[asyncio.Task[None]] = set()
    writers: set[asyncio.StreamWriter] = set()
    rules: list[HostRule] = []

    def serving(behave: Behaviour) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            writers.add(writer)
            writer.transport.set_write_buffer_limits(high=32 * 1024)
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
                request = await reader.readuntil(b"\r\n\r\n")
                if b"GET /robots.txt" in request:
                    writer.write(b"HTTP/1.1 404 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                else:
                    await behave(writer)
                await writer.drain()
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()
            writers.discard(writer)

        return serve

    try:
        for name, (behave, _) in BEHAVIOURS.items():
            server = await asyncio.start_server(serving(behave), "127.0.0.1", 0)
            servers.append(server)
            rules.append(HostRule(f"*.{name}.test", "127.0.0.1", server.sockets[0].getsockname()[1]))
        yield tuple(rules)
    finally:
        for server in servers:
            server.close()
        for writer in writers:
            writer.transport.abort()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


_OPENSSL = (
    "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=somebody.example "
    "-addext subjectAltName=DNS:somebody.example"
).split()


def certificate(folder: Path) -> ssl.SSLContext:
    """Return what a server needs for a certificate that nobody has signed, made for this test."""
    key, chain = folder / "key.pem", folder / "chain.pem"
    subprocess.run(
        [*_OPENSSL, "-keyout", str(key), "-out", str(chain)],
        check=True,
        capture_output=True,
        env={**os.environ, "RANDFILE": str(folder / "random")},
    )
    return loaded(folder)


def loaded(folder: Path) -> ssl.SSLContext:
    """Return what a server needs for a certificate that has been made."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "chain.pem", folder / "key.pem")
    return context
