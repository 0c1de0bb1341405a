"""What differs between equal runs (ids, times, the order inside a turn) replaced by constants. Pure functions.

Of a record, `prompt.md`, `answer.json` and `proposal.patch` are compared byte for byte; `requests.jsonl` through
`request`, `events.jsonl` through `events`. `responses.jsonl` is what a replay answers with and is not compared.
"""

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from proposer.inputs.untrusted import reveal

__all__ = ["alike", "difference", "events", "output", "parts", "request"]

_HEADER = (
    (re.compile(r"(?m)^Chunk ID: .*$"), "Chunk ID: <id>"),
    (re.compile(r"(?m)^Wall time: .*$"), "Wall time: <time>"),
    (re.compile(r"(?m)^Original token count: .*$"), "Original token count: <count>"),
    (re.compile(r"(?m)^(Process running with session ID) \d+$"), r"\1 <id>"),
)
"""Lines that Codex puts before a command's output."""
_OUTPUT = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "<uuid>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?"), "<time>"),
    (re.compile(r"\b[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?:[A-Z]{2,5} )?\d{4}\b"), "<time>"),
    (re.compile(r"\bin \d+\.\d+ ?s(?:econds)?\b"), "in <time>"),
    (re.compile(r"(?m)^((?:real|user|sys)\s+)[\dms.]+$"), r"\1<time>"),
)
"""Codex's ids and clocks in what commands print."""
_LISTED = re.compile(
    r"(?m)^([bcdlps-])[r-][w-]([xsS-])[rwxsStT-]{6}[.+@]? +\d+ +\S+ +\S+ +(\d+) +"
    r"[A-Z][a-z]{2} +\d+ +(?:\d\d:\d\d|\d{4}) (.*)$"
)
"""A row of `ls -l`: the files of a stage are new each time, and belong to whoever runs, with that one's umask."""
_DENIED = re.compile(r"(?m)^- path `/etc/[^`\n]*`\n?")
"""Sensitive files of the system that the profile denies: which of them exist is the machine's matter."""
_RELAY = re.compile(r"http://127\.0\.0\.1:\d+/[0-9a-f]{32}/")
_MASK = re.compile(r"\[REDACTED:[a-z-]+\]")
_MASKED = 4_000
"""Characters that one mask may stand for."""
_SHOWN = 200
"""Lines of a part's difference that are shown."""
_COMPARED = 2_000
"""Lines of a part that are compared, from the first that differs."""


def output(text: str) -> str:
    """Return the output of a tool without ids, times and counts."""
    head, mark, rest = text.partition("\nOutput:\n")
    if mark or head.startswith("Chunk ID: "):
        for pattern, constant in _HEADER:
            head = pattern.sub(constant, head)
    text = head + mark + rest
    for pattern, constant in _OUTPUT:
        text = pattern.sub(constant, text)
    listed = _LISTED.sub(_row, text)
    return re.sub(r"(?m)^total \d+$", "total <size>", listed) if listed != text else text


def _row(match: re.Match[str]) -> str:
    size = "<size>" if match[1] == "d" else match[3]
    return f"{match[1]}{match[2]} {size} {match[4]}"


