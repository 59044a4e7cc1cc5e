"""What the page's addresses refuse: forms of other sites, strangers, and what is not there."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
import requests

from tests.batchsvc.serving import Client, Service, running

NOBODY = "0198c1de-5a0b-7c7e-9d3f-0a1b2c3d4e5e"


@pytest.fixture(scope="module")
def service(module_service_database: str) -> Iterator[Service]:
    with running(module_service_database) as found:
        yield found


class Browser:
    """A browser without anything, signed in with a client's key."""

    def __init__(self, client: Client) -> None:
        self.base = client.base
        self.session = requests.Session()
        self.session.headers["Accept"] = "text/html"
        self("POST", "/login", data={"key": client.key})
        self.token = re.search(r'name="token" value="(\w+)"', self("GET", "/").text)[1]  # type: ignore[index]

    def __call__(self, method: str, path: str, **options: object) -> requests.Response:
        return self.session.request(method, self.base + path, allow_redirects=False, timeout=10, **options)  # type: ignore[arg-type]


def test_forms_from_elsewhere(service: Service) -> None:
    client = service.client()
    batch = client.batch("stays.com")
    browser, other = Browser(client), Browser(service.client())
    forms = {
        "/batches": {"domains": "a.com", "max_pages": "1", "max_concurrent": "1"},
        f"/batches/{batch}/cancel": {},
        f"/batches/{batch}/retry": {},
        "/logout": {},
    }
    for path, form in forms.items():
        for token, headers in (
            ("", {}),
            (other.token, {}),
            (browser.token, {"Sec-Fetch-Site": "cross-site"}),
            (browser.token, {"Sec-Fetch-Site": "same-site"}),
            (browser.token, {"Origin": "http://evil.example"}),
            (browser.token, {"Origin": "null"}),
        ):
            answer = browser("POST", path, data={**form, "token": token}, headers=headers)
            assert answer.status_code == 403, (path, token, headers)
            assert "text/html" in answer.headers["Content-Type"]
    assert client.get(f"batch/{batch}/status").json()["counts"]["queued"] == 1
    assert len(client.get("batch").json()["batches"]) == 1
    answer = browser("POST", "/login", data={"key": client.key}, headers={"Origin": "http://evil.example"})
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)
    good = {"Origin": service.base, "Sec-Fetch-Site": "same-origin"}
    assert browser("POST", f"/batches/{batch}/cancel", data={"token": browser.token}, headers=good).status_code == 303


def test_strangers_and_other_tenants(service: Service) -> None:
    client = service.client()
    batch = client.batch("walled.com")
    [item] = client.get(f"batch/{batch}/items").json()["items"]
    paths = {
        "GET": (
            f"/batches/{batch}",
            f"/batches/{batch}/events",
            f"/batches/{batch}/export.csv",
            f"/batches/{batch}/export.jsonl",
            f"/batches/{batch}/items/{item['id']}",
        ),
        "POST": (f"/batches/{batch}/cancel", f"/batches/{batch}/retry"),
    }
    own, other = Browser(client), Browser(service.client())
    for method, some in paths.items():
        for path in some:
            answer = requests.request(method, service.base + path, timeout=10)
            assert answer.status_code == 401, path
            assert "walled.com" not in answer.text
            answer = other(method, path, data={"token": other.token} if method == "POST" else None)
            assert answer.status_code == 404, path
            assert "walled.com" not in answer.text
            if method == "GET" and not path.endswith("events"):
                assert own(method, path).status_code == 200
    # A key alone opens no page, and a cookie no interface.
    assert (
        requests.get(
            f"{service.base}/batches/{batch}", headers={"Authorization": f"Bearer {client.key}"}, timeout=10
        ).status_code
        == 401
    )
    assert own("GET", f"/api/v3/batch_page_scraper/batch/{batch}/status").status_code == 401


