"""What a way back does with the objects that hang on the columns, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

from uuidkit.dependents.model import DependentObject, StringFunction
from uuidkit.dependents.proof import Expected
from uuidkit.ledger import LedgerDependent
from uuidkit.planning.model import Blocker


@dataclass(frozen=True, slots=True)
class Restoration:
    """The objects of a way back.

    Attributes:
        down: what is taken down, each after all that it is built on.
        up: what is put back, each after all that it is built on.
        expected: what the catalog has to say of them in the end.
        functions: those that open sessions have to plan again.
        blockers: what stands in the way.
        notes: what stays as it is.
    """

    down: tuple[DependentObject, ...] = ()
    up: tuple[LedgerDependent, ...] = ()
    expected: tuple[Expected, ...] = ()
    functions: tuple[StringFunction, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    notes: tuple[str, ...] = ()
