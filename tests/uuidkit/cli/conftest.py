"""A legacy database and ways to run the program on it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from tests.support.clients import apply
from tests.support.servers import Server
from uuidkit.cli.main import uuidkit

LEGACY = Path(__file__).with_name("legacy.sql")

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def legacy_template(server: Server) -> Iterator[str]:
    """A database with the legacy tables, to be copied."""
    server.start()
    url = server.create_database()
    apply(url, LEGACY)
    yield url
    server.start()
    server.drop_database(url)


@pytest.fixture
def legacy(server: Server, legacy_template: str) -> Iterator[str]:
    """The superuser's URL of a fresh copy of the legacy database."""
    url = server.create_database(template=legacy_template)
    yield url
    server.start()
    server.drop_database(url)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command within this process, with DATABASE_URL as given; a failure that is not told is an error."""

    def invoke(url: str | None, *args: str, input: str | None = None) -> Result:
        monkeypatch.delenv("DATABASE_URL", raising=False)
        if url is not None:
            monkeypatch.setenv("DATABASE_URL", url)
        result = CliRunner().invoke(uuidkit, args, prog_name="uuidkit", input=input)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert "Traceback" not in result.output
        return result

    return invoke


def program(url: str | None, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program as a user does, in a process of its own and without a terminal."""
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "UUIDKIT_TRACEBACK")}
    if url is not None:
        env["DATABASE_URL"] = url
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "uuidkit.cli", *args],
        env={**env, **environment},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def execute(url: str, *statements: str) -> None:
    """Run statements in a database, each for itself."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def fetch(url: str, query: str) -> list[tuple[object, ...]]:
    """The rows of a query."""
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()
