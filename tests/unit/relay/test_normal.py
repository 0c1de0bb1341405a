"""Equal runs are equal in their normal form, and different ones are not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposer.relay import normal

HEADED = "Chunk ID: {}\nWall time: {} seconds\nProcess exited with code 0\nOriginal token count: {}\nOutput:\n{}"


def headed(chunk: str, wall: str, tokens: int, text: str) -> str:
    return HEADED.format(chunk, wall, tokens, text)


def line(**more: Any) -> dict[str, Any]:
    """Return a first request as the relay writes it."""
    items = [
        {"type": "message", "id": "msg_1", "role": "developer", "content": [{"type": "input_text", "text": "be good"}]},
        {"type": "message", "id": "msg_2", "role": "user", "content": [{"text": "# AGENTS.md instructions\n\nheron"}]},
        {"type": "message", "id": "msg_3", "role": "user", "content": [{"type": "input_text", "text": "review this"}]},
    ]
    return {
        "turn": 1, "model": "gpt-5.5", "effort": "medium", "settings": {"store": False}, "tools": ["exec_command"],
        "definitions": [{"name": "exec_command"}], "instructions": None, "text": {"format": {"type": "json_schema"}},
        "input": items, "outputs": [],
    } | more  # fmt: skip


def message(role: str, text: str) -> dict[str, Any]:
    return {"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(headed("a1", "0.1", 3, "x"), headed("b2", "12.9", 4, "x"), id="header-of-codex"),
        pytest.param("id 01a20f2f-0ed4-7511-8ac4-00510903c67b", "id 01a20f37-4714-7ed1-92d5-fb8104f7e7cd", id="uuid"),
        pytest.param("at 2026-11-24T20:11:00.5Z", "at 2026-12-01 09:00:01+01:00", id="iso-time"),
        pytest.param("Tue Nov 24 20:11:00 UTC 2026", "Sat Dec  5 01:02:03 2026", id="date"),
        pytest.param("3 passed in 0.02s", "3 passed in 1.70s", id="duration"),
        pytest.param("real\t0m0.003s\nx", "real\t0m1.250s\nx", id="time-builtin"),
        pytest.param(
            "total 44\ndrwx------ 6 root root 4096 Nov 24 20:11 .\n-rw-r--r-- 1 root root 24 Nov 24 20:11 a",
            "total 8\ndrwxr-xr-x 6 ann staff 100 Jan  2  2027 .\n-rw-rw---- 1 ann staff 24 Jan  2  2027 a",
            id="ls",
        ),
        pytest.param(
            "Chunk ID: a\nWall time: 10.0 seconds\nProcess running with session ID 7\nOutput:\n",
            "Chunk ID: b\nWall time: 10.1 seconds\nProcess running with session ID 99\nOutput:\n",
            id="session",
        ),
    ],
)
def test_what_changes_by_itself_is_no_difference(one: str, other: str) -> None:
    assert one != other
    assert normal.output(one) == normal.output(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(headed("a", "1", 3, "x"), headed("a", "1", 3, "y"), id="output"),
        pytest.param("Process exited with code 0\nOutput:\n", "Process exited with code 1\nOutput:\n", id="exit-code"),
        pytest.param("-rw-r--r-- 1 a a 24 Nov 24 20:11 x", "-rw-r--r-- 1 a a 25 Nov 24 20:11 x", id="size-of-a-file"),
        pytest.param("-rw-r--r-- 1 a a 24 Nov 24 20:11 x", "-rwxr-xr-x 1 a a 24 Nov 24 20:11 x", id="mode"),
        pytest.param("total 3", "total 4", id="a-total-that-is-not-of-ls"),
        pytest.param("Output:\nWall time: 1", "Output:\nWall time: 2", id="wall-time-inside-the-output"),
        pytest.param("rejected: no", "rejected: never", id="refusal"),
        pytest.param("version 1.2.3", "version 1.2.4", id="version"),
    ],
)
def test_what_means_something_is_a_difference(one: str, other: str) -> None:
    assert normal.output(one) != normal.output(other)


@given(st.text(max_size=200))
def test_the_normal_form_is_stable(text: str) -> None:
    once = normal.output(text)
    assert normal.output(once) == once


def test_ids_of_items_are_no_part_of_a_request() -> None:
    other = line()
    for item in other["input"]:
        item["id"] = "msg_other"
    assert normal.request(line()) == normal.request(other)
    assert normal.difference(line(), other, 1) == ([], "")


@pytest.mark.parametrize(
    ("change", "names"),
    [
        pytest.param({"model": "gpt-5.6"}, ["model"], id="model"),
        pytest.param({"effort": "high"}, ["model"], id="effort"),
        pytest.param({"settings": {"store": True}}, ["settings"], id="settings"),
        pytest.param({"tools": ["exec_command", "web_search"]}, ["tools"], id="one-more-tool"),
        pytest.param({"definitions": [{"name": "exec_command", "strict": True}]}, ["tools"], id="tool-described-anew"),
        pytest.param({"text": {"format": {"type": "text"}}}, ["schema"], id="schema"),
        pytest.param({"instructions": "be bad"}, ["instructions"], id="instructions"),
        pytest.param(
            {"input": [message("developer", "be bad"), *line()["input"][1:]]}, ["instructions"], id="developer",
        ),
        pytest.param(
            {"input": [line()["input"][0], message("user", "# AGENTS.md instructions\n\nbittern"), line()["input"][2]]},
            ["instructions"], id="agents-md",
        ),
        pytest.param({"input": [*line()["input"][:2], message("user", "review that")]}, ["prompt"], id="prompt"),
        pytest.param(
            {"model": "x", "input": [*line()["input"][:2], message("user", "review that")]}, ["model", "prompt"],
            id="two-parts",
        ),
    ],
)  # fmt: skip
def test_a_difference_names_its_part_and_shows_both_sides(change: dict[str, Any], names: list[str]) -> None:
    found, text = normal.difference(line(), line(**change), 3)
    assert found == names
    for name in names:
        assert f"--- recorded/3/{name}\n+++ now/3/{name}\n" in text


@pytest.mark.parametrize(
    ("kind", "field"), [("function_call_output", "outputs"), ("custom_tool_call_output", "outputs")]
)
def test_an_output_is_compared_in_its_normal_form(kind: str, field: str) -> None:
    def after(text: str) -> dict[str, Any]:
        return line(turn=2, input=[{"type": kind, "id": "x", "call_id": "c1", "output": text}])

    assert normal.difference(after(headed("a", "1", 1, "same")), after(headed("b", "2", 2, "same")), 2) == ([], "")
    names, text = normal.difference(after(headed("a", "1", 1, "old")), after(headed("b", "2", 2, "new")), 2)
    assert names == [field]
    assert "-old\n+new" in text
    assert "Original token count: <count>" in text


def test_the_models_own_words_are_history() -> None:
    call = {"type": "function_call", "name": "exec_command", "arguments": "{}", "call_id": "c1", "id": "fc_1"}
    assert normal.difference(line(input=[call]), line(input=[call | {"name": "other"}]), 2)[0] == ["history"]


def test_characters_that_nobody_sees_are_shown_in_a_difference() -> None:
    _, text = normal.difference(line(), line(model="gpt\x1b[31m\u202e"), 1)
    assert "gpt⟦U+001B⟧[31m⟦U+202E⟧" in text


def test_the_short_difference_stands_before_the_long_one() -> None:
    _, text = normal.difference(line(), line(model="x", instructions="\n".join(map(str, range(2000)))), 1)
    assert text.index("now/1/model") < text.index("now/1/instructions")


def test_two_long_outputs_are_compared_from_where_they_part() -> None:
    def after(text: str) -> dict[str, Any]:
        return line(input=[{"type": "function_call_output", "call_id": "c", "output": text}])

    rows = [f"row {number * 7919 % 1000}" for number in range(200_000)]
    other = [*rows[:150_000], "another", *reversed(rows[150_000:])]
    names, text = normal.difference(after("\n".join(rows)), after("\n".join(other)), 2)
    assert names == ["outputs"]
    assert "+another" in text


def test_a_long_difference_is_cut_and_says_so() -> None:
    _, text = normal.difference(line(), line(instructions="\n".join(map(str, range(2000)))), 1)
    rows = text.split("\n")
    assert len(rows) == 201
    assert rows[-1].endswith("more lines")


def test_events_of_one_turn_are_equal_in_any_order() -> None:
    def stream(thread: str, *commands: str) -> list[str]:
        items = [
            {"type": kind, "item": {"id": f"item_{number}", "type": "command_execution", "command": command}}
            for number, command in enumerate(commands)
            for kind in ("item.started", "item.completed")
        ]
        rows = [{"type": "thread.started", "thread_id": thread}, {"type": "turn.started"}, *items]
        return [json.dumps(row) for row in [*rows, {"type": "turn.completed", "usage": {"input_tokens": 1}}]]

    assert normal.events(stream("t1", "ls", "pwd")) == normal.events(stream("t2", "pwd", "ls"))
    assert normal.events(stream("t1", "ls", "pwd")) != normal.events(stream("t1", "ls", "id"))
    assert normal.events(stream("t1", "ls")) != normal.events(stream("t1", "ls", "ls"))
    kinds = [json.loads(row)["type"] for row in normal.events(stream("t1", "ls"))]
    assert kinds == ["thread.started", "turn.started", "item.completed", "item.started", "turn.completed"]


def test_a_command_that_failed_counts_in_the_requests_only() -> None:
    def stream(*commands: tuple[str, str]) -> list[str]:
        items = [
            {
                "type": kind,
                "item": {"id": f"item_{number}", "type": "command_execution", "command": command, "status": at},
            }
            for number, (command, status) in enumerate(commands)
            for kind, at in (("item.started", "in_progress"), ("item.completed", status))
        ]
        return [json.dumps(row) for row in items]

    alone = normal.events(stream(("ls", "completed")))
    assert normal.events(stream(("ls", "completed"), ("echo x > y", "failed"))) == alone
    assert normal.events(stream(("echo x > y", "failed"), ("ls", "completed"))) == alone
    assert normal.events(stream(("ls", "completed"), ("echo x > y", "completed"))) != alone


def test_events_that_are_no_json_and_the_relays_address_are_survived() -> None:
    def stream(port: int) -> list[str]:
        return [
            "not json",
            json.dumps({"type": "error", "message": f"at http://127.0.0.1:{port}/{'a1' * 16}/v1/responses"}),
        ]

    assert normal.events(stream(1)) == normal.events(stream(65000))
    assert "<relay>/v1/responses" in normal.events(stream(1))[1]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("a b", "a b", True, id="equal"),
        pytest.param("a [REDACTED:value] b", "a hunter2 b", True, id="masked-there"),
        pytest.param("a hunter2 b", "a [REDACTED:value] b", True, id="masked-here"),
        pytest.param("[REDACTED:value]", "hunter2", True, id="nothing-else"),
        pytest.param("a [REDACTED:value] b [REDACTED:jwt] c", "a 1 b 2 c", True, id="two-masks"),
        pytest.param("a [REDACTED:value] b", "a hunter2 c", False, id="the-rest-differs"),
        pytest.param("a [REDACTED:value] b", "x hunter2 b", False, id="the-start-differs"),
        pytest.param("a [REDACTED:value] b [REDACTED:value] c", "a 1 c", False, id="a-piece-is-missing"),
        pytest.param("a [REDACTED:value] b", "a " + "x" * 5000 + " b", False, id="a-mask-is-no-hole"),
        pytest.param("a", "b", False, id="different"),
    ],
)  # fmt: skip
def test_a_mask_stands_for_what_it_hid(one: str, other: str, same: bool) -> None:
    assert normal.alike(one, other) is same


def test_which_sensitive_files_a_machine_has_is_no_difference() -> None:
    told = "denies reading these\n- path `/etc/shadow`\n- path `/etc/codex`\n- path `/data/secret`\n</permissions>"
    here = {"input": [{"role": "developer", "content": [{"type": "input_text", "text": told}]}]}
    there = {"input": [{"role": "developer", "content": told.replace("- path `/etc/codex`\n", "")}]}
    other = {"input": [{"role": "developer", "content": told.replace("- path `/data/secret`\n", "")}]}
    assert normal.difference(here, there, 1)[0] == []
    assert normal.difference(here, other, 1)[0] == ["instructions"]
