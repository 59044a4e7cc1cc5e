"""Between two tenants is a wall: in the interface, and once more in the database."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.batchsvc.serving import Client, Service

FORBIDDEN_BODY = {"domains": ["wall.example.com"]}


def operations(service: Service) -> list[tuple[str, str]]:
    """Method and path of every operation of the OpenAPI document."""
    document: dict[str, Any] = service.app.openapi()
    return [(method.upper(), path) for path, methods in document["paths"].items() for method in methods]


def test_every_operation_with_an_id_answers_404_to_another_tenant(
    service: Service, client: Client, stranger: Client
) -> None:
    batch = client.batch("one.example.com")
    job = client.post("scan", {"base_url": "two.example.com"}).json()["job_id"]
    tried = 0
    for method, path in operations(service):
        if "{" not in path:
            continue
        for known, unknown in (
            ({"batch_id": batch, "job_id": job}, {"batch_id": job, "job_id": batch}),
            ({"batch_id": f"batch_{batch.replace('-', '')}", "job_id": job.upper()}, {}),
        ):
            own = client(method, path.format(**known), stream=True)
            assert own.status_code == 200, (method, path, own.text)
            own.close()
            answer = stranger(method, path.format(**known))
            assert answer.status_code == 404, (method, path, answer.text)
            tried += 1
            if unknown:  # no sign that tells what is another's from what is nobody's
                nobody = stranger(method, path.format(**unknown))
                assert said(nobody) == said(answer), (method, path)
                headers = {"Authorization": ""}
                assert client(method, path.format(**known), headers=headers).status_code == 401
    assert tried >= 12


def said(answer: Any) -> tuple[object, ...]:
    document = answer.json()
    return answer.status_code, document["type"], document["title"], document["detail"].split()[:4], sorted(document)


def test_the_list_and_the_ids_of_others(service: Service, client: Client) -> None:
    stranger = service.client()
    batch = client.batch("three.example.com")
    assert batch in [found["batch_id"] for found in client.get("batch").json()["batches"]]
    assert stranger.get("batch").json() == {"batches": [], "next_cursor": None}
    # A taken id is refused in the same words to everybody, and what is there stays its owner's.
    refused = [who.post("batch", {**FORBIDDEN_BODY, "batch_id": batch}) for who in (stranger, client)]
    assert [answer.status_code for answer in refused] == [409, 409]
    assert said(refused[0]) == said(refused[1])
    assert client.get(f"batch/{batch}/status").json()["total_domains"] == 1
    answer = stranger.post("batch", {**FORBIDDEN_BODY, "tenant_id": str(client.tenant)})
    assert answer.status_code == 404
    assert stranger.get("batch").json()["batches"] == []


def test_an_answer_kept_for_one_tenant_is_not_replayed_to_another(client: Client, stranger: Client) -> None:
    headers = {"Idempotency-Key": "the-same-for-both"}
    first = client.post("batch", FORBIDDEN_BODY, headers=headers)
    second = stranger.post("batch", FORBIDDEN_BODY, headers=headers)
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["batch_id"] != second.json()["batch_id"]
    assert "Idempotent-Replayed" not in second.headers


@pytest.mark.parametrize("owner", [True, False], ids=["without a tenant", "as another tenant"])
def test_the_services_role_sees_nothing(
    module_service_database: str, client: Client, stranger: Client, owner: bool
) -> None:
    """In SQL, as the owner of the tables, past every line of ours."""
    client.batch("four.example.com")
    client.post("batch", FORBIDDEN_BODY, headers={"Idempotency-Key": "seen"})
    client.post("scan", {"base_url": "five.example.com"})
    with psycopg.connect(module_service_database, autocommit=True, prepare_threshold=None) as connection:
        walled = [
            name
            for (name,) in connection.execute(
                "SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid"
                " WHERE c.relkind IN ('r', 'p') AND a.attname = 'tenant_id' AND NOT a.attisdropped"
                " AND c.relnamespace = 'public'::regnamespace ORDER BY 1"
            )
        ]
        assert {"api_keys", "batch_items", "batch_jobs", "domains", "idempotency_keys", "jobs"} <= set(walled)
        for table in [*walled, "contacts"]:
            name = sql.Identifier(table)
            with connection.transaction():
                if not owner:
                    connection.execute("SELECT set_config('batchsvc.tenant_id', %s, true)", [str(stranger.tenant)])
                theirs = sql.SQL("SELECT count(*) FROM {}").format(name)
                if not owner and table != "contacts":
                    theirs += sql.SQL(" WHERE tenant_id = {}").format(sql.Literal(client.tenant))
                assert connection.execute(theirs).fetchone() == (0,), table
                changed = (
                    connection.execute(sql.SQL("DELETE FROM {} WHERE tenant_id = %s").format(name), [client.tenant])
                    if table != "contacts"
                    else connection.execute("DELETE FROM contacts")
                )
                assert changed.rowcount == 0, table
        # After a transaction the setting is an empty text, which is no tenant either.
        with connection.transaction():
            connection.execute("SELECT set_config('batchsvc.tenant_id', %s, true)", [str(client.tenant)])
            assert connection.execute("SELECT count(*) > 0 FROM batch_items").fetchone() == (True,)
        assert connection.execute("SELECT current_setting('batchsvc.tenant_id')").fetchone() == ("",)
        assert connection.execute("SELECT count(*) FROM batch_items").fetchone() == (0,)
        # Nor can anybody write into another's.
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("SELECT set_config('batchsvc.tenant_id', %s, true)", [str(stranger.tenant)])
            connection.execute(
                "INSERT INTO batch_jobs (batch_id, tenant_id, processor_type) VALUES (gen_random_uuid(), %s, 'x')",
                [client.tenant],
            )
