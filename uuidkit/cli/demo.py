"""The command that tells the whole story on a scratch database."""

from __future__ import annotations

import click

from uuidkit.cli.options import Face


@click.command(short_help="Tell the whole story on an embedded server.", epilog="Example: uuidkit demo")
@click.option(
    "-d",
    "--database-url",
    metavar="URL",
    help="A server to play on, in a scratch database (default: the embedded one).",
)
@click.pass_context
def demo(ctx: click.Context, database_url: str | None) -> None:
    """Tell the whole story: legacy rows, report, conversion, proof and way back.

    It plays in a scratch database of the embedded server, or of the server named with --database-url. DATABASE_URL and
    the databases that a server has are left alone.
    """
    from uuidkit.demo import run

    face = ctx.obj if isinstance(ctx.obj, Face) else Face()
    run(database_url or face.database_url)
