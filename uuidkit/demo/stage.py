"""Where the story is played: runs programs as a user would, and shows what they are told and what they answer."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

import click
import psycopg
from psycopg.pq import Conninfo

from uuidkit.database import conninfo
from uuidkit.errors import UuidkitError
from uuidkit.report.layout import WIDTH, width, wrap


class DemoFailed(UuidkitError):
    """A step of the demo did not do what it says."""


@dataclass(frozen=True)
class Answer:
    """What a program answered.

    Attributes:
        status: its exit status.
        text: what it wrote, messages included.
    """

    status: int
    text: str


class Stage:
    """Runs commands on the scratch database and prints them with their output.

    Args:
        url: the scratch database.
        connection: a connection to it in autocommit mode, for what is checked behind the scenes.
    """

    def __init__(self, url: str, connection: psycopg.Connection[Any]) -> None:
        self._url = url
        self._connection = connection

    def heading(self, number: int, title: str, text: str) -> None:
        """Begin a step.

        Args:
            text: what it shows.
        """
        head = f"{number}. {title.upper()}"
        self.say(f"\n{head}\n{'=' * len(head)}")
        self.tell(text)

    def tell(self, text: str) -> None:
        """Print a paragraph, with an empty line behind it."""
        self.say("\n".join([*wrap(text), ""]))

    def say(self, text: str) -> None:
        """Print lines as they are."""
        click.echo(text)

    def uuidkit(self, *arguments: str, status: int = 0, progress: bool = True) -> str:
        """Run a command of the toolkit and show it.

        Args:
            arguments: the command and its arguments.
            status: the exit status that it must end with.
            progress: whether its messages are shown too, or its result alone.

        Raises:
            DemoFailed: it ended with another.
        """
        self.say(f"$ uuidkit {shlex.join(arguments)}{'' if progress else '   (its progress is left out here)'}")
        answer = self._run([sys.executable, "-m", "uuidkit.cli", *arguments], messages=progress)
        if answer.status != status:
            raise DemoFailed(f"`uuidkit {arguments[0]}` ended with status {answer.status}, not {status}.")
        self.say(f"(exit status {status})\n" if status else "")
        return answer.text

    def psql(self, statement: str, *, refused: str = "") -> str:
        """Run a statement through psql and show both.

        Args:
            statement: one SQL statement.
            refused: the SQLSTATE that it must be refused with; empty when it must be accepted.

        Raises:
            DemoFailed: the server judged otherwise.
        """
        first, *rest = statement.splitlines()
        self.say("\n".join([f"=> {first}", *(f"   {line}" for line in rest)]))
        narrow = ["-P", "format=wrapped", "-P", f"columns={WIDTH}"]
        answer = self._run([str(self._programs / "psql"), "-X", *narrow, "-c", statement])
        self.say("")
        if refused:
            if answer.status == 0:
                raise DemoFailed("The server accepted what it should have refused.")
            self._expect_refusal(statement, refused)
        elif answer.status:
            raise DemoFailed(f"The server refused: {answer.text.strip()}")
        return answer.text

    def schema(self) -> bytes:
        """The schema as pg_dump writes it."""
        # Without a fixed key two dumps of one schema would differ in a random line.
        command = [str(self._programs / "pg_dump"), "--schema-only", "--restrict-key=demo"]
        done = subprocess.run(command, env=self._environment, stdin=subprocess.DEVNULL, capture_output=True)
        if done.returncode:
            raise DemoFailed(f"pg_dump failed: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query, not shown."""
        return self._connection.execute(query).fetchall()

    def script(self, name: str) -> None:
        """Run one of the demo's own scripts, not shown.

        Args:
            name: of a file beside this module.
        """
        text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
        self._connection.execute(text)

    def check(self, holds: bool, otherwise: str) -> None:
        """End the demo unless something holds.

        Raises:
            DemoFailed: it does not; ``otherwise`` says so.
        """
        if not holds:
            raise DemoFailed(otherwise)

    def _expect_refusal(self, statement: str, state: str) -> None:
        try:
            with self._connection.transaction(force_rollback=True):
                self._connection.execute(statement)
        except psycopg.Error as error:
            self.check(error.sqlstate == state, f"The server refused with {error.sqlstate}, not {state}.")
        else:
            raise DemoFailed("The server accepted what it should have refused.")

    def _run(self, command: Sequence[str], *, messages: bool = True) -> Answer:
        with (
            tempfile.TemporaryFile() as hidden,
            subprocess.Popen(
                command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if messages else hidden,
                encoding="utf-8",
                errors="backslashreplace",
            ) as process,
        ):
            assert process.stdout is not None
            lines: list[str] = []
            blank = 0
            for line in process.stdout:
                lines.append(line)
                text = line.rstrip()
                if text:
                    self.say("\n" * blank + self._folded(text))
                blank = 0 if text else blank + 1
            status = process.wait()
            hidden.seek(0)
            unseen = hidden.read().decode(errors="backslashreplace")
        if status and unseen:
            self.say(unseen)
        return Answer(status, "".join(lines) + unseen)

    def _folded(self, line: str) -> str:
        """A program's line, folded where it is wider than the page."""
        if width(line) <= WIDTH:
            return line
        text = line.lstrip()
        first = line[: len(line) - len(text)]
        return "\n".join(wrap(text, first + "  ", first))

    @cached_property
    def _programs(self) -> Path:
        from uuidkit.database.embedded.account import Account, programs

        return programs(Account(os.geteuid(), os.getegid(), other=False))  # clients may run as root

    @cached_property
    def _environment(self) -> dict[str, str]:
        """The environment of every program: where the database is, and nothing else of the user's settings for it."""
        theirs = {name: value for name, value in os.environ.items() if not re.match(r"PG|UUIDKIT_|PSQL", name)}
        ours = {"DATABASE_URL": self._url, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", "PGCLIENTENCODING": "UTF8"}
        # By environment, as a password on a command line could be read by everybody on the machine.
        for option in Conninfo.parse(conninfo(self._url).encode()):
            if option.val is not None and option.envvar:
                ours[option.envvar.decode()] = option.val.decode()
        return {**theirs, "LC_ALL": "C.UTF-8", **ours}


def digest(text: bytes) -> str:
    """The beginning of the SHA-256 of something, enough to see that two are the same."""
    return hashlib.sha256(text).hexdigest()[:16]
