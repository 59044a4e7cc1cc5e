"""How well a forecast can be known, and why not better. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import replace

from uuidkit.planning.model import Estimate

# On a server with nothing else to do a forecast is as good as that.
_QUIET = (0.8, 1.25)
_STEADY = 1.4  # the same work may take that many times as long again there
_FEW = 5  # times; of more than that one at each end says nothing of the rest
_ALONE = 0.1  # of the processor's time may be lost to others there
_WORST = 4.0  # times as long, at most, is said of a server that loses more
_DISK = 2.0  # times as long, where the disk has a say that was not heard
_MUCH = 1024 * 1024 * 1024  # bytes that systems and disks take at once
_BRIEF = 0.5  # seconds
_TENTHS = (0.1, 0.3)  # seconds less and more that such a conversion may take
_NOTABLE = 0.05  # of the time


def apart(rounds: Sequence[float], looks: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], str]:
    """Bounds of each second that is forecast, and why they are wide; empty where they are not.

    Args:
        rounds: seconds that the same work took, over and over.
        looks: seconds that the server's process was put aside for others, and of how many.
    """
    # The first one meets cold caches.
    series = [rounds[1:] if len(rounds) > 2 else rounds, [looked for _, looked in looks]]
    ratios = [one / statistics.median(times) for times in series for one in _usual(times)]
    low, high = min(_QUIET[0], *ratios), max(_QUIET[1], *ratios)
    lost = sum(gone for gone, _ in looks) / sum(looked for _, looked in looks)
    if lost > _ALONE:
        # The others may stop, and they may take as much again.
        return (low * (1 - lost), min(_WORST, high / (1 - lost))), (
            f" Other programs take {lost:.0%} of the processor's time from the server just now: the time cannot be "
            "known better than that."
        )
    if max(ratios) / min(ratios) < _STEADY:
        return (low, high), ""
    return (low, high), (
        f" The server is busy with other things: the same work took {max(ratios) / min(ratios):.1f} times as long at "
        "one moment as at another, so the time cannot be known better than that."
    )


def settled(found: Estimate, *, cached: bool, making: float) -> Estimate:
    """The estimate with wider bounds, and the reason, where a few rows do not show what it takes.

    Args:
        found: by rates that were measured.
        cached: whether the largest table comes from memory, the server's or its system's.
        making: seconds of it, by a typical rate, in which the server makes new files for its log.
    """
    if found.between is None or found.seconds is None:
        return found
    low, high = found.between
    why = []
    if not cached:
        why.append("The largest table has to be read from the disk")
    written = found.bytes_written + found.wal
    if written > _MUCH:
        why.append(f"About {written / 1e6:,.0f} MB are written with the log")
    if why:
        high = max(high, found.seconds * _DISK)
    if making > _NOTABLE * found.seconds:
        low, high = low - making, high + making
        why.append("The server has too few files for its log and makes new ones meanwhile")
    said = "".join(f" {one}: how fast the disk is at that a few rows do not show." for one in why)
    if said:
        said += " `report --rehearse --rehearse-rows all` tries all rows."
    if found.seconds < _BRIEF:
        low, high = max(0.0, low - _TENTHS[0]), high + _TENTHS[1]
        said += " What takes less than half a second cannot be known better than to a few tenths of a second."
    return replace(found, between=(low, high), basis=found.basis + said)


def _usual(times: Sequence[float]) -> Sequence[float]:
    return times if len(times) < _FEW else sorted(times)[1:-1]
