"""Locks: taken all at once, for a short time, again and again, and whoever holds them is named."""

from __future__ import annotations

import threading
import time

import pytest

import uuidkit
from tests.uuidkit.safety.conftest import Legacy
from uuidkit.errors import LockNotAvailable
from uuidkit.execute import Event

TARGET = ["batch_jobs.batch_id"]


def test_whoever_holds_the_tables_is_named_and_nothing_changes(legacy: Legacy) -> None:
    before = legacy.state()
    with legacy.connect(application_name="nightly report") as reader, legacy.connect() as connection:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM jobs")
        with pytest.raises(LockNotAvailable) as failure:
            uuidkit.convert(connection, TARGET, lock_timeout=0.05, lock_attempts=2)
        assert "nightly report" in str(failure.value)
        assert str(reader.info.backend_pid) in str(failure.value)
        assert failure.value.exit_code == 1
    with legacy.connect() as connection:
        name = f"half done in {connection.info.dbname}"
        connection.execute("BEGIN; LOCK TABLE jobs IN ROW SHARE MODE")
        connection.execute(f"PREPARE TRANSACTION '{name}'")
        try:
            with pytest.raises(LockNotAvailable, match=f"prepared transaction '{name}'.* ROLLBACK PREPARED ends it"):
                uuidkit.convert(connection, TARGET, lock_timeout=0.05, lock_attempts=1)
        finally:
            connection.execute(f"ROLLBACK PREPARED '{name}'")
    assert legacy.state() == before


def test_between_attempts_nothing_is_locked(legacy: Legacy) -> None:
    """A waiting conversion must not hold up readers for longer than one attempt."""
    waited: list[float] = []
    with legacy.connect() as reader, legacy.connect() as other, legacy.connect() as connection:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM jobs")

        def progress(event: Event) -> None:
            if event.kind == "waiting":
                begun = time.monotonic()
                other.execute("SELECT count(*) FROM batch_jobs")  # locked first, so free only if given back
                waited.append(time.monotonic() - begun)

        with pytest.raises(LockNotAvailable):
            uuidkit.convert(connection, TARGET, lock_timeout=0.05, lock_attempts=3, progress=progress)
    assert len(waited) == 2
    assert max(waited) < 1


def test_it_goes_on_when_the_holder_has_gone(legacy: Legacy) -> None:
    with legacy.connect() as reader, legacy.connect() as connection:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM jobs")
        waiting: list[str] = []

        def progress(event: Event) -> None:
            if event.kind == "waiting":
                waiting.append(event.message)
                reader.execute("COMMIT")

        outcome = uuidkit.convert(connection, TARGET, lock_timeout=0.05, progress=progress)
    assert len(waiting) == 1
    assert str(reader.info.backend_pid) in waiting[0] if not reader.closed else waiting[0]
    assert len(outcome.done) == 1


def test_two_conversions_at_once_do_not_disturb_each_other(legacy: Legacy) -> None:
    errors: list[Exception] = []

    def work() -> None:
        try:
            with legacy.connect() as connection:
                uuidkit.convert(connection, TARGET, lock_timeout=0.2)
        except Exception as error:  # noqa: BLE001 - shown below
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with legacy.connect() as connection:
        assert connection.execute("SELECT count(*) FROM uuidkit.conversions").fetchone() == (1,)
        assert uuidkit.verify(connection).ok


def test_an_exclusively_locked_table_cannot_be_planned_for_but_is_a_sentence(legacy: Legacy) -> None:
    with legacy.connect(application_name="vacuum full") as holder, legacy.connect() as connection:
        holder.execute("BEGIN")
        holder.execute("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE")
        begun = time.monotonic()
        with pytest.raises(LockNotAvailable, match="locked by another session") as failure:
            uuidkit.plan(connection, TARGET, lock_timeout=0.1)
        assert time.monotonic() - begun < 1.5
        assert f"public.jobs is held by process {holder.info.backend_pid} (vacuum full)" in str(failure.value)
        # In a caller's transaction, too: the savepoint is rolled back, and the transaction can be asked.
        connection.execute("BEGIN")
        with pytest.raises(LockNotAvailable, match=r"public\.jobs is held"):
            uuidkit.plan(connection, TARGET, lock_timeout=0.1)
        connection.execute("ROLLBACK")


def test_all_tables_are_locked_before_the_first_change_parents_first(legacy: Legacy) -> None:
    with legacy.connect() as connection:
        plan = uuidkit.plan(connection, TARGET)
    phases = [statement.phase for statement in plan.statements]
    assert "change" not in phases[: max(n for n, phase in enumerate(phases) if phase == "lock")]
    [lock] = [s.sql for s in plan.statements if s.sql.startswith("LOCK TABLE")]
    assert lock.index("batch_jobs") < lock.index('"jobs"')
