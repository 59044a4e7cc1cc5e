"""Built as a wheel and installed elsewhere, the toolkit is whole; and importing it costs little."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import psycopg

import uuidkit
from tests.support import pg_dump, psql
from tests.uuidkit.alembic.project import sqlalchemy_url

ROOT = Path(__file__).parents[1]
ROWS = """
INSERT INTO orders SELECT 'order_' || md5(n::text)::uuid, '2025-04-01' FROM generate_series(1, 9) AS n;
INSERT INTO order_items SELECT row_number() OVER (), order_id, 'article' FROM orders;
"""


def run(*command: str | Path, cwd: Path, **env: str) -> str:
    """The output; the test fails where the command does."""
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=cwd, env={**plain, **env}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}"
    return done.stdout


def test_the_wheel_works_outside_of_the_checkout(database: str, tmp_path: Path) -> None:
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, ROOT, cwd=tmp_path)
    [wheel] = tmp_path.glob("uuidkit-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "uuidkit").rglob("*.py")}
    assert modules <= names
    assert {
        "uuidkit/py.typed",
        "batchsvc/migrations/script.py.mako",
        "batchsvc/versions/0001_legacy_baseline.py",
    } <= names
    assert not [name for name in names if name.startswith(("tests/", "examples/", "docs/", "benchmarks/", "versions/"))]

    # An environment with the wheel, and the dependencies beside it: without what the checkout has put there.
    home = tmp_path / "environment"
    venv.create(home, with_pip=False)
    bin_dir, site = home / "bin", next((home / "lib").glob("python*/site-packages"))
    run(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", site, wheel, cwd=tmp_path)
    (site / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    python = bin_dir / "python"
    where = run(python, "-c", "import uuidkit, batchsvc; print(uuidkit.__file__, batchsvc.__file__)", cwd=tmp_path)
    assert where.split() == [str(site / "uuidkit/__init__.py"), str(site / "batchsvc/__init__.py")]

    project = tmp_path / "project"
    shutil.copytree(ROOT / "examples" / "async_engine", project)
    url = sqlalchemy_url(database)

    def alembic(*args: str) -> str:
        return run(python, "-m", "alembic", *args, cwd=project, DATABASE_URL=url)

    alembic("upgrade", "0001")
    assert psql(database, ROWS, "-v", "ON_ERROR_STOP=1").returncode == 0
    before = pg_dump(database)
    alembic("revision", "--autogenerate", "--rev-id", "0002", "-m", "ids")
    alembic("upgrade", "head")
    assert "No new upgrade operations detected" in alembic("check")
    with psycopg.connect(database) as connection:
        assert uuidkit.verify(connection).ok
    command = (python, "-m", "uuidkit") if (site / "uuidkit" / "__main__.py").exists() else (site / "bin" / "uuidkit",)
    environment = {"DATABASE_URL": database, "PYTHONPATH": str(site)}
    assert "Proved: 2 columns" in run(*command, "verify", cwd=project, **environment)
    alembic("downgrade", "0001")
    assert pg_dump(database) == before


def test_the_import_costs_little(tmp_path: Path) -> None:
    """Processor time, of the best of some runs: other work on the machine does not count."""
    code = "import time, sqlalchemy; t = time.process_time(); import uuidkit; print(time.process_time() - t)"
    seconds = [float(run(sys.executable, "-c", code, cwd=tmp_path)) for _ in range(3)]
    assert min(seconds) < 0.1, seconds
