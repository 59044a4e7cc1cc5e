"""What somebody else does meanwhile, from another session or inside the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg

from tests.uuidkit.safety.conftest import Legacy
from uuidkit.database.session import Parameters, PsycopgSession, Statement
from uuidkit.execute import Event

TARGET = ["batch_jobs.batch_id"]


def one(connection: psycopg.Connection[Any], query: str) -> Any:
    """The only value that a query gives."""
    [value] = connection.execute(query).fetchone() or [None]
    return value


def meddling(legacy: Legacy, statement: str, *, graph: int = 1) -> Callable[[Event], None]:
    """Another session's statement, just before the locks of the first graph, or a later one, are taken."""
    begun = 0

    def progress(event: Event) -> None:
        nonlocal begun
        begun += event.kind == "graph"
        if event.kind == "graph" and begun == graph:
            with legacy.connect() as other:
                other.execute(statement)

    return progress


def during_the_change(connection: psycopg.Connection[Any], statement: str) -> None:
    """Let the server run a statement of somebody else's inside the conversion, as an event trigger may."""
    connection.execute(
        "CREATE FUNCTION meddle() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = 'public.jobs'::pg_catalog.regclass "
        f"AND attname = 'batch_id_original') THEN {statement}; END IF; END $$"
    )
    connection.execute(
        "CREATE EVENT TRIGGER meddle ON ddl_command_end WHEN TAG IN ('COMMENT') EXECUTE FUNCTION meddle()"
    )


class Watched(PsycopgSession):
    """A session that tells of every query before it is sent."""

    def __init__(self, connection: psycopg.Connection[Any], watch: Callable[[str], None]) -> None:
        super().__init__(connection)
        self.watch = watch

    def rows(self, statement: Statement, params: Parameters | None = None) -> list[tuple[Any, ...]]:
        """Run a statement and fetch all its rows."""
        self.watch(self.text(statement))
        return super().rows(statement, params)
