"""schemathesis on a running service: requests made from the OpenAPI document, right ones and wrong ones, all checks.

    python -m tests.batchsvc.api.fuzzing [--examples N] [--seed N] [--server 18]

With 500 examples per operation that is more than 10,000 requests.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from batchsvc.settings import Settings
from tests.batchsvc.serving import plain_database, running
from tests.support.servers import Pool

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Attributes:
        cases: requests made from the document.
        status: of the command; 0 means that every check of every case held.
        text: what it printed.
    """

    cases: int
    status: int
    text: str


def fuzz(url: str, *, examples: int, seed: int, workers: int = 2) -> Outcome:
    """Let schemathesis loose on a service of our own.

    Args:
        url: a database at the head revision.
        examples: most cases of an operation in each phase.
        workers: threads that send requests.
    """
    # A stream that never ended would hold the run; lists of ten thousand would only make it slow.
    with (
        running(url, Settings(max_domains=40), stream_seconds=0.05) as service,
        tempfile.TemporaryDirectory() as folder,
    ):
        client = service.client()
        known = [client.batch("one.example.com", "two.example.com") for _ in range(10)]
        jobs = [client.post("scan", {"base_url": "three.example.com"}).json()["job_id"] for _ in range(5)]
        command = [
            *(sys.executable, "-m", "schemathesis.cli", "run", f"{service.base}/openapi.json"),
            *("--header", f"Authorization: Bearer {client.key}", "--checks", "all", "--mode", "all"),
            *("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", str(examples)),
            *("--seed", str(seed), "--workers", str(workers), "--continue-on-failure", "--no-color"),
        ]
        environment = {
            **os.environ,
            "SCHEMATHESIS_HOOKS": "tests.batchsvc.api.schemathesis_hooks",
            "PYTHONPATH": str(HERE.parents[2]),
            "KNOWN_BATCHES": json.dumps(known),
            "KNOWN_JOBS": json.dumps(jobs),
        }
        done = subprocess.run(
            command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
    found = re.search(r"([\d,]+) generated", done.stdout)
    return Outcome(int(found[1].replace(",", "")) if found else 0, done.returncode, done.stdout)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=620, help="most cases of an operation in each phase")
    parser.add_argument("--seed", type=int, default=None, help="for the same requests again")
    parser.add_argument("--server", default="18", help="18, 16 or system")
    arguments = parser.parse_args()
    seed = int.from_bytes(os.urandom(4)) if arguments.seed is None else arguments.seed
    servers = Pool()
    try:
        with plain_database(servers.get(arguments.server)) as url:
            outcome = fuzz(url, examples=arguments.examples, seed=seed)
    finally:
        servers.close()
    sys.stdout.write(
        f"{outcome.text}\n"
        f"{outcome.cases} cases, seed {seed}: {'every check held' if outcome.status == 0 else 'FAILED'}\n"
    )
    sys.exit(outcome.status)


if __name__ == "__main__":
    main()
