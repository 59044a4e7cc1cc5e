"""The errors of the toolkit: each is a sentence, with what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuidkit.planning.model import Blocker


class UuidkitError(Exception):
    """Something failed; whatever was under way is as it was before.

    Args:
        message: what happened and why, as one or more sentences.
        remedy: what the reader can do about it; may be empty.

    Attributes:
        finished: columns that were finished before, in transactions of their own, and stay so.
    """

    exit_code = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.finished: tuple[str, ...] = ()

    @property
    def standing(self) -> str:
        """What stays done in spite of the failure, as a sentence; empty when nothing does."""
        return f"Finished before, and staying so: {', '.join(self.finished)}." if self.finished else ""

    def __str__(self) -> str:
        return "\n".join(part for part in (self.message, self.standing, self.remedy) if part)


class UsageError(UuidkitError):
    """The request itself is wrong: an unknown target, an unusable option or URL."""

    exit_code = 2


class ConnectionFailed(UuidkitError):
    """The server cannot be reached, or does not let us in."""


class LockNotAvailable(UuidkitError):
    """The tables could not be locked in the time allowed; nothing was changed."""


class ConversionFailed(UuidkitError):
    """A statement of a conversion, or its proof, failed and was rolled back."""


class LedgerError(UuidkitError):
    """The ledger does not hold what a command needs, or does not fit the tables any more."""


class BlockedError(UuidkitError):
    """Findings forbid the conversion; nothing was changed.

    Args:
        blockers: every reason at once.
    """

    exit_code = 3

    def __init__(self, blockers: Sequence[Blocker]) -> None:
        self.blockers = tuple(blockers)
        lines = [f"{b.code} {b.object}: {b.message} {b.remedy}".rstrip() for b in self.blockers]
        super().__init__("Blocked by findings; nothing was changed.\n" + "\n".join(lines))


class PlanOutdated(UuidkitError):
    """The tables changed between plan and locks; the plan has to be made again."""
