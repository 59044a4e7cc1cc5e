"""A database at the head revision for each test, as the service's plain role sees it: behind the tenants' walls."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from batchsvc import schema
from tests.batchsvc.bench import Bench
from tests.support.servers import Server


@pytest.fixture(scope="session")
def service_role(server: Server) -> Iterator[str]:
    """A role without any right of its own; it owns the tables."""
    role = server.create_role()
    yield role
    server.start()
    server.drop_role(role)


@pytest.fixture(scope="session")
def service_template(server: Server, service_role: str) -> Iterator[str]:
    """A database at the head revision, of which tests take copies."""
    server.start()
    name = server.create_database(owner=service_role).partition("?")[0].rpartition("/")[2]
    schema.upgrade(server.url_of(name, service_role))
    yield name
    server.start()
    server.drop_database(name)


@pytest.fixture
def service_database(server: Server, service_template: str, service_role: str) -> Iterator[str]:
    """The plain role's URL of a fresh database at the head revision."""
    server.start()
    name = server.create_database(service_template, owner=service_role).partition("?")[0].rpartition("/")[2]
    yield server.url_of(name, service_role)
    server.start()
    server.drop_database(name)


@pytest.fixture(scope="module")
def module_service_database(server: Server, service_template: str, service_role: str) -> Iterator[str]:
    """The plain role's URL of a database at the head revision that the tests of one module share."""
    server.start()
    name = server.create_database(service_template, owner=service_role).partition("?")[0].rpartition("/")[2]
    yield server.url_of(name, service_role)
    server.start()
    server.drop_database(name)


@pytest.fixture
def bench(service_database: str) -> Bench:
    """What a test of the service works with, for a tenant of its own."""
    return Bench(service_database, uuid4())
