"""Values and rows made for the purpose: what an expression looks for, in every form, and what it does not."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from uuidkit import lexing
from uuidkit.catalog.model import Column
from uuidkit.ids import Shape, parse

_EMPTY, _ANY = "", "x"
IDLE = frozenset({_EMPTY, _ANY})  # no ids, and nothing that a definition looks for
_MOST_LITERALS = 60
_LONGEST_PIECE = 60
_LONGEST_TEXT = 20_000
_MOST_FOCUSED = 4  # choices of the other columns for one definition
# Classes, counts and the other signs of LIKE patterns and regular expressions, which are no part of a value.
_SIGNS = re.compile(r"\[[^\]]*\]|\{\d*,?\d*\}|\(\?[:=!]|[\^$%*+?().|\\{}\[\]]")
# A letter behind the first hyphen, where the texts of the spellings part.
_LOWEST, _HIGHEST = UUID("00000000-a000-4000-8000-000000000000"), UUID("ffffffff-a000-4000-8000-000000000000")
_BEHIND_HYPHEN = 80  # bits behind the second group of digits
_LENGTH = re.compile(r"\((\d+)\)")
_BY_TYPE: Mapping[str, tuple[str, ...]] = {
    "bool": ("true", "false"),
    "timestamp": ("2024-01-01", "2999-01-01"),
    "timestamptz": ("2024-01-01 00:00+00", "2999-01-01 00:00+00"),
    "date": ("2024-01-01", "2999-01-01"),
    "time": ("12:00",),
    "interval": ("1 day",),
    "json": ("{}",),
    "jsonb": ("{}",),
    "bytea": (r"\x01",),
    "inet": ("10.0.0.1",),
}
_NUMBERS = frozenset({"int2", "int4", "int8", "numeric", "float4", "float8"})
_TEXTS = frozenset({"varchar", "text", "bpchar", "name"})
_DATES = frozenset({"date", "timestamp", "timestamptz"})
_YEARS, _MONTHS = (1000, 2999), 12
_MODIFIER = re.compile(r"\(\d+(?:,\d+)?\)")


@dataclass(frozen=True, slots=True)
class Sought:
    """What some definitions look for.

    Attributes:
        literals: their text constants.
        numbers: their whole numbers.
        hints: (column, constant close behind it).
        constants: (constant, its type) of those that have one of their own.
    """

    literals: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    hints: tuple[tuple[str, str | None], ...] = ()
    constants: tuple[tuple[str, str], ...] = ()


def sought(definitions: Iterable[str], columns: Sequence[str], role: str) -> Sought:
    """What definitions look for, each value once.

    Args:
        definitions: SQL as the server prints it.
        columns: names of the columns that they may read.
        role: the current role, which a definition may ask for.
    """
    texts = list(definitions)
    roles = [role] if any(lexing.mentions(text, ("current_user", "session_user")) for text in texts) else []
    literals = [*roles, *(literal for text in texts for literal in lexing.literals(text))]
    return Sought(
        tuple(dict.fromkeys(literals))[:_MOST_LITERALS],
        tuple(dict.fromkeys(number for text in texts for number in lexing.numbers(text))),
        tuple(dict.fromkeys(hint for text in texts for hint in lexing.hints(text, columns))),
        tuple(dict.fromkeys(constant for text in texts for constant in lexing.constants(text))),
    )


def usual(type: str, kind: str, what: Sought) -> list[str]:
    """Values of a type that is neither a text nor a number: any, and what the definitions look for.

    Args:
        type: as PostgreSQL prints it.
        kind: its name in the catalog, or that of the type which its domain is of.
        what: what the definitions look for.
    """
    found = [*_BY_TYPE.get(kind, ())]
    found += [value for value, of in what.constants if of in (unmodified(type), kind)]
    if kind in _DATES:
        found += [f"{number}-06-15" for number in what.numbers if _YEARS[0] <= number <= _YEARS[1]]
        found += [f"2024-{number:02}-15" for number in what.numbers if 1 <= number <= _MONTHS]
    return list(dict.fromkeys(found))


def unmodified(type: str) -> str:
    """A type without its length or precision.

    Args:
        type: as PostgreSQL prints it.
    """
    return _MODIFIER.sub("", type)


def uuid_for(spelling: str) -> UUID:
    """The uuid that is written in one spelling, the same one in every table.

    Args:
        spelling: prefix and form, e.g. ``batch_<hex>``.
    """
    return UUID(bytes=hashlib.sha256(spelling.encode()).digest()[:16], version=4)


def pieces(literal: str) -> list[str]:
    """The plain parts of a pattern, and its whole text without signs.

    Args:
        literal: a constant, maybe a LIKE pattern or a regular expression.
    """
    runs = [run for run in _SIGNS.split(literal) if run]
    return [piece for piece in dict.fromkeys([*runs, "".join(runs)]) if 0 < len(piece) <= _LONGEST_PIECE]


def ids(
    what: Sought,
    shapes: Sequence[Shape],
    *,
    empty: bool,
    everywhere: Collection[Shape] = (),
    common: Shape | None = None,
) -> list[str | None]:
    """Texts for a converted column: those of the shapes that occur first, then those that the definitions look for.

    Args:
        what: what the definitions look for.
        shapes: the regular shapes that occur in the column.
        everywhere: those that occur in any column.
        common: the one in which it has the uuid that all columns have; None for none of it.
        empty: whether nothing is known about its values, so that the plain forms have to stand in.
    """
    forms = list(shapes) or ([Shape(), Shape(spelling="hex")] if empty else [Shape()])
    # Two of each, so that an id can be told from another one.
    found: dict[str | None, None] = {
        form.render(uuid_for(f"{form}{number}")): None for number in ("", " 2") for form in forms
    }
    if common is not None:
        found[common.render(uuid_for(""))] = None
    found |= dict.fromkeys(_against_the_order(forms, {*forms, *everywhere}))
    found[None] = None
    found[_EMPTY] = None
    for literal in what.literals:
        found[literal] = None
        found |= dict.fromkeys(_neighbours(literal, forms))
        for piece in pieces(literal):
            found[piece] = None
            joints = ("",) if piece[-1] in "_-:" else ("", "_", "-")
            for joint in joints:
                before = piece + joint
                found[before + uuid_for(f"{before}<hex>").hex] = None
                found[before + str(uuid_for(f"{before}<uuid>"))] = None
    for number in what.numbers:
        for length in (number - 1, number, number + 1):
            if 0 < length <= _LONGEST_TEXT:
                found["x" * length] = None
    found[_ANY] = None
    return list(found)


def _against_the_order(forms: Sequence[Shape], everywhere: Collection[Shape]) -> Iterator[str]:
    """Texts at either end of all ids that stand, among those of other shapes, in the opposite order of their uuids."""
    backwards = sorted(everywhere, key=lambda form: form.render(_LOWEST), reverse=True)
    for first in (_LOWEST, _HIGHEST) if len(backwards) > 1 else ():
        for number, form in enumerate(backwards):
            if form in forms:
                yield form.render(UUID(int=first.int + (number << _BEHIND_HYPHEN)))


def _neighbours(literal: str, forms: Sequence[Shape]) -> Iterator[str]:
    """The ids before and after one that is looked for: less or more in the last digit alone."""
    found = parse(literal)
    if found is not None:
        for number in (found.int - 1, found.int + 1):
            if 0 <= number < 1 << 128:
                yield from (form.render(UUID(int=number)) for form in forms)


def fitting(values: Iterable[str | None], type: str, *, not_null: bool) -> list[str | None]:
    """Those values that a text column may hold.

    Args:
        values: texts.
        type: the column's type as PostgreSQL prints it.
        not_null: whether it refuses NULL.
    """
    limit = _LENGTH.search(type)
    longest = int(limit[1]) if limit else _LONGEST_TEXT
    return [value for value in values if (not not_null if value is None else len(value) <= longest)]


@dataclass(slots=True)
class Others:
    """Values for the columns that do not change.

    Attributes:
        columns: those columns.
        what: what the definitions look for.
        labels: the labels of the enumerations, by the type's name.
    """

    columns: Sequence[Column]
    what: Sought
    labels: Mapping[str, Sequence[str]]
    _chance: random.Random = field(default_factory=lambda: random.Random(20250401))  # the same rows each time

    def variant(self, number: int) -> dict[str, str | None]:
        """One choice of a value for every column: what the definitions look for, what they do not, NULL, any.

        Args:
            number: 0 and up.
        """
        return {column.name: self._value(column, number) for column in self.columns}

    def focused(self, definition: str) -> list[dict[str, str | None]]:
        """Choices for what one definition looks for, all columns together, one after the other.

        Args:
            definition: one of those that are tried.
        """
        hints = list(dict.fromkeys(lexing.hints(definition, [column.name for column in self.columns])))
        values = {column.name: self._looked_for(column, hints) for column in self.columns}
        most = min(_MOST_FOCUSED, max(map(len, values.values()), default=0))
        return [{name: found[n % len(found)] if found else None for name, found in values.items()} for n in range(most)]

    def _looked_for(self, column: Column, hints: Sequence[tuple[str, str | None]]) -> list[str | None]:
        found: dict[str | None, None] = {}
        for value in self._hinted(column, hints):
            found[value] = None
            if value is not None and column.base_type in _NUMBERS:
                found |= dict.fromkeys((str(int(value) + 1), str(int(value) - 1)))  # more than that, or less
        return list(found | dict.fromkeys(self._usual(column)))

    def _hinted(self, column: Column, hints: Iterable[tuple[str, str | None]]) -> list[str | None]:
        return [
            value
            for name, value in hints
            if name == column.name and (not column.not_null if value is None else self._takes(column, value))
        ]

    def _value(self, column: Column, number: int) -> str | None:
        usual = self._usual(column)
        hinted = self._hinted(column, self.what.hints)
        if number == 0:
            return (hinted or usual or [None])[0]
        if number == 1:
            return next((value for value in usual if value not in hinted), None)
        choices: list[str | None] = [*hinted, *hinted, *usual]
        if not column.not_null:
            if number == 2:
                return None
            choices.append(None)
        return self._chance.choice(choices) if choices else None

    def _usual(self, column: Column) -> list[str | None]:
        kind = column.base_type
        if kind in _NUMBERS:
            small: list[str | None] = [str(number) for number in self.what.numbers if number < 32_767]
            return ["1", "2", *small][:8]
        if kind in _TEXTS:
            return fitting(["x", *self.what.literals], column.type, not_null=True)[:8]
        if kind == "uuid":
            known: list[str | None] = [text for text in self.what.literals if _is_uuid(text)]
            return [str(uuid_for(str(Shape()))), *known]
        if kind.startswith("_"):
            return ["{}"]
        return [*usual(column.type, kind, self.what), *self.labels.get(column.type, ())]

    def _takes(self, column: Column, value: str) -> bool:
        kind = column.base_type
        if kind in _TEXTS:
            return bool(fitting([value], column.type, not_null=True))
        if kind in _NUMBERS:
            return value.isdecimal() and int(value) < 32_767
        if kind == "uuid":
            return _is_uuid(value)
        return value in self._usual(column)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
