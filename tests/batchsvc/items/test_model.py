"""An item's states in any order of events, on a real server, against a model of a few lines."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from batchsvc import service
from batchsvc.database import Database
from batchsvc.items.claims import Claimed, bury, claim, renew
from batchsvc.items.outcomes import Outcome, settle
from tests.batchsvc.bench import Bench

T = TypeVar("T")
MAX_ATTEMPTS = 2
FINAL = ("completed", "failed", "cancelled")


@dataclass
class Item:
    """What the model knows of an item."""

    batch: UUID
    state: str = "queued"
    attempt: int = 0
    generation: int = 1
    token: UUID | None = None
    expired: bool = False
    code: str | None = None
    outcomes: list[tuple[int, str]] = field(default_factory=list)

    def end(self, state: str, code: str | None = None) -> None:
        """Come to an outcome."""
        self.state, self.code, self.token, self.expired = state, code, None, False
        self.outcomes.append((self.generation, state))


class Items(RuleBasedStateMachine):
    """Claims, outcomes, lost leases, cancels and retries by workers that may be late."""

    url = ""
    held: Bundle[Claimed] = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.database = Database(self.url, connections=2)
        self.bench = Bench(self.url, uuid4())
        self.batches: dict[UUID, int] = {}
        self.items: dict[int, Item] = {}

    def teardown(self) -> None:
        self.loop.run_until_complete(self.database.close())
        self.loop.close()

    def now(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def of(self, batch: UUID, *states: str) -> list[Item]:
        return [item for item in self.items.values() if item.batch == batch and item.state in states]

    @rule(number=st.integers(1, 4), max_concurrent=st.integers(1, 4))
    def create(self, number: int, max_concurrent: int) -> None:
        if len(self.batches) == 3:
            return
        names = [f"d{n}.com" for n in range(number)]
        batch = self.now(self.bench.create(self.database, names, max_concurrent=max_concurrent))
        self.batches[batch] = max_concurrent
        for row in self.bench.rows("SELECT id FROM batch_items WHERE batch_id = %s", batch):
            self.items[row["id"]] = Item(batch)

    @rule(target=held, which=st.integers(0, 2), most=st.integers(1, 5))
    def take(self, which: int, most: int) -> Any:
        if which >= len(self.batches):
            return multiple()
        batch = list(self.batches)[which]

        async def work() -> list[Claimed]:
            async with self.database.worker() as session:
                found = await claim(session, batch, most, worker="w", lease_seconds=600, max_attempts=MAX_ATTEMPTS)
                return list(found.items) if found else []

        taken = self.now(work())
        lost = [item for item in self.of(batch, "running") if item.expired and item.attempt < MAX_ATTEMPTS]
        room = max(0, self.batches[batch] - len(self.of(batch, "running")))
        again = min(most, len(lost))
        assert len(taken) == again + min(most - again, room, len(self.of(batch, "queued")))
        for claimed in taken:
            item = self.items[claimed.id]
            assert item.state == "queued" or (item.expired and item.attempt < MAX_ATTEMPTS)
            item.state, item.token, item.expired = "running", claimed.token, False
            item.attempt += 1
            assert (claimed.attempt, claimed.generation) == (item.attempt, item.generation)
        return multiple(*taken)

    @rule(claimed=held, kind=st.sampled_from(["completed", "failed", "queued", "given back"]))
    def write(self, claimed: Claimed, kind: str) -> None:
        outcome = {
            "completed": Outcome(claimed.id, claimed.token, "completed", result='{"title": "t"}'),
            "failed": Outcome(claimed.id, claimed.token, "failed", "dns_nxdomain", "why"),
            "queued": Outcome(claimed.id, claimed.token, "queued", "http_5xx", "why"),
            "given back": Outcome(claimed.id, claimed.token, "queued", refund=True),
        }[kind]

        async def work() -> dict[int, str]:
            async with self.database.worker() as session:
                return await settle(session, claimed.batch_id, [outcome])

        item = self.items[claimed.id]
        mine = item.token == claimed.token
        assert self.now(work()) == ({claimed.id: outcome.state} if mine else {})
        if not mine:
            return
        if outcome.state == "queued":
            item.state, item.token, item.expired = "queued", None, False
            item.attempt -= outcome.refund
        else:
            item.end(outcome.state, outcome.code)

    @rule(claimed=held)
    def renew(self, claimed: Claimed) -> None:
        async def work() -> set[tuple[UUID, int]]:
            async with self.database.worker() as session:
                return await renew(session, [claimed], 600)

        item = self.items[claimed.id]
        mine = item.token == claimed.token
        assert self.now(work()) == (set() if mine else {(claimed.batch_id, claimed.id)})
        if mine:
            item.expired = False

    @rule()
    def time_passes(self) -> None:
        self.bench.do("UPDATE batch_items SET lease_until = now() - interval '1 s' WHERE state = 'running'")
        for item in self.items.values():
            item.expired = item.state == "running"

    @rule(which=st.integers(0, 2))
    def give_up(self, which: int) -> None:
        if which >= len(self.batches):
            return
        batch = list(self.batches)[which]

        async def work() -> int:
            async with self.database.worker() as session:
                return await bury(session, batch, MAX_ATTEMPTS)

        lost = [item for item in self.of(batch, "running") if item.expired and item.attempt >= MAX_ATTEMPTS]
        assert self.now(work()) == len(lost)
        for item in lost:
            item.end("failed", "worker_lost")

    @rule(which=st.integers(0, 2), what=st.sampled_from(["cancel", "retry", "retry dns_nxdomain"]))
    def change(self, which: int, what: str) -> None:
        if which >= len(self.batches):
            return
        batch = list(self.batches)[which]
        code = what.partition(" ")[2] or None

        async def work() -> dict[str, Any]:
            async with self.bench.transaction(self.database) as session:
                if what == "cancel":
                    return await service.cancel_batch(session, batch, self.bench.tenant)
                return await service.retry_batch(session, batch, self.bench.tenant, code)

        changed = self.now(work())["changed"]
        if what == "cancel":
            chosen = self.of(batch, "queued", "running")
            for item in chosen:
                item.end("cancelled")
        else:
            chosen = [item for item in self.of(batch, "failed") if code in (None, item.code)]
            for item in chosen:
                item.state, item.attempt, item.code = "queued", 0, None
                item.generation += 1
        assert changed == len(chosen)

    @invariant()
    def rows_are_what_the_model_says(self) -> None:
        rows = self.bench.rows("SELECT * FROM batch_items WHERE batch_id = ANY (%s)", list(self.batches))
        assert {row["id"]: (row["state"], row["attempt"], row["generation"], row["lease_token"]) for row in rows} == {
            number: (item.state, item.attempt, item.generation, item.token) for number, item in self.items.items()
        }

    @invariant()
    def there_is_one_outcome_for_each_generation(self) -> None:
        for item in self.items.values():
            generations = [generation for generation, _ in item.outcomes]
            assert generations == list(range(1, len(generations) + 1))
            assert len(generations) == item.generation - (item.state not in FINAL)

    @invariant()
    def counters_and_status_are_those_of_the_rows(self) -> None:
        self.bench.check_account()
        for row in self.bench.rows(
            "SELECT batch_id, status FROM batch_jobs WHERE batch_id = ANY (%s)", list(self.batches)
        ):
            states = {item.state for item in self.items.values() if item.batch == row["batch_id"]}
            assert (row["status"] in ("pending", "processing")) == bool(states & {"queued", "running"})
            if "running" in states:
                assert row["status"] == "processing"
            elif not states & {"queued"}:
                expected = "cancelled" if "cancelled" in states else "completed_with_errors"
                assert row["status"] == (states.pop() if len(states) == 1 else expected)


@pytest.fixture
def machine(service_database: str) -> type[Items]:
    """The machine on a database of its own."""
    return type("ItemsHere", (Items,), {"url": service_database})


def test_an_items_states(machine: type[Items]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate],
        ),
    )  # fmt: skip
