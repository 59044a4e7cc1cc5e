"""`uuidkit demo` as a user runs it: what it shows, what it leaves alone, and what it does when it cannot."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.support.clients import checksums
from tests.support.servers import Server
from uuidkit.report.layout import WIDTH, width

PASSWORD = "p@ss/word 1"
HEADINGS = (
    "1. A LEGACY DATABASE",
    "2. THE DRY RUN",
    "3. THE CONVERSION",
    "4. THE PROOF",
    "5. LIFE ON THE NEW SCHEMA",
    "6. THE WAY BACK",
    "HOW LONG IT TOOK",
)


def demo(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    names = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "UUIDKIT_EMBEDDED_DIR")}
    return subprocess.run(
        [sys.executable, "-m", "uuidkit.cli", *arguments],
        cwd=cwd,
        env={**names, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **environment},
        capture_output=True,
        encoding="utf-8",
    )


def databases(server: Server) -> set[str]:
    with psycopg.connect(server.url) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall()}


@dataclass(frozen=True)
class Told:
    """A demo that was run, and what was on its server before and after."""

    status: int
    out: str
    messages: str
    before: tuple[set[str], dict[str, str]]
    after: tuple[set[str], dict[str, str]]


@pytest.fixture(scope="module")
def told(server: Server, module_database: str, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Told on a server that was named, to a plain role with a password; DATABASE_URL names another database."""
    role = server.create_role("CREATEDB", PASSWORD)
    with psycopg.connect(module_database, autocommit=True) as connection:
        connection.execute("CREATE TABLE batch_jobs AS SELECT md5(n::text) AS batch_id FROM generate_series(1, 9) AS n")
    before = databases(server), checksums(module_database)
    url = server.url_of("postgres", role, PASSWORD)
    done = demo("demo", "-d", url, cwd=tmp_path_factory.mktemp("work"), DATABASE_URL=module_database)
    after = databases(server), checksums(module_database)
    server.drop_role(role)
    return Told(done.returncode, done.stdout, done.stderr, before, after)


def test_every_step_does_what_it_says(told: Told) -> None:
    assert told.status == 0, told.out[-2000:] + told.messages
    lines = told.out.splitlines()
    assert [line for line in lines if line in HEADINGS] == list(HEADINGS)
    assert "Every step did what it says. The scratch database is gone." in lines


def test_it_fits_the_page(told: Told) -> None:
    assert [line for line in told.out.splitlines() if width(line) > WIDTH] == []
    assert told.messages == ""


def test_other_databases_are_left_alone(told: Told) -> None:
    assert told.after == told.before


def test_no_password_is_shown(told: Told) -> None:
    assert PASSWORD not in told.out
    assert "p%40ss" not in told.out


def test_what_the_commands_answer_is_shown(told: Told) -> None:
    assert re.findall(r"^\$ uuidkit (\w+)", told.out, re.MULTILINE) == [
        *("scan", "convert", "report", "convert", "verify", "lookup", "revert"),
    ]
    assert "(exit status 3)" in told.out
    assert "UNPARSEABLE: public.batch_jobs.batch_id" in told.out
    assert 'violates foreign key constraint "domains_batch_id_fkey"' in " ".join(told.out.split())
    dumps = re.findall(r"(?:before the conversion|after the way back) +(\d+) +([0-9a-f]{16})…", told.out)
    assert len(dumps) == 2
    assert dumps[0] == dumps[1]
    places = re.search(r"^  places +(\w+)… +(\w+)… +600$", told.out, re.MULTILINE)
    assert places is not None
    assert places[1] == places[2]


def test_without_a_server_it_brings_its_own_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "temporary").mkdir()
    (tmp_path / "work").mkdir()
    done = demo(
        "demo",
        cwd=tmp_path / "work",
        TMPDIR=str(tmp_path / "temporary"),
        DATABASE_URL="postgresql://somebody@127.0.0.1:1/precious",
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert "DATABASE_URL is set; the demo leaves that database alone" in done.stdout
    assert "precious" not in done.stdout
    assert list((tmp_path / "work").iterdir()) == []
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_server_that_does_not_allow_it(server: Server, tmp_path: Path) -> None:
    server.start()
    name = server.create_role()
    before = databases(server)
    done = demo("demo", "--database-url", server.url_of("postgres", name), cwd=tmp_path)
    server.drop_role(name)
    assert done.returncode == 2
    assert "the server refused: permission denied to create database." in done.stderr
    assert "Traceback" not in done.stderr
    assert databases(server) == before


def test_an_interrupted_demo_leaves_no_database(server: Server, tmp_path: Path) -> None:
    server.start()
    before = databases(server)
    with subprocess.Popen(
        [sys.executable, "-m", "uuidkit.cli", "demo", "-d", server.url],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("2. THE DRY RUN"):
                break
        assert databases(server) != before
        process.stdout.close()  # as `| head` does
        process.wait(60)
    assert process.returncode != 0
    assert databases(server) == before
