"""The dry run as text: 80 columns, what forbids it first, then column by column what would happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from uuidkit.catalog.names import display
from uuidkit.findings import Collision, Reference
from uuidkit.planning.model import Blocker, ColumnPlan, DependentPlan, ForeignKeyPlan, GraphPlan, Plan
from uuidkit.report import words
from uuidkit.report.layout import duration, listing, sample, sentences, size, table, wrap
from uuidkit.report.mask import mask as outline
from uuidkit.report.mask import mask_message
from uuidkit.report.sqltext import wrap_sql
from uuidkit.wording import count

_SAMPLES = 3  # values shown of each kind; the JSON has all that were kept

_TABLES = 10  # of which the time is shown

_MEANINGS = {
    "same": "",
    "changed": "; its answers change",
    "unknown": "; whether it means the same afterwards is not known",
}

_Show = Callable[[str], str]


def plan(plan: Plan, *, mask: bool = False, statements: bool = False, cost: bool = True) -> str:
    """The report of a dry run.

    Args:
        plan: the plan.
        mask: hide sample values.
        statements: print every statement in full, not only what it does.
        cost: say how long it takes and how much it writes.
    """

    def show(value: str) -> str:
        return sample(outline(value) if mask else value)

    lines = wrap(verdict(plan))
    if plan.blockers:
        lines += ["", "BLOCKERS", *_blockers(plan.blockers, mask)]
    several = len(plan.graphs) > 1
    for number, graph in enumerate(plan.graphs, 1):
        if several:
            lines += ["", *wrap(f"GRAPH {number} OF {len(plan.graphs)}: {graph.name}")]
        lines += _graph(plan, graph, show, mask)
        if several and graph.notes:
            lines += ["", "NOTES", *_notes(graph.notes, mask)]
    notes = [*([] if several else [note for graph in plan.graphs for note in graph.notes]), *plan.notes]
    if notes:
        lines += ["", "NOTES", *_notes(notes, mask)]
    if plan.status == "ready" and cost:
        lines += ["", "COST", *_cost(plan)]
    if plan.statements:
        lines += ["", *_statements(plan, statements)]
    return "\n".join(lines) + "\n"


def summary(plan: Plan, *, mask: bool = False) -> str:
    """The plan in a few lines, for the question whether to go ahead.

    Args:
        plan: a plan that is ready.
        mask: hide sample values.
    """
    rows = [
        (
            str(column.column),
            column.before.type,
            "" if column.findings is None else f"{column.findings.rows:,}",
            _kept_in(column),
        )
        for graph in plan.graphs
        for column in graph.changing
    ]
    lines = wrap(verdict(plan))
    if rows:
        lines += ["", *table(("COLUMN", "TYPE NOW", "ROWS", "BACKUP"), rows, "  ", right=(2,))]
    notes = [*plan.notes, *(note for graph in plan.graphs for note in graph.notes)]
    if notes:
        lines += _notes(notes, mask)
    lines += ["", *wrap(_price(plan), "  "), ""]
    return "\n".join(lines) + "\n"


def verdict(plan: Plan) -> str:
    """The dry run's result in one sentence."""
    changing = [column for graph in plan.graphs for column in graph.changing]
    columns = count(len(changing), "column")
    if plan.blockers:
        verb = "forbids" if len(plan.blockers) == 1 else "forbid"
        what = f"the conversion of {columns}" if changing else "the conversion"
        return f"Blocked: {count(len(plan.blockers), 'finding')} {verb} {what}. Nothing was changed."
    if plan.status == "nothing to do":
        named = count(len(plan.request.targets), "column")
        return (
            f"Nothing to do: {named} named, and all of them are uuid already."
            if plan.request.targets
            else words.nothing(plan.notes)
        )
    tables = len({column.column.table_name for column in changing})
    # A table that is part of two graphs is rewritten twice.
    rewritten = [
        {c.column.table_name: c.findings.rows for c in graph.changing if c.findings is not None}
        for graph in plan.graphs
    ]
    rows = sum(sum(of_tables.values()) for of_tables in rewritten)
    working = [graph for graph in plan.graphs if graph.statements]
    transactions = "one transaction" if len(working) == 1 else f"{len(working)} transactions, one per reference graph"
    if not changing:
        return f"Ready: no column changes its type; what is missing is made in {transactions}."
    become = "becomes" if len(changing) == 1 else "become"
    return f"Ready: {columns} of {count(tables, 'table')} {become} uuid, {count(rows, 'row')}, in {transactions}."


