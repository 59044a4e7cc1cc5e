"""Every example project: its ids become uuid by autogenerate, back again, and once more as a script."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

import uuidkit
from tests.support import Server, checksums, pg_dump, psql
from tests.support.interpreter import Interpreter
from tests.uuidkit.alembic.project import sqlalchemy_url

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
ROWS = """
INSERT INTO {s}orders SELECT 'order_' || md5(n::text)::uuid, '2025-04-01' FROM generate_series(1, 9) AS n;
INSERT INTO {s}order_items SELECT row_number() OVER (), order_id, 'article' FROM {s}orders, generate_series(1, 2);
"""
PAYMENTS = "INSERT INTO payments SELECT row_number() OVER (), order_id FROM orders;"
ARCHIVE = "INSERT INTO orders VALUES ('A-1', '" + "ab" * 16 + "');"
# What the revision has to say, besides `# uuidkit` nothing was done for.
CONVERSION = "op.convert_to_uuid( 'orders', 'order_id',"

NewDatabase = Callable[[], str]


@pytest.fixture
def new_database(server: Server) -> Iterator[NewDatabase]:
    made: list[str] = []

    def new() -> str:
        made.append(server.create_database())
        return made[-1]

    yield new
    for url in made:
        server.drop_database(url)


class Example:
    """A copy of an example, and the commands that its users type there."""

    def __init__(self, name: str, folder: Path, urls: dict[str, str], *program: str) -> None:
        self.folder = folder / name
        shutil.copytree(EXAMPLES / name, self.folder)
        self.urls = urls
        self.program, *self.first = program or ("alembic",)
        self.interpreter = Interpreter()

    def __enter__(self) -> Example:
        return self

    def __exit__(self, *_: object) -> None:
        self.interpreter.__exit__()

    def run(self, *args: str, **urls: str) -> str:
        """Its standard output; the test fails where it does."""
        found = {name: sqlalchemy_url(url) for name, url in {**self.urls, **urls}.items()}
        done = self.interpreter.run(self.folder, self.program, *self.first, *args, **found)
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), f"{args}\n{done.stdout}{done.stderr}"
        return done.stdout

    def revision(self, number: str) -> str:
        """The text of a revision, on one line."""
        [path] = (self.folder / "migrations" / "versions").glob(f"*{number}_*.py")
        return " ".join(path.read_text().split())


def story(example: Example, rows: str, new_database: NewDatabase) -> str:
    """Upgrade, autogenerate, upgrade, check, script, downgrade: the text of the revision."""
    url = example.urls["DATABASE_URL"]
    example.run("upgrade", "0001")
    assert psql(url, rows, "-v", "ON_ERROR_STOP=1").returncode == 0
    before = (pg_dump(url), checksums(url))
    write = ("migrate",) if example.program == "flask" else ("revision", "--autogenerate")
    example.run(*write, "--rev-id", "0002", "-m", "ids")
    # The whole history as a script, on an empty database.
    other = new_database()
    script = example.run("upgrade", "base:head", "--sql", DATABASE_URL="postgresql://nobody@/nowhere?host=/nonexistent")
    done = psql(other, script, "-v", "ON_ERROR_STOP=1")
    assert done.returncode == 0, done.stderr
    example.run("upgrade", "head")
    assert pg_dump(other, "--schema-only") == pg_dump(url, "--schema-only")
    for finished in (url, other):
        example.run("check", DATABASE_URL=finished)
        with psycopg.connect(finished) as connection:
            proof = uuidkit.verify(connection)
            assert proof.ok
            assert len(proof.columns) >= 2
    for finished in (other, url):
        example.run("downgrade", "0001", DATABASE_URL=finished)
    assert (pg_dump(url), checksums(url)) == before
    assert pg_dump(other, "--schema-only") == pg_dump(url, "--schema-only")
    return example.revision("0002")


@pytest.mark.parametrize("name", ["async_engine", "pyproject_only", "sqlmodel", "naming_conventions"])
def test_example(name: str, database: str, new_database: NewDatabase, tmp_path: Path) -> None:
    rows = ROWS.format(s="") + (PAYMENTS if name == "naming_conventions" else "")
    with Example(name, tmp_path, {"DATABASE_URL": database}) as example:
        written = story(example, rows, new_database)
    if name == "naming_conventions":
        assert f"{CONVERSION} include=['payments.order_id']," in written
        assert "op.create_foreign_key(op.f('fk_payments_order_id_orders'), 'payments', 'orders'" in written
    else:
        assert f"{CONVERSION} facts=" in written
        assert re.findall(r"op\.(\w+)\(", written) == ["convert_to_uuid", "revert_from_uuid"]


def test_flask_migrate(database: str, new_database: NewDatabase, tmp_path: Path) -> None:
    with Example("flask_migrate", tmp_path, {"DATABASE_URL": database}, "flask", "db") as example:
        written = story(example, ROWS.format(s=""), new_database)
    assert f"{CONVERSION} facts=" in written


def test_version_table_schema(database: str, new_database: NewDatabase, tmp_path: Path) -> None:
    with Example("version_table_schema", tmp_path, {"DATABASE_URL": database}) as example:
        written = story(example, ROWS.format(s="shop."), new_database)
    assert f"{CONVERSION} schema='shop'," in written


def test_several_databases(database: str, new_database: NewDatabase, tmp_path: Path) -> None:
    archive = new_database()
    both = {"SHOP_URL": database, "ARCHIVE_URL": archive}
    with Example("several_databases", tmp_path, both) as example:
        example.run("upgrade", "0001")
        assert psql(database, ROWS.format(s=""), "-v", "ON_ERROR_STOP=1").returncode == 0
        assert psql(archive, ARCHIVE, "-v", "ON_ERROR_STOP=1").returncode == 0
        before = [(pg_dump(url), checksums(url)) for url in both.values()]
        example.run("revision", "--autogenerate", "--rev-id", "0002", "-m", "ids")
        written = example.revision("0002")
        shop, archived = written.split("def upgrade_archive")
        assert CONVERSION in shop
        assert "op.convert_to_uuid( 'orders', 'customer_id'," in archived
        assert written.count("op.convert_to_uuid(") == written.count("op.revert_from_uuid(") == 2
        example.run("upgrade", "base:head", "--sql")
        example.run("upgrade", "head")
        for name, url in (("shop", database), ("archive", archive)):
            other = new_database()
            done = psql(other, (example.folder / f"{name}.sql").read_text(), "-v", "ON_ERROR_STOP=1")
            assert done.returncode == 0, done.stderr
            assert pg_dump(other, "--schema-only") == pg_dump(url, "--schema-only")
            with psycopg.connect(url) as connection:
                assert uuidkit.verify(connection).ok
        example.run("check")
        example.run("downgrade", "0001")
        assert [(pg_dump(url), checksums(url)) for url in both.values()] == before


def test_every_example_is_run_and_described() -> None:
    folders = {path.name for path in EXAMPLES.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))}
    described = set(re.findall(r"^\| \[(\w+)\]", (EXAMPLES / "README.md").read_text(), re.MULTILINE))
    tested = set(re.findall(r'"(\w+)"', Path(__file__).read_text()))
    assert folders == described
    assert folders <= tested
