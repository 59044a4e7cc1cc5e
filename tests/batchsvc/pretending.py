"""A scanner that asks nobody: what it does is in the name of the domain.

ok-1.example             completed at once
slow200-1.example        completed after 200 ms
dead-1.example           fails for good: dns_nxdomain
down-1.example           fails each time: connect_timeout, which is worth another attempt
flaky2-1.example         fails twice, then completes
later3-1.example         asks to be left alone for 3 s, then completes
odd-1.example            raises something that no scanner should
strange-1.example        finds what the database cannot store
killer-1.example         ends the process, as a crash of a library would
"""

from __future__ import annotations

import asyncio
import os
import random
import re

from batchsvc.scanner.codes import ErrorCode
from batchsvc.scanner.protocol import ScanContext, ScanError, ScanResult

_NAME = re.compile(r"([a-z]+)(\d*)-")


def make(_settings: object) -> Pretender:
    """What BATCHSVC_SCANNER names: scans that take a little."""
    low, _, high = os.environ.get("PRETEND_SECONDS", "0").partition("-")
    return Pretender((float(low), float(high or low)))


class Pretender:
    """Scans by name.

    Args:
        seconds: shortest and longest time that each scan takes besides.
    """

    def __init__(self, seconds: tuple[float, float] = (0, 0)) -> None:
        self.seconds = seconds
        self.now = self.most = self.scans = 0

    async def scan(self, domain: str, context: ScanContext) -> ScanResult:
        """Do what the name says."""
        self.scans += 1
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            if self.seconds[1]:
                await asyncio.sleep(random.uniform(*self.seconds))
            return await self._scan(domain, context)
        finally:
            self.now -= 1

    async def _scan(self, domain: str, context: ScanContext) -> ScanResult:
        match = _NAME.match(domain)
        kind, number = (match[1], int(match[2] or 0)) if match else ("ok", 0)
        if kind == "slow":
            await asyncio.sleep(number / 1000)
        elif kind == "dead":
            raise ScanError(ErrorCode.DNS_NXDOMAIN, "No such name.")
        elif kind == "down":
            raise ScanError(ErrorCode.CONNECT_TIMEOUT, "No answer.", retry_after=0)
        elif kind == "flaky" and context.attempt <= number:
            raise ScanError(ErrorCode.HTTP_5XX, "Status 503.")
        elif kind == "later" and context.attempt == 1:
            raise ScanError(ErrorCode.HTTP_429, "Too many requests.", retry_after=number)
        elif kind == "odd":
            raise RuntimeError("something else")
        elif kind == "strange":
            return ScanResult(domain, extra={"number": 10**140_000})
        elif kind == "killer":
            os._exit(9)
        return ScanResult(domain, title=f"Title of {domain}", email_addresses=[f"info@{domain}"])
