"""The loopback server between Codex and a provider: it counts, checks the tools, and writes down what it sees."""

import contextlib
import http.server
import json
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from proposer.relay.exchange import (
    ALLOWED_TOOLS,
    Backend,
    Call,
    Usage,
    calls_in,
    offered,
    outputs_in,
    refusal,
    settings_of,
    usage_of,
)

__all__ = ["Relay"]

_MAX_BODY = 64 * 1024 * 1024
_MAX_KEPT = 200_000
_FATAL = frozenset({400, 401, 403, 404, 413, 422})


class Relay:
    """A Responses API on an ephemeral loopback port, for one run.

    Args:
        backend: who answers.
        folder: receives `requests.jsonl` and `responses.jsonl`, redacted.
        redact: takes one JSON line, gives it back without secrets.
        max_turns: requests that are answered.
        max_tokens: input and output tokens after which the run ends.
        on_step: told what happens, for people (`exec_command: git diff`).
        on_request: told each line of `requests.jsonl`; where it returns a reason, the run ends.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        folder: Path,
        redact: Callable[[str], str],
        max_turns: int,
        max_tokens: int,
        on_step: Callable[[str], None] = lambda _: None,
        on_request: Callable[[str], str] = lambda _: "",
    ) -> None:
        self._backend = backend
        self._redact = redact
        self._max_turns = max_turns
        self._max_tokens = max_tokens
        self._on_step = on_step
        self._on_request = on_request
        self._lock = threading.Lock()
        self._known_items = 0
        self._calls: dict[str, Call] = {}
        self._sent: dict[str, Any] = {}
        self._requests = (folder / "requests.jsonl").open("w", encoding="utf-8")
        self._responses = (folder / "responses.jsonl").open("w", encoding="utf-8")
        self._path = f"/{secrets.token_hex(16)}/v1/responses"
        self.turns = 0
        self.usage = Usage()
        self.stop = ""
        self.violations: list[str] = []
        self.failures: list[str] = []
        self.refused: list[tuple[str, str]] = []
        self.offered: set[str] = set()
        self.last_activity = 0.0
        handler = type("Handler", (_Handler,), {"relay": self})
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True

    @property
    def base_url(self) -> str:
        """Address for Codex's `base_url`; its path holds a random part, so that no other program can use it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{self._path.removesuffix('/responses')}"

    def __enter__(self) -> Self:
        """Start to listen."""
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop to listen and close the logs."""
        self._server.shutdown()
        self._server.server_close()
        with self._lock:
            self._requests.close()
            self._responses.close()

    def alive(self) -> None:
        """Take note of a sign of life."""
        self.last_activity = time.monotonic()

    def knows(self, path: str) -> bool:
        """Tell whether a request path is this relay's."""
        return secrets.compare_digest(path.encode(), self._path.encode())

    def admit(self, request: dict[str, Any]) -> tuple[int, str]:
        """Write a request down and decide whether it may be answered; its number, and the reason where not."""
        with self._lock:
            self.turns += 1
            tools = offered(request)
            items = list(request.get("input") or [])
            fresh = items[self._known_items :] if len(items) >= self._known_items else items
            outputs = outputs_in(fresh)
            self._known_items = len(items)
            self.offered.update(tools)
            for output in outputs:
                if words := refusal(output.text):
                    call = self._calls.get(output.call_id)
                    self.refused.append((call.given if call else "", words))
            line = {
                "turn": self.turns,
                "model": request.get("model"),
                "effort": (request.get("reasoning") or {}).get("effort"),
                "settings": settings_of(request),
                "tools": tools,
                "definitions": self._new("definitions", request.get("tools")),
                "instructions": self._new("instructions", request.get("instructions")),
                "text": request.get("text"),
                "input": fresh,
                "outputs": [{"call_id": output.call_id, "text": output.text[:_MAX_KEPT]} for output in outputs],
            }
            differs = self._on_request(self._write(self._requests, line))
            if foreign := sorted(set(tools) - ALLOWED_TOOLS):
                self.violations.append(f"codex offered {', '.join(foreign)} to the model")
                self.stop = f"a tool off the allow-list: {foreign[0]}"
            elif self.turns > self._max_turns:
                self.stop = f"the limit of {self._max_turns} turns"
            elif self.usage.total > self._max_tokens:
                self.stop = f"the limit of {self._max_tokens} tokens"
            elif differs:
                self.stop = differs
            return self.turns, self.stop

    def answered(
        self, turn: int, status: int, events: list[dict[str, Any]], note: str = "", body: str | None = None
    ) -> None:
        """Write the answer to a request down and take its calls, its tokens and its failure into account."""
        with self._lock:
            items = [event["item"] for event in events if event.get("type") == "response.output_item.done"]
            calls = calls_in([item for item in items if isinstance(item, dict)])
            for call in calls:
                self._calls[call.call_id] = call
                if call.tool not in ALLOWED_TOOLS:
                    self.violations.append(f"the model called {call.tool}, which is not on the allow-list")
            for event in events:
                if event.get("type") == "response.completed":
                    self.usage.add(usage_of(event.get("response") or {}))
            self._write(
                self._responses,
                {
                    "turn": turn,
                    "status": status,
                    "note": note,
                    "body": body,
                    "calls": [{"tool": c.tool, "call_id": c.call_id, "given": c.given[:_MAX_KEPT]} for c in calls],
                    "events": [event for event in events if not str(event.get("type")).endswith(".delta")],
                },
            )
            if status != http.HTTPStatus.OK or note:
                self.failures.append(note or f"HTTP {status}")
            if status in _FATAL:
                self.stop = self.stop or f"HTTP {status}"
        for call in calls:
            self._on_step(f"{call.tool}: {_short(call.given)}")

    def reply(self, body: bytes, headers: dict[str, str]) -> Any:
        """Ask the backend."""
        return self._backend.reply(body, headers)

    def _write(self, stream: Any, line: dict[str, Any]) -> str:
        text = self._redact(json.dumps(line, ensure_ascii=False, sort_keys=True))
        if not stream.closed:
            stream.write(text + "\n")
            stream.flush()
        return text

    def _new(self, name: str, value: Any) -> Any:
        """Return a value that Codex repeats in every request, the first time; None where it has not changed."""
        if self._sent.get(name) == value:
            return None
        self._sent[name] = value
        return value