def blockers(found: Sequence[Blocker], *, mask: bool = False, changed: bool = False) -> str:
    """The reasons of a refusal, as it is printed when there is no report around it.

    Args:
        found: the blockers.
        mask: hide sample values.
        changed: whether other reference graphs were finished before.
    """
    fate = "The graph at hand is as it was." if changed else "Nothing was changed."
    head = f"Blocked: {count(len(found), 'finding')}. {fate}"
    return "\n".join([head, *_blockers(found, mask)]) + "\n"


def _blockers(found: Sequence[Blocker], mask: bool) -> Iterator[str]:
    for number, blocker in enumerate(found, 1):
        yield ""
        yield from wrap(f"{blocker.code}: {blocker.object}", "       ", f"{number:>3}. ")
        yield from _paragraphs(mask_message(blocker.message) if mask else blocker.message, "     ")
        if blocker.remedy:
            yield from wrap(mask_message(blocker.remedy) if mask else blocker.remedy, "         ", "     -> ")


def _paragraphs(text: str, indent: str) -> Iterator[str]:
    for line in text.splitlines() or [""]:
        yield from wrap(line, indent)


def _graph(plan: Plan, graph: GraphPlan, show: _Show, mask: bool) -> Iterator[str]:
    if graph.columns:
        yield from ("", "COLUMNS")
    for column in graph.columns:
        yield ""
        yield from _column(plan, graph, column, show, mask)
    if graph.foreign_keys or graph.uniques:
        yield from ("", "FOREIGN KEYS", "")
        for unique in graph.uniques:
            yield from wrap(f"{display(unique.name)}: a unique constraint to refer to, new", "    ", "  ")
            yield from wrap(str(unique.column), "      ", "    ")
        for key in graph.foreign_keys:
            yield from _foreign_key(key)
    undeclared = [reference for reference in graph.references if not reference.declared]
    if undeclared:
        yield from ("", "UNDECLARED REFERENCES", "")
        for reference in undeclared:
            yield from _reference(reference, show, mask)
    if graph.dependents:
        yield from ("", "WHAT HANGS ON THEM", "", *_dependents(graph.dependents, mask))


def _field(label: str, text: str) -> Iterator[str]:
    yield from wrap(text, " " * 17, f"    {label:<13}")


def _kept_in(column: ColumnPlan) -> str:
    return display(column.backup) if column.backup else "a table in the schema uuidkit"


def _column(plan: Plan, graph: GraphPlan, column: ColumnPlan, show: _Show, mask: bool) -> Iterator[str]:
    yield from wrap(str(column.column), "    ", "  ")
    if column.done:
        yield from _field("type", f"{column.before.type}, and stays as it is")
        if column.backup:
            yield from _field("backup", display(column.backup))
        return
    yield from _field("type", f"{column.before.type} → uuid")
    why = words.why(plan, graph, column)
    yield from _field("why", mask_message(why) if mask else why)
    if column.findings is not None:
        yield from _values(column, show)
    yield from _field("backup", _kept_in(column))
    if column.inherited:
        below = ", ".join(str(one.column.table_name) for one in column.inherited)
        yield from _field("with", f"{below}, which inherit it")
    if column.before.default is not None or column.default_after is not None:
        yield from _field("default", f"{column.before.default or 'none'} → {column.default_after or 'none'}")
    if column.lookup:
        places = listing([str(name) for name in column.lookup])
        yield from _field("looked up", f"each text is looked up in {places} first")
    shape = "the canonical text" if column.legacy_shape is None else str(column.legacy_shape)
    yield from _field("way back", f"rows added after the conversion would be written as {shape}")


