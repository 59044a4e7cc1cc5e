"""Column types for SQLAlchemy models on a converted schema."""

from __future__ import annotations

from typing import Any, Final, Literal, get_args
from uuid import UUID

from sqlalchemy import Dialect, Uuid
from sqlalchemy.types import TypeDecorator

from uuidkit.ids import Shape, grammar, parse

PrefixedSpelling = Literal["uuid", "hex"]

_SPELLINGS: Final = get_args(PrefixedSpelling)


class PrefixedUUID(TypeDecorator[str | UUID]):
    """A uuid column whose values the program writes and reads with a prefix, such as ``batch_<uuid>``.

    The database holds a uuid of 16 bytes. A value is given as a UUID, as text with the prefix before a uuid in any
    spelling, or as the bare text of a uuid; it comes back as text with the prefix, or as a UUID.

    Args:
        prefix: the words before the uuid, such as ``batch``; ``_`` is put behind them unless they end in a separator.
        spelling: how text comes back, ``uuid`` for ``batch_<8-4-4-4-12>`` or ``hex`` for ``batch_<32 digits>``.
        as_uuid: whether values come back as UUID instead of text.

    Raises:
        ValueError: the prefix or the spelling cannot be used; later, a value that is no uuid or has another prefix.
        TypeError: later, a value that is neither a UUID nor text.
    """

    impl = Uuid(as_uuid=True)
    cache_ok = True

    # SQLAlchemy makes the cache key from the attributes named like these arguments; keyword-only ones it overlooks.
    def __init__(self, prefix: str, spelling: PrefixedSpelling = "uuid", as_uuid: bool = False) -> None:
        super().__init__()
        if spelling not in _SPELLINGS:
            raise ValueError(f"{spelling!r} is no spelling of a PrefixedUUID; {' and '.join(_SPELLINGS)} are.")
        self.prefix = prefix
        self.spelling = spelling
        self.as_uuid = as_uuid
        literal = prefix if grammar.is_prefix(prefix) else f"{prefix}_"
        self._shape = Shape(literal, "canonical" if spelling == "uuid" else "hex")

    def __repr__(self) -> str:
        spelling = "" if self.spelling == "uuid" else f", spelling={self.spelling!r}"
        return f"PrefixedUUID({self.prefix!r}{spelling}{', as_uuid=True' if self.as_uuid else ''})"

    @property
    def python_type(self) -> type[Any]:
        """The type in which values come back."""
        return UUID if self.as_uuid else str

    def process_bind_param(self, value: Any, dialect: Dialect) -> UUID | None:
        """The uuid of a value, for the database.

        Args:
            value: a UUID, a text or None.
            dialect: not used.

        Raises:
            ValueError: the text is no uuid, or has another prefix.
            TypeError: the value is of another type.
        """
        if value is None or isinstance(value, UUID):
            return value
        if not isinstance(value, str):
            raise TypeError(f"{self!r} takes a UUID or text, not {type(value).__name__}: {value!r}.")
        parts = grammar.split(grammar.trim(value))
        if parts is not None and parts.prefix not in ("", self._shape.prefix):
            raise ValueError(f"{value!r} has the prefix {parts.prefix!r}; this column takes {self._shape.prefix!r}.")
        uuid = parse(value)
        if uuid is None:
            raise ValueError(f"{value!r} is neither a uuid nor {self._shape}.")
        return uuid

    def process_result_value(self, value: Any, dialect: Dialect) -> str | UUID | None:
        """A uuid from the database as the program wants it.

        Args:
            value: a UUID or None.
            dialect: not used.
        """
        if value is None:
            return None
        uuid: UUID = value
        return uuid if self.as_uuid else self._shape.render(uuid)
