"""Times and sizes in words. Pure."""

from __future__ import annotations


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


def size(number: int) -> str:
    """Bytes in words."""
    amount = float(number)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TB"
