"""What the model did in a run, step by step, from what the relay saw: refused calls stand there too."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from proposer.relay.exchange import items_of, objects, refusal

__all__ = ["Step", "Steps", "steps_of"]

_REQUESTS, _RESPONSES = "requests.jsonl", "responses.jsonl"
_MOST_BYTES = 64 * 1024 * 1024
_MOST_TEXT = 20_000
_MOST_STEPS = 500


@dataclass(frozen=True, kw_only=True)
class Step:
    """One call of a tool, one message, or one answer that failed.

    Attributes:
        turn: number of the request that it answers, from 1.
        kind: `command`, `patch`, `tool`, `message` or `failure`.
        given: the command, patch or words.
        output: what came back to the model; None where nothing did.
        refused: the words by which it was refused; empty where it was not.
    """

    turn: int
    kind: str
    tool: str
    given: str
    output: str | None = None
    refused: str = ""


@dataclass(frozen=True, kw_only=True)
class Steps:
    """All steps, and what cannot be told: files that are not here, or the rest of a flood."""

    steps: tuple[Step, ...]
    missing: str = ""


def steps_of(folder: Path) -> Steps:
    """Return what the model did; long texts are cut, and the cut is marked."""
    lacking = [name for name in (_REQUESTS, _RESPONSES) if not (folder / name).is_file()]
    if lacking:
        return Steps(steps=(), missing=f"{lacking[0]} is not here any more")
    outputs = {}
    for row in _rows(folder / _REQUESTS):
        for output in objects(row.get("outputs")):
            outputs[str(output.get("call_id"))] = str(output.get("text", ""))
    found = list[Step]()
    for row in _rows(folder / _RESPONSES):
        found += _answered(row, outputs)
        if len(found) > _MOST_STEPS:
            return Steps(steps=tuple(found[:_MOST_STEPS]), missing=f"only the first {_MOST_STEPS} steps are shown")
    return Steps(steps=tuple(found))


def _answered(row: dict[str, Any], outputs: dict[str, str]) -> Iterator[Step]:
    """Yield the steps of one answer: messages in their place, then calls with what they returned."""
    turn = row.get("turn") if isinstance(row.get("turn"), int) else 0
    step = Step(turn=turn or 0, kind="message", tool="", given="")
    for item in items_of(objects(row.get("events"))):
        if item.get("type") == "message":
            words = "\n".join(str(part.get("text", "")) for part in objects(item.get("content")))
            yield replace(step, given=_cut(words))
    for call in objects(row.get("calls")):
        tool, given = str(call.get("tool", "")), str(call.get("given", ""))
        output = outputs.get(str(call.get("call_id")))
        kind = {"exec_command": "command", "apply_patch": "patch"}.get(tool, "tool")
        yield Step(
            turn=step.turn,
            kind=kind,
            tool=tool,
            given=_cut(_command(given) if kind == "command" else given),
            output=None if output is None else _cut(output),
            refused=refusal(output or ""),
        )
    status, note = row.get("status"), str(row.get("note") or "")
    if note or status != 200:  # noqa: PLR2004 - HTTP
        yield replace(step, kind="failure", given=_cut(note or f"HTTP {status}"))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of a file, as far as it is read."""
    left = _MOST_BYTES
    with path.open("rb") as stream:
        while left > 0 and (line := stream.readline(left)):
            left -= len(line)
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(row, dict):
                yield row


def _command(given: str) -> str:
    try:
        found = json.loads(given)
    except (ValueError, RecursionError):
        return given
    return str(found.get("cmd", given)) if isinstance(found, dict) else given


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]}\n[cut: {len(text) - _MOST_TEXT} more characters]"
