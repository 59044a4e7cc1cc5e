"""What the document says, section by section, taken from the JSON report. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from uuidkit.report.document.asked import asked
from uuidkit.report.document.drawing import Edge, Node, draw
from uuidkit.report.document.measures import duration, span
from uuidkit.report.document.sections import afterwards, rehearsal
from uuidkit.report.layout import size
from uuidkit.report.words import FATES, nothing
from uuidkit.wording import count

_FORMATS = ("canonical", "hex", "prefixed", "braced", "underscored", "urn", "looked up", "unparseable")
_WITHOUT = {
    "fail": "refused",
    "derive": "each text gets a uuid derived from it",
    "null": "become NULL, the text stays in the backup",
}
_DRY = "Dry run · conversion of text identifiers to uuid"
_NAMED = 3  # backup columns that the summary names
_MOST = 20  # tables whose time is shown


@dataclass(frozen=True, slots=True)
class Bar:
    """A share of a column's values: the format, how many, and which part of all in percent."""

    name: str
    number: int
    percent: float


@dataclass(frozen=True, slots=True)
class Decision:
    """A finding that somebody has to decide about."""

    code: str
    object: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Document:
    """Everything on the page.

    Attributes:
        status: ``ready``, ``blocked`` or ``nothing to do``.
        report: the JSON report, for what the page takes from it unchanged.
    """

    status: str
    verdict: str
    summary: str
    decisions: tuple[Decision, ...]
    drawing: str
    columns: tuple[Mapping[str, Any], ...]
    dependents: tuple[Mapping[str, Any], ...]
    untouched: int
    forecast: tuple[tuple[str, str], ...]
    locks: tuple[tuple[str, str, str], ...]
    graphs: tuple[Mapping[str, Any], ...]
    facts: tuple[tuple[str, str], ...]
    report: Mapping[str, Any]
    kicker: str = _DRY
    tables: tuple[tuple[str, str, str, str], ...] = ()
    rehearsal: Mapping[str, Any] | None = None
    happened: tuple[tuple[str, str, str, str], ...] = ()
    proofs: tuple[Mapping[str, Any], ...] = ()
    proved: str = ""
    seal: str = ""
    named: str = ""


def document(report: Mapping[str, Any], *, made_at: datetime | None = None) -> Document:
    """The document of a report.

    Args:
        report: as ``report --format json`` prints it.
        made_at: when it was made, with its time zone; None leaves it out.
    """
    changing = [column for column in report["columns"] if not column["done"]]
    after = afterwards(report)
    return Document(
        status=after.get("status", report["status"]),
        verdict=after.get("verdict") or _verdict(report, changing),
        summary=after.get("summary") or _summary(report, changing),
        decisions=tuple(Decision(**blocker) for blocker in report["blockers"]),
        drawing=draw(*_graph(report)),
        columns=tuple({**column, "bars": bars(column), "facts": _column_facts(column)} for column in report["columns"]),
        dependents=tuple(
            {**found, "fate": FATES[found["action"]]}
            for found in report["dependents"]
            if found["action"] != "keep" or found["meaning"] != "same"
        ),
        untouched=sum(1 for found in report["dependents"] if found["action"] == "keep" and found["meaning"] == "same"),
        forecast=tuple(forecast(report["estimate"])),
        locks=tuple(_locks(report["estimate"]["locks"])),
        graphs=tuple(report["graphs"]),
        facts=tuple(_facts(report, made_at)),
        report=report,
        kicker=after.get("kicker", _DRY),
        tables=tuple(_tables(report["estimate"])),
        rehearsal=rehearsal(report),
        happened=after.get("happened", ()),
        proofs=after.get("proofs", ()),
        proved=after.get("proved", ""),
        seal=after.get("seal", ""),
        named=after.get("named", ""),
    )


