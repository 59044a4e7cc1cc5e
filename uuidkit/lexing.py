"""The words of a definition as the server prints it: its literals, the settings it reads, its clauses.

Source: PostgreSQL, chapter "Lexical Structure".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(
    r"""
      (?P<space>\s+|--[^\n]*|/\*.*?\*/)
    | (?P<escaped>[eE]'(?:[^'\\]|''|\\.)*')
    | (?P<string>'(?:[^']|'')*')
    | (?P<dollar>\$(?P<tag>[A-Za-z_]\w*|)\$.*?\$(?P=tag)\$)
    | (?P<quoted>"(?:[^"]|"")+")
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<name>[^\W\d][\w$]*)
    | (?P<cast>::)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


# Of the names of types that are several words, all but the first.
_OF_TYPES = frozenset({"varying", "with", "without", "time", "zone", "precision"})


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a definition.

    Attributes:
        kind: ``string``, ``number``, ``name`` (quoted ones too), ``cast`` (``::``) or ``other``.
        value: what it stands for: the text of a string, a name as the catalog holds it.
        start, end: where it is in the text.
    """

    kind: str
    value: str
    start: int
    end: int


@lru_cache(maxsize=2048)
def tokens(text: str) -> tuple[Token, ...]:
    """All words of a definition, without white space and comments.

    Args:
        text: SQL as the server prints it, or the body of a function.
    """
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        word = match[0]
        match kind:
            case "space":
                continue
            case "string":
                kind, word = "string", word[1:-1].replace("''", "'")
            case "escaped":
                kind, word = "string", re.sub(r"\\(.)", r"\1", word[2:-1].replace("''", "'"))
            case "quoted":
                kind, word = "name", word[1:-1].replace('""', '"')
        if match["dollar"] is not None:
            kind, word = "other", match[0]
        found.append(Token(kind, word, match.start(), match.end()))
    return tuple(found)


def literals(text: str) -> list[str]:
    """The text constants of a definition in order, each once; the elements of an array constant one by one.

    Args:
        text: SQL as the server prints it.
    """
    found: dict[str, None] = {}
    words = tokens(text)
    for number, token in enumerate(words):
        if token.kind != "string" or _names_a_setting(words, number):
            continue
        found[token.value] = None
        if token.value.startswith("{") and token.value.endswith("}"):
            for element in token.value[1:-1].split(","):
                found[element.strip('"')] = None
    return list(found)


def numbers(text: str) -> list[int]:
    """The whole numbers of a definition, each once.

    Args:
        text: SQL as the server prints it.
    """
    return list(dict.fromkeys(int(token.value) for token in tokens(text) if token.value.isdecimal()))


def constants(text: str) -> list[tuple[str, str]]:
    """The text constants with a type of their own, each once: value and type, which has no modifier.

    Args:
        text: SQL as the server prints it.
    """
    found: dict[tuple[str, str], None] = {}
    words = tokens(text)
    for number, token in enumerate(words[:-2]):
        if token.kind != "string" or words[number + 1].kind != "cast":
            continue
        first = end = words[number + 2]
        for word in words[number + 3 :]:
            if word.kind != "name" and word.value not in (".", "[", "]"):
                break
            if word.kind == "name" and end.value != "." and word.value.lower() not in _OF_TYPES:
                break
            end = word
        found[token.value, text[first.start : end.end]] = None
    return list(found)


def settings(text: str) -> tuple[list[str], bool]:
    """The settings that ``current_setting`` is asked for, and whether all of their names are constants.

    Args:
        text: SQL as the server prints it, or the body of a function.
    """
    words = tokens(text)
    names: dict[str, None] = {}
    constant = True
    for number, token in enumerate(words):
        if token.kind == "name" and token.value.lower() == "current_setting":
            if number + 2 < len(words) and words[number + 2].kind == "string":
                names[words[number + 2].value] = None
            else:
                constant = False
    return list(names), constant


def keys(text: str) -> tuple[list[str], list[str]]:
    """The keys of JSON documents that are asked for: those of values (``->>``), and those of parts (``->``).

    Args:
        text: SQL as the server prints it, or the body of a function.
    """
    words = tokens(text)
    values: dict[str, None] = {}
    parts: dict[str, None] = {}
    for first, second, token in zip(words, words[1:], words[2:], strict=False):
        if token.kind == "string" and second.value == ">" and first.value in ("-", ">"):
            (values if first.value == ">" else parts)[token.value] = None
    return list(values), list(parts)


def documents(text: str) -> list[str]:
    """The settings that hold a JSON document, as their value is cast to json or jsonb close behind.

    Args:
        text: SQL as the server prints it, or the body of a function.
    """
    words = tokens(text)
    found: dict[str, None] = {}
    for number, token in enumerate(words):
        if token.kind != "string" or not _names_a_setting(words, number):
            continue
        for cast, name in zip(words[number + 1 : number + 12], words[number + 2 : number + 13], strict=False):
            if cast.value.lower() == "current_setting":
                break
            if cast.kind == "cast" and name.value.lower() in ("json", "jsonb"):
                found[token.value] = None
                break
    return list(found)


def hints(text: str, columns: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Columns with a constant that stands close behind them: values that the definition looks for.

    Args:
        text: SQL as the server prints it.
        columns: names of columns.
    """
    words = tokens(text)
    for number, token in enumerate(words):
        if token.kind == "name" and token.value in columns:
            for other in range(number + 1, min(number + 10, len(words))):
                if words[other].kind in ("string", "number") and not _names_a_setting(words, other):
                    yield token.value, words[other].value
                    break
                if words[other].kind == "name" and words[other].value in ("AND", "OR", *columns):
                    break
                if words[other].value == "NULL" and words[other - 1].value == "IS":
                    yield token.value, None
                    break


