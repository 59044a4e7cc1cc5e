"""Case folders: a database somebody could have, the commands to run on it, and what must hold before and after.

`before.sql`    the database, written as its owner would write it (run by psql, as a plain owner of the database)
`command`       one word of the runner per line:
                    uuidkit …        a command line, as typed in a shell
                    exit N           … which ends with this status (0 when left out)
                    as ROLE          the commands after this line are run by this role
                    superuser        everything is run by a superuser
                    process          these command lines are run in processes of their own
                    looked up        ids of children are looked up in a parent's backup: their uuids are not recomputed
                    needs FEATURE    icu, lz4 or an extension; the case is left out where the server has it not
                    encoding NAME    the database's, UTF8 when left out
                    differs PATTERN  these entries of pg_dump come out otherwise, by the command line's own wish
                    revert …         how the new rows are taken along (`uuidkit revert --all` when left out)
                    exit N           … which ends with this status, as a command does
                    says PATTERN     … and says this
`expect`        regular expressions, one per line, that the report, or a reason to refuse, must match
`always.sql`    checks that hold before the conversion, after it, and again after the way back
`after.sql`     checks on the converted database
`new_rows.sql`  rows written after the conversion, or changes made to it; `reverted.sql`, checks after the way back
`rewrite*.sql`  definitions for `--rewrite NAME=rewrite….sql`
`min_version`   the oldest server that has the syntax, such as 16; `max_version` likewise

A command that converts may follow one that is refused: what that one says is expected like everything else.

In a file of checks every statement that returns rows must return a single true, and every other must succeed;
after the line `-- refused 23503` it must fail with this SQLSTATE (or with one of several: `-- refused 23001 23503`).
Nothing a check writes is kept.
"""

from __future__ import annotations

import functools
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import LiteralString, cast

import psycopg
from psycopg import sql

from tests.support.servers import Release

FOLDER = Path(__file__).parent.parent / "cases"


@dataclass(frozen=True)
class Command:
    """One command line of a case.

    Attributes:
        args: what follows `uuidkit`.
        status: the exit status it must have.
        role: who runs it; None for the owner.
    """

    args: tuple[str, ...]
    status: int = 0
    role: str | None = None

    @property
    def converts(self) -> bool:
        """Whether it changes columns to uuid."""
        return self.args[0] == "convert" and self.status == 0

    def instead(self, verb: str, *more: str) -> tuple[str, ...]:
        """The arguments of another command with the same targets and options."""
        kept = [arg for arg in self.args[1:] if arg not in ("--yes", "-y", "--single-transaction")]
        return (verb, *kept, *more)

    def option(self, name: str, default: str) -> str:
        """The value given to an option."""
        return self.args[self.args.index(name) + 1] if name in self.args else default


@dataclass(frozen=True)
class Case:
    """A case folder."""

    folder: Path
    commands: tuple[Command, ...]
    superuser: bool
    process: bool
    looked_up: bool
    needs: tuple[str, ...]
    encoding: str | None
    differs: tuple[str, ...]
    revert: Command
    says: tuple[str, ...]
    expect: tuple[str, ...]
    min_version: int
    max_version: int

    def __str__(self) -> str:
        return self.folder.name

    def file(self, name: str) -> Path | None:
        """A file of the folder; None where the case has none."""
        path = self.folder / name
        return path if path.exists() else None

    @property
    def blocked(self) -> bool:
        """Whether the case is about nothing but a refusal."""
        return any(command.status == 3 for command in self.commands) and not self.conversions

    @property
    def conversions(self) -> list[Command]:
        """The commands that change columns to uuid."""
        return [command for command in self.commands if command.converts]

    def fits(self, server: Release) -> bool:
        """Whether a server can run it."""
        major = server.version_num // 10000
        return self.min_version <= major <= self.max_version and all(has(server, need) for need in self.needs)


@functools.cache
def has(server: Release, feature: str) -> bool:
    """Whether a server was built with icu or lz4, or has an extension's files."""

    def ask(what: str) -> str:
        done = subprocess.run([server.bin_dir / "pg_config", what], capture_output=True, text=True)
        return done.stdout.strip()

    if feature in ("icu", "lz4"):
        return f"--with-{feature}" in ask("--configure")
    return (Path(ask("--sharedir")) / "extension" / f"{feature}.control").exists()


def all_cases() -> list[Case]:
    """Every case, in order of name."""
    return [read(folder) for folder in sorted(FOLDER.iterdir()) if folder.is_dir() and any(folder.iterdir())]


