"""The rehearsal provider: a scripted model, read from a JSON file (`proposer/rehearsal/v1`)."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from proposer import digests
from proposer.errors import UsageError
from proposer.relay.exchange import Reply

__all__ = ["SCHEMA", "Script"]

SCHEMA = "proposer/rehearsal/v1"

Step = dict[str, Any]
_LONGEST_STALL = 3600
_STEPS: dict[str, Callable[[Any], bool]] = {
    "shell": lambda given: isinstance(given, str),
    "patch": lambda given: isinstance(given, str),
    "say": lambda given: isinstance(given, str),
    "answer": lambda given: isinstance(given, dict | list),
    "answer_text": lambda given: isinstance(given, str),
    "http": lambda given: _is_count(given) and 300 <= given <= 599,  # noqa: PLR2004 - redirects and errors
    "drop": lambda given: given is True,
    "stall": lambda given: isinstance(given, float | int) and 0 <= given <= _LONGEST_STALL,
    "call": lambda given: isinstance(given, dict) and isinstance(given.get("name"), str),
    "usage": lambda given: isinstance(given, dict) and all(map(_is_count, given.values())),
}


class Script:
    """A model that says what a file tells it to.

    Each entry of `turns` answers one request and is a step or a list of steps: `shell` (a command), `patch` (for
    apply_patch), `say` (an interim message), `answer` or `answer_text` (the final message), `http` (an error status),
    `drop` (the connection closes), `stall` (seconds of silence), `call` ({"name", "arguments"}: any tool),
    `usage` (tokens to report). The last entry answers every further request.
    """

    def __init__(self, turns: list[list[Step]], digest: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._turns = turns
        self._next = 0
        self._lock = threading.Lock()
        self._sleep = sleep
        self.digest = digest

    @classmethod
    def read(cls, path: Path) -> "Script":
        """Read a script.

        Raises:
            UsageError: the file is missing or not a script; the message names the turn.
        """
        try:
            data = path.read_bytes()
            document = json.loads(data)
        except OSError as error:
            raise UsageError(f"rehearsal script {path} cannot be read", "give --provider rehearsal:FILE") from error
        except RecursionError as error:
            raise UsageError(
                f"rehearsal script {path} is nested too deeply", "see docs/reference/scripts.md of proposer"
            ) from error
        except ValueError as error:
            raise UsageError(
                f"rehearsal script {path} is not JSON: {error}", "see docs/reference/scripts.md of proposer"
            ) from error
        return cls(_checked(document, path), digests.of_bytes(data))

    def reply(self, body: bytes, headers: Mapping[str, str]) -> Reply:  # noqa: ARG002 - the backend's signature
        """Answer the next request."""
        with self._lock:
            number = self._next
            steps = self._turns[min(number, len(self._turns) - 1)]
            self._next += 1
        failure = next((step["http"] for step in steps if "http" in step), None)
        if failure is not None:
            text = json.dumps({"error": {"message": f"rehearsed HTTP {failure}", "type": "rehearsal", "code": None}})
            return Reply(status=failure, body=iter([text.encode()]), content_type="application/json")
        return Reply(status=200, body=self._stream(number + 1, steps))

    def _stream(self, number: int, steps: list[Step]) -> Iterator[bytes]:
        name = f"resp_{number}"
        yield _event({"type": "response.created", "response": {"id": name}})
        usage: dict[str, int] = {}
        ends = True
        for place, step in enumerate(steps):
            if "stall" in step:
                self._sleep(float(step["stall"]))
            if step.get("drop"):
                raise ConnectionError("the stream was dropped")
            usage = step.get("usage", usage)
            ends = ends and "say" not in step
            item = _item(step, f"{number}_{place}")
            if item is not None:
                yield _event({"type": "response.output_item.done", "output_index": place, "item": item})
        if all("stall" in step for step in steps):
            raise ConnectionError("the stream was dropped")
        called = any(key in step for step in steps for key in ("shell", "patch", "call"))
        answered = any(key in step for step in steps for key in ("answer", "answer_text"))
        response: dict[str, Any] = {"id": name, "usage": _usage(usage)}
        if not ends and not called and not answered:
            response["end_turn"] = False  # an interim message alone: Codex asks again
        yield _event({"type": "response.completed", "response": response})


def _checked(document: Any, path: Path) -> list[list[Step]]:
    hint = "see docs/reference/scripts.md of proposer"
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise UsageError(f'rehearsal script {path} lacks "schema": "{SCHEMA}"', hint)
    turns = document.get("turns")
    if not isinstance(turns, list) or not turns:
        raise UsageError(f"rehearsal script {path} has no turns", hint)
    checked = []
    for number, turn in enumerate(turns, 1):
        steps = turn if isinstance(turn, list) else [turn]
        for step in steps or [None]:
            if not _is_step(step):
                raise UsageError(f"rehearsal script {path}: turn {number} is not a step: {json.dumps(step)[:80]}", hint)
        checked.append(steps)
    return checked


def _is_step(step: Any) -> bool:
    if not isinstance(step, dict) or len(step) != 1:
        return False
    name, given = next(iter(step.items()))
    return name in _STEPS and _STEPS[name](given)


def _is_count(given: Any) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and given >= 0


def _item(step: Step, name: str) -> dict[str, Any] | None:
    if "shell" in step:
        return _function("exec_command", json.dumps({"cmd": step["shell"]}), name)
    if "call" in step:
        call = step["call"]
        return _function(str(call.get("name")), json.dumps(call.get("arguments", {})), name)
    if "patch" in step:
        return {"type": "custom_tool_call", "id": f"ctc_{name}", "call_id": f"call_{name}", "name": "apply_patch",
                "input": step["patch"]}  # fmt: skip
    if "answer" in step:
        return _message(json.dumps(step["answer"], ensure_ascii=False), name)
    if "answer_text" in step:
        return _message(step["answer_text"], name)
    return _message(step["say"], name) if "say" in step else None


def _function(tool: str, arguments: str, name: str) -> dict[str, Any]:
    return {
        "type": "function_call",
        "id": f"fc_{name}",
        "call_id": f"call_{name}",
        "name": tool,
        "arguments": arguments,
    }


def _message(text: str, name: str) -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {"type": "message", "id": f"msg_{name}", "role": "assistant", "status": "completed", "content": content}


def _usage(given: Mapping[str, int]) -> dict[str, Any]:
    tokens = {key: int(given.get(key, 0)) for key in ("input_tokens", "cached_input_tokens", "output_tokens")}
    return {
        "input_tokens": tokens["input_tokens"],
        "input_tokens_details": {"cached_tokens": tokens["cached_input_tokens"]},
        "output_tokens": tokens["output_tokens"],
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": tokens["input_tokens"] + tokens["output_tokens"],
    }


def _event(data: dict[str, Any]) -> bytes:
    # A script may hold what no UTF-8 can (a lone surrogate); a model cannot say it either.
    return f"event: {data['type']}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode(errors="replace")
