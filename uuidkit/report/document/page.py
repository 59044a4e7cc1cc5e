"""The document as one HTML file that needs nothing beside it. Pure, apart from reading its own template."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup

from uuidkit.report.document.content import document


def html(report: Mapping[str, Any], *, made_at: datetime | None = None) -> str:
    """The document of a report as HTML: one file, no script, no foreign address.

    Args:
        report: as ``report --format json`` prints it.
        made_at: when it was made, with its time zone; None leaves it out.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("uuidkit.report.document", "template"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["number"] = lambda number: f"{number:,}"
    found = document(report, made_at=made_at)
    # The drawing is ours, and has escaped every name in it.
    drawing = Markup(found.drawing)
    return environment.get_template("page.html").render(doc=found, drawing=drawing, report=found.report)
