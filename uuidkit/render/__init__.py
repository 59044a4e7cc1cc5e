"""From a plan, or a ledger entry, to statements: the one list that is printed, shown and run. Pure: no database."""

from uuidkit.render.conversion import conversion_statements
from uuidkit.render.finalization import finalization_statements
from uuidkit.render.reversion import reversion_statements

__all__ = ["conversion_statements", "finalization_statements", "reversion_statements"]
