"""Failures of the toolkit as Alembic's own, so that the alembic command prints a sentence and no traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

from alembic.util import CommandError

from uuidkit.errors import BlockedError, UuidkitError

# Remedies name the options of the command.
_IN_A_REVISION = (
    'In a revision the options are arguments: --on-unparseable derive is on_unparseable="derive", --allow NAME is '
    'allow=["NAME"].'
)


@contextmanager
def command_errors() -> Iterator[None]:
    """Let the toolkit's errors out as errors that are Alembic's as well, of the same type and with the same content."""
    try:
        yield
    except UuidkitError as error:
        if isinstance(error, CommandError):
            raise
        raise as_command_error(error) from error


def as_command_error(error: UuidkitError) -> UuidkitError:
    """The same error, which is an ``alembic.util.CommandError`` too.

    Args:
        error: any of the toolkit's.
    """
    found: Any = type(error)
    kind = _both(found, CommandError)
    twin = kind.__new__(kind)
    twin.args = error.args
    twin.__dict__.update(error.__dict__)
    if isinstance(error, BlockedError) and any("--" in blocker.remedy for blocker in error.blockers):
        twin.remedy = _IN_A_REVISION
    return twin


@cache
def _both(kind: type, other: type) -> type[UuidkitError]:
    namespace = {"__doc__": kind.__doc__, "__module__": __name__}
    return cast("type[UuidkitError]", type(kind.__name__, (kind, other), namespace))
