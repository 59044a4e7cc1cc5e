"""What was done, what was proved and what was looked up, as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from uuidkit.report.layout import duration, sample, table, wrap
from uuidkit.wording import count

if TYPE_CHECKING:
    from uuidkit.catalog.names import ColumnName
    from uuidkit.execute import Outcome
    from uuidkit.looking_up import Found
    from uuidkit.verification import Proof


def converted(outcome: Outcome) -> str:
    """The result of a conversion."""
    if not outcome.done:
        return "Nothing to do: no column is left to convert.\n"
    in_table = outcome.plan is not None and outcome.plan.request.backup == "table"
    where = "in a table of the schema uuidkit" if in_table else "beside them"
    return _done(outcome, "became uuid", f"The texts are kept {where}; `uuidkit verify` proves the conversion.")


def reverted(outcome: Outcome) -> str:
    """The result of a way back."""
    if not outcome.done:
        return "Nothing to do: there is no conversion to revert.\n"
    return _done(outcome, "text again", "")


def finalized(outcome: Outcome) -> str:
    """The result of dropping the backup columns."""
    if not outcome.done:
        return "Nothing to do: there is no conversion to finalize.\n"
    return _done(outcome, "final", "The backup columns and the ledger's entries are gone.")


def _done(outcome: Outcome, became: str, after: str) -> str:
    columns = [column for graph in outcome.done for column in graph.columns]
    rows = sum(graph.rows or 0 for graph in outcome.done)
    is_are = "" if became.startswith("became") else ("is " if len(columns) == 1 else "are ")
    counted = f", {count(rows, 'row')}" if rows else ""
    lines = wrap(f"Done: {count(len(columns), 'column')} {is_are}{became}{counted}, in {duration(outcome.seconds)}.")
    body = [
        (str(column), f"{graph.rows:,}" if graph.rows and first else "", duration(graph.seconds) if first else "")
        for graph in outcome.done
        for first, column in _marked(graph.columns)
    ]
    lines += ["", *table(("COLUMN", "ROWS", "TIME"), body, "  ", right=(1, 2))]
    if after:
        lines += ["", *wrap(after)]
    return "\n".join(lines) + "\n"


def _marked(columns: Sequence[ColumnName]) -> Iterator[tuple[bool, ColumnName]]:
    # A graph's figures stand beside its first column.
    for number, column in enumerate(columns):
        yield number == 0, column


def proof(proof: Proof) -> str:
    """The result of a verification."""
    if not proof.columns:
        return "Nothing to verify: there is no finished conversion.\n"
    wrong = [item for item in proof.columns if not item.ok]
    checked = sum(item.checked or 0 for item in proof.columns)
    if wrong:
        lines = wrap(f"Not proved: {len(wrong):,} of {count(len(proof.columns), 'column')} did not pass.")
    else:
        lines = wrap(f"Proved: {count(len(proof.columns), 'column')}, {count(checked, 'value')} checked.")
    # What is wrong comes first.
    for item in sorted(proof.columns, key=lambda found: found.ok):
        mark = "ok    " if item.ok else "FAILED"
        lines += [
            "",
            *wrap(f"{item.column}: {count(item.rows, 'row')}, {item.checked:,} checked", " " * 10, f"  {mark}  "),
        ]
        for problem in item.problems:
            lines += wrap(problem, " " * 12, " " * 10 + "! ")
        for check in item.checks:
            lines += wrap(check, " " * 12, " " * 10 + "- ")
    return "\n".join(lines) + "\n"


def lookup(asked: Sequence[str], found: Sequence[Found]) -> str:
    """What became of texts, or what a uuid was before.

    Args:
        asked: the texts as they were asked for.
        found: what was found.
    """
    lines: list[str] = []
    for text in dict.fromkeys(asked):
        own = [item for item in found if item.asked == text]
        if lines:
            lines.append("")
        if not own:
            lines += wrap(f"{sample(text)} is in no converted column.")
            continue
        lines += wrap(sample(text))
        pairs = dict.fromkeys((item.original, item.uuid) for item in own)
        for original, uuid in pairs:
            was = "(added since the conversion)" if original is None else sample(original, 200)
            lines += wrap(was, " " * 7, "  was  ")
            lines += wrap("NULL" if uuid is None else str(uuid), " " * 7, "  is   ")
            rows = [
                (str(item.column), count(item.rows, "row"))
                for item in own
                if (item.original, item.uuid) == (original, uuid)
            ]
            lines += table(("", ""), rows, " " * 7)
    return "\n".join(lines) + "\n"
