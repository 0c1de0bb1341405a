"""Rehearsal scripts: what they may say, and what is refused before anything runs."""

import json
from pathlib import Path
from typing import Any

import pytest

from proposer.errors import UsageError
from proposer.relay.script import Script
from proposer.relay.stream import Events

HEAD = {"schema": "proposer/rehearsal/v1"}


def script(folder: Path, *turns: Any) -> Script:
    path = folder / "script.json"
    path.write_text(json.dumps({**HEAD, "turns": list(turns)}), encoding="utf-8")
    return Script.read(path)


def said(found: Script) -> list[dict[str, Any]]:
    """Return the events of the next answer."""
    events = Events()
    for block in found.reply(b"{}", {}).body:
        events.feed(block)
    return events.close()


def items(found: Script) -> list[dict[str, Any]]:
    return [event["item"] for event in said(found) if event["type"] == "response.output_item.done"]


def test_the_last_turn_answers_every_further_request(tmp_path: Path) -> None:
    found = script(tmp_path, {"shell": "ls"}, {"answer": {"a": 1}})
    kinds = [items(found)[0]["type"] for _ in range(4)]
    assert kinds == ["function_call", "message", "message", "message"]


def test_each_step_is_what_codex_understands(tmp_path: Path) -> None:
    turn = [
        {"shell": "ls"}, {"patch": "*** Begin Patch"}, {"call": {"name": "web_search", "arguments": {"q": 1}}},
        {"say": "hm"}, {"answer_text": "raw"}, {"usage": {"input_tokens": 3, "output_tokens": 2}},
    ]  # fmt: skip
    events = said(script(tmp_path, turn))
    found = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    assert [item["type"] for item in found] == [
        "function_call", "custom_tool_call", "function_call", "message", "message",
    ]  # fmt: skip
    assert json.loads(found[0]["arguments"]) == {"cmd": "ls"}
    assert len({item["id"] for item in found}) == 5
    assert events[-1]["response"]["usage"]["total_tokens"] == 5


def test_an_interim_message_alone_asks_again(tmp_path: Path) -> None:
    assert said(script(tmp_path, {"say": "hm"}))[-1]["response"]["end_turn"] is False


def test_faults_are_faults(tmp_path: Path) -> None:
    assert script(tmp_path, {"http": 429}).reply(b"", {}).status == 429
    for turn in ({"drop": True}, [{"shell": "ls"}, {"drop": True}], {"stall": 0}):
        with pytest.raises(ConnectionError):
            said(script(tmp_path, turn))


def test_a_stall_lasts_as_long_as_it_says() -> None:
    naps: list[float] = []
    found = Script([[{"stall": 30}, {"say": "x"}]], "", naps.append)
    said(found)
    assert naps == [30.0]


def test_what_no_utf8_can_hold_is_said_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    path.write_text('{"schema": "proposer/rehearsal/v1", "turns": [{"say": "a\\ud800b"}]}', encoding="ascii")
    assert items(Script.read(path))[0]["content"][0]["text"] == "a?b"


@pytest.mark.parametrize(
    "step",
    [
        7, "x", [[]], [], {}, None, {"shell": 7}, {"shell": "a", "say": "b"}, {"nonsense": 1}, {"http": True},
        {"http": 200}, {"http": 99}, {"http": "429"}, {"http": 600}, {"stall": -1}, {"stall": 1e9},
        {"stall": float("nan")}, {"stall": float("inf")}, {"drop": False}, {"call": {}}, {"call": {"name": 1}},
        {"usage": {"input_tokens": "x"}}, {"usage": {"input_tokens": -1}}, {"answer": "text"}, [{"shell": "ls"}, 7],
    ],
    ids=str,
)  # fmt: skip
def test_a_step_that_is_none_is_refused(tmp_path: Path, step: Any) -> None:
    with pytest.raises(UsageError, match="turn 1 is not a step") as caught:
        script(tmp_path, step)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("nonsense", "is not JSON", id="no-json"),
        pytest.param("[]", "lacks", id="a-list"),
        pytest.param('{"turns": []}', "lacks", id="no-schema"),
        pytest.param('{"schema": "proposer/rehearsal/v1"}', "no turns", id="no-turns"),
        pytest.param('{"schema": "proposer/rehearsal/v1", "turns": []}', "no turns", id="empty-turns"),
        pytest.param('{"schema": "proposer/rehearsal/v1", "turns": ' + "[" * 100_000, "nested", id="too-deep"),
    ],
)
def test_a_file_that_is_no_script_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "script.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=words):
        Script.read(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.json", tmp_path):
        with pytest.raises(UsageError, match="cannot be read"):
            Script.read(path)
