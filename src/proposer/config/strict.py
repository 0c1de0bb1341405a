"""Looks at a JSON Schema as strict structured outputs do, offline: what the provider refuses costs a whole run."""

import json
from collections.abc import Iterator
from typing import Any

from proposer.errors import UsageError

__all__ = ["check", "problems"]

_KEYWORDS = frozenset({
    "$schema", "$defs", "definitions", "$ref", "title", "description", "type", "enum", "const", "anyOf",
    "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "pattern", "format",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
})  # fmt: skip
"""Keywords that strict mode documents (OpenAI, "Structured outputs", supported schemas); any other is refused."""
_FORMATS = frozenset({"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"})
_TYPES = frozenset({"string", "number", "integer", "boolean", "object", "array", "null"})
_TABLES = ("properties", "$defs", "definitions")
_KINDS = ("type", "enum", "const", "anyOf", "$ref")
_MOST_LEVELS, _MOST_PROPERTIES, _MOST_CHOICES, _MOST_CHARACTERS = 10, 5_000, 1_000, 120_000


def check(data: bytes, path: str) -> None:
    """Refuse a schema file that the provider would refuse.

    Raises:
        UsageError: it is not JSON, or strict mode does not take it; the message names the first place.
    """
    try:
        schema = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not JSON: {str(error)[:120]}", "mend it, then run: inv codex.lock") from error
    found = problems(schema)
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        hint = "close each object, require each property, leave other keywords out; then run: inv codex.lock"
        raise UsageError(f"{path} is refused by strict structured outputs: {found[0]}{more}", hint)


def problems(schema: Any) -> list[str]:
    """Return one sentence for each thing that strict mode refuses: `$.properties.a: open object`."""
    if not isinstance(schema, dict) or schema.get("type") != "object" or "anyOf" in schema:
        return ["$: the whole answer must be one object"]
    try:
        found = list(_node(schema, "$", schema))
        names = list(_names(schema))
    except RecursionError:
        return ["$: nested too deeply"]
    if (levels := _depth(schema)) > _MOST_LEVELS:
        found.append(f"$: objects are nested {levels} deep, {_MOST_LEVELS} are allowed")
    if len(names) > _MOST_PROPERTIES:
        found.append(f"$: {len(names)} properties, {_MOST_PROPERTIES} are allowed")
    if (size := sum(map(len, names)) + sum(_choices(schema))) > _MOST_CHARACTERS:
        found.append(f"$: names and choices have {size} characters, {_MOST_CHARACTERS} are allowed")
    return found


def _node(node: Any, path: str, root: dict[str, Any]) -> Iterator[str]:  # noqa: C901, PLR0912 - one rule after the other
    if not isinstance(node, dict):
        yield f"{path}: not an object (true and false are no schemas here)"
        return
    yield from (f"{path}: {key} is not supported" for key in sorted(set(node) - _KEYWORDS))
    kinds = node.get("type")
    types = kinds if isinstance(kinds, list) else [kinds] if kinds is not None else []
    yield from (f"{path}: unknown type {kind!r}" for kind in types if kind not in _TYPES)
    if not any(key in node for key in _KINDS):
        yield f"{path}: no type"
    properties = node.get("properties")
    if "object" in types or properties is not None:
        if node.get("additionalProperties") is not False:
            yield f"{path}: open object"
        required = node.get("required")
        listed = sorted(map(str, required)) if isinstance(required, list) else []
        if listed != sorted(properties if isinstance(properties, dict) else {}):
            yield f"{path}: optional property"
    if "array" in types and "items" not in node:
        yield f"{path}: an array without items"
    if "format" in node and node["format"] not in _FORMATS:
        yield f"{path}: format {node['format']!r} is not supported"
    if isinstance(node.get("enum"), list) and len(node["enum"]) > _MOST_CHOICES:
        yield f"{path}: more than {_MOST_CHOICES} choices"
    if "$ref" in node and not _leads(node["$ref"], root):
        yield f"{path}: $ref leads nowhere in this file"
    for table in _TABLES:
        inner = node.get(table, {})
        if isinstance(inner, dict):
            for name, child in inner.items():
                yield from _node(child, f"{path}.{table}.{name}", root)
        else:
            yield f"{path}: {table} is not a table"
    if "items" in node:
        yield from _node(node["items"], f"{path}.items", root)
    choices = node.get("anyOf", [])
    for number, child in enumerate(choices if isinstance(choices, list) else [None]):
        yield from _node(child, f"{path}.anyOf[{number}]", root)


def _leads(reference: Any, root: dict[str, Any]) -> bool:
    if reference == "#":
        return True
    parts = str(reference).split("/")
    return len(parts) == 3 and parts[0] == "#" and parts[1] in _TABLES[1:] and parts[2] in root.get(parts[1], {})  # noqa: PLR2004


def _depth(node: Any) -> int:
    """Return how many objects are nested at most; references are not followed, they may lead back."""
    if isinstance(node, list):
        return max(map(_depth, node), default=0)
    if not isinstance(node, dict):
        return 0
    inner = max(map(_depth, node.values()), default=0)
    return inner + (1 if node.get("type") == "object" else 0)


def _names(node: Any) -> Iterator[str]:
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _names(part)
    if isinstance(node, dict):
        for table in _TABLES:
            if isinstance(node.get(table), dict):
                yield from node[table]


def _choices(node: Any) -> Iterator[int]:
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _choices(part)
    if isinstance(node, dict) and isinstance(node.get("enum"), list):
        yield sum(len(str(choice)) for choice in node["enum"])
