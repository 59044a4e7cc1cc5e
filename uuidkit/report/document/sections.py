"""What the document says beside the plan: a rehearsal, and what really happened. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from uuidkit.report.document.measures import duration, span
from uuidkit.report.layout import duration as exactly
from uuidkit.report.rehearsed import NAMES, verdict
from uuidkit.wording import count


def rehearsal(report: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The section about a rehearsal; None where none was asked for.

    Args:
        report: as ``report --format json`` prints it.
    """
    if "rehearsal" not in report:
        return None
    found = report["rehearsal"]
    if found is None:
        return {"ok": True, "verdict": verdict(None), "where": "", "steps": (), "differences": (), "notes": ()}
    return {
        "ok": found["ok"],
        "verdict": verdict(found),
        "where": found["where"],
        "steps": [
            (NAMES[step["name"]], step["ok"], exactly(step["seconds"]), step["message"]) for step in found["steps"]
        ],
        "differences": found["differences"],
        "notes": found["notes"],
    }


def afterwards(report: Mapping[str, Any]) -> dict[str, Any]:
    """What is on the page once a conversion is done, in place of or beside what a dry run says.

    Args:
        report: as ``report --format json`` prints it, with ``outcome`` and ``proof`` where there are such.
    """
    outcome, proof = report.get("outcome"), report.get("proof")
    said: dict[str, Any] = {}
    if outcome is not None:
        said |= _happened(report, outcome)
    if proof is not None:
        said |= _proved(proof)
        if outcome is None:
            bad = [column for column in proof["columns"] if not column["ok"]]
            what = count(len(proof["columns"]), "converted column")
            said |= {
                "kicker": "Proof · text identifiers that became uuid",
                "status": "done" if proof["ok"] else "failed",
                "verdict": f"Proved: {what}, every value looked at."
                if proof["ok"]
                else f"Not proved: {len(bad):,} of {what} did not pass.",
                "summary": said["proved"],
            }
    return said


def _happened(report: Mapping[str, Any], outcome: Mapping[str, Any]) -> dict[str, Any]:
    columns = [column for graph in outcome["graphs"] for column in graph["columns"]]
    rows = sum(graph["rows"] for graph in outcome["graphs"])
    foretold: dict[str, float] = {}
    for item in report["estimate"].get("tables", ()):
        if item["seconds"] is not None:
            foretold[item["table"]] = item["seconds"]
    graphs = {frozenset(graph["columns"]): graph for graph in report.get("graphs", ())}
    lines = []
    for graph in outcome["graphs"]:
        known = next((found for own, found in graphs.items() if own & set(graph["columns"])), None)
        times = [foretold[table] for table in known["tables"] if table in foretold] if known else []
        lines.append(
            (
                ", ".join(graph["columns"][:3]) + (" …" if len(graph["columns"]) > 3 else ""),
                f"{graph['rows']:,}",
                duration(sum(times)) if times else "not known",
                exactly(graph["seconds"]),
            )
        )
    estimate = report["estimate"]
    beside = "" if estimate["seconds"] is None else f" The forecast was {span(estimate)}."
    return {
        "kicker": "Done · conversion of text identifiers to uuid",
        "status": "done",
        "verdict": f"Done: {count(len(columns), 'column')} became uuid, {count(rows, 'row')}, "
        f"in {exactly(outcome['seconds'])}.",
        "summary": f"The text of every row is kept; uuidkit revert puts it back, exactly.{beside}",
        "happened": tuple(lines),
    }


def _proved(proof: Mapping[str, Any]) -> dict[str, Any]:
    checked = sum(column["checked"] for column in proof["columns"])
    said = f"{count(checked, 'value')} compared with the text it was made from; keys, indexes and types looked at."
    return {
        "proofs": tuple(proof["columns"]),
        "proved": said if proof["ok"] else "Something does not hold; see below.",
        "seal": proof.get("seal") or "",
        "named": " ".join(proof.get("targets", ())),
    }
