"""One running service for the tests of a module; no worker, so that everything stays where it was put."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.batchsvc.serving import Client, Service, running


@pytest.fixture(scope="module")
def service(module_service_database: str) -> Iterator[Service]:
    """The service on a database of its own."""
    with running(module_service_database) as found:
        yield found


@pytest.fixture(scope="module")
def client(service: Service) -> Client:
    """A tenant's client."""
    return service.client()


@pytest.fixture(scope="module")
def stranger(service: Service) -> Client:
    """Another tenant's client."""
    return service.client()
