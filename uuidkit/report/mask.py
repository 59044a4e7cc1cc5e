"""Hiding what users keep in their tables from a report that is to be shown to others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_JOINTS = frozenset(" _-.:/@")
# Messages show values as repr() does: in single quotes, or in double quotes when they have an apostrophe themselves.
# Double quotes without one are those of a name, and what follows an option is to be typed as it stands.
_VALUE = re.compile(
    r"""  --(?:allow|rewrite|include|exclude)\ (?:'[^']*'|"[^"]*")+
        | (?<!\w)'(?:[^'\\]|\\.)*'
        | "(?=[^"]*')(?:[^"\\]|\\.)*"
        | \b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b""",
    re.VERBOSE,
)


def mask(value: str) -> str:
    """The value's outline: letters become ``x``, digits ``9``, everything else but common joints ``?``.

    The outline of an id that could not be parsed says what kind it is; what it says, and about whom, is gone.

    Args:
        value: a value from the database.
    """
    return "".join(_outline(character) for character in value)


def _outline(character: str) -> str:
    if character in _JOINTS:
        return character
    if character.isdigit():
        return "9"
    return "x" if character.isalpha() else "?"


def mask_all(value: Any) -> Any:
    """Every text within a structure masked; keys, numbers and truth values stay, other scalars go.

    Args:
        value: mappings, sequences and scalars, nested.
    """
    if isinstance(value, Mapping):
        return {key: mask_all(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [mask_all(item) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return mask(str(value))


def mask_message(message: str) -> str:
    """A sentence with every value that it quotes masked, and every uuid.

    Args:
        message: a blocker's message or remedy, or a note.
    """
    return _VALUE.sub(lambda match: _masked_value(match.group()), message)


def _masked_value(quoted: str) -> str:
    if quoted.startswith("--"):
        return quoted
    if quoted[0] not in "'\"":
        return mask(quoted)
    return f"'{mask(quoted[1:-1])}'"
