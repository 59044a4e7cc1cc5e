"""A conversion made from the facts of its revision: what a script has to find out, and check, where it is run.

The plan rests on another database than the one the script will meet. So the script compares tables and values with
the facts under its locks, asks that database for what is its own (names of triggers, numbers of rows), and stops where
the facts do not hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from psycopg import sql

from uuidkit import guard
from uuidkit.alembic.examination import Examination, Part, parts_of
from uuidkit.alembic.operations import ConvertToUuidOp
from uuidkit.alembic.scripts.details import details_query
from uuidkit.alembic.scripts.facts import plan_from
from uuidkit.catalog.names import TableName
from uuidkit.composing import joined, text_of
from uuidkit.ids import sql as value
from uuidkit.planning.model import ColumnPlan, GraphPlan, Plan, Statement
from uuidkit.render.common import closing

_HINT = (
    "Nothing was changed. Run the migration online, or take the argument facts out of the revision, so that the script "
    "is planned from this database."
)
_HINT_WRITTEN = (
    "Nothing was changed. It was changed since, or by this script before: write the script anew, or run the migration "
    "online."
)


def examine(operation: ConvertToUuidOp) -> Examination:
    """What an operation amounts to by its facts; asks no database.

    Args:
        operation: with facts.

    Raises:
        UsageError: the facts cannot be read, or belong to other options.
    """
    plan, details = plan_from(operation)
    found = []
    for part, graph in zip(parts_of(plan), plan.graphs, strict=True):
        statements = tuple(_statements(plan, graph)) if part.statements else ()
        found.append(Part(part.columns, part.involved, part.tables, statements, part.guard, details))
    return Examination(operation, tuple(found), plan.blockers, plan)


def as_known(tables: guard.Fingerprints, details: Mapping[TableName, str] | None = None) -> str:
    """Stop unless the tables are as the script knows them.

    Args:
        tables: each with its fingerprint.
        details: each with what its fingerprint does not cover, by the facts of the revision; None where the script was
            planned from the database.
    """
    by_facts = details is not None
    known = [(table, guard.fingerprint_query([table]), fingerprint) for table, fingerprint in tables]
    known += [(table, details_query(table), details[table]) for table, _ in tables if details and table in details]
    differing = joined(
        [
            sql.SQL("({}, ({}) IS DISTINCT FROM {})").format(sql.Literal(str(table)), query, sql.Literal(expected))
            for table, query, expected in known
        ],
        ",\n      ",
    )
    return guard.block(
        sql.SQL(
            "DECLARE\n"
            "  other text;\n"
            "BEGIN\n"
            "  SELECT string_agg(DISTINCT name, ', ') INTO other\n"
            "    FROM (VALUES\n      {differing}) AS t (name, differs) WHERE differs;\n"
            "  IF other IS NOT NULL THEN\n"
            "    RAISE EXCEPTION USING ERRCODE = {code},\n"
            "      MESSAGE = other || {message}, HINT = {hint};\n"
            "  END IF;\n"
            "END"
        ).format(
            differing=differing,
            code=sql.Literal(guard.SCHEMA_CHANGED),
            message=sql.Literal(f": not as it was when the {'revision' if by_facts else 'script'} was written."),
            hint=sql.Literal(_HINT if by_facts else _HINT_WRITTEN),
        )
    )


def _statements(plan: Plan, graph: GraphPlan) -> Iterator[Statement]:
    """The plan's statements, with those between them that ask the database at hand."""
    begun = proving = False
    for statement in graph.statements:
        if not begun and statement.phase == "change":
            begun = True
            yield from _value_checks(plan, graph)
            yield from _remember_triggers(graph)
        if not proving and statement.phase == "prove":
            proving = True
            yield from _rename_triggers(graph)
            yield from _orphan_checks(plan, graph)
        if statement.sql == closing().sql:
            yield _complete_ledger(graph)
        yield statement


