"""What the reader of a plan should know although nothing forbids the conversion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from uuidkit.catalog.names import ColumnName, display
from uuidkit.findings import ColumnFindings, Reference
from uuidkit.planning.facts import GraphFacts
from uuidkit.planning.model import ForeignKeyPlan, GraphPlan, OnUnparseable, Request
from uuidkit.wording import count

UNSEEN = "Not looked at: "  # begins a note on a table whose values cannot be read
MANY_ROWS = 100_000  # of a table, from which on it matters how often it is rewritten


def notes(request: Request, facts: GraphFacts, keys: Sequence[ForeignKeyPlan]) -> Iterator[str]:
    """One sentence each, the values first.

    Args:
        request: what is asked for.
        facts: what was found out about the graph.
        keys: the foreign keys that are put back.
    """
    for name in request.through:
        yield f"{name} is inherited: the whole tree is converted through its root."
    if facts.ties:
        more = " …" if len(facts.ties) > 5 else ""
        yield (
            "Several reference graphs change in one transaction, and back in one, since some objects could not be made "
            f"while a part of the ids are uuids and the others texts: {', '.join(facts.ties[:5])}{more}."
        )
    for name in facts.columns:
        findings = facts.findings.get(name)
        if findings is not None:
            yield from _values(name, findings, request.on_unparseable)
    for reference in facts.references:
        if not reference.declared:
            yield from _undeclared(reference)
    for reference in facts.doubtful:
        yield (
            f"{reference.referencing} → {reference.referenced}: perhaps a reference; it is not taken along and stays "
            f"as it is. {reference.why} If it is one, add it with --include."
        )
    for reason in facts.not_looked_at:
        yield f"Not looked at for undeclared references: {reason}"
    yield from _surroundings(request, facts)
    for key in keys:
        if key.existing is not None and not key.existing.validated and key.existing.enforced:
            yield f"Foreign key {display(key.name)} is NOT VALID and comes back so."


def of_several(graphs: Sequence[GraphPlan]) -> Iterator[str]:
    """What concerns the graphs of a plan together.

    Args:
        graphs: all of them.
    """
    times = Counter(work.table for graph in graphs for work in graph.works if (work.rows or 0) >= MANY_ROWS)
    often = {table: number for table, number in times.items() if number > 1}
    if often:
        named = ", ".join(f"{table} {number} times" for table, number in list(often.items())[:5])
        more = f" and {count(len(often) - 5, 'table')} more" if len(often) > 5 else ""
        yield (
            f"Rewritten more than once, as columns of several reference graphs are in them: {named}{more}. With "
            "--join-graphs each table is rewritten once; its graphs then change in one transaction, and back in one."
        )


def _values(name: ColumnName, findings: ColumnFindings, on_unparseable: OnUnparseable) -> Iterator[str]:
    values = count(findings.unparseable, "value")
    if findings.unparseable and on_unparseable == "derive":
        yield f"{name}: {values} without a uuid: each text gets one derived from it, the same wherever it occurs."
    if findings.unparseable and on_unparseable == "null":
        become = "becomes" if findings.unparseable == 1 else "become"
        yield f"{name}: {values} without a uuid {become} NULL; the text stays in the backup column."
    if findings.merged_count:
        come = count(findings.merged_count, "uuid comes", "uuids come")
        example = findings.merged[0] if findings.merged else None
        shown = f", for example {', '.join(map(repr, example.values))} → {example.uuid}" if example else ""
        yield f"{name}: {come} from texts spelled differently{shown}."


def _undeclared(reference: Reference) -> Iterator[str]:
    edge = f"{reference.referencing} → {reference.referenced}"
    if reference.respelled:
        spell = count(reference.respelled, "row spells", "rows spell")
        yield f"{edge}: {spell} the id otherwise than the referenced row does; the conversion links them."
    if reference.orphans:
        refer = count(reference.orphans, "row refers", "rows refer")
        yield f"{edge}: {refer} to nothing there; converted and kept."


def _surroundings(request: Request, facts: GraphFacts) -> Iterator[str]:
    """What else in the database meets the new columns."""
    if request.backup == "column":
        yield from _disturbed(facts)
    for subscription, table in facts.subscriptions:
        if table in facts.changing_tables:
            yield (
                f"Subscription {display(subscription)} writes rows of another server into {table}, with ids as texts: "
                "it stops at the first one that PostgreSQL does not take for a uuid, such as one with a prefix. "
                "Convert the table on that server first."
            )
    for called in facts.functions:
        if called.language == "plpgsql" and not called.owned:
            yield (
                f"Function {called.name} belongs to somebody else: sessions that have called it before may fail "
                "until they reconnect, or until its owner runs ALTER FUNCTION on it."
            )
    for found in facts.dependents:
        if found.fill:
            yield f"Materialized view {found.name} is filled anew: contents that were out of date are fresh afterwards."


def _disturbed(facts: GraphFacts) -> Iterator[str]:
    """What a new column beside each converted one disturbs."""
    remedy = "--backup table keeps the texts in a table of their own instead"
    for publication, table in facts.publications:
        yield (
            f"Publication {display(publication)} sends whole rows of {table}: add the backup column to its "
            f"subscribers' tables first, or they stop with 'missing replicated column'; {remedy}."
        )
    for trigger, table, function in facts.row_triggers:
        if table in facts.changing_tables:
            yield (
                f"Trigger {display(trigger)} on {table} handles whole rows (function {function}), which get the backup "
                f"column: a table that they are copied to needs that column too, or the trigger fails; {remedy}."
            )
    for found in facts.dependents:
        if not found.hard and found.kind in ("view", "materialized view"):
            yield (
                f"The {found.kind} {found.name} takes whole rows of a converted table, which get the backup column; "
                f"{remedy}."
            )
