"""Makes docs/images/page.png anew: a batch half way, in a browser.

    python -m tests.batchsvc.web.take_picture [FOLDER]

With a folder it takes every page there, wide and narrow, light and dark, to be looked at.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from batchsvc.scanner.codes import ErrorCode
from batchsvc.scanner.protocol import ScanContext, ScanError, ScanResult
from batchsvc.settings import HostRule, Settings
from tests.batchsvc.serving import Client, plain_database, running
from tests.batchsvc.web.browser import chromium
from tests.support.servers import Pool

PICTURE = Path(__file__).parents[3] / "docs" / "images" / "page.png"
TRADES = "bakery florist cafe books cycles optician pottery garage tailor cinema harbour orchard".split()
TOWNS = "north south mill bridge castle green".split()
SITES = [f"{trade}-{town}.example" for town in TOWNS for trade in TRADES]
FAILURES = {
    13: (ErrorCode.CONNECT_TIMEOUT, "No connection within 5 s."),
    19: (ErrorCode.DNS_NXDOMAIN, "The DNS knows no such name."),
    23: (ErrorCode.HTTP_5XX, "The server answers with status 503."),
}


class Calm:
    """Takes its time, and fails now and then."""

    async def scan(self, domain: str, context: ScanContext) -> ScanResult:
        """Scan by place in the list."""
        place = SITES.index(domain)
        await asyncio.sleep(0.2 + place % 5 * 0.12)
        for divisor, (code, message) in FAILURES.items():
            if place % divisor == divisor - 1:
                raise ScanError(code, message)
        name = domain.partition(".")[0].replace("-", " ").title()
        return ScanResult(
            domain, url=f"https://{domain}/", title=name, language="en", email_addresses=[f"hello@{domain}"]
        )


def opened(browser: Browser, client: Client, **options: Any) -> Page:
    """The first page, signed in."""
    page = browser.new_context(**options).new_page()
    page.goto(f"{client.base}/login#{client.key}")
    page.click("button.main")
    return page


def half_way(page: Page) -> None:
    """Wait for a batch to be half done."""
    # Not by wait_for_function: the page's policy forbids what that does.
    while int(page.locator("[data-field=percent]").first.inner_text()) < 55:
        page.wait_for_timeout(50)
    page.wait_for_timeout(700)  # for the tables to follow


def main() -> None:
    """The command."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    settings = Settings(hosts=(HostRule("*.example", "127.0.0.1", 1),), max_attempts=1)
    servers = Pool()
    try:
        with (
            plain_database(servers.get("18")) as url,
            running(url, settings, scanner=Calm()) as service,
            chromium() as browser,
        ):
            client = service.client()
            page = opened(browser, client, viewport={"width": 960, "height": 1040})
            batch = client.batch(*SITES, max_pages=10, max_concurrent=4)
            page.goto(f"{client.base}/batches/{batch}")
            half_way(page)
            page.screenshot(path=PICTURE)
            if folder is not None:
                every_page(browser, client, folder)
    finally:
        servers.close()


def every_page(browser: Browser, client: Client, folder: Path) -> None:
    """Take all pages, of a batch that is done and one half way."""
    done = client.batch(*SITES[:30], max_concurrent=30)
    [item, *_] = client.get(f"batch/{done}/items").json()["items"]
    for name, options in (
        ("wide", {"viewport": {"width": 1100, "height": 800}}),
        ("phone", {"viewport": {"width": 390, "height": 800}}),
        ("dark", {"viewport": {"width": 1100, "height": 800}, "color_scheme": "dark"}),
    ):
        page = opened(browser, client, **options)
        running_now = client.batch(*SITES[:40], max_concurrent=3)
        for path in (
            "/",
            f"/batches/{running_now}",
            f"/batches/{done}/items/{item['id']}",
            "/docs#batch_items",
            "/nothing",
        ):
            page.goto(client.base + path)
            if path.endswith(running_now):
                half_way(page)
            page.screenshot(
                path=folder / f"{name}-{path.split('/')[1] or 'first'}{path.count('/')}.png", full_page=True
            )
        page.context.close()


if __name__ == "__main__":
    main()
