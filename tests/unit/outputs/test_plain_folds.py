"""Texts whose lines end with a line feed alone take a faster way, which finds what the general one finds."""

from hypothesis import given
from hypothesis import strategies as st

from proposer.outputs.masking.runs import Runs
from proposer.outputs.masking.shadows import Shadow, folded

PIECES = ("ab1Cd2Ef3", "ij5kl6mn7op8", ".", "a", " ", "  ", "\t", "\n", "\n", "\n\n", "\n\t", "\n  ")
PLAIN = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@given(text=PLAIN, words=st.booleans())
def test_a_plain_text_is_folded_as_the_same_text_before_a_letter_beyond_ascii(text: str, words: bool) -> None:
    plain, general = folded(Shadow(text), words=words), folded(Shadow(text + "é"), words=words)
    assert (plain is None) == (general is None)
    if plain is not None and general is not None:
        assert plain.text + "é" == general.text
        size = len(plain.text)
        assert plain.cuts(0, size) == general.cuts(0, size)
        assert [plain.back(at, at + 1) for at in range(size)] == [general.back(at, at + 1) for at in range(size)]


@given(text=PLAIN)
def test_runs_go_over_the_lines_of_a_plain_text_as_of_one_behind_a_carriage_return(text: str) -> None:
    assert list(Runs(text).across()) == [(start - 1, end - 1) for start, end in Runs("\r" + text).across()]


def test_a_run_that_a_line_feed_splits_is_seen_at_all() -> None:
    text = "see ab1cd2ef3gh4\nij5kl6mn7op8 here"
    assert [text[start:end] for start, end in Runs(text).across()] == ["ab1cd2ef3gh4\nij5kl6mn7op8"]
