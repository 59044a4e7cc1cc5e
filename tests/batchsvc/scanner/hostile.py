"""Targets that must never be connected to, in every form in which they may come."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

# IANA IPv4 and IPv6 Special-Purpose Address Registries, multicast, and what else is nobody's website.
SPECIAL_4 = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.0.0/29 192.0.0.8/32
192.0.0.170/31 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15
198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 255.255.255.255/32 168.63.129.16/32 169.254.169.254/32
100.100.100.200/32
""".split()
SPECIAL_6 = """
::1/128 ::/128 ::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32 2001:1::1/128
2001:2::/48 2001:3::/32 2001:4:112::/48 2001:10::/28 2001:20::/28 2001:30::/28 2001:db8::/32 2002::/16 2620:4f:8000::/48
3fff::/20 5f00::/16 fc00::/7 fd00:ec2::254/128 fe80::/10 fec0::/10 ff00::/8 ff02::1/128 4000::/3 8000::/3 e000::/4
""".split()
EMBEDDED_6 = """
::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:7f00:1 ::127.0.0.1 ::ffff:0:127.0.0.1 64:ff9b::127.0.0.1
64:ff9b::a9fe:a9fe 64:ff9b:1::7f00:1 2002:7f00:1:: 2002:a9fe:a9fe:: 2001:0:7f00:1:: fe80::1%lo
""".split()
# Digits that UTS #46 makes plain ones are written out, so that what is meant can be read.
SPELLINGS = """
2130706433 127.1 127.0.1 0x7f.1 0x7f000001 0177.0.0.1 017700000001 0 0.0.0.0 127.0.0.1. 1.0x7f.0.256 3232235521
0xa9fea9fe 169.16689662 127.0.0.01 \u2460\u2461\u2466.\u24ea.\u24ea.\u2460 \uff11\uff12\uff17.\uff10.\uff10.\uff11
127\u30020\u30020\u30021 127%2e0%2e0%2e1 [::1] [::ffff:127.0.0.1] [::] [0:0:0:0:0:ffff:7f00:1] [::ffff:a9fe:a9fe]
[fe80::1%25lo] 127.0.0.1:80 127.0.0.1:443 user@127.0.0.1 127.0.0.1:8080
""".split()
SCHEMES = (
    "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:6379/_INFO", "ws://127.0.0.1/", "data:text/html,x",
    "javascript:alert(1)", "unix:///run/docker.sock", "http://shop.test:22/", "https://example.com:6443/", "dict://127.0.0.1/",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """One way to a place that must not be reached.

    Attributes:
        name: what the test calls it.
        domain: what is scanned.
        answers: what the DNS says of a name, one list for each time it is asked; the last one again and again.
        redirects: addresses that the first page leads to, one after the other.
    """

    name: str
    domain: str
    answers: tuple[tuple[str, ...], ...] = ()
    redirects: tuple[str, ...] = ()


def addresses() -> list[str]:
    """Return the first, a middle and the last address of every special network, and those that embed others."""
    found: dict[str, None] = {}
    for text in (*SPECIAL_4, *SPECIAL_6):
        network = ip_network(text)
        for at in (0, network.num_addresses // 3, network.num_addresses - 1):
            found.setdefault(str(network[at]))
    return [*found, *EMBEDDED_6]


def targets() -> list[Target]:
    """Return the whole corpus."""
    all_addresses = addresses()
    corpus = [Target(f"literal {address}", address) for address in all_addresses]
    corpus += [
        Target(f"name of {address}", f"name{number}.example", ((address.partition("%")[0],),))
        for number, address in enumerate(all_addresses)
    ]
    corpus += [
        Target(f"redirect to {address}", f"hop{number}.test", redirects=(f"http://{_host(address)}/",))
        for number, address in enumerate(all_addresses)
        if "%" not in address
    ]
    corpus += [
        Target(f"redirect to {spelling}", f"spelled{number}.test", redirects=(f"http://{spelling}/",))
        for number, spelling in enumerate(SPELLINGS)
    ]
    corpus += [
        Target(f"redirect to {address}", f"scheme{number}.test", redirects=(address,))
        for number, address in enumerate(SCHEMES)
    ]
    corpus += [
        Target(
            f"{hops} redirects", f"far{hops}.test", redirects=(*(f"/{hop}" for hop in range(hops)), "http://127.0.0.1/")
        )
        for hops in range(6)
    ]
    corpus += [
        Target("another name", "lead.test", (("10.0.0.8",),), redirects=("https://inside.example/",)),
        Target("several private ones", "several.example", (("10.0.0.1", "192.168.0.1", "::1", "fd00::1"),)),
        Target("mapped, but not allowed", "mapped.private"),
        *(
            Target(f"changes to {address}", f"rebind{number}.example", (("203.0.114.1",), (address,)))
            for number, address in enumerate(("127.0.0.1", "169.254.169.254", "::1", "10.0.0.1", "::ffff:127.0.0.1"))
        ),
        *(
            Target(f"public and {address}", f"mixed{number}.example", (mixed,))
            for number, (address, mixed) in enumerate(
                {
                    "::1": ("203.0.114.1", "::1"),
                    "127.0.0.1": ("2a00:1450:4001::1", "127.0.0.1"),
                    "10.0.0.1": ("10.0.0.1", "203.0.114.1"),
                    "fe80::1": ("fe80::1", "203.0.114.1"),
                }.items()
            )
        ),
    ]
    return corpus


def _host(address: str) -> str:
    return f"[{address}]" if ip_address(address).version == 6 else address
