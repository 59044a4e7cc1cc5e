"""Domains of converted columns, whose rules and defaults are gone with them. Pure."""

from __future__ import annotations

from collections.abc import Collection

from uuidkit.catalog.model import Domain, Schema
from uuidkit.catalog.names import ColumnName
from uuidkit.planning.model import Blocker, DependentPlan, Request


def domain_plans(
    schema: Schema, request: Request, changing: Collection[ColumnName]
) -> tuple[tuple[DependentPlan, ...], tuple[Blocker, ...]]:
    """What becomes of each domain, and what has to be decided: a rule does not hold for a uuid by itself.

    Args:
        schema: what is there.
        request: with what the user has decided.
        changing: the columns that change their type.
    """
    used: dict[str, list[tuple[ColumnName, Domain]]] = {}
    for member in sorted(changing):
        found = schema.column(member)
        if found is not None and found.domain is not None:
            used.setdefault(found.domain.name, []).append((member, found.domain))
    plans: list[DependentPlan] = []
    blockers: list[Blocker] = []
    for name, columns in used.items():
        column, domain = columns[0]
        rules = ", ".join(domain.rules)
        why = (
            f"the columns leave the domain, and with it its rules: {rules}"
            if rules
            else "the columns leave the domain, which has no rule"
        )
        plans.append(DependentPlan("domain", name, column.table_name, "drop", "changed" if rules else "same", why=why))
        if rules and name not in request.allow:
            blockers.append(
                Blocker(
                    "MEANING",
                    name,
                    f"{', '.join(str(one) for one, _ in columns)} would leave the domain, and with it its rules: "
                    f"{rules}.",
                    f"Accept that with --allow {name}; what of it is to hold for the uuid can be added as a CHECK or "
                    "NOT NULL of the column. The way back gives the domain back.",
                )
            )
    return tuple(plans), tuple(blockers)
