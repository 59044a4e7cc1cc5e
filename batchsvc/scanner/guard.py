"""Which addresses may be asked, and the one place where every connection passes by.

The guard is the connector's socket factory: it sees the final address of each connection, whether that comes from the
DNS, a redirect or a literal, and nothing looks a name up again after it. A name's answer is also sifted before, for the
sake of a clear message; that alone would not protect.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from batchsvc.scanner.hosts import HostMap

PORTS = frozenset({80, 443})

# Bytes that the kernel keeps of one connection: a server that sends faster than is read has to wait. With a hundred
# connections at a time the system's own size would be many megabytes, each read in one piece.
RECEIVE_BUFFER = 32 * 1024

# Source: IANA IPv4 Special-Purpose Address Registry (RFC 6890 and later), multicast (RFC 5771), and one address of a
# cloud that answers its machines with their secrets, though it is a public one.
_REFUSED_4: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(network), what)
    for network, what in (
        ("0.0.0.0/8", "this network (RFC 791)"),
        ("10.0.0.0/8", "a private network (RFC 1918)"),
        ("100.64.0.0/10", "shared address space (RFC 6598)"),
        ("127.0.0.0/8", "this machine (RFC 1122)"),
        ("169.254.0.0/16", "link-local, where clouds keep their metadata (RFC 3927)"),
        ("172.16.0.0/12", "a private network (RFC 1918)"),
        ("192.0.0.0/24", "protocol assignments (RFC 6890)"),
        ("192.0.2.0/24", "documentation (RFC 5737)"),
        ("192.31.196.0/24", "AS112 (RFC 7535)"),
        ("192.52.193.0/24", "AMT (RFC 7450)"),
        ("192.88.99.0/24", "6to4 relays (RFC 7526)"),
        ("192.168.0.0/16", "a private network (RFC 1918)"),
        ("192.175.48.0/24", "AS112 (RFC 7534)"),
        ("198.18.0.0/15", "benchmarking (RFC 2544)"),
        ("198.51.100.0/24", "documentation (RFC 5737)"),
        ("203.0.113.0/24", "documentation (RFC 5737)"),
        ("224.0.0.0/4", "multicast (RFC 5771)"),
        ("240.0.0.0/4", "reserved (RFC 1112)"),
        ("168.63.129.16/32", "the host of a virtual machine in Azure"),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# Source: IANA IPv6 Special-Purpose Address Registry. Outside 2000::/3 nothing is asked, which covers loopback, unique
# local, link-local, multicast, NAT64, addresses that embed one of IPv4, and whatever may be assigned there later.
_REFUSED_6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(network), what)
    for network, what in (
        ("2001::/23", "protocol assignments, Teredo among them (RFC 2928)"),
        ("2001:db8::/32", "documentation (RFC 3849)"),
        ("2002::/16", "6to4, which embeds an IPv4 address (RFC 3056)"),
        ("2620:4f:8000::/48", "AS112 (RFC 7534)"),
        ("3fff::/20", "documentation (RFC 9637)"),
    )
)
_NETWORKS = IPv4Network | IPv6Network


class AddressRefused(OSError):
    """A connection was refused before it was begun; the message names the address and why."""


def why_refused(address: str) -> str | None:
    """Return why an address is not asked, or None for one that is public.

    Args:
        address: an IPv4 or IPv6 address as the resolver or a socket gives it, perhaps with a scope.

    Raises:
        ValueError: it is no address.
    """
    parsed = _unwrapped(address)
    if isinstance(parsed, IPv4Address):
        return next((what for network, what in _REFUSED_4 if parsed in network), None)
    if parsed not in _GLOBAL_UNICAST:
        return "not a global unicast address (RFC 4291)"
    return next((what for network, what in _REFUSED_6 if parsed in network), None)


class Guard:
    """Decides on addresses and ports, and makes the sockets for those that may be asked.

    Args:
        allow_networks: networks that may be asked although they are not public.
        hosts: names with fixed addresses, whose ports may be asked as well.
        make_socket: makes a socket of family, type and protocol.
    """

    def __init__(
        self,
        allow_networks: Iterable[IPv4Network | IPv6Network | str] = (),
        hosts: HostMap | None = None,
        make_socket: Callable[[int, int, int], socket.socket] = socket.socket,
    ) -> None:
        self._allowed: tuple[_NETWORKS, ...] = tuple(ip_network(network) for network in allow_networks)
        self._hosts = hosts or HostMap()
        self._make_socket = make_socket

    def refusal(self, address: str, port: int) -> str | None:
        """Return why an address and port are not asked, as a sentence, or None where they may be."""
        reason = why_refused(address)
        if reason is not None:
            parsed = _unwrapped(address)
            if not any(parsed.version == network.version and parsed in network for network in self._allowed):
                return f"{address} is not a public address: {reason}."
        if port not in PORTS and not self._hosts.has_endpoint(address.partition("%")[0], port):
            return f"Port {port} is not asked; 80 and 443 are."
        return None

    def socket(self, addr_info: tuple[Any, ...]) -> socket.socket:
        """Make the socket for one connection; a ``socket_factory`` of :class:`aiohttp.TCPConnector`.

        Raises:
            AddressRefused: the address or port must not be asked.
        """
        family, kind, protocol, _, target = addr_info
        if refusal := self.refusal(target[0], target[1]):
            raise AddressRefused(errno.EACCES, refusal)
        made = self._make_socket(family, kind, protocol)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        return made


def _unwrapped(address: str) -> IPv4Address | IPv6Address:
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        return parsed.ipv4_mapped  # the kernel connects to that very IPv4 address
    return parsed
