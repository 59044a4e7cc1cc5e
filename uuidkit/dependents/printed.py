"""Definitions as PostgreSQL prints them, in words that it reads as what they were printed from. Pure.

``status IN ('new', 'done')`` over a varchar column is printed as ``status::text = ANY ((ARRAY['new'::varchar,
'done'::varchar])::text[])``. Read again, the cast of such an array becomes one of each element: it means the same, but
is another definition, and no dump is any more what it was. The cast was PostgreSQL's own; without it, it comes back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from uuidkit.lexing import Token, tokens

_LITERALS = frozenset({"null", "true", "false"})


def as_it_was(definition: str, *, constants: bool = False) -> str:
    """A definition without the casts of ARRAY constructs, which the server adds by itself.

    Args:
        definition: SQL as the server prints it.
        constants: whether arrays that read columns keep theirs, as these may be of another type by now.
    """
    if "ARRAY[" not in definition:
        return definition
    kept, last = [], 0
    for start, end in _casts(tokens(definition), constants):
        kept.append(definition[last:start])
        last = end
    return "".join([*kept, definition[last:]])


def _casts(words: Sequence[Token], constants: bool) -> Iterator[tuple[int, int]]:
    """Where the cast behind each ``(ARRAY[…])`` begins and ends; statistics are printed without the parentheses."""
    opened: list[int] = []
    for number, word in enumerate(words):
        if word.kind != "other" or word.value not in ("[", "]"):
            continue
        if word.value == "[":
            opened.append(number)
            continue
        first = opened.pop()
        if first + 1 == number or not _is_construct(words, first):
            continue
        behind = [other.value for other in words[number + 1 : number + 3]]
        cast = number + 1 + (behind == [")", "::"] and words[first - 2].value == "(")
        if cast == len(words) or words[cast].kind != "cast":
            continue
        if not constants or _constant(words[first + 1 : number]):
            last = next(n for n in range(cast, len(words)) if words[n].value == "]")
            yield words[cast].start, words[last].end


def _is_construct(words: Sequence[Token], bracket: int) -> bool:
    """Whether a bracket is that of ``ARRAY[``, and not that of an element of a column, be it called "ARRAY"."""
    word = words[bracket - 1]
    return bracket > 0 and word.value == "ARRAY" and word.end - word.start == len(word.value)


def _constant(words: Sequence[Token]) -> bool:
    """Whether an array's elements are constants alone, be it under casts."""
    of_type = False
    for word in words:
        if word.kind == "name" and not of_type and word.value.lower() not in _LITERALS:
            return False
        # The name of a type goes on up to a comma or a parenthesis: character varying, "my schema".mood.
        of_type = word.kind == "cast" or (of_type and (word.kind == "name" or word.value == "."))
    return True
