"""What pending revisions would do: their code is run, but nothing reaches a database."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, MigrationStep, RevisionStep
from alembic.util import CommandError

from uuidkit.alembic.operations import UuidOperation

# Option of a migration context: an object whose ``take`` gets the toolkit's operations in place of the database.
INSTEAD = "uuidkit_instead"


@dataclass
class Pending:
    """One revision that has not been run.

    Attributes:
        revision: its id.
        summary: the first line of its docstring.
        recorded: what it asks for, in order: the toolkit's operations, and the SQL of all others.
        failure: why its code could not be followed to the end; empty when it could.
    """

    revision: str
    summary: str
    recorded: list[UuidOperation | str] = field(default_factory=list)
    failure: str = ""


class Recorder(io.TextIOBase):
    """The output of a migration context, and the place where the toolkit's operations report themselves."""

    def __init__(self) -> None:
        self.pending: list[Pending] = []

    def write(self, text: str) -> int:
        """Note SQL that the revision at hand would send."""
        if text.strip():
            self.pending[-1].recorded.append(text.strip())
        return len(text)

    def take(self, context: MigrationContext, operation: UuidOperation) -> None:
        """Note one of the toolkit's operations."""
        self.pending[-1].recorded.append(operation)


def record(
    steps: Callable[[Sequence[str], MigrationContext], Iterable[MigrationStep]],
    heads: Sequence[str],
    options: Mapping[str, Any],
    arguments: Mapping[str, Any],
) -> list[Pending]:
    """Run the code of the revisions between here and there, with nothing behind it.

    Args:
        steps: what Alembic's command gives to the environment as ``fn``.
        heads: the revisions that the database is at.
        options: of ``context.configure()``.
        arguments: of ``context.run_migrations()``.

    Raises:
        CommandError: the steps are no revisions' (``alembic stamp``), or lead nowhere.
    """
    recorder = Recorder()
    context = MigrationContext.configure(
        dialect_name="postgresql",
        dialect_opts={"paramstyle": "named"},
        opts={**options, "as_sql": True, "output_buffer": recorder, INSTEAD: recorder},
    )
    with Operations.context(context):
        for step in steps(tuple(heads), context):
            if not isinstance(step, RevisionStep):
                raise CommandError("A dry run is for upgrade and downgrade; nothing was done.")
            script = step.revision
            pending = Pending(script.revision, (script.doc or "").strip())
            recorder.pending.append(pending)
            try:
                step.migration_fn(**arguments)
            except Exception as error:  # noqa: BLE001 - any: it is somebody's code, with no database behind it
                pending.failure = " ".join(str(error).split()) or type(error).__name__
    return recorder.pending
