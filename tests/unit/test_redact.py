"""The redactor as its users see it: markers, fidelity of JSON, traps, and what it does when it cannot search."""

import json
import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.tokens import draw, seeded
from proposer.outputs.masking.known import Known
from proposer.outputs.masking.shadows import Span
from proposer.outputs.masking.sweep import Sweep
from proposer.outputs.redact import Redactor, leaves

CHANCE = seeded(20)
TOKEN = draw("ghp_{a36}", CHANCE)
OTHER = draw("glpat-{b20}", CHANCE)
SECRET = draw("{a20}", CHANCE)
VALUE = "s3cr3t/Va+lue with \"q\" & 'a'"
PLAIN = Redactor()
MIDDLE = len(TOKEN) // 2


def test_a_marker_names_the_rule_and_holds_nothing_of_the_value() -> None:
    assert PLAIN.text(f"use {TOKEN}!") == "use [REDACTED:github]!"
    assert Redactor([VALUE]).text(f"use {VALUE}!") == "use [REDACTED:value]!"


def test_what_was_masked_is_counted() -> None:
    redactor = Redactor()
    redactor.text(f"{TOKEN} {OTHER}")
    redactor.jsonl(json.dumps({"a": TOKEN}))
    assert redactor.count == 3


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{TOKEN[:MIDDLE]}\n{TOKEN[MIDDLE:]}", id="line break"),
        pytest.param(f"{TOKEN[:2]}\n{TOKEN[2:]}", id="line break in the prefix"),
        pytest.param(f"{TOKEN[:MIDDLE]}\r\n    {TOKEN[MIDDLE:]}", id="line break and indentation"),
        pytest.param(f"{TOKEN[:MIDDLE]}\\\n{TOKEN[MIDDLE:]}", id="continued line"),
        pytest.param(f"{TOKEN[:9]}\n{TOKEN[9:20]}\n{TOKEN[20:]}", id="three lines"),
        pytest.param("\n".join(TOKEN[at : at + 10] for at in range(0, 40, 10)), id="four lines"),
        pytest.param(f"{TOKEN[:MIDDLE]}\u200b{TOKEN[MIDDLE:]}", id="zero-width space"),
        pytest.param("\u2060".join(TOKEN), id="word joiners"),
        pytest.param(f"{TOKEN[:MIDDLE]}\0{TOKEN[MIDDLE:]}", id="NUL"),
        pytest.param(f"{TOKEN[:MIDDLE]}\x1b[1;31m{TOKEN[MIDDLE:]}\x1b[0m", id="colour"),
        pytest.param(f"{TOKEN[:MIDDLE]}\ud800{TOKEN[MIDDLE:]}", id="lone surrogate"),
        pytest.param(f"a\\n{TOKEN}\\tb", id="between escapes"),
        pytest.param(f"glued{TOKEN}", id="glued to a word"),
        pytest.param(f"# gitleaks:allow\n{TOKEN} # gitleaks:allow nosec noqa trufflehog:ignore", id="allow markers"),
        pytest.param(TOKEN.replace("_", "%5f"), id="partly percent-encoded"),
        pytest.param("".join(f"%{ord(char):02X}" for char in TOKEN), id="percent-encoded"),
        pytest.param("".join(f"\\u{ord(char):04x}" for char in TOKEN), id="JSON escapes"),
        pytest.param("".join(f"\\\\u{ord(char):04x}" for char in TOKEN), id="escaped JSON escapes"),
        pytest.param("".join(f"&#x{ord(char):x};" for char in TOKEN), id="entities"),
    ],
)
def test_a_disguised_token_is_masked(text: str) -> None:
    masked = PLAIN.text(text)
    assert "[REDACTED:github]" in masked
    assert not any(TOKEN[at : at + 8] in masked for at in range(len(TOKEN) - 8))


@pytest.mark.parametrize("text", [f"A={TOKEN}\nNEXT_ONE=2", f"{TOKEN}\nnext\nlines", f"x {TOKEN}\r\n  y"])
def test_a_line_after_a_token_stays(text: str) -> None:
    assert PLAIN.text(text) == text.replace(TOKEN, "[REDACTED:github]")


