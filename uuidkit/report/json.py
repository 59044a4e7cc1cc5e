"""Results as JSON: the shapes that scripts rely on. Keys may be added, none is renamed or removed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from uuidkit.catalog.names import ColumnName
from uuidkit.findings import Collision, ColumnFindings, Reference
from uuidkit.planning.model import Blocker, ColumnPlan, DependentPlan, ForeignKeyPlan, GraphPlan, Plan
from uuidkit.report import words
from uuidkit.report.mask import mask as outline
from uuidkit.report.mask import mask_all, mask_message
from uuidkit.version import __version__

if TYPE_CHECKING:
    from uuidkit.execute import Outcome
    from uuidkit.looking_up import Found
    from uuidkit.scanning import ScanResult
    from uuidkit.verification import Proof

_Show = Callable[[str], str]


def dumps(value: Any) -> str:
    """A value of this module as text, indented, ending with a line break."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def plan(plan: Plan, *, mask: bool = False) -> dict[str, Any]:
    """What ``report --format json`` prints.

    Args:
        plan: the plan.
        mask: hide sample values.
    """
    show: _Show = outline if mask else str
    columns = [(graph, column) for graph in plan.graphs for column in graph.columns]
    return {
        "status": plan.status,
        "plan_hash": plan.hash,
        "columns": [_planned_column(plan, graph, column, show) for graph, column in columns],
        "foreign_keys": [_foreign_key(key) for graph in plan.graphs for key in graph.foreign_keys],
        "dependents": [_dependent(item, mask) for graph in plan.graphs for item in graph.dependents],
        "blockers": blockers(plan.blockers, mask=mask),
        "statements": [statement.sql for statement in plan.statements],
        "estimate": {
            "seconds": plan.estimate.seconds,
            "between": None if plan.estimate.between is None else list(plan.estimate.between),
            "bytes_written": plan.estimate.bytes_written,
            "locks": [
                {"table": str(table), "mode": mode, "seconds": seconds} for table, mode, seconds in plan.estimate.locks
            ],
            "disk_peak": plan.estimate.disk_peak,
            "wal": plan.estimate.wal,
            "basis": plan.estimate.basis,
            "tables": [
                {
                    "table": str(item.table),
                    "rows": item.rows,
                    "seconds": item.seconds,
                    "bytes_written": item.bytes_written,
                    "measured": item.measured,
                }
                for item in plan.estimate.tables
            ],
        },
        "references": [_reference(reference, show) for graph in plan.graphs for reference in graph.references],
        "unique_constraints": [
            {"name": unique.name, "column": str(unique.column)} for graph in plan.graphs for unique in graph.uniques
        ],
        "graphs": [_graph(graph, mask) for graph in plan.graphs],
        "notes": _notes([*plan.notes, *(note for graph in plan.graphs for note in graph.notes)], mask),
        "request": _request(plan),
        "server_version_num": plan.version_num,
        "toolkit_version": __version__,
        "masked": mask,
    }


def blockers(found: Iterable[Blocker], *, mask: bool = False) -> list[dict[str, str]]:
    """The reasons why a conversion is refused.

    Args:
        found: the blockers.
        mask: hide sample values.
    """
    return [
        {
            "code": blocker.code,
            "object": blocker.object,
            "message": mask_message(blocker.message) if mask else blocker.message,
            "remedy": mask_message(blocker.remedy) if mask else blocker.remedy,
        }
        for blocker in found
    ]


def _notes(notes: Sequence[str], mask: bool) -> list[str]:
    return [mask_message(note) for note in notes] if mask else list(notes)


def _graph(graph: GraphPlan, mask: bool) -> dict[str, Any]:
    return {
        "name": graph.name,
        "tables": [str(table) for table in graph.tables],
        "columns": [str(column.column) for column in graph.columns],
        "fingerprints": {str(table): md5 for table, md5 in graph.fingerprints},
        "notes": _notes(graph.notes, mask),
        "steps": [
            {
                "phase": statement.phase,
                "summary": statement.summary,
                "table": None if statement.table is None else str(statement.table),
                "sql": statement.sql,
            }
            for statement in graph.statements
        ],
    }


def _request(plan: Plan) -> dict[str, Any]:
    request = asdict(plan.request)
    for key in ("targets", "include", "exclude"):
        request[key] = [str(column) for column in getattr(plan.request, key)]
    named = [str(column) for column in plan.request.targets if column not in plan.found]
    return {**request, "named": named, "all": bool(plan.found) or not named, "schema": plan.found_in}


def _planned_column(plan: Plan, graph: GraphPlan, column: ColumnPlan, show: _Show) -> dict[str, Any]:
    findings = column.findings
    orphaned = [r for r in graph.references if r.referencing == column.column and r.orphans]
    return {
        **_column(column.column, column.before.type, findings, show),
        "verdict": "keep" if column.done else "convert",
        "why": words.why(plan, graph, column) if show is str else mask_message(words.why(plan, graph, column)),
        "backup_column": column.backup or None,
        "collisions": [_collision(item, show) for item in findings.collisions] if findings else [],
        "collision_count": findings.collision_count if findings else 0,
        "merged": [_collision(item, show) for item in findings.merged] if findings else [],
        "merged_count": findings.merged_count if findings else 0,
        "orphans": words.orphans(graph, column.column),
        "orphan_samples": [show(text) for reference in orphaned for text in reference.orphan_samples],
        "on_unparseable": column.on_unparseable,
        "done": column.done,
        "expression": column.expression,
        "default_before": column.before.default,
        "default_after": column.default_after,
        "legacy_format": None if column.legacy_shape is None else str(column.legacy_shape),
        "looked_up_in": [str(name) for name in column.lookup],
    }


