"""How the operations are written into a revision."""

from __future__ import annotations

from pprint import pformat
from textwrap import indent, wrap

from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext

from uuidkit.alembic.operations import ConvertToUuidOp, FinalizeUuidOp, RevertFromUuidOp, UuidOperation

_INDENT = "    "
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
        written = pformat(facts, width=108, compact=True, sort_dicts=False)
        lines = [", ".join(arguments) + ",", "facts=" + indent(written, " " * 6).strip() + ","]
        return call + "\n" + indent("\n".join(lines), _INDENT) + "\n)"
    return "\n".join([*_comment(operation), call + ", ".join(arguments) + ")"])


def _comment(operation: UuidOperation) -> list[str]:
    """Why there are no facts."""
    why = getattr(operation, "missing", "")
    said = f"A script (--sql) of this is planned from the database of DATABASE_URL. {why}" if why else ""
    return [f"# {line}" for line in wrap(said, 108)]
