"""The places where a definition may be made to fit uuids: old ids in it, columns that are compared as texts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from psycopg import sql

from uuidkit import lexing
from uuidkit.composing import text_of
from uuidkit.ids import parse
from uuidkit.lexing import Token

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


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a definition where it may be made to fit uuids.

    Attributes:
        kind: ``literal``: an old id, which becomes its uuid; ``word``: the same, and stays a text; ``text``: a
            converted column cast to text, whose cast is left out; ``column``: one without a cast, which gets one;
            ``cast``: anything else in parentheses that is cast to text, whose cast is left out.
        first, last: its words.
        inner: the column's words, or those of the literal.
        uuid: of a literal.
    """

    kind: Literal["literal", "word", "text", "column", "cast"]
    first: int
    last: int
    inner: tuple[int, int]
    uuid: str = ""


Choice = frozenset[Place]


def places(text: str, uuids: Mapping[str, str], columns: Collection[str]) -> list[Place]:
    """Everywhere that a definition may be made to fit uuids.

    Args:
        text: SQL as the server prints it.
        uuids: old ids with their uuids.
        columns: names of the converted columns.
    """
    words = lexing.tokens(text)
    found: list[Place] = []
    number = 0
    while number < len(words):
        token = words[number]
        behind = number + 1
        if token.kind == "string" and token.value in uuids:
            last = (_cast(words, behind) or behind) - 1
            found.append(Place("literal", number, last, (number, number), uuids[token.value]))
            found.append(Place("word", number, number, (number, number), uuids[token.value]))
            behind = last + 1
        elif (column := _column_as_text(words, number, columns)) is not None:
            first, last, behind = column
            found.append(Place("text", number, behind - 1, (first, last)))
        elif (last_word := _column(words, number, columns)) is not None:
            found.append(Place("column", number, last_word, (number, last_word)))
            behind = last_word + 1
        elif (inner := _as_text(words, number)) is not None:
            closing, last = inner
            found.append(Place("cast", number, last, (number, closing)))
        number = behind
    return found


def beginnings(places: Collection[Place]) -> Iterator[Choice]:
    """Where a search begins: uuids compared with uuids; texts with texts; the definition as it is.

    Args:
        places: all of a definition.
    """
    for kinds in (("literal", "text"), ("word",), ()):
        choice = frozenset(place for place in places if place.kind in kinds)
        if choice or not kinds:
            yield choice


def casts(text: str, columns: Collection[str]) -> bool:
    """Whether a definition casts a converted column to anything but uuid.

    Args:
        text: SQL.
        columns: names of the converted columns.
    """
    words = lexing.tokens(text)
    for number, token in enumerate(words):
        if token.kind == "name" and token.value in columns:
            rest = words[number + 1 :]
            rest = rest[1:] if rest and rest[0].value == ")" else rest
            if len(rest) > 1 and rest[0].kind == "cast" and rest[1].value.lower() != "uuid":
                return True
    return False


def apply(text: str, chosen: Iterable[Place]) -> str:
    """The definition, changed in some places.

    Args:
        text: SQL as the server prints it.
        chosen: places of it that do not overlap.
    """
    words = lexing.tokens(text)
    pieces: list[str] = []
    position = 0
    for place in sorted(chosen, key=lambda place: place.first):
        inner = text[words[place.inner[0]].start : words[place.inner[1]].end]
        match place.kind:
            case "literal":
                inner = f"{text_of(sql.Literal(place.uuid))}::uuid"
            case "word":
                inner = text_of(sql.Literal(place.uuid))
            case "column":
                inner = f"({inner})::text"
        pieces += [text[position : words[place.first].start], inner]
        position = words[place.last].end
    return "".join([*pieces, text[position:]])


def positions(text: str, chosen: Collection[Place], asked: Collection[Place]) -> dict[Place, tuple[int, int]]:
    """Where places stand in the definition once it is changed in some of them.

    Args:
        text: SQL as the server prints it.
        chosen: the places that are changed.
        asked: any places.
    """
    words = lexing.tokens(text)
    found = {}
    for place in asked:
        before = [other for other in chosen if other.last < place.first]
        start = words[place.first].start
        start += len(apply(text[:start], before)) - start if before else 0
        own = [place] if place in chosen else []
        end = words[place.last].end
        length = len(apply(text, own)) - len(text) + end - words[place.first].start
        found[place] = (start, start + length)
    return found


def within(chosen: Mapping[str, Choice], whole: str) -> Choice | None:
    """The same places in a complete definition, with names in full; None where one of the texts is not found in it.

    A text that stands there more than once is meant each time, as a policy has one condition twice; one that is a part
    of another is not meant there.

    Args:
        chosen: parts of the definition, as the server prints them under a search path, with places in each.
        whole: all of it, as it prints under none.
    """
    all_words = lexing.tokens(whole)
    taken: set[int] = set()
    moved: set[Place] = set()
    for text in sorted(chosen, key=len, reverse=True):
        words = lexing.tokens(text)
        found = False
        for start in range(len(all_words)):
            at = _aligned(words, all_words, start)
            if at is None or not taken.isdisjoint(at):
                continue
            found = True
            taken.update(range(start, at[-1] + 1))
            moved.update(
                Place(p.kind, at[p.first], at[p.last], (at[p.inner[0]], at[p.inner[1]]), p.uuid) for p in chosen[text]
            )
        if not found:
            return None
    return frozenset(moved)


def _aligned(words: Sequence[Token], whole: Sequence[Token], start: int) -> list[int] | None:
    """Where each word stands in a sequence of words that has schemas before some names; None where one is missing."""
    found = []
    at = start
    for number, word in enumerate(words):
        follows = words[number + 1].value if number + 1 < len(words) else ""
        if at + 2 < len(whole) and whole[at].kind == "name" and whole[at + 1].value == "." and follows != ".":
            at += 2
        if at >= len(whole) or (whole[at].kind, whole[at].value) != (word.kind, word.value):
            return None
        found.append(at)
        at += 1
    return found


def _column(words: Sequence[Token], number: int, columns: Collection[str]) -> int | None:
    """The last word of a column that begins here without a cast; None where there is none."""
    if words[number].kind != "name" or (number and words[number - 1].value.upper() in ("AS", ".")):
        return None
    last = number
    while last + 2 < len(words) and words[last + 1].value == "." and words[last + 2].kind == "name":
        last += 2
    behind = words[last + 1].value if last + 1 < len(words) else ""
    return last if words[last].value in columns and behind not in ("(", ".") else None


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


def _as_text(words: Sequence[Token], number: int) -> tuple[int, int] | None:
    """The word that closes the parenthesis opened here, and the last one of a cast to text behind it."""
    if words[number].kind != "other" or words[number].value != "(":
        return None
    depth = 0
    for closing in range(number, len(words)):
        if words[closing].kind == "other":
            depth += (words[closing].value == "(") - (words[closing].value == ")")
        if depth == 0:
            behind = _cast(words, closing + 1)
            return None if behind is None else (closing, behind - 1)
    return None


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