def _column(name: ColumnName, type_name: str, findings: ColumnFindings | None, show: _Show) -> dict[str, Any]:
    """The part that scan and report share."""
    facts: dict[str, Any] = {
        "table": str(name.table_name),
        "column": name.name,
        "type": type_name,
        "rows": None,
        "nulls": None,
        "distinct": None,
        "formats": {},
        "unparseable": {"count": 0, "samples": []},
        "shapes": [],
        "prefixes": {},
        "padded": 0,
        "sampled": False,
    }
    if findings is not None:
        facts |= {
            "rows": findings.rows,
            "nulls": findings.nulls,
            "distinct": findings.distinct,
            "formats": dict(findings.formats),
            "unparseable": {
                "count": findings.unparseable,
                "samples": [show(text) for text in findings.unparseable_samples],
            },
            "shapes": [{"shape": str(shape.shape), "count": shape.count} for shape in findings.shapes],
            "prefixes": dict(findings.prefixes),
            "padded": findings.padded,
            "sampled": findings.sampled,
        }
    return facts


def _collision(collision: Collision, show: _Show) -> dict[str, Any]:
    return {
        "uuid": show(str(collision.uuid)),
        "values": [show(text) for text in collision.values],
        "rows": collision.rows,
        "key": collision.key or None,
    }


def _foreign_key(key: ForeignKeyPlan) -> dict[str, Any]:
    on_delete, on_update = words.actions(key)
    return {
        "name": key.name,
        "from": words.end(key.table, key.columns),
        "to": words.end(key.referenced_table, key.referenced_columns),
        "declared": key.declared,
        "on_delete": on_delete,
        "on_update": on_update,
        "deferrable": words.deferrable(key),
        "validated": words.validated(key),
        "definition": key.definition,
    }


def _dependent(item: DependentPlan, mask: bool) -> dict[str, Any]:
    example = None if item.example is None else dict(item.example)
    return {
        "kind": item.kind,
        "name": item.name,
        "table": str(item.table),
        "action": item.action,
        "meaning": item.meaning,
        "example": mask_all(example) if mask else example,
        "why": mask_message(item.why) if mask else item.why,
        "offer": mask_message(item.offer) if mask and item.offer else item.offer,
        "definition": item.definition,
    }


def _reference(reference: Reference, show: _Show) -> dict[str, Any]:
    return {
        "from": str(reference.referencing),
        "to": str(reference.referenced),
        "declared": reference.declared,
        "constraint": reference.constraint,
        "orphans": reference.orphans,
        "certain": reference.certain,
        "why": reference.why if show is str else mask_message(reference.why),
        "orphan_samples": [show(text) for text in reference.orphan_samples],
        "respelled": reference.respelled,
        "looked_up_in": None if reference.backup is None else str(reference.backup),
    }


def scan(result: ScanResult, *, mask: bool = False) -> dict[str, Any]:
    """What ``scan --format json`` prints.

    Args:
        result: the scan's result.
        mask: hide sample values.
    """
    show: _Show = outline if mask else str
    return {
        "columns": [
            {
                **_column(item.findings.column, item.findings.type, item.findings, show),
                "verdict": item.verdict,
                "why": mask_message(item.why) if mask else item.why,
            }
            for item in result.columns
        ],
        "references": [_reference(reference, show) for reference in result.references],
        "embedded": [
            {
                "table": str(item.column.table_name),
                "column": item.column.name,
                "type": item.type,
                "where": item.where,
                "rows": item.rows,
                "looked_at": item.looked_at,
                "example": show(item.example),
            }
            for item in result.embedded
        ],
        "unreadable": list(result.unreadable),
        "masked": mask,
    }


def proof(proof: Proof) -> dict[str, Any]:
    """What ``verify --format json`` prints."""
    return {
        "ok": proof.ok,
        "columns": [
            {
                "column": str(item.column),
                "ok": item.ok,
                "rows": item.rows,
                "checked": item.checked,
                "checks": list(item.checks),
                "problems": list(item.problems),
            }
            for item in proof.columns
        ],
    }


def lookup(asked: Sequence[str], found: Sequence[Found]) -> dict[str, Any]:
    """What ``lookup --format json`` prints.

    Args:
        asked: the texts as they were asked for.
        found: what was found.
    """
    answered = {item.asked for item in found}
    return {
        "found": [
            {
                "asked": item.asked,
                "column": str(item.column),
                "original": item.original,
                "uuid": None if item.uuid is None else str(item.uuid),
                "rows": item.rows,
            }
            for item in found
        ],
        "not_found": [text for text in dict.fromkeys(asked) if text not in answered],
    }


def outcome(outcome: Outcome) -> dict[str, Any]:
    """What ``convert``, ``revert`` and ``finalize`` print with ``--format json``."""
    return {
        "status": "done" if outcome.done else "nothing to do",
        "seconds": outcome.seconds,
        "graphs": [
            {
                "columns": [str(column) for column in graph.columns],
                "rows": graph.rows,
                "seconds": graph.seconds,
            }
            for graph in outcome.done
        ],
        "plan_hash": None if outcome.plan is None else outcome.plan.hash,
    }