def _short(given: str) -> str:
    with contextlib.suppress(ValueError, KeyError, TypeError):
        given = json.loads(given)["cmd"]
    line = " ".join(given.split())
    return line if len(line) <= 100 else f"{line[:99]}…"  # noqa: PLR2004 - one terminal line


class _Handler(http.server.BaseHTTPRequestHandler):
    """One connection of Codex."""

    relay: Relay
    turn = 0
    protocol_version = "HTTP/1.1"
    server_version = "proposer"
    sys_version = ""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is http.server's
        """Stay silent: what was asked stands in requests.jsonl."""

    def do_GET(self) -> None:
        """Answer 404: there is no catalogue here."""
        self._send(404, b"{}")

    def do_POST(self) -> None:
        """Pass one request on."""
        relay = self.relay
        relay.alive()
        length = int(self.headers.get("Content-Length") or 0)
        if not relay.knows(self.path) or length > _MAX_BODY:
            self._send(404 if length <= _MAX_BODY else 413, b"{}")
            return
        body = self.rfile.read(length)
        try:
            request = json.loads(body)
        except ValueError:
            self._send(400, _error("the request is not JSON"))
            return
        self.turn, reason = relay.admit(request)
        if reason:
            self._send(403, _error(f"stopped by proposer: {reason}"))
            return
        try:
            reply = relay.reply(body, {name.lower(): value for name, value in self.headers.items()})
        except ConnectionError as error:
            relay.answered(self.turn, 502, [], str(error), _error(str(error)).decode())
            self._send(502, _error(str(error)))
            return
        self._stream(reply)

    def _stream(self, reply: Any) -> None:
        relay, lines, note = self.relay, _Lines(), ""
        self.close_connection = True
        kept = b""
        try:
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Connection", "close")
            self.end_headers()
            for block in reply.body:
                relay.alive()
                self.wfile.write(block)
                self.wfile.flush()
                lines.feed(block)
                kept = (kept + block)[:2000]
        except (BrokenPipeError, ConnectionResetError):
            note = "codex closed the connection"
        except (ConnectionError, TimeoutError, OSError) as error:
            note = str(error) or type(error).__name__
        if reply.status != http.HTTPStatus.OK:
            note = f"HTTP {reply.status}: {kept.decode(errors='replace')[:300]}"
        elif not note and not any(event.get("type") in _CLOSING for event in lines.events):
            note = "the stream ended before response.completed"
        body = None if reply.status == http.HTTPStatus.OK else kept.decode(errors="replace")
        relay.answered(self.turn, reply.status, lines.events, note, body)

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


_CLOSING = ("response.completed", "response.failed", "response.incomplete")


class _Lines:
    """Collects the events of a server-sent stream (WHATWG HTML, server-sent events), a block at a time."""

    def __init__(self) -> None:
        self._rest = b""
        self.events: list[dict[str, Any]] = []

    def feed(self, block: bytes) -> None:
        """Take the next bytes."""
        *lines, self._rest = (self._rest + block).split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                try:
                    event = json.loads(line[5:])
                except ValueError:
                    continue
                if isinstance(event, dict):
                    self.events.append(event)


def _error(message: str) -> bytes:
    return json.dumps({"error": {"message": message, "type": "proposer", "code": None}}).encode()
