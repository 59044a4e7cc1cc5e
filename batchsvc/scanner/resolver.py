"""The addresses of a name: from the static map, else from the DNS, sifted by the guard and kept for a minute."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult

from batchsvc.scanner.codes import ErrorCode
from batchsvc.scanner.guard import Guard
from batchsvc.scanner.hosts import HostMap
from batchsvc.scanner.protocol import ScanError

THREADS = 64  # the loop's own pool has as few as five, and every slow name server holds one
ADDRESSES = 8
KEPT_SECONDS = 60.0
KEPT_NAMES = 10_000

_NO_SUCH_NAME = {
    getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA", "EAI_ADDRFAMILY") if hasattr(socket, name)
}

Lookup = Callable[[str], Awaitable[list[str]]]


@dataclass(frozen=True, slots=True)
class Answer:
    """The addresses of a name that may be asked.

    Attributes:
        addresses: at most eight of them, in order.
        port: the port of the static map, None for a name of the DNS.
    """

    addresses: tuple[str, ...]
    port: int | None


class Resolver(AbstractResolver):
    """Looks names up.

    Args:
        guard: decides which addresses are left out.
        hosts: names with fixed addresses.
        timeout: seconds for an answer.
        lookup: asks the DNS; by default through the system's resolver, in threads of its own.
    """

    def __init__(
        self, guard: Guard, hosts: HostMap | None = None, timeout: float = 5.0, lookup: Lookup | None = None
    ) -> None:
        self._guard = guard
        self._hosts = hosts or HostMap()
        self._timeout = timeout
        self._lookup = lookup or self._ask_system
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="batchsvc-dns")
        self._kept: OrderedDict[str, tuple[float, Answer]] = OrderedDict()

    async def answer(self, name: str) -> Answer:
        """Return the addresses of a name.

        Raises:
            ScanError: ``dns_nxdomain``, ``dns_failure``, or ``blocked_address`` where it has only such addresses.
        """
        name = name.rstrip(".").lower()
        if rule := self._hosts.get(name):
            return self._sifted(name, [rule.address], rule.port)
        if (kept := self._kept.get(name)) and kept[0] > time.monotonic():
            return kept[1]
        try:
            async with asyncio.timeout(self._timeout):
                found = await self._lookup(name)
        except TimeoutError:
            raise ScanError(
                ErrorCode.DNS_FAILURE, f"The DNS gave no answer for {name} within {self._timeout:g} s."
            ) from None
        except socket.gaierror as error:
            if error.errno in _NO_SUCH_NAME:
                raise ScanError(ErrorCode.DNS_NXDOMAIN, f"The DNS knows no address of {name}.") from error
            raise ScanError(ErrorCode.DNS_FAILURE, f"The DNS failed for {name}: {error.strerror}.") from error
        except (OSError, UnicodeError) as error:
            raise ScanError(ErrorCode.DNS_FAILURE, f"The DNS could not be asked for {name}: {error}.") from error
        answer = self._sifted(name, found, None)
        self._kept[name] = (time.monotonic() + KEPT_SECONDS, answer)
        self._kept.move_to_end(name)
        if len(self._kept) > KEPT_NAMES:
            self._kept.popitem(last=False)
        return answer

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Answer the connector, from what was kept where it is recent.

        Raises:
            ScanError: as :meth:`answer`.
        """
        answer = await self.answer(host)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=answer.port or port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in answer.addresses
        ]

    async def close(self) -> None:
        """Give the threads back, without waiting for name servers that do not answer."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _sifted(self, name: str, found: list[str], port: int | None) -> Answer:
        if not found:
            raise ScanError(ErrorCode.DNS_NXDOMAIN, f"The DNS knows no address of {name}.")
        refusals = {address: self._guard.refusal(address, port or 443) for address in found}
        addresses = [address for address, refusal in refusals.items() if refusal is None]
        if not addresses:
            reasons = " ".join(refusal for refusal in refusals.values() if refusal)
            raise ScanError(ErrorCode.BLOCKED_ADDRESS, f"{name} is not asked. {reasons}")
        return Answer(tuple(addresses[:ADDRESSES]), port)

    async def _ask_system(self, name: str) -> list[str]:
        # The dot at the end keeps the system from trying the name within its own search domains as well.
        def ask() -> list[str]:
            found = socket.getaddrinfo(f"{name}.", None, type=socket.SOCK_STREAM)
            return list(dict.fromkeys(str(ip_address(entry[4][0])) for entry in found))

        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)
