"""One running service for the tests of a module; no worker, so that everything stays where it was put."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.batchsvc.chaos.pooler import Pooler
from tests.batchsvc.serving import Client, Service, running
from tests.support.servers import Server

# What is tried straight and once more through a PgBouncer that pools transactions.
BOTH_WAYS = ("test_batches", "test_tenant_wall")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "way" in metafunc.fixturenames:
        both = metafunc.module.__name__.rpartition(".")[2] in BOTH_WAYS
        metafunc.parametrize("way", ["straight", "pooled"] if both else ["straight"], indirect=True, scope="session")


@pytest.fixture(scope="session")
def way(request: pytest.FixtureRequest, server: Server, service_role: str) -> Iterator[Callable[[str], str]]:
    """The URL by which the service reaches a database."""
    if request.param == "straight":
        yield lambda url: url
        return
    pooler = Pooler(server, service_role)
    try:
        pooler.wait()
        yield pooler.url
    finally:
        pooler.close()


@pytest.fixture(scope="module")
def service(module_service_database: str, way: Callable[[str], str]) -> Iterator[Service]:
    """The service on a database of its own."""
    with running(way(module_service_database)) as found:
        yield found


@pytest.fixture(scope="module")
def client(service: Service) -> Client:
    """A tenant's client."""
    return service.client()


@pytest.fixture(scope="module")
def stranger(service: Service) -> Client:
    """Another tenant's client."""
    return service.client()
