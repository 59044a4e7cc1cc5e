"""Column types for SQLAlchemy models on a converted schema."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, get_args, overload
from uuid import UUID

from sqlalchemy import Dialect, Uuid
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.types import TypeDecorator

from uuidkit.ids import Shape, grammar, parse

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

PrefixedSpelling = Literal["uuid", "hex"]
Value = TypeVar("Value", bound=str | UUID)

_SPELLINGS: Final = get_args(PrefixedSpelling)
_ANY_DIALECT: Final = DefaultDialect()


class PrefixedUUID(TypeDecorator[Value]):
    """A uuid column whose values the program writes and reads with a prefix, such as ``batch_<uuid>``.

    The database holds a uuid of 16 bytes. A value is given as a UUID, as text with the prefix before a uuid in any
    spelling, or as the bare text of a uuid; it comes back as text with the prefix, or as a UUID.

    ``Annotated[str, PrefixedUUID("batch")]`` is the same for Pydantic 2, and so for FastAPI's parameters: it takes
    these spellings, refuses all else, and shows the text with the prefix.

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

    @overload
    def __init__(
        self: PrefixedUUID[str], prefix: str, spelling: PrefixedSpelling = ..., as_uuid: Literal[False] = ...
    ) -> None: ...
    @overload
    def __init__(
        self: PrefixedUUID[UUID], prefix: str, spelling: PrefixedSpelling = ..., *, as_uuid: Literal[True]
    ) -> None: ...
    @overload
    def __init__(self: PrefixedUUID[UUID], prefix: str, spelling: PrefixedSpelling, as_uuid: Literal[True]) -> None: ...

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
        return None if value is None else self._uuid(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """A uuid from the database as the program wants it: text, or a UUID with ``as_uuid``.

        Args:
            value: a UUID or None.
            dialect: not used.
        """
        if value is None or self.as_uuid:
            return value
        return self._shape.render(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """How Pydantic reads and writes a value annotated with this type.

        Args:
            source: the annotated type; not used.
            handler: Pydantic's own; not used.
        """
        from pydantic_core import core_schema

        spelled = {"canonical": "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "hex": "[0-9a-f]{32}"}[
            self._shape.spelling
        ]
        shown = core_schema.str_schema(pattern=f"^{re.escape(self._shape.prefix)}{spelled}$")
        return core_schema.no_info_plain_validator_function(
            self._validated,
            json_schema_input_schema=core_schema.str_schema(),
            serialization=core_schema.plain_serializer_function_ser_schema(
                self._shown, when_used="json-unless-none", return_schema=shown
            ),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        """The JSON Schema, with a value to look at.

        Args:
            schema: as made above.
            handler: Pydantic's own.
        """
        example = self._shape.render(UUID("01234567-89ab-4def-8123-456789abcdef"))
        return {**handler(schema), "examples": [example]}

    def _validated(self, value: Any) -> Any:
        try:
            uuid = self._uuid(value)
        except TypeError as error:  # which Pydantic would let through
            raise ValueError(str(error)) from None
        return self.process_result_value(uuid, _ANY_DIALECT)

    def _shown(self, value: Any) -> str:
        return self._shape.render(self._uuid(value))

    def _uuid(self, value: Any) -> UUID:
        if isinstance(value, UUID):
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
