"""The benchmark of many tables runs, and its figures are of what it says."""

from __future__ import annotations

import re

import pytest

from benchmarks import many_tables


def test_a_quick_run_converts_every_key_and_scans_every_column(capsys: pytest.CaptureFixture[str]) -> None:
    assert many_tables.main(["--quick"]) == 0
    said = capsys.readouterr().out
    assert "10 empty tables, 20 foreign keys, 30 columns in 10 graphs" in said
    assert len(re.findall(r"^ +(?:5|10) +(?:10|20) ", said, re.MULTILINE)) == 2
    assert re.search(r"A table of 5000 rows .*\n  convert .* s: [0-9.]+\n  revert .* s: [0-9.]+\n", said)
    # Of ten text columns of each table three are ids, five are not listed, two are for review.
    assert "40 text columns, 100 rows each (20 text columns looked at: 12 to convert, 8 to review, 0 to keep.)" in said
