"""Where a line break may split a token: what the two lines need to have in them to be worth a search."""

import pytest

from proposer.outputs.masking.runs import Runs


@pytest.mark.parametrize("mark", ["7", "-7-", "-ABC-", "-aBC-", "-ABc-"])
@pytest.mark.parametrize("text", ["abcdefgh{}\nabcdefghijkl", "abcdefghijkl\nabcdefgh{}abcd"], ids=["first", "second"])
def test_lines_with_a_digit_or_capitals_beside_a_letter_are_searched_as_one(mark: str, text: str) -> None:
    whole = text.format(mark)
    assert [whole[start:end] for start, end in Runs(whole).across()] == [whole]


@pytest.mark.parametrize("mark", ["", "A", "aB", "Ab", "aBa", "AB-", "-AB", ".AB."])
def test_lines_of_words_are_not(mark: str) -> None:
    assert list(Runs(f"abcdefgh-{mark}\n-abcdefghijkl").across()) == []
