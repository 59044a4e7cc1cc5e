"""The PostgreSQL server that needs no installation: what is used where DATABASE_URL is not set."""

from uuidkit.database.embedded.account import EmbeddedError
from uuidkit.database.embedded.home import ENV, default_directory
from uuidkit.database.embedded.postmaster import destroy, server

__all__ = ["ENV", "EmbeddedError", "default_directory", "destroy", "server"]
