"""The way to a database: its URL, connections and engines, sessions, poolers, and the embedded server."""

from uuidkit.database.engine import connect, create_engine, sqlalchemy_url
from uuidkit.database.session import Session, adapt
from uuidkit.database.url import conninfo, normalise, safe
from uuidkit.database.which import use

__all__ = [
    "Session",
    "adapt",
    "connect",
    "conninfo",
    "create_engine",
    "normalise",
    "safe",
    "sqlalchemy_url",
    "use",
]
