"""Stand-ins that are tables: temporary ones, for queries that only a table can serve, such as one that groups by a key.

They are created in a savepoint that is rolled back, and only for those queries, because it
takes the right to create temporary tables, and would set event triggers off.
Source: PostgreSQL, chapter "GROUP BY Clause" (functional dependency).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import psycopg
from psycopg import sql

from uuidkit.catalog.names import TableName
from uuidkit.composing import joined, raw
from uuidkit.meaning.asking import Trial
from uuidkit.meaning.evaluation import Failure, Table, failure, table
from uuidkit.meaning.questions import Question
from uuidkit.meaning.stage import Side, Stage, StagedView, StandIn, scenery, type_of

_EVENT_TRIGGERS = """
SELECT string_agg(evtname, ', ') FROM pg_catalog.pg_event_trigger
 WHERE evtenabled <> 'D' AND evtevent LIKE 'ddl_command_%'"""
_MAY_CREATE = "SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY')"


def table_with_keys(
    trial: Trial,
    stage: Stage,
    question: Question,
    side: Side,
    keys: Mapping[TableName, Sequence[str]],
    path: Sequence[str],
) -> Table | Failure:
    """What a query gives over stand-ins that have their primary keys.

    Args:
        trial: under the right settings.
        stage: with everything affected that the query reads.
        question: about rows.
        side: before the conversion or after it.
        keys: the columns of the tables' primary keys.
        path: the schemas of the search path.
    """
    refused = build(trial, stage, side, keys, path)
    return refused or table(trial, Stage((), stage.views), question, side)


def build(
    trial: Trial,
    stage: Stage,
    side: Side,
    keys: Mapping[TableName, Sequence[str]],
    path: Sequence[str],
    beside: Sequence[sql.Composable] = (),
) -> Failure | None:
    """Make stand-ins that are tables, up to the next error or change of a setting; why not, where they cannot be made.

    Args:
        trial, stage, side, keys, path: as for ``table_with_keys``.
        beside: statements that are run after it, over views as well.
    """
    try:
        [(triggers,)] = trial.rows(_EVENT_TRIGGERS)
        [(may,)] = trial.rows(_MAY_CREATE)
        if triggers:
            return Failure("", f"that takes temporary tables, which would set off the event trigger {triggers}")
        if not may:
            return Failure(
                "", "that takes temporary tables: GRANT TEMPORARY ON DATABASE to the role, and it can be judged"
            )
        names = joined([sql.Identifier(name) for name in ("pg_temp", *path)])
        trial.build(
            [
                *(statement for t in stage.tables for statement in _built(t, side, keys.get(t.relation.name, ()))),
                sql.SQL("SET LOCAL search_path = {}").format(names),
                *(_view(view, side) for view in stage.views if beside),
                *beside,
            ]
        )
    except psycopg.Error as error:
        return failure(error)
    return None


def _view(view: StagedView, side: Side) -> sql.Composable:
    query = view.rewritten if side == "new" and view.rewritten else view.query
    columns = joined([sql.Identifier(column) for column in view.relation.columns])
    name = sql.Identifier("pg_temp", view.relation.name.name)
    return sql.SQL("CREATE TEMPORARY VIEW {} ({}) AS {}").format(name, columns, raw(query.rstrip().rstrip(";")))


def _built(stand_in: StandIn, side: Side, key: Sequence[str]) -> list[sql.Composable]:
    name = sql.Identifier("pg_temp", stand_in.relation.name.name)
    parts = [sql.SQL("{} {}").format(sql.Identifier(column.name), type_of(column, side)) for column in stand_in.columns]
    parts += [sql.SQL("{} text").format(sql.Identifier(name)) for name, _ in stand_in.kept if side == "new"]
    constraint = joined([sql.Identifier(column) for column in key])
    if key:
        parts.append(sql.SQL("PRIMARY KEY ({})").format(constraint))
    # Made rows may share a key; the first one stays, on both sides.
    present = joined([sql.SQL("{} IS NOT NULL").format(sql.Identifier(column)) for column in key], " AND ")
    return [
        sql.SQL("CREATE TEMPORARY TABLE {} ({})").format(name, joined(list(parts))),
        sql.SQL("INSERT INTO {} {} SELECT * FROM {}{} ON CONFLICT DO NOTHING").format(
            name,
            scenery(side, [stand_in], ()),
            sql.Identifier(stand_in.relation.name.name),
            sql.SQL(" WHERE {}").format(present) if key else sql.SQL(""),
        ),
    ]
