"""The dry run's report: what was found in the data as they are, and what a scratch copy has shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from uuidkit.alembic.dryrun.judgement import Section, Verdict, not_judged
from uuidkit.alembic.dryrun.trial import Trial, Tried
from uuidkit.report.layout import listing, wrap
from uuidkit.wording import count

_FAILED = 1  # exit status: a revision fails on the copy


def account(sections: Sequence[Section], trial: Trial | None, obstacle: str) -> tuple[list[str], int]:
    """The lines of the report, and the exit status.

    Args:
        sections: what was found in the data as they are.
        trial: what the copy has shown; None where there was none.
        obstacle: why there was none although one would have been of use, as a sentence; empty otherwise.
    """
    writer = _Account(trial)
    lines = [line for section in sections for line in writer.section(section)]
    if trial is not None and writer.copy_was_asked:
        lines += [*_copy(trial), ""]
    elif obstacle:
        lines += [*wrap(f"There is no scratch copy that could tell more. {obstacle}"), ""]
    return [*lines, *wrap(writer.summary(len(sections)))], writer.status


class _Account:
    """Goes through the revisions and counts."""

    def __init__(self, trial: Trial | None) -> None:
        self._trial = trial
        self._failed = ""  # the revision that the copy did not survive
        self.copy_was_asked = False
        self.status = 0
        self._counts = {"ready": 0, "blocked": 0, "failing": 0, "not judged": 0}

    def section(self, section: Section) -> Iterator[str]:
        """The lines about one revision."""
        pending = section.pending
        tried = None if self._trial is None else self._trial.revisions.get(pending.revision)
        yield from wrap(f"Revision {pending.revision}{f': {pending.summary}' if pending.summary else ''}")
        for verdict in self._verdicts(section, tried):
            self._count(verdict.kind, verdict.status)
            yield ""
            yield from wrap(f"-- {verdict.title}")
            if verdict.on_copy and verdict.kind != "failing":
                self.copy_was_asked = True
                yield from wrap("On the scratch copy, where everything before it has been run:")
            yield from verdict.lines
        yield ""
        others = sum(isinstance(recorded, str) for recorded in pending.recorded)
        if tried is not None:
            yield from self._run_on_copy(section, tried, others)
        else:
            yield from self._not_run(section, others)

    def _verdicts(self, section: Section, tried: Tried | None) -> Iterator[Verdict]:
        """Of both the one that knows more: the real data, else the copy."""
        after = f"it comes after revision {self._failed}, which did not run on the scratch copy" if self._failed else ""
        for live, copied in zip_longest(section.verdicts, tried.verdicts if tried else ()):
            if live is None or (copied is not None and (live.kind == "not judged" or copied.kind == "failing")):
                yield copied
            elif live.kind == "not judged" and tried is not None:
                yield not_judged(live.title, f"revision {section.pending.revision} does not get there on the copy")
            elif live.kind == "not judged" and after:
                yield not_judged(live.title, after)
            else:
                yield live

    def _run_on_copy(self, section: Section, tried: Tried, others: int) -> Iterator[str]:
        name = section.pending.revision
        if tried.failure:
            self._failed = name
            self.copy_was_asked = True
            failing = any(verdict.kind == "failing" for verdict in tried.verdicts)
            if tried.kept_back:
                self._count("not judged", 0)
                yield from wrap(f"Not judged: revision {name} was stopped on the scratch copy. {tried.failure}")
            elif not failing:
                self._count("failing", _FAILED)
                yield from wrap(f"Revision {name} failed on the scratch copy: {tried.failure}")
            else:
                return
            yield ""
        elif others or section.unknown:
            self.copy_was_asked = True
            yield from wrap(f"Revision {name} ran to its end on the scratch copy.")
            yield ""

    def _not_run(self, section: Section, others: int) -> Iterator[str]:
        pending = section.pending
        if others:
            yield from wrap(f"Not looked at: {count(others, 'other statement')} of revision {pending.revision}.")
            yield ""
        if section.unknown:
            self._count("not judged", 0)
            why = (
                f"It comes after revision {self._failed}, which did not run on the scratch copy."
                if self._failed
                else f"Its code needs a live connection, or failed without one: {section.unknown}"
            )
            further = " from there on" if pending.recorded else ""
            yield from wrap(f"Not judged: what revision {pending.revision} does{further}. {why}")
            yield ""

    def _count(self, kind: str, status: int) -> None:
        self._counts[kind] += 1
        self.status = max(self.status, status)

    def summary(self, revisions: int) -> str:
        """The last line."""
        if not revisions:
            return "Dry run: no revision is pending. Nothing was changed."
        said = [f"{count(number, 'operation')} {kind}" for kind, number in self._counts.items() if number]
        return f"Dry run of {count(revisions, 'revision')}: {listing(said) or 'no conversion'}. Nothing was changed."


def _copy(trial: Trial) -> Iterator[str]:
    copied, total = trial.rows
    yield from wrap(f"The scratch copy: {trial.where}, with {_rows(copied, total)}. It is gone.", "  ", "")
    if copied < total:
        yield from wrap(
            "Numbers of rows found on the copy are its own, and a value that is not part of the sample was not seen. "
            "-x dry-run=all copies every row.",
            "  ",
        )
    for note in trial.notes:
        yield from wrap(note, "  ")


def _rows(copied: int, total: int) -> str:
    if copied < total:
        return f"{copied:,} of about {total:,} rows"
    return f"all {count(total, 'row')}" if total else "no rows, as there are none"
