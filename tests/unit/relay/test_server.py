"""The relay on its port: who may use it, what it refuses, what it counts, and that no answer can break it."""

import contextlib
import gzip
import json
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from proposer.relay import handler
from proposer.relay.exchange import Reply
from proposer.relay.server import Relay

ASK = {"model": "gpt-5.5", "reasoning": {"effort": "medium"}, "tools": [], "input": []}
DONE = {"type": "response.completed", "response": {"usage": {"input_tokens": 60, "output_tokens": 5}}}


def sse(*events: Any) -> list[bytes]:
    return [f"data: {json.dumps(event)}\n\n".encode() for event in events]


class Backend:
    """Answers with what it was given."""

    def __init__(self, *replies: Reply | Exception) -> None:
        self.replies = list(replies)
        self.asked: list[bytes] = []

    def reply(self, body: bytes, headers: Mapping[str, str]) -> Reply:  # noqa: ARG002 - the backend's signature
        self.asked.append(body)
        found = self.replies.pop(0) if self.replies else Reply(status=200, body=iter(sse(DONE)))
        if isinstance(found, Exception):
            raise found
        return found


@contextlib.contextmanager
def relayed(folder: Path, *replies: Reply | Exception, **options: Any) -> Iterator[tuple[Relay, Backend]]:
    backend = Backend(*replies)
    options = {"max_turns": 3, "max_tokens": 100, "model": "gpt-5.5", "effort": "medium"} | options
    with Relay(backend, folder=folder, redact=lambda line: line.replace("SECRET", "[REDACTED]"), **options) as relay:
        yield relay, backend


def send(relay: Relay, data: bytes) -> tuple[int, bytes]:
    """Send bytes as they are; return status and body (0 where nothing came back)."""
    place = urlsplit(relay.base_url)
    with socket.create_connection((place.hostname, place.port), timeout=60) as connection:
        connection.sendall(data)
        received = b""
        while block := connection.recv(65536):
            received += block
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]) if head else 0, body


def post(relay: Relay, body: bytes | Any = ASK, *, path: str = "", drop: str = "", **headers: str) -> tuple[int, bytes]:
    place = urlsplit(relay.base_url)
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    rows = {"Host": f"127.0.0.1:{place.port}", "Content-Length": str(len(data)), "Connection": "close"}
    rows |= {name.replace("_", "-"): value for name, value in headers.items()}
    rows.pop(drop, None)
    head = "".join(f"{name}: {value}\r\n" for name, value in rows.items())
    return send(relay, f"POST {path or place.path + '/responses'} HTTP/1.1\r\n{head}\r\n".encode() + data)


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


def test_an_answer_is_passed_on_byte_for_byte_and_taken_down(tmp_path: Path) -> None:
    blocks = [b": remark\r\n", *sse({"type": "response.output_text.delta", "delta": "SEC"}, DONE)]
    with relayed(tmp_path, Reply(status=200, body=iter(blocks))) as (relay, backend):
        assert post(relay) == (200, b"".join(blocks))
        assert (relay.turns, relay.usage.input_tokens, relay.failures, relay.stop) == (1, 60, [], "")
        assert json.loads(backend.asked[0]) == ASK
    assert lines(tmp_path, "responses.jsonl")[0]["events"] == [DONE]
    assert lines(tmp_path, "requests.jsonl")[0]["model"] == "gpt-5.5"


def test_nothing_is_written_that_was_not_redacted(tmp_path: Path) -> None:
    item = {"type": "message", "text": "SECRET"}
    answer = Reply(status=200, body=iter(sse({"type": "response.output_item.done", "item": item}, DONE)))
    with relayed(tmp_path, answer, Reply(status=401, body=iter([b"SECRET"]))) as (relay, _):
        post(relay, ASK | {"instructions": "SECRET"})
        post(relay, ASK | {"input": [{"role": "user", "content": "SECRET"}]})
    assert "SECRET" not in "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"path": "/v1/responses"}, id="another-path"),
        pytest.param({"path": "/" + "0" * 32 + "/v1/responses"}, id="a-guessed-path"),
        pytest.param({"path": "/\xe9"}, id="a-path-that-is-not-ascii"),
        pytest.param({"Host": "evil.example"}, id="another-host"),
        pytest.param({"Host": "localhost:1"}, id="another-port"),
        pytest.param({"drop": "Host"}, id="no-host"),
    ],
)
def test_a_stranger_gets_nothing_and_disturbs_nothing(tmp_path: Path, options: dict[str, str]) -> None:
    with relayed(tmp_path) as (relay, backend):
        assert post(relay, **options)[0] == 404
        assert (relay.turns, relay.last_activity, relay.stop, backend.asked) == (0, 0.0, "", [])
    assert lines(tmp_path, "requests.jsonl") == []