def _value_checks(plan: Plan, graph: GraphPlan) -> Iterator[Statement]:
    """Stop where a value has a form that the facts do not have; all columns at once."""
    if plan.request.on_unparseable != "fail":
        return  # every value becomes something then
    queries = [_odd_values(column, plan.version_num) for column in graph.changing if not column.lookup]
    if not queries:
        return
    yield Statement(
        guard.block(
            sql.SQL(
                "DECLARE\n"
                "  said text;\n"
                "BEGIN\n"
                "  SELECT string_agg(format('%s: %s value(s), for example %s', name, n, samples), '; ') INTO said\n"
                "    FROM ({queries}) AS odd (name, n, samples) WHERE n > 0;\n"
                "  IF said IS NOT NULL THEN\n"
                "    RAISE EXCEPTION USING ERRCODE = {code},\n"
                "      MESSAGE = 'Values of a form that was not there when the revision was written: ' || said,\n"
                "      HINT = {hint};\n"
                "  END IF;\n"
                "END"
            ).format(
                queries=joined(queries, "\n          UNION ALL "),
                code=sql.Literal(guard.SCHEMA_CHANGED),
                hint=sql.Literal(_HINT),
            )
        ),
        "change",
        "check that the values are of the forms that the plan knows",
    )


def _odd_values(column: ColumnPlan, version_num: int) -> sql.Composable:
    operand = column.column.identifier
    findings = column.findings
    shapes = list(findings.shapes) if findings is not None else []
    known = [found.shape.matches(operand, version_num) for found in shapes]
    if findings is None or not findings.complete:
        known.append(value.is_parseable(operand))
    return sql.SQL(
        "SELECT {name}, count(*), string_agg(quote_literal(left(value, 80)), ', ') FILTER (WHERE number <= 3)\n"
        "            FROM (SELECT {column}::text AS value, row_number() OVER () AS number\n"
        "                    FROM {table} WHERE {column} IS NOT NULL AND ({known}) IS NOT TRUE) AS odd"
    ).format(
        name=sql.Literal(str(column.column)),
        column=operand,
        table=column.column.table_name.identifier,
        known=joined(known, " OR "),
    )


def _existing(graph: GraphPlan) -> list[tuple[TableName, str]]:
    return [(key.table, key.name) for key in graph.foreign_keys if key.existing is not None]


def _remember_triggers(graph: GraphPlan) -> Iterator[Statement]:
    """Names of the triggers of every key that is taken down: they fire in the order of their names."""
    keys = _existing(graph)
    if not keys:
        return
    yield Statement(
        guard.block(
            sql.SQL(
                "BEGIN\n"
                "  PERFORM set_config('uuidkit.key_triggers', coalesce(jsonb_agg(jsonb_build_object(\n"
                "      'owner', w.relation::oid::text, 'key', w.name, 'relation', t.tgrelid::text,\n"
                "      'schema', n.nspname, 'table', c.relname, 'function', p.proname,\n"
                "      'type', t.tgtype, 'name', t.tgname)\n"
                "      ORDER BY t.tgname), '[]')::text, true)\n"
                "    FROM (VALUES {keys}) AS w (relation, name)\n"
                "    JOIN pg_constraint k ON k.conrelid = w.relation AND k.conname = w.name\n"
                "    JOIN pg_trigger t ON t.tgconstraint = k.oid\n"
                "    JOIN pg_proc p ON p.oid = t.tgfoid\n"
                "    JOIN pg_class c ON c.oid = t.tgrelid\n"
                "    JOIN pg_namespace n ON n.oid = c.relnamespace;\n"
                "END"
            ).format(
                keys=joined(
                    [
                        sql.SQL("({}::regclass, {})").format(sql.Literal(text_of(table.identifier)), sql.Literal(name))
                        for table, name in keys
                    ]
                )
            )
        ),
        "change",
        "remember in what turn the keys act",
    )


_REMEMBERED = (
    "jsonb_to_recordset(current_setting('uuidkit.key_triggers')::jsonb) AS w\n"
    '      (owner oid, key name, relation oid, schema name, "table" name, function name, type int2, name name)'
)


def _rename_triggers(graph: GraphPlan) -> Iterator[Statement]:
    if not _existing(graph):
        return
    yield Statement(
        guard.block(
            sql.SQL(
                "DECLARE\n"
                "  found record;\n"
                "BEGIN\n"
                "  FOR found IN\n"
                "    SELECT t.tgrelid::regclass AS relation, t.tgname AS old, w.name AS new\n"
                "      FROM {remembered}\n"
                "      JOIN pg_constraint k ON k.conrelid = w.owner AND k.conname = w.key\n"
                "      JOIN pg_trigger t ON t.tgconstraint = k.oid AND t.tgrelid = w.relation\n"
                "                       AND t.tgtype = w.type AND t.tgname <> w.name\n"
                "      JOIN pg_proc p ON p.oid = t.tgfoid AND p.proname = w.function\n"
                "  LOOP\n"
                "    EXECUTE format('ALTER TRIGGER %I ON %s RENAME TO %I', found.old, found.relation, found.new);\n"
                "  END LOOP;\n"
                "END"
            ).format(remembered=sql.SQL(_REMEMBERED))
        ),
        "change",
        "let the keys act in their old turn",
    )


