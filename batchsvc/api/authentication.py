"""Who sends a request: the tenant is that of the API key, and nothing else in a request can say otherwise."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from batchsvc import credentials, keys
from batchsvc.api.problems import Problem
from batchsvc.api.state import Parts

_bearer = HTTPBearer(
    scheme_name="API key",
    description="A key made with `batchsvc key create`: `Authorization: Bearer bsk_…`.",
    auto_error=False,
)

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="batchsvc"'}


async def authenticate(
    request: Request, parts: Parts, sent: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> keys.Principal:
    """The principal of a request's API key.

    Raises:
        Problem: there is no valid key; 401.
    """
    if len(request.headers.getlist("authorization")) > 1:
        raise Problem("unauthorized", "The header Authorization is there twice.", headers=_CHALLENGE)
    if sent is None:
        raise Problem("unauthorized", "The header Authorization: Bearer KEY is missing.", headers=_CHALLENGE)
    given = sent.credentials
    if keys.prefix_of(given) is None:
        raise Problem("unauthorized", "What was sent is no API key.", headers=_CHALLENGE)
    principal = await credentials.find(parts.database, given)
    if principal is None:
        raise Problem("unauthorized", "The API key does not exist, or has been revoked.", headers=_CHALLENGE)
    request.state.principal = principal
    return principal


Caller = Annotated[keys.Principal, Depends(authenticate)]
