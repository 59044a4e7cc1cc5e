"""What the service refuses, each with a sentence for whoever asked."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from batchsvc.scanner.domains import Invalid


class ServiceError(Exception):
    """A request was refused; nothing of it was done."""


class BadRequest(ServiceError, ValueError):
    """An argument cannot be used."""


class InvalidDomains(BadRequest):
    """Entries of a list are no domains.

    Args:
        invalid: every one of them, with its reason.
    """

    def __init__(self, invalid: Sequence[Invalid]) -> None:
        self.invalid = tuple(invalid)
        shown = "; ".join(f"{entry.given!r}: {entry.reason}" for entry in self.invalid[:10])
        more = f"; and {len(self.invalid) - 10} more" if len(self.invalid) > 10 else ""
        number = "1 entry is no domain" if len(self.invalid) == 1 else f"{len(self.invalid)} entries are no domains"
        super().__init__(f"{number}: {shown}{more}.")


class NoDomains(BadRequest):
    """A batch without any domain."""


class TooManyDomains(BadRequest):
    """A batch with more domains than are allowed.

    Args:
        number: of the entries given.
        allowed: the most that one batch may have.
    """

    def __init__(self, number: int, allowed: int) -> None:
        self.number = number
        self.allowed = allowed
        super().__init__(f"{number} domains are more than the {allowed} that one batch may have.")


class QueueFull(ServiceError):
    """A tenant has more unfinished domains than are allowed.

    Args:
        unfinished: domains that are queued or running now.
        allowed: the most that may be.
    """

    def __init__(self, unfinished: int, allowed: int) -> None:
        self.unfinished = unfinished
        self.allowed = allowed
        super().__init__(
            f"{unfinished} domains are unfinished, and at most {allowed} may be at a time. "
            "Wait for some of them, or cancel some."
        )


class BatchExists(ServiceError):
    """There is a batch of that id already.

    Args:
        batch_id: the id that was asked for.
    """

    def __init__(self, batch_id: UUID) -> None:
        self.batch_id = batch_id
        super().__init__(f"There is a batch {batch_id} already.")


class UnknownBatch(ServiceError, LookupError):
    """There is no such batch, or it is another tenant's.

    Args:
        batch_id: the id that was asked for.
    """

    def __init__(self, batch_id: UUID) -> None:
        self.batch_id = batch_id
        super().__init__(f"There is no batch {batch_id}.")


class UnknownJob(ServiceError, LookupError):
    """There is no such job, or it is another tenant's.

    Args:
        job_id: the id that was asked for.
    """

    def __init__(self, job_id: UUID) -> None:
        self.job_id = job_id
        super().__init__(f"There is no job {job_id}.")


class LegacyBatch(ServiceError):
    """A batch of the legacy system has no items that could be worked on.

    Args:
        batch_id: the id that was asked for.
    """

    def __init__(self, batch_id: UUID) -> None:
        self.batch_id = batch_id
        super().__init__(
            f"Batch {batch_id} comes from the system before this one and is only kept; submit its domains again."
        )
