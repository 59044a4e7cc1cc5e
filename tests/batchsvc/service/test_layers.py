"""Who may do what: transactions are the callers', the scanner knows no database, settings read the environment."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import batchsvc

ROOT = Path(batchsvc.__file__).resolve().parent
SERVICES = [
    ROOT / name for name in ("service.py", "reading.py", "accounting.py", "tenancy.py", "hints.py", "key_store.py")
] + sorted((ROOT / "items").glob("*.py"))
# What ends or begins a transaction, on whatever it is called; a savepoint (begin_nested) is within the caller's.
OWNING = {"begin", "commit", "rollback", "close", "invalidate"}
ENDING = ("COMMIT", "ROLLBACK", "BEGIN", "START TRANSACTION", "PREPARE TRANSACTION", "SAVEPOINT")
SCANNER = sorted((ROOT / "scanner").rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def called(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr


@pytest.mark.parametrize("path", SERVICES, ids=name)
def test_services_leave_the_transaction_to_the_caller(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert OWNING.isdisjoint(called(tree))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert not [text for text in texts if text.strip().upper().startswith(ENDING)]


@pytest.mark.parametrize("path", SCANNER, ids=name)
def test_the_scanner_knows_no_database(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    forbidden = ("sqlalchemy", "psycopg", "procrastinate", "batchsvc.database", "batchsvc.models", "uuidkit.database")
    assert not [module for module in modules if module.startswith(forbidden)]


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=name)
def test_only_the_settings_read_the_environment(path: Path) -> None:
    if name(path) == "settings.py":
        return
    assert {"environ", "getenv"}.isdisjoint(called(ast.parse(path.read_text(encoding="utf-8"))))
