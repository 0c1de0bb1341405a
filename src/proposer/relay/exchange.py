"""One exchange of the Responses API: what a request offers and returns, what an answer calls and costs."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

__all__ = [
    "ALLOWED_TOOLS",
    "Backend",
    "Reply",
    "Usage",
    "calls_in",
    "offered",
    "outputs_in",
    "refusal",
    "settings_of",
    "usage_of",
]

ALLOWED_TOOLS = frozenset({"exec_command", "write_stdin", "apply_patch", "request_user_input"})
"""Tools that a request may offer and an answer may call: local ones, each inside Codex's sandbox."""

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


def offered(request: Mapping[str, Any]) -> list[str]:
    """Return the names of all tools that a request offers; a server-side tool has its type as name."""
    tools = list(request.get("tools") or [])
    for item in request.get("input") or []:
        if isinstance(item, dict) and item.get("type") == "additional_tools":
            tools.extend(item.get("tools") or [])
    names: list[str] = []
    for tool in tools:
        name = str(tool.get("name") or tool.get("type"))
        inner = tool.get("tools") or []
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


def usage_of(response: Mapping[str, Any]) -> Usage:
    """Return the tokens that a `response.completed` event reports."""
    usage = response.get("usage") or {}
    details = usage.get("input_tokens_details") or {}
    return Usage(
        input_tokens=int(usage.get("input_tokens") or 0),
        cached_input_tokens=int(details.get("cached_tokens") or 0),
        output_tokens=int(usage.get("output_tokens") or 0),
    )
