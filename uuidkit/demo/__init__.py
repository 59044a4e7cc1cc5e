"""What `uuidkit demo` runs: the whole story, on a scratch database of its own."""

from uuidkit.demo.story import run

__all__ = ["run"]
