"""The jobs of docs/ci.md: their files can be read, and their commands do what the page says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from psycopg.conninfo import conninfo_to_dict

from tests.docs.markdown import ROOT, blocks
from tests.support import psql
from tests.support.servers import Server

DOCUMENT = ROOT / "docs" / "ci.md"
JOBS = [yaml.safe_load(block.text) for block in blocks(DOCUMENT) if block.kind == "yaml"]


def commands(job: dict[str, object]) -> list[str]:
    """The commands that a job runs, the installation left out."""
    if "jobs" in job:
        steps = job["jobs"]["report"]["steps"]
        found = [line for step in steps for line in str(step.get("run", "")).splitlines()]
    else:
        found = job["uuid-report"]["script"]
    return [line for line in found if not line.startswith("pip ")]


@pytest.mark.parametrize("job", JOBS, ids=["github", "gitlab"])
def test_the_commands_of_a_job_run(job: dict[str, object], database: str, tmp_path: Path) -> None:
    assert commands(job)
    psql(database, (ROOT / "docs" / "example" / "shop.sql").read_text(encoding="utf-8"))
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    ended = [
        subprocess.run(["bash", "-ec", line], cwd=tmp_path, env=environment, capture_output=True, text=True)
        for line in commands(job)
    ]
    # A value without a uuid is still to be decided about: the job fails, and its page says so.
    assert {done.returncode for done in ended} == {3}, [done.stderr for done in ended]
    assert "Not yet: " in (tmp_path / "report.html").read_text(encoding="utf-8")
    if "jobs" in job:
        assert (tmp_path / "summary.md").read_text(encoding="utf-8").startswith("# Conversion to uuid")


def test_what_a_job_keeps_is_what_its_commands_write() -> None:
    github, gitlab = JOBS
    upload = github["jobs"]["report"]["steps"][-1]
    assert upload["with"]["path"] == "report.html"
    assert gitlab["uuid-report"]["artifacts"]["paths"] == ["report.html"]
    assert github[True] == "pull_request"  # YAML 1.1 reads the word "on" so


def test_a_role_that_may_read_nothing_is_no_reason_to_be_content(database: str, server: Server, tmp_path: Path) -> None:
    psql(database, (ROOT / "docs" / "example" / "shop.sql").read_text(encoding="utf-8"))
    url = server.url_of(conninfo_to_dict(database)["dbname"], server.create_role())
    for form in ("text", "markdown"):
        done = subprocess.run(
            [sys.executable, "-m", "uuidkit.cli", "report", "--all", "--fail-on", "review", "--format", form],
            env={**os.environ, "DATABASE_URL": url},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 3, done.stderr
        assert "Nothing to do as far as one can see: 3 tables could not be looked at." in done.stdout
        assert "uuid already" not in done.stdout
