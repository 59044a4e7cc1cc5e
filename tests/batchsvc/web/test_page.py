"""The page in a browser: it moves, it is nobody's to misuse, and it fits on a phone."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from batchsvc.settings import Settings
from tests.batchsvc.serving import Client, Service, running
from tests.batchsvc.web.browser import chromium
from tests.batchsvc.web.hostile import FORMULA, MARK, Hostile

DESKTOP = {"width": 1100, "height": 800}
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def service(module_service_database: str) -> Iterator[Service]:
    settings = Settings(concurrency=20, lease_seconds=3, shutdown_seconds=0, retry_seconds=0.1)
    with running(module_service_database, settings, scanner=Hostile()) as found:
        yield found


@pytest.fixture
def client(service: Service) -> Client:
    return service.client()


class Watch:
    """What a browser was told and did meanwhile."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.base = base
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        context.on("request", lambda request: request.url.startswith(base) or self.foreign.append(request.url))
        context.on("console", lambda said: self._console(said.type, said.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("dialog", lambda dialog: self.complaints.append(f"dialog {dialog.message}") or dialog.dismiss())

    def _console(self, kind: str, text: str) -> None:
        if kind == "error":
            self.complaints.append(text)


def signed_in(browser: Browser, client: Client, viewport: dict[str, int], **options: object) -> tuple[Page, Watch]:
    """A page of somebody who has followed the address that `serve` prints."""
    context = browser.new_context(viewport=viewport, **options)  # type: ignore[arg-type]
    watch = Watch(context, client.base)
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(f"{client.base}/login#{client.key}")
    if options.get("java_script_enabled") is False:
        page.fill("#key", client.key)
    assert "#" not in page.url or options.get("java_script_enabled") is False
    page.click("button.main")
    expect(page.locator("h1")).to_have_text("Scan domains")
    return page, watch


def fits(page: Page) -> bool:
    """Whether nothing sticks out at the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_batch_from_pasting_to_the_last_domain(browser: Browser, client: Client, viewport: dict[str, int]) -> None:
    page, watch = signed_in(browser, client, viewport)
    domains = [f"good-{n}.com" for n in range(40)] + ["hostile-1.com", "hostile-2.com", "refused-1.com", "lost-1.com"]
    page.fill("#domains", "\n".join([*domains, "good-1.com"]))
    page.fill("#max_concurrent", "2")
    page.click("text=Scan >> nth=-1")
    page.wait_for_url("**/batches/*")
    # It moves by itself: the same document, other numbers.
    page.evaluate("window.same = true")
    shown = {page.locator("[data-field=percent]").first.inner_text()}
    with suppress(Error):  # at the end the server draws everything once more
        while "100" not in shown and page.evaluate("window.same === true"):
            shown.add(page.locator("[data-field=percent]").first.inner_text())
    assert len(shown) > 4, shown
    expect(page.locator(".pill").first).to_have_text("completed with errors")
    assert page.locator(".counts dd").all_inner_texts() == ["42", "2", "0", "0", "0"]
    assert page.locator("#failures tbody tr").count() == 2
    assert fits(page)

    # What sites say is text, on the page of the batch and on that of the domain.
    page.click("#items nav >> text=failed")
    expect(page.locator("#items tbody tr")).to_have_count(2)
    assert MARK in page.locator("#items").inner_text()
    page.goto(page.url.partition("?")[0] + "?state=completed&cursor=")
    page.goto(page.url.partition("?")[0])
    page.click("text=More")
    page.click("text=hostile-1.com")
    expect(page.locator("h1")).to_have_text("hostile-1.com")
    page.click("summary")
    assert page.locator("main").inner_text().count(MARK) >= 6
    assert page.locator("main img, main script, main b, main a[href^='javascript']").count() == 0
    assert page.evaluate("window.taken") is None
    assert fits(page)
    assert watch.complaints == []
    assert watch.foreign == []
    page.context.close()


def test_retry_cancel_and_the_list(browser: Browser, client: Client) -> None:
    batch = client.batch(
        "lost-1.com", "refused-1.com", *(f"slow-{number}.com" for number in range(8)), max_concurrent=20
    )
    page, watch = signed_in(browser, client, DESKTOP)
    row = page.locator("#batches tbody tr")
    expect(row).to_have_count(1)
    expect(row.locator("td").nth(4)).to_have_text("2")
    page.click("#batches a.id")
    page.get_by_role("button", name="Retry the domains with dns_nxdomain").click()
    expect(page.locator(".notice")).to_have_text("1 domain queued again.")
    expect(page.locator(".counts .failed dd")).to_have_text("2")
    # Nothing happens at the first press; the sections that are drawn anew leave an open question alone.
    page.click("summary:has-text('Cancel')")
    assert client.get(f"batch/{batch}/status").json()["counts"]["cancelled"] == 0
    page.click("text=Cancel the batch")
    expect(page.locator(".notice")).to_have_text("8 domains cancelled.")
    expect(page.locator(".pill").first).to_have_text("cancelled")
    assert client.get(f"batch/{batch}/status").json()["counts"]["cancelled"] == 8
    # The list moves, too: a batch made elsewhere appears.
    page.click("text=Batches >> nth=0")
    client.batch("good-1.com")
    expect(page.locator("#batches tbody tr")).to_have_count(2)
    expect(page.locator("#batches tbody tr").first.locator(".pill")).to_have_text("completed")
    page.click("text=Sign out")
    expect(page.locator("h1")).to_have_text("Sign in")
    page.goto(f"{client.base}/batches/{batch}")
    expect(page.locator("h1")).to_have_text("Sign in")
    assert [said for said in watch.complaints if "401" not in said] == []
    page.context.close()


def test_a_file_and_what_is_wrong_with_it(browser: Browser, client: Client, tmp_path: Path) -> None:
    page, watch = signed_in(browser, client, DESKTOP)
    table = tmp_path / "customers.csv"
    table.write_text('name;website\n"Miller; Sons";https://hostile-3.com/start\nNobody;\nJones;localhost\n')
    page.fill("#domains", "good-1.com\n" + MARK)
    page.set_input_files("#file", table)
    page.click("text=Scan >> nth=-1")
    faults = page.locator("#faults")
    assert MARK in faults.inner_text()
    assert "localhost" in faults.inner_text()
    assert page.locator("#domains").input_value() == "good-1.com\n" + MARK
    page.check("[name=skip_invalid]")
    page.set_input_files("#file", table)
    page.click("text=Scan >> nth=-1")
    expect(page.locator("[data-field=percent]").first).to_have_text("100")
    expect(page.locator(".pill").first).to_have_text("completed with errors")
    with page.expect_download() as download:
        page.click("text=CSV")
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = {row["given"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows["https://hostile-3.com/start"]["description"] == f"'{FORMULA}"
    assert rows["https://hostile-3.com/start"]["title"] == f"{MARK} & more"
    assert rows["localhost"]["error_code"] == "invalid_domain"
    with page.expect_download() as download:
        page.click("text=JSON lines")
    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["state"] for line in lines] == ["completed", "completed", "failed", "failed"]
    assert [said for said in watch.complaints if "422" not in said] == []
    assert watch.foreign == []
    page.context.close()


def test_without_javascript(browser: Browser, client: Client) -> None:
    page, watch = signed_in(browser, client, PHONE, java_script_enabled=False)
    page.fill("#domains", "good-1.com\nlost-1.com\nhostile-1.com")
    page.click("text=Scan >> nth=-1")
    page.wait_for_url("**/batches/*")
    expect(page.locator("[data-field=percent]").first).to_have_text("100")  # by the refresh that the page asks for
    page.click("summary:has-text('Retry failed')")
    page.click("text=Retry it")
    expect(page.locator(".notice")).to_have_text("1 domain queued again.")
    assert watch.foreign == []
    page.context.close()


def test_a_key_that_is_none_and_one_that_was_revoked(browser: Browser, service: Service, client: Client) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(client.base)
    for wrong in ("nonsense", client.key[:-1] + ("A" if client.key[-1] != "A" else "B")):
        page.fill("#key", wrong)
        page.click("button.main")
        expect(page.locator(".wrong")).to_contain_text("key")
    page.fill("#key", f"  {client.key} ")
    page.click("button.main")
    expect(page.locator("h1")).to_have_text("Scan domains")
    [cookie] = context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert client.key[13:] not in cookie["value"]
    client.session.close()
    service.revoke(client)
    page.reload()
    expect(page.locator("h1")).to_have_text("Sign in")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_and_says_what_it_is(browser: Browser, client: Client, scheme: str) -> None:
    page, watch = signed_in(browser, client, PHONE, color_scheme=scheme)
    for path in ("/", "/docs", "/problems/queue-full", "/nothing"):
        page.goto(client.base + path)
        assert fits(page), path
        assert page.locator("h1").count() == 1
        unnamed = page.locator("input:not([type=hidden]):not([id]), button:empty, img:not([alt])")
        assert unnamed.count() <= page.locator("label input").count()
    assert [said for said in watch.complaints if "404" not in said] == []
    page.context.close()
