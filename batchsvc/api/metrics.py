"""What Prometheus may ask: requests as this process sees them, and the queue as the database has it."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The metrics of one application.

    Args:
        registry: where they are; a registry of its own unless the process has one to share.
    """

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self._requests = Counter(
            "batchsvc_http_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "batchsvc_http_request_seconds",
            "Seconds from a request to the end of its answer.",
            ["route"],
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
            registry=self.registry,
        )
        self.streams = Gauge("batchsvc_event_streams", "Open streams of progress.", registry=self.registry)
        self._items = Gauge("batchsvc_items", "Domains of unfinished batches.", ["state"], registry=self.registry)
        self._failures = Gauge(
            "batchsvc_failed_items", "Failed domains of unfinished batches.", ["code"], registry=self.registry
        )
        self._batches = Gauge("batchsvc_open_batches", "Batches that are not finished.", registry=self.registry)
        self._oldest = Gauge(
            "batchsvc_oldest_queued_seconds",
            "Age of the oldest domain that could be scanned now.",
            registry=self.registry,
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answer.

        Args:
            route: the path as declared, without ids.
            status: 0 where the client went away before.
        """
        known = method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def queue(self, items: Mapping[str, int], failures: Mapping[str, int], batches: int, oldest: float) -> None:
        """Set what the database says about the queue.

        Args:
            items: number by state.
            failures: number by error code.
            batches: how many are not finished.
            oldest: seconds that the oldest claimable domain has waited.
        """
        for state in ("queued", "running"):
            self._items.labels(state).set(items.get(state, 0))
        self._failures.clear()
        for code, number in failures.items():
            self._failures.labels(code).set(number)
        self._batches.set(batches)
        self._oldest.set(oldest)

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self.registry)
