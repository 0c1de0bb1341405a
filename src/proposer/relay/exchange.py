"""One exchange of the Responses API: what a request offers and returns, what an answer calls and costs."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

__all__ = [
    "ALLOWED_TOOLS",
    "CLOSING",
    "Backend",
    "Reply",
    "Usage",
    "calls_in",
    "failure_of",
    "items_of",
    "objects",
    "offered",
    "outputs_in",
    "refusal",
    "settings_of",
    "usage_of",
]

ALLOWED_TOOLS = frozenset({"exec_command", "write_stdin", "apply_patch", "request_user_input"})
"""Tools that a request may offer and an answer may call: local ones, each inside Codex's sandbox."""

CLOSING = ("response.completed", "response.failed", "response.incomplete", "error")
"""Kinds of the event that ends an answer."""

_REFUSALS = (
    "Read-only file system",
    "Permission denied",
    "Operation not permitted",
    "patch rejected",
    "rejected by user approval settings",
    "approval required by policy",
    "rejected: ",
    "commands are not permitted",
    "unsupported call",
    "Network is unreachable",
    "Could not resolve host",
    "No permissions to create a new namespace",
    "Creating new namespace failed",
)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a backend sends: an HTTP status, and the body in pieces as they arrive."""

    status: int
    body: Iterator[bytes]
    content_type: str = "text/event-stream"


class Backend(Protocol):
    """Whatever answers for the model."""

    def reply(self, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Answer one request; `body` is the JSON that Codex sent.

        Raises:
            ConnectionError: nobody answers; the message says who.
        """


@dataclass
class Usage:
    """Tokens, summed over the exchanges of a run."""

    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0

    def add(self, other: "Usage") -> None:
        """Add the tokens of one more exchange."""
        self.input_tokens += other.input_tokens
        self.cached_input_tokens += other.cached_input_tokens
        self.output_tokens += other.output_tokens

    @property
    def total(self) -> int:
        """Tokens that count against the limit."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, kw_only=True)
class Call:
    """A tool call of the model: the tool's name, its id and what it was given."""

    tool: str
    call_id: str
    given: str


@dataclass(frozen=True, kw_only=True)
class Output:
    """What a tool call returned to the model."""

    call_id: str
    text: str
    data: Any = field(default=None, repr=False)


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the JSON objects in a list; what else a stranger put there is left aside."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def offered(request: Mapping[str, Any]) -> list[str]:
    """Return the names of all tools that a request offers; a server-side tool has its type as name."""
    tools = _listed(request.get("tools"))
    for item in objects(request.get("input")):
        if item.get("type") == "additional_tools":
            tools += _listed(item.get("tools"))
    names: list[str] = []
    for tool in tools:
        if not isinstance(tool, dict):
            names.append(f"unreadable {str(tool)[:40]}")
            continue
        name = str(tool.get("name") or tool.get("type"))
        inner = objects(tool.get("tools"))
        names.extend(f"{name}.{part.get('name')}" for part in inner)
        if not inner:
            names.append(name)
    return names


_ELSEWHERE = frozenset({"model", "input", "instructions", "tools", "text", "prompt_cache_key", "client_metadata"})


def settings_of(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a request sets beside model, effort, texts and tools; without ids, which are new in every run."""
    kept = {key: value for key, value in request.items() if key not in _ELSEWHERE}
    if isinstance(kept.get("reasoning"), dict):
        kept["reasoning"] = {key: value for key, value in kept["reasoning"].items() if key != "effort"}
    return kept


def _listed(value: Any) -> list[Any]:
    """Return a list as it is, nothing as an empty one, and anything else as a list of that."""
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def items_of(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the items of an answer: those that were announced one by one, and those of the closing event."""
    found = [event.get("item") for event in events if event.get("type") == "response.output_item.done"]
    for event in events:
        response = event.get("response")
        if event.get("type") in CLOSING and isinstance(response, dict):
            found += [item for item in objects(response.get("output")) if item not in found]
    return objects(found)


def calls_in(items: list[dict[str, Any]]) -> list[Call]:
    """Return the tool calls among the items of an answer; anything that is neither text nor thought counts as one."""
    calls = []
    for item in items:
        kind = str(item.get("type"))
        if kind.endswith("_call"):
            given = item.get("arguments", item.get("input", item.get("action", "")))
            calls.append(
                Call(
                    tool=str(item.get("name") or kind.removesuffix("_call")),
                    call_id=str(item.get("call_id") or item.get("id") or ""),
                    given=given if isinstance(given, str) else json.dumps(given, sort_keys=True),
                )
            )
    return calls


def outputs_in(items: list[dict[str, Any]]) -> list[Output]:
    """Return what tools gave back, in call order."""
    found = []
    for item in items:
        if str(item.get("type")).endswith("_output"):
            data = item.get("output")
            text = data if isinstance(data, str) else json.dumps(data, sort_keys=True)
            found.append(Output(call_id=str(item.get("call_id", "")), text=text, data=data))
    return found


def refusal(text: str) -> str:
    """Return the words by which sandbox, rules or Codex itself refused a command; empty where it was not refused."""
    return next((words for words in _REFUSALS if words in text), "")


def usage_of(response: Any) -> Usage:
    """Return the tokens that a closing event reports; what is no count counts as none."""
    usage = _object(_object(response).get("usage"))
    details = _object(usage.get("input_tokens_details"))
    return Usage(
        input_tokens=_count(usage.get("input_tokens")),
        cached_input_tokens=_count(details.get("cached_tokens")),
        output_tokens=_count(usage.get("output_tokens")),
    )


def failure_of(event: Mapping[str, Any]) -> str:
    """Return why a closing event says that the answer is not whole; empty where it is."""
    kind = event.get("type")
    if kind not in CLOSING or kind == "response.completed":
        return ""
    response = _object(event.get("response"))
    error = _object(response.get("error")) or _object(response.get("incomplete_details")) or _object(event.get("error"))
    reason = error.get("message") or error.get("reason") or error.get("code") or event.get("message") or "no reason"
    return f"{kind}: {str(reason)[:300]}"


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: Any) -> int:
    return max(value, 0) if isinstance(value, int) and not isinstance(value, bool) else 0
