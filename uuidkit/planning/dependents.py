"""What becomes of every object that hangs on a converted column, and what the user has to decide. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName, display
from uuidkit.dependents.model import Action, DependentObject
from uuidkit.meaning.model import Judgement
from uuidkit.planning.facts import GraphFacts
from uuidkit.planning.model import OFFERED, Blocker, DependentPlan, Request

# What may be left away until the way back without anybody seeing more rows, or writing other ones, than before.
_DISPENSABLE = frozenset({"index", "statistics"})

# What is made anew in a schema, and not on a table alone.
_IN_A_SCHEMA = frozenset({"view", "materialized view", "index", "statistics", "function"})

# PostgreSQL's own trigger functions that refuse a column of another type than a text.
_OF_TEXTS_ALONE = frozenset({"pg_catalog.tsvector_update_trigger()", "pg_catalog.tsvector_update_trigger_column()"})

_SAME = Judgement("same", "")


def dependent_plans(
    schema: Schema, request: Request, facts: GraphFacts, changing: Collection[ColumnName]
) -> tuple[tuple[DependentPlan, ...], tuple[Blocker, ...]]:
    """What becomes of each object, in the order in which they are made again, and every reason why not.

    Args:
        schema: what is there.
        request: with what the user has decided.
        facts: what was found out about the graph.
        changing: its columns that change their type.
    """
    plans: list[DependentPlan] = []
    blockers: list[Blocker] = []
    judgements = {(catalog, oid): judgement for catalog, oid, judgement in facts.judgements}
    for found in facts.dependents:
        judgement = judgements.get(found.key, _SAME)
        stuck = [*_stuck(schema, found)]
        plan = _decided(found, judgement, request, stuck)
        plans.append(plan)
        blockers += [*stuck, *_undecided(plan, judgement, request)]
    plans += _kept(schema, changing, facts)
    for plan, blocker in _by_text(request, facts, changing):
        place = next((n for n, other in enumerate(plans) if (other.kind, other.name) == (plan.kind, plan.name)), None)
        if place is None:
            plans.append(plan)
        elif plans[place].meaning == "same":
            plans[place] = replace(plans[place], meaning="unknown", why="it passes a column's name to its function")
        if plan.name not in request.allow:
            blockers.append(blocker)
    return tuple(plans), tuple(blockers)


def _by_text(
    request: Request, facts: GraphFacts, changing: Collection[ColumnName]
) -> Iterator[tuple[DependentPlan, Blocker]]:
    """What names a column in a text, and what has to be decided about it."""
    for function in facts.functions:
        if function.mentions is None or function.mentions not in changing:
            continue
        yield (
            DependentPlan("function", function.name, function.mentions.table_name, "keep", "unknown"),
            Blocker(
                "MEANING",
                function.name,
                f"The text of the function names {function.mentions.table_name} and "
                f"{display(function.mentions.name)}; nothing but reading it tells whether it works with a uuid.",
                f"Read it (CREATE OR REPLACE FUNCTION works before and after), then pass "
                f"--allow {_quoted(function.name)}.",
            ),
        )
    for trigger in facts.naming_triggers:
        if trigger.column not in changing:
            continue
        given = f"The trigger gives the name {display(trigger.column.name)} to its function {trigger.function}"
        if trigger.function in _OF_TEXTS_ALONE:
            message = f"{given}, which takes columns of texts alone: every INSERT and UPDATE would fail."
            remedy = (
                "Write a trigger function of your own that casts the id (it works before and after) and let the "
                "trigger call it"
            )
        else:
            message = f"{given}; nothing but reading that tells whether it works with a uuid."
            remedy = "Read the function (CREATE OR REPLACE FUNCTION works before and after)"
        yield (
            DependentPlan("trigger", trigger.name, trigger.column.table_name, "keep", "unknown"),
            Blocker("MEANING", trigger.name, message, f"{remedy}, then pass --allow {_quoted(trigger.name)}."),
        )


def _stuck(schema: Schema, found: DependentObject) -> Iterator[Blocker]:
    """Why an object cannot be taken down and put back, whatever it means: what it is, and the rights of the role."""
    if not found.hard:
        return
    yield from (Blocker(trouble.code, found.name, trouble.message, trouble.remedy) for trouble in found.troubles)
    if found.kind not in _IN_A_SCHEMA or found.address.names[0] in schema.schemas_creatable:
        return
    name, role = display(found.address.names[0]), display(schema.role)
    yield Blocker(
        "PERMISSION",
        found.name,
        f"{role} may not create anything in the schema {name}, and so could not make the {_what(found)} again.",
        f"GRANT CREATE ON SCHEMA {name} TO {role};",
    )


def _decided(found: DependentObject, judgement: Judgement, request: Request, stuck: Sequence[Blocker]) -> DependentPlan:
    """What is done with one object, the user's word first."""
    given = _given(found, judgement, request)
    taken = given == OFFERED and judgement.offer is not None
    action, definition = ("refuse", None) if stuck else _action(found, judgement, request, given)
    why = "as it is offered, it means what it meant" if taken else found.why or judgement.why
    if stuck:
        why = stuck[0].message
    return DependentPlan(
        found.kind,
        found.name,
        found.table,
        action,
        "same" if taken else _meaning(found, judgement),
        None if taken else judgement.example,
        why=why,
        offer=judgement.offer,
        definition=definition,
        object=found,
    )


