"""What strict structured outputs refuse is seen before anybody is asked."""

import json
from typing import Any

import pytest

from proposer.config import strict
from proposer.errors import UsageError

TEXT = {"type": "string"}


def closed(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object", "additionalProperties": False, "properties": properties, "required": sorted(properties),
    }  # fmt: skip


def nested(levels: int) -> dict[str, Any]:
    node = closed(a=TEXT)
    for _ in range(levels - 1):
        node = closed(a=node)
    return node


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param(closed(), id="no-property"),
        pytest.param(closed(a=TEXT, b={"type": ["string", "null"], "description": "optional"}), id="nullable"),
        pytest.param(closed(a={"type": "array", "items": closed(b={"enum": ["x", "y"]}), "maxItems": 5}), id="rows"),
        pytest.param(closed(a={"anyOf": [TEXT, {"type": "null"}]}), id="any-of"),
        pytest.param(closed(a={"$ref": "#/$defs/b"}) | {"$defs": {"b": closed(c=TEXT)}}, id="a-reference"),
        pytest.param(closed(a={"type": "array", "items": {"$ref": "#"}}), id="itself"),
        pytest.param(closed(default=TEXT, oneOf=TEXT, type=TEXT), id="properties-called-like-keywords"),
        pytest.param(closed(a={"type": "number", "minimum": 1, "maximum": 10}, b={"type": "string", "format": "date"}),
                     id="bounds-and-a-format"),
        pytest.param(nested(10), id="ten-levels"),
    ],
)  # fmt: skip
def test_what_strict_mode_takes(schema: dict[str, Any]) -> None:
    assert strict.problems(schema) == []


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        pytest.param([], "$: the whole answer must be one object", id="no-object"),
        pytest.param({"type": "array", "items": TEXT}, "$: the whole answer must be one object", id="a-list"),
        pytest.param(closed() | {"anyOf": []}, "$: the whole answer must be one object", id="any-of-at-the-top"),
        pytest.param({"type": "object", "properties": {}, "required": []}, "$: open object", id="open"),
        pytest.param(closed() | {"additionalProperties": {}}, "$: open object", id="open-by-a-schema"),
        pytest.param(closed(a=TEXT) | {"required": []}, "$: optional property", id="optional"),
        pytest.param(closed(a={"properties": {}}), "$.properties.a: no type", id="a-table-without-a-type"),
        pytest.param(closed(a={"properties": {"b": TEXT}}), "$.properties.a: open object", id="an-untyped-open-object"),
        pytest.param(closed(a={"type": ["object", "null"]}), "$.properties.a: open object", id="nullable-and-open"),
        pytest.param(closed(a={"oneOf": [TEXT]}), "$.properties.a: oneOf is not supported", id="one-of"),
        pytest.param(closed(a=TEXT | {"default": "x"}), "$.properties.a: default is not supported", id="default"),
        pytest.param(closed(a=TEXT | {"minLength": 1}), "$.properties.a: minLength is not supported", id="length"),
        pytest.param(closed(a={"type": "array"}), "$.properties.a: an array without items", id="array-of-anything"),
        pytest.param(closed(a={"type": "array", "items": True}), "$.properties.a.items: not an object", id="boolean"),
        pytest.param(closed(a={"type": "array", "items": closed() | {"if": {}}}), "$.properties.a.items: if is not",
                     id="inside-items"),
        pytest.param(closed(a={"anyOf": [{"allOf": []}]}), "$.properties.a.anyOf[0]: allOf is not", id="inside-any-of"),
        pytest.param(closed(a={"$ref": "#/$defs/b"}) | {"$defs": {"b": {"type": "object"}}}, "$.$defs.b: open object",
                     id="inside-a-definition"),
        pytest.param(closed(a={"$ref": "#/$defs/b"}), "$.properties.a: $ref leads nowhere", id="a-loose-reference"),
        pytest.param(closed(a={"$ref": "https://a.org/x"}), "$.properties.a: $ref leads", id="a-remote-reference"),
        pytest.param(closed(a={"type": "text"}), "$.properties.a: unknown type 'text'", id="unknown-type"),
        pytest.param(closed(a={}), "$.properties.a: no type", id="anything"),
        pytest.param(closed(a=TEXT | {"format": "uri"}), "$.properties.a: format 'uri'", id="format"),
        pytest.param(closed(a={"enum": list(range(1001))}), "$.properties.a: more than 1000", id="choices"),
        pytest.param(nested(11), "$: objects are nested 11 deep", id="eleven-levels"),
        pytest.param(closed(**{f"a{n}": TEXT for n in range(5001)}), "$: 5001 properties", id="too-many-properties"),
        pytest.param(closed(**{"a" * 120_001: TEXT}), "$: names and choices", id="too-long"),
    ],
)  # fmt: skip
def test_what_strict_mode_refuses(schema: Any, told: str) -> None:
    assert any(row.startswith(told) for row in strict.problems(schema)), strict.problems(schema)


def test_a_file_is_named_with_its_first_problem_and_the_number_of_others() -> None:
    data = json.dumps({"type": "object", "properties": {"a": TEXT}}).encode()
    with pytest.raises(UsageError, match=r"x\.json is refused .*: \$: open object \(and 1 more\)") as caught:
        strict.check(data, "x.json")
    assert caught.value.exit_code == 2
    with pytest.raises(UsageError, match=r"x\.json is not JSON"):
        strict.check(b"{", "x.json")


def test_a_schema_that_is_nested_beyond_reason_is_refused_and_nothing_breaks() -> None:
    data = b'{"type": "object", "properties": ' + b'{"a": {"properties": ' * 3_000 + b"{}" + b"}}" * 3_000 + b"}"
    with pytest.raises(UsageError):
        strict.check(data, "x.json")
