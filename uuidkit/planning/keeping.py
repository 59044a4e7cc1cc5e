"""Reasons why texts cannot be kept in a table by their uuid. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from uuidkit.catalog.names import ColumnName
from uuidkit.findings import ColumnFindings
from uuidkit.planning.model import Blocker, Request
from uuidkit.wording import count


def kept_in_table(request: Request, column: ColumnName, findings: ColumnFindings) -> Iterator[Blocker]:
    """What a table of the texts by their uuid cannot bring back."""
    if request.backup != "table":
        return
    remedy = "Keep the texts in a column (--backup column), or correct the values first."
    if findings.merged_count:
        example = f", for example {', '.join(map(repr, findings.merged[0].values))}" if findings.merged else ""
        yield Blocker(
            "BACKUP",
            str(column),
            f"{count(findings.merged_count, 'uuid comes', 'uuids come')} from several texts{example}; a table of the "
            "texts cannot tell which row had which.",
            remedy,
        )
    if findings.unparseable and request.on_unparseable == "null":
        yield Blocker(
            "BACKUP",
            str(column),
            f"{count(findings.unparseable, 'text becomes', 'texts become')} NULL; a table of the texts by their uuid "
            "has no place for them.",
            f"Use --on-unparseable derive. {remedy}",
        )
