"""The document as Markdown, for a pull request. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from uuidkit.report.document.content import Document, document


def markdown(report: Mapping[str, Any], *, made_at: datetime | None = None) -> str:
    """The document of a report as Markdown.

    Args:
        report: as ``report --format json`` prints it.
        made_at: when it was made, with its time zone; None leaves it out.
    """
    return "\n".join(_lines(document(report, made_at=made_at))) + "\n"


def _lines(found: Document) -> Iterator[str]:
    yield from ("# Conversion to uuid", "", f"**{_text(found.verdict)}**", "", _text(found.summary))
    yield from _after(found)
    if found.decisions:
        yield from ("", "## To be decided", "")
        for number, decision in enumerate(found.decisions, 1):
            yield f"{number}. **{decision.code}** {_code(decision.object)}: {_text(decision.message)}"
            yield f"   {_text(decision.remedy)}"
    if found.columns:
        yield from ("", "## Columns", "")
        yield from _table(
            ("Column", "Type", "Rows", "Formats", "Backup"),
            (
                (
                    _code(f"{column['table']}.{column['column']}"),
                    _text(column["type"]) + (" → uuid" if not column["done"] else ", stays"),
                    "" if column["rows"] is None else f"{column['rows']:,}",
                    _text(", ".join(f"{bar.number:,} {bar.name}" for bar in column["bars"])),
                    _code(column["backup_column"]) if column["backup_column"] else "",
                )
                for column in found.columns
            ),
        )
    if found.report["references"]:
        yield from ("", "## References", "")
        yield from _table(
            ("From", "To", "", "Orphans"),
            (
                (
                    _code(reference["from"]),
                    _code(reference["to"]),
                    "declared" if reference["declared"] else "undeclared",
                    "" if reference["orphans"] is None else f"{reference['orphans']:,}",
                )
                for reference in found.report["references"]
            ),
        )
    if found.dependents:
        yield from ("", "## What hangs on the columns", "")
        yield from _table(
            ("Kind", "Name", "What becomes of it", "Meaning"),
            (
                (found["kind"], _code(found["name"]), found["fate"], _text(_meaning(found)))
                for found in found.dependents
            ),
        )
        if found.untouched:
            yield from ("", f"{found.untouched} more stay as they are.")
    if found.report["notes"]:
        yield from ("", "## Worth knowing", "")
        for note in found.report["notes"]:
            yield f"- {_text(note)}"
    if found.forecast:
        yield from ("", "## Forecast", "", *_table(("", ""), ((_text(a), _text(b)) for a, b in found.forecast)))
    if found.tables:
        rows = ((_code(name), *rest) for name, *rest in found.tables)
        yield from ("", *_table(("Table", "Rows", "Time", "Written"), rows))
    if found.locks:
        yield from ("", *_table(("Table", "Lock", "Held for"), ((_code(a), b, c) for a, b, c in found.locks)))
    yield from _rehearsal(found)
    for graph in found.graphs:
        if graph["steps"]:
            yield from ("", f"<details><summary>Statements for {_html(graph['name'])}</summary>", "", "```sql")
            for step in graph["steps"]:
                yield f"-- {step['summary']}"
                yield f"{step['sql']};"
            yield from ("```", "", "</details>")
    yield from ("", "---", "")
    for label, text in found.facts:
        yield f"{label}: {_code(text) if label == 'Plan' else _text(text)}  "


def _after(found: Document) -> Iterator[str]:
    if found.happened:
        rows = ((_code(name), *rest) for name, *rest in found.happened)
        yield from ("", "## What happened", "", *_table(("Graph", "Rows", "Forecast", "Took"), rows))
    if found.proofs:
        yield from ("", "## Proof", "", _text(found.proved), "")
        yield from _table(
            ("Column", "Checked", "Texts", "uuids", "Both"),
            (
                (
                    _code(proof["column"]),
                    f"{proof['checked']:,} of {proof['rows']:,} rows",
                    *(_code((proof["checksums"] or {}).get(name) or "—") for name in ("texts", "uuids", "pairs")),
                )
                for proof in found.proofs
            ),
        )
        for proof in found.proofs:
            for problem in proof["problems"]:
                yield f"- **{_code(proof['column'])}**: {_text(problem)}"
        if found.seal:
            named = f" {found.named}" if found.named else ""
            yield from (
                "",
                f"To see later that it still holds: {_code(f'uuidkit verify{named} --expect {found.seal}')}",
            )


def _rehearsal(found: Document) -> Iterator[str]:
    if found.rehearsal is None:
        return
    yield from ("", "## Rehearsal", "", _text(found.rehearsal["verdict"]))
    if found.rehearsal["steps"]:
        rows = (
            (name, _text(said or "done") if ok else f"**failed**: {_text(said)}", time)
            for name, ok, time, said in found.rehearsal["steps"]
        )
        yield from ("", *_table(("Step", "Result", "Time"), rows))
    if found.rehearsal["differences"] or found.rehearsal["notes"]:
        yield ""
    for line in (*found.rehearsal["differences"], *found.rehearsal["notes"]):
        yield f"- {_text(line)}"


def _meaning(found: Mapping[str, Any]) -> str:
    return str(found["meaning"]) + (f": {found['why']}" if found["why"] else "")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join(' --- ' for _ in head)}|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _code(text: str) -> str:
    """A name as code; a name with a backtick in it gets more of them around."""
    fence = "`"
    while fence in text:
        fence += "`"
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}".replace("\n", " ")


def _text(text: str) -> str:
    """Words of the database that must not become Markdown or HTML."""
    for character in "\\`*_[]<>#":
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", " ")


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