@pytest.mark.parametrize("length", range(499, 516))
def test_a_mark_behind_a_long_placeholder_makes_no_secret_of_it(length: int) -> None:
    text = "password=" + ("a=" * length)[:length] + "[REDACTED:github]"
    assert PLAIN.text(text) == text


@pytest.mark.parametrize("length", [500, 510, 511])
def test_a_mark_behind_a_long_secret_is_no_part_of_it(length: int) -> None:
    text = "password=" + ("q7=" * length)[:length] + "[REDACTED:github]"
    assert PLAIN.text(text) == "password=[REDACTED:assignment][REDACTED:github]"


def test_a_long_row_of_names_of_secrets_is_masked_where_one_has_a_value_and_not_dropped() -> None:
    masked = PLAIN.text("password=" * 1000 + "passwo")
    assert masked.endswith("password=[REDACTED:assignment]")
    assert len(masked) > 8000


def test_masking_twice_changes_nothing_more() -> None:
    text = f'password = "Tr0ub4dor&3" {TOKEN} postgres://app:hunter2x@db/x Cookie: sid={OTHER} {VALUE}'
    once = Redactor([VALUE]).text(text)
    assert Redactor([VALUE]).text(once) == once
    assert once.count("[REDACTED:") == 5


def test_a_marker_is_never_taken_for_a_secret() -> None:
    text = (
        'password=[REDACTED:value] token: "[REDACTED:github]" ://a:[REDACTED:url-password]@b Bearer [REDACTED:bearer]'
    )
    assert Redactor([VALUE], personal=True).text(text) == text


def test_a_text_that_uncovers_secrets_for_ever_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    def next_letter(_: Sweep, text: str, *__: object) -> list[Span]:
        at = text.rfind("a")
        return [Span(at, at + 1, "x")]

    monkeypatch.setattr(Sweep, "spans", next_letter)
    assert Redactor().text("a" * 100) == "[REDACTED:unscanned]"


def test_a_search_that_fails_drops_the_field_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> Any:
        raise RuntimeError("no")

    monkeypatch.setattr(Sweep, "spans", broken)
    redactor = Redactor()
    assert redactor.text("anything at all") == "[REDACTED:unscanned]"
    assert redactor.jsonl('{"a": "anything at all"}') == '"[REDACTED:unscanned]"'
    assert redactor.value({"a": "anything at all"}) == "[REDACTED:unscanned]"
    assert redactor.count == 3


@pytest.mark.parametrize("escape", ["\\n", "\\r\\n", "\\t", "\\\\n"], ids=ascii)
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(f"api_key='{SECRET}'", id="two words"),
        pytest.param(f"pwd='{SECRET}'", id="short name"),
        pytest.param(f"token = '{SECRET}'", id="name that begins like an escape"),
        pytest.param(f"tool --password {SECRET}", id="option"),
        pytest.param(f"--password {SECRET}", id="option at the start of a line"),
        pytest.param(f"curl -u admin:{SECRET} host", id="command"),
        pytest.param(f"redis-cli -a {SECRET}", id="login"),
    ],
)
def test_the_letter_of_an_escape_belongs_to_no_name_behind_it(escape: str, command: str) -> None:
    """As in the arguments of a tool call, which are JSON within JSON."""
    assert SECRET not in PLAIN.text(f"first{escape}{command}")
    assert SECRET not in PLAIN.jsonl(json.dumps({"arguments": json.dumps({"cmd": f"first\n{command}"})}))


@pytest.mark.parametrize("path", ["setup\\new_passage='Gno2CRi8TqM5'", "C:\\nodes\\token_counter.py"])
def test_the_letter_behind_a_backslash_makes_no_name_of_a_path(path: str) -> None:
    assert PLAIN.text(path) == path


@pytest.mark.parametrize(
    "line",
    [
        '{"b": 1.10, "a": -0.0, "c": 1e400, "big": 123456789012345678901234567890, "n": NaN}',
        '{ "spaced" : [ 1 ,2 ] , "a" : "x" }',
        '{"a": 1, "a": 2}',
        '{"emoji": "\\ud83d\\ude00", "umlaut": "ü", "slash": "\\/", "lone": "\\ud800"}',
        "[" * 5000 + "]" * 5000,
        '"text"', "null", "17", "[]", "{}", '{"": ""}',
        '{"input_tokens": 4096, "token_type": "bearer", "max_tokens": 123456}',
    ],
)  # fmt: skip
def test_a_line_without_secrets_stays_byte_for_byte(line: str) -> None:
    assert Redactor([VALUE], personal=True).jsonl(line) == line


