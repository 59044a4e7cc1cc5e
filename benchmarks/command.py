"""Runs `uuidkit convert` as a user does, and says when each of its steps began and how much memory it took."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.data import TARGET

CONVERT = [sys.executable, "-m", "uuidkit.cli", "convert", TARGET, "--yes"]

# The beginning of a step's line on standard error -> the phase that it belongs to.
_PHASES = (
    ("lock ", "locks and checks under them"),
    ("let no other", "locks and checks under them"),
    ("check that", "locks and checks under them"),
    ("rewrite public.batches", "rewrite of the parents"),
    ("rewrite public.items", "rewrite of the children"),
    ("put up ", "foreign key put up"),
    ("compare every uuid", "proof of the values"),
    ("compare every key", "proof of keys and indexes"),
    ("gather statistics", "statistics"),
)
START = "start of the program"
SURVEY = "survey and plan"
OTHER = "everything else"
ORDER = (START, SURVEY, *dict.fromkeys(phase for _, phase in _PHASES), OTHER)


@dataclass(frozen=True)
class Run:
    """One run of the command.

    Attributes:
        seconds: from the start of the process to its end.
        phases: seconds by phase.
        memory: the most that the process had in memory, in MB of 10^6 bytes.
        processor: seconds that the process has had a processor.
    """

    seconds: float
    phases: dict[str, float]
    memory: float
    processor: float


def convert(url: str, command: Sequence[str] = CONVERT) -> Run:
    """Convert in a process of its own.

    Args:
        url: the database.
        command: the program and its arguments.

    Raises:
        RuntimeError: it did not end with status 0.
    """
    start = _startup(url)
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment(url), text=True
    )
    assert process.stderr is not None
    marks: list[tuple[float, str]] = []
    with process.stderr as messages:
        for line in messages:
            marks.append((time.perf_counter() - begun, line.rstrip("\n")))
    # wait4 tells of this process alone, unlike RUSAGE_CHILDREN; ru_maxrss is in kB on Linux, in bytes on macOS.
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"uuidkit convert ended with {process.returncode}:\n" + "\n".join(line for _, line in marks))
    memory = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    return Run(seconds, _phases(marks, start, seconds), memory, usage.ru_utime + usage.ru_stime)


def environment(url: str) -> dict[str, str]:
    names = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    # The checkout that the benchmark is part of, wherever it was called from.
    path = os.pathsep.join([str(Path(__file__).parents[1]), *filter(None, [names.get("PYTHONPATH")])])
    return {**names, "DATABASE_URL": url, "PYTHONPATH": path}


def _startup(url: str) -> float:
    """Seconds until the program has its connection: the interpreter and what it imports."""
    code = (
        "import os; from uuidkit import api; from uuidkit.database import connect; connect(os.environ['DATABASE_URL'])"
    )
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env=environment(url))
    return time.perf_counter() - begun


def _phases(marks: Sequence[tuple[float, str]], start: float, seconds: float) -> dict[str, float]:
    """Seconds by phase; a step lasts until the next line."""
    found = dict.fromkeys(ORDER, 0.0)
    first = marks[0][0] if marks else seconds
    found[START] = min(start, first)
    found[SURVEY] = first - found[START]
    ends = [at for at, _ in marks[1:]] + [seconds]
    for (at, line), end in zip(marks, ends, strict=True):
        text = line.strip()
        step = text.partition("] ")[2] if text.startswith("[") else text
        phase = next((phase for beginning, phase in _PHASES if step.startswith(beginning)), OTHER)
        found[phase] += end - at
    return found
