"""The command ``batchsvc``."""

from batchsvc.cli.main import main

__all__ = ["main"]
