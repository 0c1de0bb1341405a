"""The loopback server between Codex and a provider: it counts, checks the tools, and writes down what it sees."""

import contextlib
import http.server
import json
import secrets
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from proposer.relay.exchange import (
    ALLOWED_TOOLS,
    CLOSING,
    Backend,
    Call,
    Reply,
    Usage,
    calls_in,
    items_of,
    objects,
    offered,
    outputs_in,
    refusal,
    settings_of,
    usage_of,
)
from proposer.relay.handler import Handler

__all__ = ["Relay"]

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
        model: the only model that may be asked; empty: any.
        effort: the only effort that may be asked for; empty: any.
        on_step: told what happens, for people (`exec_command: git diff (command 1, 4120 tokens)`).
        on_request: told each line of `requests.jsonl`; where it returns a reason, the run ends.

    `stop` says why no further request is answered, `violations` what was against the policy, `failures` what went
    wrong with answers, `refused` which commands were refused to the model and in what words.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        folder: Path,
        redact: Callable[[str], str],
        max_turns: int,
        max_tokens: int,
        model: str = "",
        effort: str = "",
        on_step: Callable[[str], None] = lambda _: None,
        on_request: Callable[[str], str] = lambda _: "",
    ) -> None:
        self._backend = backend
        self._redact = redact
        self._max_turns = max_turns
        self._max_tokens = max_tokens
        self._model = model
        self._effort = effort
        self._on_step = on_step
        self._on_request = on_request
        self._lock = threading.Lock()
        self._known_items = 0
        self._calls: dict[str, Call] = {}
        self._sent: dict[str, Any] = {}
        self._requests: TextIO = (folder / "requests.jsonl").open("w", encoding="utf-8", errors="replace")
        self._responses: TextIO = (folder / "responses.jsonl").open("w", encoding="utf-8", errors="replace")
        self._path = f"/{secrets.token_hex(16)}/v1/responses"
        self.turns = 0
        self._commands = 0
        self.usage = Usage()
        self.stop = ""
        self.violations: list[str] = []
        self.failures: list[str] = []
        self.refused: list[tuple[str, str]] = []
        self.offered: set[str] = set()
        self.last_activity = 0.0
        handler = type("RelayHandler", (Handler,), {"relay": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server.failed = self.halt

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
        with self._lock, self._requests, self._responses:
            pass  # closes both, and tells where the disk is full

    def begin(self) -> None:
        """Take note that another conversation begins, which repeats nothing of the one before."""
        with self._lock:
            self._known_items = 0

    def alive(self) -> None:
        """Take note of a sign of life."""
        self.last_activity = time.monotonic()

    def knows(self, path: str, host: str) -> bool:
        """Tell whether a request is for this relay, by its path and by the name under which it was reached."""
        here = f"127.0.0.1:{self._server.server_address[1]}"
        return host == here and secrets.compare_digest(path.encode(errors="replace"), self._path.encode())

    def halt(self, reason: str) -> None:
        """Answer nothing any more."""
        with self._lock:
            self.stop = self.stop or reason
            self.failures.append(reason)

    def refuse(self, reason: str) -> None:
        """Take down a request that cannot even be read: the pinned Codex sends none."""
        with self._lock:
            self._write(self._requests, {"turn": self.turns + 1, "refused": reason})
            self.failures.append(reason)
            self.stop = self.stop or reason

    def admit(self, request: dict[str, Any]) -> tuple[int, str]:
        """Write a request down and decide whether it may be answered; its number, and the reason where not."""
        with self._lock:
            if self.stop:  # what Codex still sends before it is ended says nothing, and depends on who is faster
                return self.turns, self.stop
            self.turns += 1
            tools = offered(request)
            items = objects(request.get("input"))
            reasoning = request.get("reasoning")
            effort = reasoning.get("effort") if isinstance(reasoning, dict) else None
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
                "effort": effort,
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
            elif self._model and request.get("model") != self._model:
                self.stop = f"a request for the model {request.get('model')}, where {self._model} is pinned"
                self.violations.append(self.stop)
            elif self._effort and effort not in (None, self._effort):
                self.stop = f"a request for the effort {effort}, where {self._effort} is pinned"
                self.violations.append(self.stop)
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
            calls = calls_in(items_of(events))
            for call in calls:
                self._calls[call.call_id] = call
                if call.tool not in ALLOWED_TOOLS:
                    self.violations.append(f"the model called {call.tool}, which is not on the allow-list")
            for event in events:
                if event.get("type") in CLOSING:
                    self.usage.add(usage_of(event.get("response")))
            self._write(
                self._responses,
                {
                    "turn": turn,
                    "status": status,
                    "note": note,
                    "body": body,
                    "calls": [{"tool": c.tool, "call_id": c.call_id, "given": c.given[:_MAX_KEPT]} for c in calls],
                    "events": events,
                },
            )
            if status != HTTPStatus.OK or note:
                self.failures.append(note or f"HTTP {status}")
            if status in _FATAL or status < HTTPStatus.OK or HTTPStatus.OK < status < HTTPStatus.BAD_REQUEST:
                self.stop = self.stop or f"HTTP {status}"
        for call in calls:
            # Masked before it is shortened: half a secret is one, and no longer looks like it.
            tool, given = json.loads(self._redact(json.dumps([call.tool, _command(call.given)])))
            self._commands += 1
            self._on_step(f"{tool}: {_short(given)} (command {self._commands}, {self.usage.total} tokens)")

    def reply(self, body: bytes, headers: dict[str, str]) -> Reply:
        """Ask the backend."""
        return self._backend.reply(body, headers)

    def _write(self, stream: TextIO, line: dict[str, Any]) -> str:
        """Write a line down and return it; what cannot be written down must not go on."""
        text = self._redact(json.dumps(line, ensure_ascii=False, sort_keys=True))
        if stream.closed:
            return text
        try:
            stream.write(text + "\n")
            stream.flush()
        except OSError as error:
            self.stop = self.stop or f"{Path(stream.name).name} cannot be written: {error.strerror}"
        return text

    def _new(self, name: str, value: Any) -> Any:
        """Return a value that Codex repeats in every request, the first time; None where it has not changed."""
        if self._sent.get(name) == value:
            return None
        self._sent[name] = value
        return value


class _Server(http.server.ThreadingHTTPServer):
    """Threads that end with this process; what goes wrong in one is told to the relay and not to the terminal."""

    daemon_threads = True
    failed: Callable[[str], None]

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - socketserver's signature
        """Take an exception of a connection to the relay; one that only says that it is gone says nothing new."""
        error = sys.exception()
        if not isinstance(error, ConnectionError | TimeoutError):
            self.failed(f"the relay failed: {type(error).__name__}: {error}")


def _command(given: str) -> str:
    """Return the command of a shell call, anything else as it is."""
    with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
        return str(json.loads(given)["cmd"])
    return given


def _short(given: str) -> str:
    line = " ".join(given.split())
    return line if len(line) <= 100 else f"{line[:99]}…"  # noqa: PLR2004 - one terminal line
