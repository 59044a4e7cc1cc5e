"""Requests made from the OpenAPI document, right ones and wrong ones, judged by every check that schemathesis has."""

from __future__ import annotations

from tests.batchsvc.api.fuzzing import fuzz


def test_two_thousand_requests(module_service_database: str) -> None:
    outcome = fuzz(module_service_database, examples=110, seed=20250401)
    assert outcome.status == 0, outcome.text
    assert outcome.cases >= 2000, outcome.text
