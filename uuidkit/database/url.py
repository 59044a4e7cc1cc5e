"""Database URLs: where one comes from, what it may say, and how it is shown without its password."""

from __future__ import annotations

import os
import re
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from uuidkit.errors import UsageError

ENV = "DATABASE_URL"
DRIVER = "postgresql+psycopg"

_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9_.+-]*)://")
_REMEDY = "Write postgresql://user:password@host:port/database, with special characters percent-encoded (@ is %40)."
# libpq prints these as asterisks or not at all; they are never shown here either.
_SECRET = re.compile(r"password|secret|scram_\w+_key")
# What other libraries put into a URL for their own use; libpq does not know it and would refuse the URL.
_HINTS = frozenset({"pgbouncer"})


def given(explicit: str | None = None) -> str | None:
    """The database URL that the user set, or None where none is set.

    Args:
        explicit: a URL that goes before the environment variable DATABASE_URL, for example from an option.

    Raises:
        UsageError: DATABASE_URL is set and says nothing: a secret that a pipeline does not have would otherwise look
            like a database with nothing in it.
    """
    if explicit:
        return explicit
    url = os.environ.get(ENV)
    if url is not None and not url.strip():
        raise UsageError(
            f"{ENV} is set, but empty.", "Let it name the database; unset it to use the embedded PostgreSQL."
        )
    return url and url.strip()


def normalise(url: str) -> str:
    """The URL as SQLAlchemy reads it, with psycopg 3 as the driver and everything after the scheme as it was.

    Args:
        url: ``postgres://``, ``postgresql://`` or ``postgresql+driver://``; another driver's name is replaced.

    Raises:
        UsageError: the URL is of another kind of database, or cannot be read.
    """
    rest = _rest(url)
    parameters(url)
    return f"{DRIVER}://{rest}"


def parameters(url: str) -> dict[str, str]:
    """The connection parameters in a URL, by the names that libpq gives them.

    Args:
        url: as for :func:`normalise`.

    Raises:
        UsageError: the URL is of another kind of database, or cannot be read.

    Source: PostgreSQL, "libpq: Connection URIs" and "Parameter Key Words".
    """
    # SQLAlchemy writes a space as it is, libpq reads none; a URI cannot mean anything else by it.
    text = _without_hints(_rest(url)).replace(" ", "%20")
    try:
        found = conninfo_to_dict("postgresql://" + text)
    except psycopg.ProgrammingError as error:
        # libpq quotes the part it cannot read, which may be the password; only a parameter's name is passed on.
        unknown = re.search(r'invalid URI query parameter: "([A-Za-z_]\w*)"', str(error))
        if unknown:
            raise UsageError(
                f"The database URL has a parameter {unknown[1]!r} that PostgreSQL's client library does not know.",
                "Remove it; TLS, for example, is sslmode=require.",
            ) from None
        raise UsageError("The database URL cannot be read.", _REMEDY) from None
    result = {name: str(value) for name, value in found.items()}
    ports = result.get("port", "")
    if "@" in result.get("host", "") or not re.fullmatch(r"[0-9,]*", ports):
        # An unencoded @ or / of a password has ended up in the host, port or database.
        raise UsageError("The database URL cannot be read: its host or port is none.", _REMEDY)
    return result


def conninfo(url: str) -> str:
    """The connection string for psycopg, with a name, a time limit and an encoding where the URL has none.

    Args:
        url: as for :func:`normalise`.

    Raises:
        UsageError: the URL is of another kind of database, or cannot be read.
    """
    found = parameters(url)
    found.setdefault("fallback_application_name", "uuidkit")
    # From a database in SQL_ASCII psycopg would otherwise give bytes for every text.
    found.setdefault("client_encoding", "UTF8")
    if not os.environ.get("PGCONNECT_TIMEOUT"):
        found.setdefault("connect_timeout", "10")
    return make_conninfo("", **found)


def safe(url: str) -> str:
    """The URL as it may be shown: no password, and nothing at all of a URL that cannot be read.

    Args:
        url: any text, also one that is no URL.
    """
    scheme = _SCHEME.match(url)
    try:
        found = parameters(url)
    except UsageError:
        return f"{scheme[1]}://***" if scheme else "***"
    user = quote(found.pop("user", ""), safe="")
    secret = ":***" if found.pop("password", None) is not None else ""
    hosts = found.pop("host", "")
    ports = found.pop("port", "")
    database = found.pop("dbname", None)
    text = f"{user}{secret}@" if user or secret else ""
    if "/" in hosts or "," in hosts or "," in ports:
        found = {"host": hosts, **({"port": ports} if ports else {}), **found}
    else:
        text += f"[{hosts}]" if ":" in hosts else hosts
        text += f":{ports}" if ports else ""
    text += "" if database is None else "/" + quote(database, safe="")
    shown = [f"{name}={'***' if _SECRET.search(name) else quote(value, safe='/,:')}" for name, value in found.items()]
    return "postgresql://" + text + ("?" + "&".join(shown) if shown else "")


def hints(url: str) -> dict[str, str]:
    """The parameters of a URL that are meant for other libraries, such as ``pgbouncer=true``.

    Args:
        url: any URL.
    """
    pairs = (item.partition("=") for item in url.partition("?")[2].split("&"))
    return {name: value for name, _, value in pairs if name in _HINTS}


def _rest(url: str) -> str:
    """What follows the scheme, once the scheme is one of PostgreSQL's."""
    match = _SCHEME.match(url)
    if match is None:
        raise UsageError("The database URL has no scheme.", _REMEDY)
    kind, plus, _driver = match[1].lower().partition("+")
    if kind not in ("postgres", "postgresql") or (plus and not _driver):
        raise UsageError(f"The database URL is of kind {match[1]!r}; only PostgreSQL is supported.", _REMEDY)
    return url[match.end() :].strip()


def _without_hints(rest: str) -> str:
    head, question, query = rest.partition("?")
    kept = [item for item in query.split("&") if item.partition("=")[0] not in _HINTS]
    return head + (question + "&".join(kept) if kept and query else "")
