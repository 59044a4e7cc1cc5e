"""What the values are: the result of a survey, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from uuidkit.catalog.names import ColumnName
from uuidkit.ids import Shape


@dataclass(frozen=True, slots=True)
class ShapeCount:
    """How many values have one regular shape.

    Attributes:
        shape: prefix and spelling, e.g. ``batch_<hex>``.
        count: values of exactly that shape, whatever the case of their digits.
        looks_like: values with the same prefix and length; more than ``count`` means that a guard is needed.
    """

    shape: Shape
    count: int
    looks_like: int


@dataclass(frozen=True, slots=True)
class Collision:
    """Different texts that become one uuid.

    Attributes:
        uuid: what they become; None where they become NULL under a key that holds NULLs to be equal.
        values: some of the texts (at most five).
        rows: how many rows hold one of them.
        key: the unique index or constraint that forbids it; empty where rows would merely merge.
    """

    uuid: UUID | None
    values: tuple[str, ...]
    rows: int
    key: str = ""


@dataclass(frozen=True, slots=True)
class ColumnFindings:
    """What a full pass over one column found.

    Attributes:
        distinct: number of different texts; None when it was not counted.
        formats: number of values per format name of ``uuidkit.ids.FORMATS``.
        shapes: the frequent regular shapes, most frequent first (what cheap expressions are made of).
        complete: whether every value that is not NULL has one of ``shapes``.
        prefixes: number of values per literal prefix, of values that have one.
        unparseable: number of values that are no uuid in any known format; ``unparseable_samples`` are at most five
            of them, cut to 80 characters.
        padded: number of values with blanks around them.
        collisions: texts that become one uuid under a key; ``collision_count`` counts the uuids concerned.
        merged: texts that become one uuid where no key forbids it; ``merged_count`` counts the uuids concerned.
    """

    column: ColumnName
    type: str
    rows: int
    nulls: int
    distinct: int | None
    formats: Mapping[str, int]
    shapes: tuple[ShapeCount, ...] = ()
    complete: bool = False
    prefixes: Mapping[str, int] = field(default_factory=dict)
    unparseable: int = 0
    unparseable_samples: tuple[str, ...] = ()
    padded: int = 0
    collisions: tuple[Collision, ...] = ()
    collision_count: int = 0
    merged: tuple[Collision, ...] = ()
    merged_count: int = 0
    sampled: bool = False

    @property
    def values(self) -> int:
        """Number of values that are not NULL."""
        return self.rows - self.nulls


@dataclass(frozen=True, slots=True)
class Reference:
    """One column refers to another, by a declared foreign key or by what its values show.

    Attributes:
        constraint: the foreign key's name, None when it is not declared.
        orphans: values (rows) without a counterpart in the referenced column; None when not counted.
        orphan_samples: a few of them.
        respelled: rows whose text differs from that of the row they refer to (``X`` and ``batch_X``).
        certain: whether ``--references auto`` takes it along.
        why: the evidence in one sentence.
        backup: the text column beside a referenced uuid column that holds its ids as they were, if any.
        seen: how many different values of a sample occur in the referenced column, where it is not certain.
        elsewhere: other keys that hold values of the referencing column which the referenced one does not hold.
    """

    referencing: ColumnName
    referenced: ColumnName
    declared: bool
    constraint: str | None = None
    orphans: int | None = None
    orphan_samples: tuple[str, ...] = ()
    respelled: int = 0
    certain: bool = True
    why: str = ""
    backup: ColumnName | None = None
    seen: int = 0
    elsewhere: tuple[ColumnName, ...] = ()
