"""Whatever a server does, the scan ends in time, with a code of the list, and without taking the memory."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiohttp.abc import ResolveResult

from batchsvc.scanner import ErrorCode, ScanContext, ScanError
from batchsvc.scanner.guard import Guard
from batchsvc.scanner.limits import Limits
from batchsvc.scanner.resolver import Resolver
from batchsvc.scanner.website import WebsiteScanner
from tests.batchsvc.scanner.misbehaving import BEHAVIOURS, certificate, misbehaving

LIMITS = Limits(connect_seconds=1.0, read_seconds=1.0, page_seconds=2.0)
LOOPBACK = ["127.0.0.0/8"]


async def outcomes(copies: int, limits: Limits = LIMITS) -> dict[str, str | None]:
    """Scan every behaviour so many times, all at once; return the code of each, None for a page."""
    found: dict[str, str | None] = {}
    async with misbehaving() as hosts, WebsiteScanner(hosts=hosts, allow_networks=LOOPBACK, limits=limits) as scanner:

        async def scan(name: str) -> None:
            try:
                await scanner.scan(name, ScanContext())
                found[name] = None
            except ScanError as error:
                found[name] = error.code.value

        await asyncio.gather(*(scan(f"n{copy}.{name}.test") for name in BEHAVIOURS for copy in range(copies)))
    return found


def test_every_misbehaviour_has_its_code_in_time() -> None:
    begun = time.monotonic()
    # Servers and scans begin all at once in one process: a busy machine may take a second for that alone.
    found = asyncio.run(outcomes(1, Limits(connect_seconds=4.0, read_seconds=2.0, page_seconds=4.0)))
    assert {name.split(".")[1]: code for name, code in found.items()} == {
        name: code for name, (_, code) in BEHAVIOURS.items()
    }
    # Four seconds for a page, and as long for pages that are to be taken apart by one thread.
    assert time.monotonic() - begun < 20


MEMORY = """
import asyncio, gc, sys, threading, time
from batchsvc.scanner.limits import Limits
from tests.batchsvc.scanner import misbehaving
from tests.batchsvc.scanner.test_misbehaving import BEHAVIOURS, LIMITS, outcomes

def rss():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 1e6

names = sys.argv[1].split(",")
for name in list(BEHAVIOURS):
    if name not in names:
        del BEHAVIOURS[name]
asyncio.run(outcomes(1))
gc.collect()
before = peak = rss()
over = False

def watch():
    global peak
    while not over:
        peak = max(peak, rss())
        time.sleep(0.002)

thread = threading.Thread(target=watch)
thread.start()
found = asyncio.run(outcomes(100 // len(names), Limits(page_seconds=20.0)))
over = True
thread.join()
print(len(found), set(found.values()), round(peak - before, 1))
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads the memory from /proc")
@pytest.mark.parametrize("names", ["gzip-bomb", "endless-body,endless-chunks,endless-headers,endless-header", "large"])
def test_a_hundred_at_a_time_take_less_than_50_megabytes(names: str) -> None:
    """In a process of its own, the misbehaving servers among what is measured."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", MEMORY, names],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout.split()[-1]) < 50, done.stdout


@pytest.mark.parametrize("kind", ["unsigned", "plain", "closing", "silent"])
def test_broken_tls(kind: str, tmp_path: Path) -> None:
    """Nobody listens on the port for http, so that it is no way out."""

    async def run() -> ErrorCode:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if kind == "plain":
                writer.write(b"SSH-2.0-OpenSSH_9.6\r\n")
                await writer.drain()
            elif kind == "silent":
                await reader.read()
            writer.close()

        context = certificate(tmp_path) if kind == "unsigned" else None
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]

        class Elsewhere(Resolver):
            async def resolve(
                self, host: str, asked: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
            ) -> list[ResolveResult]:
                found = await super().resolve(host, asked, family)
                return [{**answer, "port": port if asked == 443 else 1} for answer in found]

        class AnyPort(Guard):
            def refusal(self, address: str, port: int) -> str | None:
                return super().refusal(address, 443)

        guard = AnyPort(LOOPBACK)

        async def dns(name: str) -> list[str]:
            return ["127.0.0.1"]

        resolver = Elsewhere(guard, lookup=dns)
        async with server, WebsiteScanner(guard=guard, resolver=resolver, limits=LIMITS) as scanner:
            with pytest.raises(ScanError) as caught:
                await scanner.scan("somebody.example", ScanContext())
        await asyncio.sleep(0.05)  # lets the server's side of the connections close
        return caught.value.code

    assert (
        asyncio.run(run())
        == {
            "unsigned": ErrorCode.TLS_ERROR,
            "plain": ErrorCode.TLS_ERROR,
            "closing": ErrorCode.CONNECT_FAILED,
            "silent": ErrorCode.CONNECT_TIMEOUT,
        }[kind]
    )


HTTPS = """
import asyncio, sys
from pathlib import Path
from batchsvc.scanner import ScanContext, ScanError
from tests.batchsvc.scanner.local import scanner
from tests.batchsvc.scanner.misbehaving import loaded

async def serve(reader, writer):
    await reader.readuntil(b"\\r\\n\\r\\n")
    writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\nContent-Length: 3\\r\\n\\r\\n<p>")
    await writer.drain()
    writer.close()

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=loaded(Path(sys.argv[1])))
    async with server, scanner(1, server.sockets[0].getsockname()[1]) as scans:
        for name in ("somebody.example", "else.example"):
            try:
                print((await scans.scan(name, ScanContext())).url)
            except ScanError as error:
                print(error)

asyncio.run(main())
"""


def test_a_certificate_that_is_trusted_and_one_of_another_name(tmp_path: Path) -> None:
    """In a process of its own, whose authorities are the test's."""
    certificate(tmp_path)
    chain = tmp_path / "chain.pem"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", HTTPS, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3]), "SSL_CERT_FILE": str(chain)},
    )
    assert done.stdout.splitlines() == [
        "https://somebody.example/",
        "tls_error: The certificate is not valid: hostname mismatch, certificate is not valid for 'else.example'.",
    ], done.stderr