def test_a_catalogue_is_not_served(tmp_path: Path) -> None:
    with relayed(tmp_path) as (relay, _):
        assert send(relay, b"GET /models HTTP/1.1\r\nConnection: close\r\n\r\n")[0] == 404


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        pytest.param({"Content_Length": "many"}, 411, "unknown length", id="length-is-no-number"),
        pytest.param({"Content_Length": "-1"}, 411, "unknown length", id="length-is-negative"),
        pytest.param({"Content_Length": "²"}, 411, "unknown length", id="length-is-a-strange-digit"),
        pytest.param({"drop": "Content-Length"}, 411, "unknown length", id="no-length"),
        pytest.param({"Transfer_Encoding": "chunked"}, 411, "unknown length", id="chunks"),
        pytest.param({"Content_Length": "9" * 40}, 413, "more than", id="huge"),
        pytest.param({"Content_Length": str(10**9)}, 413, "more than", id="large"),
        pytest.param({"body": b"nonsense"}, 400, "not JSON", id="no-json"),
        pytest.param({"body": b"[1]"}, 400, "not a JSON object", id="a-list"),
        pytest.param({"body": b"[" * 100_000}, 400, "not JSON", id="too-deep"),
        pytest.param({"body": b"{}", "Content_Encoding": "zstd"}, 415, "encoding zstd", id="zstd"),
        pytest.param({"body": b"{}", "Content_Encoding": "gzip"}, 400, "not JSON", id="not-really-gzip"),
    ],
)
def test_a_request_that_the_pinned_codex_never_sends_ends_the_run(
    tmp_path: Path, options: dict[str, Any], status: int, words: str
) -> None:
    with relayed(tmp_path) as (relay, backend):
        assert post(relay, **options)[0] == status
        assert words in relay.stop
        assert words in relay.failures[0]
        assert backend.asked == []
        assert post(relay)[0] == 403
    assert words in lines(tmp_path, "requests.jsonl")[0]["refused"]


def test_a_gzipped_request_is_understood_and_passed_on_plain(tmp_path: Path) -> None:
    with relayed(tmp_path) as (relay, backend):
        assert post(relay, gzip.compress(json.dumps(ASK).encode()), Content_Encoding="gzip")[0] == 200
        assert json.loads(backend.asked[0]) == ASK


def test_a_zip_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "_MAX_BODY", 1000)
    with relayed(tmp_path) as (relay, _):
        assert post(relay, gzip.compress(b" " * 5000), Content_Encoding="gzip")[0] == 400
        assert relay.stop


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"model": "gpt-other"}, "model gpt-other", id="another-model"),
        pytest.param({"model": None}, "model None", id="no-model"),
        pytest.param({"reasoning": {"effort": "ultra"}}, "effort ultra", id="another-effort"),
        pytest.param({"tools": [{"type": "web_search"}]}, "web_search", id="a-tool-off-the-list"),
        pytest.param({"tools": "web_search"}, "web_search", id="tools-of-a-strange-shape"),
    ],
)
def test_what_the_lock_does_not_allow_is_a_violation_and_is_not_answered(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    with relayed(tmp_path) as (relay, backend):
        assert post(relay, ASK | change)[0] == 403
        assert words in relay.stop
        assert words in relay.violations[0]
        assert backend.asked == []


@pytest.mark.parametrize("reasoning", [None, {}, {"effort": None}, "strange"])
def test_an_effort_that_is_left_out_is_no_violation(tmp_path: Path, reasoning: Any) -> None:
    """Codex leaves it out for models that its catalogue does not know."""
    with relayed(tmp_path) as (relay, _):
        assert post(relay, ASK | {"reasoning": reasoning})[0] == 200
        assert relay.violations == []


def test_turns_and_tokens_have_ends(tmp_path: Path) -> None:
    with relayed(tmp_path, max_tokens=1000, max_turns=2) as (relay, _):
        assert [post(relay)[0] for _ in range(4)] == [200, 200, 403, 403]
        assert (relay.turns, relay.stop) == (3, "the limit of 2 turns")
    with relayed(tmp_path, max_tokens=100, max_turns=9) as (relay, _):
        assert [post(relay)[0] for _ in range(3)] == [200, 200, 403]
        assert relay.stop == "the limit of 100 tokens"


def test_an_answer_without_end_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "_MAX_ANSWER", 100_000)

    def endless() -> Iterator[bytes]:
        while True:
            yield from sse({"type": "response.output_text.delta", "delta": "x" * 100})

    with relayed(tmp_path, Reply(status=200, body=endless())) as (relay, _):
        status, body = post(relay)
        assert (status, len(body) < 101_000) == (200, True)
        assert "more than 100000 bytes" in relay.stop


def test_calls_are_judged_wherever_they_stand(tmp_path: Path) -> None:
    call = {"type": "web_search_call", "id": "1"}
    done = {"type": "response.completed", "response": {"output": [call]}}
    with relayed(tmp_path, Reply(status=200, body=iter(sse(done)))) as (relay, _):
        post(relay)
        assert relay.violations == ["the model called web_search, which is not on the allow-list"]


