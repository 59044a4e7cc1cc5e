"""The proof inside the transaction goes red when the conversion did anything else than it should."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import uuidkit
from tests.uuidkit.safety.conftest import Legacy
from uuidkit.composing import raw
from uuidkit.errors import ConversionFailed
from uuidkit.planning import build
from uuidkit.planning.model import Statement
from uuidkit.render import common, conversion

TARGET = ["batch_jobs.batch_id"]


def test_a_wrong_expression_is_found_before_the_commit(legacy: Legacy, monkeypatch: pytest.MonkeyPatch) -> None:
    before = legacy.state()
    monkeypatch.setattr(build, "cheapest", lambda operand, *rest, **more: raw("md5(batch_id)::uuid"))
    with legacy.connect() as connection, pytest.raises(ConversionFailed, match="do not stand for the text"):
        uuidkit.convert(connection, TARGET)
    assert legacy.state() == before


def test_a_single_wrong_row_is_found_before_the_commit(legacy: Legacy, monkeypatch: pytest.MonkeyPatch) -> None:
    before = legacy.state()
    wrong = f"CASE WHEN batch_id = 'batch_{'0' * 32}' THEN gen_random_uuid() ELSE right(batch_id, 32)::uuid END"
    with legacy.connect() as connection:
        connection.execute("INSERT INTO domains (batch_id) VALUES ('batch_' || repeat('0', 32))")
        before = legacy.state()
        monkeypatch.setattr(build, "cheapest", lambda operand, *rest, **more: raw(wrong))
        with pytest.raises(ConversionFailed, match=r"1 value\(s\) of public.domains"):
            uuidkit.convert(connection, TARGET, include=["domains.batch_id"])
    assert legacy.state() == before


@pytest.mark.parametrize("lost", ["jobs_batch_id_fkey"])
def test_a_foreign_key_that_does_not_come_back_is_found(
    legacy: Legacy, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    before = legacy.state()
    genuine = common.add_constraint

    def forgetful(table: Any, name: str, *rest: Any) -> Iterator[Statement]:
        if name != lost:
            yield from genuine(table, name, *rest)

    monkeypatch.setattr(conversion, "add_constraint", forgetful)
    with legacy.connect() as connection, pytest.raises(ConversionFailed, match="did not come out as planned"):
        uuidkit.convert(connection, TARGET)
    assert legacy.state() == before


def test_the_statements_that_are_shown_are_the_ones_that_run(legacy: Legacy) -> None:
    with legacy.connect() as connection:
        plan = uuidkit.plan(connection, TARGET)
        outcome = uuidkit.convert(connection, TARGET)
        assert outcome.plan is not None
        assert [s.sql for s in outcome.plan.statements] == [s.sql for s in plan.statements]
        assert outcome.plan.hash == plan.hash
        assert connection.execute("SELECT plan_hash FROM uuidkit.conversions").fetchone() == (plan.hash,)
