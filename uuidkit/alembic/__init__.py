"""The toolkit in Alembic: ``op.convert_to_uuid``, ``op.revert_from_uuid``, ``op.finalize_uuid``, helpers for an env.py.

Importing this package is enough for the operations to be there. In an env.py::

    from uuidkit.alembic import include_object, process_revision_directives

    context.configure(
        ...,
        include_object=include_object,
        process_revision_directives=process_revision_directives,
    )

A project with functions of its own passes ``compose(include_object, theirs)``, and
``process_revision_directives.chain(theirs)``.

Offline (``--sql``) the operations are planned from the database of DATABASE_URL, which is only read; an env.py that
knows better gives ``context.configure(uuidkit_connect=…)`` a function that returns a connection to be used in
``with``. For ``alembic -x dry-run upgrade head`` it calls ``dry_run`` in place of ``context.run_migrations``.
"""

from __future__ import annotations

from alembic.operations import Operations

from uuidkit.alembic import online, scripts
from uuidkit.alembic.autogenerate import compose, include_object, process_revision_directives, register
from uuidkit.alembic.dryrun import INSTEAD, dry_run, refuse_unheeded
from uuidkit.alembic.failures import command_errors
from uuidkit.alembic.operations import ConvertToUuidOp, FinalizeUuidOp, RevertFromUuidOp, UuidOperation
from uuidkit.errors import UsageError

__all__ = [
    "ConvertToUuidOp",
    "FinalizeUuidOp",
    "RevertFromUuidOp",
    "compose",
    "dry_run",
    "include_object",
    "process_revision_directives",
]


register()


@Operations.implementation_for(ConvertToUuidOp)
@Operations.implementation_for(RevertFromUuidOp)
@Operations.implementation_for(FinalizeUuidOp)
def _carry_out(operations: Operations, operation: UuidOperation) -> None:
    """One path, three sinks: the database, a script, or a dry run."""
    context = operations.migration_context
    with command_errors():
        if context.dialect.name != "postgresql":
            raise UsageError(
                f"{operation.title} is for PostgreSQL; this database is {context.dialect.name}.",
                "Leave the revision out there.",
            )
        instead = context.opts.get(INSTEAD)
        if instead is not None:
            instead.take(context, operation)
        elif context.as_sql:
            scripts.write(context, operation)
        else:
            refuse_unheeded(context, operation)
            online.run(context, operation)