@pytest.mark.parametrize("ending", ["\n", "\r\n", ""])
def test_a_line_has_no_end_of_line(ending: str) -> None:
    assert PLAIN.jsonl('{"a": 1}' + ending) == '{"a": 1}'


def test_a_pretty_document_becomes_one_line() -> None:
    line = PLAIN.jsonl(json.dumps({"a": [TOKEN, {"b": 1.5}]}, indent=2))
    assert "\n" not in line
    assert json.loads(line) == {"a": ["[REDACTED:github]", {"b": 1.5}]}


@pytest.mark.parametrize("char", ["\x85", "\u2028", "\u2029"])
def test_a_line_has_no_break_that_a_reader_splits_at(char: str) -> None:
    line = PLAIN.jsonl(json.dumps({"a": f"x{char}y"}, ensure_ascii=False))
    assert len(line.splitlines()) == 1
    assert json.loads(line) == {"a": f"x{char}y"}


def test_keys_are_masked_and_stay_apart() -> None:
    line = PLAIN.jsonl(json.dumps({TOKEN: 1, draw("ghp_{a36}", CHANCE): 2, "[REDACTED:github]": 3}))
    assert json.loads(line) == {"[REDACTED:github]#2": 1, "[REDACTED:github]#3": 2, "[REDACTED:github]": 3}
    assert PLAIN.jsonl(line) == line


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"password": "hunter2x"}, id="password"),
        pytest.param({"a": {"clientSecret": "q8Zk2mX9vB4n"}}, id="inner"),
        pytest.param({"tokens": ["q8Zk2mX9vB4n", "none"]}, id="list"),
        pytest.param({"secret": {"value": "q8Zk2mX9vB4n"}}, id="object"),
        pytest.param([{"name": "DB_PASSWORD", "value": "hunter2x"}], id="pair"),
        pytest.param([{"value": "hunter2x", "name": "DB_PASSWORD"}], id="turned pair"),
        pytest.param({"argv": ["x", "--password", "hunter2x"]}, id="command line"),
        pytest.param({"kind": "Secret", "data": {"a": "aHVudGVyMng="}}, id="Kubernetes"),
        pytest.param({"kty": "oct", "k": "q8Zk2mX9vB4nq8Zk2mX9vB4n"}, id="web key"),
        pytest.param({"arguments": json.dumps({"password": "hunter2x"})}, id="JSON in JSON"),
        pytest.param({"auth": "Basic YXBwOmMwcnIzY3Q="}, id="auth"),
    ],
)
def test_a_key_tells_what_its_value_is(document: Any) -> None:
    secret = r"hunter2x|(q8Zk2mX9vB4n)+|aHVudGVyMng=|Basic YXBwOmMwcnIzY3Q="
    masked = json.loads(re.sub(secret, "[REDACTED:assignment]", json.dumps(document)))
    assert json.loads(PLAIN.jsonl(json.dumps(document))) == masked != document
    assert PLAIN.value(document) == masked


@pytest.mark.parametrize("line", ['password = "{}"', "db_password: '{}'", '{{"pwd": "{}"}}', "DB_PASSWORD={}"])
def test_a_drawn_password_of_letters_alone_is_masked_and_a_name_is_not(line: str) -> None:
    for value in ("mDswpBcrQbvZjp", "kWqTzxRbNp", "QwHjKzXcVbTr"):
        assert value not in PLAIN.text(line.format(value))
    for name in ("PasswordInput", "currentPassword", "StringField", "HTMLInputElement", "getPassword", "LoginForm"):
        assert PLAIN.text(line.format(name)) == line.format(name)


def test_a_password_that_is_a_number_becomes_a_string() -> None:
    assert PLAIN.jsonl('{"password": 84629173, "pages": 84629173}') == (
        '{"password": "[REDACTED:assignment]", "pages": 84629173}'
    )


def test_a_secret_before_an_escaped_line_break_is_found() -> None:
    # Raw JSON has a letter before the token here: `\n` and `ghp_`.
    line = json.dumps({"output": f"first\n{TOKEN}\nlast"})
    assert json.loads(PLAIN.jsonl(line)) == {"output": "first\n[REDACTED:github]\nlast"}


