"""A scan as text: what to convert first, then what to look at, then what is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from uuidkit.catalog.names import display
from uuidkit.report.layout import sample, sentences, wrap
from uuidkit.report.mask import mask as outline
from uuidkit.report.mask import mask_message
from uuidkit.report.text import formats
from uuidkit.wording import count

if TYPE_CHECKING:
    from uuidkit.scanning import Embedded, ScannedColumn, ScanResult

_VERDICTS = {
    "convert": "TO CONVERT",
    "review": "TO REVIEW (evidence on both sides; name them as targets if they are ids)",
    "keep": "TO KEEP",
}


def scan(result: ScanResult, *, mask: bool = False) -> str:
    """The text columns that hold identifiers, and the references between them.

    Args:
        result: the scan's result.
        mask: hide sample values.
    """
    lines = wrap(_verdict(result))
    for verdict, title in _VERDICTS.items():
        own = [item for item in result.columns if item.verdict == verdict]
        if own:
            lines += ["", *wrap(title)]
        for item in own if verdict != "keep" else ():
            lines += ["", *_column(item, mask)]
        if own and verdict == "keep":
            lines.append("")
            for item in own:
                why = mask_message(item.why) if mask else item.why
                lines += wrap(f"{item.findings.column} ({item.findings.type}): {why}", "    ", "  ")
    if result.references:
        lines += ["", "REFERENCES"]
        for reference in result.references:
            lines += ["", *wrap(f"{reference.referencing} → {reference.referenced}", "    ", "  ")]
            if reference.constraint is not None:
                facts = [f"declared as {display(reference.constraint)}"]
            else:
                facts = ["not declared" if reference.certain else "not declared, and not certain"]
                facts.append(mask_message(reference.why) if mask else reference.why)
            if reference.orphans:
                facts.append(f"{count(reference.orphans, 'row has', 'rows have')} no counterpart")
            if reference.respelled:
                facts.append(f"{count(reference.respelled, 'row is', 'rows are')} spelled otherwise")
            lines += wrap(sentences(facts), "    ")
    if result.embedded:
        lines += ["", "EMBEDDED (ids inside other values; never touched)", ""]
        for place in result.embedded:
            lines += wrap(_embedded(place, mask), "    ", "  ")
    if result.unreadable:
        lines += ["", "NOT LOOKED AT", ""]
        for sentence in result.unreadable:
            lines += wrap(sentence, "    ", "  - ")
    return "\n".join(lines) + "\n"


def _verdict(result: ScanResult) -> str:
    if not result.columns:
        return "There is no text column that holds identifiers."
    number = {verdict: sum(item.verdict == verdict for item in result.columns) for verdict in _VERDICTS}
    return (
        f"{count(len(result.columns), 'text column')} looked at: {number['convert']:,} to convert, "
        f"{number['review']:,} to review, {number['keep']:,} to keep."
    )


def _column(item: ScannedColumn, mask: bool) -> Iterator[str]:
    findings = item.findings
    yield from wrap(f"{findings.column} ({findings.type})", "    ", "  ")
    facts = [count(findings.rows, "row"), f"{findings.nulls:,} NULL"]
    if findings.distinct is not None:
        facts.append(f"{findings.distinct:,} distinct")
    yield from wrap(", ".join(facts) + (" (a sample)" if findings.sampled else ""), "    ")
    counted = formats(findings.formats, findings.unparseable)
    if counted:
        yield from wrap(counted, "    ")
    if findings.unparseable_samples:
        values = findings.unparseable_samples[:3]
        shown = ", ".join(sample(outline(value) if mask else value) for value in values)
        yield from wrap(f"not a uuid: {shown}{', …' if findings.unparseable > len(values) else ''}", "    ")
    yield from wrap(mask_message(item.why) if mask else item.why, "    ")


def _embedded(item: Embedded, mask: bool) -> str:
    example = sample(outline(item.example) if mask else item.example)
    seen = f"{item.rows:,} of {count(item.looked_at, 'row')} looked at"
    return f"{item.column} ({item.type}): {item.where}, for example {example} ({seen})"
