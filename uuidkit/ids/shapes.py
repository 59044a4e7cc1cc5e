"""Regular shapes of identifiers, such as ``batch_<hex>``: one prefix, one spelling, one length, no blanks.

Most columns hold a few of them, and a value known to have one is converted with a slice and a cast, without a pattern.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args
from uuid import UUID

from psycopg import sql

from uuidkit.ids import grammar
from uuidkit.ids.sql import as_text

ShapeSpelling = Literal["canonical", "hex", "braced", "underscored"]

_SPELLINGS: Final = get_args(ShapeSpelling)
_LENGTHS: Final = {"canonical": 36, "hex": 32, "braced": 38, "underscored": 36}
_JOINTS: Final = {"canonical": "-", "hex": "", "braced": "-", "underscored": "_"}
_WORDS: Final = {
    "canonical": "<uuid>",
    "hex": "<hex>",
    "braced": "{<uuid>}",
    "underscored": "<uuid with underscores>",
}

_FIRST_VERSION_WITH_PG_INPUT_IS_VALID: Final = 160000
_NO_DIGIT: Final = sql.Literal("[^0-9a-fA-F]")
# A few states that are walked in a loop: a quarter of the time of a pattern that counts the groups.
_GROUPS: Final = sql.Literal(f"^(?:{grammar.GROUP}-?)*$")
_GROUPS_IN_BRACES: Final = sql.Literal(f"^[{{](?:{grammar.GROUP}-?)*[}}]$")


@dataclass(frozen=True, slots=True)
class Shape:
    """A prefix and a spelling that together fix how a uuid is written, down to the character.

    Attributes:
        prefix: what stands before the uuid, separator included (``batch_``), or ''.
        spelling: ``canonical`` (8-4-4-4-12), ``hex`` (32 digits), ``braced`` (canonical in braces) or ``underscored``
            (canonical with underscores for hyphens).
        upper: whether the digits a to f are upper-case.

    Raises:
        ValueError: the prefix may not stand before a uuid, or the spelling is none of the four.
    """

    prefix: str = ""
    spelling: ShapeSpelling = "canonical"
    upper: bool = False

    def __post_init__(self) -> None:
        if self.prefix and not grammar.is_prefix(self.prefix):
            raise ValueError(f"{self.prefix!r} cannot stand before a uuid: words, each with its separator, can.")
        if self.spelling not in _SPELLINGS:
            raise ValueError(f"{self.spelling!r} is no spelling of a shape; {', '.join(_SPELLINGS)} are.")

    def __str__(self) -> str:
        uuid = _WORDS[self.spelling]
        if self.upper:
            uuid = uuid.replace("uuid", "UUID").replace("hex", "HEX")
        return f"{self.prefix}{uuid}"

    @property
    def length(self) -> int:
        """Length of the whole value, in characters and, all being ASCII, in bytes."""
        return len(self.prefix) + _LENGTHS[self.spelling]

    @property
    def format(self) -> str:
        """The name of the format that every value of this shape has."""
        return "prefixed" if self.prefix else self.spelling

    def render(self, uuid: UUID) -> str:
        """The uuid written in this shape.

        Args:
            uuid: any uuid.
        """
        text = str(uuid).replace("-", _JOINTS[self.spelling])
        if self.upper:
            text = text.upper()
        return f"{self.prefix}{{{text}}}" if self.spelling == "braced" else f"{self.prefix}{text}"

    def fits(self, text: str) -> bool:
        """Whether a text has this shape, the case of its digits aside: the twin of ``matches``.

        Args:
            text: any text; blanks around it do count.
        """
        parts = grammar.split(text)
        return parts is not None and parts.prefix == self.prefix and _spelling(parts) == self.spelling

    def sql_text(self, uuid: sql.Composable) -> sql.Composable:
        """The SQL expression for a uuid written in this shape, to be compared byte by byte; NULL for NULL.

        Args:
            uuid: an SQL expression of type uuid.
        """
        text = as_text(uuid)
        if self.spelling in ("hex", "underscored"):
            text = sql.SQL("replace({}, '-', {})").format(text, sql.Literal(_JOINTS[self.spelling]))
        if self.upper:
            text = sql.SQL("upper({})").format(text)
        before, after = (f"{self.prefix}{{", "}") if self.spelling == "braced" else (self.prefix, "")
        pieces: list[sql.Composable] = [sql.Literal(before)] if before else []
        pieces += [text]
        pieces += [sql.Literal(after)] if after else []
        return sql.SQL("({})").format(sql.SQL(" || ").join(pieces)) if len(pieces) > 1 else text

    def looks_like(self, operand: sql.Composable) -> sql.Composable:
        """The cheap SQL condition that a value has this shape's length and beginning; NULL for NULL.

        Where it holds, ``uuid`` gives what ``ids.sql.parsed`` gives, or the cast in it fails.

        Args:
            operand: the raw value.
        """
        return _all(self._resembling(as_text(operand)))

    def matches(self, operand: sql.Composable, version_num: int) -> sql.Composable:
        """The exact SQL condition that a value has this shape, the case of its digits aside; NULL for NULL.

        Args:
            operand: the raw value.
            version_num: the server's, such as 180004.
        """
        text = as_text(operand)
        body = self._body(text)
        conditions = self._resembling(text)
        if self.spelling == "hex":
            return _all([*conditions, sql.SQL("{} !~ {}").format(body, _NO_DIGIT)])
        # With 32 digits and four joints in this length, the first and the last joint fix those between them; but which
        # of them are underscores must be seen one by one (the first one has been).
        start = len(self.prefix) + (self.spelling == "braced")
        positions = (14, 19, 24) if self.spelling == "underscored" else (9, 24)
        conditions += [_character(text, start + position, _JOINTS[self.spelling]) for position in positions]
        return _all([*conditions, _is_uuid(body, self.spelling, version_num)])

    def uuid(self, operand: sql.Composable) -> sql.Composable:
        """The cheap SQL expression for the uuid of a value of this shape; it fails with 22P02 where there is none.

        Args:
            operand: the raw value, for which ``looks_like`` holds.
        """
        return sql.SQL("{}::uuid").format(self._body(as_text(operand)))

    def _resembling(self, text: sql.Composable) -> list[sql.Composable]:
        conditions: list[sql.Composable] = [sql.SQL("octet_length({}) = {}").format(text, sql.Literal(self.length))]
        beginning = f"{self.prefix}{{" if self.spelling == "braced" else self.prefix
        if beginning:
            size = sql.Literal(len(beginning))
            conditions.append(sql.SQL("left({}, {}) = {}").format(text, size, sql.Literal(beginning)))
        if self.spelling == "underscored":
            # Here no value in braces has an underscore; what else the cast accepts the grammar does too.
            conditions.append(_character(text, len(self.prefix) + 9, "_"))
        return conditions

    def _body(self, text: sql.Composable) -> sql.Composable:
        # right() with a negative length cuts bytes off the front; substr() would count all characters first.
        body = sql.SQL("right({}, -{})").format(text, sql.Literal(len(self.prefix))) if self.prefix else text
        return sql.SQL("replace({}, '_', '-')").format(body) if self.spelling == "underscored" else body


def shape_of(text: str) -> Shape | None:
    """The regular shape of a text; None when it has none: blanks around, mixed case, odd hyphens, or no uuid at all.

    Args:
        text: any text.
    """
    parts = grammar.split(text)
    spelling = None if parts is None else _spelling(parts)
    if parts is None or spelling is None:
        return None
    digits = parts.digits
    if digits == digits.lower():
        return Shape(parts.prefix, spelling)
    return Shape(parts.prefix, spelling, upper=True) if digits == digits.upper() else None


def _spelling(parts: grammar.Parts) -> ShapeSpelling | None:
    body = parts.body
    match parts.spelling:
        case "braced":
            return "braced" if len(body) == 38 and all(body[i] == "-" for i in (9, 14, 19, 24)) else None
        case "underscored":
            return "underscored" if len(body) == 36 and all(body[i] == "_" for i in (8, 13, 18, 23)) else None
        case "hyphenated":
            return None
        case regular:
            return regular


def _all(conditions: list[sql.Composable]) -> sql.Composable:
    return sql.SQL("({})").format(sql.SQL(" AND ").join(conditions))


def _character(text: sql.Composable, position: int, expected: str) -> sql.Composable:
    return sql.SQL("substr({}, {}, 1) = {}").format(text, sql.Literal(position), sql.Literal(expected))


def _is_uuid(body: sql.Composable, spelling: ShapeSpelling, version_num: int) -> sql.Composable:
    if version_num >= _FIRST_VERSION_WITH_PG_INPUT_IS_VALID:
        return sql.SQL("pg_input_is_valid({}, 'uuid')").format(body)
    return sql.SQL("{} ~ {}").format(body, _GROUPS_IN_BRACES if spelling == "braced" else _GROUPS)