@pytest.mark.parametrize(
    "line", ['{"a": "', "{'a': 1}", "not json ", '{"a": 1} ', "[1, 2", '{"a": "\\', '{"a": "\\u12']
)
def test_a_line_that_is_no_json_is_masked_as_text(line: str) -> None:
    masked = PLAIN.jsonl(f"{line}{TOKEN}")
    assert masked == f"{line}[REDACTED:github]"


def test_a_secret_that_is_a_number_becomes_a_string() -> None:
    line = Redactor(["4929123456789012"]).jsonl('{"id": 4929123456789012, "n": 1.0}')
    assert line == '{"id": "[REDACTED:value]", "n": 1.0}'


def test_personal_data_is_masked_on_request_only() -> None:
    text = (
        '{"card": "4111 1111 1111 1111", "iban": "DE89370400440532013000", "bsn": "111222333", "n": 4111111111111111}'
    )
    assert PLAIN.jsonl(text) == text
    assert json.loads(PLAIN.with_personal().jsonl(text)) == {
        "card": "[REDACTED:card]", "iban": "[REDACTED:iban]", "bsn": "[REDACTED:bsn-nl]", "n": "[REDACTED:card]",
    }  # fmt: skip


def test_a_decorator_below_a_word_is_no_address() -> None:
    text = "```py\n@pydantic.dataclasses.dataclass\nclass A: ...\n```\nmail\n@example.org"
    assert Redactor(personal=True).text(text) == text


def test_with_personal_keeps_the_values() -> None:
    assert Redactor([VALUE]).with_personal().text(VALUE) == "[REDACTED:value]"


def test_the_same_line_gives_the_same_bytes() -> None:
    line = json.dumps({"b": TOKEN, "a": [VALUE, {"password": "hunter2x"}]})
    assert Redactor([VALUE]).jsonl(line) == Redactor([VALUE]).jsonl(line)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_document_keeps_its_shape(document: Any) -> None:
    def same(one: Any, other: Any) -> bool:
        if isinstance(one, dict):
            return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
        if isinstance(one, list):
            return len(one) == len(other) and all(map(same, one, other))
        return one == other or (isinstance(one, float) and math.isnan(one) and math.isnan(other))

    line = PLAIN.jsonl(json.dumps(document))
    assert "\n" not in line
    assert same(document, json.loads(line))


@given(st.text(alphabet=st.sampled_from("ab1_-.:=/@%&\\\"' \n\t\0\u200b\x1b[;mghp")))
def test_any_text_is_masked_once_and_for_all(text: str) -> None:
    redactor = Redactor([VALUE], personal=True)
    once = redactor.text(text + TOKEN[:3] + TOKEN)
    assert TOKEN not in once
    assert redactor.text(once) == once


@pytest.mark.parametrize("make", [PLAIN.text, PLAIN.jsonl], ids=["text", "jsonl"])
@pytest.mark.parametrize(
    "text",
    ["", "\0", "\ud800", "\x1b[", "%", "\\", "\\u", "&#", "-----BEGIN PRIVATE KEY-----", "İ" * 9, "a" * 6],
)
def test_no_text_raises(make: Callable[[str], str], text: str) -> None:
    assert make(text) == text


def test_a_batch_of_fields_finds_what_each_would() -> None:
    fields = [
        TOKEN,
        "x\ny",
        OTHER,
        f"a{TOKEN}b",
        "password",
        "hunter2x",
        f"Cookie: sid={OTHER}",
        "-----BEGIN PRIVATE KEY-----",
        "----",
    ]
    assert json.loads(PLAIN.jsonl(json.dumps(fields))) == [PLAIN.text(field) for field in fields]


def test_leaves_are_the_long_strings() -> None:
    document = json.dumps({"a": "short", "tokens": {"access": "x" * 20, "list": ["y" * 16, 7]}})
    assert sorted(leaves(document)) == ["x" * 20, "y" * 16]
    assert leaves("no json") == []


def test_a_sweep_without_values_knows_none() -> None:
    assert not Known([])
    assert list(Sweep().spans("nothing to see here")) == []
