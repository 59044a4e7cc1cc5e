"""A legacy database, and the same with ids that are uuid."""

from __future__ import annotations

import pytest

import uuidkit
from tests.mutations.meddling import TARGET
from tests.uuidkit.safety.conftest import LEGACY, Legacy


@pytest.fixture
def legacy(database: str) -> Legacy:
    """Three tables of one reference graph."""
    found = Legacy(database)
    with found.connect() as connection:
        connection.execute(LEGACY)
    return found


@pytest.fixture
def converted(legacy: Legacy) -> Legacy:
    """The same, with ids that are uuid."""
    with legacy.connect() as connection:
        uuidkit.convert(connection, TARGET)
    return legacy
