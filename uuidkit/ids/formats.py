"""The known formats of identifiers: an ordered registry, each format with its Python side and its SQL side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from psycopg import sql

from uuidkit.ids import grammar


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a uuid down.

    ``parse`` and the two SQL functions must agree on every text; they are given text without blanks around it. Their
    SQL becomes part of ``ALTER TABLE … USING``, where PostgreSQL allows no sub-query.

    Attributes:
        name: a short name, which counts and reports use.
        description: one sentence.
        example: a text of this format.
        parse: the uuid of a text of this format, None for any other text.
        sql_condition: from an SQL expression for the text, the SQL condition that it is of this format.
        sql_uuid: from an SQL expression for a text of this format, the SQL expression for its uuid; it is evaluated
            only where the condition holds.
    """

    name: str
    description: str
    example: str
    parse: Callable[[str], UUID | None]
    sql_condition: Callable[[sql.Composable], sql.Composable]
    sql_uuid: Callable[[sql.Composable], sql.Composable]


def pattern_condition(pattern: str) -> Callable[[sql.Composable], sql.Composable]:
    """The SQL condition that a whole text matches a regular expression.

    Args:
        pattern: as in PostgreSQL, chapter 9.7.3, without anchors; best without backslashes and percent signs.
    """
    literal = sql.Literal(f"^(?:{pattern})$")

    def condition(text: sql.Composable) -> sql.Composable:
        return sql.SQL("{} ~ {}").format(text, literal)

    return condition


def built_in_condition(text: sql.Composable) -> sql.Composable:
    """The SQL condition that a trimmed text has one of the built-in formats, in one regular expression."""
    return _ANY(text)


def built_in_uuid(text: sql.Composable) -> sql.Composable:
    """The SQL expression for the uuid of a trimmed text that has one of the built-in formats."""
    # Whatever stands before it, the last 32 characters that are no joint and no brace are the digits.
    return sql.SQL("right(rtrim(replace(replace({}, '-', ''), '_', ''), '}}'), 32)::uuid").format(text)


_ANY: Final = pattern_condition(f"{grammar.WORD}*{grammar.BODY}")
_CANONICAL: Final = pattern_condition(grammar.CANONICAL)
_HYPHENATED: Final = pattern_condition(grammar.HYPHENATED)
_JOINED: Final = pattern_condition(grammar.JOINED)


def _hyphenated(text: sql.Composable) -> sql.Composable:
    return sql.SQL("({} AND octet_length({}) > 32 AND NOT {})").format(_HYPHENATED(text), text, _CANONICAL(text))


def _underscored(text: sql.Composable) -> sql.Composable:
    return sql.SQL("({} AND strpos({}, '_') > 0)").format(_JOINED(text), text)


def _cast(text: sql.Composable) -> sql.Composable:
    return sql.SQL("{}::uuid").format(text)


def _cast_underscored(text: sql.Composable) -> sql.Composable:
    return sql.SQL("replace({}, '_', '-')::uuid").format(text)


def _name(parts: grammar.Parts) -> str:
    return "prefixed" if parts.prefix else parts.spelling


def _parser(name: str) -> Callable[[str], UUID | None]:
    def parse(text: str) -> UUID | None:
        parts = grammar.split(text)
        return parts.uuid if parts is not None and _name(parts) == name else None

    return parse


def _built_in(
    name: str,
    description: str,
    example: str,
    sql_condition: Callable[[sql.Composable], sql.Composable],
    sql_uuid: Callable[[sql.Composable], sql.Composable] = _cast,
) -> Format:
    return Format(name, description, example, _parser(name), sql_condition, sql_uuid)


