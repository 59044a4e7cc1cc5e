"""New definitions that mean the same: each literal that is an old id becomes its uuid."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from psycopg import sql

from uuidkit.catalog.names import TableName
from uuidkit.composing import text_of
from uuidkit.ids import parse
from uuidkit.meaning import lexing
from uuidkit.meaning.lexing import Token

_TEXT_TYPES = ("text", "varchar", "bpchar", "character")


def old_ids(texts: Iterable[str], uuids: Mapping[str, str | None], known: Collection[str]) -> dict[str, str]:
    """The literals of definitions that are old ids, with their uuids.

    Args:
        texts: the definitions.
        uuids: what texts become.
        known: texts that occur in a converted column: old ids even where they hold no uuid.
    """
    found = {}
    for text in texts:
        for literal in lexing.literals(text):
            uuid = uuids.get(literal)
            if uuid is not None and uuid != literal and (literal in known or parse(literal) is not None):
                found[literal] = uuid
    return found


def new_default(view: TableName, column: str, uuid: str) -> str:
    """The statement that gives a view's column a uuid as its default.

    Args:
        view, column: whose default it is.
        uuid: the uuid.
    """
    statement = sql.SQL("ALTER VIEW {} ALTER COLUMN {} SET DEFAULT {}::uuid;")
    return text_of(statement.format(view.identifier, sql.Identifier(column), sql.Literal(uuid)))


def rewritten(text: str, uuids: Mapping[str, str], columns: Collection[str]) -> Iterator[str]:
    """The definition as it may fit uuids: with its old ids as uuids, and its columns compared as uuids.

    The first way compares uuids with uuids, the second one texts with texts. Nothing where there is nothing to rewrite.

    Args:
        text: SQL as the server prints it.
        uuids: old ids with their uuids.
        columns: names of the converted columns.
    """
    words = lexing.tokens(text)
    first = _rewrite(text, words, uuids, columns, as_uuid=True)
    if first != text:
        yield first
    if any(token.kind == "string" and token.value in uuids for token in words):
        yield _rewrite(text, words, uuids, columns, as_uuid=False)


def _rewrite(
    text: str, words: Sequence[Token], uuids: Mapping[str, str], columns: Collection[str], *, as_uuid: bool
) -> str:
    pieces: list[str] = []
    position = 0
    number = 0
    while number < len(words):
        token = words[number]
        behind = number + 1
        if token.kind == "string" and token.value in uuids:
            pieces += [text[position : token.start], text_of(sql.Literal(uuids[token.value]))]
            position = token.end
            if as_uuid:
                pieces.append("::uuid")
                behind = _cast(words, behind) or behind
                position = words[behind - 1].end
        elif as_uuid and (column := _column_as_text(words, number, columns)) is not None:
            # (column)::text compares as a uuid where the cast is left out.
            first, last, behind = column
            pieces += [text[position : token.start], text[words[first].start : words[last].end]]
            position = words[behind - 1].end
        number = behind
    return "".join([*pieces, text[position:]])


def _cast(words: Sequence[Token], number: int) -> int | None:
    """The place behind a cast to a text type that begins here; None where there is none."""
    if number + 1 >= len(words) or words[number].kind != "cast" or words[number + 1].value not in _TEXT_TYPES:
        return None
    number += 2
    if number < len(words) and words[number].value == "varying":
        number += 1
    if number + 2 < len(words) and words[number].value == "(" and words[number + 1].kind == "number":
        number += 3
    if number < len(words) and words[number].value == "[":
        return None
    return number


def _column_as_text(words: Sequence[Token], number: int, columns: Collection[str]) -> tuple[int, int, int] | None:
    """First and last word of a column that is cast to text here, and the place behind the cast; None without one."""
    if words[number].kind != "other" or words[number].value != "(":
        return None
    last = number + 1
    while last + 2 < len(words) and words[last].kind == "name" and words[last + 1].value == ".":
        last += 2
    if last + 1 >= len(words) or words[last].kind != "name" or words[last].value not in columns:
        return None
    behind = _cast(words, last + 2) if words[last + 1].value == ")" else None
    return None if behind is None else (number + 1, last, behind)
