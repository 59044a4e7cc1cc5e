"""Who looks at the page: a cookie that is given for an API key, and forms that only this page can send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from batchsvc import credentials, keys
from batchsvc.api.problems import Kind, Problem
from batchsvc.api.state import Parts
from batchsvc.web import drawing

COOKIE = "batchsvc_session"
HOURS = 12  # until somebody has to sign in again


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who is signed in.

    Attributes:
        principal: whom the key stands for.
        token: what a form of theirs has to carry.
    """

    principal: keys.Principal
    token: str


class NotSignedIn(Exception):
    """A page is only for those who are signed in."""


async def viewer_or_none(request: Request, parts: Parts) -> Viewer | None:
    """Who is signed in, if anybody."""
    session = request.cookies.get(COOKIE, "")
    if not keys.is_session(session):
        return None
    principal = await credentials.find_by_session(parts.database, session)
    return None if principal is None else Viewer(principal, keys.form_token(session))


async def viewer(found: Annotated[Viewer | None, Depends(viewer_or_none)]) -> Viewer:
    """Who is signed in.

    Raises:
        NotSignedIn: nobody is; answered with the page to sign in.
    """
    if found is None:
        raise NotSignedIn
    return found


SignedIn = Annotated[Viewer, Depends(viewer)]
Anybody = Annotated[Viewer | None, Depends(viewer_or_none)]


def remember(response: Response, request: Request, session: str) -> None:
    """Give a browser its cookie.

    Args:
        session: of the database.
    """
    response.set_cookie(
        COOKIE,
        session,
        max_age=HOURS * 3600,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


async def forget(response: Response, request: Request, parts: Parts) -> None:
    """End the session of a browser, and take its cookie away."""
    await credentials.sign_out(parts.database, request.cookies.get(COOKIE, ""))
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")


def from_this_page(request: Request) -> None:
    """See that a form was sent by a page of this service.

    Raises:
        Problem: a browser says that it comes from elsewhere; 403.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host", "")
    if site not in ("same-origin", "none") or (foreign and "sec-fetch-site" not in request.headers):
        raise Problem("forbidden", "The form was sent from another site.")


def check_form(request: Request, form: FormData, found: Viewer) -> None:
    """See that a form was drawn for whoever sends it.

    Raises:
        Problem: it comes from elsewhere, or from before the last sign-in; 403.
    """
    from_this_page(request)
    if not keys.same(str(form.get("token", "")), found.token):
        raise Problem("forbidden", "The form is not from this page, or from before you signed in. Open it again.")


def local(path: str) -> str:
    """A path on this service to go to after signing in; the first page for anything else.

    Args:
        path: as a form or an address said.
    """
    plain = path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
    return path if plain else "/"


def install(app: FastAPI) -> None:
    """Answer whoever is not signed in with the page to sign in, and people's mistakes with pages."""

    async def sign_in(request: Request, _error: Exception) -> Response:
        wanted = request.url.path if request.method == "GET" else "/"
        return drawing.page("sign_in.html", 401, next=local(wanted), error="")

    def problem_page(kind: Kind, detail: str, headers: Mapping[str, str], request_id: str | None) -> Response:
        return drawing.page("problem.html", kind.status.value, headers, kind=kind, detail=detail, request_id=request_id)

    app.add_exception_handler(NotSignedIn, sign_in)
    app.state.problem_page = problem_page
