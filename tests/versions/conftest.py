"""A second database, for what must come out the same on two ways."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import Server


@pytest.fixture
def second_database(server: Server) -> Iterator[str]:
    url = server.create_database()
    yield url
    server.drop_database(url)
