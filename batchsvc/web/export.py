"""The domains of a batch as a file, read page by page: no transaction lasts as long as somebody's download."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

from batchsvc import reading
from batchsvc.database import Database

PAGE = 1000
COLUMNS = (
    "domain given state attempt error_code error seconds url title description language is_wordpress wordpress_version "
    "has_elementor technologies email_addresses phone_numbers facebook twitter linkedin instagram youtube favicon_url "
    "logo_url pages_scanned finished_at"
).split()
_NETWORKS = ("facebook", "twitter", "linkedin", "instagram", "youtube")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def as_csv(database: Database, tenant_id: UUID, batch_id: UUID) -> AsyncIterator[str]:
    """The lines of a CSV file (RFC 4180), several at a time.

    Args:
        database: where transactions come from.
    """
    yield "\ufeff" + _lines([COLUMNS])  # the mark tells a spreadsheet that this is UTF-8
    async for items in pages(database, tenant_id, batch_id):
        yield _lines([[_cell(value) for value in _row(item)] for item in items])


async def as_json_lines(database: Database, tenant_id: UUID, batch_id: UUID) -> AsyncIterator[str]:
    """One JSON object in each line, several lines at a time.

    Args:
        database: where transactions come from.
    """
    async for items in pages(database, tenant_id, batch_id):
        yield "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items)


async def pages(database: Database, tenant_id: UUID, batch_id: UUID) -> AsyncIterator[list[dict[str, Any]]]:
    """The items of a batch in order.

    Args:
        database: where transactions come from.
    """
    after: int | None = None
    while True:
        async with database.transaction(tenant_id) as session:
            items, after = await reading.list_items(session, batch_id, tenant_id, after=after, limit=PAGE)
        yield items
        if after is None:
            return


def _row(item: Mapping[str, Any]) -> list[object]:
    found: dict[str, Any] = item["result"] or {}
    social = found.get("social_links") or {}
    values: dict[str, object] = {
        **{name: item[name] for name in ("domain", "given", "state", "attempt", "error_code", "error", "finished_at")},
        **{name: found.get(name) for name in COLUMNS if name in found},
        **{name: social.get(name) for name in _NETWORKS},
        "technologies": ", ".join(found.get("tech_stack") or ()),
        "email_addresses": ", ".join(found.get("email_addresses") or ()),
        "phone_numbers": ", ".join(found.get("phone_numbers") or ()),
    }
    return [values.get(name) for name in COLUMNS]


def _cell(value: object) -> str:
    """A value that no spreadsheet takes for a formula: titles are other people's words."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not isinstance(value, int | float) else text


def _lines(rows: list[list[str]] | list[list[object]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()
