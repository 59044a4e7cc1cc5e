"""Times as a forecast says them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uuidkit.report import layout


def duration(seconds: float | None) -> str:
    """A time in words, as precise as a forecast can be."""
    if seconds is None:
        return "not known"
    if seconds < 1:
        return "less than a second"
    if seconds < 90:
        return f"about {seconds:.0f} s"
    if seconds < 5400:
        return f"about {seconds / 60:.0f} min"
    return f"about {seconds / 3600:.1f} h"


def span(estimate: Mapping[str, Any]) -> str:
    """How long something is expected to take, with the bounds where they are known.

    Args:
        estimate: of the JSON report.
    """
    between = estimate.get("between")
    if between is None or between[1] < 1:
        return duration(estimate["seconds"])
    low, high = (layout.duration(seconds) for seconds in between)
    bounds = f"at most {high}" if estimate["seconds"] < 1 else f"between {low} and {high}"
    return f"{duration(estimate['seconds'])} ({bounds})"
