"""Named points of a worker's life at which a test may end the process, as a power cut would.

``BATCHSVC_CRASH_AT`` is the name of a point, or ``name:N`` for the Nth time it is reached. It is no setting:
nothing but a test has a reason to set it.
"""

from __future__ import annotations

import os
from typing import Final

from batchsvc.settings import crash_point

POINTS: Final = (
    "started",
    "claimed, not committed",
    "claimed",
    "scanned",
    "outcomes written, counters not",
    "settled, not committed",
    "settled",
    "job at its end",
    "lease renewed",
    "reaped, not committed",
    "reaped",
    "stopping",
    "released",
)

_name, _, _number = crash_point().partition(":")
_left = int(_number or 1)


def reached(point: str) -> None:
    """Say that a point is reached; the process ends here if a test wants it to.

    Args:
        point: one of :data:`POINTS`.
    """
    global _left
    if point != _name:
        return
    _left -= 1
    if _left == 0:
        os._exit(70)
