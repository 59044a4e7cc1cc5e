"""Pending revisions run on a scratch copy, each conversion looked at before it is carried out there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import psycopg
from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationStep, RevisionStep
from sqlalchemy import Engine, NullPool, event
from sqlalchemy.exc import DBAPIError

from uuidkit.alembic import online
from uuidkit.alembic.dryrun.confinement import NotConfined, confine, refuse_escape
from uuidkit.alembic.dryrun.judgement import Verdict, failing, look
from uuidkit.alembic.dryrun.recording import INSTEAD
from uuidkit.alembic.operations import UuidOperation
from uuidkit.catalog.model import Schema
from uuidkit.database import create_engine
from uuidkit.database.session import Session, adapt, undone
from uuidkit.errors import UuidkitError
from uuidkit.interruption import ended_in_order
from uuidkit.planning.model import Plan
from uuidkit.rehearsal.copying import Extent, scratch_copy
from uuidkit.rehearsal.model import RehearsalError
from uuidkit.rehearsal.rows import choose, leaves

ROWS = 1000  # of each table, where a database is too large to be copied whole
_WHOLE = 64 * 1024 * 1024  # bytes of rows that are copied whole without being asked

Steps = Callable[[Sequence[str], MigrationContext], Iterable[MigrationStep]]


@dataclass(slots=True)
class Tried:
    """One revision on the copy.

    Attributes:
        verdicts: on its operations, in order.
        failure: why it could not be run to its end; empty where it was.
        kept_back: whether that is because it would have changed more than the copy.
    """

    verdicts: list[Verdict] = field(default_factory=list)
    failure: str = ""
    kept_back: bool = False


@dataclass(slots=True)
class Trial:
    """All revisions that were begun on the copy.

    Attributes:
        where: where the copy was, in words.
        rows: rows copied, and how many there are.
        notes: in what the copy differed from the database.
    """

    where: str
    rows: tuple[int, int]
    notes: tuple[str, ...]
    revisions: dict[str, Tried] = field(default_factory=dict)


def try_out(
    session: Session,
    plans: Callable[[], Sequence[Plan]],
    rows: int | None,
    options: Mapping[str, Any],
    arguments: Mapping[str, Any],
) -> Trial:
    """Run the pending revisions on a scratch copy of a database, which is only read.

    Args:
        session: to the database, with nothing written in its transaction.
        plans: for a copy that is a sample: what conversions find in the real values, to be part of it.
        rows: of each table; 0 for all; None for all where they are few enough.
        options: of ``context.configure()``.
        arguments: of ``context.run_migrations()``.

    Raises:
        RehearsalError: the copy cannot be made.
        ConnectionFailed, LockNotAvailable: as they say.
    """
    url = _url(session.driver_connection.info)
    with undone(session):
        settings = _settings(session)

    def select(source: Session, schema: Schema) -> Extent:
        return _extent(source, schema, plans, rows)

    with ended_in_order(), scratch_copy(url, select) as copied:
        trial = Trial(copied.where, copied.rows, copied.notes)
        engine = create_engine(copied.url, poolclass=NullPool)
        _set(engine, settings)
        confine(engine)
        _run(engine, trial, options, arguments)
        return trial


def _run(engine: Engine, trial: Trial, options: Mapping[str, Any], arguments: Mapping[str, Any]) -> None:
    environment = context.get_context().opts  # the environment's own, which its next configure() goes on with
    steps: Steps = environment["fn"]
    watch = _Watch(trial, steps)
    try:
        with engine.connect() as connection:
            # What a project does when a revision has been applied is not for a copy.
            context.configure(
                connection=connection, **{**options, "on_version_apply": None, "fn": watch.steps, INSTEAD: watch}
            )
            with context.begin_transaction():
                context.run_migrations(**arguments)
    except Exception as error:  # any: it is somebody's code
        if not trial.revisions:
            raise RehearsalError(f"No revision could be begun there: {_sentence(error)}") from error
        watch.failed(error)
    finally:
        environment.pop(INSTEAD, None)
        environment["fn"] = steps
        context.configure(dialect_name="postgresql", **options)
        engine.dispose()


class _Watch:
    """Knows which revision is at work, and looks at each operation before it is carried out."""

    def __init__(self, trial: Trial, steps: Steps) -> None:
        self._trial = trial
        self._steps = steps
        self._current = Tried()
        self._blocked = ""

    def steps(self, heads: Sequence[str], migration: MigrationContext) -> Iterator[MigrationStep]:
        """Alembic's steps, one after the other.

        Raises:
            NotConfined: the last one has changed more than the copy.
        """
        for step in self._steps(heads, migration):
            assert isinstance(step, RevisionStep)  # the recording has refused everything else
            self._current = self._trial.revisions[step.revision.revision] = Tried()
            yield step
            assert migration.connection is not None
            refuse_escape(migration.connection)

    def take(self, migration: MigrationContext, operation: UuidOperation) -> None:
        """Look, and carry out what nothing forbids; what is blocked is left out, so that the rest can be seen."""
        session = adapt(migration.connection)
        if session.in_transaction:
            whole = self._trial.rows[0] == self._trial.rows[1]
            try:
                with undone(session):
                    verdict, found = look(session, operation, on_copy=True, cost=whole)
            except UuidkitError as error:
                self._current.verdicts.append(failing(operation, error, on_copy=True))
                raise
            self._current.verdicts.append(verdict)
            if found.blockers:
                self._blocked = self._blocked or operation.title
                return
        try:
            online.run(migration, operation)
        except UuidkitError as error:
            # Ready by the plan, and yet it failed: what counts is that.
            said = failing(operation, error, on_copy=True)
            self._current.verdicts[-1:] = [said]
            raise

    def failed(self, error: Exception) -> None:
        """Note why the run has ended early."""
        self._current.kept_back = isinstance(error, NotConfined)
        after = f" It comes after {self._blocked}, which is blocked and was left out." if self._blocked else ""
        self._current.failure = _sentence(error) + after


def _sentence(error: Exception) -> str:
    if isinstance(error, DBAPIError) and isinstance(error.orig, psycopg.Error):
        said = error.orig.diag.message_primary or str(error.orig)
        return f"{said.strip().rstrip('.')} (SQLSTATE {error.orig.sqlstate})."
    if isinstance(error, UuidkitError):
        return error.message
    said = " ".join(str(error).split()).rstrip(".")
    return f"{type(error).__name__}: {said}." if said else f"{type(error).__name__}."


def _extent(session: Session, schema: Schema, plans: Callable[[], Sequence[Plan]], rows: int | None) -> Extent:
    foreign = [str(name) for (name,) in session.rows("SELECT srvname FROM pg_catalog.pg_foreign_server ORDER BY 1")]
    if foreign:
        raise RehearsalError(
            f"The database has foreign servers ({', '.join(foreign)}), which a copy would reach as the original does."
        )
    of_extensions = {
        oid
        for (oid,) in session.rows(
            "SELECT objid::int8 FROM pg_catalog.pg_depend "
            "WHERE classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND deptype = 'e'"
        )
    }
    found = [table for table in leaves(schema, list(schema.tables)) if table.oid not in of_extensions]
    tables = [table for table in found if table.readable and not table.row_security_applies]
    hidden = [str(table.name) for table in found if table not in tables]
    notes = (f"Without rows in the copy, because they are hidden from the current role: {', '.join(hidden)}.",)
    names = [table.name for table in tables]
    chosen = None
    if rows or (rows is None and _size(session, [table.oid for table in tables]) > _WHOLE):
        chosen = choose(session, schema, plans(), names, names, rows or ROWS)
    return Extent(tables, chosen, notes if hidden else ())


def _size(session: Session, oids: list[int]) -> int:
    [(size,)] = session.rows(
        "SELECT coalesce(sum(pg_catalog.pg_table_size(oid)), 0)::int8 FROM pg_catalog.pg_class "
        "WHERE oid = ANY (%(oids)s::oid[])",
        {"oids": oids},
    )
    return int(size)


def _url(info: psycopg.ConnectionInfo) -> str:
    """Where a connection goes to, whatever it was made from."""
    found = {**info.get_parameters(), "dbname": info.dbname, "user": info.user}
    if found.get("sslcertmode") == "allow":
        del found["sslcertmode"]  # as always, but an older pg_dump does not know the word
    if info.password:
        found["password"] = info.password
    return "postgresql:///?" + urlencode(found).replace("+", "%20")


def _settings(session: Session) -> dict[str, str]:
    """What the session's settings are other than the server's: of the database, the role, or made by the env.py."""
    found = session.rows(
        """SELECT name, pg_catalog.current_setting(name) FROM pg_catalog.pg_settings
            WHERE source IN ('database', 'user', 'database user', 'session', 'client')
              AND (context = 'user' OR pg_catalog.has_parameter_privilege(name, 'SET'))
              AND name NOT LIKE 'default\\_transaction%' AND name NOT LIKE 'transaction\\_%'
              AND name <> 'client_encoding'"""
    )
    return {str(name): str(value) for name, value in found}


def _set(engine: Engine, settings: Mapping[str, str]) -> None:
    @event.listens_for(engine, "connect")
    def connected(connection: psycopg.Connection[Any], _record: Any) -> None:
        for name, value in settings.items():
            connection.execute("SELECT pg_catalog.set_config(%s, %s, false)", (name, value))
        connection.commit()
