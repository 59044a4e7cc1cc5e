"""One small storm; `python -m tests.batchsvc.chaos --seeds 20 --domains 12000` lets larger ones pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.batchsvc.chaos.storm import storm
from tests.support.servers import Server


@pytest.mark.many
def test_the_account_is_exact_after_a_storm_through_a_pooler(
    server: Server, service_database: str, service_role: str, tmp_path: Path
) -> None:
    found = storm(server, service_database, service_role, tmp_path, seed=5, domains=500, pooled=True)
    assert set(found.faults) == {"kill", "stop", "crash", "pooler"}
