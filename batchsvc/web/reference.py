"""The description of the HTTP interface as a page, drawn from its OpenAPI document and with nothing from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]


def groups(document: Document) -> list[dict[str, Any]]:
    """The operations of an OpenAPI document by tag, in the order in which they stand there.

    Args:
        document: as FastAPI makes it.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tag = operation.get("tags", ["Other"])[0]
            found.setdefault(tag, []).append(_operation(document, path, method, operation))
    return [{"name": name, "operations": operations} for name, operations in found.items()]


def _operation(document: Document, path: str, method: str, operation: Document) -> dict[str, Any]:
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"].rstrip(".") + ".",
        "description": operation.get("description", ""),
        "secured": bool(operation.get("security")),
        "parameters": [*_parameters(document, operation), *_body(document, operation)],
        "example": _example(document, path, method, operation),
        "answers": sorted((status, _said(answer["description"])) for status, answer in operation["responses"].items()),
    }


def _said(description: str) -> str:
    return "Done" if description == "Successful Response" else description  # FastAPI's word for what has none of ours


def _parameters(document: Document, operation: Document) -> Iterator[dict[str, Any]]:
    for parameter in operation.get("parameters", ()):
        yield {
            "name": parameter["name"],
            "where": parameter["in"],
            "type": _type(document, parameter["schema"]),
            "description": parameter.get("description", ""),
            "required": parameter.get("required", False),
        }


def _body(document: Document, operation: Document) -> Iterator[dict[str, Any]]:
    schema = _schema(document, operation)
    for name, part in schema.get("properties", {}).items():
        yield {
            "name": name,
            "where": "body",
            "type": _type(document, part),
            "description": part.get("description", ""),
            "required": name in schema.get("required", ()),
        }


def _schema(document: Document, operation: Document) -> Document:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    for option in body.get("anyOf", ()):
        if "$ref" in option:
            body = option
    return _resolved(document, body)


def _resolved(document: Document, schema: Document) -> Document:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _type(document: Document, schema: Document) -> str:
    schema = _resolved(document, schema)
    if "anyOf" in schema:
        return " or ".join(name for part in schema["anyOf"] if (name := _type(document, part)) != "null")
    if "enum" in schema:
        return ", ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(document, schema['items'])}"
    kind = str(schema.get("format") or schema.get("type") or "anything")
    low, high = schema.get("minimum"), schema.get("maximum")
    return f"{kind} {low}-{high}" if low is not None and high is not None else kind


def _example(document: Document, path: str, method: str, operation: Document) -> str:
    """A command that sends such a request."""
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            examples = [example["value"] for example in parameter.get("examples", {}).values()]
            path = path.replace(f"{{{parameter['name']}}}", str(examples[0] if examples else parameter["name"]))
    lines = ["curl" + (f" -X {method.upper()}" if method != "get" else "") + f" $SERVICE{path}"]
    if operation.get("security"):
        lines.append('-H "Authorization: Bearer $KEY"')
    bodies = _schema(document, operation).get("examples")
    if bodies:
        lines += ["-H 'Content-Type: application/json'", f"-d '{json.dumps(bodies[0])}'"]
    return " \\\n     ".join(lines)
