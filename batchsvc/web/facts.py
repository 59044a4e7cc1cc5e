"""What a scan found, in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from batchsvc.web.drawing import moment, seconds

_PLAIN = (
    ("Address", "url"),
    ("Title", "title"),
    ("Description", "description"),
    ("Language", "language"),
    ("E-mail", "email_addresses"),
    ("Telephone", "phone_numbers"),
)
_NAMES = {
    "wordpress": "WordPress",
    "woocommerce": "WooCommerce",
    "contact_form_7": "Contact Form 7",
    "wpforms": "WPForms",
}


def of_item(item: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Names and values of what is known about a domain.

    Args:
        item: of a batch, with its result.
    """
    found: dict[str, Any] = item["result"] or {}
    facts = [(name, _texts(found.get(field))) for name, field in _PLAIN]
    facts.append(("Social networks", [str(link) for link in (found.get("social_links") or {}).values() if link]))
    facts.append(("Made with", [_technology(*pair) for pair in (found.get("tech_stack") or {}).items()]))
    facts += [("Icon", _texts(found.get("favicon_url"))), ("Logo", _texts(found.get("logo_url")))]
    if found.get("stopped"):
        facts.append(("Left early", [str(found["stopped"])]))
    facts.append(("Given as", _texts(item["given"]) if item["given"] != item["domain"] else []))
    facts.append(("Attempts", [str(item["attempt"])]))
    facts.append(("Finished", [f"{moment(item['finished_at'])} UTC"] if item["finished_at"] else []))
    facts.append(("Time", _texts(seconds(item))))
    return [(name, values) for name, values in facts if values]


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(part) for part in value]
    return [str(value)] if value else []


def _technology(name: str, known: Any) -> str:
    shown = _NAMES.get(name, name.replace("_", " ").capitalize())
    if not isinstance(known, Mapping):
        return shown
    parts = [str(known["version"])] if known.get("version") else []
    parts += [f"{key} {value}" for key, value in known.items() if key != "version" and isinstance(value, str | int)]
    return f"{shown} {', '.join(parts)}".strip()