def test_a_session_ends_by_its_time_by_signing_out_and_with_its_key(service: Service) -> None:
    """On the server, whatever a browser, or whoever has its cookie, goes on sending."""
    client = service.client()
    signed_out, late, keyless, stays = (Browser(client) for _ in range(4))
    other = Browser(service.client())
    cookies = {browser.session.cookies["batchsvc_session"] for browser in (signed_out, late, keyless, stays)}
    assert len(cookies) == 4

    def stored(browser: Browser) -> str:
        return hashlib.sha256(browser.session.cookies["batchsvc_session"].encode()).hexdigest()

    def signed_in(browser: Browser) -> bool:
        return "Sign out" in browser("GET", "/").text

    stolen = dict(signed_out.session.cookies)
    answer = signed_out("POST", "/logout", data={"token": signed_out.token})
    assert (answer.status_code, signed_in(signed_out)) == (303, False)
    signed_out.session.cookies.update(stolen)
    assert not signed_in(signed_out)
    with psycopg.connect(service.url) as connection:
        connection.execute("SELECT set_config('batchsvc.worker', 'on', true)")
        held = "SELECT ends_at - created_at FROM page_sessions WHERE session_hash = decode(%s, 'hex')"
        assert connection.execute(held, [stored(late)]).fetchone() == (timedelta(hours=12),)
        assert connection.execute(held, [stored(signed_out)]).fetchone() is None
        connection.execute(
            "UPDATE page_sessions SET ends_at = now() WHERE session_hash = decode(%s, 'hex')", [stored(late)]
        )
    assert [signed_in(browser) for browser in (late, stays)] == [False, True]
    # What the table holds opens nothing.
    keyless.session.cookies.set("batchsvc_session", stored(stays)[:43])
    assert not signed_in(keyless)
    service.revoke(client)
    assert [signed_in(browser) for browser in (stays, other)] == [False, True]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/batches/{NOBODY}", 404),
        ("/batches/310", 404),
        ("/batches/%00", 404),
        (f"/batches/{NOBODY}/items/1", 404),
        (f"/batches/{NOBODY}/export.xml", 404),
        ("/?cursor=zz", 200),
        ("/?done=retry&number=<b>", 200),
        ("/?done=retry&number=٣", 200),
        ("/static/..%2f..%2fkeys.py", 404),
        ("/static/page.py", 404),
        ("/problems/nothing", 404),
    ],
)
def test_addresses_that_lead_nowhere(service: Service, path: str, status: int) -> None:
    answer = Browser(service.client())("GET", path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "queued again" not in answer.text


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "/\\evil.example", "https://evil.example", "/x\r\nSet-Cookie: a=b"]
)
def test_signing_in_leads_nowhere_else(service: Service, wanted: str) -> None:
    client = service.client()
    answer = requests.post(
        f"{service.base}/login", data={"key": client.key, "next": wanted}, allow_redirects=False, timeout=10
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_a_long_list_and_numbers_that_are_none(service: Service) -> None:
    client = service.client()
    browser = Browser(client)
    long = "\n".join(f"{'a' * 60}.{'b' * 60}.{number}.example.com" for number in range(9000))
    assert len(long) > 1 << 20
    form = {"token": browser.token, "domains": long, "max_pages": "3", "max_concurrent": "7"}
    answer = browser("POST", "/batches", files={"file": ("", b"")}, data=form)
    assert answer.status_code == 303, answer.text
    [batch] = client.get("batch").json()["batches"]
    assert (batch["total_domains"], batch["max_pages"], batch["max_concurrent"]) == (9000, 3, 7)
    for wrong in (
        {"max_pages": "0"},
        {"max_pages": "x"},
        {"max_concurrent": "1e3"},
        {"max_concurrent": "9" * 5000},
        {"domains": ""},
    ):
        answer = browser("POST", "/batches", data={**form, "domains": "one.com", **wrong})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
    answer = browser("POST", "/batches", files={"file": ("x.csv", b"\xff\xfe\x00")}, data={**form, "domains": ""})
    assert answer.status_code == 422
    assert len(client.get("batch").json()["batches"]) == 1
