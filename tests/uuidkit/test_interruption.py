"""How a program ends that somebody ends."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, signal, sys, time
from uuidkit.interruption import ended_in_order

signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
try:
    with ended_in_order():
        os.kill(os.getpid(), signal.SIGHUP)
        print("went on")
        exec(f"os.kill(os.getpid(), {sys.argv[1]}); time.sleep(10)")
except KeyboardInterrupt:
    print("in order")
sys.exit(1)
"""

COMMAND = """
import os, runpy, signal, sys, time
import uuidkit.cli.main

def command(**_):
    try:
        exec("os.kill(os.getpid(), signal.SIGINT); time.sleep(10)")
    except KeyboardInterrupt:
        sys.exit(1)

sys.modules["uuidkit.cli.main"].uuidkit = command
runpy.run_module("uuidkit.cli", run_name="__main__")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_exit_status_is_ours_and_what_was_ignored_stays_so(tmp_path: Path, number: signal.Signals) -> None:
    """Also in code made from a string, where ``python -m`` would end by the signal however it was caught."""
    (tmp_path / "program.py").write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, "-m", "program", str(int(number))],
        env={"PYTHONPATH": f"{tmp_path}:{Path(__file__).parents[2]}"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "went on\nin order\n", "")


def test_the_command_line_begun_as_a_module_gives_its_own_status(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(COMMAND)
    done = subprocess.run(
        [sys.executable, "-m", "program"],
        env={"PYTHONPATH": f"{tmp_path}:{Path(__file__).parents[2]}"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (1, "")
