"""How long a conversion takes on this server, from rows of its own tables rewritten in a transaction that is undone."""

from uuidkit.forecast.calibration import forecast

__all__ = ["forecast"]
