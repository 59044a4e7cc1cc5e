"""``alembic -x dry-run``: what pending revisions would do, from the live data and on a scratch copy."""

from uuidkit.alembic.dryrun.recording import INSTEAD
from uuidkit.alembic.dryrun.running import dry_run, refuse_unheeded

__all__ = ["INSTEAD", "dry_run", "refuse_unheeded"]
