"""Takes safety lines out of a copy of the checkout, one at a time, and runs the tests that must notice.

    python -m tests.mutations [NAME…] [--jobs N]

NAME is a part of a mutation's name. First all chosen tests are run on an unchanged copy, where they have to pass. Then
each mutation is one of

    caught     a test failed, as it should
    SURVIVED   every test passed without the line
    broken     it says nothing: no test ran, one could not be set up, the module could not be imported, it took too long

The exit status is 0 where all are caught.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tests.mutations.mutations import MUTATIONS, ROOT, Mutation

_LONGEST = 240.0  # seconds for the tests of one mutation
_BASELINE = 1800.0


@dataclass(frozen=True, slots=True)
class Tests:
    """How a run of pytest ended: failed tests, tests that could not be set up, tests in all, what was printed."""

    failed: tuple[str, ...]
    errors: int
    total: int
    output: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a mutation; `note` says which test noticed, or why it says nothing."""

    mutation: Mutation
    verdict: str
    note: str
    seconds: float


@contextmanager
def snapshot() -> Iterator[Path]:
    """The checkout's own files as they are now; whoever works on them meanwhile does not disturb."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="uuidkit-mutations-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for file in done.stdout.split("\0"):
            source, target = ROOT / file, folder / file
            if source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
        yield folder


@contextmanager
def copy(pristine: Path) -> Iterator[Path]:
    """A copy of the snapshot, which goes away at the end."""
    with tempfile.TemporaryDirectory(prefix="uuidkit-mutation-", ignore_cleanup_errors=True) as name:
        yield Path(shutil.copytree(pristine, name, dirs_exist_ok=True))


def environment(folder: Path) -> dict[str, str]:
    """The environment in which the copy is the one that is imported."""
    return {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}


def pytest(folder: Path, tests: Sequence[str], servers: str, *more: str, seconds: float) -> Tests:
    """Run tests in a copy; one that takes too long is interrupted, so that it can put its servers away."""
    report = folder / ".mutation-report.xml"
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb", "line", "--servers", servers,
        f"--junitxml={report}", "-o", "junit_family=xunit1", *more, *tests,
    ]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=folder, env=environment(folder), text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    late = False
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        late = True
        process.send_signal(signal.SIGINT)
        try:
            output, _ = process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
    if not report.exists():
        return Tests((), 0, 0, output, late)
    found = list(ElementTree.parse(report).iter("testcase"))
    failed = tuple(f"{case.get('classname')}::{case.get('name')}" for case in found if case.find("failure") is not None)
    errors = sum(case.find("error") is not None for case in found)
    return Tests(failed, errors, len(found), output, late)


def importable(folder: Path, mutation: Mutation) -> str:
    """Why the changed module cannot be imported from the copy; empty when it can."""
    module = mutation.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    code = (
        "import importlib, sys\n"
        f"found = importlib.import_module({module!r}).__file__\n"
        f"sys.exit(0 if found.startswith({str(folder)!r}) else found)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment(folder), capture_output=True, text=True
    )
    return "" if done.returncode == 0 else done.stderr.strip().rpartition("\n")[2] or "import failed"


def attempt(mutation: Mutation, pristine: Path) -> Result:
    """One mutation in a copy of its own."""
    begun = time.monotonic()

    def result(verdict: str, note: str) -> Result:
        return Result(mutation, verdict, note, time.monotonic() - begun)

    with copy(pristine) as folder:
        path = folder / mutation.file
        try:
            path.write_text(mutation.applied(path.read_text(encoding="utf-8")), encoding="utf-8")
        except (ValueError, OSError) as error:
            return result("broken", str(error))
        why = importable(folder, mutation)
        if why:
            return result("broken", why)
        found = pytest(folder, mutation.tests, mutation.servers, "-x", seconds=_LONGEST)
    if found.failed:
        return result("caught", found.failed[0].removeprefix("tests."))
    if found.late:
        return result("broken", f"the tests took longer than {_LONGEST:.0f} s")
    if found.errors or not found.total:
        return result("broken", found.output.strip().rpartition("\n")[2])
    return result("SURVIVED", f"{found.total} tests passed; {mutation.why}")


def baseline(mutations: Sequence[Mutation], pristine: Path) -> tuple[str, ...]:
    """Tests that fail, or cannot be run, although nothing is changed."""
    wrong: list[str] = []
    with copy(pristine) as folder:
        for servers in dict.fromkeys(mutation.servers for mutation in mutations):
            tests = dict.fromkeys(t for mutation in mutations if mutation.servers == servers for t in mutation.tests)
            # A whole module covers its single tests.
            chosen = [test for test in tests if "::" not in test or test.partition("::")[0] not in tests]
            found = pytest(folder, chosen, servers, seconds=_BASELINE)
            wrong += found.failed
            if found.errors or not found.total or found.late:
                wrong.append(found.output.strip()[-2000:])
    return tuple(wrong)


def chosen(parts: Sequence[str]) -> list[Mutation]:
    """The mutations whose name has one of the parts; all without any."""
    found = [mutation for mutation in MUTATIONS if not parts or any(part in mutation.name for part in parts)]
    if not found:
        raise SystemExit(f"No mutation is called like {', '.join(parts)}.")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0 where every mutation is caught."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description="Take safety lines out.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a part of a mutation's name")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="how many at a time (default: 1)")
    parser.add_argument("--no-baseline", action="store_true", help="do not run the tests unchanged first")
    options = parser.parse_args(arguments)
    mutations = chosen(options.names)
    counts = {"caught": 0, "SURVIVED": 0, "broken": 0}
    with snapshot() as pristine, ThreadPoolExecutor(max_workers=options.jobs) as pool:
        wrong = () if options.no_baseline else baseline(mutations, pristine)
        if wrong:
            print("Without any change these do not pass:", *wrong, sep="\n", file=sys.stderr)  # noqa: T201
            return 1
        running = [pool.submit(attempt, mutation, pristine) for mutation in mutations]
        try:
            for future in as_completed(running):
                done = future.result()
                counts[done.verdict] += 1
                line = f"{done.verdict:<9} {done.seconds:5.0f} s  {done.mutation.name}\n{'':19}{done.note}"
                print(line, flush=True)  # noqa: T201
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    print(", ".join(f"{number} {verdict}" for verdict, number in counts.items()))  # noqa: T201
    return 1 if counts["SURVIVED"] or counts["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
