"""Alembic as a user runs it: the console script, in the checkout, with DATABASE_URL."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def alembic(url: str, *args: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the alembic command on a database; with `check` the test fails unless it ends with 0."""
    done = subprocess.run(
        [Path(sys.executable).with_name("alembic"), *args],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
    )
    if check and done.returncode:
        raise AssertionError(f"alembic {' '.join(args)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done
