"""The dry run as a document: one page for who decides, and for the change request. Made from the JSON report. Pure."""

from uuidkit.report.document.markdown import markdown
from uuidkit.report.document.page import html

__all__ = ["html", "markdown"]
