"""The command that opens PostgreSQL's own terminal on the database that all the others work on."""

from __future__ import annotations

import click

from uuidkit.cli.connecting import server
from uuidkit.cli.options import Face, faced


@click.command(
    short_help="Open psql on the database, or run a file of SQL in it.",
    epilog="Example: uuidkit psql -f dump.sql",
    context_settings={"ignore_unknown_options": True},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ARGUMENT]...")
@faced(json=False, output=False)
@click.pass_context
def psql(ctx: click.Context, /, face: Face, arguments: tuple[str, ...]) -> None:
    """Open psql on the database that the other commands use, the embedded one included.

    The arguments are psql's own: `-f FILE` runs a file, `-c COMMAND` a command; without any it is a terminal. The exit
    status is psql's.
    """
    with server(face) as url:
        ctx.exit(_run(url, arguments, embedded=face.embedded))


def _run(url: str, arguments: tuple[str, ...], *, embedded: bool) -> int:
    import os
    import subprocess

    from psycopg.conninfo import make_conninfo

    from uuidkit.database.url import parameters

    found = parameters(url)
    environment = dict(os.environ)
    if password := found.pop("password", None):
        environment["PGPASSWORD"] = password  # an argument could be read by everybody on the machine
    command = [_program(embedded=embedded), f"--dbname={make_conninfo('', **found)}", *arguments]
    with subprocess.Popen(command, env=environment) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # meant for psql, which has got it as well


def _program(*, embedded: bool) -> str:
    """Where psql is: the one that came with the embedded server fits that, else the user's own comes first."""
    import shutil

    from uuidkit.errors import UsageError
    from uuidkit.rehearsal.model import RehearsalError
    from uuidkit.rehearsal.programs import programs

    own = None if embedded else shutil.which("psql")
    try:
        return own or str(programs(_EMBEDDED).folder / "psql")
    except RehearsalError:
        raise UsageError(
            "There is no psql on this machine.", "Install PostgreSQL's client programs; it is one of them."
        ) from None


_EMBEDDED = 18  # the embedded server's major version, which every older server understands
