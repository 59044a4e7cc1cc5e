"""How a site is read: which pages, in which order, how gently, and what comes out."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from batchsvc.demo_site import DOMAINS, NETWORK, demo_site
from batchsvc.scanner import ErrorCode, ScanContext, ScanError, ScanResult
from batchsvc.scanner.website import WebsiteScanner
from batchsvc.settings import HostRule
from tests.batchsvc.scanner.local import Site, scanner


def scan(
    site: Site, domain: str = "shop.example", max_pages: int = 10, **options: Any
) -> tuple[ScanResult | None, ScanError | None]:
    async def run() -> tuple[ScanResult | None, ScanError | None]:
        async with site.served() as port, scanner(port, **options) as scans:
            try:
                return await scans.scan(domain, ScanContext(max_pages=max_pages)), None
            except ScanError as error:
                return None, error

    return asyncio.run(run())


def result_of(site: Site, **options: Any) -> ScanResult:
    result, error = scan(site, **options)
    assert result is not None, error
    return result


def error_of(site: Site, **options: Any) -> ScanError:
    result, error = scan(site, **options)
    assert error is not None, result
    return error


def paths(result: ScanResult) -> list[str]:
    return [page.url.removeprefix("http://") for page in result.pages]


PAGES = Site(
    {
        "shop.example/": '<a href="/a">A</a><a href="/b#x">B</a><a href="/a#y">A</a><a href="//blog.shop.example/">C'
        '</a><a href="//other.example/">D</a><a href="/picture.jpg">P</a><a href="mailto:a@shop.example">m</a>'
        '<a href="/secret" rel="nofollow">S</a>',
        "shop.example/a": '<title>A</title><a href="/a/deep">d</a> b@shop.example <div class="wpcf7"></div>',
        "shop.example/b": '<base href="/sub/"><a href="page">p</a><a href="/">home</a><a href="/moved">m</a>',
        "shop.example/moved": (301, {"Location": "/a"}, ""),
        "blog.shop.example/": "<title>Blog</title>",
        "shop.example/a/deep": "+49 30 1234567",
        "shop.example/sub/page": (500, {}, ""),
    }
)


def test_pages_of_the_site_are_read_breadth_first() -> None:
    PAGES.asked.clear()
    result = result_of(PAGES)
    assert paths(result) == [
        "shop.example/", "shop.example/a", "shop.example/b", "blog.shop.example/", "shop.example/a/deep",
        "shop.example/sub/page",
    ]  # fmt: skip
    assert result.stopped is None
    assert [page.error_code for page in result.pages][-1] is ErrorCode.HTTP_5XX
    assert result.email_addresses == ("a@shop.example", "b@shop.example")
    assert result.phone_numbers == ("+49301234567",)
    assert result.is_wordpress
    assert not {"other.example/", "shop.example/picture.jpg", "shop.example/secret"} & set(PAGES.asked)
    assert PAGES.asked.count("shop.example/robots.txt") == 1


def test_no_more_pages_than_asked_for() -> None:
    result = result_of(PAGES, max_pages=2)
    assert paths(result) == ["shop.example/", "shop.example/a"]
    assert result.stopped == "max_pages"
    assert result_of(PAGES, max_pages=1).to_dict()["pages_scanned"] == 1


def test_a_site_that_fails_again_and_again_is_left() -> None:
    links = "".join(f'<a href="/{number}">x</a>' for number in range(9))
    site = Site({"shop.example/": links, **{f"shop.example/{number}": (503, {}, "") for number in range(9)}})
    result = result_of(site)
    assert len(result.pages) == 4
    assert result.stopped == "http_5xx"


@pytest.mark.parametrize(
    ("robots", "code", "asked"),
    [
        ("User-agent: *\nDisallow: /", ErrorCode.ROBOTS_DISALLOWED, 1),
        ("User-agent: batchsvc\nDisallow: /\n\nUser-agent: *\nAllow: /", ErrorCode.ROBOTS_DISALLOWED, 1),
        ("User-agent: other\nDisallow: /", None, 3),
        ("User-agent: *\nDisallow: /b", None, 2),
        ((503, {}, ""), ErrorCode.ROBOTS_UNREACHABLE, 1),
        ((429, {"Retry-After": "60"}, ""), ErrorCode.HTTP_429, 1),
        ((403, {}, ""), None, 3),
        ((302, {"Location": "/robots.txt"}, ""), None, 3),
        ("x" * 700_000, None, 3),
    ],
    ids=["all", "us", "others", "some", "503", "429", "403", "circle", "huge"],
)
def test_robots(robots: Any, code: ErrorCode | None, asked: int) -> None:
    site = Site({"shop.example/robots.txt": robots, "shop.example/": '<a href="/b">B</a>', "shop.example/b": "<p>"})
    result, error = scan(site)
    assert (error.code if error else None) is code
    assert len(site.asked) == asked
    assert result is None or len(result.pages) == asked - 1


def test_robots_can_be_left_out_and_a_delay_is_kept() -> None:
    answers = {
        "shop.example/robots.txt": "User-agent: *\nCrawl-delay: 0.3\nDisallow: /b",
        "shop.example/": "<a href=/a>",
    }
    site = Site({**answers, "shop.example/a": "<p>"})
    result_of(site)
    assert site.asked == ["shop.example/robots.txt", "shop.example/", "shop.example/a"]
    assert site.times[2] - site.times[1] >= 0.3
    site = Site({**answers, "shop.example/": "<a href=/b>", "shop.example/b": "<p>"})
    result_of(site, obey_robots=False)
    assert site.asked == ["shop.example/", "shop.example/b"]


async def _all(site: Site, names: list[str], **options: Any) -> None:
    async with site.served() as port, scanner(port, **options) as scans:
        await asyncio.gather(*(scans.scan(name, ScanContext()) for name in names))


def test_one_request_at_a_time_for_a_registered_domain_and_for_an_address() -> None:
    def one_each(name: str) -> list[str]:
        return [f"127.0.1.{name[1]}"]

    names = [f"n{number}.shop.example" for number in range(4)]
    site = Site({f"{name}/": "<p>" for name in names}, seconds=0.02)
    asyncio.run(_all(site, names, addresses=one_each))
    assert site.most_at_once == 1, "one registered domain"
    names = [f"n{number}.example" for number in range(4)]
    site = Site({f"{name}/": "<p>" for name in names}, seconds=0.02)
    asyncio.run(_all(site, names))
    assert site.most_at_once == 1, "one address"
    site = Site({f"{name}/": "<p>" for name in names}, seconds=0.1)
    asyncio.run(_all(site, names, addresses=one_each))
    assert site.most_at_once == 4, "nothing in common"


def test_mapped_names_have_no_limit_by_address() -> None:
    names = [f"n{number}.shop.test" for number in range(4)]
    site = Site({f"{name}/": "<p>" for name in names}, seconds=0.1)

    async def run() -> None:
        async with site.served() as port:
            hosts = [HostRule("*.shop.test", "127.0.0.1", port)]
            async with WebsiteScanner(hosts=hosts, allow_networks=[NETWORK]) as scans:
                await asyncio.gather(*(scans.scan(name, ScanContext()) for name in names))
            async with WebsiteScanner(hosts=hosts) as scans:
                with pytest.raises(ScanError) as caught:
                    await scans.scan(names[0], ScanContext())
                assert caught.value.code is ErrorCode.BLOCKED_ADDRESS

    asyncio.run(run())
    assert site.most_at_once == 4


def test_a_site_that_asks_to_wait_is_left_alone() -> None:
    site = Site({"shop.example/": (429, {"Retry-After": "120"}, ""), "www.shop.example/": "<p>"})

    async def run() -> None:
        async with site.served() as port, scanner(port) as scans:
            for name in ("shop.example", "www.shop.example"):
                with pytest.raises(ScanError) as caught:
                    await scans.scan(name, ScanContext())
                assert caught.value.code is ErrorCode.HTTP_429
                assert 115 < (caught.value.retry_after or 0) <= 120

    asyncio.run(run())
    assert site.asked == ["shop.example/robots.txt", "shop.example/"], "nothing was asked while it is to be left alone"


def test_a_scan_that_is_called_off_gives_its_turn_back() -> None:
    site = Site({"shop.example/": "<p>"}, seconds=0.2)

    async def run() -> None:
        async with site.served() as port, scanner(port) as scans:
            first = asyncio.create_task(scans.scan("shop.example", ScanContext()))
            waiting = asyncio.create_task(scans.scan("shop.example", ScanContext()))
            await asyncio.sleep(0.1)
            for task in (first, waiting):
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            async with asyncio.timeout(2):
                await scans.scan("shop.example", ScanContext())

    asyncio.run(run())


def moved(address: str) -> Any:
    return {"shop.example/": (301, {"Location": address}, "")}


@pytest.mark.parametrize(
    ("known", "answers", "url", "code"),
    [
        (["shop.example"], {"shop.example/": "<p>"}, "http://shop.example/", None),
        (["www.shop.example"], {"www.shop.example/": "<p>"}, "http://www.shop.example/", None),
        ([], {}, None, ErrorCode.DNS_NXDOMAIN),
        (["shop.example", "new.test"], {**moved("//new.test/x"), "new.test/x": "<p>"}, "http://new.test/x", None),
        (["shop.example"], moved("http://gone.test/"), None, ErrorCode.DNS_NXDOMAIN),
        (["shop.example"], moved("//shop.example:8080/"), None, ErrorCode.BLOCKED_ADDRESS),
    ],
    ids=["http", "www", "nowhere", "moved", "moved to nowhere", "another port"],
)
def test_where_a_site_is_found(known: list[str], answers: Any, url: str | None, code: ErrorCode | None) -> None:
    result, error = scan(Site(answers), addresses=lambda name: ["127.0.0.1"] if name in known else [])
    assert (result.url if result else None) == url
    assert (error.code if error else None) is code


def test_five_redirects_are_followed_and_no_more() -> None:
    def chain(length: int) -> Site:
        hops: Any = {f"shop.example/{at or ''}": (302, {"Location": f"/{at + 1}"}, "") for at in range(length)}
        return Site({**hops, f"shop.example/{length}": "<p>"})

    assert result_of(chain(5)).url == "http://shop.example/5"
    assert error_of(chain(6)).code is ErrorCode.TOO_MANY_REDIRECTS


def test_what_a_page_says_can_always_be_stored() -> None:
    site = Site(
        {
            "shop.example/": "<title>a\x00b&#0;c&#xD800;</title><script type='application/ld+json'>"
            '{"logo": "/\\u0000\\ud800.png", "telephone": "+49 30 \\u00001234567", "sameAs": "https://x.com/\\ud800"}</script>'
        }
    )
    document = json.dumps(result_of(site).to_dict(), ensure_ascii=False)
    document.encode()
    assert "\\u0000" not in document
    assert "\x00" not in document


def test_the_demonstration_shows_successes_and_failures() -> None:
    async def run() -> dict[str, str]:
        found: dict[str, str] = {}
        async with demo_site() as hosts, WebsiteScanner(hosts=hosts, allow_networks=[NETWORK]) as scans:
            assert {rule.name for rule in hosts} == set(DOMAINS)

            async def one(domain: str) -> None:
                try:
                    result = await scans.scan(domain, ScanContext(max_pages=5))
                    found[domain] = f"{len(result.pages)} {' '.join(result.tech_stack)}".strip()
                except ScanError as error:
                    found[domain] = error.code.value

            await asyncio.gather(*map(one, DOMAINS))
        return found

    assert asyncio.run(run()) == {
        "bakery.test": "3 contact_form_7 elementor wordpress yoast",
        "shop.test": "5 divi woocommerce wordpress",
        "xn--bcherwurm-q9a.test": "1",
        "studio.test": "1 nextjs",
        "slow.test": "1",
        "private.test": "robots_disallowed",
        "broken.test": "http_5xx",
        "gone.test": "http_4xx",
        "circle.test": "too_many_redirects",
    }
