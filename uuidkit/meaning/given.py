"""Definitions that the user gives instead of an object's own: what they ask and read, told from their words.

Nothing of them is run but their queries and conditions, over the stage, read-only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from uuidkit import lexing
from uuidkit.catalog.names import TableName
from uuidkit.lexing import Token
from uuidkit.meaning import definitions
from uuidkit.meaning.asking import Trial
from uuidkit.meaning.definitions import Facts, Key
from uuidkit.meaning.model import Thing
from uuidkit.meaning.questions import NotToBeAsked, Question

_TRUE = "true"


def named(trial: Trial, rewrites: Mapping[Key, str], schemas: Collection[str]) -> dict[Key, Facts]:
    """What given definitions may use: every relation and function whose name stands in them.

    Args:
        trial: under the search path ``pg_catalog``.
        rewrites: the definitions.
        schemas: those in which relations are looked for.
    """
    # The function that a trigger fires is not called.
    rewrites = {
        key: lexing.clause(text, "WHEN", ("EXECUTE",)) or "" if key[0] == "pg_trigger" else text
        for key, text in rewrites.items()
    }
    words = {key: [_name(token, text) for token in lexing.tokens(text)] for key, text in rewrites.items()}
    every = sorted({word for found in words.values() for word in found if word})
    relations = definitions.relations_named(trial, every, sorted(schemas))
    called = definitions.functions_named(trial, every)
    found = {}
    for key, text in rewrites.items():
        own = set(words[key])
        read = {relation.oid: relation for relation in relations if relation.name.name in own}
        found[key] = Facts(
            True,
            frozenset(read),
            frozenset(oid for name, oid in called if name in _called(text)) - {key[1]},
            _takes_all(lexing.tokens(text)),
            frozenset((oid, column) for oid, relation in read.items() for column in own.intersection(relation.columns)),
        )
    return found


def unqualified(text: str, relations: Collection[TableName]) -> str:
    """A definition in which some relations stand without their schemas.

    Args:
        text: SQL.
        relations: those relations.
    """
    words = lexing.tokens(text)
    pieces = []
    position = 0
    for number in range(len(words) - 2):
        schema, point, name = words[number : number + 3]
        found = (_name(schema, text), point.value, _name(name, text))
        if any(found == (relation.schema, ".", relation.name) for relation in relations):
            pieces.append(text[position : schema.start])
            position = name.start
    return "".join([*pieces, text[position:]])


def query(text: str) -> str:
    """The query of the statement that makes a view.

    Args:
        text: the statement.

    Raises:
        NotToBeAsked: it makes none.
    """
    statement = _statement(text, ("VIEW",))
    found = lexing.clause(statement, "AS", ())
    if found is None:
        raise NotToBeAsked("the definition given makes no view")
    words = lexing.tokens(found)
    last = [token.value.upper() for token in words[-4:]]
    if last[-2:] == ["CHECK", "OPTION"] or last[-1:] == ["DATA"]:
        return found[: next(token.start for token in reversed(words) if token.value.upper() == "WITH")].strip()
    return found


def parts(thing: Thing, text: str, old: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parts of a given definition, as ``definitions.printed`` gives those of the object's own.

    Args:
        thing: the object.
        text: the definition given.
        old: the parts of its own.

    Raises:
        NotToBeAsked: it cannot be taken apart.
    """
    match thing.catalog:
        case "pg_class" if "query" in old:
            return {"query": query(text)}
        case "pg_class":
            return {**old, "predicate": _clause(_statement(text, ("INDEX",)), "WHERE"), **_keys(text, old)}
        case "pg_constraint":
            return {**old, "check": _inside(_statement(text, ("CHECK",)), "CHECK")}
        case "pg_policy":
            statement = _statement(text, ("POLICY",))
            using, check = _inside(statement, "USING"), _inside(statement, "CHECK")
            asked = check or old["with_check"]
            # Where there is no condition of its own for new rows, the other one holds for them.
            return {"using": using or _TRUE, "with_check": (check or using or _TRUE) if asked else None}
        case "pg_trigger":
            return {"trigger": _statement(text, ("TRIGGER",))}
        case "pg_publication_rel":
            return {"filter": _clause(_statement(text, ("PUBLICATION",)), "WHERE")}
        case "pg_attrdef" if old.get("generated"):
            return {**old, "value": _inside(_statement(text, ("COLUMN", "AS")), "AS")}
        case "pg_proc":
            return {**old, "body": _body(text)}
    raise NotToBeAsked(f"a definition given for a {thing.kind} is not tried")


