"""The operations in a script (``alembic upgrade A:B --sql``).

A conversion with facts is planned from these, and may begin anywhere (see ``frozen``). Everything else is planned from
the live database, which is only read.

The statements are those that an online run would carry out. They check under the locks that the tables are still
those that were read; where several operations of a script share a table, each later one checks that the table is as
the earlier one left it. What other operations of the script put into the tables before is not in the plan: a conversion
that would have to find undeclared references among that belongs into a script of its own.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from alembic.runtime.migration import MigrationContext
from psycopg import sql

from uuidkit import database, guard
from uuidkit.alembic.examination import Examination, Part, examine
from uuidkit.alembic.operations import ConvertToUuidOp, UuidOperation
from uuidkit.alembic.scripts import frozen
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.composing import joined, text_of
from uuidkit.database.session import Session, undone
from uuidkit.database.url import given
from uuidkit.errors import BlockedError, ConnectionFailed, UsageError
from uuidkit.render.common import closing
from uuidkit.report.layout import listing, wrap
from uuidkit.report.script import for_psql

CONNECT = "uuidkit_connect"
_SCRIPT = "uuidkit_script"

Connect = Callable[[], AbstractContextManager[Any]]


@dataclass
class Script:
    """What the script at hand has done so far.

    Attributes:
        tables: every table that it changes, with its fingerprint as the database has it now.
        columns: every column that it changes, makes or drops.
        by_facts: those of the tables that are changed by a revision's facts, whatever the database is like now.
    """

    tables: dict[TableName, str] = field(default_factory=dict)
    columns: set[ColumnName] = field(default_factory=set)
    by_facts: set[TableName] = field(default_factory=set)

    def setting(self, table: TableName) -> str:
        """The name under which the running script remembers how it left a table."""
        return f"uuidkit.table_{list(self.tables).index(table) + 1}"


def write(context: MigrationContext, operation: UuidOperation) -> None:
    """Write the statements of an operation to the script.

    Args:
        context: offline. Its option ``uuidkit_connect``, a function without arguments that gives a connection to be
            used in ``with``, leads to the database; without the option that is the one of DATABASE_URL.
        operation: what to do.

    Raises:
        UsageError: there is no database to plan from, it is at another revision than the script begins at, or the
            script has no transaction.
        ConnectionFailed: it cannot be reached.
        BlockedError: findings forbid it.
    """
    if not context.impl.transactional_ddl:
        raise UsageError(
            f"{operation.title} needs a transaction, and the script has none (transactional_ddl is off).",
            "Leave transactional_ddl as it is for PostgreSQL.",
        )
    script: Script = context.opts.setdefault(_SCRIPT, Script())
    by_facts = False
    if isinstance(operation, ConvertToUuidOp) and operation.facts is not None:
        by_facts = True
        found = frozen.examine(operation)
    else:
        with _planning(context, operation) as session:
            _check_revision(session, context, operation)
            found = examine(session, operation)
    if found.blockers:
        raise BlockedError(found.blockers)
    pieces = [piece for part in found.parts for piece in _piece(context, script, operation, part, by_facts)]
    context.impl.static_output("\n".join([*_heading(context, found, bool(pieces), by_facts), *map(for_psql, pieces)]))


@contextmanager
def _planning(context: MigrationContext, operation: UuidOperation) -> Iterator[Session]:
    """The live database, in a transaction that is rolled back."""
    connect: Connect = context.opts.get(CONNECT) or _connect
    with contextlib.ExitStack() as stack:
        try:
            connection = stack.enter_context(connect())
        except (UsageError, ConnectionFailed) as error:
            raise type(error)(
                f"{operation.title} cannot be written into a script without a look at the database: its values decide "
                f"what has to be done. {error.message}",
                " ".join([error.remedy, "Or run the migration online, without --sql."]).strip(),
            ) from error
        session = database.adapt(connection)
        with undone(session):
            yield session


@contextmanager
def _connect() -> Iterator[Any]:
    url = given()
    if url is None:
        raise UsageError("DATABASE_URL is not set.", "Set it to the database that the script is for; it is only read.")
    with contextlib.closing(database.connect(url)) as connection:
        yield connection


def _check_revision(session: Session, context: MigrationContext, operation: UuidOperation) -> None:
    """The plan is of use only where the script begins at the revision that the database is at."""
    begins = context.get_current_heads()
    names = [name for name in (context.version_table_schema, context.version_table) if name]
    table = sql.Identifier(*names)
    [(present,)] = session.rows("SELECT to_regclass(%(name)s) IS NOT NULL", {"name": text_of(table)})
    query = sql.SQL("SELECT version_num FROM {} ORDER BY 1").format(table)
    live = tuple(row[0] for row in session.rows(query)) if present else ()
    if set(begins) <= set(live) and (begins or not _passed(context, live)):
        return
    raise UsageError(
        f"The script begins at {_revisions(begins)}, but the database that {operation.title} would be planned from is "
        f"at {_revisions(live)}.",
        "Let the script begin where the database is (alembic upgrade FROM:TO --sql), or plan from another database.",
    )


def _passed(context: MigrationContext, live: Sequence[str]) -> bool:
    """Whether a database is beyond the base of the branch that the script is about."""
    environment = context.environment_context
    if environment is None or not live:
        return bool(live)

    def lineage(revisions: str | tuple[str, ...]) -> set[str]:
        return {found.revision for found in environment.script.iterate_revisions(revisions, "base")}

    return bool(lineage(environment.get_revision_argument() or ()) & lineage(tuple(live)))


def _revisions(revisions: Sequence[str]) -> str:
    return f"revision {listing(revisions)}" if revisions else "no revision (base)"


def _piece(
    context: MigrationContext, script: Script, operation: UuidOperation, part: Part, by_facts: bool
) -> Iterator[str]:
    """One graph's statements, with its guard widened or narrowed to what the script has done before."""
    # Tables that the script has changed since they were as this part knows them.
    before = [
        table
        for table, found in part.tables
        if table in script.tables and not (by_facts and script.tables[table] != found)
    ]
    changed = {column for column in script.columns if column.table_name in before}
    if not part.statements or (part.columns and changed.issuperset(part.columns)):
        return  # nothing to do, or done by an operation before
    _refuse_what_cannot_be_planned(context, script, operation, part, by_facts, before, changed)
    first = [(table, found) for table, found in part.tables if table not in before]
    script.tables.update(part.tables)
    script.columns |= part.involved
    if by_facts:
        script.by_facts |= {table for table, _ in part.tables}
    guards = [_as_left(script, before)] if before else []
    if first:
        guards.append(frozen.as_known(first, part.details))
    checked = not part.guard
    for statement in part.statements:
        if statement.phase not in ("before", "lock"):
            for text in guards:
                yield from _written("check that the tables are those that were read", text)
            guards = []
        if statement.sql == part.guard:
            checked = True
            continue
        if statement.sql == closing().sql:
            yield from _written("remember how the tables are left", _remember(script, part))
        yield from _written(statement.summary, statement.sql)
    if not checked:
        raise UsageError("The tables were changed while the script was being written.", "Write it again.")


