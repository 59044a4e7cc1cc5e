"""Keeps what is tried on a scratch database from changing the rest of its server.

Roles, settings and rights of databases and roles, tablespaces and subscriptions belong to the whole server: what a
revision does with them on a copy it would do to the real thing. Before each commit PostgreSQL is asked whether the
transaction has written into a catalog that all databases share; then it is rolled back. A statement outside of a
transaction cannot be taken back, so that only those run there that concern tables, indexes and the like.

Source: PostgreSQL, chapter "The Cumulative Statistics System" (functions for the current transaction).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event

from uuidkit.errors import UuidkitError
from uuidkit.lexing import tokens

_BASELINE = "uuidkit_shared_rows"
# pg_shdepend says which role owns what in any database, and changes with every table.
_SHARED_ROWS = """
SELECT current_setting('track_counts') = 'on', coalesce(sum(
         pg_catalog.pg_stat_get_xact_tuples_inserted(oid) + pg_catalog.pg_stat_get_xact_tuples_updated(oid)
         + pg_catalog.pg_stat_get_xact_tuples_deleted(oid)), 0)::int8
  FROM pg_catalog.pg_class
 WHERE relisshared AND relkind = 'r' AND oid <> 'pg_catalog.pg_shdepend'::pg_catalog.regclass"""
_PLAIN = frozenset(
    "VACUUM ANALYZE REINDEX CLUSTER REFRESH INSERT UPDATE DELETE MERGE SELECT WITH SET RESET SHOW".split()
)
_VERBS = frozenset({"CREATE", "ALTER", "DROP"})
_OBJECTS = frozenset("TABLE INDEX UNIQUE TYPE VIEW MATERIALIZED SEQUENCE FUNCTION TRIGGER STATISTICS EXTENSION".split())


class NotConfined(UuidkitError):
    """A revision would change more than the scratch database; it was kept from that."""


def confine(engine: Engine) -> None:
    """Let no transaction of an engine commit that changes what all databases of the server share.

    Args:
        engine: to a scratch database. What is kept back raises NotConfined.
    """

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        counted, connection.info[_BASELINE] = _shared_rows(connection)
        if not counted:
            raise NotConfined("The server counts no rows (track_counts is off), so that nothing is tried there.")

    event.listen(engine, "commit", refuse_escape)

    @event.listens_for(engine, "before_cursor_execute")
    def before(connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if _autocommit(connection) and not stays_inside(statement):
            raise NotConfined("It runs a statement outside of a transaction that may reach further than one database.")


def refuse_escape(connection: Connection) -> None:
    """Look whether the open transaction has changed what all databases share.

    Args:
        connection: of a confined engine.

    Raises:
        NotConfined: it has.
    """
    if not _autocommit(connection) and _shared_rows(connection)[1] != connection.info.get(_BASELINE):
        raise NotConfined("It changes roles, databases or other things that belong to the whole server.")


def stays_inside(statement: str) -> bool:
    """Whether a statement outside of a transaction can only concern the database that it runs in.

    Args:
        statement: SQL, one statement or several.
    """
    words = tokens(statement)
    if any(word.kind == "other" and word.value == ";" for word in words[:-1]):
        return False
    first, second = ([word.value.upper() for word in words[:2]] + ["", ""])[:2]
    return first in _PLAIN or (first in _VERBS and second in _OBJECTS)


def _autocommit(connection: Connection) -> bool:
    return bool(connection.connection.driver_connection.autocommit)  # type: ignore[union-attr]


def _shared_rows(connection: Connection) -> tuple[bool, int]:
    """Not through SQLAlchemy: that would begin a transaction where one is being begun."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(_SHARED_ROWS)
        [(counted, found)] = cursor.fetchall()
    finally:
        cursor.close()
    return bool(counted), int(found)
