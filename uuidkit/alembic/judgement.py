"""What can honestly be said of pending revisions, and what cannot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from uuidkit.alembic.examination import Examination, examine
from uuidkit.alembic.operations import FinalizeUuidOp, UuidOperation
from uuidkit.alembic.recording import Pending
from uuidkit.catalog.names import ColumnName
from uuidkit.database.session import Session
from uuidkit.errors import BlockedError, UuidkitError
from uuidkit.report import text
from uuidkit.report.layout import listing, wrap
from uuidkit.wording import count


def judge(session: Session, pending: Sequence[Pending]) -> tuple[list[str], int]:
    """The dry run's report, and its exit status.

    Args:
        session: in a transaction that is rolled back.
        pending: the revisions in the order in which they would run.
    """
    judge = _Judge(session)
    lines = [line for revision in pending for line in judge.revision(revision)]
    return [*lines, *wrap(judge.summary(len(pending)))], judge.status


class _Judge:
    """Goes through the revisions, remembering what has been changed on the way."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.status = 0
        self.ready = self.blocked = self.failed = self.unjudged = 0
        # Why nothing that follows can be judged; empty as long as it can.
        self.obstacle = ""
        # What every column that an operation before has to do with was changed by.
        self.changed: dict[ColumnName, str] = {}

    def revision(self, pending: Pending) -> Iterator[str]:
        """The section about one revision."""
        yield from wrap(f"Revision {pending.revision}{f': {pending.summary}' if pending.summary else ''}")
        others = 0
        for recorded in pending.recorded:
            if isinstance(recorded, str):
                others += 1
                self.obstacle = self.obstacle or f"it comes after other operations of revision {pending.revision}"
                continue
            yield ""
            yield from self.operation(recorded, pending)
        yield ""
        if others:
            yield from wrap(f"Not looked at: {count(others, 'other statement')} of revision {pending.revision}.")
            yield ""
        if pending.failure:
            yield from wrap(
                f"Not judged: what revision {pending.revision} does{' from there on' if pending.recorded else ''}. "
                f"Its code needs a live connection, or failed without one: {pending.failure}"
            )
            yield ""
            self.unjudged += 1
            self.obstacle = self.obstacle or (
                f"it comes after pending revision {pending.revision}, whose code could not be followed without a "
                "live connection"
            )

    def operation(self, operation: UuidOperation, pending: Pending) -> Iterator[str]:
        """The section about one operation."""
        yield from wrap(f"-- {operation.title}")
        if self.obstacle:
            yield from self._not_judged(self.obstacle)
            return
        try:
            found = examine(self.session, operation)
        except UuidkitError as error:
            self.failed += 1
            self.status = max(self.status, error.exit_code)
            self.obstacle = f"it comes after {operation.title} of revision {pending.revision}, which would fail"
            for line in str(error).splitlines():
                yield from wrap(line)
            return
        met = found.met(self.changed)
        if met:
            yield from self._not_judged(
                f"it has to do with {listing([str(column) for column in met])}, which {self.changed[met[0]]} has to do "
                "with before it"
            )
        elif found.blockers:
            self.blocked += 1
            self.status = BlockedError.exit_code
            yield from _report(found)
        else:
            self.ready += 1
            yield from _report(found)
        if found.blockers or any(part.statements for part in found.parts):
            where = f"{operation.title} of revision {pending.revision}"
            self.changed.update(dict.fromkeys(found.involved, where))

    def _not_judged(self, why: str) -> Iterator[str]:
        self.unjudged += 1
        yield from wrap(f"Not judged: {why}.")

    def summary(self, revisions: int) -> str:
        """The last line."""
        if not revisions:
            return "Dry run: no revision is pending. Nothing was changed."
        said = [
            count(number, "operation") + f" {what}"
            for number, what in (
                (self.ready, "ready"),
                (self.blocked, "blocked"),
                (self.failed, "failing"),
                (self.unjudged, "not judged"),
            )
            if number
        ]
        return f"Dry run of {count(revisions, 'revision')}: {listing(said) or 'no conversion'}. Nothing was changed."


def _report(found: Examination) -> Iterator[str]:
    if found.plan is not None:
        yield from text.plan(found.plan).rstrip("\n").split("\n")
    elif found.blockers:
        yield from text.blockers(found.blockers).rstrip("\n").split("\n")
    elif not found.parts:
        yield from wrap("Nothing to do: it is text already.")
    else:
        columns = listing([str(column) for part in found.parts for column in part.columns])
        if isinstance(found.operation, FinalizeUuidOp):
            yield from wrap(f"Ready: the backup of {columns} is dropped, and with it the way back.")
        else:
            yield from wrap(f"Ready: the text of {columns} is put back.")
