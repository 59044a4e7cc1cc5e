"""How the survey asks: its settings, and an error that names the column that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from uuidkit.catalog.names import ColumnName
from uuidkit.database.session import Session
from uuidkit.errors import UuidkitError

# A policy that would hide rows becomes an error; compiling costs more than it saves on these short expressions.
_SETTINGS: dict[str, LiteralString] = {
    "row_security": "'off'",
    "jit": "'off'",
    "work_mem": "CASE WHEN pg_size_bytes(current_setting('work_mem')) < 67108864 THEN '64MB' "
    "ELSE current_setting('work_mem') END",
}


class Unreadable(UuidkitError):
    """A column's values cannot be read, or not all of them.

    Args:
        column: the column.
        reason: what the server said.
        row_security: whether policies would hide rows; otherwise a privilege is missing.
    """

    def __init__(self, column: ColumnName, reason: str, *, row_security: bool) -> None:
        self.column = column
        self.reason = reason
        self.row_security = row_security
        table = column.table_name
        super().__init__(
            f"The values of {column} cannot be judged: {reason}.",
            f"Use a role with BYPASSRLS, or ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY for the time being."
            if row_security
            else f"GRANT SELECT ON {table} to the role, and USAGE on its schema.",
        )


@contextmanager
def settings(session: Session) -> Iterator[None]:
    """What a survey sets for the transaction at hand, and puts back at the end.

    Args:
        session: in a transaction.
    """
    names = tuple(_SETTINGS)
    [before] = session.rows(
        sql.SQL("SELECT {}").format(
            sql.SQL(", ").join(sql.SQL("current_setting({})").format(sql.Literal(name)) for name in names)
        )
    )
    _set(session, {name: sql.SQL(value) for name, value in _SETTINGS.items()})
    yield
    # After an error the transaction, or the savepoint around us, puts them back.
    _set(session, {name: sql.Literal(value) for name, value in zip(names, before, strict=True)})


def _set(session: Session, values: dict[str, sql.Composable]) -> None:
    calls = [sql.SQL("set_config({}, {}, true)").format(sql.Literal(name), value) for name, value in values.items()]
    session.rows(sql.SQL("SELECT {}").format(sql.SQL(", ").join(calls)))


def ask(session: Session, column: ColumnName, statement: sql.Composable) -> list[tuple[Any, ...]]:
    """The rows of a query over a column's table; after an error the transaction can go on.

    Args:
        session: in a transaction.
        column: whose values are read.
        statement: a query with literals, no parameters.

    Raises:
        Unreadable: a right is missing, or row security would hide rows.
        psycopg.Error: anything else.
    """
    try:
        with session.savepoint():
            return session.rows(statement)
    except psycopg.errors.InsufficientPrivilege as error:
        reason = error.diag.message_primary or "insufficient privilege"
        raise Unreadable(column, reason, row_security="row-level security" in reason) from error
