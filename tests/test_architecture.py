"""The house stands as it was drawn: which room may know which, and how large a room may grow."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted([*ROOT.glob("uuidkit/**/*.py"), *ROOT.glob("batchsvc/**/*.py"), *ROOT.glob("versions/*.py")])

# Rooms that compute and open no connection; of psycopg they know the composing of SQL alone.
PURE = (
    "catalog/model",
    "catalog/names",
    "composing",
    "errors",
    "findings",
    "guard",
    "ids",
    "ledger/documents",
    "ledger/statements",
    "planning",
    "render",
    "report",
)
IMPURE_MODULES = (
    "uuidkit.database",
    "uuidkit.execute",
    "uuidkit.reading",
    "uuidkit.ledger.store",
    "sqlalchemy",
    "alembic",
)


def imports(path: Path) -> set[str]:
    """Every module that a module imports when it runs, those for type checking left out."""
    found: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    guarded = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for child in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in guarded:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_arrows_point_one_way(path: Path) -> None:
    found = imports(path)
    if path.is_relative_to(ROOT / "uuidkit"):
        assert not [module for module in found if module.split(".")[0] in ("batchsvc", "versions", "tests")]
    if path.is_relative_to(ROOT / "batchsvc"):
        assert not [module for module in found if module.split(".")[0] in ("versions", "tests")]


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in MODULES
        if str(path.relative_to(ROOT)).removeprefix("uuidkit/").removesuffix(".py").startswith(PURE)
    ],
    ids=name,
)
def test_pure_rooms_know_no_connection(path: Path) -> None:
    found = imports(path)
    assert not [module for module in found if module.startswith(IMPURE_MODULES)]
    assert {module for module in found if module.startswith("psycopg")} <= {"psycopg", "psycopg.sql"}
    if "psycopg" in found:
        assert "psycopg.sql" in found
        assert "psycopg.connect" not in found


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_nothing_is_dropped_with_cascade() -> None:
    """CASCADE may be a foreign key's action, never the end of a DROP."""
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value.upper()
                assert not ("DROP" in text and "CASCADE" in text), (name(path), node.lineno)


def test_importing_the_toolkit_loads_neither_engine_nor_service() -> None:
    code = "import sys, uuidkit; print([m for m in ('sqlalchemy', 'alembic', 'batchsvc', 'click') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
