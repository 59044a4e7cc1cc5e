"""One running service for the tests of a module; no worker, so that everything stays where it was put."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.batchsvc.serving import Client, Service, plain_database, running
from tests.support.servers import Server


@pytest.fixture(scope="module")
def service_url(server: Server) -> Iterator[str]:
    """A database at the head revision, as the service's plain role."""
    with plain_database(server) as url:
        yield url


@pytest.fixture(scope="module")
def service(service_url: str) -> Iterator[Service]:
    """The service on it."""
    with running(service_url) as found:
        yield found


@pytest.fixture(scope="module")
def client(service: Service) -> Client:
    """A tenant's client."""
    return service.client()


@pytest.fixture(scope="module")
def stranger(service: Service) -> Client:
    """Another tenant's client."""
    return service.client()
