"""What verification proved, with checksums, and whether it is what was proved before. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from uuidkit.report.json import proof as plain
from uuidkit.version import __version__

if TYPE_CHECKING:
    from uuidkit.catalog.names import ColumnName
    from uuidkit.checksums import Checksums
    from uuidkit.verification import Proof

_SEAL = re.compile(r"[0-9a-f]{64}")


def with_checksums(
    proof: Proof, sums: Mapping[ColumnName, Checksums], *, seal: str, targets: Sequence[str] = ()
) -> dict[str, Any]:
    """What ``verify --format json`` prints.

    Args:
        proof: as ``verify`` gives it.
        sums: checksums of its columns.
        seal: one hash over them.
        targets: as they were named.
    """
    found = plain(proof)
    for item, column in zip(found["columns"], proof.columns, strict=True):
        known = sums.get(column.column)
        item["checksums"] = None if known is None else known.as_json()
    return {**found, "seal": seal, "targets": list(targets)}


def without_plan(found: Mapping[str, Any], hashes: Sequence[str]) -> dict[str, Any]:
    """A proof alone as a report, for the document.

    Args:
        found: as ``with_checksums`` gives it.
        hashes: of the plans that were carried out, as the ledger has them.
    """
    return {
        "status": "done",
        "plan_hash": ", ".join(hashes),
        "columns": [],
        "foreign_keys": [],
        "dependents": [],
        "blockers": [],
        "references": [],
        "graphs": [],
        "notes": [],
        "estimate": {"seconds": None, "bytes_written": 0, "locks": []},
        "request": {"targets": list(found["targets"])},
        "masked": False,
        "toolkit_version": __version__,
        "proof": found,
    }


def unexpected(found: Mapping[str, Any], expected: str) -> list[str]:
    """In what a proof differs from an earlier one, a sentence each; none when it still holds.

    Args:
        found: as ``with_checksums`` gives it.
        expected: a seal, or the JSON that ``verify`` or ``convert`` has written.

    Raises:
        ValueError: it is neither.
    """
    if _SEAL.fullmatch(expected.strip()):
        return (
            []
            if found["seal"] == expected.strip()
            else [f"The converted values are not those of then: the seal is {found['seal']} now."]
        )
    try:
        report = json.loads(expected)
        then = report.get("proof", report)["columns"]
        before = {item["column"]: item["checksums"] for item in then}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError("neither a seal nor the JSON of `verify` or `convert`") from error
    now = {item["column"]: item["checksums"] for item in found["columns"]}
    said = []
    for column, sums in before.items():
        if column not in now:
            said.append(f"{column} is not among the conversions any more.")
        elif sums != now[column]:
            said.append(f"{column}: {_what(sums, now[column])}")
    return said


def _what(before: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> str:
    if before is None or now is None:
        return "its texts were kept elsewhere then." if before is None else "its texts are not beside it any more."
    if before["rows"] != now["rows"]:
        return f"{before['rows']:,} converted rows then, {now['rows']:,} now."
    changed = [name for name in ("texts", "uuids") if before[name] != now[name]]
    return f"the {' and the '.join(changed)} are others." if changed else "texts and uuids are the same, in other rows."