def request(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return one line of requests.jsonl in its normal form."""
    normal = {key: value for key, value in line.items() if key not in ("input", "outputs")}
    normal["input"] = [_item(item) for item in line.get("input") or []]
    return normal


def _item(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    kept = {key: value for key, value in item.items() if key != "id"}
    if _is_output(item):
        kept["output"] = _texts(item.get("output"))
    return kept


def _is_output(item: Mapping[str, Any]) -> bool:
    return str(item.get("type")).endswith("_output")


def _texts(value: Any) -> Any:
    """Return a tool's output, plain or in parts, in its normal form."""
    if isinstance(value, str):
        return output(value)
    if isinstance(value, list):
        return [_texts(part) for part in value]
    if isinstance(value, dict):
        return {key: _texts(part) for key, part in value.items()}
    return value


def events(lines: Iterable[str]) -> list[str]:
    """Return the lines of events.jsonl in their normal form.

    Commands of one turn run side by side: their events come in any order and take their ids from it. Inside a turn
    of Codex the lines are therefore sorted, without ids. A command that failed has events or has none, as it happens:
    Codex tells of what the sandbox refused only where it was not refused at once. So it has none here; what it was and
    what it answered stands in the requests.
    """
    told = [_parsed(line) for line in lines]
    failed = {_item_of(event).get("id") for event in told if _item_of(event).get("status") == "failed"}
    normal: list[str] = []
    turn: list[str] = []
    for event in told:
        item = _item_of(event)
        if item.get("type") == "command_execution" and item.get("id") in failed:
            continue
        text = json.dumps(_event(event), ensure_ascii=False, sort_keys=True)
        kind = str(event.get("type")) if isinstance(event, dict) else ""
        if kind.startswith("item."):
            turn.append(text)
        else:
            normal += [*sorted(turn), text]
            turn = []
    return normal + sorted(turn)


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return {"line": line}


def _item_of(event: Any) -> dict[str, Any]:
    item = event.get("item") if isinstance(event, dict) else None
    return item if isinstance(item, dict) else {}


def _event(event: Any) -> Any:
    if not isinstance(event, dict):
        return event
    kept = {key: "<thread>" if key == "thread_id" else _local(value) for key, value in event.items()}
    if item := _item_of(event):
        kept["item"] = {key: _texts(value) for key, value in item.items() if key != "id"}
    return kept


def _local(value: Any) -> Any:
    """Return a value without the relay's address, which is another one in every run."""
    text = json.dumps(value, ensure_ascii=False)
    return json.loads(_RELAY.sub("<relay>/", text)) if _RELAY.search(text) else value


def parts(line: Mapping[str, Any]) -> dict[str, str]:
    """Return what a request, in its normal form, is made of, each part as text.

    Parts: model, settings, tools, schema, instructions, prompt, outputs, and history (the model's own former words).
    """
    held: dict[str, list[str]] = {"instructions": [str(line.get("instructions") or "")]}
    items = [item for item in line.get("input") or [] if isinstance(item, dict)]
    users = [item for item in items if item.get("role") == "user"]
    asked = [item for item in users if not _instructs(_said(item))][-1:]
    for item in items:
        role = item.get("role")
        if _is_output(item):
            text = item.get("output")
            held.setdefault("outputs", []).append(
                f"{item.get('call_id')}:\n{text if isinstance(text, str) else _laid(text)}"
            )
        elif role == "user" and item in asked:
            held.setdefault("prompt", []).append(_said(item))
        elif role in ("user", "developer", "system"):
            held["instructions"].append(_said(item))
        else:
            held.setdefault("history", []).append(_laid(item))
    joined = {name: "\n".join(texts) for name, texts in held.items()}
    return {
        "model": f"{line.get('model')} {line.get('effort')}",
        "settings": _laid(line.get("settings")),
        "tools": _laid([line.get("tools"), line.get("definitions")]),
        "schema": _laid(line.get("text")),
    } | joined


def _instructs(text: str) -> bool:
    return text.startswith(("# AGENTS.md instructions", "<skill>", "<environment_context>"))


def _said(item: Mapping[str, Any]) -> str:
    return _DENIED.sub("", _content(item.get("content")))


def _content(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(
            str(part.get("text", _laid(part))) if isinstance(part, dict) else str(part) for part in content
        )
    return str(content)


def _laid(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True)


def alike(one: str, other: str) -> bool:
    """Tell whether two texts are equal where neither was masked.

    What one run masked because it was a secret of that machine, another one may have kept.
    """
    return one == other or _covers(one, other) or _covers(other, one)


def _covers(masked: str, text: str) -> bool:
    first, *rest = _MASK.split(masked)
    if not rest or not text.startswith(first):
        return False
    at = len(first)
    for piece in rest[:-1]:
        found = text.find(piece, at, at + _MASKED + len(piece))
        if found < 0:
            return False
        at = found + len(piece)
    return len(text) - len(rest[-1]) - at in range(_MASKED) and text.endswith(rest[-1])


def difference(recorded: Mapping[str, Any], now: Mapping[str, Any], turn: int) -> tuple[list[str], str]:
    """Compare two lines of requests.jsonl.

    Args:
        recorded: the line of the recording.
        now: the line of this run.
        turn: number of the request, for the headings.

    Returns:
        The names of the parts that differ, and one unified diff over them, invisible characters shown as escapes;
        nothing where the lines are alike.
    """
    before, after = parts(request(recorded)), parts(request(now))
    names = [name for name in sorted({*before, *after}) if not alike(before.get(name, ""), after.get(name, ""))]
    shown: list[list[str]] = []
    for name in names:
        old, new = _around(before.get(name, "").split("\n"), after.get(name, "").split("\n"))
        lines = list(difflib.unified_diff(old, new, f"recorded/{turn}/{name}", f"now/{turn}/{name}", lineterm=""))
        more = [f"… {len(lines) - _SHOWN} more lines"] if len(lines) > _SHOWN else []
        shown.append([*lines[:_SHOWN], *more])
    # The short ones first: another model brings other instructions, which are long.
    return names, reveal("\n".join(line for lines in sorted(shown, key=len) for line in lines))


def _around(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """Return both sides from shortly before the first difference; comparing all of a long output takes minutes."""
    first = next(
        (at for at, rows in enumerate(zip(old, new, strict=False)) if rows[0] != rows[1]), min(len(old), len(new))
    )
    start = max(0, first - 3)
    return old[start : start + _COMPARED], new[start : start + _COMPARED]
