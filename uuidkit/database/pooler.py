"""Whether a transaction pooler (PgBouncer, Supavisor) stands between us and the server.

Behind one, whatever is kept in a session is lost between two transactions: settings, advisory locks, prepared
statements, LISTEN.
"""

from __future__ import annotations

from dataclasses import dataclass

from uuidkit.database.session import Session
from uuidkit.database.url import hints, parameters

SUPABASE_HOST = ".pooler.supabase.com"
TRANSACTION_PORT = "6543"


@dataclass(frozen=True, slots=True)
class Pooler:
    """A pooler that was noticed.

    Attributes:
        name: its product, or "a pooler".
        why: what shows it, as a part of a sentence.
    """

    name: str
    why: str


def from_url(url: str) -> Pooler | None:
    """The transaction pooler that a URL points to, as far as the URL shows it.

    Args:
        url: a PostgreSQL URL.

    Raises:
        UsageError: the URL is of another kind of database, or cannot be read.
    """
    found = parameters(url)
    if hints(url).get("pgbouncer", "").lower() in ("true", "1", "yes"):
        return Pooler("PgBouncer", "the URL says pgbouncer=true")
    hosts = found.get("host", "").split(",")
    ports = found.get("port", "").split(",")
    if pools_sessions(url):
        return None
    if _on_supabase(hosts):
        return Pooler("Supavisor", f"the host is one of {SUPABASE_HOST}")
    if TRANSACTION_PORT in ports:
        return Pooler("a pooler", f"the port is {TRANSACTION_PORT}")
    return None


def pools_sessions(url: str) -> bool:
    """Whether a URL is known to lead to a pooler that keeps a session for one client: Supavisor's session mode.

    Args:
        url: a PostgreSQL URL.

    Raises:
        UsageError: the URL is of another kind of database, or cannot be read.
    """
    found = parameters(url)
    return _on_supabase(found.get("host", "").split(",")) and "5432" in found.get("port", "").split(",")


def _on_supabase(hosts: list[str]) -> bool:
    return any(host.lower().rstrip(".").endswith(SUPABASE_HOST) for host in hosts)


def from_session(session: Session) -> Pooler | None:
    """The pooler that an open connection goes through, in whatever mode it pools.

    A pooler hands out its own cancel key at the start of a connection, so the process number in it is not the one of
    the server's process.

    Args:
        session: a session over an open connection; one statement is run.

    Raises:
        psycopg.Error: the statement failed.
    """
    told = session.driver_connection.info.backend_pid
    [(actual,)] = session.rows("SELECT pg_catalog.pg_backend_pid()")
    if told == actual:
        return None
    return Pooler("a pooler", f"the server's process is {actual}, the connection was told {told}")