def _action(
    found: DependentObject, judgement: Judgement, request: Request, given: str | None
) -> tuple[Action, str | None]:
    """What is done with one object, and the definition by which it is made where that is another one."""
    if not found.hard:
        return "keep", None
    if given == OFFERED:
        return ("refuse", None) if judgement.offer is None else ("rewrite", _bare(judgement.offer))
    if given is not None:
        if not _bare(given):
            return "drop", None
        return ("refuse", None) if judgement.fails else ("rewrite", _bare(given))
    if found.substitute is not None:
        return "rewrite", found.substitute
    if not _impossible(found, judgement):
        return "recreate", None
    return ("drop" if found.kind in _DISPENSABLE and found.name in request.allow else "refuse"), None


def left_away(found: DependentObject, judgement: Judgement | None, request: Request) -> bool:
    """Whether an object goes until the way back, as the user wants it.

    Args:
        found: the object.
        judgement: what it means over uuid.
        request: with what the user has decided.
    """
    known = judgement or _SAME
    return _action(found, known, request, _given(found, known, request))[0] == "drop"


def _bare(definition: str) -> str:
    """A definition without the semicolon behind it."""
    return definition.strip().removesuffix(";").strip()


def _given(found: DependentObject, judgement: Judgement, request: Request) -> str | None:
    """The definition that the user wants; None for its own."""
    given = dict(request.rewrites).get(found.name)
    if given is None and request.rewrite_offered and judgement.offer is not None and found.name not in request.allow:
        given = OFFERED
    # With an earlier graph it was made by what was offered then, and says the same.
    return None if given == OFFERED and judgement.offer is None and judgement.meaning == "same" else given


def _meaning(found: DependentObject, judgement: Judgement) -> Literal["same", "changed", "unknown"]:
    if found.why and found.substitute is None:
        return "changed"
    if found.kind == "statistics" and not judgement.fails:
        return "same"  # it guides the planner, and no answer depends on it
    return judgement.meaning


def _impossible(found: DependentObject, judgement: Judgement) -> bool:
    """Whether the object cannot be made again as it is."""
    return judgement.fails or (bool(found.why) and found.substitute is None)


