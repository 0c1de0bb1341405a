"""Server-sent events, in whatever blocks and with whatever line ends they arrive."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposer.relay.stream import Events

EVENTS = st.lists(
    st.fixed_dictionaries({"type": st.sampled_from(["a", "b.done"]), "text": st.text(max_size=6)}), max_size=6
)


def read(*blocks: bytes) -> list[dict[str, Any]]:
    events = Events()
    for block in blocks:
        events.feed(block)
    return events.close()


@given(EVENTS, st.sampled_from(["\n", "\r\n", "\r"]), st.lists(st.integers(0, 400), max_size=12))
def test_events_are_the_same_however_they_are_cut(wanted: list[dict[str, Any]], end: str, cuts: list[int]) -> None:
    text = "".join(f"event: {event['type']}{end}data: {json.dumps(event)}{end}{end}" for event in wanted).encode()
    places = [0, *sorted(cut for cut in cuts if cut < len(text)), len(text)]
    blocks = [text[start:stop] for start, stop in itertools.pairwise(places)]
    assert read(*blocks) == wanted


@given(st.lists(st.binary(max_size=30) | st.sampled_from([b"data:", b"\n", b"\r", b"{}"]), max_size=12))
def test_no_bytes_can_break_the_reading(blocks: list[bytes]) -> None:
    events = Events()
    for block in blocks:
        events.feed(block)
    events.close()
    assert events.size >= sum(map(len, blocks)) - 3


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param(b'data: {"a":\ndata: 1}\n\n', [{"a": 1}], id="several-lines-of-data"),
        pytest.param(b'data:{"a": 1}\n\n', [{"a": 1}], id="no-space"),
        pytest.param(b': remark\nid: 7\nretry: 9\ndata: {"a": 1}\n\n', [{"a": 1}], id="other-fields"),
        pytest.param(b'\xef\xbb\xbfdata: {"a": 1}\n\n', [{"a": 1}], id="byte-order-mark"),
        pytest.param(b'data: {"a": 1}\n', [{"a": 1}], id="not-ended"),
        pytest.param(b'data: {"a": 1}', [{"a": 1}], id="not-even-a-line"),
        pytest.param(b'data: [DONE]\n\ndata: {"a": 1}\n\n', [{"a": 1}], id="done"),
        pytest.param(b"data: [1]\n\ndata: nonsense\n\n", [], id="no-objects"),
        pytest.param(b"data: " + b"[" * 100_000 + b"\n\n", [], id="too-deep"),
        pytest.param(b'data: {"type": "x.delta"}\n\n', [], id="a-piece-of-a-later-event"),
    ],
)
def test_forms_of_an_event(text: bytes, wanted: list[dict[str, Any]]) -> None:
    assert read(text) == wanted


def test_pieces_are_counted_and_not_kept() -> None:
    events = Events()
    piece = b'data: {"type": "response.output_text.delta", "delta": "x"}\n\n'
    for _ in range(1000):
        events.feed(piece)
    assert (events.size, events.close()) == (1000 * len(piece), [])
