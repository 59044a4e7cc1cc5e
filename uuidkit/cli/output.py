"""Where results and messages go, and when they have colours."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from uuidkit.cli.options import Face

_VERDICTS = {"Ready:": "green", "Proved:": "green", "Done:": "green", "Blocked:": "red", "Not": "red"}


def terminal(stream: TextIO) -> bool:
    """Whether the stream is a terminal that can move its cursor."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def coloured(stream: TextIO) -> bool:
    """Whether to colour what goes to the stream (https://no-color.org)."""
    return terminal(stream) and not os.environ.get("NO_COLOR")


def interactive() -> bool:
    """Whether somebody can read a question and answer it."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(question: str) -> bool:
    """Ask on standard error; the answer is no unless it begins with y.

    Args:
        question: a sentence that ends with a question mark.
    """
    return click.confirm(question, default=False, err=True)


def say(text: str, *, nl: bool = True) -> None:
    """Progress or a message, on standard error. That its reader has gone (a pipe, a terminal) ends no work.

    Args:
        text: one or more lines.
        nl: whether a line break follows.
    """
    with _heard_or_not(sys.stderr):
        click.echo(text, err=True, nl=nl, color=coloured(sys.stderr))


@contextmanager
def _heard_or_not(stream: TextIO) -> Iterator[None]:
    """Where the reader of a stream has gone, let the stream lead nowhere from now on."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.EIO):
            raise
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def message(text: str, *, error: bool = False) -> None:
    """Something the user should know, on standard error.

    Args:
        text: one or more lines.
        error: whether it says what went wrong.
    """
    if error:
        head = click.style("Error:", fg="red", bold=True) if coloured(sys.stderr) else "Error:"
        text = f"{head} {text}"
    say(text)


def emit(text: str, face: Face) -> None:
    """The result, to standard output or to the file that was asked for; the exit status is that of the work.

    Args:
        text: ends with a line break.
        face: where to write.
    """
    if face.output is not None:
        face.output.write_text(text, encoding="utf-8")
        message(f"Written to {face.output}.")
        return
    with _heard_or_not(sys.stdout):
        if coloured(sys.stdout) and not face.json:
            click.echo(painted(text), nl=False, color=True)
        elif face.json:
            click.echo(text.encode(), nl=False)  # UTF-8 whatever the terminal: a program reads it
        else:
            click.echo(text, nl=False, color=False)


def written(report: Mapping[str, Any], face: Face) -> str:
    """A report as a document.

    Args:
        report: as its JSON form.
        face: with the form that was asked for, ``html`` or ``markdown``.
    """
    from uuidkit.report import document

    write = document.html if face.form == "html" else document.markdown
    return write(report, made_at=datetime.now(UTC))


def emit_script(text: str, face: Face) -> None:
    """A script, unchanged and in UTF-8.

    Args:
        text: the script.
        face: where to write.
    """
    if face.output is not None:
        face.output.write_bytes(text.encode())
        message(f"Written to {face.output}.")
    else:
        with _heard_or_not(sys.stdout):
            click.echo(text.encode(), nl=False)


def painted(text: str) -> str:
    """A text report with its verdict in colour and its headings in bold.

    Args:
        text: as the report room writes it.
    """
    first, *rest = text.split("\n")
    word, blank, tail = first.partition(" ")
    colour = _VERDICTS.get(word)
    lines = [click.style(word, fg=colour, bold=True) + blank + tail if colour else first]
    for line in rest:
        heading = line[:1].isupper() and line.partition(" (")[0].partition(":")[0].isupper()
        lines.append(click.style(line, bold=True) if heading else line)
    return "\n".join(lines)
