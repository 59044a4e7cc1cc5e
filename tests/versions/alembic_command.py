"""Alembic in the checkout, with DATABASE_URL, as a user runs it there."""

from __future__ import annotations

import subprocess

from tests.support.interpreter import ROOT, shared


def alembic(url: str, *args: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the alembic command on a database; with `check` the test fails unless it ends with 0."""
    done = shared().run(ROOT, "alembic", *args, DATABASE_URL=url)
    if check and done.returncode:
        raise AssertionError(f"alembic {' '.join(args)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done
