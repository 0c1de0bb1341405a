"""Comparing what was sent with a file: what differs from run to run is numbered in the order in which it appears."""

import json
import os
import re
from pathlib import Path
from typing import Any

_VARIES = re.compile(
    r"(?P<run>[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8})|(?<![0-9a-zA-Z])(?P<oid>[0-9a-f]{40})(?![0-9a-zA-Z])"
    r"|(?<![0-9a-zA-Z])(?P<short>[0-9a-f]{12})(?![0-9a-zA-Z])"
)


def normal(requests: list[dict[str, Any]]) -> str:
    """Return requests as text in which ids of runs and objects are `<run 1>`, `<oid 1>`; no token stands in it."""
    known: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        kind, text = match.lastgroup or "", match[0]
        if kind == "short" and (whole := next((key for key in known if len(key) > 12 and key.startswith(text)), "")):
            return known[whole].replace(">", ", short>")
        count = sum(1 for name in known.values() if name.startswith(f"<{kind} "))
        return known.setdefault(text, f"<{kind} {count + 1}>")

    rows = [{key: _plain(row[key]) for key in ("method", "path", "body")} for row in requests]
    return _VARIES.sub(number, json.dumps(rows, indent=1, ensure_ascii=False)) + "\n"


def _plain(value: Any) -> Any:
    """Return a body without what a statement holds: digests of everything, times."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    name = str(value.get("path") or value.get("file_path") or "")
    kept = {**value, "content": "<statement>"} if name.endswith(".statement.json") else value
    return {key: _plain(item) for key, item in kept.items()}


def compare(path: Path, requests: list[dict[str, Any]]) -> None:
    """Compare requests with a file; with GOLDEN_WRITE=1 in the environment, write it."""
    found = normal(requests)
    if os.environ.get("GOLDEN_WRITE") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")
