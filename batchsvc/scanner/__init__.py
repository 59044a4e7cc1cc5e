"""Fetches and reads the pages of a website; knows no database."""

from __future__ import annotations

from batchsvc.scanner.codes import ErrorCode
from batchsvc.scanner.domains import InvalidDomain, normalise, read_entries, read_text
from batchsvc.scanner.hosts import HostMap
from batchsvc.scanner.protocol import PageVisit, ScanContext, ScanError, Scanner, ScanResult

__all__ = [
    "ErrorCode",
    "HostMap",
    "InvalidDomain",
    "PageVisit",
    "ScanContext",
    "ScanError",
    "ScanResult",
    "Scanner",
    "normalise",
    "read_entries",
    "read_text",
]
