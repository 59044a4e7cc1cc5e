"""The states of an item and every statement that moves one from state to state.

    queued ─ claim ─▶ running ─ settle ─▶ completed, failed, or queued again
                      running ─ bury ─▶ failed (its workers disappeared, too often)
    queued, running ─ cancel ─▶ cancelled
    failed ─ retry ─▶ queued, in its next generation

Each moves the batch's counters in the same transaction (:mod:`batchsvc.accounting`). None begins, commits or
rolls back.
"""
