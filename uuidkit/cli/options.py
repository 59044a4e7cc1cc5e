"""The options that several commands share, each described once."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

Function = Callable[..., Any]
F = TypeVar("F", bound=Function)

FACE = "uuidkit.face"  # where every context finds the face of the command at work

_SECONDS = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*(ms|s|min|m)?", re.ASCII)
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0}
_LONGEST = 2_147_483.0  # seconds: PostgreSQL keeps time limits as milliseconds in 32 bits


@dataclass(frozen=True)
class Face:
    """How a command was asked to connect and to answer.

    Attributes:
        database_url: as given with -d; None for DATABASE_URL or the embedded server.
        form: how to answer: ``text``, ``json``, and for some commands ``html`` or ``markdown``.
        output: the file to write results to; None for standard output.
        mask: hide sample values.
    """

    database_url: str | None = None
    form: str = "text"
    output: Path | None = None
    mask: bool = False

    @property
    def embedded(self) -> bool:
        """Whether the embedded server is used, because no database was named."""
        from uuidkit.database.url import given

        return given(self.database_url) is None

    @property
    def json(self) -> bool:
        """Whether to answer in JSON."""
        return self.form == "json"


class Seconds(click.ParamType[float]):
    """A time span such as ``2s``, ``500ms``, ``1.5``; a bare number means seconds."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The time span in seconds."""
        if isinstance(value, float):
            return value
        match = _SECONDS.fullmatch(str(value).strip())
        if match is None:
            self.fail(f"{value!r} is no time span; write for example 2s, 500ms or 1.5.", param, ctx)
        seconds = float(match[1]) * _UNITS[match[2] or "s"]
        if seconds < 0.001:
            self.fail(f"{value!r} is less than 1ms; without a limit a waiting command would block others.", param, ctx)
        if seconds > _LONGEST:
            self.fail(f"{value!r} is longer than PostgreSQL can wait ({_LONGEST:.0f} seconds).", param, ctx)
        return seconds


