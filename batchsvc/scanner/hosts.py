"""Names that are not looked up in the DNS: the map of the setting ``BATCHSVC_HOSTS``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batchsvc.settings import HostRule


class HostMap:
    """Which names have a fixed address and port.

    Args:
        rules: a full name, or ``*.`` and what the names end in; a full name comes before a pattern, a longer pattern
            before a shorter one.
    """

    def __init__(self, rules: Iterable[HostRule] = ()) -> None:
        rules = tuple(rules)
        self._exact = {rule.name: rule for rule in rules if not rule.name.startswith("*.")}
        self._patterns = {rule.name[1:]: rule for rule in rules if rule.name.startswith("*.")}
        self._endpoints = {(str(ip_address(rule.address)), rule.port) for rule in rules}

    def __bool__(self) -> bool:
        return bool(self._exact or self._patterns)

    def __iter__(self) -> Iterator[HostRule]:
        yield from self._exact.values()
        yield from self._patterns.values()

    def get(self, name: str) -> HostRule | None:
        """Return the rule for a name in lower case, or None where the DNS is to be asked."""
        if not self or (found := self._exact.get(name)):
            return self._exact.get(name)
        at = name.find(".")
        while at > 0:
            if found := self._patterns.get(name[at:]):
                return found
            at = name.find(".", at + 1)
        return None

    def has_endpoint(self, address: str, port: int) -> bool:
        """Return whether some name is mapped to this address and port."""
        return (str(ip_address(address)), port) in self._endpoints
