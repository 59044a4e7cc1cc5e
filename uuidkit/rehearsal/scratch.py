"""The scratch database: made beside the real one or on the embedded server, and always dropped."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from uuidkit.database import connect, sqlalchemy_url
from uuidkit.database.session import Session
from uuidkit.rehearsal.model import RehearsalError

_NAME = re.compile(r"uuidkit_rehearsal_(\d+)_[0-9a-f]{8}")
_ATTEMPTS = 4  # to make or drop a database that is in use
_FORGOTTEN = 3600.0  # seconds after which a database of that name that nobody uses was left behind


@dataclass(frozen=True, slots=True)
class Scratch:
    """An empty database of the same kind as the real one.

    Attributes:
        where: in words.
        owners: whether other roles' objects can be made in it.
    """

    url: str
    where: str
    owners: bool


@contextmanager
def scratch(url: str, session: Session) -> Iterator[Scratch]:
    """An empty database that nobody else uses, dropped at the end whatever happens.

    Args:
        url: the real database.
        session: to it.

    Raises:
        RehearsalError: the server lets us make none, and the embedded server is of another version.
    """
    [(allowed, superuser)] = session.rows(
        "SELECT rolcreatedb OR rolsuper, rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user"
    )
    if allowed:
        with _database(url, session) as found:
            yield Scratch(found, "a scratch database on the same server", bool(superuser))
        return
    with _embedded(url, session) as found:
        yield found


@contextmanager
def _database(url: str, session: Session, *, like: bool = True) -> Iterator[str]:
    name = f"uuidkit_rehearsal_{int(time.time())}_{secrets.token_hex(4)}"
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
    if like:
        [(encoding, collate, ctype)] = session.rows(
            "SELECT pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype FROM pg_catalog.pg_database "
            "WHERE datname = pg_catalog.current_database()"
        )
        statement += sql.SQL(" ENCODING {} LC_COLLATE {} LC_CTYPE {}").format(
            sql.Literal(encoding), sql.Literal(collate), sql.Literal(ctype)
        )
    with connect(url) as admin:
        _clear(admin)
    # An interruption may arrive when the database is made already and we have not heard of it: the try begins before.
    try:
        with connect(url) as admin:
            try:
                _patiently(admin, statement)
            except psycopg.Error as error:
                said = error.diag.message_primary or str(error)
                raise RehearsalError(
                    f"The server refused to make a scratch database: {said}.", "Mend that, or leave --rehearse out."
                ) from error
        yield sqlalchemy_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        with connect(url) as admin:
            _patiently(admin, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _patiently(admin: psycopg.Connection[tuple[object, ...]], statement: sql.Composed) -> None:
    """Run a statement about a database that somebody may just be leaving: the server waits five seconds for that."""
    for _ in range(_ATTEMPTS - 1):
        try:
            admin.execute(statement)
            return
        except psycopg.errors.ObjectInUse:
            continue  # on a busy server a process of its own (autovacuum) may take longer to go
    admin.execute(statement)


def _clear(admin: psycopg.Connection[tuple[object, ...]]) -> None:
    """Drop what a rehearsal that was killed has left behind."""
    rows = admin.execute(
        """SELECT datname FROM pg_catalog.pg_database d
            WHERE datname LIKE 'uuidkit\\_rehearsal\\_%'
              AND pg_catalog.pg_has_role(d.datdba, 'USAGE')
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid)"""
    ).fetchall()
    for (name,) in rows:
        match = _NAME.fullmatch(str(name))
        if match and time.time() - int(match[1]) > _FORGOTTEN:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(str(name))))


@contextmanager
def _embedded(url: str, session: Session) -> Iterator[Scratch]:
    remedy = "Let the role make databases (ALTER ROLE … CREATEDB), or leave --rehearse out."
    why = "The role may not make a scratch database on this server"
    if os.name != "posix":
        raise RehearsalError(f"{why}, and the embedded PostgreSQL runs on Linux and macOS only.", remedy)
    from uuidkit.database import embedded
    from uuidkit.database.embedded.account import MAJOR

    major = session.version_num // 10000
    if str(major) != MAJOR:
        raise RehearsalError(f"{why}, and the embedded one is PostgreSQL {MAJOR}, not {major}.", remedy)
    roles = [str(name) for (name,) in session.rows("SELECT rolname FROM pg_catalog.pg_roles WHERE rolname !~ '^pg_'")]
    with tempfile.TemporaryDirectory(prefix="uuidkit-rehearsal-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o755)  # for root, whose server runs as an account that has to enter it
        try:
            with embedded.server(home, durable=False) as server_url, connect(server_url) as admin:
                known = {name for (name,) in admin.execute("SELECT rolname FROM pg_catalog.pg_roles")}
                for role in roles:
                    if role not in known:
                        admin.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
                with _database(server_url, session, like=False) as found:
                    yield Scratch(found, f"an embedded server (PostgreSQL {MAJOR}): {why[:1].lower()}{why[1:]}", True)
        finally:
            embedded.destroy(home)
