"""The answers: each question asked on the stage, and what is done when the server refuses."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import psycopg
from psycopg import sql

from uuidkit.composing import joined, raw
from uuidkit.meaning.arguments import arguments
from uuidkit.meaning.asking import Trial
from uuidkit.meaning.questions import Question
from uuidkit.meaning.stage import Side, Stage, number_of, numbered, row_of, scenery, texts

_ONE_BY_ONE = 48  # rows, when some of them make the expression fail
_PROBE = 6  # of them, to see whether they all do
_MOST_ROWS = 20_000
# Grouping by a key, a system column, TABLESAMPLE, FOR UPDATE: what only a table can give.
NEEDS_TABLE: Final = ("42803", "42703", "42809", "0A000")
# Each row with itself and with some others, for conditions about an old row and a new one.
_DISTANCES = (0, 1, 2, 5, 11)


@dataclass(frozen=True, slots=True)
class Failure:
    """The server's refusal.

    Attributes:
        message: its words, with the hint left out.
        place: where in the text of the question it is, where that is known.
    """

    sqlstate: str
    message: str
    place: int | None = None

    @property
    def by_value(self) -> bool:
        """Whether a value was to blame, and others may do."""
        return self.sqlstate[:2] in ("22", "23", "P0", "21")

    @property
    def of_rows(self) -> bool:
        """Whether it is about a row of a stand-in, which has no type of its own as one of the table has."""
        return self.by_type and " record" in self.message

    @property
    def by_definition(self) -> bool:
        """Whether the definition cannot be understood, or does not fit what it reads."""
        return self.sqlstate[:2] == "42" and self.sqlstate not in ("42803", "42809", "42P10", "42501")

    @property
    def by_type(self) -> bool:
        """Whether the expression does not fit the types that it meets."""
        return self.sqlstate in (
            "42883",
            "42804",
            "42846",
            "42725",
            "42P18",
            "42809",
            "42P22",
            "42P21",
            "0A000",
            "42703",
        )


Value = tuple[str | None, str]  # text and type
SIDES: Final[tuple[Side, Side]] = ("old", "new")
Answers = dict[int, Value | Failure]


@dataclass(frozen=True, slots=True)
class Table:
    """The answer to a query: its rows, in order, and the types of its columns."""

    sequence: tuple[tuple[str | None, ...], ...]
    types: tuple[str, ...]

    @property
    def rows(self) -> Counter[tuple[str | None, ...]]:
        """The rows, counted."""
        return Counter(self.sequence)


def failure(error: psycopg.Error) -> Failure:
    """An error of the database as a value."""
    return Failure(error.sqlstate or "", (error.diag.message_primary or str(error)).strip())


def answers(trial: Trial, stage: Stage, asked: Sequence[Question], side: Side) -> list[Answers | Failure]:
    """What several expressions over one table give for each of its rows.

    Before the conversion rows that have no uuid are there as well.

    Args:
        trial: under the right search path and settings.
        stage: with the table.
        asked: conditions or values, all about the same table and alike in ``pairs``.
        side: before the conversion or after it.
    """
    try:
        return list(_answers(trial, stage, asked, side, None))
    except psycopg.Error as error:
        if len(asked) > 1:
            middle = len(asked) // 2
            return [
                *answers(trial, stage, asked[:middle], side),
                *answers(trial, stage, asked[middle:], side),
            ]
        refused = failure(error)
    if not refused.by_value:
        return [refused]
    rows = stage.table(asked[0].table).rows
    # The same rows on both sides, and before the conversion a few that have no uuid.
    chosen = _spread([number for number, row in enumerate(rows) if row.uuids is not None], _ONE_BY_ONE)
    if side == "old":
        chosen += _spread([number for number, row in enumerate(rows) if row.uuids is None], _ONE_BY_ONE // 4)
    probe = _spread(chosen, _PROBE)
    if len(chosen) > len(probe):
        tried = [_halves(trial, stage, asked[0], side, [number]) for number in probe]
        # What fails in the same words wherever it is tried has nothing to do with the rows.
        if (why := _only_failure(tried)) is not None:
            return [{_place(stage, asked[0], number): why for number in chosen}]
        found = [one for one in tried if not isinstance(one, Failure)]
        failed = sum(isinstance(answer, Failure) for one in found for answer in one.values())
        if side == "old" and len(found) == len(tried) and failed >= len(probe) - 1:
            # What has failed for nearly all is not asked of each; after the conversion that would matter.
            return [{place: answer for one in found for place, answer in one.items()}]
    return [_halves(trial, stage, asked[0], side, chosen)]


def answerless(trial: Trial, stage: Stage, asked: Sequence[Question]) -> set[int]:
    """Which questions fail before the conversion for whatever row, as the settings do not suit them.

    Args:
        trial: under the settings.
        stage: with the table.
        asked: as of ``answers``.
    """
    few = stage.of_few_rows()
    found = answers(trial, few, asked, "old")
    return {number for number, answer in enumerate(found) if _only_failure([answer]) is not None}


def _only_failure(found: Sequence[Answers | Failure]) -> Failure | None:
    """The failure that is every one of some answers; None where there is another answer or none."""
    words = {answer for one in found for answer in ([one] if isinstance(one, Failure) else one.values())}
    return why if len(words) == 1 and isinstance(why := words.pop(), Failure) else None


def table(trial: Trial, stage: Stage, question: Question, side: Side, *, unconverted: bool = False) -> Table | Failure:
    """What a query gives.

    Args:
        trial: under the right search path and settings.
        stage: with everything affected that the query reads.
        question: about rows.
        side: before the conversion or after it.
        unconverted: whether rows that have no uuid are there too.
    """
    try:
        [(types,), *rows] = trial.rows(_query(stage, question, side, unconverted=unconverted))
    except psycopg.Error as error:
        return failure(error)
    if len(rows) > _MOST_ROWS:
        return Failure("57014", "too many rows came out")
    return Table(tuple(tuple(cells) for (cells,) in rows), tuple(types))


def _query(stage: Stage, question: Question, side: Side, *, unconverted: bool = False) -> sql.Composed:
    names = [sql.Identifier(name) for name in question.columns]
    query = sql.SQL("({}) AS q ({})").format(raw(question.text_on(side).rstrip().rstrip(";")), joined(list(names)))
    if question.arguments:
        query = sql.SQL("{} CROSS JOIN LATERAL {}").format(arguments(stage, question), query)
    cells = [sql.SQL("q.{}").format(name) for name in names]
    columns = joined([sql.SQL("{} AS {}").format(cell, name) for cell, name in zip(cells, names, strict=True)])
    return sql.SQL(
        "{scenery}, {answer} AS MATERIALIZED (SELECT {columns} FROM {query}) "
        "SELECT ARRAY[{types}]::text[] FROM (SELECT) AS one LEFT JOIN {answer} AS q ON false UNION ALL "
        "(SELECT ARRAY[{texts}]::text[] FROM {answer} AS q LIMIT {most})"
    ).format(
        scenery=scenery(side, stage.tables, stage.views, unconverted=unconverted),
        answer=sql.Identifier("uuidkit answer"),
        columns=columns,
        query=query,
        types=joined([sql.SQL("pg_catalog.pg_typeof({})::text").format(cell) for cell in cells]),
        texts=joined([sql.SQL("{}::text").format(cell) for cell in cells]),
        most=sql.Literal(_MOST_ROWS + 1),
    )


def refusal(trial: Trial, stage: Stage, question: Question) -> Failure | None:
    """What the server has against a question after the conversion, over a row of each kind; None where nothing.

    Args:
        trial: under the right search path and settings.
        stage: with everything affected that the question reads.
        question: any.
    """
    few = stage.of_few_rows()
    asks_rows = question.form in ("rows", "default")
    statement = _query(few, question, "new") if asks_rows else _asking(few, [question], "new", None)
    try:
        trial.rows(statement)
    except psycopg.Error as error:
        text = question.text_on("new").rstrip().rstrip(";")
        place = int(error.diag.statement_position or 0) - 1 - trial.text(statement).find(text)
        return replace(failure(error), place=place if 0 <= place < len(text) else None)
    return None


def misfit(trial: Trial, stage: Stage, question: Question) -> Failure | None:
    """Why a question that can be understood before the conversion cannot after it; None where it can. Runs nothing.

    Args:
        trial: under the right search path and settings.
        stage: with everything affected that the question reads.
        question: any.
    """
    for side in SIDES:
        asking = (
            _query(stage, question, side)
            if question.form in ("rows", "default")
            else _asking(stage, [question], side, None)
        )
        try:
            trial.rows(sql.SQL("EXPLAIN {}").format(asking))
        except psycopg.Error as error:
            found = failure(error)
            return found if side == "new" and found.by_type and not found.of_rows else None
    return None


def constant(trial: Trial, stage: Stage, question: Question, side: Side) -> bool:
    """Whether the server knows the answer to a condition without looking at any row.

    Args:
        trial: under the right search path and settings.
        stage: with everything affected that the condition reads.
        question: a condition.
        side: before the conversion or after it.
    """
    asking = _asking(stage.of_few_rows(), [question], side, None)
    try:
        [(found,)] = trial.rows(sql.SQL("EXPLAIN (VERBOSE, COSTS OFF, FORMAT JSON) {}").format(asking))
    except psycopg.Error:
        return False
    [plan] = json.loads(found) if isinstance(found, str) else found
    answer = plan["Plan"]["Output"][1]
    return answer in ("'true'::text", "'false'::text", "NULL::text")


def _answers(
    trial: Trial, stage: Stage, asked: Sequence[Question], side: Side, numbers: Sequence[int] | None
) -> list[Answers]:
    rows = trial.rows(_asking(stage, asked, side, numbers))
    places = {text: place for place, text in enumerate(_texts(asked, side))}
    found: list[Answers] = [{row[0]: (row[1 + 2 * n], row[2 + 2 * n]) for row in rows} for n in range(len(places))]
    return [found[places[q.text_on(side)]] for q in asked]


def _texts(asked: Sequence[Question], side: Side) -> dict[str, None]:
    # Policies of several commands often ask the same.
    return dict.fromkeys(q.text_on(side) for q in asked)


def _asking(stage: Stage, asked: Sequence[Question], side: Side, numbers: Sequence[int] | None) -> sql.Composed:
    stand_in = stage.table(asked[0].table)
    first, second = sql.Identifier("uuidkit a"), sql.Identifier("uuidkit b")
    parts = [
        sql.SQL("({text})::text, pg_catalog.pg_typeof({text})::text").format(text=sql.SQL("({})").format(raw(text)))
        for text in _texts(asked, side)
    ]
    if asked[0].pairs:
        size = max(1, len(stand_in.rows))
        source = sql.SQL(
            "{rows} AS {a} JOIN {rows} AS {b} ON ({nb} - {na} + {size}) % {size} IN ({distances}) {old} {new}"
        ).format(
            rows=numbered(stand_in),
            a=first,
            b=second,
            na=number_of(first),
            nb=number_of(second),
            size=sql.Literal(size),
            distances=joined([sql.Literal(distance) for distance in _DISTANCES]),
            old=row_of(stand_in, "old", first, side),
            new=row_of(stand_in, "new", second, side),
        )
        number: sql.Composable = sql.SQL("{} * {} + {}").format(number_of(second), sql.Literal(size), number_of(first))
    else:
        source = sql.SQL("{} AS {} {}").format(
            numbered(stand_in), first, row_of(stand_in, stand_in.relation.name.name, first, side)
        )
        number = number_of(first)
    where = (
        sql.SQL("")
        if numbers is None
        else sql.SQL(" WHERE {} = ANY ({}::int[])").format(number_of(first), texts([str(n) for n in numbers]))
    )
    return sql.SQL("{} SELECT {}, {} FROM {}{}").format(
        scenery(side, stage.tables, stage.views, unconverted=True), number, joined(list(parts)), source, where
    )


def _halves(trial: Trial, stage: Stage, question: Question, side: Side, numbers: Sequence[int]) -> Answers | Failure:
    if not numbers:
        return {}
    try:
        [found] = _answers(trial, stage, [question], side, numbers)
        return found
    except psycopg.Error as error:
        refused = failure(error)
    if not refused.by_value:
        return refused
    if len(numbers) == 1:
        return {_place(stage, question, numbers[0]): refused}
    middle = len(numbers) // 2
    both: Answers = {}
    for half in (numbers[:middle], numbers[middle:]):
        found_half = _halves(trial, stage, question, side, half)
        if isinstance(found_half, Failure):
            return found_half
        both |= found_half
    return both


def _place(stage: Stage, question: Question, number: int) -> int:
    """Where the answer for a row stands: of a pair, the one of the row with itself stands for all."""
    return number * (max(1, len(stage.table(question.table).rows)) + 1) if question.pairs else number


def _spread(numbers: Sequence[int], most: int) -> list[int]:
    step = max(1, len(numbers) / most)
    return [numbers[int(n * step)] for n in range(min(len(numbers), most))]
