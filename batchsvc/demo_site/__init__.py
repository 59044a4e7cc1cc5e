"""A few small websites on this machine, for a demonstration where there is no way out to the internet."""

from __future__ import annotations

from batchsvc.demo_site.server import DOMAINS, NETWORK, demo_site

__all__ = ["DOMAINS", "NETWORK", "demo_site"]