@pytest.mark.parametrize(
    ("reply", "status", "failure", "stops"),
    [
        pytest.param(Reply(status=500, body=iter([b"busy"])), 500, "HTTP 500: busy", False, id="500"),
        pytest.param(Reply(status=429, body=iter([])), 429, "HTTP 429", False, id="429-without-a-word"),
        pytest.param(Reply(status=401, body=iter([b"no"])), 401, "HTTP 401: no", True, id="401"),
        pytest.param(Reply(status=307, body=iter([b""])), 502, "HTTP 307", True, id="a-redirect"),
        pytest.param(Reply(status=204, body=iter([b""])), 502, "HTTP 204", True, id="nothing"),
        pytest.param(ConnectionError("nobody"), 502, "nobody", False, id="nobody-answers"),
        pytest.param(Reply(status=200, body=iter(sse({"type": "x"}))), 200, "ended before", False, id="half-an-answer"),
        pytest.param(
            Reply(status=200, body=iter(sse({"type": "response.failed", "response": {"error": {"message": "sick"}}}))),
            200, "response.failed: sick", False, id="a-failed-answer",
        ),
        pytest.param(Reply(status=200, body=iter([b"\xff\xfe\0garbage"])), 200, "ended before", False, id="garbage"),
    ],
)  # fmt: skip
def test_failures_are_passed_on_and_named(
    tmp_path: Path, reply: Reply | Exception, status: int, failure: str, stops: bool
) -> None:
    with relayed(tmp_path, reply) as (relay, _):
        assert post(relay)[0] == status
        assert failure in relay.failures[-1]
        assert bool(relay.stop) is stops


def test_a_redirect_is_not_passed_on_with_its_target(tmp_path: Path) -> None:
    with relayed(tmp_path, Reply(status=302, body=iter([b"http://evil.example"]))) as (relay, _):
        place = urlsplit(relay.base_url)
        with socket.create_connection((place.hostname, place.port), timeout=60) as connection:
            body = json.dumps(ASK).encode()
            connection.sendall(
                f"POST {place.path}/responses HTTP/1.1\r\nHost: 127.0.0.1:{place.port}\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                + body
            )
            received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert b"location" not in received.lower()
    assert b" 302 " not in received.split(b"\r\n")[0]


def test_a_dropped_stream_is_named(tmp_path: Path) -> None:
    def dropped() -> Iterator[bytes]:
        yield from sse({"type": "response.created"})
        raise ConnectionError("the line is dead")

    with relayed(tmp_path, Reply(status=200, body=dropped())) as (relay, _):
        post(relay)
        assert relay.failures == ["the line is dead"]


def test_a_mistake_in_the_backend_ends_the_run_and_prints_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with relayed(tmp_path, RuntimeError("a bug")) as (relay, _):
        assert post(relay)[0] == 0
        assert relay.stop == "the relay failed: RuntimeError: a bug"
    assert capfd.readouterr() == ("", "")


@pytest.mark.linux
def test_what_cannot_be_written_down_must_not_go_on(tmp_path: Path) -> None:
    (tmp_path / "requests.jsonl").symlink_to("/dev/full")
    answered: list[Any] = []
    with pytest.raises(OSError, match="No space"), relayed(tmp_path) as (relay, backend):
        answered += [post(relay)[0], relay.stop, backend.asked]
    assert answered == [403, "requests.jsonl cannot be written: No space left on device", []]


def test_refused_commands_are_seen_in_what_comes_back(tmp_path: Path) -> None:
    call = {"type": "function_call", "name": "exec_command", "call_id": "1", "arguments": '{"cmd": "touch x"}'}
    output = {"type": "function_call_output", "call_id": "1", "output": "touch: x: Read-only file system"}
    answer = Reply(status=200, body=iter(sse({"type": "response.output_item.done", "item": call}, DONE)))
    steps: list[str] = []
    with relayed(tmp_path, answer, max_tokens=1000, on_step=steps.append) as (relay, _):
        post(relay)
        post(relay, ASK | {"input": [call, output]})
        post(relay, ASK | {"input": [call, output]})
        assert relay.refused == [('{"cmd": "touch x"}', "Read-only file system")]
    assert [step.partition(" (command 1, ")[0] for step in steps] == ["exec_command: touch x"]


@pytest.mark.parametrize("given", ['{"cmd": 7}', '{"cmd": null}', "[1]", "7", "nonsense\n  in lines", "[" * 100_000])
def test_a_call_of_any_shape_can_be_told(tmp_path: Path, given: str) -> None:
    call = {"type": "function_call", "name": "exec_command", "call_id": "1", "arguments": given}
    answer = Reply(status=200, body=iter(sse({"type": "response.output_item.done", "item": call}, DONE)))
    steps: list[str] = []
    with relayed(tmp_path, answer, on_step=steps.append) as (relay, _):
        post(relay)
        assert (len(steps), "\n" in steps[0], relay.stop) == (1, False, "")
