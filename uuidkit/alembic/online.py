"""The operations on the migration's own connection, inside its transaction."""

from __future__ import annotations

import logging

from alembic.runtime.migration import MigrationContext

from uuidkit.alembic.examination import reversion_is_done
from uuidkit.alembic.operations import ConvertToUuidOp, FinalizeUuidOp, RevertFromUuidOp, UuidOperation
from uuidkit.conversion import convert
from uuidkit.database import pooler
from uuidkit.database.session import Session, adapt
from uuidkit.errors import UsageError
from uuidkit.execute import Event
from uuidkit.finalization import finalize
from uuidkit.reading import read_database, reading
from uuidkit.reversion import revert

_POOLER = "uuidkit_pooler"

# Below "alembic", which every alembic.ini lets through.
log = logging.getLogger("alembic.uuidkit")


def run(context: MigrationContext, operation: UuidOperation) -> None:
    """Carry an operation out; the migration commits, or rolls back.

    Args:
        context: online.
        operation: what to do.

    Raises:
        UsageError: there is no transaction, and others as the operation says.
    """
    session = adapt(context.connection)
    if not session.in_transaction:
        raise UsageError(
            f"{operation.title} has no transaction to run in: a failure half way could not be undone.",
            "Call it outside of autocommit_block(), on a connection that is not in AUTOCOMMIT, within "
            "context.begin_transaction().",
        )
    _notice_pooler(context, session)
    if isinstance(operation, ConvertToUuidOp):
        outcome = convert(session, [operation.target], progress=tell, **operation.options)
        if not outcome.done:
            log.info("%s: nothing to do, it is uuid already", operation.title)
    elif isinstance(operation, RevertFromUuidOp):
        with reading(session) as search_path:
            done = reversion_is_done(session, read_database(session, search_path), operation)
        if done:
            log.info("%s: nothing to do, it is text already", operation.title)
            return
        revert(
            session,
            [operation.target],
            legacy_format=operation.legacy_format,
            progress=tell,
            lock_timeout=operation.lock_timeout,
            lock_attempts=operation.lock_attempts,
        )
    elif isinstance(operation, FinalizeUuidOp):
        finalize(
            session,
            [operation.target],
            progress=tell,
            lock_timeout=operation.lock_timeout,
            lock_attempts=operation.lock_attempts,
        )


def _notice_pooler(context: MigrationContext, session: Session) -> None:
    """Say once that a pooler stands in between; what is done here is the same with and without it."""
    if context.opts.setdefault(_POOLER, False):
        return
    context.opts[_POOLER] = True
    found = pooler.from_session(session)
    if found is not None:
        log.info(
            "%s stands before the server: nothing is prepared, and no setting outlives the transaction", found.name
        )


def tell(event: Event) -> None:
    """Write progress to the log, never to standard output: that may be a script."""
    step = f"{event.step}/{event.of} " if event.of else ""
    log.log(logging.WARNING if event.kind == "note" else logging.INFO, "%s%s", step, event.message)
