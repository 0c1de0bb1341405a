"""What one search finds by putting finders together: over escapes, lines and layers, and what it leaves alone."""

from base64 import b64encode, encodebytes

import pytest

from corpus.tokens import draw, seeded
from proposer.outputs.masking.shadows import Span
from proposer.outputs.masking.sweep import Sweep, merged
from proposer.outputs.redact import Redactor

CHANCE = seeded(41)
PLAIN = Redactor()
TOKEN = draw("ghp_{a36}", CHANCE)
VALUE = "blue-heron 42 & co"
LINES = [draw("{s64}", CHANCE) for _ in range(9)]
BEGIN = "-----BEGIN PRIVATE " + "KEY-----"


@pytest.mark.parametrize("prefix", ["AKIA", "ASIA"])
def test_the_secret_behind_a_key_id_of_aws_is_masked(prefix: str) -> None:
    pair = draw(prefix + "{u16} {s40}", CHANCE)
    assert PLAIN.text(f"keys: {pair}\n") == "keys: [REDACTED:aws-key-id] [REDACTED:aws-secret]\n"


@pytest.mark.parametrize("other", ["see/the/setting/of/the/production/region", "words alone", TOKEN])
def test_what_else_stands_behind_one_is_none(other: str) -> None:
    assert "aws-secret" not in PLAIN.text(draw("AKIA{u16} ", CHANCE) + other)


def test_the_code_behind_another_key_id_of_aws_stays() -> None:
    code = draw("{s40}", CHANCE)
    assert PLAIN.text(draw("ABIA{u16} ", CHANCE) + code) == f"[REDACTED:aws-key-id] {code}"


@pytest.mark.parametrize(
    "text", ["fish&chips", "x&amount=1", "a \\u{ b", "see PRIVATE", f"{BEGIN}", "100%", "it\\'s"], ids=ascii
)
def test_a_text_that_is_read_as_it_is_written_stays(text: str) -> None:
    for redactor in (PLAIN, Redactor([VALUE])):
        assert redactor.text(f"{text} and more") == f"{text} and more"


@pytest.mark.parametrize(
    ("begin", "first"),
    [
        pytest.param(BEGIN, 0, id="colours in the lines"),
        pytest.param(BEGIN, 6, id="colours in the last lines"),
        pytest.param(BEGIN.replace("A", "\\u0041"), 9, id="escapes in the frame"),
    ],
)
def test_a_key_whose_lines_or_frame_hide_is_masked_to_its_end(begin: str, first: int) -> None:
    lines = [f"{line[:20]}\x1b[0m{line[20:]}" if at >= first else line for at, line in enumerate(LINES)]
    text = "\n".join(["", "", begin, *lines])
    masked = PLAIN.text(f"it is{text}\n\nother words")
    assert masked.startswith("it is\n\n[REDACTED:private-key]")
    assert masked.endswith("\n\nother words")
    assert not any(line[at : at + 8] in masked for line in LINES for at in range(57))


def test_so_is_one_whose_slashes_are_escaped() -> None:
    lines = [draw("{a9}/{a9}/{a9}/{a9}/{a9}/{a14}", CHANCE).replace("/", "\\/") for _ in range(4)]
    assert PLAIN.text("\n".join((BEGIN, *lines, "", "words"))) == "[REDACTED:private-key]\n\nwords"


@pytest.mark.parametrize(
    "written", [VALUE, VALUE[::-1], VALUE.replace("&", "&amp;"), VALUE.replace("&", "\\&"), VALUE.replace("-", "\\-")]
)
@pytest.mark.parametrize("split", [None, 4, 8, 12])
def test_a_value_is_masked_over_lines_and_under_escapes(written: str, split: int | None) -> None:
    text = written if split is None else f"{written[:split]}\n{written[split:]}"
    assert Redactor([VALUE]).text(f"first\n{text}!\nlast") == "first\n[REDACTED:value]!\nlast"
    assert PLAIN.text(text) == text


def test_a_value_is_masked_under_escapes_that_are_a_part_of_it_once_undone() -> None:
    value = "C:\\x41bc&#65;def"
    assert Redactor([value]).text(f"see {value.replace('&', '&amp;')}") == "see [REDACTED:value]"


