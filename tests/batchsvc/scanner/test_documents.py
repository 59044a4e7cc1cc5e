"""The page about the scanner says what is so."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from batchsvc.scanner import ErrorCode
from batchsvc.scanner.facts import technology
from batchsvc.scanner.limits import Limits
from batchsvc.scanner.protocol import ScanContext, ScanResult
from batchsvc.settings import Settings
from batchsvc.worker.scanners import scanner_for
from tests.docs.markdown import ROOT, blocks

PAGE = ROOT / "docs" / "scanner.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_every_error_code_is_in_the_table_with_its_meaning() -> None:
    rows = re.findall(r"^\| `([a-z0-9_]+)` \| (final|tried again) \| (.+) \|$", TEXT, re.MULTILINE)
    assert rows == [(code.value, "tried again" if code.retryable else "final", code.meaning) for code in ErrorCode]


def test_fields_limits_and_technologies() -> None:
    fields = set(ScanResult.__dataclass_fields__) - {"domain", "seconds", "extra"}
    collected = TEXT[TEXT.index("## What is collected") : TEXT.index("## How a site is treated")]
    assert [name for name in fields if f"`{name}`" not in collected] == []
    assert Limits() == Limits(5.0, 10.0, 20.0, 600.0, 5.0, 2 << 20, 500 << 10, 5, 64 << 10, 8 << 20)
    tables = (
        technology._GENERATORS, technology._URLS, technology._CLASSES, technology._COMMENTS, technology._ATTRIBUTES,
        technology._HEADERS,
    )  # fmt: skip
    assert 52 <= len({name for table in tables for name in table}) <= 62, "seven, and about fifty others"


def test_the_scanner_of_ones_own_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [block] = [block for block in blocks(PAGE) if block.value == "my_scanner.py"]
    (tmp_path / block.value).write_text(block.text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    async def run() -> ScanResult:
        async with scanner_for(Settings(scanner="my_scanner:make")) as scanner:
            return await scanner.scan("example.com", ScanContext())

    assert asyncio.run(run()).to_dict()["extra"] == {"length": 11}
