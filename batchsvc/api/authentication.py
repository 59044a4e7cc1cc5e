"""Who sends a request: the tenant is that of the API key, and nothing else in a request can say otherwise."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from batchsvc import key_store, keys
from batchsvc.api.problems import Problem
from batchsvc.api.state import Parts
from batchsvc.api.transactions import transaction

_bearer = HTTPBearer(
    scheme_name="API key",
    description="A key made with `batchsvc key create`: `Authorization: Bearer bsk_…`.",
    auto_error=False,
)

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="batchsvc"'}


async def authenticate(
    request: Request, parts: Parts, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> keys.Principal:
    """The principal of a request's API key.

    Raises:
        Problem: there is no valid key; 401.
    """
    if credentials is None:
        raise Problem("unauthorized", "The header Authorization: Bearer KEY is missing.", headers=_CHALLENGE)
    given = credentials.credentials
    if keys.prefix_of(given) is None:
        raise Problem("unauthorized", "What was sent is no API key.", headers=_CHALLENGE)
    async with transaction(parts.database) as session:
        principal = await key_store.find(session, keys.session_of(given))
    if principal is None:
        raise Problem("unauthorized", "The API key does not exist, or has been revoked.", headers=_CHALLENGE)
    request.state.principal = principal
    return principal


Caller = Annotated[keys.Principal, Depends(authenticate)]
