"""The command line: parses, calls the library, prints. Nothing is decided here."""

from uuidkit.cli.main import main

__all__ = ["main"]
