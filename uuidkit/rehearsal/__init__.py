"""A conversion carried out and taken back on a scratch copy, to see whether the plan's word holds."""

from uuidkit.rehearsal.model import Rehearsal, RehearsalError, Step
from uuidkit.rehearsal.rehearsing import rehearse

__all__ = ["Rehearsal", "RehearsalError", "Step", "rehearse"]
