"""Tables as text: the columns in the order of the inspector this replaces, then keys, references and dependents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from uuidkit.catalog.names import display
from uuidkit.report import words
from uuidkit.report.layout import WIDTH, size, table, width, wrap
from uuidkit.wording import count

if TYPE_CHECKING:
    from uuidkit.catalog.model import ForeignKey, Index
    from uuidkit.inspection import DependentInspection, TableInspection

_KINDS = {"r": "", "p": "partitioned table, ", "f": "foreign table, "}


def inspection(tables: Sequence[TableInspection]) -> str:
    """The tables, one after another."""
    if not tables:
        return "There are no tables.\n"
    return "\n".join("\n".join(_lines(item)) + "\n" for item in tables)


def _lines(item: TableInspection) -> Iterator[str]:
    yield from wrap(f"TABLE {item.table.name} ({_facts(item)})")
    yield ""
    rows = [
        (
            display(column.name),
            column.type,
            "YES" if column.nullable else "NO",
            column.default or "",
            "PK" if column.primary_key else "",
            ", ".join(f"→ {reference}" for reference in column.references),
        )
        for column in item.columns
    ]
    lines = table(("COLUMN", "TYPE", "NULL", "DEFAULT", "PK", "FK"), rows, yielding=(3,))
    yield lines[0]
    yield "-" * min(WIDTH, max(map(width, lines)))
    yield from lines[1:]
    yield from _section("UNIQUE CONSTRAINTS", [_index(index) for index in item.uniques])
    yield from _section("INDEXES", [_index(index) for index in item.indexes])
    yield from _section("FOREIGN KEYS", [_key(key) for key in item.foreign_keys])
    yield from _section("REFERENCED BY", [_key(key) for key in item.referenced_by])
    yield from _section("CHECKS", [(display(check.name), check.definition) for check in item.checks])
    yield from _section("DEPENDENTS", [_dependent(dependent) for dependent in item.dependents])


def _facts(item: TableInspection) -> str:
    table = item.table
    # Before the first ANALYZE or VACUUM the catalog knows neither.
    known = f"about {count(round(table.rows), 'row')}, {size(table.bytes)}" if table.rows >= 0 else "never analysed"
    facts = f"{_KINDS.get(table.kind, '')}{known}, owner {display(table.owner)}"
    return facts if item.table.row_security == "none" else f"{facts}, row-level security {item.table.row_security}"


def _section(title: str, entries: Sequence[tuple[str, str]]) -> Iterator[str]:
    if not entries:
        return
    yield ""
    yield title
    for name, text in entries:
        yield from wrap(f"{name}: {text}" if text else name, "    ", "  ")


def _index(index: Index) -> tuple[str, str]:
    columns = ", ".join("(expression)" if name is None else display(name) for name in index.key_columns)
    facts = [f"{'primary key ' if index.primary else ''}({columns})"]
    if index.unique and index.constraint is None:
        facts.append("unique index without a constraint")
    if index.method != "btree":
        facts.append(index.method)
    if index.includes:
        facts.append(f"includes {', '.join(map(display, index.includes))}")
    if index.predicate is not None:
        facts.append(f"where {index.predicate}")
    if not index.valid:
        facts.append("INVALID")
    return display(index.name), ", ".join(facts)


def _key(key: ForeignKey) -> tuple[str, str]:
    ends = f"{words.end(key.table, key.columns)} → {words.end(key.referenced_table, key.referenced_columns)}"
    return display(key.name), f"{ends} {words.clauses(key)}".rstrip()


def _dependent(dependent: DependentInspection) -> tuple[str, str]:
    reads = f" (reads {', '.join(map(display, dependent.columns))})" if dependent.columns else ""
    return f"{dependent.kind} {dependent.name}{reads}", ""