def read(folder: Path) -> Case:
    """A case from its folder.

    Raises:
        ValueError: a line of `command` is none of the known words, or a file has an unknown name.
    """
    rewrites = {path.name for path in folder.glob("rewrite*.sql")}
    unknown = {path.name for path in folder.iterdir()} - rewrites - {
        "before.sql", "command", "expect", "always.sql", "after.sql", "new_rows.sql", "reverted.sql",
        "min_version", "max_version",
    }  # fmt: skip
    if unknown:
        raise ValueError(f"{folder.name}: unknown files {', '.join(sorted(unknown))}")
    commands: list[Command] = []
    words: set[str] = set()
    needs: list[str] = []
    says: list[str] = []
    differs: list[str] = []
    revert = Command(("revert", "--all"))
    latest = ""
    role = encoding = None
    for line in _lines(folder / "command"):
        first, _, rest = line.partition(" ")
        if first == "uuidkit":
            args = [arg.replace("=rewrite", f"={folder}/rewrite") for arg in shlex.split(rest)]
            commands.append(Command(tuple(args), role=role))
            latest = first
        elif first == "revert":
            revert = Command(("revert", *shlex.split(rest)), role=role)
            latest = first
        elif first == "exit" and latest == "revert":
            revert = replace(revert, status=int(rest))
        elif first == "exit":
            commands[-1] = replace(commands[-1], status=int(rest))
        elif first == "says":
            says.append(rest)
        elif first == "differs":
            differs.append(rest)
        elif first == "encoding":
            encoding = rest
        elif first == "as":
            role = rest
        elif first == "needs":
            needs.append(rest)
        elif line in ("superuser", "process", "looked up"):
            words.add(line)
        else:
            raise ValueError(f"{folder.name}: {line!r} is no line of a command file")
    if revert.args == ("revert", "--all"):
        revert = replace(revert, role=next((command.role for command in commands if command.converts), None))
    return Case(
        folder=folder,
        commands=tuple(commands),
        superuser="superuser" in words,
        process="process" in words,
        looked_up="looked up" in words,
        needs=tuple(needs),
        encoding=encoding,
        differs=tuple(differs),
        revert=revert,
        says=tuple(says),
        expect=tuple(_lines(folder / "expect")),
        min_version=_version(folder / "min_version", 0),
        max_version=_version(folder / "max_version", 99),
    )


def _lines(path: Path) -> list[str]:
    if not path.exists():
        return []
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def _version(path: Path, default: int) -> int:
    return int(path.read_text(encoding="utf-8")) if path.exists() else default


_TOKEN = re.compile(
    r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|;|.", re.DOTALL
)
_REFUSED = re.compile(r"^-- refused ((?: ?\w{5})+)$", re.MULTILINE)


def statements(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The statements of a script, each with the SQLSTATEs of which it must fail with one, if it must fail.

    A semicolon in a quoted string, a comment or a dollar-quoted body ends nothing.
    """
    current = ""
    for token in _TOKEN.finditer(text):
        if token[0] != ";":
            current += token[0]
            continue
        refused = _REFUSED.search(current)
        yield current.strip(), tuple(refused[1].split()) if refused else ()
        current = ""
    if re.sub(r"--[^\n]*", "", current).strip():
        raise ValueError(f"the last statement does not end with a semicolon: {current.strip()!r}")


def check(url: str, path: Path, when: str) -> None:
    """Run a file of checks and roll everything back; the test fails at the first check that does not hold.

    Args:
        url: the database.
        path: the file.
        when: for the message.
    """
    held = 0
    with psycopg.connect(url) as connection, _sequences_kept(connection), connection.transaction(force_rollback=True):
        for statement, refused in statements(path.read_text(encoding="utf-8")):
            where = f"{path.parent.name}/{path.name}, {when}:\n{statement}\n"
            rows, state = _outcome(connection, statement, refused)
            assert state in (refused or (None,)), f"{where}ended with {state or 'success'}, not {refused or 'success'}"
            assert rows in (None, [(True,)]), f"{where}returned {rows}"
            held += rows is not None or state is not None
    assert held, f"{path.parent.name}/{path.name} checks nothing"


def _outcome(
    connection: psycopg.Connection, statement: str, refused: tuple[str, ...]
) -> tuple[list[tuple[object, ...]] | None, str | None]:
    """The rows of a statement, if it returns any, and its SQLSTATE, if it fails."""
    try:
        with connection.transaction():
            cursor = connection.execute(cast("LiteralString", statement))
            return (cursor.fetchall() if cursor.description else None), None
    except psycopg.Error as error:
        if error.sqlstate is None or (error.sqlstate.startswith(("42", "22")) and error.sqlstate not in refused):
            raise AssertionError(f"{statement}\nfailed: {error}") from error  # a mistake in the case, not a refusal
        return None, error.sqlstate


@contextmanager
def _sequences_kept(connection: psycopg.Connection) -> Iterator[None]:
    """Put every sequence back afterwards: what a check takes from one outlives its transaction."""
    names = connection.execute("SELECT schemaname, sequencename FROM pg_catalog.pg_sequences").fetchall()
    before = {}
    for name in names:
        query = sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(*name))
        before[name] = connection.execute(query).fetchone() or ()
    connection.commit()
    yield
    for name, values in before.items():
        set_back = sql.SQL("SELECT pg_catalog.setval({}, %s, %s)").format(
            sql.Literal(sql.Identifier(*name).as_string(None))
        )
        connection.execute(set_back, values)
    connection.commit()
