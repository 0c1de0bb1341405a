"""What stands in a request and in an answer, read so that no shape of it can end a run."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposer.relay.exchange import (
    ALLOWED_TOOLS,
    CLOSING,
    Usage,
    calls_in,
    failure_of,
    items_of,
    objects,
    offered,
    outputs_in,
    refusal,
    settings_of,
    usage_of,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(
            ["type", "name", "tools", "item", "output", "call_id", "id", "usage", "response", "error", "arguments",
             "input", "message", "input_tokens", "input_tokens_details", "cached_tokens", "reasoning"]
        ),
        inner | st.sampled_from(["function_call", "function_call_output", "additional_tools", "response.failed",
                                 "response.output_item.done", "response.completed"]),
        max_size=5,
    ),
    max_leaves=25,
)  # fmt: skip


@given(JSON)
def test_no_shape_of_an_exchange_can_break_the_reading(value: Any) -> None:
    for request in objects([value]):
        offered(request)
        settings_of(request)
        outputs_in(objects(request.get("input")))
        failure_of(request)
    events = objects(value)
    calls_in(items_of(events))
    for event in events:
        usage = usage_of(event.get("response"))
        assert min(usage.input_tokens, usage.cached_input_tokens, usage.output_tokens) >= 0
    usage_of(value)


def test_every_kind_of_tool_is_named() -> None:
    request = {
        "tools": [
            {"type": "function", "name": "exec_command"},
            {"type": "web_search"},
            {"type": "namespace", "name": "agents", "tools": [{"name": "spawn"}, {"name": "wait"}]},
            "a string",
        ],
        "input": [{"type": "additional_tools", "tools": [{"type": "function", "name": "hidden"}]}, "not an item"],
    }
    assert offered(request) == [
        "exec_command", "web_search", "agents.spawn", "agents.wait", "unreadable a string", "hidden",
    ]  # fmt: skip


@pytest.mark.parametrize("tools", [{"name": "web_search"}, "web_search", 7])
def test_tools_of_a_strange_shape_are_never_allowed(tools: Any) -> None:
    assert set(offered({"tools": tools})) - ALLOWED_TOOLS


def test_calls_are_found_in_every_place_of_an_answer() -> None:
    call = {"type": "function_call", "name": "exec_command", "call_id": "1", "arguments": '{"cmd": "ls"}'}
    search = {"type": "web_search_call", "id": "2", "action": {"query": "x"}}
    events = [
        {"type": "response.output_item.done", "item": call},
        {"type": "response.output_item.done", "item": {"type": "message"}},
        {"type": "response.completed", "response": {"output": [call, search]}},
    ]
    assert [(found.tool, found.call_id, found.given) for found in calls_in(items_of(events))] == [
        ("exec_command", "1", '{"cmd": "ls"}'),
        ("web_search", "2", '{"query": "x"}'),
    ]


def test_outputs_keep_their_order_and_their_parts() -> None:
    items = [
        {"type": "function_call_output", "call_id": "1", "output": "one"},
        {"type": "message"},
        {"type": "custom_tool_call_output", "call_id": "2", "output": [{"text": "two"}]},
    ]
    assert [(found.call_id, found.text) for found in outputs_in(items)] == [("1", "one"), ("2", '[{"text": "two"}]')]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("touch: cannot touch 'x': Read-only file system", "Read-only file system"),
        ("rejected: a person pushes", "rejected: "),
        ("unsupported call: web_search", "unsupported call"),
        ("all is well", ""),
    ],
)
def test_refusals(text: str, words: str) -> None:
    assert refusal(text) == words


@pytest.mark.parametrize(
    ("response", "tokens"),
    [
        ({"usage": {"input_tokens": 7, "output_tokens": 5, "input_tokens_details": {"cached_tokens": 3}}}, (7, 3, 5)),
        ({"usage": {"input_tokens": -7, "output_tokens": "many", "input_tokens_details": None}}, (0, 0, 0)),
        ({"usage": {"input_tokens": True, "output_tokens": 1.5}}, (0, 0, 0)),
        ({"usage": []}, (0, 0, 0)),
        (None, (0, 0, 0)),
    ],
)
def test_tokens_are_counts_or_nothing(response: Any, tokens: tuple[int, int, int]) -> None:
    usage = usage_of(response)
    assert (usage.input_tokens, usage.cached_input_tokens, usage.output_tokens) == tokens


def test_tokens_add_up() -> None:
    total = Usage()
    total.add(Usage(input_tokens=3, cached_input_tokens=1, output_tokens=2))
    total.add(Usage(input_tokens=4, output_tokens=1))
    assert (total.total, total.cached_input_tokens) == (10, 1)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"type": "response.completed", "response": {}}, ""),
        ({"type": "response.failed", "response": {"error": {"message": "too long"}}}, "response.failed: too long"),
        ({"type": "response.incomplete", "response": {"incomplete_details": {"reason": "max"}}},
         "response.incomplete: max"),
        ({"type": "error", "message": "overloaded"}, "error: overloaded"),
        ({"type": "response.failed"}, "response.failed: no reason"),
        ({"type": "response.created"}, ""),
    ],
)  # fmt: skip
def test_why_an_answer_is_not_whole(event: dict[str, Any], words: str) -> None:
    assert failure_of(event) == words
    assert (event["type"] in CLOSING) or not words