def _undecided(plan: DependentPlan, judgement: Judgement, request: Request) -> Iterator[Blocker]:
    found = plan.object
    assert found is not None  # those without one need no decision
    name = _quoted(found.name)
    given = _given(found, judgement, request)
    if given == OFFERED and judgement.offer is None:
        yield Blocker(
            "MEANING",
            found.name,
            f"No other definition is offered for the {_what(found)}.",
            f"Write one, and pass --rewrite {_with_file(found.name)}.",
        )
    if given is not None and given != OFFERED and _bare(given) and judgement.fails:
        yield Blocker(
            "MEANING",
            found.name,
            _sentence(judgement.why),
            f"Correct it, and pass --rewrite {_with_file(found.name)} again.",
        )
    if given is not None or plan.action == "drop":
        return
    if _impossible(found, judgement):
        reason = found.why or judgement.why
        if found.kind in _DISPENSABLE:
            unique = found.up[0].startswith("CREATE UNIQUE ") if found.up else False
            gone = "Leave it away, and with it the uniqueness that it keeps," if unique else "Leave it away"
            remedy = f"{gone} until the way back with --allow {name}, or give another definition with "
        elif found.kind == "default":
            remedy = "Leave it away until the way back with an empty FILE.sql, or give another one in it, with "
        else:
            remedy = "Give a definition that works over uuid with "
        yield Blocker(
            "MEANING",
            found.name,
            _sentence(reason)
            if judgement.fails
            else f"The {_what(found)} cannot be made again over uuid: {reason}{_full_stop(reason)}",
            f"{remedy}--rewrite {_with_file(found.name)}{_offered(found, judgement)}.{_beside(judgement)}",
        )
    elif judgement.meaning != "same" and found.kind != "statistics" and found.name not in request.allow:
        yield Blocker(
            "MEANING",
            found.name,
            _said(found, judgement),
            f"Accept that with --allow {name}, or give another definition with --rewrite {_with_file(found.name)}"
            f"{_offered(found, judgement)}.{_beside(judgement)}",
        )


def _said(found: DependentObject, judgement: Judgement) -> str:
    reason = f"{judgement.why}{_full_stop(judgement.why)}"
    if judgement.meaning == "unknown":
        return f"Whether the {_what(found)} means the same over uuid is not known: {reason}"
    return f"The {_what(found)} would mean something else: {reason}"


def _offered(found: DependentObject, judgement: Judgement) -> str:
    if judgement.offer is None:
        return ""
    taken = f"--rewrite {_quoted(found.name)}"
    return f", or take the one that the report offers, which means what this one meant, with {taken}"


def _beside(judgement: Judgement) -> str:
    """What to convert as well, so that ids are compared with ids."""
    if not judgement.beside:
        return ""
    names = " and ".join(map(str, judgement.beside))
    options = " ".join(f"--include {_quoted(str(column))}" for column in judgement.beside)
    return (
        f" It reads the ids in {names} as well, which stay texts: where they are the same ids, {options} converts them."
    )


def _what(found: DependentObject) -> str:
    return "statistics object" if found.kind == "statistics" else found.kind


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{_full_stop(text)}"


def _full_stop(text: str) -> str:
    return "" if text.endswith((".", "!", "?")) else "."


def _quoted(name: str) -> str:
    """The name as a shell takes it."""
    return "'" + name.replace("'", "'\\''") + "'" if not name.replace(".", "").replace("_", "").isalnum() else name


def _with_file(name: str) -> str:
    return _quoted(f"{name}=FILE.sql")


def _kept(schema: Schema, changing: Collection[ColumnName], facts: GraphFacts) -> Iterator[DependentPlan]:
    """What PostgreSQL takes along by itself, and the defaults."""
    taken: Mapping[tuple[str, int], DependentObject] = {found.key: found for found in facts.dependents}
    for index in schema.indexes_on(column.table_name for column in sorted(changing)):
        reads = any(column.table_name == index.table and column.name in index.reads for column in changing)
        if reads and ("pg_class", index.oid) not in taken:
            yield DependentPlan("index", f"{display(index.table.schema)}.{display(index.name)}", index.table, "keep")
    for dependent in schema.dependents:
        column = None if dependent.column is None else dependent.table.column(dependent.column)
        if dependent.kind == "sequence" and column in changing:
            yield DependentPlan(dependent.kind, dependent.name, dependent.table, "keep")
    for name in sorted(changing):
        found = schema.column(name)
        if found is not None and found.default is not None and not found.generated:
            yield DependentPlan("default", str(name), name.table_name, "rewrite")


def unknown_names(request: Request, plans: Collection[DependentPlan]) -> tuple[str, ...]:
    """Names that the user decided about and that nothing has.

    Args:
        request: with what the user has decided.
        plans: those of all graphs.
    """
    known = {plan.name for plan in plans}
    return tuple(name for name in (*request.allow, *dict(request.rewrites)) if name not in known)
