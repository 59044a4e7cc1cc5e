"""The values that a function is tried with: what its body looks for, what the tables hold, and what neither does."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final

from psycopg import sql

from uuidkit.composing import joined, raw, text_of
from uuidkit.meaning.made import sought, unmodified, usual
from uuidkit.meaning.questions import Question
from uuidkit.meaning.stage import Stage, texts

_MOST_CALLS = 40
_MOST_WITH_ROWS = 12  # where each row of a table is given as well
_MOST_ROWS = 40
_MOST_OF_A_COLUMN = 4
_FIRST_ROWS = 12
_MOST_IDS = 16
_TEXTS: Final = frozenset({"text", "character varying", "character"})
_FEW_AND_MANY: Final = (1, 2, 1_000)
_LARGEST: Final = {"smallint": 2**15, "integer": 2**31, "bigint": 2**63, "numeric": 10**12}
# As the catalog has them.
_NAMES: Final = {
    "boolean": "bool",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time",
}


def arguments(stage: Stage, question: Question) -> sql.Composed:
    """The calls of a function, to be put behind FROM: a column for each parameter.

    Args:
        stage: with everything affected that the function reads.
        question: about the function's body.
    """
    rows: dict[str, sql.Composable] = {}
    for stand_in in stage.tables:
        relation = sql.Identifier(stand_in.relation.name.name)
        rows[text_of(relation)] = rows[stand_in.relation.name.name] = relation
    plain = [declared for _, declared in question.arguments if declared not in rows]
    most = _MOST_CALLS if len(plain) == len(question.arguments) else _MOST_WITH_ROWS
    calls = _calls([_values(stage, question, declared) for declared in plain], most)
    names = [sql.Identifier(f"v{number}") for number in range(len(plain))]
    columns: list[sql.Composable] = []
    sources: list[sql.Composable] = []
    if plain:
        arrays: list[sql.Composable] = [texts(values) for values in zip(*calls, strict=True)]
        sources.append(sql.SQL("unnest({}) AS u ({})").format(joined(arrays), joined(list(names))))
    for place, (name, declared) in enumerate(question.arguments):
        if declared in rows:
            alias = sql.Identifier(f"uuidkit row {place}")
            sources.append(sql.SQL("(SELECT * FROM {} LIMIT {}) AS {}").format(rows[declared], _MOST_ROWS, alias))
            columns.append(sql.SQL("{} AS {}").format(alias, sql.Identifier(name)))
        else:
            value = sql.SQL("u.{}::{}").format(names.pop(0), raw(declared))
            columns.append(sql.SQL("{} AS {}").format(value, sql.Identifier(name)))
    return sql.SQL("(SELECT {} FROM {}) AS {}").format(
        joined(columns), joined(sources, " CROSS JOIN "), sql.Identifier(question.name)
    )


def _calls(values: Sequence[Sequence[str | None]], most: int) -> list[tuple[str | None, ...]]:
    """Combinations of the parameters' values: all of them, or each value with several of the others'."""
    combinations = 1
    for one in values:
        combinations *= len(one)
    if combinations <= most:
        return list(product(*values))
    chance = random.Random(20250401)
    longest = max(map(len, values))
    together = min(longest, most // 2 if len(values) > 1 else most)
    aligned = [tuple(one[n % len(one)] for one in values) for n in range(together)]
    others = [tuple(chance.choice(one) for one in values) for _ in range(4 * most)]
    return list(dict.fromkeys([*aligned, *others]))[:most]


def _values(stage: Stage, question: Question, declared: str) -> list[str | None]:
    found: dict[str | None, None] = {}
    what = sought([question.text], (), "")
    if declared in _TEXTS:
        found |= dict.fromkeys(_ids(stage))
        found |= dict.fromkeys(what.literals[:_MOST_IDS])
    elif declared.removesuffix("[]") in _TEXTS:
        ids = [value for value in _ids(stage) if value is not None]
        found |= {_array(ids[:2]): None, _array(ids): None}
    elif declared in _LARGEST:
        around = [number + more for number in what.numbers for more in (0, 1, -1)]
        found |= {str(number): None for number in [*_FEW_AND_MANY, *around] if abs(number) < _LARGEST[declared]}
    else:
        found |= dict.fromkeys(usual(declared, _NAMES.get(declared, declared), what))
    found |= dict.fromkeys(_of_columns(stage, declared))
    return [*found, None] if None not in found else list(found)


def _ids(stage: Stage) -> list[str | None]:
    found: dict[str | None, None] = {}
    for stand_in in stage.tables:
        for place, column in enumerate(stand_in.filled):
            if column.converted:
                found |= dict.fromkeys(row.values[place] for row in stand_in.rows[:_FIRST_ROWS])
    return list(found)[:_MOST_IDS]


def _of_columns(stage: Stage, declared: str) -> Iterator[str]:
    """Some values of each column that does not change and has the parameter's type: of the tables, and made ones."""
    for stand_in in stage.tables:
        for place, column in enumerate(stand_in.filled):
            if not column.converted and unmodified(column.type) == declared:
                real = {row.values[place]: None for row in stand_in.rows if row.variant < 0}
                made = {row.values[place]: None for row in stand_in.rows if row.variant >= 0}
                for values in (list(real), list(made)):
                    yield from [value for value in values if value is not None][:_MOST_OF_A_COLUMN]


def _array(values: Sequence[str]) -> str:
    quoted = [re.sub(r'(["\\])', r"\\\1", value) for value in values]
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"
