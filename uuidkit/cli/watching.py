"""What can be seen of a statement under way from a second connection: index builds, growth, whom it waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg

from uuidkit.errors import UuidkitError
from uuidkit.report.layout import size, visible

if TYPE_CHECKING:
    from uuidkit.planning.model import Plan

_EVERY = 0.5  # seconds between two looks


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen at one moment.

    Attributes:
        growth: bytes that the database has grown by since the watching began.
        index: the index that is being built, with how far it is in percent; empty when none is.
        waits_for: whom the statement waits for; empty when it does not.
    """

    growth: int = 0
    index: str = ""
    waits_for: str = ""

    def __str__(self) -> str:
        said = [self.waits_for, self.index]
        if self.growth >= 1024 * 1024:
            said.append(f"{size(self.growth)} written")
        return ", ".join(part for part in said if part)


class Watcher:
    """Looks at the server's process from a thread and a connection of its own, for as long as it is open.

    Where there is no second connection to be had, nothing is seen, and nothing is said about it.

    Args:
        url: the database.
        pid: the number of the process that does the work.
        tell: called after every look.
    """

    def __init__(self, url: str, pid: int, tell: Callable[[Seen], None]) -> None:
        self._url = url
        self._pid = pid
        self._tell = tell
        self._over = threading.Event()
        self._begun: int | None = None
        self._thread = threading.Thread(target=self._watch, name="uuidkit-progress", daemon=True)

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._over.set()
        self._thread.join(timeout=5)

    def _watch(self) -> None:
        from uuidkit.database import connect

        try:
            with connect(self._url) as connection:
                connection.execute("SET statement_timeout = '2s'")
                self._look(connection)  # growth counts from here
                while not self._over.wait(_EVERY):
                    self._tell(self._look(connection))
        except (UuidkitError, psycopg.Error):
            # The work goes on without being watched.
            while not self._over.wait(_EVERY):
                self._tell(Seen())

    def _look(self, connection: psycopg.Connection[Any]) -> Seen:
        [(now,)] = connection.execute("SELECT pg_catalog.pg_database_size(pg_catalog.current_database())").fetchall()
        if self._begun is None:
            self._begun = int(now)
        building = connection.execute(
            """SELECT coalesce(c.relname, 'an index'), p.phase,
                      CASE WHEN p.blocks_total > 0 THEN 100 * p.blocks_done / p.blocks_total
                           WHEN p.tuples_total > 0 THEN 100 * p.tuples_done / p.tuples_total END
                 FROM pg_catalog.pg_stat_progress_create_index p
                 LEFT JOIN pg_catalog.pg_class c ON c.oid = p.index_relid
                WHERE p.pid = %s""",
            [self._pid],
        ).fetchall()
        index = "".join(
            f"{visible(str(name))}: {phase}{'' if percent is None else f' {percent} %'}"
            for name, phase, percent in building[:1]
        )
        holders = connection.execute(
            """SELECT a.pid, coalesce(nullif(a.application_name, ''), 'no name'), a.usename
                 FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids(%s)) AS b (pid)
                 JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid
                ORDER BY 1""",
            [self._pid],
        ).fetchall()
        named = ", ".join(f"process {pid} ({visible(str(name))}, user {user})" for pid, name, user in holders[:3])
        waits = f"waiting for {named}" if named else ""
        return Seen(growth=max(0, int(now) - self._begun), index=index, waits_for=waits)


def foreseen(url: str, plan: Plan) -> Plan:
    """The plan with a forecast from this server, made on a connection of its own; as it is where that fails.

    Args:
        url: the database.
        plan: about to be carried out.
    """
    from uuidkit.database import connect
    from uuidkit.forecast import forecast

    try:
        with connect(url) as connection:
            return forecast(connection, plan)
    except (UuidkitError, psycopg.Error):
        return plan
