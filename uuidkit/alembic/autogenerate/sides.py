"""Whether the models have changed on every side of a reference: half a conversion is refused when it is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from uuidkit.alembic.autogenerate.models import Key, Models, Name, dotted, reached
from uuidkit.errors import UsageError
from uuidkit.ledger import LedgerEntry
from uuidkit.planning.model import Plan


def refuse(problems: Iterable[str]) -> None:
    """Raise all problems at once, where there are any.

    Raises:
        UsageError: the models have changed on one side only.
    """
    found = list(dict.fromkeys(problems))
    if found:
        raise UsageError(
            "The models change ids to uuid on one side of a reference only; nothing was written.\n"
            + "\n".join(f"- {problem}" for problem in found),
            "Let the models of all columns that belong together say Uuid (or PrefixedUUID), then run it again.",
        )


def by_models(models: Models, changing: Collection[Name], keys: Iterable[Key]) -> Iterator[str]:
    """Columns that the models' own foreign keys tie to one that becomes uuid, and that stay something else.

    Args:
        changing: the columns that become uuid.
        keys: of the models.
    """
    edges = list(keys)
    seen: set[Name] = set()
    for start in sorted(changing, key=dotted):
        for name in sorted(reached(start, edges) - set(changing) - seen, key=dotted):
            seen.add(name)
            if models.is_uuid(name) is False:
                yield (
                    f"{dotted(name)} and {dotted(start)} are tied by a foreign key of the models; the second becomes "
                    f"uuid, the first is still {models.types[name]!r}."
                )


def by_database(
    models: Models, plan: Plan, changing: Collection[Name], dropped: Collection[Name], root: Name
) -> Iterator[str]:
    """Columns that the conversion would take along and whose models say something else.

    Args:
        plan: of the conversion.
        changing: the columns whose models say uuid.
        dropped: columns that the same revision drops.
        root: the column that the conversion is of.
    """
    for graph in plan.graphs:
        evidence = {name: ref for ref in graph.references for name in (ref.referencing, ref.referenced)}
        for column in graph.changing:
            name = models.plain(column.column.schema, column.column.table, column.column.name)
            if name in changing:
                continue
            reference = evidence.get(column.column)
            declared = reference is None or reference.declared
            tie = "a foreign key" if declared else "its values"
            if name in dropped:
                yield (
                    f"{dotted(name)} is tied to {dotted(root)} by {tie}, and dropped in the same revision: the "
                    "conversion would take it along. Drop it in a revision of its own, before."
                )
            elif models.is_uuid(name) is False:
                remedy = (
                    "Or drop the key in a revision of its own, before."
                    if declared
                    else f"Or leave it out: context.configure(…, uuidkit_options={{'exclude': [{dotted(name)!r}]}})."
                )
                yield (
                    f"{dotted(name)} is tied to {dotted(root)} by {tie} and has to become uuid with it; its model "
                    f"is still {models.types[name]!r}. {remedy}"
                )


def still_text(models: Models, entry: LedgerEntry, text: Collection[Name]) -> list[str]:
    """Columns of a finished conversion whose models stayed text, while those of others say uuid.

    Args:
        entry: the conversion.
        text: columns that are uuid in the database and text in the models.

    Returns:
        A sentence each; nothing where the models of all its columns say text, which asks for the way back.
    """
    names = [models.plain(column.schema, column.table, column.column) for column in entry.graph.columns]
    others = [name for name in names if models.is_uuid(name)]
    if not others:
        return []
    return [
        f"{dotted(name)} was converted to uuid together with {dotted(others[0])}; its model is still "
        f"{models.types[name]!r}."
        for name in names
        if name in text
    ]
