"""A small sample of a column, and the regular shapes that are frequent in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from psycopg import sql

from uuidkit.catalog.model import Table
from uuidkit.catalog.names import ColumnName
from uuidkit.database.session import Session
from uuidkit.ids import Shape, grammar, parse, shape_of
from uuidkit.ids import sql as value
from uuidkit.survey.access import ask

_FIRST_PAGES = 8
_PAGES = 48
_ROWS = 4000
_LONGEST = 300  # bytes; a longer value has no shape that is worth a branch of its own
_LEARNT_FROM = 400
MOST_SHAPES = 12


@dataclass(frozen=True, slots=True)
class Look:
    """A shape together with the case of its digits, as it is looked for in a full pass.

    Attributes:
        shape: the shape; ``upper`` tells the case where ``mixed`` does not hold.
        mixed: the digits are in both cases.
    """

    shape: Shape
    mixed: bool = False


def sample(session: Session, table: Table, column: ColumnName) -> list[str]:
    """A few thousand values at most, the same on every run over the same table; all of a small table.

    The first pages, which hold the oldest rows, and pages chosen at random from everywhere.

    Args:
        session: within ``access.settings``.
        table: the column's table.
        column: the column.
    """
    text = value.as_text(column.identifier)
    base = sql.SQL("SELECT {text} FROM {table} {how} WHERE {text} IS NOT NULL AND octet_length({text}) <= {longest}")
    parts = {"text": text, "table": table.name.identifier, "longest": sql.Literal(_LONGEST)}
    limit = sql.SQL(" LIMIT {}").format(sql.Literal(_ROWS))
    everything = base.format(**parts, how=sql.SQL("")) + limit
    pages = _pages(session, table, column) if table.kind in ("r", "p") else 0
    if pages <= _PAGES:
        return [row[0] for row in ask(session, column, everything)]
    share = sql.SQL("TABLESAMPLE SYSTEM ({}) REPEATABLE (1)").format(sql.Literal(min(100.0, 100.0 * _PAGES / pages)))
    first = base.format(**parts, how=sql.SQL("")) + sql.SQL(" AND ctid < '({},0)'::tid").format(
        sql.Literal(_FIRST_PAGES)
    )
    spread = base.format(**parts, how=share) + limit
    return [row[0] for row in ask(session, column, sql.SQL("({}) UNION ALL ({})").format(first, spread))]


def _pages(session: Session, table: Table, column: ColumnName) -> int:
    # The relation's real size: the statistics of a table that was never analysed know nothing. Partitions together.
    [(pages,)] = ask(
        session,
        column,
        sql.SQL(
            "SELECT coalesce(sum(pg_relation_size(oid)), 0)::int8 / current_setting('block_size')::int8 FROM "
            "(SELECT {oid}::oid AS oid UNION SELECT relid FROM pg_partition_tree({oid}::oid::regclass)) AS family"
        ).format(oid=sql.Literal(table.oid)),
    )
    return int(pages)


def spread(texts: Collection[str], most: int) -> list[str]:
    """Some of many texts, in order and evenly from all of them; the same on every run.

    Args:
        texts: the texts.
        most: how many at most.
    """
    ordered = sorted(texts)
    if len(ordered) <= most:
        return ordered
    step = len(ordered) / most
    return [ordered[int(n * step)] for n in range(most)]


def frequent(texts: Collection[str]) -> tuple[Look, ...]:
    """The regular shapes in a sample, most frequent first, at most a dozen.

    Args:
        texts: the sample.
    """
    counted: Counter[Look] = Counter()
    for text in spread(texts, _LEARNT_FROM):
        look = look_of(text)
        if look is not None:
            counted[look] += 1
    ordered = sorted(counted.items(), key=lambda item: (-item[1], str(item[0].shape), item[0].mixed))
    return tuple(look for look, _ in ordered[:MOST_SHAPES])


def unparseable(texts: Collection[str], most: int) -> tuple[str, ...]:
    """Some of the values in a sample that are no uuid in any known format, the most frequent first.

    Args:
        texts: the sample.
        most: how many at most.
    """
    found: list[str] = []
    counted = Counter(spread(texts, _LEARNT_FROM))
    for text, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
        if len(found) == most:
            break
        if parse(text) is None:
            found.append(text)
    return tuple(found)


def look_of(text: str) -> Look | None:
    """Shape and case of one text, None when it has no regular shape.

    Args:
        text: any text.
    """
    shape = shape_of(text)
    if shape is not None:
        return Look(shape)
    parts = grammar.split(text)
    if parts is None:
        return None
    shape = shape_of(parts.prefix + parts.body.lower())
    return None if shape is None else Look(shape, mixed=True)