def _locks(locks: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Each table with the lock on it; one that is locked by several transactions has one line."""
    held: dict[tuple[str, str], list[float | None]] = {}
    for lock in locks:
        held.setdefault((lock["table"], lock["mode"]), []).append(lock["seconds"])
    for (table, mode), times in held.items():
        known = [seconds for seconds in times if seconds is not None]
        text = duration(sum(known) if len(known) == len(times) else None)
        yield table, mode, text + (f" in {len(times)} transactions" if len(times) > 1 else "")


def _tables(estimate: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """The tables that take longest, where there are several and it is worth a line."""
    found = [item for item in estimate.get("tables", ()) if (item["seconds"] or 0) >= 1]
    if len(estimate.get("tables", ())) < 2:
        return []
    return [
        (
            item["table"],
            "" if item["rows"] is None else f"{item['rows']:,}",
            duration(item["seconds"]),
            size(item["bytes_written"]),
        )
        for item in sorted(found, key=lambda item: -item["seconds"])[:_MOST]
    ]


def _verdict(report: Mapping[str, Any], changing: Sequence[Mapping[str, Any]]) -> str:
    tables = count(len({column["table"] for column in changing}), "table")
    columns = count(len(changing), "column")
    if report["status"] == "ready":
        return f"Ready: {columns} in {tables} can become uuid, and nothing will be lost."
    if report["status"] == "blocked":
        needs = count(len(report["blockers"]), "finding needs", "findings need")
        return f"Not yet: {needs} a decision. Nothing was changed, and nothing is begun before."
    if not report["columns"]:
        return nothing(report["notes"])
    return "Nothing to do: every column named is uuid already."


def _summary(report: Mapping[str, Any], changing: Sequence[Mapping[str, Any]]) -> str:
    if report["status"] == "nothing to do":
        return "Nothing is rewritten, and nothing is locked."
    working = sum(1 for graph in report["graphs"] if graph["steps"])
    said = [
        f"{count(_rewritten(report), 'row')} to be rewritten"
        + (f", in {working} transactions, one per reference graph" if working > 1 else ", in one transaction"),
        f"the text of every row is kept ({_kept(changing)})",
        f"{count(len(report['foreign_keys']), 'foreign key')} put back or declared",
    ]
    hanging = [found for found in report["dependents"] if found["action"] in ("recreate", "rewrite")]
    if hanging:
        said.append(f"{count(len(hanging), 'object')} that hang on the columns put back")
    if report["estimate"]["seconds"] is not None:
        said.append(f"tables locked for {span(report['estimate'])}")
    return "; ".join(said)[:1].upper() + "; ".join(said)[1:] + "."


def _rewritten(report: Mapping[str, Any]) -> int:
    """Rows; those of a table that is part of two graphs are rewritten twice."""
    columns = iter(report["columns"])
    found = 0
    for graph in report["graphs"]:
        own = [next(columns) for _ in graph["columns"]]
        found += sum({column["table"]: column["rows"] or 0 for column in own if not column["done"]}.values())
    return found


def _kept(changing: Sequence[Mapping[str, Any]]) -> str:
    backups = list(dict.fromkeys(column["backup_column"] for column in changing if column["backup_column"]))
    if not backups:
        return "in a table of its own"
    if len(backups) > _NAMED:
        return f"in a column beside each, such as {backups[0]}"
    return f"{'column' if len(backups) == 1 else 'columns'} {', '.join(backups)}"


def bars(column: Mapping[str, Any]) -> list[Bar]:
    """A column's formats with their shares, most frequent first.

    Args:
        column: of the JSON report.
    """
    found = {name: number for name, number in column["formats"].items() if number}
    if column["unparseable"]["count"] and "unparseable" not in found:
        found["unparseable"] = column["unparseable"]["count"]
    total = sum(found.values())
    return [
        Bar(name, number, 100 * number / total)
        for name, number in sorted(found.items(), key=lambda item: (-item[1], item[0]))
    ]


def _column_facts(column: Mapping[str, Any]) -> list[tuple[str, str]]:
    facts = [("type", f"{column['type']} → uuid" if not column["done"] else f"{column['type']}, and stays")]
    facts.append(("why", column["why"]))
    if column["rows"] is not None:
        said = [count(column["rows"], "row"), f"{column['nulls']:,} NULL"]
        if column["distinct"] is not None:
            said.append(f"{column['distinct']:,} distinct")
        facts.append(("values", ", ".join(said) + (" (a sample)" if column["sampled"] else "")))
    if column["backup_column"]:
        facts.append(("backup", column["backup_column"]))
    if column["default_before"] is not None or column["default_after"] is not None:
        facts.append(("default", f"{column['default_before'] or 'none'} → {column['default_after'] or 'none'}"))
    if column["unparseable"]["count"]:
        samples = ", ".join(repr(sample) for sample in column["unparseable"]["samples"])
        facts.append(
            ("without a uuid", f"{column['unparseable']['count']:,} ({samples}): {_WITHOUT[column['on_unparseable']]}")
        )
    if column["collision_count"]:
        facts.append(("collisions", f"{count(column['collision_count'], 'uuid')} from different texts under one key"))
    if column["merged_count"]:
        facts.append(("spellings", f"{count(column['merged_count'], 'uuid')} from texts spelled differently"))
    if column["orphans"]:
        facts.append(("orphans", f"{column['orphans']:,} without counterpart"))
    return facts


def _graph(report: Mapping[str, Any]) -> tuple[list[Node], list[Edge]]:
    blocked = {blocker["object"] for blocker in report["blockers"]}
    tables: dict[str, list[tuple[str, str]]] = {}
    for column in report["columns"]:
        full = f"{column['table']}.{_quoted(column['column'])}"
        state = "done" if column["done"] else "convert"
        if full in blocked or column["table"] in blocked:
            state = "blocked"
        elif column["merged_count"] or column["orphans"] or column["unparseable"]["count"]:
            state = "review"
        tables.setdefault(column["table"], []).append((column["column"], state))
    edges = [
        Edge(_split(reference["from"], tables), _split(reference["to"], tables), reference["declared"])
        for reference in report["references"]
    ]
    return [Node(name, tuple(columns)) for name, columns in tables.items()], edges


def _split(name: str, tables: Mapping[str, Any]) -> tuple[str, str]:
    """(table, column) of a reference's end; the report writes names as SQL does."""
    for table in tables:
        if name.startswith(f"{table}."):
            rest = name[len(table) + 1 :]
            if rest.startswith('"'):
                return table, rest[1:-1].replace('""', '"')
            if "." not in rest:
                return table, rest
    table, _, column = name.rpartition(".")
    return table, column.strip('"')


def _quoted(name: str) -> str:
    from uuidkit.catalog.names import display

    return display(name)


def forecast(estimate: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the conversion is expected to cost: (label, text).

    Args:
        estimate: of the JSON report; empty where nothing was foretold.
    """
    if not estimate.get("locks") and estimate.get("seconds") is None:
        return []
    rows = [("Duration", span(estimate))]
    rows.append(("Written", size(estimate["bytes_written"])))
    if estimate.get("disk_peak") is not None:
        rows.append(("Disk needed at the peak, beyond today's", size(estimate["disk_peak"])))
    if estimate.get("wal") is not None:
        rows.append(("Write-ahead log", size(estimate["wal"])))
    if estimate.get("basis"):
        rows.append(("How it is known", estimate["basis"]))
    return rows


def _facts(report: Mapping[str, Any], made_at: datetime | None) -> list[tuple[str, str]]:
    version = report["server_version_num"]
    facts = [("Plan", report["plan_hash"])]
    if report.get("database"):
        facts.append(("Database", report["database"]))
    facts.append(("Server", f"PostgreSQL {version // 10000}.{version % 10000}"))
    if report.get("toolkit_version"):
        facts.append(("Toolkit", f"uuidkit {report['toolkit_version']}"))
    if made_at is not None:
        facts.append(("Made", made_at.strftime("%Y-%m-%d %H:%M %Z").strip()))
    facts.append(("Asked for", asked(report["request"])))
    if report["masked"]:
        facts.append(("Samples", "masked: letters are shown as x, digits as 9"))
    return facts
