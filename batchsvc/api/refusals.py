"""What the service refuses, as problems."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import Response

from batchsvc import errors
from batchsvc.api.problems import Problem, answer, shown


def problem_of(error: errors.ServiceError) -> Problem:
    """The problem that a refusal is to whoever sent the request.

    Args:
        error: what the service raised.
    """
    match error:
        case errors.UnknownBatch() | errors.UnknownJob():
            return Problem("not-found", str(error))
        case errors.InvalidDomains():
            faults = [
                {"pointer": f"/domains/{entry.position}", "detail": entry.reason, "value": shown(entry.given)}
                for entry in error.invalid
            ]
            number = len(faults)
            detail = f"{number} of the entries {'is' if number == 1 else 'are'} no domain. Nothing was taken."
            return Problem("invalid-domains", detail, errors=faults)
        case errors.NoDomains() | errors.TooManyDomains():
            return Problem("invalid-request", str(error), errors=[{"pointer": "/domains", "detail": str(error)}])
        case errors.QueueFull():
            return Problem("queue-full", str(error), headers={"Retry-After": "30"})
        case errors.BatchExists():
            return Problem("batch-exists", str(error))
        case errors.LegacyBatch():
            return Problem("state-conflict", str(error))
        case _:
            return Problem("invalid-request", str(error), errors=[])


def install(app: FastAPI) -> None:
    """Answer refusals of the service with problems."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.ServiceError)
        return answer(request, problem_of(error))

    app.add_exception_handler(errors.ServiceError, refused)