def _values(column: ColumnPlan, show: _Show) -> Iterator[str]:
    findings = column.findings
    assert findings is not None
    facts = [count(findings.rows, "row"), f"{findings.nulls:,} NULL"]
    if findings.distinct is not None:
        facts.append(f"{findings.distinct:,} distinct")
    if findings.padded:
        facts.append(f"{findings.padded:,} with blanks around")
    yield from _field("values", ", ".join(facts) + (" (a sample)" if findings.sampled else ""))
    counted = formats(findings.formats, findings.unparseable)
    if counted:
        yield from _field("formats", counted)
    if findings.shapes:
        yield from _field("shapes", ", ".join(f"{shape.count:,} {shape.shape}" for shape in findings.shapes))
    if findings.unparseable:
        shown = _samples(findings.unparseable_samples, findings.unparseable, show)
        noun = count(findings.unparseable, "value is no uuid", "values are no uuid")
        yield from _field("unparseable", f"{noun}{shown}: {words.unparseable(column)}")
    if findings.collision_count:
        yield from _field("collisions", _collisions(findings.collisions, findings.collision_count, show, "one key"))
    if findings.merged_count:
        yield from _field("merged", _collisions(findings.merged, findings.merged_count, show, "rows without a key"))


def formats(counts: Mapping[str, int], unparseable: int) -> str:
    """How many values have which format, most frequent first."""
    known = sorted(((number, name) for name, number in counts.items() if number), key=lambda pair: (-pair[0], pair[1]))
    said = [f"{number:,} {name}" for number, name in known]
    if unparseable and not counts.get("unparseable"):
        said.append(f"{unparseable:,} unparseable")
    return ", ".join(said)


def _samples(values: Sequence[str], total: int, show: _Show) -> str:
    if not values:
        return ""
    shown = [show(value) for value in values[:_SAMPLES]]
    return f" ({', '.join(shown)}{', …' if total > len(shown) else ''})"


def _collisions(found: Sequence[Collision], total: int, show: _Show, where: str) -> str:
    sentence = f"{count(total, 'uuid comes', 'uuids come')} from different texts in {where}"
    if found:
        values = listing([show(value) for value in found[0].values])
        key = f" under {display(found[0].key)}" if found[0].key else ""
        sentence += f"; for example {values}{key}"
    return sentence


def _foreign_key(key: ForeignKeyPlan) -> Iterator[str]:
    fate = "put back as it was" if key.declared else "new"
    yield from wrap(f"{display(key.name)}: {fate}", "    ", "  ")
    yield from wrap(
        f"{words.end(key.table, key.columns)} → {words.end(key.referenced_table, key.referenced_columns)}",
        "      ",
        "    ",
    )
    clauses = words.clauses(key)
    if clauses:
        yield from wrap(clauses, "      ", "    ")


def _reference(reference: Reference, show: _Show, mask: bool) -> Iterator[str]:
    yield from wrap(f"{reference.referencing} → {reference.referenced}", "    ", "  ")
    facts = [mask_message(reference.why) if mask else reference.why]
    if not reference.certain:
        facts.append("this is not certain")
    if reference.orphans:
        shown = _samples(reference.orphan_samples, reference.orphans, show)
        noun = count(reference.orphans, "row has", "rows have")
        facts.append(f"{noun} no counterpart{shown}")
    elif reference.orphans == 0:
        facts.append("no orphans")
    if reference.respelled:
        facts.append(
            "1 row is spelled otherwise than its counterpart, and is linked by the conversion"
            if reference.respelled == 1
            else f"{reference.respelled:,} rows are spelled otherwise than their counterparts, and are linked by the "
            "conversion"
        )
    if reference.backup is not None:
        facts.append(f"texts are looked up in {reference.backup}")
    yield from wrap(sentences(facts), "    ")


