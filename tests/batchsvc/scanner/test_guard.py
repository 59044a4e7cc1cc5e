"""No connection is ever made to a place that is not public, in whatever form it comes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from batchsvc.scanner import ErrorCode, HostMap, ScanContext, ScanError, resolver
from batchsvc.scanner.guard import Guard, why_refused
from batchsvc.scanner.resolver import Resolver
from batchsvc.scanner.website import WebsiteScanner
from batchsvc.settings import HostRule
from tests.batchsvc.scanner.hostile import Target, addresses, targets

SERVER = "127.0.0.2"  # allowed, so that redirects can be served; its neighbour 127.0.0.1 is not
PUBLIC = ["203.0.114.1", "2a00:1450:4001::1", "1.1.1.1", "8.8.8.8", "192.0.1.1", "198.20.0.1", "2606:4700::1111"]


class Spy(socket.socket):
    """Takes note of every connection, and makes only those to the test's own server."""

    seen: list[str]

    def connect(self, address: Any) -> None:
        self.seen.append(address[0])
        if address[0] != SERVER:
            raise ConnectionRefusedError(111, "the spy refuses")
        super().connect(address)


class AtTheResolverAlone(Guard):
    """What is often done: names are judged, the connection is not."""

    def socket(self, addr_info: tuple[Any, ...]) -> socket.socket:
        return self._make_socket(*addr_info[:3])


@asynccontextmanager
async def redirecting(corpus: list[Target]) -> AsyncIterator[int]:
    chains = {target.domain: target.redirects for target in corpus}

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/robots.txt":
            return web.Response(status=404)
        chain = chains[request.host.partition(":")[0]]
        at = chain.index(request.path) + 1 if request.path in chain else 0
        return web.Response(status=302, headers={"Location": chain[at]})

    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, SERVER, 0).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def attack(kind: type[Guard], corpus: list[Target]) -> tuple[list[str], dict[str, str]]:
    """Scan every target; return the addresses connected to and each outcome."""
    seen: list[str] = []
    spy = type("Watching", (Spy,), {"seen": seen})
    asked: dict[str, int] = {}
    scripts = {target.domain: target.answers for target in corpus if target.answers}
    scripts["inside.example"] = (("10.0.0.8",),)

    async def dns(name: str) -> list[str]:
        script = scripts.get(name)
        if script is None:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        asked[name] = asked.get(name, 0) + 1
        return list(script[min(asked[name], len(script)) - 1])

    async with redirecting(corpus) as port:
        rules = [HostRule(target.domain, SERVER, port) for target in corpus if target.redirects]
        rules.append(HostRule("mapped.private", "10.9.8.7", 80))
        hosts = HostMap(rules)
        guard = kind([f"{SERVER}/32"], hosts, spy)
        outcomes: dict[str, str] = {}
        judge = Resolver(Guard([f"{SERVER}/32"], hosts), hosts, lookup=dns)
        async with WebsiteScanner(hosts=rules, guard=guard, resolver=judge) as scanner:

            async def scan(target: Target) -> None:
                try:
                    await scanner.scan(target.domain, ScanContext(max_pages=3))
                    outcomes[target.name] = "completed"
                except ScanError as error:
                    outcomes[target.name] = error.code.value

            await asyncio.gather(*map(scan, corpus))
    return [address for address in seen if address != SERVER], outcomes


def test_nothing_that_is_not_public_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolver, "KEPT_SECONDS", 0.0)  # each question is asked anew: the window that rebinding needs
    corpus = targets()
    assert len(corpus) >= 150
    seen, outcomes = asyncio.run(attack(Guard, corpus))
    assert [address for address in seen if why_refused(address)] == []
    # Public addresses were tried only for the names that have one as well.
    assert set(seen) <= {"203.0.114.1", "2a00:1450:4001::1"}
    mixed = {target.name for target in corpus if target.name.startswith(("changes", "public"))}
    refused = {name for name, code in outcomes.items() if code == ErrorCode.BLOCKED_ADDRESS}
    assert outcomes["5 redirects"] == ErrorCode.TOO_MANY_REDIRECTS
    # One spelling is no address to anybody, and is not found as a name.
    elsewhere = {name: code for name, code in outcomes.items() if name not in refused | mixed}
    assert set(elsewhere) <= {"5 redirects", "redirect to 127%2e0%2e0%2e1"}, elsewhere
    assert not [name for name, code in outcomes.items() if code in ("completed", "internal")]


def test_a_guard_at_the_resolver_alone_leaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolver, "KEPT_SECONDS", 0.0)
    seen, _ = asyncio.run(attack(AtTheResolverAlone, targets()))
    leaks = {address for address in seen if why_refused(address)}
    assert len(leaks) > 100
    assert {"127.0.0.1", "169.254.169.254", "::1"} <= leaks


def test_special_addresses_are_refused_and_public_ones_are_not() -> None:
    assert [address for address in addresses() if not why_refused(address)] == []
    guard = Guard()
    for address in PUBLIC:
        assert why_refused(address) is None
        assert guard.refusal(address, 443) is None
        assert guard.refusal(address, 25) == "Port 25 is not asked; 80 and 443 are."


def test_networks_can_be_allowed_and_mapped_ports_with_them() -> None:
    hosts = HostMap([HostRule("shop.test", "10.1.2.3", 8099)])
    guard = Guard(["10.1.0.0/16", "fd00::/8"], hosts)
    assert guard.refusal("10.1.2.3", 80) is None
    assert guard.refusal("10.1.2.3", 8099) is None
    assert guard.refusal("::ffff:10.1.2.3", 80) is None
    assert guard.refusal("fd00::1", 443) is None
    assert "Port 8098" in (guard.refusal("10.1.2.3", 8098) or "")
    assert "not a public address" in (guard.refusal("10.2.0.1", 80) or "")
    assert "not a public address" in (Guard((), hosts).refusal("10.1.2.3", 8099) or "")
