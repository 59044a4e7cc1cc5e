"""Alembic's environment: one transaction, a connection of the caller's, errors as sentences."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from alembic import command
from alembic.util import CommandError
from sqlalchemy import NullPool, text

from batchsvc import schema
from tests.support import pg_dump
from tests.support.interpreter import shared
from uuidkit.database import create_engine

ROOT = Path(schema.__file__).resolve().parents[1]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what a new revision is added to."""
    shutil.copy(ROOT / "alembic.ini", tmp_path)
    shutil.copytree(ROOT / "versions", tmp_path / "versions", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def alembic(folder: Path, url: str, *args: str) -> subprocess.CompletedProcess[str]:
    return shared().run(folder, "alembic", *args, DATABASE_URL=url)


def test_a_new_revision_runs_as_the_template_writes_it(checkout: Path, database: str) -> None:
    alembic(checkout, database, "upgrade", "head")
    before = pg_dump(database)
    done = alembic(checkout, database, "revision", "--autogenerate", "--rev-id", "9999", "-m", "Nothing new")
    assert done.returncode == 0, done.stdout + done.stderr
    written = (checkout / "versions" / "9999_nothing_new.py").read_text()
    assert [line for line in written.splitlines() if line.startswith("    ") and "#" not in line] == [
        "    pass",
        "    pass",
    ]
    for target in ("head", schema.head_revision()):
        done = alembic(checkout, database, "upgrade" if target == "head" else "downgrade", target)
        assert done.returncode == 0, done.stdout + done.stderr
    assert pg_dump(database) == before


def test_a_revision_may_convert_without_an_import(checkout: Path, database: str) -> None:
    alembic(checkout, database, "upgrade", "head")
    before = pg_dump(database, "--schema=public")
    done = alembic(checkout, database, "revision", "--rev-id", "9999", "-m", "Contract")
    assert done.returncode == 0, done.stdout + done.stderr
    path = checkout / "versions" / "9999_contract.py"
    path.write_text(path.read_text().replace("    pass", '    op.convert_to_uuid("contacts", "email")', 1))
    done = alembic(checkout, database, "upgrade", "head")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "email_original" in pg_dump(database)
    path.write_text(path.read_text().replace("    pass", '    op.revert_from_uuid("contacts", "email")', 1))
    done = alembic(checkout, database, "downgrade", "-1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert pg_dump(database, "--schema=public") == before


def test_a_failure_in_the_last_revision_undoes_all(checkout: Path, database: str) -> None:
    path = checkout / "versions" / "9999_fails.py"
    path.write_text(
        "from alembic import op\n"
        f"revision, down_revision = '9999', '{schema.head_revision()}'\n"
        "def upgrade():\n    op.execute('CREATE TABLE more ()')\n    op.execute('SELECT 1 / 0')\n"
    )
    before = pg_dump(database)
    done = alembic(checkout, database, "upgrade", "head")
    assert done.returncode == 1
    assert "FAILED: division by zero." in done.stderr.splitlines()
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert pg_dump(database) == before
    verbose = alembic(checkout, database, "--raiseerr", "upgrade", "head")
    assert "Traceback" in verbose.stderr


def test_the_callers_connection_is_used_and_its_transaction_left_alone(database: str) -> None:
    before = pg_dump(database)
    config = schema.alembic_config()
    with create_engine(database, poolclass=NullPool).connect() as connection, connection.begin() as transaction:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        assert version == schema.head_revision()
        transaction.rollback()
    assert pg_dump(database) == before


def test_an_error_of_the_database_is_alembics_own_for_callers_from_python(database: str) -> None:
    command.upgrade(schema.alembic_config(database), "0001")
    with create_engine(database, poolclass=NullPool).begin() as connection:
        connection.execute(text("DROP TABLE contacts"))
    with pytest.raises(CommandError, match=r'^table "contacts" does not exist\.$'):
        command.downgrade(schema.alembic_config(database), "base")
