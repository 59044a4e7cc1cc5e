"""What the values of text columns are: formats, shapes, NULLs, unparseable ones, and texts that become one uuid."""

from uuidkit.survey.access import Unreadable
from uuidkit.survey.survey import survey

__all__ = ["Unreadable", "survey"]
