"""The library's functions, as ``import uuidkit`` offers them."""

from uuidkit.conversion import convert, plan
from uuidkit.execute import Event, GraphOutcome, Outcome
from uuidkit.finalization import finalize
from uuidkit.looking_up import Found, lookup
from uuidkit.reversion import revert
from uuidkit.verification import ColumnProof, Proof, verify

__all__ = [
    "ColumnProof",
    "Event",
    "Found",
    "GraphOutcome",
    "Outcome",
    "Proof",
    "convert",
    "finalize",
    "lookup",
    "plan",
    "revert",
    "verify",
]
