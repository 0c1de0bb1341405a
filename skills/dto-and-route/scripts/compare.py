"""Compares two OpenAPI documents for changes that break a client which worked before. Standard library only."""
# ruff: noqa: INP001

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

METHODS = ("get", "put", "post", "delete", "patch")
LIMITS = {"maxLength": -1, "maxItems": -1, "maximum": -1, "minLength": 1, "minItems": 1, "minimum": 1}
"""Keywords that limit what may be sent, and the direction in which they get stricter."""


def main(argv: list[str] | None = None) -> int:
    """Return the exit code: 0 nothing breaks, 1 something does, 2 a file is no OpenAPI document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    given = parser.parse_args(argv)
    documents = []
    for path in (given.before, given.after):
        try:
            documents.append(json.loads(path.read_text(encoding="utf-8")))
            documents[-1]["paths"].items()
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            sys.stderr.write(f"{path} is no OpenAPI document: {type(error).__name__}\n")
            return 2
    rows = list(Comparison(*documents).breaks())
    sys.stdout.writelines(f"{row}\n" for row in rows)
    return 1 if rows else 0


class Comparison:
    """Two documents; references are followed in the one that they stand in."""

    def __init__(self, before: dict[str, Any], after: dict[str, Any]) -> None:
        self.before, self.after = before, after

    def breaks(self) -> Iterator[str]:
        """Yield one sentence for each change that an existing client could trip over."""
        for path, methods in self.before["paths"].items():
            for method in METHODS:
                if method in methods:
                    there = self.after["paths"].get(path, {}).get(method)
                    place = f"{method.upper()} {path}"
                    if there is None:
                        yield f"{place}: is gone"
                    else:
                        yield from self._operation(place, methods[method], there)

    def _operation(self, place: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
        known = {(row["in"], row["name"]): row for row in map(self._old, old.get("parameters", []))}
        for row in map(self._new, new.get("parameters", [])):
            first = known.get((row["in"], row["name"]))
            if row.get("required") and not (first or {}).get("required"):
                yield f"{place}: {row['in']} {row['name']} is required now"
            if first:
                yield from self._sent(f"{place}: {row['name']}", first.get("schema", {}), row.get("schema", {}), 0)
        yield from self._sent(f"{place}: body", _body(self._old(old.get("requestBody", {}))),
                              _body(self._new(new.get("requestBody", {}))), 0)  # fmt: skip
        for status, answer in old.get("responses", {}).items():
            other = new.get("responses", {}).get(status)
            if other is None and status < "400":
                yield f"{place}: no longer answers {status}"
            elif other is not None:
                yield from self._got(f"{place}: {status}", _body(self._old(answer)), _body(self._new(other)), 0)

    def _sent(self, place: str, old: dict[str, Any], new: dict[str, Any], depth: int) -> Iterator[str]:
        """Yield what makes a value that was accepted a wrong one."""
        old, new = self._old(old), self._new(new)
        yield from _kinds(place, old, new)
        for word, sign in LIMITS.items():
            if word in new and (word not in old or sign * new[word] > sign * old[word]):
                yield f"{place}: {word} is {new[word]} now"
        if new.get("pattern") and new.get("pattern") != old.get("pattern"):
            yield f"{place}: has another pattern"
        if gone := sorted(map(str, set(old.get("enum", [])) - set(new.get("enum", old.get("enum", []))))):
            yield f"{place}: {', '.join(gone)} is refused now"
        for name in sorted(set(new.get("required", [])) - set(old.get("required", []))):
            yield f"{place}/{name}: is required now"
        yield from self._fields(place, old, new, depth, self._sent)

    def _got(self, place: str, old: dict[str, Any], new: dict[str, Any], depth: int) -> Iterator[str]:
        """Yield what makes an answer one that a client does not expect."""
        old, new = self._old(old), self._new(new)
        yield from _kinds(place, old, new)
        if more := sorted(map(str, set(new.get("enum", [])) - set(old.get("enum", new.get("enum", []))))):
            yield f"{place}: {', '.join(more)} is new"
        for name in sorted(set(old.get("required", [])) - set(new.get("required", []))):
            if name in new.get("properties", {}):
                yield f"{place}/{name}: may be missing now"
        yield from self._fields(place, old, new, depth, self._got)

    def _fields(self, place: str, old: dict[str, Any], new: dict[str, Any], depth: int, look: Any) -> Iterator[str]:
        if depth > len(self.before.get("components", {}).get("schemas", {})) + 8:
            return  # a schema that holds itself
        if "items" in old and "items" in new:
            yield from look(f"{place}[]", old["items"], new["items"], depth + 1)
        for name, field in old.get("properties", {}).items():
            other = new.get("properties", {}).get(name)
            if other is None:
                yield f"{place}/{name}: is gone"
            else:
                yield from look(f"{place}/{name}", field, other, depth + 1)

    def _old(self, node: Any) -> dict[str, Any]:
        return _resolved(self.before, node)

    def _new(self, node: Any) -> dict[str, Any]:
        return _resolved(self.after, node)


def _kinds(place: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    if old and new and _kind(old) != _kind(new):
        yield f"{place}: is {_kind(new)} now, was {_kind(old)}"


def _kind(node: dict[str, Any]) -> str:
    several = sorted({_kind(part) for word in ("anyOf", "oneOf") for part in node.get(word, [])})
    return " or ".join(several) or str(node.get("type") or node.get("$ref", "anything").rpartition("/")[2])


def _body(node: dict[str, Any]) -> dict[str, Any]:
    content = node.get("content", {})
    kinds = [kind for kind in content if kind.endswith("json")]
    found = content[kinds[0]].get("schema", {}) if kinds else {}
    return found if isinstance(found, dict) else {}


def _resolved(document: dict[str, Any], node: Any) -> dict[str, Any]:
    seen = set()
    while isinstance(node, dict) and "$ref" in node and node["$ref"] not in seen:
        seen.add(node["$ref"])
        found: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found.get(part.replace("~1", "/").replace("~0", "~"), {})
        node = found
    return node if isinstance(node, dict) else {}


if __name__ == "__main__":
    sys.exit(main())
