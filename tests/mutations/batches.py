"""Safety lines of the batch service: exactly one outcome for each domain and generation, whoever is killed."""

from __future__ import annotations

from tests.mutations.mutation import Mutation

_INTERLEAVED = "tests/batchsvc/items/test_interleavings.py::"
_RUNNING = "tests/batchsvc/worker/test_running.py::"
_ENDINGS = "tests/batchsvc/worker/test_endings.py::"
_SERVICE = "tests/batchsvc/service/test_service.py::"
_OUTCOMES = "batchsvc/items/outcomes.py"
_CLAIMS = "batchsvc/items/claims.py"

BATCHES: tuple[Mutation, ...] = (
    Mutation(
        "fence",
        _OUTCOMES,
        "       AND i.lease_token = o.token\n",
        "",
        (f"{_INTERLEAVED}test_a_worker_that_lost_its_lease_writes_nothing",),
        "a worker that slept past its lease writes over the one that took its place",
    ),
    Mutation(
        "conditional-outcome",
        _OUTCOMES,
        "       AND i.state = 'running'\n       AND i.lease_token = o.token\n",
        "",
        (f"{_INTERLEAVED}test_an_outcome_written_again_moves_nothing",),
        "an outcome whose commit was not heard of is counted twice",
    ),
    Mutation(
        "counters-follow-rows",
        _OUTCOMES,
        "Move(running=-len(written), **states)",
        "Move(running=-len(outcomes), **states)",
        (f"{_INTERLEAVED}test_only_what_is_held_of_a_group_is_written_and_counted",),
        "counters move by what was tried, not by what was written",
    ),
    Mutation(
        "attempt-cap-for-crashes",
        _CLAIMS,
        "AND state = 'running' AND lease_until < now() AND attempt < :max_attempts",
        "AND state = 'running' AND lease_until < now()",
        (f"{_INTERLEAVED}test_a_domain_whose_workers_disappear_is_given_up",),
        "a domain that kills its worker kills one after the other, for ever",
    ),
    Mutation(
        "attempt-cap",
        "batchsvc/worker/endings.py",
        "if not code.retryable or item.attempt >= max_attempts:",
        "if not code.retryable:",
        (f"{_ENDINGS}test_attempts_are_capped_and_final_codes_are_final",),
        "a domain that never answers is tried for ever, and its batch has no end",
    ),
    Mutation(
        "skip-locked",
        _CLAIMS,
        "     LIMIT :most\n       FOR NO KEY UPDATE SKIP LOCKED",
        "     LIMIT :most\n       FOR NO KEY UPDATE",
        (f"{_INTERLEAVED}test_a_claim_passes_over_items_that_are_being_settled",),
        "a claim, which has the batch, waits for whoever settles, and that one for the batch",
    ),
    Mutation(
        "claims-one-by-one",
        _CLAIMS,
        "AND generation > 0\n   FOR NO KEY UPDATE\n",
        "AND generation > 0\n",
        (f"{_INTERLEAVED}test_workers_at_once_never_take_the_same_or_too_many",),
        "workers together scan more domains of a batch at a time than it allows",
    ),
    Mutation(
        "only-expired-leases",
        _CLAIMS,
        "AND state = 'running' AND lease_until < now() AND attempt < :max_attempts",
        "AND state = 'running' AND attempt < :max_attempts",
        (f"{_INTERLEAVED}test_workers_at_once_never_take_the_same_or_too_many",),
        "domains are taken from workers that are at them",
    ),
    Mutation(
        "leases-are-renewed",
        "batchsvc/worker/leases.py",
        "lost = await renew(session, held, lease_seconds)",
        "lost = await renew(session, [], lease_seconds)",
        (f"{_RUNNING}test_leases_are_kept_while_a_scan_lasts",),
        "a scan that lasts longer than a lease is done again and again",
    ),
    Mutation(
        "lost-scans-end",
        "batchsvc/worker/leases.py",
        "stopped = runner.let_go(item for item in held if (item.batch_id, item.id) in lost)",
        "stopped = 0",
        (f"{_RUNNING}test_a_cancelled_scan_is_let_go_of",),
        "websites are asked on although their batch was cancelled",
    ),
    Mutation(
        "reaper",
        "batchsvc/worker/reaper.py",
        "found = await claimable_batches(session)",
        "found = await claimable_batches(session, 0)",
        (f"{_RUNNING}test_what_no_job_speaks_of_is_found",),
        "a batch whose jobs were lost waits for ever",
    ),
    Mutation(
        "bury",
        "batchsvc/worker/reaper.py",
        "number = await bury(session, batch_id, max_attempts)",
        "number = 0",
        (f"{_RUNNING}test_domains_of_a_worker_that_disappeared_are_taken_over",),
        "a domain whose workers disappeared too often keeps its batch from ending",
    ),
    Mutation(
        "supervisor",
        "batchsvc/worker/engine.py",
        "            await once()\n",
        "            await once()\n            return\n",
        (
            f"{_ENDINGS}test_the_engine_is_started_again_whatever_ended_it",
            f"{_RUNNING}test_it_goes_on_after_the_server_was_away",
        ),
        "after a restart of the server, workers sit there and take nothing up",
    ),
    Mutation(
        "cancel-takes-the-token",
        "batchsvc/items/transitions.py",
        "WHERE batch_id = :batch_id AND state IN ('queued', 'running')",
        "WHERE batch_id = :batch_id AND state = 'queued'",
        (f"{_INTERLEAVED}test_what_was_cancelled_meanwhile_stays_cancelled",),
        "what was being scanned when its batch was cancelled is completed nevertheless",
    ),
    Mutation(
        "room-for-newcomers",
        "batchsvc/worker/shares.py",
        "kept = max(1, concurrency // 10) if concurrency > 1 else 0",
        "kept = 0",
        (f"{_ENDINGS}test_scans_are_shared_by_tenants_and_then_by_batches",),
        "a small batch waits for the long scans of a large one",
    ),
    Mutation(
        "walls-for-the-owner",
        "versions/0003_batches_of_items.py",
        'op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")',
        "pass",
        (f"{_SERVICE}test_the_wall_is_in_the_database",),
        "the service's role owns the tables, and sees every tenant's rows",
    ),
)
