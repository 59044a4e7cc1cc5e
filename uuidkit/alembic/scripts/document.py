"""Dataclasses as plain values and back, so that they can be written into a revision and read from it again. Pure.

Names become the text that SQL writes, what equals its default is left out, and sets are sorted: the same values give
the same document.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from uuidkit.catalog.names import ColumnName, TableName, split
from uuidkit.errors import UsageError

_NAMES: Mapping[type, int] = {TableName: 2, ColumnName: 3}


def to_document(value: Any) -> Any:
    """A value made of dicts, lists and what Python writes as a literal.

    Args:
        value: a dataclass, a container of them, or plain.

    Raises:
        TypeError: something in it is neither.
    """
    if isinstance(value, (TableName, ColumnName)):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: to_document(found)
            for field in fields(value)
            if not field.name.startswith("_") and (found := getattr(value, field.name)) != _default(field)
        }
    if isinstance(value, Mapping):
        return {to_document(key): to_document(found) for key, found in value.items()}
    if isinstance(value, (frozenset, set)):
        return sorted(to_document(found) for found in value)
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [to_document(found) for found in value]
    if isinstance(value, UUID):
        return str(value)
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    raise TypeError(f"{type(value).__name__} cannot be written down")


def from_document(kind: Any, document: Any) -> Any:
    """The value that ``to_document`` wrote.

    Args:
        kind: its type, as an annotation says it.
        document: what was written.

    Raises:
        TypeError, ValueError, KeyError: the document is of another kind.
        UsageError: a name in it is none.
    """
    if document is None:
        return None
    if kind in _NAMES:
        parts = split(document)
        if len(parts) != _NAMES[kind]:
            raise UsageError(f"{document!r} is no {kind.__name__}.")
        return kind(*parts)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{name: from_document(hints[name], found) for name, found in document.items()})
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        [other] = [argument for argument in arguments if argument is not type(None)]
        return from_document(other, document)
    if origin is tuple and arguments[1:] == (...,):
        return tuple(from_document(arguments[0], found) for found in document)
    if origin is tuple:
        return tuple(from_document(one, found) for one, found in zip(arguments, document, strict=True))
    if origin is frozenset:
        return frozenset(from_document(arguments[0], found) for found in document)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {from_document(arguments[0], key): from_document(arguments[1], v) for key, v in document.items()}
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return [from_document(arguments[0], found) for found in document]
    if kind is UUID:
        return UUID(document)
    if origin is Literal or kind in (str, int, float, bool, Any):
        return document
    raise TypeError(f"{kind} cannot be read")


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _default(field: Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default
