"""Databases at the baseline, and legacy ones with rows of every format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import Server, apply
from tests.versions.alembic_command import alembic


@pytest.fixture(scope="module")
def legacy_template(module_database: str) -> str:
    """The legacy tables with the rows of ``rows.sql``, at revision 0001; tests take copies."""
    alembic(module_database, "upgrade", "0001")
    apply(module_database, Path(__file__).with_name("rows.sql"))
    return module_database


@pytest.fixture
def legacy(server: Server, legacy_template: str) -> Iterator[str]:
    """A legacy database of the test's own."""
    url = server.create_database(template=legacy_template)
    yield url
    server.drop_database(url)


@pytest.fixture
def second_legacy(server: Server, legacy_template: str) -> Iterator[str]:
    """Another one, for what must come out the same on two ways."""
    url = server.create_database(template=legacy_template)
    yield url
    server.drop_database(url)
