"""How values look on the page, and the templates that show them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

import idna
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

STATIC_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"


@cache
def statics() -> Mapping[str, tuple[bytes, str]]:
    """The page's own files: content and media type, by name."""
    folder = resources.files(__package__).joinpath("static")
    return {
        path.name: (path.read_bytes(), STATIC_TYPES[path.name.rpartition(".")[2]])
        for path in folder.iterdir()
        if path.name.rpartition(".")[2] in STATIC_TYPES
    }


@cache
def static_version() -> str:
    """Changes with the files, so that browsers may keep them."""
    return hashlib.sha256(b"".join(content for _, (content, _) in sorted(statics().items()))).hexdigest()[:12]


@cache
def environment() -> Environment:
    """The templates; whatever is put into them is shown as text."""
    found = Environment(
        loader=PackageLoader("batchsvc.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["static_version"] = static_version()
    found.filters.update(
        duration=duration,
        finished=finished,
        marked=marked,
        moment=moment,
        percent=percent,
        pretty=pretty,
        seconds=seconds,
        short=short,
        thousands=thousands,
        unicode=spelled,
    )
    return found


def page(template: str, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any) -> HTMLResponse:
    """A page.

    Args:
        template: the name of its template.
        values: what it shows.
    """
    shown = {"principal": None, "token": "", "notice": None, **values}
    return HTMLResponse(environment().get_template(template).render(shown), status, headers=dict(headers or {}))


def finished(batch: Mapping[str, Any]) -> int:
    """How many domains of a batch are finished, whatever the outcome."""
    counts = batch["counts"]
    return int(counts["completed"] + counts["failed"] + counts["cancelled"])


def percent(batch: Mapping[str, Any]) -> int:
    """The whole percents of a batch that are finished; 100 only when everything is."""
    total = batch["total_domains"]
    return 100 * finished(batch) // total if total else 100 if batch["done"] else 0


def thousands(number: int) -> str:
    """A number with its thousands apart."""
    return f"{number:,}".replace(",", THIN_SPACE)


def moment(value: str | None) -> str:
    """A moment to the minute, in UTC.

    Args:
        value: in ISO 8601, in UTC.
    """
    return datetime.fromisoformat(value).strftime("%Y-%m-%d %H:%M") if value else ""


def duration(value: float) -> str:
    """A length of time, such as ``3 min 20 s``.

    Args:
        value: seconds.
    """
    if value < 10:
        return f"{value:.1f} s"
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def seconds(item: Mapping[str, Any]) -> str:
    """How long the last attempt at a domain took."""
    began, ended = item["started_at"], item["finished_at"]
    if not began or not ended:
        return ""
    return duration((datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds())


def pace(rate: float | None, seconds_left: float | None) -> str:
    """How fast it goes, and how long it will take.

    Args:
        rate: domains a second.
        seconds_left: at that rate.
    """
    if not rate:
        return ""
    speed = (
        f"{rate:.0f} a second" if rate >= 10 else f"{rate:.1f} a second" if rate >= 0.5 else f"{rate * 60:.1f} a minute"
    )
    return f"{speed}, about {duration(seconds_left)} left" if seconds_left else speed


def short(text: str) -> str:
    """The first part of an id, enough to tell batches apart at a glance; links and titles have the whole."""
    return f"{text[:8]}…{text[-4:]}" if len(text) > 16 else text


def spelled(domain: str) -> str:
    """A domain in the letters it is meant in, with its ASCII form where they differ."""
    if "xn--" not in domain:
        return domain
    try:
        return f"{idna.decode(domain)} ({domain})"
    except UnicodeError:
        return domain


def marked(text: str) -> Markup:
    """A text of ours with its `code` as such.

    Args:
        text: whatever it holds is escaped.
    """
    parts = str(escape(text)).split("`")
    return Markup("".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts)))


def pretty(value: Any) -> str:
    """A value as JSON for people."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)