def test_a_value_without_marks_is_masked_where_its_hyphens_are_escaped() -> None:
    """As in a regular expression."""
    assert Redactor(["k3y-of-mine"]).text("match k3y\\-of\\-mine here") == "match [REDACTED:value] here"


def test_a_text_whose_lines_are_no_lines_is_searched_line_by_line() -> None:
    """As the strings of a document, which are joined to be searched as one."""
    sweep = Sweep([VALUE])
    for whole in (VALUE, TOKEN):
        text = f"{whole[:12]}\n{whole[12:]}"
        assert list(sweep.spans(text))
        assert list(sweep.spans(text, folds=False)) == []


def test_a_letter_that_becomes_two_in_small_moves_nothing() -> None:
    for name in ("password", "PASSWORD"):
        text = f"{'İ' * 40} {name}={{}} and more"
        assert PLAIN.text(text.format("Tr0ub4dor&3x")) == text.format("[REDACTED:assignment]")


def test_words_beside_personal_data_are_read_in_capitals_too() -> None:
    text = "RODNÉ ČÍSLO: 736028/5163"
    assert PLAIN.text(text) == text
    assert "736028" not in Redactor(personal=True).text(text)


@pytest.mark.parametrize("split", [False, True], ids=["one line", "lines"])
def test_three_layers_of_base64_are_undone_and_no_more(split: bool) -> None:
    coded = f"some words before it, {TOKEN}".encode()
    for layer in range(1, 5):
        text = (encodebytes if split else b64encode)(coded).decode()
        coded = text.encode()
        assert ("[REDACTED:github]" in PLAIN.text(f"see:\n{text}")) == (layer <= 3)


@pytest.mark.parametrize("coded", [b64encode(b"pwd=hunter2x").decode(), b"pwd=hunter2x".hex()])
def test_the_shortest_wrapped_text_is_searched(coded: str) -> None:
    assert "[REDACTED:assignment]" in PLAIN.text(f"see {coded}!")


@pytest.mark.parametrize("pad", range(3))
def test_the_padding_of_what_is_wrapped_is_masked_with_it(pad: int) -> None:
    coded = b64encode(f"{'x' * (6 + pad)} password=hunter2".encode()).decode()
    masked = PLAIN.text(f"A={coded}\nB=c")
    assert masked.endswith("[REDACTED:assignment]\nB=c")
    assert "=" not in masked[2:-4]


@pytest.mark.parametrize("before", ["", "first\n", "first\nsecond\n"], ids=["none", "one", "two"])
def test_lines_of_base64_are_searched_as_one_behind_words(before: str) -> None:
    code = encodebytes(f"{'some words before it ' * 2}{TOKEN}".encode()).decode()
    assert "[REDACTED:github]" in PLAIN.text(before + code)


def test_short_lines_of_base64_are_no_block() -> None:
    code = b64encode(b"some 7 of pw=hunter2").decode()
    text = f"{code[:14]}\n{code[14:]}"
    assert PLAIN.text(text) == text


def test_a_token_that_a_line_break_splits_behind_a_word_is_masked() -> None:
    token = draw("AKI\nA{u16}", CHANCE)
    assert PLAIN.text(f"see {token}!") == "see [REDACTED:aws-key-id]!"
    assert PLAIN.text(f"glpa\n{token}!").endswith("[REDACTED:aws-key-id]!")


def test_a_short_token_at_the_end_of_a_line_is_masked_though_the_next_one_is_no_part_of_it() -> None:
    assert PLAIN.text(f"see xoxb-{draw('{d10}', CHANCE)}\nab-cd.\nef").startswith("see [REDACTED:slack]\n")


def test_places_that_overlap_become_one_which_has_the_name_of_the_first() -> None:
    spans = [Span(7, 9, "d"), Span(2, 5, "b"), Span(0, 3, "a"), Span(1, 2, "x"), Span(5, 6, "c"), Span(9, 9, "e")]
    assert merged(spans) == [Span(0, 5, "a"), Span(5, 6, "c"), Span(7, 9, "d")]
    assert merged([Span(0, 3, "short"), Span(0, 4, "long")]) == [Span(0, 4, "long")]
    assert merged([Span(3, 3, "empty")]) == merged([]) == []
