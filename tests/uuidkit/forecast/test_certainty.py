"""What is said of a forecast that cannot be known well, and how far its bounds are apart then."""

from __future__ import annotations

import pytest

from uuidkit.forecast.certainty import apart, settled
from uuidkit.planning.model import Estimate

QUIET = [(0.0, 0.047)] * 6
SLOW = Estimate(seconds=4.0, bytes_written=200_000_000, wal=200_000_000, between=(3.2, 5.0), basis="Measured.")


def test_one_moment_that_was_slow_is_no_busy_server_but_two_are() -> None:
    assert apart([1.0, 0.1, 0.1, 0.3, 0.1, 0.1, 0.1], QUIET) == ((0.8, 1.25), "")
    (low, high), said = apart([1.0, 0.1, 0.1, 0.3, 0.25, 0.1, 0.1], QUIET)
    assert (low, high) == (0.8, 2.5)
    assert "2.5 times as long" in said


def test_what_others_take_moves_both_bounds() -> None:
    (low, high), said = apart([0.1] * 6, [(0.02, 0.04)] * 6)
    assert (low, high) == (0.4, 2.5)
    assert "Other programs take 50% of the processor's time" in said


def test_what_is_known_stays_as_it_is() -> None:
    assert settled(SLOW, cached=True, making=0.1) == SLOW


@pytest.mark.parametrize(
    ("found", "cached", "making", "between", "word"),
    [
        (SLOW, False, 0.0, (3.2, 8.0), "read from the disk"),
        (Estimate(4.0, 700_000_000, wal=700_000_000, between=(3.2, 5.0)), True, 0.0, (3.2, 8.0), "1,400 MB"),
        (SLOW, True, 1.0, (2.2, 6.0), "files for its log"),
        (Estimate(0.05, 1000, wal=1000, between=(0.04, 0.07)), True, 0.0, (0.0, 0.37), "a few tenths of a second"),
    ],
)
def test_what_a_few_rows_do_not_show_widens_the_bounds(
    found: Estimate, cached: bool, making: float, between: tuple[float, float], word: str
) -> None:
    after = settled(found, cached=cached, making=making)
    assert after.between == pytest.approx(between)
    assert word in after.basis
    assert after.seconds == found.seconds
