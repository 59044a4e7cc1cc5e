"""What is asked about one object: its conditions, its values, or its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

from psycopg import sql

from uuidkit import lexing
from uuidkit.composing import text_of
from uuidkit.meaning.model import Thing
from uuidkit.meaning.stage import Side

Form = Literal["condition", "value", "rows", "default"]


@dataclass(frozen=True, slots=True)
class Wording:
    """How an answer is said: what held before when it was true or false, and what holds now."""

    was_true: str
    was_false: str
    is_true: str
    is_false: str

    def difference(self, before: bool, after: bool) -> str:
        """A difference as half a sentence.

        Args:
            before, after: the answers.
        """
        return f"{self.was_true if before else self.was_false}, now {self.is_true if after else self.is_false}"


_SHOWS = Wording("showed it", "hid it", "shows it", "hides it")
_ACCEPTS = Wording("accepted it", "refused it", "accepts it", "refuses it")
_HOLDS = Wording("held it", "left it out", "holds it", "leaves it out")
_FIRES = Wording("fired for it", "did not fire for it", "fires", "does not fire")
_SENDS = Wording("sent it", "did not send it", "sends it", "does not send it")
_APPLIES = Wording("applied to it", "did not apply to it", "applies", "does not apply")


@dataclass(frozen=True, slots=True)
class Question:
    """One question about one object.

    Attributes:
        text: the expression or query, as the server prints it.
        table: oid of the table whose rows a condition or value is about; 0 for a query.
        null: what NULL counts as in a condition.
        pairs: whether the condition is about an old row and a new one.
        wording: how the answer to a condition is said.
        unique: whether equal values are forbidden.
        columns: names of a query's columns; empty where it is not known.
        name, arguments: of a function: its name, names and types of its parameters.
        rewritten: the text after the conversion where it is another one.
        given: whether that text is the user's.
        computed: whether it is worked out for every row when the object is made, so that a row that it fails for, or
            that a constraint refuses, keeps it from being made.
        follows: whether the types of what comes out of a function are those of a table's columns.
        reads: the columns of its own table that the object reads; None where that is not known.
    """

    thing: Thing
    form: Form
    text: str
    table: int = 0
    null: bool = False
    pairs: bool = False
    wording: Wording = _ACCEPTS
    unique: bool = False
    columns: tuple[str, ...] = ()
    name: str = ""
    arguments: tuple[tuple[str, str], ...] = ()
    rewritten: str = ""
    given: bool = False
    computed: bool = False
    follows: bool = False
    reads: frozenset[str] | None = None

    def over_view(self, columns: Sequence[str]) -> Question:
        """The same question about the rows of a view, which have no numbers: each row with its answer.

        Args:
            columns: names of the view's columns.
        """
        view = text_of(sql.Identifier(self.thing.table.name))
        answer = f"coalesce({self.text}, {self.null})" if self.form == "condition" else self.text
        query = f"SELECT {view}.*, {answer} FROM {view}"  # noqa: S608 -- a printed expression and a quoted name
        return replace(self, form="rows", text=query, columns=(*columns, "uuidkit answer"))

    def text_on(self, side: Side) -> str:
        """The text that is tried before the conversion, or after it."""
        return self.rewritten if side == "new" and self.rewritten else self.text

    def with_rewritten(self, text: str) -> Question:
        """The same question, with another text after the conversion."""
        return replace(self, rewritten=text)


class NotToBeAsked(Exception):
    """What an object does cannot be tried; the message says why."""


def questions(thing: Thing, parts: Mapping[str, Any], table: int, columns: tuple[str, ...]) -> list[Question]:
    """Everything that has to be asked about an object; nothing where it holds no expression.

    Args:
        thing: the object.
        parts: of its definition, as ``definitions.printed`` gives them.
        table: oid of the table that it hangs on.
        columns: of a view, the names of its columns.

    Raises:
        NotToBeAsked: it writes, or its form is not one that can be tried.
    """

    def condition(
        text: str | None, wording: Wording, *, null: bool = False, pairs: bool = False, computed: bool = False
    ) -> list[Question]:
        if not text:
            return []
        return [Question(thing, "condition", text, table, null=null, pairs=pairs, wording=wording, computed=computed)]

    match thing.catalog:
        case "pg_class" if "query" in parts:
            return [Question(thing, "rows", parts["query"], columns=columns)]
        case "pg_class":
            values = [
                Question(thing, "value", text, table, unique=parts["unique"], computed=True) for text in parts["values"]
            ]
            return [*condition(parts["predicate"], _HOLDS), *values]
        case "pg_constraint":
            return condition(parts["check"], _ACCEPTS, null=True, computed=parts["validated"])
        case "pg_policy":
            return [*condition(parts["using"], _SHOWS), *condition(parts["with_check"], _ACCEPTS)]
        case "pg_trigger":
            # What stands in the clause is about the rows called old and new.
            return condition(lexing.clause(parts["trigger"], "WHEN", ("EXECUTE",)), _FIRES, pairs=True)
        case "pg_rewrite":
            action = lexing.clause(parts["rule"], "DO", ()) or ""
            words = [token.value for token in lexing.tokens(action) if token.value != ";"]
            if words[-1:] != ["NOTHING"]:
                raise NotToBeAsked("its commands write, and what they would write cannot be tried")
            return condition(lexing.clause(parts["rule"], "WHERE", ("DO",)), _APPLIES, pairs=True)
        case "pg_attrdef" if parts["generated"]:
            return [Question(thing, "value", f"({parts['value']})::{parts['type']}", table, computed=True)]
        case "pg_attrdef":
            # The default of a view's column beside the column itself: both have to become uuids, or neither.
            view, column = (text_of(sql.Identifier(name)) for name in (thing.table.name, parts["column"]))
            query = f"SELECT {parts['value']}, v.{column} FROM (SELECT) AS one LEFT JOIN {view} AS v ON false"  # noqa: S608 -- as above
            return [Question(thing, "default", query, columns=("value", "column"))]
        case "pg_publication_rel":
            return condition(parts["filter"], _SENDS)
        case "pg_statistic_ext":
            return [Question(thing, "value", text, table) for text in parts["values"] or ()]
        case "pg_proc":
            return [_function(thing, parts)]
    raise NotToBeAsked(f"nothing is known about how to try a {thing.kind}")


def _function(thing: Thing, parts: Mapping[str, Any]) -> Question:
    body = (parts["body"] or "").strip()
    words = lexing.tokens(body)
    first = words[0].value.upper() if words else ""
    if first == "RETURN":
        query = f"SELECT {body[words[0].end :].strip()}"
    elif first == "BEGIN" and words[-1].value.upper() == "END":
        statements = lexing.statements(body[words[1].end : words[-1].start])
        if len(statements) != 1:
            raise NotToBeAsked("its body has more than one statement")
        query = statements[0]
    else:
        raise NotToBeAsked("its body cannot be taken apart")
    if lexing.tokens(query)[0].value.upper() not in ("SELECT", "WITH", "VALUES", "TABLE") or any(
        token.kind == "name" and token.value in ("INSERT", "UPDATE", "DELETE", "MERGE")
        for token in lexing.tokens(query)
    ):
        raise NotToBeAsked("its body writes, and what it would write cannot be tried")
    modes = parts["modes"] or ["i"] * len(parts["types"])
    names = list(parts["arguments"]) or [""] * len(parts["types"])
    inputs = [name for name, mode in zip(names, modes, strict=True) if mode in ("i", "b", "v")]
    # A parameter without a name stands in the body with its number.
    inputs = [name or _numbered(number) for number, name in enumerate(inputs, 1)]
    query = _with_names(query)
    outputs = [name for name, mode in zip(names, modes, strict=True) if mode in ("o", "b", "t")]
    if parts["result"] is None:
        raise NotToBeAsked("it is a procedure")
    return Question(
        thing,
        "rows",
        query,
        columns=tuple(f"uuidkit {number}" for number in range(len(outputs) or len(parts["row"]) or 1)),
        follows=bool(parts["row"]),
        name=parts["name"],
        arguments=tuple(zip(inputs, parts["types"], strict=True)),
    )


def _numbered(number: int) -> str:
    return f"uuidkit parameter {number}"


def _with_names(query: str) -> str:
    """The query with a name for each parameter that stands in it with its number."""
    pieces = []
    position = 0
    for sign, number in pairwise(lexing.tokens(query)):
        if sign.value == "$" and sign.kind == "other" and number.kind == "number" and sign.end == number.start:
            pieces += [query[position : sign.start], text_of(sql.Identifier(_numbered(int(number.value))))]
            position = number.end
    return "".join([*pieces, query[position:]])
