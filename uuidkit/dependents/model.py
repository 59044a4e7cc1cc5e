"""Objects that hang on a converted column: what they are, how each is taken down and how it is put back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from uuidkit.catalog.names import ColumnName, TableName

Action = Literal["keep", "recreate", "rewrite", "drop", "refuse"]


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """An object's address, which outlives its oid (``pg_identify_object_as_address``).

    Attributes:
        type: for example ``view``, ``policy``, ``table constraint``.
        names: the parts of its name, as the catalog holds them.
        args: argument types of a function; the publication of a publication's table.
    """

    type: str
    names: tuple[str, ...]
    args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an object cannot be taken down and put back by the current role, or at all.

    Attributes:
        code: a blocker's code, such as DEPENDENT or PERMISSION.
    """

    code: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class DependentObject:
    """One object that has to go before a column changes its type, and comes back afterwards.

    Attributes:
        catalog: the catalog it is kept in, such as ``pg_class`` or ``pg_policy``.
        oid: its oid there, as long as it lives.
        kind: the word that reports use.
        name: its name in reports, by which ``--allow`` and ``--rewrite`` choose it.
        table: the relation it belongs to; for a function the table whose column it reads.
        address: where to find it after it was made anew.
        reads: the converted columns that it reads itself.
        needs: (catalog, oid) of those of its kind that it is built on; it goes before them and comes after them.
        down: statements that take it down, in order.
        up: statements that put it back; the first makes it, the others give it owner, grants, comments and states.
        fill: statements that bring back what it held (a materialised view's rows), once everything is in place.
        lock: a statement that locks it and changes nothing; None where its table's lock is enough.
        definition, attributes: md5 of what the catalog says about it, apart from and together with its types.
        troubles: what forbids it.
        hard: whether PostgreSQL refuses the change while the object is there; otherwise only its meaning is at stake.
        substitute: a definition for the uuid column that stands for this one, where this one cannot be had.
        why: what the substitute means, in a sentence; or why there is none.
        rebuilt: PostgreSQL would make it anew by itself, but not as it is (the indexes of a partition); it comes back
            as it is at the time, there and back.
    """

    catalog: str
    oid: int
    kind: str
    name: str
    table: TableName
    address: Address
    reads: frozenset[ColumnName] = frozenset()
    needs: frozenset[tuple[str, int]] = frozenset()
    down: tuple[str, ...] = ()
    up: tuple[str, ...] = ()
    fill: tuple[str, ...] = ()
    lock: str | None = None
    definition: str = ""
    attributes: str = ""
    troubles: tuple[Trouble, ...] = ()
    hard: bool = True
    substitute: str | None = None
    why: str = ""
    rebuilt: bool = False

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from every other object of the database."""
        return (self.catalog, self.oid)


@dataclass(frozen=True, slots=True)
class NamingTrigger:
    """A trigger that passes the name of a converted column to its function.

    Attributes:
        name: its identity, e.g. ``audit on public.jobs``.
        function: its function's identity.
        column: the column.
    """

    name: str
    function: str
    column: ColumnName


@dataclass(frozen=True, slots=True)
class StringFunction:
    """A function that meets a converted column, going by its text or by a trigger that calls it.

    Attributes:
        name: its identity, e.g. ``public.touch(integer)``.
        language: such as ``plpgsql``.
        mentions: the converted column that its text names together with the column's table; None where the text names
            none, or another table's column could be meant as well.
        touch: a statement that makes every session forget the plans it has kept of the function, and changes nothing
            else; None where the language keeps none, or the current role may not.
        owned: whether the current role may.
        tables: the converted tables that its text names, or that have a trigger which calls it.
    """

    name: str
    language: str
    mentions: ColumnName | None
    touch: str | None
    owned: bool
    tables: tuple[TableName, ...] = ()
