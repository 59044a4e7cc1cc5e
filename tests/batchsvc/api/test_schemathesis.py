"""Requests made from the OpenAPI document, right ones and wrong ones, judged by every check that schemathesis has."""

from __future__ import annotations

from tests.batchsvc.api.fuzzing import fuzz


def test_two_thousand_requests(service_url: str) -> None:
    outcome = fuzz(service_url, examples=100, seed=20250401)
    assert outcome.status == 0, outcome.text
    assert outcome.cases >= 2000, outcome.text
