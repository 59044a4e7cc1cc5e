"""How far a change is, on standard error: one line that moves on a terminal, a line per step elsewhere."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any

from uuidkit.cli.output import say, terminal
from uuidkit.report.layout import duration, visible, width

if TYPE_CHECKING:
    from uuidkit.cli.watching import Seen
    from uuidkit.execute import Event
    from uuidkit.planning.model import Plan

_LONG = 10.0  # seconds: from there on it is worth a second or two to know better, and to say how long it takes


class Progress:
    """Prints the events of a change; used as a context, so that its last line is never left half written.

    Args:
        url: the database, for a second connection that looks on; None where there is none.
        connection: the one that does the work.
        exact: make a forecast from the server's own rates also where the change will not take long.

    Attributes:
        plan: what is being carried out, with the forecast that the time left is reckoned from.
    """

    def __init__(self, url: str | None = None, connection: Any = None, *, exact: bool = False) -> None:
        self._url = url
        self._connection = connection
        self._exact = exact
        self._moves = terminal(sys.stderr)
        self._open = False
        self._line = ""
        self._waits = ""
        self._expected: float | None = None
        self._begun = time.monotonic()
        self._mutex = threading.RLock()
        self._stack = ExitStack()
        self.plan: Plan | None = None

    def __enter__(self) -> Progress:
        if self._url is not None and self._connection is not None:
            from uuidkit.cli.watching import Watcher

            self._stack.enter_context(Watcher(self._url, self._connection.info.backend_pid, self._seen))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        with self._mutex:
            self._clear()

    def __call__(self, event: Event) -> None:
        """Show one event.

        Args:
            event: what has just begun or happened.
        """
        with self._mutex:
            self._show(event)

    def _show(self, event: Event) -> None:
        text = visible(event.message)
        if event.kind == "graph":
            self._graph(event, text)
        elif event.kind == "statement":
            self._step(f"  [{event.step}/{event.of}] {text}" if event.of else f"  {text}")
        elif event.kind == "waiting" and self._moves:
            self._step(f"  waiting: {text}")
        else:
            self._clear()
            lead = {"done": "", "waiting": "  waiting: "}.get(event.kind, "  ")
            say(lead + text)

    def _graph(self, event: Event, text: str) -> None:
        self._clear()
        self._begun = time.monotonic()
        self._expected = None
        if event.plan is not None and self.plan is None:
            self.plan = event.plan
            if self._url is not None and (self._exact or (event.plan.estimate.seconds or 0) >= _LONG):
                from uuidkit.cli.watching import foreseen

                self.plan = foreseen(self._url, event.plan)
        if self.plan is not None and event.graph is not None:
            held = [seconds for table, _, seconds in self.plan.estimate.locks if table in event.graph.tables]
            self._expected = held[0] if held else None
        if self._expected is not None and self._expected >= _LONG:
            text += f" (about {duration(self._expected)})"
        say(text)
        self._begun = time.monotonic()

    def _seen(self, seen: Seen) -> None:
        """What the second connection has seen; called from its thread."""
        with self._mutex:
            if self._moves and self._line:
                self._write(self._line, "".join(f" · {part}" for part in (self._left(), str(seen)) if part))
            elif not self._moves and seen.waits_for and seen.waits_for != self._waits:
                say(f"  {seen.waits_for}")
            self._waits = seen.waits_for

    def _left(self) -> str:
        """Time gone by, and how much of the forecast is left."""
        gone = time.monotonic() - self._begun
        if self._expected is None or self._expected < 1:
            return f"{gone:.0f} s"
        if gone > self._expected:
            return f"{gone:.0f} s, the forecast was {duration(self._expected)}"
        return f"{gone:.0f} s, by the forecast {duration(self._expected - gone)} left"

    def _step(self, line: str) -> None:
        if not self._moves:
            say(line)
            return
        self._line = line
        self._write(line)

    def _write(self, line: str, state: str = "") -> None:
        """A line in place of the one before; what a narrow terminal has no room for is left out of the step."""
        room = shutil.get_terminal_size().columns - 1
        if width(line + state) > room:
            room -= 1
            while line and width(line + state) > room:
                line = line[:-1]
            while width(line + state) > room:
                state = state[:-1]
            line += "…"
        self._clear(keep=True)
        say(line + state, nl=False)
        self._open = True

    def _clear(self, *, keep: bool = False) -> None:
        if self._open:
            say("\r" + " " * (shutil.get_terminal_size().columns - 1) + "\r", nl=False)
            self._open = False
        if not keep:
            self._line = ""
