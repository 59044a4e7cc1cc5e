"""A headless Chromium for the tests of the page."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

PROGRAM = Path("/usr/bin/chromium")
# As root there is no sandbox; the others keep it from asking anybody outside.
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; the test is skipped, and says so, where there is none."""
    if not PROGRAM.exists():
        pytest.skip(f"needs {PROGRAM} (Debian: apt-get install chromium)")
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=FLAGS, env={"HOME": home})
        try:
            yield browser
        finally:
            browser.close()
