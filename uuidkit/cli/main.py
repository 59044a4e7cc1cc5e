"""The program `uuidkit`: its commands, and what it says when something goes wrong."""

from __future__ import annotations

import sys
from typing import Any

import click

from uuidkit.cli import changing, demo, psql, reading
from uuidkit.cli.failures import explained
from uuidkit.cli.options import Face, database_option
from uuidkit.version import __version__

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Commands(click.Group):
    """The commands, listed in the order of the work, each failure told in a sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order they were added."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        with explained(ctx):
            return super().invoke(ctx)


@click.group(cls=Commands, context_settings=CONTEXT)
@database_option
@click.version_option(__version__, prog_name="uuidkit")
@click.pass_context
def uuidkit(ctx: click.Context, database_url: str | None) -> None:
    """Turns string id columns into real uuid columns in PostgreSQL, with a report, a proof and a way back.

    A TARGET is table.column or schema.table.column, quoted as in SQL where needed. It brings along every column tied
    to it by a foreign key, and every undeclared reference that is certain. Results go to standard output, progress
    and messages to standard error.

    \b
    A first walk:
      uuidkit scan                              which columns hold ids
      uuidkit report batch_jobs.batch_id        what a conversion would do
      uuidkit convert batch_jobs.batch_id       do it
      uuidkit verify                            prove it
      uuidkit revert batch_jobs.batch_id        take it back

    \b
    Exit status:
      0  done, or nothing to do, or the dry run found no blocker
      1  failed: the graph at hand is as it was
      2  wrong usage, or an unknown target
      3  blocked by findings: nothing was changed

    Without --database-url and DATABASE_URL an embedded PostgreSQL serves, with its data in .postgres/ of the working
    directory (UUIDKIT_EMBEDDED_DIR moves it).
    """
    ctx.obj = Face(database_url=database_url)


for command in (
    reading.inspect,
    reading.scan,
    reading.report,
    reading.sql,
    changing.convert,
    reading.verify,
    changing.revert,
    reading.lookup,
    changing.finalize,
    psql.psql,
    demo.demo,
):
    uuidkit.add_command(command)


def main() -> None:
    """Entry point of the console script."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets an escape instead; a result is never lost to that.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    uuidkit(prog_name="uuidkit")
