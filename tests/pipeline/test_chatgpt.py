"""Runs with the user's own login: the real binary signs its requests, the model never sees the file, no token is lost."""

import base64
import fcntl
import json
import os
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from lab import CLEAN, FINDING, Lab, says
from proposer import premises
from proposer.errors import UsageError
from proposer.invocation import command, home
from proposer.proving.replay import replay
from proposer.relay.script import Script
from proposer.reports.summary import Summary


def token(**claims: Any) -> str:
    """Return an unsigned JSON web token."""
    parts = ({"alg": "none"}, claims, {"s": 1})
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)


def login(*, expires: float, refresh: str) -> dict[str, Any]:
    account = {"https://api.openai.com/auth": {"chatgpt_account_id": "acct-1", "chatgpt_plan_type": "plus"}}
    tokens = {"id_token": token(email="ada@example.com", **account), "access_token": token(exp=int(time.time() + expires), of=refresh),
              "refresh_token": refresh, "account_id": "acct-1"}  # fmt: skip
    return {"OPENAI_API_KEY": None, "tokens": tokens, "last_refresh": "2026-01-01T00:00:00Z"}


class Api:
    """The plan's API and the place that refreshes tokens; answers come from a script."""

    def __init__(self) -> None:
        self.script: Script | None = None
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.refused = 0
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                api.seen.append((self.path, headers))
                if self.path == "/oauth/token":
                    fresh = login(expires=9_000, refresh="rt-" + "n" * 30)["tokens"]
                    self._send(200, "application/json", json.dumps(fresh).encode())
                elif api.refused:
                    api.refused -= 1
                    self._send(401, "application/json", b'{"error": {"message": "expired"}}')
                else:
                    assert api.script is not None
                    reply = api.script.reply(body, headers)
                    self._send(reply.status, reply.content_type, b"".join(reply.body))

            def _send(self, status: int, kind: str, data: bytes) -> None:
                self.send_response(status)
                for name, value in (
                    ("Content-Type", kind),
                    ("Content-Length", str(len(data))),
                    ("Connection", "close"),
                ):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def api() -> Iterator[Api]:
    found = Api()
    thread = Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


class Desk:
    def __init__(self, lab: Lab, api: Api) -> None:
        self.lab, self.api = lab, api
        self.file = lab.home / ".codex" / "auth.json"

    def log_in(self, *, expires: float = 9_000) -> None:
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_text(json.dumps(login(expires=expires, refresh="rt-" + "o" * 30)), encoding="utf-8")
        self.file.chmod(0o600)

    def refresh_token(self) -> str:
        return str(json.loads(self.file.read_text(encoding="utf-8"))["tokens"]["refresh_token"])

    def run(self, *turns: Any, **more: Any) -> Summary:
        self.api.script = Script.read(Path(self.lab.script(*turns).partition(":")[2]))
        options: dict[str, Any] = {"provider": "chatgpt", "environment": {"HOME": str(self.lab.home)}} | more
        return self.lab.review(**options)


@pytest.fixture
def desk(lab: Lab, api: Api) -> Desk:
    path = lab.root / "proposer.toml"
    text = path.read_text(encoding="utf-8").replace(
        'default = "openai"', f'default = "openai"\nplan = "{api.url}/codex/responses"'
    )
    path.write_text(text, encoding="utf-8")
    lab.relock()
    lab.write("note.txt", "keep\na = 1\nlater\n")
    lab.commit()
    found = Desk(lab, api)
    found.log_in()
    return found


def test_requests_carry_the_login_and_the_record_says_so(desk: Desk) -> None:
    summary = desk.run(says("comment", FINDING | {"severity": "P2"}))
    assert summary.outcome.label == "findings", summary.reasons
    ((path, headers),) = desk.api.seen
    assert path == "/codex/responses"
    assert headers["authorization"].startswith("Bearer ey")
    assert headers["chatgpt-account-id"] == "acct-1"
    document = json.loads((desk.lab.record(summary) / "record.json").read_text(encoding="utf-8"))
    assert document["tool"]["provider"] == "chatgpt"
    assert any("its plan pays" in note for note in summary.notes)
    assert not summary.rehearsed
    assert desk.refresh_token() == "rt-" + "o" * 30


