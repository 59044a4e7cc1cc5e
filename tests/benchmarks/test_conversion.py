"""The benchmark works, and compares only what gives the same result. How fast anything is, no test asserts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from benchmarks import ways
from benchmarks.conversion import COMPARISONS, QUICK, Bench, main
from benchmarks.server import server


def test_a_quick_run_measures_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quick"]) == 0
    out = capsys.readouterr().out
    ratios = re.findall(r"^  => (.+): ([0-9.]+)  \(target: at (?:most|least) [0-9.]+; ", out, re.MULTILINE)
    assert [name for name, _ in ratios] == [
        "convert / bare ALTER (median)",
        "catch-all ALTER / convert",
        "UPDATE, then ALTER / convert",
        "legacy loop / convert",
        "cost per row, largest table / smallest",
        "memory of the client, MB",
    ]
    assert all(float(ratio) > 0 for _, ratio in ratios)
    assert "MISSED" not in out
    # Every phase of the command is found in what it says: none is lost when a message changes.
    phases = dict(re.findall(r"^    ([a-z][a-z ]+?) +([0-9.]+) +[0-9.]+$", out, re.MULTILINE))
    assert {"rewrite of the parents", "rewrite of the children", "foreign key put up", "statistics"} <= phases.keys()


def test_unknown_comparisons_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["floor", "speed"])
    assert ended.value.code == 2
    assert f"no such comparison: speed (there are {', '.join(COMPARISONS)})" in capsys.readouterr().err


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with server("18", durable=False) as running:
        made = Bench(running, QUICK, repeat=1, loop_rows=10, scale=())
        made.prepare()
        yield made


def test_ways_that_differ_are_not_compared(bench: Bench) -> None:
    bench.by_hand(ways.bare_alter)
    bench.by_hand(lambda connection: ways.bare_alter(connection, ways.LOOSE))
    bench.by_hand(lambda connection: ways.bare_alter(connection, ways.EXACT))
    bench.by_hand(ways.update_then_alter)
    bench.converted()
    with pytest.raises(RuntimeError, match="two ways gave different results"):
        bench.by_hand(lambda connection: ways.bare_alter(connection, "md5({0})::uuid"))


def test_every_phase_takes_its_time(bench: Bench) -> None:
    run, processor = bench.converted()
    assert 0 < run.processor < processor  # the server's part is in the second
    assert sum(run.phases.values()) == pytest.approx(run.seconds)
    missing = [phase for phase, seconds in run.phases.items() if seconds == 0 and phase != "survey and plan"]
    assert missing == []
    assert 10 < run.memory < 500
