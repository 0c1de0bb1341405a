"""Alerts of scanners as facts: SARIF that was given with `--text` is read, not shown to the model as a text."""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from proposer import digests
from proposer.errors import UsageError
from proposer.facts.ground import Ground

__all__ = ["is_sarif", "of"]

_MOST = 200
_MESSAGE = 600
_LEVELS = ("error", "warning", "note", "none")


def of(ground: Ground) -> dict[str, Any]:
    """Return `reports` (name, digest, tool of each SARIF file), `alerts` (with ids) and how many were left out.

    The format is SARIF 2.1.0 (OASIS), of which only the parts are read that say what was found where.

    Raises:
        UsageError: nothing was given.
    """
    if not ground.texts:
        raise UsageError("there is nothing to triage", "give a report: --text FILE (SARIF, or any text)")
    reports: list[dict[str, str]] = []
    alerts: list[dict[str, Any]] = []
    suppressed = 0
    for name, text in ground.texts:
        document = _document(text)
        if document is None:
            continue
        raw = text.encode(errors="surrogateescape")
        reports.append({"name": name, "sha256": digests.of_bytes(raw)})
        for tool, result, rules in _results(document):
            if result.get("suppressions"):
                suppressed += 1
            else:
                alerts.append({"id": f"A{len(alerts) + 1}", **_alert(tool, result, rules)})
    others = len(ground.texts) - len(reports)
    return {"reports": reports, "alerts": alerts[:_MOST], "left_out": len(alerts[_MOST:]), "suppressed": suppressed,
            "other_texts": others}  # fmt: skip


def is_sarif(text: str) -> bool:
    """Tell whether a text is a SARIF log."""
    return _document(text) is not None


def _document(text: str) -> dict[str, Any] | None:
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return None
    try:
        found = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("runs"), list) and "version" in found else None


def _results(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield (tool, result, rule) for each result, in the order of the file."""
    for run in _tables(document["runs"]):
        driver = _table(_table(run.get("tool")).get("driver"))
        rules = {str(rule.get("id", "")): rule for rule in _tables(driver.get("rules"))}
        for result in _tables(run.get("results")):
            yield str(driver.get("name", "unnamed tool")), result, rules.get(str(result.get("ruleId", "")), {})


def _alert(tool: str, result: dict[str, Any], rule: dict[str, Any]) -> dict[str, Any]:
    place = _table(next(iter(_tables(result.get("locations"))), {}).get("physicalLocation"))
    region = _table(place.get("region"))
    default = _table(rule.get("defaultConfiguration")).get("level", "warning")
    level = str(result.get("level", default))
    line = region.get("startLine")
    return {
        "tool": tool[:80],
        "rule": str(result.get("ruleId") or rule.get("id") or "")[:120],
        "level": level if level in _LEVELS else "warning",
        "message": str(_table(result.get("message")).get("text", ""))[:_MESSAGE],
        "path": _path(str(_table(place.get("artifactLocation")).get("uri", ""))),
        "line": line if isinstance(line, int) else None,
    }


def _path(uri: str) -> str:
    """Return the path of a URI; what stands before the repository cannot be told, so an absolute one stays as it is."""
    parts = urlsplit(uri)
    return unquote(parts.path if parts.scheme == "file" else uri).removeprefix("./")[:300]


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _tables(value: Any) -> Sequence[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
