"""``batchsvc db``: the schema comes to the head revision from anywhere, and what fails is a sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from batchsvc import schema
from tests.support import pg_dump, psql

ROOT = Path(schema.__file__).resolve().parents[1]


def batchsvc(*args: str, cwd: Path, url: str | None = None, path: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, with the packages found in another."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PYTHONPATH")}
    environment["PYTHONPATH"] = str(path)
    if url is not None:
        environment["DATABASE_URL"] = url
    return subprocess.run(
        [sys.executable, "-m", "batchsvc", *args], cwd=cwd, env=environment, capture_output=True, text=True
    )


def revision(url: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    assert row is not None
    return row[0]


def test_upgrade_outside_the_checkout(database: str, tmp_path: Path) -> None:
    done = batchsvc("db", "upgrade", cwd=tmp_path, url=database)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert revision(database) == schema.head_revision()
    assert list(tmp_path.iterdir()) == []


def test_a_second_upgrade_changes_nothing(database: str) -> None:
    schema.upgrade(database)
    before = pg_dump(database)
    schema.upgrade(database)
    assert pg_dump(database) == before


def test_installed_packages_carry_the_revisions_within(database: str, tmp_path: Path) -> None:
    # The layout of the wheel, in a folder whose name would disturb a list of paths or a configuration file.
    site = tmp_path / "a b%(x)s"
    for package in ("uuidkit", "batchsvc"):
        shutil.copytree(ROOT / package, site / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "versions", site / "batchsvc" / "versions", ignore=shutil.ignore_patterns("__pycache__"))
    done = batchsvc("db", "upgrade", "-d", database, cwd=tmp_path, path=site)
    assert done.returncode == 0, done.stderr
    assert revision(database) == schema.head_revision()


def test_legacy_tables_are_refused_until_they_are_stamped(database: str, tmp_path: Path) -> None:
    schema.upgrade(database)
    psql(database, "DROP TABLE alembic_version")
    before = pg_dump(database)
    done = batchsvc("db", "upgrade", cwd=tmp_path, url=database)
    assert done.returncode == 1
    assert "batchsvc db stamp 0001" in done.stderr
    assert "Traceback" not in done.stderr
    assert pg_dump(database) == before
    assert batchsvc("db", "stamp", schema.head_revision(), cwd=tmp_path, url=database).returncode == 0
    assert batchsvc("db", "upgrade", cwd=tmp_path, url=database).returncode == 0


@pytest.mark.parametrize("command", [("db", "upgrade"), ("db", "stamp", "0001")])
def test_an_unreachable_server_is_a_sentence(command: tuple[str, ...], tmp_path: Path) -> None:
    done = batchsvc(*command, cwd=tmp_path, url="postgresql://someone:s3cret@127.0.0.1:1/nowhere")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "127.0.0.1" in done.stderr
    assert "s3cret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_revision_is_a_sentence(database: str, tmp_path: Path) -> None:
    done = batchsvc("db", "stamp", "9999", cwd=tmp_path, url=database)
    assert done.returncode == 1
    assert "9999" in done.stderr
    assert "Traceback" not in done.stderr
