"""A process that uses the embedded server: prints its URL, then waits for its standard input to end.

Usage: embedded_client.py DIRECTORY [--plain-account]

With --plain-account a process of root goes on as an account without rights, with PostgreSQL's programs from
UUIDKIT_TEST_PROGRAMS, a folder that this account can read.
"""

from __future__ import annotations

import os
import pwd
import sys
from pathlib import Path

from uuidkit.database import embedded
from uuidkit.errors import UuidkitError


def main(directory: str, *options: str) -> int:
    """Run as the module says; 3 and the error on standard error where there is no server to be had."""
    if "--plain-account" in options and os.geteuid() == 0:
        entry = pwd.getpwnam("nobody")
        os.setgroups([])
        os.setresgid(entry.pw_gid, entry.pw_gid, entry.pw_gid)
        os.setresuid(entry.pw_uid, entry.pw_uid, entry.pw_uid)
        sys.path.insert(0, os.environ["UUIDKIT_TEST_PROGRAMS"])
    try:
        with embedded.server(Path(directory), durable=False) as url:
            print(url, flush=True)  # noqa: T201 - how this process answers
            sys.stdin.read()
    except UuidkitError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
