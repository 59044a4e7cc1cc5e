"""Servers and clients that tests share: `from tests.support import pg_dump, psql, apply, checksums`."""

from tests.support.clients import apply, checksums, pg_dump, psql
from tests.support.servers import Server

__all__ = ["Server", "apply", "checksums", "pg_dump", "psql"]
