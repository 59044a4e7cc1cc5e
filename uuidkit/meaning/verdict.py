"""From answers to a judgement: what is the same, what differs, and what could not be seen."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from uuidkit.meaning.evaluation import Answers, Failure, Table, Value
from uuidkit.meaning.model import Judgement
from uuidkit.meaning.questions import Question
from uuidkit.meaning.stage import Row, StagedColumn, StandIn

NO_DIFFERENCE = "no id made a difference to it among the values tried, so that nothing could be compared"
_SHOWN = 60  # characters of a value in a sentence

Scenario = tuple[str, Answers, Answers]  # how the settings were, before, after
Group = tuple[str, tuple[str | None, ...]]  # the settings, and the values of the columns that do not change
Uuids = Mapping[str, str | None]  # of every converted text


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the texts of converted columns.

    Attributes:
        uuids: what they become.
        strange: those that no value is spelled like, with their uuids.
        real: those that were sampled, and their uuids.
    """

    uuids: Uuids
    strange: Mapping[str, str]
    real: Collection[str | None] = frozenset()


def shown(value: str | None) -> str:
    """A value as it is said in a sentence.

    Args:
        value: a text, or None for NULL.
    """
    if value is None:
        return "NULL"
    return repr(value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…")


def refused(question: Question, before: Failure | None, after: Failure | None) -> Judgement:
    """The judgement where the server refused a question on one side or on both.

    Args:
        question: what was asked.
        before, after: the refusals.
    """
    thing = question.thing
    found = before or after
    assert found is not None
    if found.of_rows:
        return Judgement("unknown", "it takes whole rows by their type, which nothing but the table itself has")
    if before is None and after is not None and after.by_type:
        return Judgement("changed", f"the {thing.kind} cannot be put back over uuids: {after.message}", fails=True)
    if before is None and after is not None and after.by_value:
        return Judgement("changed", f"the {thing.kind} fails over uuids: {after.message}", fails=question.computed)
    if found.sqlstate == "57014":
        return Judgement("unknown", "trying it took too long")
    return Judgement("unknown", f"it could not be tried: {found.message}")


def of_condition(question: Question, stand_in: StandIn, scenarios: Sequence[Scenario]) -> Judgement:
    """The judgement of a condition.

    Args:
        question: the condition.
        stand_in: the table's rows.
        scenarios: the answers, once for each state of the settings.
    """
    differing: list[tuple[bool, int, str, Any, Any]] = []
    compared = 0
    for label, before, after in scenarios:
        for number, answer in before.items():
            row = _row(question, stand_in, number)
            if isinstance(answer, Failure) or number not in after:
                continue
            compared += 1
            was, now = _holds(question, answer), after[number]
            if isinstance(now, Failure):
                differing.append((row.variant >= 0, number, label, was, now.message))
            elif was != _holds(question, now):
                differing.append((row.variant >= 0, number, label, was, not was))
    if differing:
        first = min(differing, key=lambda found: (found[0], _mixed(question, stand_in, found[1]), found[1]))
        _, number, label, was, now = first
        judged = _differs(question, stand_in, number, label, was, now)
        stops = question.computed and any(not made and after is not True for made, _, _, _, after in differing)
        return replace(judged, fails=stops)
    # Who gives another definition has seen that.
    dead = None if question.given else _dead(question, stand_in, scenarios)
    if dead is not None:
        return dead
    seen = {holds for _, before, _ in scenarios for holds in answers_of(question, before)}
    if len(seen) < 2:
        return Judgement(
            "unknown",
            "it gave no answer for any value tried"
            if not seen
            else f"it was {str(seen.pop()).lower()} for every value tried, so that there was nothing to compare",
        )
    return Judgement("same", f"the same answer for {compared} values before and after")


def answers_of(question: Question, answers: Answers) -> set[bool]:
    """The different answers that a condition gave.

    Args:
        question: the condition.
        answers: of all rows.
    """
    return {_holds(question, answer) for answer in answers.values() if not isinstance(answer, Failure)}


def of_value(
    question: Question,
    stand_in: StandIn,
    before: Answers,
    after: Answers,
    known: Known,
) -> Judgement:
    """The judgement of an expression that gives a value.

    Args:
        question: the expression.
        stand_in: the table's rows.
        before, after: the answers.
        known: of the converted texts.
    """
    compared: list[tuple[str | None, str | None]] = []
    differing: list[tuple[bool, int, str | None, str | None]] = []
    for number, was in before.items():
        now = after.get(number)
        if isinstance(was, Failure) or now is None:
            continue
        made = stand_in.rows[number].variant >= 0
        if isinstance(now, Failure):
            differing.append((made, number, was[0], None))
        elif now[0] not in (translated(was[0], was[1], now[1], known.uuids), respelled(was[0], known.strange)):
            differing.append((made, number, was[0], now[0]))
        else:
            compared.append((was[0], now[0]))
    if differing:
        _, number, was_text, now_text = min(differing, key=lambda found: (found[0], found[1]))
        refusal = after[number]
        said = f"it fails: {refusal.message}" if isinstance(refusal, Failure) else shown(now_text)
        value, uuid = _example_of(stand_in, stand_in.rows[number])
        return Judgement(
            "changed",
            f"for {shown(value)} the {question.thing.kind} gave {shown(was_text)}, now {said}",
            {"value": value, "uuid": uuid, "before": was_text, "after": now_text},
            fails=question.computed and any(isinstance(after[n], Failure) for made, n, *_ in differing if not made),
        )
    if all(was is None for was, _ in compared):
        return Judgement("unknown", "it was NULL for every value tried, so that there was nothing to compare")
    if question.unique:
        merged = Counter(now for _, now in set(compared) if now is not None)
        twice = next((now for now, count in merged.items() if count > 1), None)
        if twice is not None:
            return Judgement("changed", f"values that differed are the same now: {shown(twice)}, and it is unique")
    return Judgement("same", f"the same value for {len(compared)} rows before and after")


def of_rows(
    question: Question,
    before: Table,
    after: Table,
    everything: Table | None,
    known: Known,
) -> Judgement:
    """The judgement of a query.

    Args:
        question: the query.
        before, after: what came out.
        everything: what came out before with rows that have no uuid, where nothing came out without them.
        known: of the converted texts.
    """
    # What a function is declared to return stays: uuids are put into it as texts.
    types = before.types if question.thing.catalog == "pg_proc" and not question.follows else after.types
    expected: Counter[tuple[str | None, ...]] = Counter()
    origin: dict[tuple[str | None, ...], tuple[str | None, ...]] = {}
    for cells, count in before.rows.items():
        new = tuple(
            translated(cell, old_type, new_type, known.uuids)
            for cell, old_type, new_type in zip(cells, before.types, types, strict=True)
        )
        expected[new] += count
        origin.setdefault(new, cells)
    noun = question.thing.kind
    missing, added = expected - after.rows, after.rows - expected
    for row in list(missing) if known.strange else ():
        again = tuple(respelled(cell, known.strange) for cell in row)
        count = min(missing[row], added[again])
        missing, added = missing - Counter({row: count}), added - Counter({again: count})
    if missing or added:

        def strangeness(row: tuple[str | None, ...]) -> tuple[bool, str]:
            return all(cell is None or cell not in known.real for cell in (*row, *origin.get(row, ()))), str(row)

        lost = min(missing, key=strangeness) if missing else None
        gained = min(added, key=strangeness) if added else None
        value, uuid = _id_in(origin[lost] if lost is not None else gained or (), known.uuids)
        if lost is not None and gained is None:
            why = f"a row {shown(value)} that the {noun} showed is not shown now"
        elif lost is None:
            why = f"a row {shown(value)} that the {noun} did not show is shown now"
        else:
            why = f"the {noun} showed {_cells(origin[lost])}, now {_cells(gained)}"
        return Judgement(
            "changed",
            f"{why} (of the rows tried {expected.total()} before, {after.rows.total()} now)",
            {
                "value": value,
                "uuid": uuid,
                "before": None if lost is None else list(origin[lost]),
                "after": None if gained is None else list(gained),
            },
        )
    if expected:
        return Judgement("same", f"the same {expected.total()} rows before and after")
    if everything is not None and everything.rows:
        return Judgement("changed", f"the {noun} looks for a value that is no id, and finds nothing any more")
    return Judgement(
        "unknown", f"no row came out of the {noun} for any value tried, so that there was nothing to compare"
    )


def of_order(question: Question, before: Table, after: Table, known: Known) -> Judgement | None:
    """The judgement of a query that says in which order its rows come; None where they come in the same.

    Args:
        question: the query.
        before, after: what came out, of the same rows.
        known: of the converted texts.
    """
    for cells, now in zip(before.sequence, after.sequence, strict=False):
        expected = tuple(map(translated, cells, before.types, after.types, [known.uuids] * len(cells)))
        if now not in (expected, tuple(respelled(cell, known.strange) for cell in cells)):
            value, uuid = _id_in(cells, known.uuids)
            why = f"its rows come in another order: {_cells(cells)} came before {_cells(now)}, and comes after it now"
            example = {"value": value, "uuid": uuid, "before": list(cells), "after": list(now)}
            return Judgement(
                "changed", f"{why}; text and uuid sort otherwise where ids are spelled differently", example
            )
    return None


def together(judgements: Sequence[Judgement]) -> Judgement:
    """The judgement of an object from those of its parts: a difference counts most, then what is not known.

    Args:
        judgements: at least one.
    """
    order = {"changed": 0, "unknown": 1, "same": 2}
    return min(judgements, key=lambda judgement: order[judgement.meaning])


def translated(value: str | None, before: str, after: str, uuids: Uuids) -> str | None:
    """What a value of before has to be now: where a text has become a uuid, the uuid that it became.

    Args:
        value: as text.
        before, after: its types.
        uuids: what the converted texts become.
    """
    if value is None or before == after:
        return value
    if after == "uuid":
        return uuids.get(value, value)
    if after == "uuid[]" and value.startswith("{"):
        elements = [element.strip('"') for element in value[1:-1].split(",")] if value != "{}" else []
        return "{" + ",".join(uuids.get(element) or element for element in elements) + "}"
    return value


def respelled(value: str | None, strange: Mapping[str, str]) -> str | None:
    """A longer text with the ids in it as their uuids, where they are spelled like no value there is.

    That an id is shown as a part of a text makes a difference only in the spellings that occur.

    Args:
        value: as text.
        strange: texts that no value is spelled like, with their uuids.
    """
    if value is None:
        return None
    for text, uuid in strange.items():
        value = value.replace(text, uuid)
    return value


def _dead(question: Question, stand_in: StandIn, scenarios: Sequence[Scenario]) -> Judgement | None:
    """The judgement where the ids decided something before, and decide nothing now, or never did."""
    if not any(column.converted and _reads(question, column) for column in stand_in.filled):
        return None
    before: defaultdict[Group, dict[bool, int]] = defaultdict(dict)
    after: defaultdict[Group, list[bool]] = defaultdict(list)
    with_null: defaultdict[Group, set[bool]] = defaultdict(set)
    for label, old, new in scenarios:
        for number, row, holds in _of_single_rows(question, stand_in, old):
            with_null[label, _others(question, stand_in, row)].add(holds)
            if not row.null:
                before[label, _others(question, stand_in, row)].setdefault(holds, number)
        for _, row, holds in _of_single_rows(question, stand_in, new):
            if not row.null:
                after[label, _others(question, stand_in, row)].append(holds)
    decided = [group for group, answers in before.items() if len(answers) > 1 and len(after[group]) > 1]
    if decided and not any(len(set(seen)) > 1 for seen in after.values()):
        now = after[decided[0]][0]
        value, _ = _example_of(stand_in, _row(question, stand_in, before[decided[0]][not now]))
        said = question.wording
        return Judgement(
            "changed",
            f"row {shown(value)}: the {question.thing.kind} {said.was_false if now else said.was_true}; "
            "now the ids make no difference to it any more",
            {"value": value, "uuid": None, "before": not now, "after": now},
        )
    if question.pairs or any(len(seen) > 1 for seen in with_null.values()):
        return None
    if len({holds for answers in with_null.values() for holds in answers}) < 2:
        return None
    return Judgement("unknown", NO_DIFFERENCE)


def _of_single_rows(question: Question, stand_in: StandIn, answers: Answers) -> Iterator[tuple[int, Row, bool]]:
    for number, answer in answers.items():
        if not isinstance(answer, Failure) and not _mixed(question, stand_in, number):
            yield number, _row(question, stand_in, number), _holds(question, answer)


def _others(question: Question, stand_in: StandIn, row: Row) -> tuple[str | None, ...]:
    return tuple(
        value
        for column, value in zip(stand_in.filled, row.values, strict=True)
        if not column.converted and _reads(question, column)
    )


def _reads(question: Question, column: StagedColumn) -> bool:
    return question.reads is None or column.name in question.reads


def _mixed(question: Question, stand_in: StandIn, number: int) -> bool:
    """Whether an answer is about two different rows."""
    size = max(1, len(stand_in.rows))
    return question.pairs and number // size != number % size


def _differs(question: Question, stand_in: StandIn, number: int, label: str, was: bool, now: bool | str) -> Judgement:
    value, uuid = _example_of(stand_in, _row(question, stand_in, number))
    said = question.wording
    if isinstance(now, bool):
        what = said.difference(was, now)
    else:
        what = f"{said.was_true if was else said.was_false}, now it fails: {now}"
    under = f" with {label}" if label else ""
    return Judgement(
        "changed",
        f"row {shown(value)}: the {question.thing.kind} {what}{under}",
        {"value": value, "uuid": uuid, "before": was, "after": now},
    )


def _row(question: Question, stand_in: StandIn, number: int) -> Row:
    # A pair is told by the row that comes second, the new one.
    return stand_in.rows[number // max(1, len(stand_in.rows)) if question.pairs else number]


def _holds(question: Question, answer: Value) -> bool:
    return question.null if answer[0] is None else answer[0] == "true"


def _example_of(stand_in: StandIn, row: Row) -> tuple[str | None, str | None]:
    for number, column in enumerate(stand_in.filled):
        if column.converted and row.values[number] is not None:
            return row.values[number], None if row.uuids is None else row.uuids[number]
    return (row.values[0] if row.values else None), None


def _id_in(cells: Sequence[str | None], uuids: Uuids) -> tuple[str | None, str | None]:
    for cell in cells:
        if cell is not None and cell in uuids:
            return cell, uuids[cell]
    back = {uuid: text for text, uuid in uuids.items()}
    for cell in cells:
        if cell is not None and cell in back:
            return back[cell], cell
    return (cells[0] if cells else None), None


def _cells(cells: Sequence[str | None] | None) -> str:
    return "(" + ", ".join(shown(cell) for cell in (cells or ())[:6]) + ")"
