"""The page in a real browser: nothing foreign, no script, hostile names and values are text, it fits a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page
from psycopg import sql

import uuidkit
from tests.batchsvc.web.browser import chromium
from uuidkit.report import document, json
from uuidkit.report.document.drawing import Edge, Node, draw

EVIL = '<img src=x onerror="window.hit=1">'
TABLES = (EVIL, '"><script>window.hit=1</script>', "</style></svg>{{ 7*7 }}", "x" * 63)
VALUES = (
    "<script>window.hit=1</script>",
    "\"'><svg onload=window.hit=1>",
    "javascript:window.hit=1",
    "]]> -->",
    "\u202egnp.exe",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def hostile(module_database: str) -> str:
    """The page of a database whose names and values would like to be more than text."""
    with psycopg.connect(module_database, autocommit=True) as connection:
        for table in TABLES:
            name = sql.Identifier(table)
            connection.execute(
                sql.SQL("CREATE TABLE {} ({} varchar PRIMARY KEY, parent varchar REFERENCES {})").format(
                    name, sql.Identifier(EVIL), sql.Identifier(TABLES[0])
                )
            )
            for value in VALUES:
                connection.execute(sql.SQL("INSERT INTO {} VALUES ({}, NULL)").format(name, sql.Literal(value)))
        connection.execute(
            sql.SQL("CREATE VIEW {} AS SELECT * FROM {}").format(sql.Identifier("<b>v</b>"), sql.Identifier(TABLES[0]))
        )
        plan = uuidkit.plan(connection, ['"' + TABLES[0].replace('"', '""') + '"."' + EVIL.replace('"', '""') + '"'])
    assert plan.status == "blocked"
    found = json.plan(plan)
    found["rehearsal"] = {
        "ok": False, "where": EVIL, "rows": {"copied": 1, "of": 2}, "differences": [EVIL], "notes": [EVIL],
        "steps": [{"name": "copy", "ok": False, "seconds": 0.1, "message": EVIL}],
    }  # fmt: skip
    return document.html(found)


@pytest.fixture
def shown(browser: Browser, hostile: str, tmp_path: Path) -> Iterator[tuple[Page, list[str], list[str]]]:
    """The page opened from disk at the width of a phone, what it asked for, and what the browser complained of."""
    path = tmp_path / "report.html"
    path.write_text(hostile, encoding="utf-8")
    page = browser.new_page(viewport={"width": 390, "height": 800})
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    yield page, asked, complaints
    page.close()


def test_names_and_values_are_text_and_nothing_is_asked_of_anybody(
    shown: tuple[Page, list[str], list[str]],
) -> None:
    page, asked, complaints = shown
    assert [url for url in asked if not url.startswith("file:")] == []
    assert len(asked) == 1
    assert complaints == []
    assert page.evaluate("window.hit") is None
    assert page.locator("script, img, link, iframe, object, [onload], [onerror], b").count() == 0
    words = page.locator("body").inner_text()
    assert words.count(EVIL) >= 5
    assert "<script>window.hit=1</script>" in words
    assert "{{ 7*7 }}" in words
    assert "49" not in re.findall(r"\b49\b", words)


def test_the_policy_forbids_scripts_and_every_source(shown: tuple[Page, list[str], list[str]]) -> None:
    page, _, complaints = shown
    policy = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content") or ""
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    page.evaluate("document.body.appendChild(Object.assign(document.createElement('img'), {src: 'https://a.test/x'}))")
    page.wait_for_function("document.images.length === 1")
    page.wait_for_timeout(100)
    assert any("Content Security Policy" in complaint for complaint in complaints)


def test_a_phone_need_not_be_pushed_sideways(shown: tuple[Page, list[str], list[str]]) -> None:
    page, _, _ = shown
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("svg.graph").count() == 1


def test_the_table_under_the_pointer_keeps_its_lines(browser: Browser) -> None:
    nodes = [Node(name, (("id", "convert"), ("other", "convert"))) for name in "abcd"]
    edges = [Edge((child, "other"), (parent, "id"), True) for child, parent in ("ba", "cb", "dc")]
    page = browser.new_page()
    page.set_content(draw(nodes, edges))

    def faded() -> list[bool]:
        """Of each line, in order."""
        return page.locator(".edge").evaluate_all("all => all.map(one => getComputedStyle(one).opacity < 0.5)")

    assert faded() == [False, False, False]
    page.locator(".table").nth(1).hover()
    assert faded() == [False, False, True]
    page.locator(".table").nth(3).hover()
    assert faded() == [True, True, False]
    page.close()


def test_it_is_readable_by_day_and_by_night(shown: tuple[Page, list[str], list[str]]) -> None:
    """Text and paper differ enough (WCAG 2, 4.5 to 1), in both colour schemes."""
    page, _, _ = shown
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for selector in ("header h1", "header p", ".decisions li p", "dd", ".legend", "footer dd", ".bad td"):
            assert contrast(page, selector) >= 4.5, (scheme, selector)


def contrast(page: Page, selector: str) -> float:
    """The contrast of the first element's text with what is behind it."""
    colours = page.locator(selector).first.evaluate(
        """element => {
          const paper = one => {
            for (; one; one = one.parentElement) {
              const colour = getComputedStyle(one).backgroundColor;
              if (colour !== 'rgba(0, 0, 0, 0)') return colour;
            }
            return 'rgb(255, 255, 255)';
          };
          return [getComputedStyle(element).color, paper(element)];
        }"""
    )
    first, second = (luminance(colour) for colour in colours)
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