def mentions(text: str, names: Sequence[str]) -> str | None:
    """The first of some names that a text has as a whole word, in any case; None without one.

    Args:
        text: the body of a function.
        names: names as the catalog holds them.
    """
    wanted = {name.lower(): name for name in reversed(names)}
    found = re.findall(r"[\w$]+", text.lower())
    return next((wanted[word] for word in found if word in wanted), None) or next(
        (name for name in names if not re.fullmatch(r"[\w$]+", name) and name.lower() in text.lower()), None
    )


def clause(text: str, word: str, ends: Sequence[str]) -> str | None:
    """What follows a word in a definition, up to one of the words that end it; None where the word is not there.

    Args:
        text: SQL as the server prints it.
        word: a key word outside of parentheses, such as ``WHEN``.
        ends: the key words that may follow, outside of parentheses.
    """
    depth = 0
    start = None
    for token in tokens(text):
        if token.value == "(" and token.kind == "other":
            depth += 1
        elif token.value == ")" and token.kind == "other":
            depth -= 1
        elif depth == 0 and token.kind == "name" and text[token.start] != '"':
            if start is None and token.value.upper() == word:
                start = token.end
            elif start is not None and token.value.upper() in ends:
                return text[start : token.start].strip()
    return None if start is None else text[start:].strip()


def without(text: str, word: str, ends: Sequence[str]) -> str:
    """A definition without one of its clauses.

    Args:
        text, word, ends: as for ``clause``.
    """
    found = clause(text, word, ends)
    if found is None:
        return text
    behind = clause(text, word, ())
    head = text[: text.rindex(behind)] if behind else text
    words = tokens(head)
    return f"{head[: words[-1].start]}{(behind or '').removeprefix(found).strip()}".strip()


def statements(text: str) -> list[str]:
    """The statements of a text, parted by semicolons.

    Args:
        text: SQL as the server prints it.
    """
    found = []
    start = 0
    for token in tokens(text):
        if token.kind == "other" and token.value == ";":
            found.append(text[start : token.start].strip())
            start = token.end
    return [statement for statement in [*found, text[start:].strip()] if statement]


def _names_a_setting(words: Sequence[Token], number: int) -> bool:
    return number >= 2 and words[number - 1].value == "(" and words[number - 2].value.lower() == "current_setting"
