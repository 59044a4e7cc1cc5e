"""From names and options as a user gives them to a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from uuidkit.catalog.model import Schema
from uuidkit.catalog.trees import root_of
from uuidkit.errors import UsageError
from uuidkit.planning.model import Request
from uuidkit.targets import resolve_columns, resolve_roots


def make_request(
    schema: Schema,
    targets: Sequence[str],
    include: Sequence[str],
    exclude: Sequence[str],
    options: dict[str, Any],
    *,
    by_name: bool = True,
) -> Request:
    """The request with its names resolved against the catalog.

    Args:
        options: the other fields of Request.
        by_name: whether the user named the targets; otherwise there may be none.

    Raises:
        UsageError: a name does not exist, or an option is not known.
    """
    options = _decisions(options)
    unknown = set(options) - set(Request.__dataclass_fields__)
    if unknown:
        raise UsageError(f"Unknown options: {', '.join(sorted(unknown))}.", "See uuidkit.planning.model.Request.")
    named = resolve_columns(schema, [*targets, *include, *exclude])  # names every unknown one at once
    chosen = resolve_roots(schema, targets)
    excluded = resolve_roots(schema, exclude)
    if by_name and not chosen:
        raise UsageError("No column was named.", "Name one as table.column, or use --all.")
    return Request(
        targets=chosen,
        include=resolve_roots(schema, include),
        exclude=excluded,
        through=tuple(name for name in named if root_of(schema, name) != name),
        **options,
    )


def _decisions(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options, with what the user has decided as a request holds it: ``rewrite`` maps names to SQL."""
    given = dict(options)
    if "allow" in given:
        given["allow"] = tuple(given["allow"] or ())
    if "rewrite" in given:
        given["rewrites"] = tuple((given.pop("rewrite") or {}).items())
    elif "rewrites" in given:
        given["rewrites"] = tuple(given["rewrites"] or ())
    return given
