"""The page's types are made from `frontend/openapi.json`; it says what the application says, without the prose."""

import json
import os
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).parent.parent / "frontend" / "openapi.json"
METHODS = ("get", "post", "put", "patch", "delete")
MEANING = frozenset({"$ref", "additionalProperties", "const", "enum", "format", "required", "type"})
"""Keywords of a schema that a type can hold; texts and limits may differ between versions of a library."""


def schema(node: Any) -> Any:
    """Return a schema, reduced to what makes up its type."""
    if not isinstance(node, dict):
        return node
    kept = {key: node[key] for key in sorted(MEANING & set(node))}
    if isinstance(kept.get("additionalProperties"), dict):
        kept["additionalProperties"] = schema(kept["additionalProperties"])
    kept |= {key: [schema(part) for part in node[key]] for key in ("allOf", "anyOf", "oneOf") if key in node}
    if "items" in node:
        kept["items"] = schema(node["items"])
    if "properties" in node:
        kept["properties"] = {name: schema(part) for name, part in node["properties"].items()}
    return kept


def content(node: dict[str, Any]) -> dict[str, Any]:
    """Return what a request or an answer holds, for each media type."""
    kinds = {kind: {"schema": schema(part.get("schema", {}))} for kind, part in node.get("content", {}).items()}
    return {"content": kinds} if kinds else {}


def operation(node: dict[str, Any]) -> dict[str, Any]:
    """Return an operation: parameters, request and answers."""
    rows = [
        {
            "in": row["in"],
            "name": row["name"].lower() if row["in"] == "header" else row["name"],
            "required": row.get("required", False),
            "schema": schema(row["schema"]),
        }
        for row in node.get("parameters", [])
    ]
    kept: dict[str, Any] = {"parameters": sorted(rows, key=lambda row: (row["in"], row["name"]))} if rows else {}
    if "requestBody" in node:
        kept["requestBody"] = {"required": node["requestBody"].get("required", False), **content(node["requestBody"])}
    answers = {status: {"description": "", **content(answer)} for status, answer in node["responses"].items()}
    return kept | {"responses": answers}


def reduced(document: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI document that holds paths and the schemas that they refer to."""
    paths = {
        path: {method: operation(item[method]) for method in METHODS if method in item}
        for path, item in document["paths"].items()
    }
    known = document.get("components", {}).get("schemas", {})
    schemas: dict[str, Any] = {}
    more = True
    while more:
        text = json.dumps([paths, schemas])
        new = [name for name in known if name not in schemas and f'"#/components/schemas/{name}"' in text]
        schemas |= {name: schema(known[name]) for name in new}
        more = bool(new)
    info = {"title": "API", "version": "0"}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


def test_the_page_knows_the_api_as_it_is(stranger: Any) -> None:
    text = json.dumps(reduced(stranger.get("/openapi.json").json()), indent=2, sort_keys=True) + "\n"
    if os.environ.get("APP_WRITE_OPENAPI") == "1":
        DOCUMENT.write_text(text, encoding="utf-8", newline="\n")
    known = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    assert known == text, "the API is not what the page was made for; run: nox -s frontend -- --write"
