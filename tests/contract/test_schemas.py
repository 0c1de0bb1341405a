"""The committed schemas are the ones that the models give, and fit strict structured outputs."""

import json
from pathlib import Path
from typing import Any

import pytest

from proposer.outputs.answer import ReviewAnswer, schema_of

ROOT = Path(__file__).parents[2]
MODELS = {"review": ReviewAnswer}
UNSUPPORTED = {
    "allOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "patternProperties",
    "dependentRequired",
    "dependentSchemas",
}


def loose(schema: Any, path: str = "$") -> list[str]:
    """Return what strict structured outputs refuse: open objects, optional properties, unsupported keywords."""
    found = []
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            if schema.get("additionalProperties") is not False:
                found.append(f"{path}: open object")
            if sorted(schema.get("required", [])) != sorted(schema.get("properties", {})):
                found.append(f"{path}: optional property")
        found += [f"{path}: {key}" for key in sorted(UNSUPPORTED & set(schema))]
        for key, value in schema.items():
            found += loose(value, f"{path}.{key}")
    elif isinstance(schema, list):
        for number, value in enumerate(schema):
            found += loose(value, f"{path}[{number}]")
    return found


@pytest.mark.parametrize("name", MODELS)
def test_the_committed_schema_is_the_models(name: str) -> None:
    committed = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert committed == schema_of(MODELS[name])
    assert loose(committed) == []


def test_every_committed_schema_has_a_model() -> None:
    assert {path.name for path in (ROOT / "schemas").glob("*.json")} == {f"{name}.schema.json" for name in MODELS}


def test_an_open_object_an_optional_property_and_a_keyword_are_seen() -> None:
    open_object = {
        "type": "object",
        "properties": {"a": {"type": "object", "additionalProperties": False, "properties": {"b": {"oneOf": []}}}},
    }
    assert loose(open_object) == [
        "$: open object",
        "$: optional property",
        "$.properties.a: optional property",
        "$.properties.a.properties.b: oneOf",
    ]