BUILT_IN: Final = (
    _built_in(
        "canonical",
        "Groups of 8, 4, 4, 4 and 12 hex digits of either case, joined by hyphens.",
        "c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f05",
        _CANONICAL,
    ),
    _built_in(
        "hex",
        "32 hex digits of either case and nothing else.",
        "c0a8f2d45b1e4f3a9d271e6b8a4c7f05",
        pattern_condition(grammar.HEX),
    ),
    _built_in(
        "braced",
        "A uuid in braces, with any hyphens that PostgreSQL accepts.",
        "{c0a8f2d4-5b1e-4f3a-9d27-1e6b8a4c7f05}",
        pattern_condition(grammar.BRACED),
    ),
    _built_in(
        "hyphenated",
        "32 hex digits with hyphens after other groups of four digits than the usual ones.",
        "c0a8-f2d4-5b1e-4f3a-9d27-1e6b-8a4c-7f05",
        _hyphenated,
    ),
    _built_in(
        "underscored",
        "32 hex digits with at least one underscore where a hyphen could stand.",
        "c0a8f2d4_5b1e_4f3a_9d27_1e6b8a4c7f05",
        _underscored,
        _cast_underscored,
    ),
    _built_in(
        "prefixed",
        "Words, each followed by a separator, and then a uuid in any of these spellings.",
        "batch_c0a8f2d45b1e4f3a9d271e6b8a4c7f05",
        pattern_condition(f"{grammar.WORD}+{grammar.BODY}"),
        built_in_uuid,
    ),
)


class Formats:
    """An ordered set of formats: the built-in ones, which cover the grammar, then those that were added.

    A new instance holds the built-in formats alone and is independent of every other.
    """

    def __init__(self) -> None:
        self._formats = {known.name: known for known in BUILT_IN}

    def add(self, new: Format) -> Format:
        """Put a format behind all others; a text that an earlier one accepts never reaches it.

        Args:
            new: the format; its example is tried at once.

        Raises:
            ValueError: the name is taken or empty, or the example is not of the new format alone.
        """
        if not new.name or new.name in self._formats:
            raise ValueError(f"A format needs a name of its own; {new.name!r} is {'taken' if new.name else 'empty'}.")
        earlier = self.classify(new.example)
        if earlier is not None:
            raise ValueError(f"The example {new.example!r} of format {new.name!r} is already of format {earlier!r}.")
        if new.parse(grammar.trim(new.example)) is None:
            raise ValueError(f"The format {new.name!r} does not parse its own example {new.example!r}.")
        self._formats[new.name] = new
        return new

    @property
    def added(self) -> tuple[Format, ...]:
        """The formats that are not built in, in order."""
        return tuple(self._formats.values())[len(BUILT_IN) :]

    def parse(self, text: str) -> UUID | None:
        """The uuid that a text stands for, None when it is unparseable.

        Args:
            text: any text; blanks around it do not count.
        """
        trimmed = grammar.trim(text)
        parts = grammar.split(trimmed)
        if parts is not None:
            return parts.uuid
        return next((uuid for known in self.added if (uuid := known.parse(trimmed)) is not None), None)

    def classify(self, text: str) -> str | None:
        """The name of the first format that a text has, None when it is unparseable.

        Args:
            text: any text; blanks around it do not count.
        """
        trimmed = grammar.trim(text)
        parts = grammar.split(trimmed)
        if parts is not None:
            return _name(parts)
        return next((known.name for known in self.added if known.parse(trimmed) is not None), None)

    def __iter__(self) -> Iterator[Format]:
        return iter(tuple(self._formats.values()))

    def __len__(self) -> int:
        return len(self._formats)

    def __contains__(self, name: object) -> bool:
        return name in self._formats

    def __getitem__(self, name: str) -> Format:
        return self._formats[name]


FORMATS: Final = Formats()
"""The formats that every command knows; a project adds its own with ``FORMATS.add``."""


def parse(text: str) -> UUID | None:
    """The uuid that a text stands for in one of the known formats, None when it is unparseable.

    Args:
        text: any text; blanks around it do not count.
    """
    return FORMATS.parse(text)


def classify(text: str) -> str | None:
    """The name of the first of the known formats that a text has, None when it is unparseable.

    Args:
        text: any text; blanks around it do not count.
    """
    return FORMATS.classify(text)
