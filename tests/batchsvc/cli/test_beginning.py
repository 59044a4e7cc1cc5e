"""The command where something that it needs is not there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

WITHOUT = """
import runpy, sys
sys.modules[sys.argv.pop(1)] = None  # as where it is not installed
runpy.run_module("batchsvc", run_name="__main__", alter_sys=True)
"""


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    root = str(Path(__file__).parents[3])
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": root, **environment},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("module", ["idna", "fastapi"])
def test_without_its_extra_it_says_what_to_install(module: str, tmp_path: Path) -> None:
    done = run("-c", WITHOUT, module, "serve", cwd=tmp_path, DATABASE_URL="postgresql:///none?host=/nonexistent")
    assert done.returncode == 1
    assert f"{module} is missing" in done.stderr
    assert "'uuidkit[service]'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["serve", "worker", "settings", "list", "db upgrade"])
def test_an_empty_address_is_not_the_embedded_server(command: str, tmp_path: Path) -> None:
    """A secret that a deployment lacks would otherwise be a service on an empty database."""
    done = run("-m", "batchsvc", *command.split(), cwd=tmp_path, DATABASE_URL="")
    assert done.returncode == 2, done.stderr
    assert "DATABASE_URL is set, but empty" in done.stderr
    assert not list(tmp_path.iterdir())