class Rewrite(click.ParamType[tuple[str, str]]):
    """An object's name and the file with its new definition, as ``public.v=v.sql``."""

    name = "name=file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """The name and the file's text."""
        if isinstance(value, tuple):
            return value
        name, equals, file = str(value).rpartition("=")
        if not equals:
            from uuidkit.planning.model import OFFERED

            return str(value), OFFERED
        if not name or not file:
            self.fail(f"{value!r} is not of the form NAME=FILE.", param, ctx)
        try:
            return name, Path(file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self.fail(f"{file} cannot be read: {error}.", param, ctx)


class OutputFile(click.ParamType[Path | None]):
    """A file to write to, looked at before the work begins, so that no result is lost at its end."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | None:
        """The path, or None for ``-``."""
        if value == "-":
            return None
        path = Path(value)
        if path.is_dir():
            self.fail(f"{value} is a directory.", param, ctx)
        if not path.parent.is_dir():
            self.fail(f"The directory {path.parent} does not exist.", param, ctx)
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            self.fail(f"{value} cannot be written.", param, ctx)
        return path


def _named(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is not None and not value.strip():
        raise click.BadParameter("it is empty.")
    return value


database_option = click.option(
    "-d",
    "--database-url",
    metavar="URL",
    callback=_named,
    help="The database, as postgresql://user@host:port/name.  [default: DATABASE_URL, else the embedded server]",
)


def faced(
    *, json: bool = True, output: bool = True, mask: bool = False, documents: bool = False
) -> Callable[[F], Function]:
    """Give a command --database-url, --format, --output and --mask, and pass them on as one ``face``.

    Args:
        json: whether the command has --format.
        output: whether the command has --output.
        mask: whether the command shows sample values that --mask can hide.
        documents: whether the command can also write a page or Markdown.
    """

    def decorate(function: F) -> Function:
        @click.pass_context
        @wraps(function)
        def run(ctx: click.Context, /, **given: Any) -> Any:
            before = ctx.find_object(Face) or Face()
            face = ctx.meta[FACE] = Face(
                database_url=given.pop("database_url") or before.database_url,
                form=given.pop("answer_format", "text"),
                output=given.pop("output", None),
                mask=given.pop("mask", False),
            )
            return function(face=face, **given)

        # Options are listed in help in the order in which they are applied, last first.
        decorated: Function = run
        if mask:
            decorated = click.option("--mask", is_flag=True, help="Hide sample values: letters become x, digits 9.")(
                decorated
            )
        if output:
            decorated = click.option(
                "-o", "--output", type=OutputFile(), metavar="FILE", help="Write the result to a file instead."
            )(decorated)
        if json:
            decorated = click.option(
                "--format",
                "answer_format",
                type=click.Choice(["text", "json", *(["html", "markdown"] if documents else [])]),
                default="text",
                show_default=True,
                help="How the result is written.",
            )(decorated)
        return database_option(decorated)

    return decorate


def several(*decorators: Callable[[Function], Function]) -> Callable[[Function], Function]:
    """The decorators as one, in the order in which help shall list them."""

    def decorate(function: Function) -> Function:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate


scope_options = several(
    click.option("--schema", metavar="SCHEMA", help="Look only at tables of this schema."),
    click.option("--exclude", metavar="TABLE.COLUMN", multiple=True, help="Leave a column out; may be repeated."),
)

lock_options = several(
    click.option(
        "--lock-timeout",
        type=Seconds(),
        default="2s",
        show_default=True,
        metavar="TIME",
        help="How long one attempt waits for the locks: 2s, 500ms, 1.5.",
    ),
    click.option(
        "--lock-attempts",
        type=click.IntRange(min=1),
        default=30,
        show_default=True,
        metavar="N",
        help="How many attempts are made to get the locks.",
    ),
)

request_options = several(
    click.argument("targets", nargs=-1, metavar="[TARGET]..."),
    click.option(
        "--all", "all_columns", is_flag=True, help="Every column that scan judges `convert`, besides the targets."
    ),
    click.option("--schema", metavar="SCHEMA", help="With --all: only columns of this schema."),
    click.option("--exclude", metavar="TABLE.COLUMN", multiple=True, help="Leave a column out; may be repeated."),
    click.option(
        "--references",
        type=click.Choice(["auto", "declared", "none"]),
        default="auto",
        show_default=True,
        help="References that come along: declared and certain ones, declared ones only, or none.",
    ),
    click.option(
        "--include", metavar="TABLE.COLUMN", multiple=True, help="Take a column along as a reference; may be repeated."
    ),
    click.option(
        "--on-unparseable",
        type=click.Choice(["fail", "derive", "null"]),
        default="fail",
        show_default=True,
        help="Values that hold no uuid: refuse, derive a uuid from the text, or make them NULL.",
    ),
    click.option(
        "--on-orphan",
        type=click.Choice(["keep", "fail"]),
        default="keep",
        show_default=True,
        help="Values of undeclared references that refer to nothing: keep them, or refuse.",
    ),
    click.option("--declare-references", is_flag=True, help="Turn undeclared references into real foreign keys."),
    click.option(
        "--backup",
        type=click.Choice(["column", "table"]),
        default="column",
        show_default=True,
        help="Where the texts are kept: in a column beside each converted one, or in one table of the ledger's schema, "
        "so that no table gets a new column.",
    ),
    click.option(
        "--backup-suffix",
        default="_original",
        show_default=True,
        metavar="SUFFIX",
        help="A column's text is kept in the column of its name with this suffix.",
    ),
    click.option(
        "--allow",
        metavar="NAME",
        multiple=True,
        help="Accept what becomes of an object the report names, though it may mean something else; may be repeated.",
    ),
    click.option(
        "--rewrite",
        "rewrites",
        type=Rewrite(),
        metavar="NAME[=FILE]",
        multiple=True,
        help="Make an object the report names by the SQL of a file instead (an empty file: leave it away until the "
        "way back), or without a file by what the report offers; may be repeated.",
    ),
    click.option(
        "--rewrite-offered",
        is_flag=True,
        help="Make every object for which the report offers a definition by that one.",
    ),
    click.option(
        "--join-graphs",
        is_flag=True,
        help="Convert reference graphs that share a table in one transaction, in which it is rewritten once, and take "
        "them back together, too.",
    ),
    lock_options,
)

yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask.")


def checked_request(given: dict[str, Any]) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The targets and the library's options, of a command's arguments.

    Args:
        given: what ``request_options`` collected.

    Raises:
        click.UsageError: no target and no --all, or an option without the one it narrows.
    """
    options = dict(given)
    targets: tuple[str, ...] = options.pop("targets")
    if not targets and not options["all_columns"]:
        raise click.UsageError("Name at least one TARGET as table.column, or use --all. `uuidkit scan` lists them.")
    if options["schema"] is not None and not options["all_columns"]:
        raise click.UsageError("--schema narrows --all; write a target's schema in front of it: schema.table.column.")
    if not options["backup_suffix"]:
        raise click.UsageError("--backup-suffix must not be empty: the backup is a column beside the converted one.")
    return targets, options
