"""What a rehearsal found, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

from uuidkit.errors import UuidkitError


class RehearsalError(UuidkitError):
    """The scratch copy cannot be made; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a rehearsal.

    Attributes:
        name: ``copy``, ``convert``, ``verify``, ``revert`` or ``compare``.
        seconds: wall-clock time.
        message: what went wrong, or what there is to say.
    """

    name: str
    ok: bool
    seconds: float
    message: str = ""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A conversion carried out and taken back on a scratch copy.

    Attributes:
        where: where the copy was made, in words.
        rows: rows copied, and how many the tables have.
        steps: in order, up to the first that failed.
        differences: in what the copy differs after the way back from what it was before.
        notes: in what the copy differed from the database itself.
    """

    where: str
    rows: tuple[int, int]
    steps: tuple[Step, ...]
    differences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every step succeeded."""
        return all(step.ok for step in self.steps)

    @property
    def whole(self) -> bool:
        """Whether all rows were copied."""
        return self.rows[0] == self.rows[1]
