"""What can honestly be said of pending revisions from the data as they are, and what cannot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from uuidkit.alembic.dryrun.recording import Pending
from uuidkit.alembic.examination import Examination, examine
from uuidkit.alembic.operations import FinalizeUuidOp, UuidOperation
from uuidkit.catalog.names import ColumnName
from uuidkit.database.session import Session
from uuidkit.errors import BlockedError, UuidkitError
from uuidkit.report import text
from uuidkit.report.layout import listing, wrap

Kind = Literal["ready", "blocked", "failing", "not judged"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of one operation.

    Attributes:
        title: the operation, in words.
        lines: why, or what it would do.
        status: the exit status that it asks for.
        on_copy: whether it was found on a scratch copy.
    """

    title: str
    kind: Kind
    lines: tuple[str, ...]
    status: int = 0
    on_copy: bool = False


@dataclass(slots=True)
class Section:
    """What is said of one revision.

    Attributes:
        unknown: why its code could not be followed to the end, where the data as they are say no more.
    """

    pending: Pending
    verdicts: list[Verdict] = field(default_factory=list)
    unknown: str = ""


def look(
    session: Session, operation: UuidOperation, *, on_copy: bool = False, cost: bool = True
) -> tuple[Verdict, Examination]:
    """The verdict on one operation, from the database as it is.

    Args:
        session: in a transaction that is rolled back.
        operation: what would be done.
        on_copy: whether the database is a scratch copy.
        cost: whether sizes and seconds mean anything.

    Raises:
        UuidkitError: the operation would fail.
    """
    found = examine(session, operation)
    lines = tuple(_report(found, cost))
    if found.blockers:
        return Verdict(operation.title, "blocked", lines, BlockedError.exit_code, on_copy), found
    return Verdict(operation.title, "ready", lines, 0, on_copy), found


def failing(operation: UuidOperation, error: UuidkitError, *, on_copy: bool = False) -> Verdict:
    """The verdict on an operation that would fail."""
    lines = tuple(line for said in str(error).splitlines() for line in wrap(said))
    return Verdict(operation.title, "failing", lines, error.exit_code, on_copy)


def not_judged(title: str, why: str) -> Verdict:
    """The verdict on an operation of which nothing can be said."""
    return Verdict(title, "not judged", tuple(wrap(f"Not judged: {why}.")))


def judge(session: Session, pending: Sequence[Pending]) -> tuple[list[Section], bool]:
    """A section for each revision, and whether a copy on which they are run could say more.

    Args:
        session: in a transaction that is rolled back.
        pending: the revisions in the order in which they would run.
    """
    judge = _Judge(session)
    return [judge.revision(revision) for revision in pending], judge.copy_helps


class _Judge:
    """Goes through the revisions, remembering what has been changed on the way."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.copy_helps = False
        # Why nothing that follows can be judged; empty as long as it can. What would fail would fail on a copy, too.
        self.obstacle = ""
        self.fails = False
        # What every column that an operation before has to do with was changed by.
        self.changed: dict[ColumnName, str] = {}

    def revision(self, pending: Pending) -> Section:
        """The section about one revision."""
        section = Section(pending)
        for recorded in pending.recorded:
            if isinstance(recorded, str):
                self.obstacle = self.obstacle or f"it comes after other operations of revision {pending.revision}"
            else:
                section.verdicts.append(self.operation(recorded, pending))
        if pending.failure:
            section.unknown = pending.failure
            self.copy_helps = self.copy_helps or not self.fails
            self.obstacle = self.obstacle or (
                f"it comes after pending revision {pending.revision}, whose code could not be followed without a "
                "live connection"
            )
        return section

    def operation(self, operation: UuidOperation, pending: Pending) -> Verdict:
        """The verdict on one operation."""
        if self.obstacle:
            self.copy_helps = self.copy_helps or not self.fails
            return not_judged(operation.title, self.obstacle)
        where = f"{operation.title} of revision {pending.revision}"
        try:
            verdict, found = look(self.session, operation)
        except UuidkitError as error:
            self.obstacle, self.fails = f"it comes after {where}, which would fail", True
            return failing(operation, error)
        met = found.met(self.changed)
        if met:
            self.copy_helps = True
            columns = listing([str(column) for column in met])
            verdict = not_judged(
                operation.title, f"it has to do with {columns}, which {self.changed[met[0]]} has to do with before it"
            )
        if found.blockers or any(part.statements for part in found.parts):
            self.changed.update(dict.fromkeys(found.involved, where))
        return verdict


def _report(found: Examination, cost: bool) -> Iterator[str]:
    if found.plan is not None:
        yield from text.plan(found.plan, cost=cost).rstrip("\n").split("\n")
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
