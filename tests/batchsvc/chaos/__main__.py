"""`python -m tests.batchsvc.chaos`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from batchsvc import schema
from tests.batchsvc.chaos.storm import storm
from tests.support.pgbouncer import program
from tests.support.servers import Pool


def main() -> int:
    """The exit status: 0 where every account was exact."""
    parser = argparse.ArgumentParser(prog="python -m tests.batchsvc.chaos", description="Let storms pass.")
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="how many storms (default: 20)")
    parser.add_argument("--seed", type=int, metavar="N", help="this one only")
    parser.add_argument("--domains", type=int, default=12000, metavar="N", help="in each storm (default: 12000)")
    parser.add_argument("--server", default="18", metavar="LABEL", help="18, 16 or system (default: 18)")
    options = parser.parse_args()
    seeds = range(1, options.seeds + 1) if options.seed is None else [options.seed]
    pool = Pool()
    wrong = 0
    try:
        server = pool.get(options.server)
        role = server.create_role()
        template = server.create_database(owner=role).partition("?")[0].rpartition("/")[2]
        schema.upgrade(server.url_of(template, role))
        for seed in seeds:
            name = server.create_database(template, owner=role).partition("?")[0].rpartition("/")[2]
            # Every third storm goes through a pooler.
            pooled = seed % 3 == 0 and program() is not None
            with tempfile.TemporaryDirectory(prefix="batchsvc-chaos-") as folder:
                try:
                    found = storm(
                        server, server.url_of(name, role), role, Path(folder), seed, options.domains, pooled=pooled
                    )
                except AssertionError as error:
                    wrong += 1
                    print(f"FAILED {error}", flush=True)  # noqa: T201
                else:
                    print(found, flush=True)  # noqa: T201
            server.start()
            server.drop_database(name)
    finally:
        pool.close()
    print(f"{len(seeds) - wrong} of {len(seeds)} accounts exact")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
