"""How far a conversion is, on standard error: one line that changes on a terminal, plain lines elsewhere."""

from __future__ import annotations

import shutil
import sys
from types import TracebackType
from typing import TYPE_CHECKING

import click

from uuidkit.cli.output import terminal
from uuidkit.report.layout import visible, width

if TYPE_CHECKING:
    from uuidkit.execute import Event


class Progress:
    """Prints the events of a conversion; used as a context, so that its last line is never left half written."""

    def __init__(self) -> None:
        self._moves = terminal(sys.stderr)
        self._open = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clear()

    def __call__(self, event: Event) -> None:
        """Show one event.

        Args:
            event: what has just begun or happened.
        """
        text = visible(event.message)
        if event.kind == "statement":
            self._step(f"  [{event.step}/{event.of}] {text}" if event.of else f"  {text}")
        elif event.kind == "waiting" and self._moves:
            self._step(f"  waiting: {text}")
        else:
            self._clear()
            lead = {"graph": "", "done": "", "waiting": "  waiting: "}.get(event.kind, "  ")
            click.echo(lead + text, err=True)

    def _step(self, line: str) -> None:
        if not self._moves:
            click.echo(line, err=True)
            return
        room = shutil.get_terminal_size().columns - 1
        while width(line) > room:
            line = line[:-1]
        self._clear()
        click.echo(line, err=True, nl=False)
        self._open = True

    def _clear(self) -> None:
        if self._open:
            click.echo("\r" + " " * (shutil.get_terminal_size().columns - 1) + "\r", err=True, nl=False)
            self._open = False
