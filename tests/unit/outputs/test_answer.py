"""Answers: validated here, and tied to lines that exist."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposer.errors import Outcome, StopError
from proposer.outputs.answer import Finding, ReviewAnswer, anchored, final_message, findings_of, schema_of, validated

SCHEMA = json.dumps(schema_of(ReviewAnswer)).encode()
FINDING = {
    "title": "t", "body": "b", "severity": "P1", "confidence": 0.5, "category": "money", "side": "new",
    "path": "pay.py", "start_line": 1, "end_line": 1, "quote": "post(amount)",
}  # fmt: skip
TEXT = """\
def pay(amount):
    if amount:
        post(amount)
    }
    x

    post(amount)
    self.total += self.amount
"""


def answer(*findings: dict[str, Any], **more: Any) -> str:
    return json.dumps({"summary": "s", "verdict": "comment", "findings": list(findings), **more})


def place(quote: str, *, near: int = 1, text: str | None = TEXT, mask: Any = str) -> tuple[int, int] | None:
    finding = Finding.model_validate(FINDING | {"quote": quote, "start_line": near})
    found = anchored(finding, lambda _side, _path: text, mask)
    return (found.start_line, found.end_line) if found else None


@pytest.mark.parametrize(
    ("quote", "lines"),
    [
        pytest.param("        post(amount)", (3, 3), id="a-line"),
        pytest.param("post(amount)", (3, 3), id="a-line-without-its-indent"),
        pytest.param("    if amount:\n        post(amount)", (2, 3), id="two-lines"),
        pytest.param("\n    if amount:\r\n        post(amount)\n", (2, 3), id="with-other-line-ends"),
        pytest.param("pay(amount):\n    if am", (1, 2), id="from-the-middle-to-the-middle"),
        pytest.param("total += self.am", (8, 8), id="most-of-a-line"),
        pytest.param("self", None, id="a-word-that-stands-everywhere"),
        pytest.param("}", None, id="one-brace"),
        pytest.param("    }\n", None, id="one-brace-as-a-line"),
        pytest.param("x", None, id="one-letter"),
        pytest.param("", None, id="nothing"),
        pytest.param("   \n \t \n", None, id="only-blanks"),
        pytest.param("():{}", None, id="only-signs"),
        pytest.param("post(other)", None, id="not-there"),
        pytest.param("post(amount)\nif amount:", None, id="in-another-order"),
    ],
)
def test_a_quote_stands_where_it_stands(quote: str, lines: tuple[int, int] | None) -> None:
    assert place(quote) == lines


def test_the_nearest_of_several_places_is_taken() -> None:
    assert [place("post(amount)", near=near) for near in (1, 6, 10**30, -(10**30))] == [(3, 3), (7, 7), (7, 7), (3, 3)]


def test_a_file_that_is_not_there_has_no_lines() -> None:
    assert place("post(amount)", text=None) is None


@pytest.mark.parametrize("sign", ["\u2028", "\x0b", "\x0c", "\x85", "\r"])
def test_lines_end_at_a_line_feed_as_they_do_in_the_diff(sign: str) -> None:
    assert place("second = 2", text=f"first {sign} line = 1\nsecond = 2\n") == (2, 2)


def test_escapes_that_were_shown_are_read_back() -> None:
    assert place("pay⟦U+200B⟧ee = 2", text="a = 1\npay\u200bee = 2\n") == (2, 2)


def test_a_masked_quote_is_compared_with_the_masked_file() -> None:
    def mask(text: str) -> str:
        return text.replace("hunter2", "[REDACTED:value]")

    assert place('key = "[REDACTED:value]"', text='a = 1\nkey = "hunter2"\n', mask=mask) == (2, 2)
    assert place('key = "[REDACTED:value]"', text='a = 1\nkey = "other"\n', mask=mask) is None


def test_a_quote_of_unheard_length_stands_nowhere_and_takes_no_time() -> None:
    lines = "same\n" * 20_000
    assert place("same\n" * 5_000, text=lines) is None
    assert place("x" * 5_000_000, text="x" * 5_000_000) is None


@given(st.text(st.sampled_from("ab {}\n\r\u2028"), max_size=30), st.text(st.sampled_from("ab {}\n"), max_size=60))
def test_what_was_found_is_there(quote: str, text: str) -> None:
    found = place(quote, text=text)
    if found is not None:
        lines = text.split("\n")[found[0] - 1 : found[1]]
        said = [line.strip() for line in quote.strip("\n").split("\n")]
        assert all(part in line for part, line in zip(said, lines, strict=True))


@pytest.mark.parametrize(
    ("message", "words"),
    [
        pytest.param("", "not JSON", id="empty"),
        pytest.param("I approve.", "not JSON", id="prose"),
        pytest.param(answer() + answer(), "not JSON", id="two-documents"),
        pytest.param(
            '{"summary": "a", "summary": "b", "verdict": "approve", "findings": []}', "twice", id="a-key-twice"
        ),
        pytest.param(answer(FINDING | {"confidence": float("nan")}), "NaN", id="nan"),
        pytest.param(answer(FINDING | {"confidence": float("inf")}), "Infinity", id="infinity"),
        pytest.param(answer().replace("[]", "[1e999]"), "out of range", id="a-number-too-large"),
        pytest.param(answer().replace("[]", "[" + "9" * 5000 + "]"), "not JSON", id="a-number-too-long"),
        pytest.param("[" * 100_000, "nested too deeply", id="brackets"),
        pytest.param('{"a":' * 100_000, "nested too deeply", id="braces"),
        pytest.param(answer(__proto__={"x": 1}), "breaks the schema", id="an-unknown-key"),
        pytest.param(answer(FINDING | {"severity": "P4"}), "findings/0/severity", id="an-unknown-severity"),
        pytest.param(answer(FINDING | {"confidence": 7}), "findings/0/confidence", id="out-of-range"),
        pytest.param(answer(FINDING | {"start_line": "1"}), "findings/0/start_line", id="a-text-for-a-number"),
        pytest.param(answer(verdict="reject"), "verdict", id="an-unknown-verdict"),
        pytest.param("[]", "breaks the schema", id="a-list"),
        pytest.param("null", "breaks the schema", id="null"),
    ],
)
def test_an_answer_that_cannot_be_used_is_invalid(message: str, words: str) -> None:
    with pytest.raises(StopError, match=words) as caught:
        validated(message, SCHEMA)
    assert (caught.value.outcome, bool(caught.value.hint)) == (Outcome.INVALID, True)


def test_an_answer_of_five_megabytes_is_no_trouble() -> None:
    assert len(validated(answer(FINDING | {"body": "x" * 5_000_000}), SCHEMA)["findings"][0]["body"]) == 5_000_000


def test_lone_surrogates_become_a_sign_that_can_be_kept() -> None:
    found = validated(answer(FINDING | {"title": "a\ud800b", "path": "\udcff.py"}), SCHEMA)
    assert (found["findings"][0]["title"], found["findings"][0]["path"]) == ("a\ufffdb", "\ufffd.py")


@pytest.mark.parametrize(
    "schema",
    [
        b"nonsense",
        b"[]",
        b"7",
        b'{"type": "nothing"}',
        b'{"$ref": "http://127.0.0.1:1/x.json"}',
        b'{"$ref": "#/nowhere"}',
    ],
)
def test_a_broken_schema_is_named_and_nothing_is_fetched_for_it(schema: bytes) -> None:
    with pytest.raises(StopError, match="schema of the workflow is broken"):
        validated("{}", schema)


def test_a_schema_may_refer_to_itself() -> None:
    schema = b'{"$defs": {"n": {"type": "number"}}, "properties": {"a": {"$ref": "#/$defs/n"}}}'
    assert validated('{"a": 1.5}', schema) == {"a": 1.5}
    with pytest.raises(StopError, match="breaks the schema: a"):
        validated('{"a": "x"}', schema)


@pytest.mark.parametrize(
    ("last", "written", "words"),
    [
        pytest.param(None, b"x", "no answer", id="no-message"),
        pytest.param(" \n", b" \n", "no answer", id="blank"),
        pytest.param("x", None, "wrote no", id="no-file"),
        pytest.param("x", b"y", "contradicts", id="another-text"),
        pytest.param("x", b"", "contradicts", id="an-empty-file"),
    ],
)
def test_a_final_message_that_cannot_be_trusted(
    tmp_path: Path, last: str | None, written: bytes | None, words: str
) -> None:
    path = tmp_path / "last"
    if written is not None:
        path.write_bytes(written)
    with pytest.raises(StopError, match=words) as caught:
        final_message(last, path)
    assert caught.value.outcome is Outcome.INVALID


@pytest.mark.parametrize("text", ["x", "x\n", '{\r\n "a": 1\r\n}', "größe \u2028", "a\rb"])
def test_a_final_message_is_the_one_in_the_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "last").write_bytes(text.encode())
    assert final_message(text, tmp_path / "last") == text


@pytest.mark.parametrize(
    ("value", "found", "unread"),
    [
        pytest.param({"findings": [FINDING, FINDING]}, 2, 0, id="all-readable"),
        pytest.param({"findings": [FINDING, FINDING | {"severity": "P9"}]}, 1, 1, id="one-is-not"),
        pytest.param({"findings": [FINDING | {"cwe": 89}]}, 1, 0, id="fields-of-the-workflows-own"),
        pytest.param({"findings": [{"title": "t"}, None, 7, "x", []]}, 0, 5, id="none-is"),
        pytest.param({"findings": {"0": FINDING}}, 0, 1, id="no-list"),
        pytest.param({"findings": "none"}, 0, 1, id="a-text"),
        pytest.param({"findings": None}, 0, 0, id="null"),
        pytest.param({"notes": []}, 0, 0, id="another-kind-of-answer"),
        pytest.param([FINDING], 0, 0, id="a-list"),
        pytest.param(None, 0, 0, id="no-answer"),
    ],
)
def test_findings_that_cannot_be_read_are_counted(value: Any, found: int, unread: int) -> None:
    rows, lost = findings_of(value)
    assert (len(rows), lost) == (found, unread)
