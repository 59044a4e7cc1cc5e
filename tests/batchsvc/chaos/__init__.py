"""Workers on a real server while processes are killed, stopped and woken, and the server and a pooler crash.

    python -m tests.batchsvc.chaos --seeds 20 --domains 12000

A seed gives the same domains and the same faults in the same order again.
"""