def test_no_token_stands_in_the_record(desk: Desk) -> None:
    text = desk.file.read_text(encoding="utf-8")
    summary = desk.run({"shell": "env; cat /proc/*/environ"}, CLEAN)
    kept = "".join(path.read_text(encoding="utf-8") for path in desk.lab.record(summary).iterdir())
    tokens = json.loads(text)["tokens"]
    assert [name for name, value in tokens.items() if name != "account_id" and value in kept] == []


@pytest.mark.sandbox
@pytest.mark.parametrize("guarded", [True, False])
def test_the_model_cannot_read_the_login(desk: Desk, monkeypatch: pytest.MonkeyPatch, guarded: bool) -> None:
    if not guarded:  # with its folder in the profile, the same search finds it
        made = home._filesystem  # noqa: SLF001 - the guard that is taken away
        monkeypatch.setattr(home, "_filesystem", lambda *given: made(*given) | {str(desk.file.parent): "read"})
    monkeypatch.setattr(premises, "leaves", lambda _: [])  # masked, it would not be seen here
    hunt = f"find / -name 'auth.json*' 2>/dev/null; grep -rs acct-1 /proc/[0-9]*/environ {desk.file.parent}; echo over"
    told = desk.lab.outputs(desk.run({"shell": hunt}, CLEAN))
    assert "over" in told
    assert ("auth.json" in told) is not guarded
    assert ("acct-1" in told) is not guarded


def test_refreshed_tokens_are_kept_and_masked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.log_in(expires=-60)
    made = command.environment
    monkeypatch.setattr(command, "environment", lambda *given: made(*given) | {
        "CODEX_REFRESH_TOKEN_URL_OVERRIDE": f"{desk.api.url}/oauth/token"})  # fmt: skip
    summary = desk.run(CLEAN)
    assert summary.outcome.label == "clean", summary.reasons
    assert [path for path, _ in desk.api.seen] == ["/oauth/token", "/codex/responses"]
    assert desk.refresh_token() == "rt-" + "n" * 30
    assert list(desk.file.parent.iterdir()) == [desk.file]
    kept = "".join(path.read_text(encoding="utf-8") for path in desk.lab.record(summary).iterdir())
    assert "rt-nnn" not in kept


def test_one_run_at_a_time_has_the_login(desk: Desk) -> None:
    descriptor = os.open(desk.file, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        summary = desk.run(CLEAN)
        assert (summary.outcome.label, "another run has the ChatGPT login" in summary.message) == ("unavailable", True)
        assert desk.api.seen == []
    finally:
        os.close(descriptor)
    assert desk.run(CLEAN).outcome.label == "clean"


@pytest.mark.parametrize("name", ["CI", "GITHUB_ACTIONS", "GITLAB_CI"])
def test_in_ci_it_is_refused(desk: Desk, name: str) -> None:
    with pytest.raises(UsageError, match="refused in CI"):
        desk.run(CLEAN, environment={"HOME": str(desk.lab.home), name: "true"})


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"tokens": null}', '{"OPENAI_API_KEY": "x", "tokens": {"access_token": "a"}}']
)
def test_a_file_without_a_login_is_refused(desk: Desk, text: str) -> None:
    desk.file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="holds no ChatGPT login"):
        desk.run(CLEAN)
    desk.file.unlink()
    with pytest.raises(UsageError, match="there is no ChatGPT login") as raised:
        desk.run(CLEAN)
    assert "codex login" in raised.value.hint


def test_a_recording_of_such_a_run_is_played_without_the_login(desk: Desk) -> None:
    summary = desk.run(says("comment", FINDING | {"severity": "P2"}))
    desk.file.unlink()
    again = replay(desk.lab.root, summary.run, environment={}, on_step=lambda _: None)
    assert again.outcome.label == "findings", again.drift
