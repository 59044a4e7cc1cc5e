"""What goes wrong is a problem document that says what, where, and what to do; nothing of the inside gets out."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any

import psycopg
import pytest

from batchsvc.api.problems import KINDS
from tests.batchsvc.serving import Client, Service, running
from tests.support.servers import Server

UNKNOWN = "0198c1de-5a0b-7c7e-9d3f-0a1b2c3d4e5e"
JSON = {"Content-Type": "application/json"}


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The document of a problem of the kind that is expected."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert (document["type"], document["status"]) == (f"/problems/{code}", status)
    assert document["title"]
    assert document["detail"]
    assert document["request_id"] == answer.headers["X-Request-ID"]
    assert "Traceback" not in answer.text
    assert "psycopg" not in answer.text
    return document


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/domains"),
        ({"domains": []}, "/domains"),
        ({"domains": "example.com"}, "/domains"),
        ({"domains": ["example.com", 7]}, "/domains/1"),
        ({"domains": ["example.com", None]}, "/domains/1"),
        ({"domains": ["a" * 2049]}, "/domains/0"),
        ({"domains": ["example.com"], "max_pages": 0}, "/max_pages"),
        ({"domains": ["example.com"], "max_pages": "5"}, "/max_pages"),
        ({"domains": ["example.com"], "max_pages": True}, "/max_pages"),
        ({"domains": ["example.com"], "max_pages": 1.5}, "/max_pages"),
        ({"domains": ["example.com"], "max_concurrent": 10**9}, "/max_concurrent"),
        ({"domains": ["example.com"], "skip_invalid": "yes"}, "/skip_invalid"),
        ({"domains": ["example.com"], "max_page": 5}, "/max_page"),
        ({"domains": ["example.com"], "batch_id": "310"}, "/batch_id"),
        ({"domains": ["example.com"], "tenant_id": "me"}, "/tenant_id"),
        ([], ""),
        ("example.com", ""),
        (None, ""),
    ],
    ids=repr,
)
def test_bodies_that_do_not_fit(client: Client, body: Any, pointer: str) -> None:
    document = problem(client.post("batch", data=json.dumps(body), headers=JSON), 422, "invalid-request")
    assert [fault["pointer"] for fault in document["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b'{"domains": [', JSON, 422, "invalid-request"),
        (b"", JSON, 422, "invalid-request"),
        (b'{"domains": ["\xff.com"]}', JSON, 400, "bad-request"),
        (b"[" * 100_000, JSON, 400, "bad-request"),
        (b'{"max_pages": ' + b"9" * 5000 + b"}", JSON, 400, "bad-request"),
        (b'{"domains": ["example.com\\u0000"]}', JSON, 422, "invalid-domains"),
        (b'{"domains": ["\\ud800.com"]}', JSON, 422, "invalid-request"),
        (b"domains=example.com", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "unsupported-media-type"),
        (b'{"domains": ["example.com"]}', {"Content-Type": "text/plain"}, 415, "unsupported-media-type"),
        (b'{"domains": ["example.com"]}', {}, 415, "unsupported-media-type"),
        (b'{"domains": ["example.com"]}', {**JSON, "Idempotency-Key": "a b"}, 422, "invalid-request"),
        (b'{"domains": ["example.com"]}', {**JSON, "Idempotency-Key": "a" * 256}, 422, "invalid-request"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_bodies_that_cannot_be_read(client: Client, body: bytes, headers: Any, status: int, code: str) -> None:
    problem(client.post("batch", data=body, headers=headers), status, code)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"batch/{UNKNOWN}/status", 404, "not-found"),
        (f"status/{UNKNOWN}", 404, "not-found"),
        ("batch/310/status", 422, "invalid-request"),
        ("batch/batch_20250401_120000/status", 422, "invalid-request"),
        (f"batch/{UNKNOWN}x/status", 422, "invalid-request"),
        (f"batch/{UNKNOWN}%00/status", 422, "invalid-request"),
        (f"batch/{UNKNOWN}%0a/status", 422, "invalid-request"),
        (f"status/batch_{UNKNOWN}", 422, "invalid-request"),
        (f"batch/{UNKNOWN}/items?limit=0", 422, "invalid-request"),
        (f"batch/{UNKNOWN}/items?limit=x", 422, "invalid-request"),
        (f"batch/{UNKNOWN}/items?state=waiting", 422, "invalid-request"),
        (f"batch/{UNKNOWN}/items?code=odd", 422, "invalid-request"),
        (f"batch/{UNKNOWN}/items?cursor=ffffffffffffffff", 422, "invalid-request"),
        (f"batch/{UNKNOWN}/items?cursor=7fffffffffffffff", 404, "not-found"),
        ("batch?cursor=-1", 422, "invalid-request"),
        ("/nothing/here", 404, "not-found"),
        ("batch/", 404, "not-found"),
    ],
)
def test_addresses(client: Client, path: str, status: int, code: str) -> None:
    problem(client.get(path), status, code)


def test_a_cursor_far_beyond_the_last_row(client: Client) -> None:
    batch = client.batch("only.com")
    assert client.get(f"batch/{batch}/items?cursor=7fffffffffffffff").json() == {"items": [], "next_cursor": None}
    assert len(client.get("batch?cursor=7fffffffffffffff").json()["batches"]) >= 1


def test_methods(client: Client) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        answer = client(method, "batch")
        problem(answer, 405, "method-not-allowed")
        assert answer.headers["Allow"] == "GET, POST"
    assert client("POST", "/healthz").headers["Allow"] == "GET"


def test_keys(service: Service, client: Client) -> None:
    good = client.key
    forged = good[:-1] + ("A" if good[-1] != "A" else "B")
    for header in ("", "Bearer", f"Basic {good}", f"bearer{good}", "Bearer x", f"Bearer {forged}", f"Token {good}"):
        answer = client.get("batch", headers={"Authorization": header})
        problem(answer, 401, "unauthorized")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert client.get("batch", headers={"Authorization": f"bearer {good}"}).status_code == 200
    # Two at once: whatever is in front of the service may have looked at the other one.
    connection = http.client.HTTPConnection(client.base.removeprefix("http://"), timeout=10)
    connection.putrequest("GET", "/api/v3/batch_page_scraper/batch")
    for key in (good, good):
        connection.putheader("Authorization", f"Bearer {key}")
    connection.endheaders()
    assert connection.getresponse().status == 401
    connection.close()
    # What a browser keeps of a key, and what the database keeps, are no keys.
    with psycopg.connect(service.url) as connection:
        connection.execute("SELECT set_config('batchsvc.worker', 'on', true)")
        row = connection.execute(
            "SELECT prefix, encode(key_hash, 'hex'), last_used_at IS NOT NULL FROM api_keys WHERE tenant_id = %s",
            [client.tenant],
        ).fetchone()
    assert row is not None
    assert row[2]
    assert good.startswith(f"bsk_{row[0]}_")
    assert good[13:] not in str(row)
    for stolen in (row[1], f"{row[0]}.{row[1]}", f"bsk_{row[0]}_{row[1]}"):
        problem(client.get("batch", headers={"Authorization": f"Bearer {stolen}"}), 401, "unauthorized")
        assert "Sign in" in client.get("/", headers={"Cookie": f"batchsvc_session={stolen}"}).text


def test_every_answer_has_its_headers(client: Client) -> None:
    for path in ("/healthz", "/", "/nothing", "batch", "/static/page.css"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == ("no-cache" if "static" in path else "no-store")
    assert client.get("/healthz", headers={"X-Request-ID": "mine-1"}).headers["X-Request-ID"] == "mine-1"
    assert client.get("/healthz", headers={"X-Request-ID": "not mine"}).headers["X-Request-ID"] != "not mine"


def test_every_kind_of_problem_is_explained_where_its_type_says(client: Client) -> None:
    for kind in KINDS.values():
        page = client.get(kind.uri)
        assert page.status_code == 200
        assert kind.title in page.text
    document = client.get("/openapi.json").json()
    assert "HTTPValidationError" not in str(document)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], (method, path, status)


def test_a_database_that_is_away_and_comes_back(server: Server, service_database: str) -> None:
    with running(service_database) as service:
        client = service.client()
        batch = client.batch("before.com")
        stream = client.get(f"batch/{batch}/events", stream=True)
        assert client.get("/readyz").json()["checks"] == {"database": "ok", "schema": "ok", "engine": "ok"}
        server.crash()
        try:
            for path in ("batch", f"batch/{batch}/status", "/readyz", "health"):
                answer = client.get(path)
                problem(answer, 503, "unavailable")
                assert int(answer.headers["Retry-After"]) > 0
            assert client.get("/healthz").json() == {"status": "ok"}
            assert "batchsvc_http_requests_total" in client.get("/metrics").text
            page = client.get("/", headers={"Accept": "text/html", "Cookie": "batchsvc_session=" + "0" * 43})
            assert (page.status_code, page.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
        finally:
            server.start()
        end = time.monotonic() + 5
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < end
            time.sleep(0.1)
        # The stream has waited for the database, too.
        assert client.post(f"batch/{batch}/cancel").json()["changed"] == 1
        assert b"event: done" in stream.content
        with psycopg.connect(service_database, autocommit=True) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '0001'")
            answer = client.get("/readyz")
            assert "batchsvc db upgrade" in problem(answer, 503, "unavailable")["checks"]["schema"]
            connection.execute("ALTER TABLE batch_jobs RENAME TO elsewhere")
            assert "schema" in problem(client.get("batch"), 503, "unavailable")["detail"]


def test_metrics(service: Service, client: Client) -> None:
    client.batch("counted-1.com", "counted-2.com")
    service.app.state.queue_good_until = 0
    text = client.get("/metrics").text
    numbers = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(numbers['batchsvc_items{state="queued"}']) >= 2
    assert float(numbers["batchsvc_open_batches"]) >= 1
    assert float(numbers["batchsvc_oldest_queued_seconds"]) >= 0
    assert str(client.tenant) not in text
    assert "counted-1.com" not in text
