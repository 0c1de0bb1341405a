"""A known value is masked at every place and in every form, with nothing beside it; words never are."""

import json
from base64 import b64encode

import pytest

from corpus.tokens import draw, seeded
from proposer.outputs.masking.known import is_worth
from proposer.outputs.redact import Redactor

CHANCE = seeded(41)
TOKEN = draw("{a38}", CHANCE)
BINARY = bytes(range(160, 222))
CODE = b64encode(BINARY + TOKEN.encode()).decode()
FIRST = len(BINARY) * 8 // 6
"""Where the code of the token begins: one of its characters holds bits of what stands before it too."""


@pytest.mark.parametrize(
    "value",
    [
        "true",
        "production",
        "Disabled",
        "admin",
        "12345",
        "123456",
        "rabbits",
        "a1b2",
        "foo-bar",
        "a b c",
        "x" * 20,
        " ",
    ],
)
def test_words_and_short_values_are_never_masked(value: str) -> None:
    text = f"{value} is set to {value}, {value[::-1]}, {b64encode(value.encode()).decode()}"
    assert Redactor([value]).text(text) == text
    assert not is_worth(value)


@pytest.mark.parametrize(
    "value", ["hunter2", "pa55wd", "12345678901", "Tr0ub4dor", "a1b2c3d4", "blueheron", "abc1abc1"]
)
def test_a_short_value_that_is_no_word_is_masked(value: str) -> None:
    assert Redactor([value]).text(f"<{value}>") == "<[REDACTED:value]>"


@pytest.mark.parametrize("size", [6, 7, 8, 14, 15, 16, 40])
def test_a_value_of_any_size_is_found_at_every_place(size: int) -> None:
    value = draw(f"p7{{a{size - 2}}}", CHANCE)
    redactor = Redactor([value, TOKEN])
    for offset in range(17):
        before, after = "é" * (offset % 3) + "." * offset, "." * (16 - offset)
        assert redactor.text(f"{before}{value}{after}") == f"{before}[REDACTED:value]{after}"


def test_overlapping_values_are_masked_whole() -> None:
    assert Redactor(["abc123def", "abc123def456ghi"]).text("x abc123def456ghi y") == "x [REDACTED:value] y"
    assert Redactor(["abcdef-123456", "123456-ghijkl"]).text("abcdef-123456-ghijkl") == "[REDACTED:value]"
    assert Redactor(["ab-ab-ab1"]).text("ab-ab-ab-ab1ab-ab-ab1") == "ab-[REDACTED:value][REDACTED:value]"
    assert Redactor(["xyxyxy123xyxyxy"]).text("xyxyxy123xyxyxy123xyxyxy") == "[REDACTED:value]"


def test_a_value_leaves_the_letters_beside_it() -> None:
    assert Redactor([TOKEN]).text(f"xyz{TOKEN}abc==") == "xyz[REDACTED:value]abc=="


@pytest.mark.parametrize("after", [" here", "\nhere", "\n  keep it", ""])
def test_what_holds_bits_of_a_value_in_base64_goes_with_it(after: str) -> None:
    redactor, whole = Redactor([TOKEN]), b64encode(TOKEN.encode()).decode()
    for padding in ("", "=="):
        text = f"see {CODE.rstrip('=')}{padding}{after}"
        assert redactor.text(text) == f"see {CODE[: FIRST - 2]}[REDACTED:value]{after}"
        for before in ("see ", "see\n", ""):
            text = f"{before}{whole.rstrip('=')}{padding}{after}"
            assert redactor.text(text) == f"{before}[REDACTED:value]{after}"


@pytest.mark.parametrize("at", [FIRST + 4, FIRST + 30, len(CODE) - 5])
def test_so_it_does_where_line_breaks_split_it(at: int) -> None:
    masked = Redactor([TOKEN]).text(f"a\n{CODE[:at]}\n{CODE[at:]}\nbcd")
    assert masked == f"a\n{CODE[: FIRST - 2]}[REDACTED:value]\nbcd"


@pytest.mark.parametrize("size", [10, 11, 25, 37])
def test_the_beginning_of_a_value_at_the_end_of_a_text_is_masked(size: int) -> None:
    redactor = Redactor([f" {TOKEN}\n"])
    assert redactor.text(f"it is {TOKEN[:size]}") == "it is [REDACTED:value]"
    assert redactor.text(TOKEN[:size]) == "[REDACTED:value]"
    assert redactor.text(f"it is {TOKEN[:size]}.") == f"it is {TOKEN[:size]}."
    assert redactor.text(f"it is {TOKEN[: size - 1]}~") == f"it is {TOKEN[: size - 1]}~"
    assert redactor.text(f"it is {TOKEN[0]}") == f"it is {TOKEN[0]}"


@pytest.mark.parametrize(("value", "text"), [("postgresql-16x", "it is postgresql"), ("-" * 20, f"so\n{'-' * 12}")])
def test_that_of_a_short_value_or_of_a_ruler_stays(value: str, text: str) -> None:
    assert Redactor([value, TOKEN]).text(text) == text


def test_each_line_of_a_value_is_a_secret_unless_it_is_a_word() -> None:
    redactor = Redactor(["first line of it\r\n  second line\nproduction\n"])
    for line in ("first line of it", "second line"):
        assert redactor.text(f"only {line} of it") == "only [REDACTED:value] of it"
    assert redactor.text("only production of it") == "only production of it"


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(f"{TOKEN[:9]}%41{TOKEN[9:20]}", id="an escape"),
        pytest.param(f"{TOKEN[:9]}\u200b{TOKEN[9:20]}", id="an invisible character"),
        pytest.param(f"{TOKEN[:9]}\n{TOKEN[9:20]}", id="a line break"),
        pytest.param(f"{TOKEN[:9]}%0A{TOKEN[9:20]}", id="an escaped line break"),
        pytest.param(f"{TOKEN[:9]}%25%41%34%31{TOKEN[9:20]}", id="an escape of an escape"),
    ],
)
def test_a_value_that_holds_what_is_read_away_is_found_where_it_is_read_away(value: str) -> None:
    coded = "".join(f"\\u{ord(char):04x}" for char in value)
    hidden = "\u200b".join(value)
    texts = [value, coded, coded.replace("\\", "\\\\"), json.dumps(value)[1:-1], hidden]
    for text in (*texts, f"{value[:4]}\n{value[4:]}", f"{hidden[:8]}\n{hidden[8:]}"):
        masked = Redactor([value]).text(f"it is {text} here")
        assert masked == "it is [REDACTED:value] here"
