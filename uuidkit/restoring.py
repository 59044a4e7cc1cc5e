"""What the way back does with the objects that hang on the columns now: put back as they were, or in its way."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from psycopg import sql

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName
from uuidkit.catalog.trees import families
from uuidkit.database.session import Session
from uuidkit.dependents.functions import read_functions
from uuidkit.dependents.model import Address, DependentObject, StringFunction
from uuidkit.dependents.order import concerning
from uuidkit.dependents.proof import Expected, prints
from uuidkit.dependents.read import read_dependents
from uuidkit.ledger import LedgerDependent, LedgerEntry
from uuidkit.planning.model import Blocker
from uuidkit.planning.restoration import Restoration
from uuidkit.render.options import set_options
from uuidkit.render.record import ledger_dependent

# Of these the first statement makes the object and the others give it owner, privileges and comments; what somebody
# changed about the latter since is kept.
_COMPLETED_AFTERWARDS = frozenset({"view", "materialized view", "index", "statistics"})


@dataclass(frozen=True, slots=True)
class Hanging:
    """What hangs on some columns now.

    Attributes:
        dependents: the objects, each after all that it is built on.
        functions: those with a string for a body that have to do with the columns.
    """

    dependents: tuple[DependentObject, ...]
    functions: tuple[StringFunction, ...]


def read_hanging(session: Session, schema: Schema, columns: Collection[ColumnName]) -> Hanging:
    """What hangs on the columns of some conversions, read at once.

    Args:
        session: within ``reading``.
        schema: what is there now.
        columns: those that were converted, at the roots.
    """
    members = families(schema, columns)
    dependents = tuple(found for found in read_dependents(session, schema, members) if found.hard)
    return Hanging(dependents, read_functions(session, schema, members, dependents))


def restoration(
    session: Session, schema: Schema, entry: LedgerEntry, present: Hanging, later: Mapping[Address, Expected]
) -> Restoration:
    """What becomes of everything that hangs on the columns of one conversion.

    Args:
        session: within ``reading``.
        schema: what is there now.
        entry: the ledger's.
        present: what hangs on its columns, and maybe on others.
        later: what later conversions, which are reverted before this one, will have put back by then.
    """
    columns = families(schema, [column.name for column in entry.graph.columns])
    hanging = {found.address: found for found in concerning(present.dependents, columns)}
    tables = {column.table_name for column in columns}
    # What PostgreSQL would have to make anew comes back as it is now, whether or not it was there before.
    remembered = {before.address: before for before in entry.graph.dependents}
    rebuilt = [
        found
        for found in hanging.values()
        if found.rebuilt and found.address not in remembered and not _remembered_whole(found, remembered, hanging)
    ]
    down: list[DependentObject] = []
    up: list[LedgerDependent] = []
    expected: list[Expected] = []
    blockers: list[Blocker] = []
    notes: list[str] = []
    known = set()
    for number, before in enumerate(entry.graph.dependents):
        after = entry.graph.after.get(str(number))
        known.add(before.address)
        now = hanging.get(before.address)
        coming = later.get(before.address)
        if coming is not None:
            if now is not None and after is not None and (coming.definition or after[0]) != after[0]:
                blockers.append(_changed(now))
            expected.append(Expected(before.address, before.definition or None, coming.attributes))
            continue
        if now is None and after is not None:
            now = _elsewhere(session, before, after)
            if now is None:
                notes.append(
                    f"The {before.kind} {before.name} is gone or has another form since the conversion; it is left so."
                )
                continue
        if now is None:  # it was left away by the conversion
            up.append(before)
            expected.append(Expected(before.address, before.definition or None, before.attributes))
            continue
        definition, attributes = before.definition or None, before.attributes
        if after is not None and (now.definition, now.attributes) != after:
            if before.kind not in _COMPLETED_AFTERWARDS:
                blockers.append(_changed(now))
                continue
            options: tuple[str, ...] = ()
            if now.definition != after[0]:
                options = _options_alone(session, before, entry.graph.forms.get(str(number)))
                if not options:
                    blockers.append(_changed(now))
                    continue
                definition = None
            before = replace(before, up=(before.up[0], *options, *now.up[1:]), fill=now.fill)
            attributes = now.attributes
        blockers += [Blocker(t.code, now.name, t.message, t.remedy) for t in now.troubles]
        down.append(now)
        up.append(before)
        expected.append(Expected(before.address, definition, attributes))
    for found in rebuilt:
        blockers += [Blocker(t.code, found.name, t.message, t.remedy) for t in found.troubles]
    for found in hanging.values():
        if found in rebuilt or found.address in known:
            continue
        whole = _remembered_whole(found, remembered, hanging)
        # A new partition's part of an index that says the same over text as over uuid.
        if whole is not None and whole[0].up[:1] == whole[1].up[:1]:
            down.append(found)
            up.append(ledger_dependent(found, "recreate"))
        else:
            blockers.append(_new(found))
    order = {key: number for number, key in enumerate(found.key for found in hanging.values())}
    return Restoration(
        down=tuple(sorted([*down, *rebuilt], key=lambda found: order.get(found.key, len(order)))),
        up=(*(ledger_dependent(found, "recreate") for found in rebuilt), *up),
        expected=(*(Expected(found.address, None, found.attributes) for found in rebuilt), *expected),
        functions=tuple(found for found in present.functions if tables.intersection(found.tables)),
        blockers=tuple(blockers),
        notes=tuple(notes),
    )


def out_of_order(entries: Sequence[LedgerEntry], chosen: Sequence[LedgerEntry]) -> Iterator[Blocker]:
    """Objects that a later conversion has made anew as well, and that is not to be undone with this one.

    Args:
        entries: the whole ledger, oldest first.
        chosen: those that are to be reverted.
    """
    wanted = {entry.id for entry in chosen}
    for entry in chosen:
        mine = {found.address for found in entry.graph.dependents}
        for later in entries:
            if later.id <= entry.id or later.id in wanted:
                continue
            columns = ", ".join(str(column.name) for column in later.graph.columns)
            for found in later.graph.dependents:
                if found.address in mine:
                    yield Blocker(
                        "LEDGER",
                        found.name,
                        f"The {found.kind} hangs on {columns} too, which was converted later; its form from before "
                        "that comes back with the way back of that conversion.",
                        f"Revert {columns} first, or both at once.",
                    )


def _elsewhere(session: Session, before: LedgerDependent, after: tuple[str, str]) -> DependentObject | None:
    """An object that does not hang on the columns as they are now; None where it is another by now."""
    found = _look(session, before.address)
    if found is None or tuple(found[:2]) != after:
        return None
    return DependentObject(
        catalog="",
        oid=0,
        kind=before.kind,
        name=before.name,
        table=before.table,
        address=before.address,
        down=before.down,
        lock=before.lock,
        definition=after[0],
        attributes=after[1],
    )


def _look(session: Session, address: Address) -> list[Any] | None:
    """What ``dependents.proof.prints`` says of an object; None where there is none of that name."""
    try:
        with session.savepoint():
            [(found,)] = session.rows(sql.SQL("SELECT {}").format(prints({"0": address})))
    except psycopg.errors.UndefinedObject:
        return None
    except psycopg.Error as error:
        if error.sqlstate in ("42P01", "42883", "42703"):
            return None
        raise
    prints_of: list[Any] = found["0"]
    return prints_of


def _options_alone(session: Session, before: LedgerDependent, form: str | None) -> tuple[str, ...]:
    """The statements that give an object its present options, when nothing else of its definition was changed."""
    found = _look(session, before.address) if form is not None else None
    if found is None or found[2] != form:
        return ()
    return tuple(set_options(before.kind, before.address.names, found[3] or ()))


def _changed(found: DependentObject) -> Blocker:
    return Blocker(
        "DEPENDENT",
        found.name,
        f"The {found.kind} was changed since the conversion; the way back would put its old form in that place.",
        f"Keep its present definition, drop the {found.kind}, revert, and make it again for text.",
    )


def _remembered_whole(
    found: DependentObject, remembered: Mapping[Address, LedgerDependent], hanging: Mapping[Address, DependentObject]
) -> tuple[LedgerDependent, DependentObject] | None:
    """The partitioned table's index that an index is a part of, before the conversion and now, where it was odd."""
    if found.kind != "index":
        return None
    wholes = (one for one in hanging.values() if one.key in found.needs and one.kind == "index")
    return next(((remembered[one.address], one) for one in wholes if one.address in remembered), None)


def _new(found: DependentObject) -> Blocker:
    if found.kind == "index" and not found.down:
        return Blocker(
            "DEPENDENT",
            found.name,
            "The index came with a partition that was added since the conversion; what it would be over text cannot be "
            "told from what it is over uuid.",
            "Drop the index of the partitioned table that it belongs to, revert, and make that one again for text.",
        )
    reads = ", ".join(sorted(map(str, found.reads))) or "what reads the columns"
    return Blocker(
        "DEPENDENT",
        found.name,
        f"The {found.kind} was made since the conversion and reads {reads}, which the way back turns to text again.",
        f"Keep its definition, drop the {found.kind}, revert, and make it again for text.",
    )
