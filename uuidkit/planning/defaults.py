"""What a text default becomes when its column becomes uuid.

A default is an expression that PostgreSQL printed; the few forms in which a fresh uuid, or one fixed
identifier, is turned into text are recognised, everything else is left to the user to decide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from uuidkit import ids
from uuidkit.catalog.model import Column
from uuidkit.planning.model import OnUnparseable

# Functions that return a fresh uuid, with the schema that pg_get_expr prints where it is not pg_catalog.
_GENERATOR = re.compile(
    r"""(?:(?:[a-z_][a-z0-9_$]*|"(?:[^"]|"")+")\.)?
        (?:gen_random_uuid|uuidv4|uuidv7|uuid_generate_v1|uuid_generate_v1mc|uuid_generate_v4)\(\)\Z""",
    re.VERBOSE,
)
_TYPE = r"(?:text|character varying(?:\(\d+\))?|character(?:\(\d+\))?|bpchar|name)"
_CAST = re.compile(rf"(?P<inner>.+)::{_TYPE}\Z", re.DOTALL)
_LITERAL = re.compile(rf"'(?P<value>(?:[^']|'')*)'(?:::{_TYPE})?\Z", re.DOTALL)
_CALL = re.compile(r"(?P<name>lower|upper|btrim|replace|concat)\((?P<arguments>.*)\)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Default:
    """The new default.

    Attributes:
        expression: SQL of type uuid, or None for no default.
        understood: False when the old default is none of the known forms.
        why: what was wrong, when it was not understood.
    """

    expression: str | None
    understood: bool = True
    why: str = ""


def default_of(column: Column, on_unparseable: OnUnparseable) -> Default:
    """The uuid default of a text column, its domain's where it has none of its own.

    Args:
        column: as it is.
        on_unparseable: as for ``convert_default``.
    """
    expression = column.default
    if column.domain is not None:
        if expression is None:
            expression = column.domain.default
        elif expression.endswith(cast := f"::{column.domain.name}"):
            # A literal, or an expression in parentheses: the cast is the last thing done.
            expression = expression[: -len(cast)]
    elif expression is not None and column.default_is_uuid:
        return Default(_unwrap(expression))
    return convert_default(expression, on_unparseable)


def convert_default(expression: str | None, on_unparseable: OnUnparseable) -> Default:
    """The uuid default that gives what the text default gave.

    Args:
        expression: the default as pg_get_expr prints it; None for none.
        on_unparseable: decides on a fixed text that is no uuid.
    """
    if expression is None or re.fullmatch(rf"NULL(?:::{_TYPE})?", expression):
        return Default(None)
    literal = _LITERAL.match(expression)
    if literal:
        return _fixed(literal["value"].replace("''", "'"), on_unparseable)
    generator = _fresh(expression)
    if generator is not None:
        return Default(generator)
    return Default(None, understood=False, why="it is none of the forms whose uuid equivalent is known")


def _fixed(text: str, on_unparseable: OnUnparseable) -> Default:
    found = ids.parse(text)
    if found is None and on_unparseable == "derive":
        found = ids.derive(text)
    if found is not None:
        return Default(f"'{found}'::uuid")
    if on_unparseable == "null":
        return Default(None)
    return Default(None, understood=False, why=f"{text!r} is no uuid")


def _fresh(expression: str) -> str | None:
    """The generator in an expression that spells a fresh uuid as text, perhaps behind a prefix."""
    text = _unwrap(expression)
    if _GENERATOR.match(text):
        return text
    md5 = re.fullmatch(r"md5\(.*\)", text, re.DOTALL)
    if md5 and _balanced(text[4:-1]):
        return f"({text})::uuid"  # 32 hexadecimal digits by construction
    call = _CALL.match(text)
    if call and _balanced(call["arguments"]):
        arguments = _split(call["arguments"], ",")
        if call["name"] in ("lower", "upper", "btrim") and len(arguments) == 1:
            return _fresh(arguments[0])
        if call["name"] == "replace" and len(arguments) == 3:
            old, new = (_value(argument) for argument in arguments[1:])
            return _fresh(arguments[0]) if (old, new) in (("-", ""), ("-", "_")) else None
        if call["name"] == "concat" and len(arguments) >= 2:
            return _prefixed(arguments)
        return None
    parts = _split(text, "||")
    return _prefixed(parts) if len(parts) >= 2 else None


def _prefixed(parts: list[str]) -> str | None:
    prefix = [_value(part) for part in parts[:-1]]
    if any(part is None for part in prefix):
        return None
    probe = "".join(part or "" for part in prefix) + "00000000-0000-4000-8000-000000000000"
    return _fresh(parts[-1]) if ids.parse(probe) is not None else None


def _value(argument: str) -> str | None:
    """The text of a literal, or of literals joined by ``||``."""
    text = _unwrap_parentheses(argument.strip())
    parts = _split(text, "||")
    if len(parts) > 1:
        values = [_value(part) for part in parts]
        return None if any(value is None for value in values) else "".join(value or "" for value in values)
    literal = _LITERAL.match(text)
    return None if literal is None else literal["value"].replace("''", "'")


def _unwrap(text: str) -> str:
    """The expression without casts to text and the parentheses around it."""
    while True:
        stripped = _unwrap_parentheses(text.strip())
        cast = _CAST.match(stripped)
        if cast and _is_operand(cast["inner"]):
            stripped = cast["inner"]
        if stripped == text:
            return text
        text = stripped


def _is_operand(text: str) -> bool:
    # 'a'::text || b::text ends in a cast too, but the cast belongs to its last operand only.
    return (text.startswith("(") and _balanced(text[1:-1]) and text.endswith(")")) or (
        re.match(r"[\w.\"]+\(", text) is not None and len(_split(text, "||")) == 1 and _balanced(text)
    )


def _unwrap_parentheses(text: str) -> str:
    while text.startswith("(") and text.endswith(")") and _balanced(text[1:-1]):
        text = text[1:-1].strip()
    return text


def _balanced(text: str) -> bool:
    depth = 0
    for character in _outside_quotes(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0


def _outside_quotes(text: str) -> str:
    """The text with quoted parts blanked out, same length."""
    return re.sub(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"", lambda m: "_" * len(m[0]), text)


def _split(text: str, separator: str) -> list[str]:
    """Parts between separators that stand outside of quotes and parentheses."""
    bare = _outside_quotes(text)
    parts, depth, start = [], 0, 0
    for position, character in enumerate(bare):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0 and bare.startswith(separator, position):
            parts.append(text[start:position].strip())
            start = position + len(separator)
    parts.append(text[start:].strip())
    return parts
