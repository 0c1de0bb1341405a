"""The event stream: somebody else's format, so nothing in it is fatal and nothing in it is lost."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposer.invocation.events import KNOWN, MALFORMED, Event, EventsError, Tally, parse, read

VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
EVENT = st.fixed_dictionaries(
    {}, optional={"type": st.sampled_from(sorted(KNOWN)) | VALUE, "item": VALUE, "error": VALUE, "message": VALUE}
)


def tally(*events: dict[str, Any]) -> Tally:
    found = Tally()
    for event in events:
        parsed = parse(json.dumps(event))
        assert parsed is not None
        found.add(parsed)
    return found


def item(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": "item.completed", "item": {"type": kind, **more}}


@given(st.lists(EVENT | VALUE, max_size=8))
def test_no_event_can_break_the_count_and_unknown_fields_stay(events: list[Any]) -> None:
    found = Tally()
    for value in events:
        event = parse(json.dumps(value))
        assert event is not None
        found.add(event)
        if isinstance(value, dict):
            assert event.raw == value
    assert sum(found.kinds.values()) == len(events)


@given(st.binary(max_size=60))
def test_no_bytes_can_break_a_line(line: bytes) -> None:
    event = parse(line)
    assert event is None or isinstance(event.kind, str)


@pytest.mark.parametrize("line", [b"", "", "  ", b"\t\r\n"])
def test_an_empty_line_is_no_event(line: bytes | str) -> None:
    assert parse(line) is None


@pytest.mark.parametrize(
    "line", ["nonsense", "[1]", "7", '"text"', '{"type": ', "{}", '{"type": 7}', "[" * 100_000, '{"type": "\\ud800"}']
)
def test_what_is_no_event_is_kept_as_malformed(line: str) -> None:
    event = parse(line)
    assert event is not None
    assert (event.kind, event.known) == (MALFORMED, False)


def test_a_malformed_line_is_kept_in_part_only() -> None:
    event = parse(b"x" * 100_000)
    assert event is not None
    assert len(event.raw["line"]) == 2_000


def test_reading_yields_every_event_and_asks_for_one_that_is_known() -> None:
    lines = ['{"type": "weather.changed", "mood": "fine"}', "", b'{"type": "turn.started"}', "nonsense"]
    assert [event.kind for event in read(lines)] == ["weather.changed", "turn.started", MALFORMED]
    with pytest.raises(EventsError, match="no known event"):
        list(read(['{"type": "weather.changed"}']))
    with pytest.raises(EventsError):
        list(read([]))


def test_reading_is_lazy() -> None:
    def endless() -> Any:
        while True:
            yield '{"type": "turn.started"}'

    assert next(read(endless())) == Event("turn.started", {"type": "turn.started"})


def test_the_last_message_before_the_turn_ended_counts() -> None:
    found = tally(
        {"type": "turn.started"}, item("agent_message", text="one"), item("reasoning", text="hm"),
        item("agent_message", text="two"), {"type": "turn.completed"}, item("agent_message", text="late"),
    )  # fmt: skip
    assert (found.last_message, found.completed, found.any_known) == ("two", True, True)


def test_a_new_turn_forgets_the_message_of_the_one_before() -> None:
    found = tally(
        {"type": "turn.started"}, item("agent_message", text="one"), {"type": "turn.completed"},
        {"type": "turn.started"},
    )  # fmt: skip
    assert (found.last_message, found.completed) == (None, False)


@pytest.mark.parametrize(
    ("event", "failure"),
    [
        ({"type": "turn.failed", "error": {"message": "quota"}}, "quota"),
        ({"type": "error", "message": "gone"}, "gone"),
        ({"type": "turn.failed", "error": "plain"}, "plain"),
        ({"type": "turn.failed"}, "{'type': 'turn.failed'}"),
        (item("error", message="only a warning"), ""),
    ],
)
def test_failures_and_warnings_are_told_apart(event: dict[str, Any], failure: str) -> None:
    assert tally(event).failure == failure


def test_cut_instructions_are_more_than_a_warning() -> None:
    found = tally(
        item("error", message="Loaded only 32768 of 40013 bytes from AGENTS.md"), item("error", message="a bad slug")
    )  # fmt: skip
    assert (len(found.truncated), found.warnings) == (1, ["a bad slug"])


def test_unknown_kinds_are_counted() -> None:
    found = tally({"type": "weather.changed"}, {"type": "weather.changed"}, {"no": "type"})
    assert found.unknown == {"weather.changed": 2, MALFORMED: 1}
    assert not found.any_known
