"""What a report was asked for, as it is typed after a command."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from uuidkit.planning.model import OFFERED, Request

_DEFAULTS = Request(())
_CHOICES = ("references", "on_unparseable", "on_orphan", "backup", "backup_suffix")
_LISTS = ("include", "exclude", "allow")
_FLAGS = ("declare_references", "rewrite_offered", "join_graphs")


def asked(request: Mapping[str, Any]) -> str:
    """Targets and options, without those that have their default; quoted for a shell.

    Args:
        request: of a report, as JSON; a proof's without targets is of everything.
    """
    return " ".join(_arguments(request)) or "everything in the ledger"


def _arguments(request: Mapping[str, Any]) -> Iterator[str]:
    yield from map(shlex.quote, request.get("named", request["targets"]))
    if request.get("all"):
        yield "--all"
    if request.get("schema"):
        yield f"--schema {shlex.quote(request['schema'])}"
    for name in _LISTS:
        for value in request.get(name, ()):
            yield f"{_option(name)} {shlex.quote(value)}"
    for name in _CHOICES:
        if request.get(name, getattr(_DEFAULTS, name)) != getattr(_DEFAULTS, name):
            yield f"{_option(name)} {shlex.quote(request[name])}"
    for name, definition in request.get("rewrites", ()):
        # Which file the definition came from is not known any more; it stands among the statements.
        yield f"--rewrite {shlex.quote(name if definition == OFFERED else f'{name}=FILE.sql')}"
    for name in _FLAGS:
        if request.get(name):
            yield _option(name)


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")
