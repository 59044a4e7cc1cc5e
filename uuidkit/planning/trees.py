"""Reasons to refuse a conversion that lie in an inheritance or partition tree. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from uuidkit.catalog.model import Schema
from uuidkit.catalog.names import ColumnName, TableName
from uuidkit.catalog.trees import families
from uuidkit.planning.model import Blocker, ForeignKeyPlan


def tree_blockers(schema: Schema, columns: Collection[ColumnName]) -> Iterator[Blocker]:
    """What keeps a column from being changed through the root of its tree.

    Args:
        schema: what is there.
        columns: at the roots.
    """
    for member in families(schema, columns):
        found = schema.column(member)
        if found is not None and found.inherited > 1:
            parents = ", ".join(
                str(parent)
                for parent in schema.tables[member.table_name].parents
                if schema.column(parent.column(member.name)) is not None
            )
            yield Blocker(
                "DEPENDENT",
                str(member),
                f"The column is inherited from several tables ({parents}); PostgreSQL changes it only in all of them "
                "at once.",
                f"Run ALTER TABLE {member.table_name} NO INHERIT … for all but one of them first, and INHERIT again "
                "when the others are converted.",
            )


def turn_blockers(schema: Schema, keys: Sequence[ForeignKeyPlan]) -> Iterator[Blocker]:
    """Partitions on which foreign keys would act in another order than today.

    The triggers of a key act in the order of their names. Those on a partition can only be given the names of those on
    the root, and a partition that was attached later may have been in another order than the root.

    Args:
        schema: what is there.
        keys: those that are put back.
    """
    renamed: dict[tuple[TableName, str], str] = {}
    for key in keys:
        existing = key.existing
        if existing is None or not existing.clones:
            continue
        own = {(trigger.function, trigger.type): trigger.name for trigger in existing.triggers}
        for clone in existing.clones:
            for trigger in clone.triggers:
                name = own.get((trigger.function, trigger.type))
                if name is not None:
                    renamed[trigger.table, trigger.name] = name
    if not renamed:
        return
    acting: dict[tuple[TableName, str], list[str]] = {}
    for found in schema.foreign_keys:
        for trigger in found.triggers:
            event = trigger.function.rpartition("_")[2]  # RI_FKey_cascade_del, RI_FKey_restrict_upd …
            if event in ("del", "upd") and trigger.function != "RI_FKey_check_upd":
                acting.setdefault((trigger.table, event), []).append(trigger.name)
    turned: dict[TableName, list[str]] = {}
    for table, event in sorted(acting):
        names = sorted(acting[table, event])
        if sorted(names, key=lambda name: renamed.get((table, name), name)) != names:
            turned.setdefault(table, []).append({"del": "ON DELETE", "upd": "ON UPDATE"}[event])
    for table, events in turned.items():
        yield Blocker(
            "DEPENDENT",
            str(table),
            f"Foreign keys that refer to this partition act in another order {' and '.join(events)} than on the "
            "table it belongs to, and would act in that one's order afterwards.",
            "Drop those keys and add them again on the partitioned table, so that the order is the same for all "
            "partitions, first.",
        )