def _dependents(found: Sequence[DependentPlan], mask: bool) -> Iterator[str]:
    rows = []
    for item in found:
        refused = item.action == "refuse"
        fate = words.FATES[item.action] + ("" if refused else _MEANINGS[item.meaning])
        if item.why:
            why = mask_message(item.why) if mask else item.why
            fate += f" ({why})" if item.meaning == "same" and not refused else f": {why}"
        rows.append((item.kind, item.name, fate))
    yield from table(("KIND", "NAME", "WHAT BECOMES OF IT"), rows, "  ")
    offers = [item for item in found if item.offer is not None]
    if offers:
        yield from ("", "OFFERED", "")
    for item in offers:
        yield from wrap(f"{item.kind} {item.name}, so that it means what it meant:", "    ", "  ")
        offer = mask_message(item.offer or "") if mask else item.offer or ""
        yield from wrap_sql(offer, "      ")


def _notes(notes: Sequence[str], mask: bool) -> Iterator[str]:
    yield ""
    for note in notes:
        yield from wrap(mask_message(note) if mask else note, "    ", "  - ")


def _cost(plan: Plan) -> Iterator[str]:
    yield ""
    yield from wrap(_price(plan), "  ")
    costs = plan.estimate
    if costs.disk_peak:
        log = f"; {size(costs.wal)} of write-ahead log" if costs.wal else "; none of it goes to the write-ahead log"
        yield from wrap(f"At the peak {size(costs.disk_peak)} more disk than now{log}.", "  ")
    if costs.basis:
        yield from wrap(f"How it is known: {costs.basis}", "  ")
    slow = sorted((t for t in costs.tables if t.seconds and t.seconds >= 1), key=lambda t: -(t.seconds or 0))
    if len(costs.tables) > 1 and slow:
        times = [(str(t.table), _about(t.seconds or 0), size(t.bytes_written)) for t in slow[:_TABLES]]
        yield from ("", *table(("TABLE", "TIME", "WRITTEN"), times, "  "))
        if len(slow) > _TABLES:
            yield from wrap(f"and {count(len(slow) - _TABLES, 'table')} more of at least a second", "  ")
    if plan.estimate.locks:
        held: dict[tuple[str, str], list[float | None]] = {}
        for name, mode, seconds in plan.estimate.locks:
            held.setdefault((str(name), mode), []).append(seconds)
        rows = [(name, mode, _held(times)) for (name, mode), times in held.items()]
        yield from ("", *table(("TABLE", "LOCK", "HELD FOR"), rows, "  "))


def _price(plan: Plan) -> str:
    written = size(plan.estimate.bytes_written)
    if plan.estimate.seconds is None:
        return f"How long it takes cannot be said; about {written} are written anew."
    time = _about(plan.estimate.seconds)
    if plan.estimate.between is not None and plan.estimate.between[1] >= 1:
        low, high = (duration(seconds) for seconds in plan.estimate.between)
        time += f" (at most {high})" if plan.estimate.seconds < 0.95 else f" (between {low} and {high})"
    return f"{time[0].upper()}{time[1:]}; about {written} are written anew."


def _held(times: Sequence[float | None]) -> str:
    known = [seconds for seconds in times if seconds is not None]
    if len(known) < len(times):
        return ""
    return _about(sum(known)) + ("" if len(times) == 1 else f" in {len(times)} transactions")


def _about(seconds: float) -> str:
    # An estimate is not better than that.
    return "less than a second" if seconds < 0.95 else f"about {duration(seconds)}"


def _statements(plan: Plan, full: bool) -> Iterator[str]:
    yield "STATEMENTS" if full else "STATEMENTS (in full: --statements, or `uuidkit sql`)"
    yield ""
    if not full:
        rows = [(f"{n}.", s.phase, s.summary) for n, s in enumerate(plan.statements, 1)]
        yield from table(("", "", ""), rows, "  ", right=(0,))
        return
    for number, statement in enumerate(plan.statements, 1):
        if number > 1:
            yield ""
        yield from wrap(f"{statement.phase}: {statement.summary}", "      ", f"{number:>4}. ")
        yield from wrap_sql(f"{statement.sql};", "      ")
