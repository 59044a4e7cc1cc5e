"""Batches and scans over HTTP, from the request to the last domain."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from uuid import UUID

import psycopg
import pytest
import requests

from batchsvc.settings import Settings
from tests.batchsvc.pretending import Pretender
from tests.batchsvc.serving import Client, Service, running

PREFIX = "/api/v3/batch_page_scraper"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def busy(service_database: str, way: Callable[[str], str]) -> Iterator[Client]:
    """A client of a service with a worker."""
    with running(way(service_database), Settings(retry_seconds=0.1), scanner=Pretender()) as found:
        yield found.client()


def events(answer: requests.Response) -> Iterator[tuple[str, dict[str, object]]]:
    """The events of a stream."""
    name = ""
    for line in answer.iter_lines(decode_unicode=True):
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            yield name, json.loads(line[6:])


def test_a_batch_from_the_request_to_the_last_domain(busy: Client) -> None:
    domains = ["slow300-1.com", "https://ok-2.com/page?x=1", "OK-2.com", "dead-3.com", "bücher-4.com", "down-5.com"]
    answer = busy.post("batch", {"domains": domains, "max_pages": 3, "max_concurrent": 4})
    made = answer.json()
    assert answer.status_code == 202
    assert (made["job_count"], made["duplicates"], made["invalid"]) == (5, 1, 0)
    assert answer.headers["Location"] == made["status_url"] == f"{PREFIX}/batch/{made['batch_id']}/status"
    assert UUID(made["batch_id"]).version == 7

    seen = list(events(busy.get(f"batch/{made['batch_id']}/events", stream=True)))
    assert [name for name, _ in seen] == ["progress"] * (len(seen) - 1) + ["done"]
    last = seen[-1][1]
    assert (last["done"], last["status"], last["progress"]) == (True, "completed_with_errors", 1.0)
    versions = [batch["version"] for _, batch in seen]
    assert versions == sorted(set(versions))

    answer = busy.get(answer.headers["Location"])
    found = answer.json()
    assert found["counts"] == {"queued": 0, "running": 0, "completed": 3, "failed": 2, "cancelled": 0}
    assert (found["total_domains"], found["completed_domains"], found["failed_domains"]) == (5, 3, 2)
    assert (found["max_pages"], found["max_concurrent"]) == (3, 4)
    assert {item["domain"]: item["status"] for item in found["domain_statuses"]}["xn--bcher-4-n2a.com"] == "completed"
    assert "Retry-After" not in answer.headers
    again = busy.get(answer.url.removeprefix(busy.base), headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")

    failed = busy.get(f"batch/{made['batch_id']}/items?state=failed").json()["items"]
    assert [(item["domain"], item["error_code"]) for item in failed] == [
        ("dead-3.com", "dns_nxdomain"),
        ("down-5.com", "connect_timeout"),
    ]
    [nobody] = busy.get(f"batch/{made['batch_id']}/items?code=dns_nxdomain").json()["items"]
    assert nobody["error"] == "No such name."

    retried = busy.post(f"batch/{made['batch_id']}/retry", {"code": "dns_nxdomain"}).json()
    assert (retried["changed"], retried["status_url"]) == (1, made["status_url"])
    *_, (name, last) = events(busy.get(f"batch/{made['batch_id']}/events", stream=True))
    assert (name, last["generation"], last["failed_domains"]) == ("done", 2, 2)


def test_a_scan_and_its_stored_result(busy: Client) -> None:
    answer = busy.post("scan", {"base_url": "https://www.slow100-1.com/start", "max_pages": 2})
    made = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (202, f"{PREFIX}/status/{made['job_id']}")
    list(events(busy.get(f"batch/{made['batch_id']}/events", stream=True)))
    job = busy.get(answer.headers["Location"]).json()
    assert (job["status"], job["progress"], job["error"]) == ("completed", 1.0, None)
    assert job["result_data"]["title"] == "Title of www.slow100-1.com"
    assert job["job_metadata"]["max_pages"] == 2
    assert UUID(job["domain_id"])
    assert busy.get(f"batch/{made['batch_id']}/status").json()["total_domains"] == 1


def test_two_viewers_of_one_batch_have_one_reader(service: Service, client: Client) -> None:
    batch = client.batch("one.com", "two.com")
    hub = service.app.state.parts.hub
    streams = [events(client.get(f"batch/{batch}/events", stream=True)) for _ in range(2)]
    firsts = [next(stream) for stream in streams]
    assert firsts[0] == firsts[1]
    assert (hub.viewers, len(hub._tasks)) == (2, 1)
    # What is changed is seen by both; then both are done.
    assert client.post(f"batch/{batch}/cancel").json()["changed"] == 2
    for stream in streams:
        assert [name for name, _ in stream] == ["done"]
    assert client.post(f"batch/{batch}/cancel").json()["changed"] == 0


def test_pages_of_items_and_of_batches(service: Service) -> None:
    client = service.client()
    domains = [f"item-{number}.com" for number in range(130)]
    batch = client.batch(*domains)
    status = client.get(f"batch/{batch}/status").json()
    assert status["domain_statuses"] is None
    found, cursor = [], ""
    while cursor is not None:
        page = client.get(status["items_url"], params={"limit": 50, **({"cursor": cursor} if cursor else {})}).json()
        assert len(page["items"]) <= 50
        found += [item["domain"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert found == domains
    more = [batch, *(client.batch(f"list-{number}.com") for number in range(4))]
    first = client.get("batch?limit=3").json()
    second = client.get("batch", params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert [found["batch_id"] for found in first["batches"] + second["batches"]] == more[::-1]
    assert second["next_cursor"] is None


def test_the_legacy_spelling_is_the_same_batch(client: Client) -> None:
    own = "batch_0198C1DE5A0B7C7E9D3F0A1B2C3D4E5F"
    assert client.batch("legacy.com", batch_id=own) == "0198c1de-5a0b-7c7e-9d3f-0a1b2c3d4e5f"
    for spelled in (own, own.lower(), own[6:], "0198C1DE-5a0b-7c7e-9d3f-0a1b2c3d4e5f", f"sitemap_{own[6:]}"):
        assert client.get(f"batch/{spelled}/status").json()["batch_id"] == "0198c1de-5a0b-7c7e-9d3f-0a1b2c3d4e5f"
    answer = client.post("batch", {"domains": ["legacy.com"], "batch_id": own[6:]})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/batch-exists")


def test_entries_that_are_no_domain(client: Client) -> None:
    entries = ["good.com", "no domain", "127.0.0.1", "https://good.com:8080/", "ftp://good.com", "", HOSTILE, "x.com"]
    answer = client.post("batch", {"domains": entries})
    refused = answer.json()
    assert (answer.status_code, refused["type"]) == (422, "/problems/invalid-domains")
    assert [fault["pointer"] for fault in refused["errors"]] == [f"/domains/{place}" for place in range(1, 7)]
    assert all(fault["detail"] for fault in refused["errors"])
    batch = client.batch(*entries, skip_invalid=True)
    status = client.get(f"batch/{batch}/status").json()
    assert (status["counts"]["queued"], status["counts"]["failed"]) == (2, 6)
    codes = {item["error_code"] for item in client.get(f"batch/{batch}/items?state=failed").json()["items"]}
    assert codes == {"invalid_domain"}
    assert client.post(f"batch/{batch}/retry").json()["changed"] == 0
    assert client.post("scan", {"base_url": "localhost"}).status_code == 422


def test_limits(service_database: str, way: Callable[[str], str]) -> None:
    with running(way(service_database), Settings(max_domains=5, max_open_domains=8)) as small:
        client = small.client()
        answer = client.post("batch", {"domains": [f"d{number}.com" for number in range(6)]})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/domains")
        client.batch(*(f"d{number}.com" for number in range(5)))
        answer = client.post("batch", {"domains": [f"d{number}.com" for number in range(5)]})
        assert (answer.status_code, answer.json()["type"]) == (429, "/problems/queue-full")
        assert int(answer.headers["Retry-After"]) > 0
        client.batch("d1.com")
        small.client().batch(*(f"d{number}.com" for number in range(5)))  # another tenant's queue is another's
        # What failed before may only come back where there is room for it.
        again = client.batch("e1.com", "e2.com")
        with psycopg.connect(service_database) as connection:
            connection.execute("SELECT set_config('batchsvc.worker', 'on', true)")
            connection.execute(
                "UPDATE batch_items SET state = 'failed', error_code = 'http_5xx', finished_at = now()"
                " WHERE batch_id = %s",
                [again],
            )
            connection.execute(
                "UPDATE batch_jobs SET queued_domains = 0, failed_domains = 2, status = 'failed' WHERE batch_id = %s",
                [again],
            )
        filler = client.batch("f1.com")
        answer = client.post(f"batch/{again}/retry")
        assert (answer.status_code, answer.json()["type"]) == (429, "/problems/queue-full")
        assert int(answer.headers["Retry-After"]) > 0
        assert client.get(f"batch/{again}/status").json()["counts"]["failed"] == 2
        assert client.post(f"batch/{again}/retry", {"code": "http_4xx"}).json()["changed"] == 0
        client.post(f"batch/{filler}/cancel")
        assert client.post(f"batch/{again}/retry").json()["changed"] == 2
        # The body is refused by its announced length, and while it comes without one.
        huge = b'{"domains": ["' + b"a" * (2 << 20) + b'"]}'
        json_type = {"Content-Type": "application/json"}
        for body in (huge, iter([huge[: 1 << 19]] * 8)):
            try:
                answer = client.post("batch", data=body, headers=json_type)
            except requests.ConnectionError:
                continue  # closed before all was sent, as HTTP allows
            assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")
        assert client.get("batch").status_code == 200


def test_a_request_that_comes_again_is_answered_as_before(client: Client) -> None:
    for path, body, other in (
        ("batch", {"domains": ["twice.com"]}, {"domains": ["twice.com"], "max_pages": 7}),
        ("scan", {"base_url": "twice.com"}, {"base_url": "thrice.com"}),
    ):
        headers = {"Idempotency-Key": f"a key for {path}".replace(" ", "-")}
        first = client.post(path, body, headers=headers)
        again = client.post(path, body, headers=headers)
        assert (first.status_code, again.status_code) == (202, 202)
        assert "Idempotent-Replayed" not in first.headers
        assert again.headers["Idempotent-Replayed"] == "true"
        assert again.headers["Location"] == first.headers["Location"]
        assert again.content == first.content
        answer = client.post(path, other, headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/idempotency-mismatch")


def test_one_request_many_times_at_once_makes_one_batch(service: Service) -> None:
    client = service.client()
    answers: list[requests.Response] = []

    def send() -> None:
        headers = {"Authorization": f"Bearer {client.key}", "Idempotency-Key": "all-at-once"}
        body = {"domains": [f"once-{number}.com" for number in range(300)]}
        answers.append(requests.post(f"{client.base}{PREFIX}/batch", json=body, headers=headers, timeout=20))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {202, 409}
    made = {answer.json()["batch_id"] for answer in answers if answer.status_code == 202}
    assert len(made) == 1
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} <= {"/problems/request-in-flight"}
    assert len(client.get("batch").json()["batches"]) == 1


def test_a_refused_request_may_be_mended_under_its_key(client: Client) -> None:
    headers = {"Idempotency-Key": "mended"}
    assert client.post("batch", {"domains": ["nothing"]}, headers=headers).status_code == 422
    assert client.post("batch", {"domains": ["something.com"]}, headers=headers).status_code == 202
