"""What writes cannot be tried; whether it can be made over uuids at all is found out by making it, and undoing that.

It is made over empty temporary tables in a savepoint that is rolled back. A rule or a function body that puts a uuid
into a text, or a text into a uuid, is refused when it is made, so that no ``--allow`` would help.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from psycopg import sql

from uuidkit import lexing
from uuidkit.composing import joined, raw
from uuidkit.meaning import props
from uuidkit.meaning.asking import Trial
from uuidkit.meaning.evaluation import SIDES, Failure
from uuidkit.meaning.matters import Matter
from uuidkit.meaning.model import Judgement
from uuidkit.meaning.stage import Stage
from uuidkit.meaning.trying import Trying


def judged(trial: Trial, trying: Trying, members: Sequence[Matter]) -> Iterator[tuple[Matter, Judgement]]:
    """The judgement of each rule and function that cannot be put back; nothing of the others.

    Args:
        trial: under any search path.
        trying: knows what columns become.
        members: objects that are not tried.
    """
    for matter in members:
        if matter.given or not matter.parts or matter.thing.catalog not in ("pg_rewrite", "pg_proc"):
            continue
        refused = _refusal(trial, trying.empty_stage(matter), matter)
        if refused is not None:
            why = f"the {matter.thing.kind} cannot be put back over uuids: {refused.message}"
            yield matter, Judgement("changed", why, fails=True)


def _refusal(trial: Trial, stage: Stage, matter: Matter) -> Failure | None:
    """Why an object that can be made before the conversion cannot after it; None where it can, or nobody knows."""
    statements = list(_made(matter))
    for side in SIDES if statements else ():
        refused = props.build(trial, stage, side, {}, matter.path, statements)
        trial.start_afresh()
        if refused is not None:
            return refused if side == "new" and refused.by_type else None
    return None


def _made(matter: Matter) -> Iterator[sql.Composable]:
    if matter.thing.catalog == "pg_rewrite":
        rule = matter.parts["rule"]
        head, action = lexing.clause(rule, "ON", ("DO",)) or "", lexing.clause(rule, "DO", ())
        event, where = lexing.clause(f"ON {head}", "ON", ("TO",)), lexing.clause(head, "WHERE", ())
        if event and action and matter.own is not None:
            yield sql.SQL("CREATE RULE {} AS ON {} TO {}{} DO {}").format(
                sql.Identifier("uuidkit"),
                raw(event),
                sql.Identifier("pg_temp", matter.own.name.name),
                raw(f" WHERE {where}" if where else ""),
                raw(action.strip().removesuffix(";")),
            )
    elif matter.thing.catalog == "pg_proc" and matter.parts.get("body"):
        modes = matter.parts["modes"] or ["i"] * len(matter.parts["types"])
        names = list(matter.parts["arguments"]) or [""] * len(matter.parts["types"])
        inputs = [given for given, mode in zip(names, modes, strict=True) if mode in ("i", "b", "v")]
        parameters: list[sql.Composable] = [
            sql.SQL("{} {}").format(sql.Identifier(given), raw(kind)) if given else raw(kind)
            for given, kind in zip(inputs, matter.parts["types"], strict=True)
        ]
        # A procedure, as its last statement need not give what the function returns.
        # It has the function's name, by which the body may call its parameters.
        yield sql.SQL("CREATE PROCEDURE {} ({}) LANGUAGE sql {}").format(
            sql.Identifier("pg_temp", matter.parts["name"]), joined(parameters), raw(matter.parts["body"])
        )
