"""Fixtures for the documents: a database for each of their sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.support.servers import Pool, Server, parse_choice

NewDatabase = Callable[[], str]


@pytest.fixture
def reader_server(servers: Pool, pytestconfig: pytest.Config) -> Server:
    """The first of the chosen servers: documents are read once, not once per version."""
    return servers.get(parse_choice(pytestconfig.getoption("servers"))[0])


@pytest.fixture
def new_database(reader_server: Server) -> Iterator[NewDatabase]:
    """Makes a fresh database called ``shop`` and gives the superuser's URL; one at a time, dropped at the end."""
    server = reader_server

    def make() -> str:
        server.drop_database("shop")
        server.run("CREATE DATABASE shop")
        return server.url_of("shop")

    yield make
    server.drop_database("shop")
