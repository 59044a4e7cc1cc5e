"""A shell in which the commands of a document are typed, and how their output is compared with what is shown."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_END = "\x1e"
_PATIENCE = 180.0  # seconds that a command of a document may take
ELLIPSIS = "..."

# What differs from run to run, and what stands in its place on both sides.
_VARYING = (
    (re.compile(r"\b[0-9a-f]{64}\b"), "<hash>"),
    (re.compile(r"\b\d[\d.,]*( ?(?:ms|s|min|h))\b"), "<time>"),
    (re.compile(r"\b\d[\d.,]* ?(?:bytes|kB|MB|GB)(?=\W|$)"), "<size>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:\+\d\d)?"), "<moment>"),
    (re.compile(r"\bprocess \d+"), "process <pid>"),
    (re.compile(r"\b[0-9a-f]{12}_"), "<revision>_"),
    (re.compile(r"(?<!-)\b[0-9a-f]{12}\b"), "<revision>"),
    (re.compile(r" {2,}|-{3,}"), "  "),
)


@dataclass(frozen=True)
class Command:
    """A command of a document with the output shown under it.

    Attributes:
        line: number of the line it stands on.
    """

    text: str
    output: tuple[str, ...]
    line: int


def commands(text: str, line: int) -> Iterator[Command]:
    """The commands of a ``console`` block: each begins with ``$``, and goes on after a backslash.

    Args:
        text: the block.
        line: number of its first line.
    """
    lines = text.rstrip("\n").split("\n")
    if not lines[0].startswith("$ "):
        raise AssertionError(f"line {line}: a console block begins with a command")
    number = 0
    while number < len(lines):
        first = number
        typed = [lines[number][2:]]
        while typed[-1].endswith("\\"):
            number += 1
            typed.append(lines[number].removeprefix("> "))
        number += 1
        output = []
        while number < len(lines) and not lines[number].startswith("$ "):
            output.append(lines[number])
            number += 1
        yield Command("\n".join(typed), tuple(output), line + first)


class Shell:
    """One ``sh`` for a whole document, so that ``cd`` and ``$?`` mean what they say.

    Args:
        folder: where it begins.
        environment: added to our own.
        programs: folders put before the PATH.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], programs: Sequence[Path]) -> None:
        path = os.pathsep.join([str(Path(sys.executable).parent), *map(str, programs), os.environ["PATH"]])
        plain = {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", "NO_COLOR": "1", "PGOPTIONS": "--client-min-messages=warning"}
        self._process = subprocess.Popen(
            ["sh"],
            cwd=folder,
            env={**os.environ, **plain, **environment, "PATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,  # so that the shell and what it has started can be ended together
        )

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def type(self, text: str) -> tuple[list[str], int]:
        """Run a command; its output, standard error included, and its exit status. What hangs is ended."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        # The braces keep the shell's state; the status of the command before is there again for `echo $?`.
        stdin.write(f"{{ {text}\n}} </dev/null\nstatus=$?\nprintf '\\n{_END}%d\\n' $status\n(exit $status)\n")
        stdin.flush()
        found = []
        patience = threading.Timer(_PATIENCE, os.killpg, (self._process.pid, signal.SIGKILL))
        patience.start()
        try:
            for line in stdout:
                if line.startswith(_END):
                    break
                found.append(line.rstrip("\n"))
            else:
                raise AssertionError(f"the shell ended at: {text}\n" + "\n".join(found))
        finally:
            patience.cancel()
        while found and not found[-1]:
            found.pop()  # the line break before our mark, and psql's
        return found, int(line[1:])


def plain(line: str) -> str:
    """A line of output without what differs from run to run."""
    for pattern, word in _VARYING:
        line = pattern.sub(word, line)
    return line.strip()


def differs(shown: Sequence[str], real: Sequence[str]) -> str:
    """Why the output shown is not the real one; empty where it is.

    A line ``...`` in what is shown stands for any lines, or none.

    Args:
        shown: as the document has it.
        real: what the command printed.
    """
    wanted, found = ([plain(line) for line in lines] for lines in (shown, real))
    for lines in (wanted, found):  # psql ends with an empty line
        while lines and not lines[-1]:
            lines.pop()
    parts: list[list[str]] = [[]]
    for line in wanted:
        if line == ELLIPSIS:
            parts.append([])
        else:
            parts[-1].append(line)
    head, *rest = parts
    if not rest:
        return "" if head == found else _first(head, found)
    if found[: len(head)] != head:
        return _first(head, found)
    place = len(head)
    for part in rest[:-1]:
        at = _find(part, found, place)
        if at is None:
            return f"nowhere below: {part}"
        place = at + len(part)
    tail = rest[-1]
    if tail and (len(found) - place < len(tail) or found[-len(tail) :] != tail):
        return f"does not end with {tail}"
    return ""


def _find(part: Sequence[str], lines: Sequence[str], start: int) -> int | None:
    size = len(part)
    return next((n for n in range(start, len(lines) - size + 1) if list(lines[n : n + size]) == list(part)), None)


def _first(wanted: Sequence[str], found: Sequence[str]) -> str:
    for number, line in enumerate(wanted):
        if number >= len(found):
            return f"not printed: {line!r}"
        if found[number] != line:
            return f"shown {line!r}, printed {found[number]!r}"
    return f"printed besides: {found[len(wanted)]!r}"
