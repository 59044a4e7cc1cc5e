"""What a rehearsal found, as JSON and as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from uuidkit.report.layout import duration, table, wrap

if TYPE_CHECKING:
    from uuidkit.rehearsal import Rehearsal

NAMES = {
    "copy": "copied",
    "convert": "converted",
    "verify": "proved",
    "revert": "taken back",
    "compare": "compared with what was before",
}


def as_json(rehearsal: Rehearsal | None) -> dict[str, Any] | None:
    """What ``report --format json`` says of a rehearsal.

    Args:
        rehearsal: None where there was nothing to rehearse.
    """
    if rehearsal is None:
        return None
    return {
        "ok": rehearsal.ok,
        "where": rehearsal.where,
        "rows": {"copied": rehearsal.rows[0], "of": rehearsal.rows[1]},
        "steps": [
            {"name": step.name, "ok": step.ok, "seconds": step.seconds, "message": step.message}
            for step in rehearsal.steps
        ],
        "differences": list(rehearsal.differences),
        "notes": list(rehearsal.notes),
    }


def verdict(found: dict[str, Any] | None) -> str:
    """A rehearsal in one sentence.

    Args:
        found: as ``as_json`` gives it.
    """
    if found is None:
        return "Not rehearsed: there is nothing to carry out."
    rows = f"{found['rows']['copied']:,} of {found['rows']['of']:,} rows"
    if found["ok"]:
        return f"Rehearsed with {rows}: converted, proved, taken back, and everything was as before."
    failed = next(step for step in found["steps"] if not step["ok"])
    return f"The rehearsal with {rows} failed when it was {NAMES[failed['name']]}."


def as_text(found: dict[str, Any] | None) -> str:
    """A rehearsal as a section of the text report.

    Args:
        found: as ``as_json`` gives it.
    """
    return "\n".join(["", "REHEARSAL", "", *_lines(found)]) + "\n"


def _lines(found: dict[str, Any] | None) -> Iterator[str]:
    yield from wrap(verdict(found), "  ")
    if found is None:
        return
    yield from wrap(f"In {found['where']}, which is gone again.", "  ")
    rows = [
        (NAMES[step["name"]], "" if step["ok"] else "FAILED", duration(step["seconds"]), step["message"])
        for step in found["steps"]
    ]
    yield from ("", *table(("STEP", "", "TIME", ""), rows, "  "))
    for title, lines in (("It differs afterwards:", found["differences"]), ("", found["notes"])):
        if lines:
            yield ""
        if lines and title:
            yield from wrap(title, "  ")
        for line in lines:
            yield from wrap(line, "    ", "  - ")