def _refuse_what_cannot_be_planned(
    context: MigrationContext,
    script: Script,
    operation: UuidOperation,
    part: Part,
    by_facts: bool,
    before: Sequence[TableName],
    changed: Collection[ColumnName],
) -> None:
    """What an operation would do on what the script has changed before it."""
    met = sorted(str(column) for column in part.involved.intersection(changed))
    if met:
        raise UsageError(
            f"{operation.title} has to do with {listing(met)}, which the script has changed before; what it would do "
            "cannot be planned ahead of that.",
            "Run the migration online, or write a script for each revision by itself.",
        )
    if by_facts:
        return
    otherwise = sorted(str(table) for table in before if table in script.by_facts)
    if otherwise:
        raise UsageError(
            f"{operation.title} is planned from the database, where {listing(otherwise)} is not yet as the script "
            "leaves it before.",
            "Run the migration online, or write a script for each revision by itself.",
        )
    if any(script.tables[table] != found for table, found in part.tables if table in before):
        raise UsageError("The tables were changed while the script was being written.", "Write it again.")
    if before and context.opts.get("transaction_per_migration"):
        raise UsageError(
            f"{operation.title} is about {listing([str(table) for table in before])} again, in a script of several "
            "transactions; in between, the tables could change.",
            "Run the migration online, or write a script for each revision by itself.",
        )


def _written(summary: str, statement: str) -> Iterator[str]:
    yield from _comment(summary)
    yield f"{statement};\n"


def _as_left(script: Script, tables: Sequence[TableName]) -> str:
    """Stop unless the tables are as an earlier part of the script has left them."""
    conditions = joined(
        [
            sql.SQL("({}) IS DISTINCT FROM current_setting({}, true)").format(
                guard.fingerprint_query([table]), sql.Literal(script.setting(table))
            )
            for table in tables
        ],
        "\n     OR ",
    )
    return guard.block(
        sql.SQL(
            "BEGIN\n"
            "  IF {conditions} THEN\n"
            "    RAISE EXCEPTION USING ERRCODE = {code},\n"
            "      MESSAGE = 'The script has changed a table again that it converts.',\n"
            "      HINT = 'Run the migration online instead, with alembic upgrade.';\n"
            "  END IF;\n"
            "END"
        ).format(conditions=conditions, code=sql.Literal(guard.SCHEMA_CHANGED))
    )


def _remember(script: Script, part: Part) -> str:
    settings: list[sql.Composable] = [
        sql.SQL("  PERFORM set_config({}, ({}), true);").format(
            sql.Literal(script.setting(table)), guard.fingerprint_query([table])
        )
        for table, _ in part.tables
    ]
    return guard.block(sql.SQL("BEGIN\n{}\nEND").format(joined(settings, "\n")))


def _heading(context: MigrationContext, found: Examination, work: bool, by_facts: bool) -> Iterator[str]:
    columns = [str(column) for part in found.parts for column in part.columns]
    if not work:
        yield from _comment(f"{found.operation.title}: nothing to do, as the database was when this was written.")
        return
    source = (
        "by the facts of its revision; where tables or values are not as these say"
        if by_facts
        else f"from the tables and values of the database at {_revisions(context.get_current_heads())}, before "
        "whatever else this script does; should others have come since"
    )
    yield from _comment(f"{found.operation.title}: {listing(columns)}. Planned {source}, it fails and changes nothing.")
    if found.plan is not None:
        yield from _comment(f"Plan {found.plan.hash}")
    yield ""
    # Without it psql goes on after an error, and reports success.
    yield "\\set ON_ERROR_STOP on\n"


def _comment(text: str) -> list[str]:
    # A name may hold a line break, which would end the comment and begin a command: wrap() writes it as an escape.
    return wrap(text, "-- ", columns=120)
