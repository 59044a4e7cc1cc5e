"""Ids and positions as they stand in an address."""

from __future__ import annotations

import re
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from batchsvc.api.problems import Problem, shown
from uuidkit import parse

_DIGITS = r"(?:[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-fA-F]{32})"
# The uuid, or as the old system spelled it: batch_<hex>, sitemap_<hex>, batch_domain_sitemap_<uuid>.
BATCH_ID = rf"^(?:[A-Za-z][A-Za-z0-9]{{0,31}}_){{0,4}}{_DIGITS}$"
JOB_ID = rf"^{_DIGITS}$"
CURSOR = r"^[0-7][0-9a-f]{15}$"

BatchIdPath = Annotated[
    str,
    Path(
        alias="batch_id",
        description="The batch's id; the spelling `batch_<hex>` of the old system is accepted too.",
        openapi_examples={
            "uuid": {"value": "0198c1de-5a0b-7c7e-9d3f-0a1b2c3d4e5f"},
            "legacy": {"value": "batch_0198c1de5a0b7c7e9d3f0a1b2c3d4e5f"},
        },
        json_schema_extra={"pattern": BATCH_ID, "maxLength": 200},
    ),
]
JobIdPath = Annotated[
    str,
    Path(
        alias="job_id",
        description="The job's id.",
        json_schema_extra={"pattern": JOB_ID, "maxLength": 36},
        openapi_examples={"uuid": {"value": "0198c1de-5a0b-7c7e-9d3f-0a1b2c3d4e5f"}},
    ),
]
Cursor = Annotated[
    str | None,
    Query(
        description="Where to go on: `next_cursor` of the answer before.",
        pattern=CURSOR,
        openapi_examples={"first": {"value": "0000000000000064"}},
    ),
]


def batch_id(text: str, pointer: str = "path/batch_id") -> UUID:
    """The batch that an id in an address or a body means.

    Args:
        text: the id.
        pointer: where it stands, for the message.

    Raises:
        Problem: it is none; 422.
    """
    return _uuid(pointer, BATCH_ID, text, "a uuid, or the batch_<hex> of the old system")


def job_id(text: str) -> UUID:
    """The job that an id in an address means.

    Raises:
        Problem: it is none; 422.
    """
    return _uuid("path/job_id", JOB_ID, text, "a uuid")


def position(cursor: str | None) -> int | None:
    """The row after which a page begins; None for the first page."""
    return None if cursor is None else int(cursor, 16)


def cursor_of(position: int | None) -> str | None:
    """The opaque name of a position; None where nothing follows."""
    return None if position is None else f"{position:016x}"


def _uuid(pointer: str, pattern: str, text: str, wanted: str) -> UUID:
    found = parse(text) if re.fullmatch(pattern.strip("^$"), text) else None
    if found is None:
        name = pointer.rpartition("/")[2]
        fault = {"pointer": pointer, "detail": f"should be {wanted}", "value": shown(text)}
        raise Problem("invalid-request", f"{name} should be {wanted}.", errors=[fault])
    return found