def effective(thing: Thing, old: Mapping[str, Any], new: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parts of an object's own definition, with what holds where the given one has a condition and it has none.

    Args:
        thing: the object.
        old, new: the parts of both.
    """
    if thing.catalog == "pg_policy":
        using = old["using"] or _TRUE
        return {"using": using, "with_check": (old["with_check"] or using) if new["with_check"] else None}
    return old


def paired(old: Sequence[Question], new: Sequence[Question]) -> list[Question]:
    """The questions about an object, each with the text that it will have.

    Args:
        old: those about its own definition.
        new: those about the one given.

    Raises:
        NotToBeAsked: it has other parts.
    """
    found = []
    waiting = list(new)
    for question in old:
        other = next((one for one in waiting if (one.form, one.wording) == (question.form, question.wording)), None)
        if other is not None:
            waiting.remove(other)
        elif question.form != "condition":
            raise NotToBeAsked("the definition given has other expressions")
        text = other.text if other is not None else _TRUE
        if question.text != text or text != _TRUE:
            found.append(replace(question, rewritten=text, given=True))
    for question in waiting:
        if question.form != "condition":
            raise NotToBeAsked("the definition given has other expressions")
        found.append(replace(question, text=_TRUE, rewritten=question.text, given=True))
    return found


def _statement(text: str, words: Collection[str]) -> str:
    """The statement that has one of some key words in it."""
    for statement in lexing.statements(text):
        if any(token.kind == "name" and token.value.upper() in words for token in lexing.tokens(statement)):
            return statement
    raise NotToBeAsked(f"the definition given has no {min(words)} in it")


def _clause(statement: str, word: str) -> str | None:
    return lexing.clause(statement, word, ("WITH", "TABLESPACE"))


def _inside(statement: str, word: str) -> str | None:
    """What stands in parentheses behind a key word."""
    words = lexing.tokens(statement)
    depth = 0
    for number, token in enumerate(words):
        depth += (token.value == "(") - (token.value == ")")
        behind = words[number + 1] if number + 1 < len(words) else token
        if depth == 0 and token.kind == "name" and token.value.upper() == word and behind.value == "(":
            end = _closing(words, number + 1)
            return statement[behind.end : words[end].start].strip()
    return None


def _body(text: str) -> str:
    """The body of a function, in standard SQL."""
    for token, behind in pairwise(lexing.tokens(text)):
        if token.value.upper() == "RETURN" or (token.value.upper(), behind.value.upper()) == ("BEGIN", "ATOMIC"):
            return text[token.start :].strip().removesuffix(";")
    raise NotToBeAsked("the body of the function given is a string")


def _closing(words: Sequence[Token], start: int) -> int:
    depth = 0
    for number in range(start, len(words)):
        if words[number].kind == "other":
            depth += (words[number].value == "(") - (words[number].value == ")")
        if depth == 0:
            return number
    raise NotToBeAsked("the definition given has a parenthesis that is not closed")


def _keys(text: str, old: Mapping[str, Any]) -> Mapping[str, Any]:
    """The expressions among the keys of an index: what stands in parentheses or is a call, options left out."""
    words = lexing.tokens(_statement(text, ("INDEX",)))
    statement = _statement(text, ("INDEX",))
    start = next((n for n, token in enumerate(words) if token.kind == "other" and token.value == "("), None)
    if start is None:
        raise NotToBeAsked("the definition given has no keys")
    end = _closing(words, start)
    values = []
    number = start + 1
    while number < end:
        first = number
        while number < end and words[number].value != ",":
            number = _closing(words, number) + 1 if words[number].value == "(" else number + 1
        inner = [n for n in range(first, number) if words[n].value == "("]
        if inner:
            behind = _closing(words, inner[0])
            values.append(statement[words[first].start : words[behind].end])
        number += 1
    if len(values) != len(old["values"]):
        raise NotToBeAsked("the definition given has other expressions")
    unique = any(token.value.upper() == "UNIQUE" for token in words[:start])
    return {"values": values, "unique": unique and old["unique"]}


def _called(text: str) -> set[str]:
    words = lexing.tokens(text)
    return {_name(token, text) for token, behind in pairwise(words) if behind.value == "("}


def _takes_all(words: Sequence[Token]) -> bool:
    return any(
        token.value == "*" and before.value.upper() in ("SELECT", ".", ",", "DISTINCT", "ALL")
        for before, token in pairwise(words)
    )


def _name(token: Token, text: str) -> str:
    """A name as the catalog holds it; empty for any other word."""
    if token.kind != "name":
        return ""
    return token.value if text[token.start] == '"' else token.value.lower()
