"""The command that tells the whole story on an embedded server."""

from __future__ import annotations

import click


@click.command(short_help="Tell the whole story on an embedded server.", epilog="Example: uuidkit demo")
def demo() -> None:
    """Tell the whole story on an embedded server: legacy rows, report, conversion, proof and way back."""
    from uuidkit.demo import run

    run()
