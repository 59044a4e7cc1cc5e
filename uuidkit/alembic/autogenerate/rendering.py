"""How the operations are written into a revision."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import indent, wrap
from typing import Any

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext

from uuidkit.alembic.operations import ConvertToUuidOp, FinalizeUuidOp, RevertFromUuidOp, UuidOperation

_INDENT = "    "
_WIDTH = 108
# Written first, or on lines of its own, or not at all.
_NOT_ARGUMENTS = ("table", "column", "facts", "missing", "forward", "_mutations")


@renderers.dispatch_for(ConvertToUuidOp)
@renderers.dispatch_for(RevertFromUuidOp)
@renderers.dispatch_for(FinalizeUuidOp)
def render(context: AutogenContext, operation: UuidOperation) -> str:
    """The call, with what differs from the defaults.

    Args:
        context: gets the import that the revision needs.
        operation: one of the toolkit's.
    """
    context.imports.add("import uuidkit.alembic  # noqa: F401")
    plain = type(operation)(operation.table, operation.column)
    arguments = [repr(operation.table), repr(operation.column)]
    for option, value in vars(operation).items():
        if option in _NOT_ARGUMENTS or value == getattr(plain, option, None):
            continue
        arguments.append(f"{option}={list(value) if isinstance(value, tuple) else value!r}")
    call = f"{context.opts['alembic_module_prefix']}{operation.name}("
    facts = getattr(operation, "facts", None)
    if facts is not None:
        lines = [", ".join(arguments) + ",", "facts=" + literal(facts, _WIDTH - len(_INDENT)) + ","]
        return call + "\n" + indent("\n".join(lines), _INDENT) + "\n)"
    return "\n".join([*_comment(operation), call + ", ".join(arguments) + ")"])


def _comment(operation: UuidOperation) -> list[str]:
    """Why there are no facts."""
    why = getattr(operation, "missing", "")
    said = f"A script (--sql) of this is planned from the database of DATABASE_URL. {why}" if why else ""
    return [f"# {line}" for line in wrap(said, _WIDTH)]


def literal(value: Any, width: int, before: int = 0) -> str:
    """A value as Python writes it, in lines as full as they may be: a revision has to be read by somebody.

    Args:
        value: made of dicts, lists and plain values.
        width: of a line, in characters; what cannot be broken may be longer.
        before: characters that stand before it on its first line, and behind it.
    """
    flat = repr(value)
    if len(flat) + before <= width or not value or not isinstance(value, (dict, list)):
        return flat
    if isinstance(value, dict):
        items = [f"{key!r}: {literal(found, width - 1, len(repr(key)) + 3)}" for key, found in value.items()]
    else:
        items = [literal(found, width - 1, 1) for found in value]
    return f"{flat[0]}\n{indent(_filled(items, width - 1), ' ')}\n{flat[-1]}"


def _filled(items: Iterable[str], width: int) -> str:
    """The items one after the other, as many on a line as fit; one of several lines has them to itself."""
    lines: list[str] = []
    open_line = False
    for item in items:
        alone = "\n" in item
        if open_line and not alone and len(lines[-1]) + len(item) + 2 <= width:
            lines[-1] += f" {item},"
        else:
            lines.append(f"{item},")
        open_line = not alone
    return "\n".join(lines)
