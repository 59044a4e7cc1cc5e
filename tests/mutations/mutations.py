"""Every safety line that the tests must miss when it is gone."""

from __future__ import annotations

from tests.mutations.batches import BATCHES
from tests.mutations.blockers import BLOCKERS
from tests.mutations.dependents import DEPENDENTS
from tests.mutations.faces import FACES
from tests.mutations.meaning import MEANING
from tests.mutations.mutation import ROOT, Mutation
from tests.mutations.service import SERVICE
from tests.mutations.statements import STATEMENTS
from tests.mutations.values import VALUES
from tests.mutations.way_back import WAY_BACK

MUTATIONS: tuple[Mutation, ...] = (
    *BLOCKERS,
    *STATEMENTS,
    *DEPENDENTS,
    *MEANING,
    *VALUES,
    *WAY_BACK,
    *FACES,
    *BATCHES,
    *SERVICE,
)

__all__ = ["MUTATIONS", "ROOT", "Mutation"]