def _orphan_checks(plan: Plan, graph: GraphPlan) -> Iterator[Statement]:
    """With ``on_orphan="fail"``: no undeclared reference may refer to nothing."""
    if plan.request.on_orphan != "fail":
        return
    changing = {column.column for column in graph.changing}
    for reference in graph.references:
        child, parent = reference.referencing, reference.referenced
        if reference.declared or child not in changing:
            continue
        yield Statement(
            guard.no_rows(
                sql.SQL(
                    "SELECT count(*) FROM {child} AS c WHERE c.{column} IS NOT NULL AND NOT EXISTS "
                    "(SELECT FROM {parent} AS p WHERE p.{referenced} = c.{column})"
                ).format(
                    child=child.table_name.identifier,
                    column=child.identifier,
                    parent=parent.table_name.identifier,
                    referenced=parent.identifier,
                ),
                f"row(s) of {child} refer to nothing in {parent}.",
            ),
            "prove",
            f"check that every {child} refers to something",
        )


def _complete_ledger(graph: GraphPlan) -> Statement:
    """What the ledger keeps of the database at hand: numbers of rows, and the names of the keys' triggers."""
    counts: list[sql.Composable] = []
    for number, column in enumerate(graph.changing):
        backup = sql.Identifier(column.backup)
        unparseable = (
            sql.SQL("0")
            if column.on_unparseable == "fail"
            else sql.SQL("count(*) FILTER (WHERE {} IS NOT NULL AND ({}) IS NOT TRUE)").format(
                backup, value.is_parseable(backup)
            )
        )
        counts.append(
            sql.SQL(
                "  SELECT jsonb_set(document, {path}, document #> {path} || jsonb_build_object('rows', count(*),\n"
                "      'nulls', count(*) FILTER (WHERE {backup} IS NULL), 'unparseable', {unparseable}))\n"
                "    INTO STRICT document FROM {table};\n"
            ).format(
                path=sql.Literal(f"{{columns,{number}}}"),
                backup=backup,
                unparseable=unparseable,
                table=column.column.table_name.identifier,
            )
        )
    triggers: sql.Composable = sql.SQL("")
    if _existing(graph):
        triggers = sql.SQL(
            "  SELECT jsonb_set(document, '{{foreign_keys}}', jsonb_agg(\n"
            "      CASE WHEN (k.key ->> 'existed')::boolean THEN jsonb_set(k.key, '{{triggers}}', (\n"
            "        SELECT coalesce(jsonb_agg(jsonb_build_object('table', jsonb_build_object('schema', w.schema,\n"
            "                 'name', w.\"table\"), 'function', w.function, 'type', w.type, 'name', w.name)\n"
            "                 ORDER BY w.name), '[]')\n"
            "          FROM {remembered}\n"
            "         WHERE w.owner = format('%I.%I', k.key ->> 'schema', k.key ->> 'table')::regclass\n"
            "           AND w.key = k.key ->> 'name')) ELSE k.key END ORDER BY k.number))\n"
            "    INTO STRICT document\n"
            "    FROM jsonb_array_elements(document -> 'foreign_keys') WITH ORDINALITY AS k (key, number);\n"
        ).format(remembered=sql.SQL(_REMEMBERED))
    return Statement(
        guard.block(
            sql.SQL(
                "DECLARE\n"
                "  entry bigint;\n"
                "  document jsonb;\n"
                "BEGIN\n"
                "  SELECT id, graph INTO STRICT entry, document FROM uuidkit.conversions ORDER BY id DESC LIMIT 1;\n"
                "{counts}"
                "{triggers}"
                "  UPDATE uuidkit.conversions SET graph = document WHERE id = entry;\n"
                "END"
            ).format(counts=joined(counts, ""), triggers=triggers)
        ),
        "ledger",
        "complete the ledger with what this database alone knows",
    )
